"""Tests of the family serverhello: scripts of our own server, what each asks of a
client (matrix/due.py), and what is made of what the client did."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from making import TOP
from matrix import due
from matrix.checks import OF_CELL
from matrix.checks.serverhello import DECIDES, REACTIONS
from matrix.due import Due
from matrix.hello import decode
from matrix.model import Capabilities, Hello, Peer, Value
from matrix.options import client_arguments, server_arguments
from matrix.plan import plan
from sessions import ALL, OLD, RULES, SCENARIOS, Facts, Session, capabilities, cell
from sessions import check, hello, judged, peer, record, refused

FAMILY = {n: s for n, s in SCENARIOS.items() if s.family == "serverhello"}
PLAYER = replace(
    peer("server", (), "player"), family="player", about={"plays": "serverhello"}
)
NEW_HELLO = hello(0x0303, (0x0304, 0x0303))
OLD_HELLO = hello(0x0303)
BOTH, OLDER = decode(NEW_HELLO), decode(OLD_HELLO)
ONLY = decode(hello(0x0303, (0x0304,)))
EMS = decode(hello(0x0303, more=[(23, b"")]))
NEW, OLDEN = Session(hello=NEW_HELLO), Session("1.2", hello=OLD_HELLO)


def test_every_script_has_its_scenario() -> None:
    text = (TOP / "servers" / "scripts.c").read_text()
    rows = re.findall(r'\{ \.name = "([a-z0-9.-]+)", (\.[a-z]+)', text)
    assert len(rows) >= 50
    # What answers anything is no answer to a hello: these are faults (mutants.toml).
    scripts = [name for name, first in rows if first != ".instead"]
    assert len(scripts) >= 50 and len(rows) - len(scripts) >= 8
    ways = {"": "", "1.2": "-old"}  # a script may have a second client
    own = [name for name, each in FAMILY.items() if not each.client_highest]
    assert [f"serverhello.{script}" for script in scripts] == own
    for name, each in FAMILY.items():
        due = f"serverhello.{each.script}{ways[each.client_highest]}"
        assert each.server == "player" and name == due


def test_every_duty_has_a_rule_for_its_scenario_and_a_check() -> None:
    named = set()
    for name, scenario in FAMILY.items():
        for row in scenario.due:
            rule = RULES[row.rule]
            assert rule.applies(name) and rule.side == "client", row.rule
            assert rule.clause == row.clause, row.rule
            assert row.rule in DECIDES and row.rule in OF_CELL
            named.add(row.rule)
    assert set(REACTIONS) <= named
    for id in REACTIONS:
        assert RULES[id].faults, f"{id} has no fault that it must find"


def test_alerts_are_named_where_a_must_names_them() -> None:
    for scenario in FAMILY.values():
        for row in scenario.due:
            assert not row.exact or RULES[row.rule].level.isupper(), row.rule
            assert bool(row.alerts) >= (row.must == due.REFUSE)


ROWS = (Due("a-1-b", due.GO_ON, "1.3 only"), Due("a-2-b", due.REFUSE, "1.3", (47,)))
LAST = Due("a-3-b", due.REFUSE, "no ems", (110,), True)


@pytest.mark.parametrize(
    "seen, expected",
    [(ONLY, "a-1-b"), (BOTH, "a-2-b"), (OLDER, "a-3-b"), (EMS, "")],
)
def test_the_hello_decides_what_is_due(seen: Hello, expected: str) -> None:
    found = due.decisive((*ROWS, LAST), cell(), Capabilities(), seen)
    assert (found.rule if found else "") == expected


def test_without_a_hello_what_the_client_can_is_taken() -> None:
    for can, pin, expected in (
        (capabilities(ALL), "", "a-2-b"),
        (capabilities(ALL), "1.3", "a-1-b"),
        (capabilities(OLD), "", ""),
    ):
        of = cell(client_tls=pin) if pin else cell()
        found = due.decisive(ROWS, of, can, None)
        assert (found.rule if found else "") == expected


def test_the_clause_is_in_the_id() -> None:
    assert Due("rfc8446-4.1.3-client-x", due.GO_ON).clause == "RFC 8446 4.1.3"
    assert Due("rfc8446-d.5-client-x", due.GO_ON).clause == "RFC 8446 D.5"
    assert Due("suite-client-x", due.EITHER).clause == ""


@pytest.mark.parametrize(
    "row, word",
    [
        ({"rule": "a-b-c", "must": "go on", "if": "x"}, "'if' is not a key"),
        ({"rule": "a-b-c", "must": "go on", "when": "1.4"}, "when = '1.4'"),
        ({"rule": "a-b-c", "must": "laugh"}, "must = 'laugh'"),
        ({"rule": "a", "must": "go on"}, "no id of a rule"),
        ({"rule": "a-b-c", "must": "refuse"}, "an alert is missing"),
        ({"rule": "a-b-c", "must": "refuse", "alert": "x"}, "no alert 'x'"),
    ],
)
def test_a_wrong_row_is_named(row: dict[str, str], word: str) -> None:
    with pytest.raises(ValueError, match=re.escape(word)):
        due.read([row])


# The script, the session, and what the rule and the cell must come to.
SUITE = "suite-unoffered"
WENT: Facts = {"tls.went-on": "yes"}
NOWHERE: Facts = {"mail": "none", "tls.close": "none"}
VERDICTS = [
    (SUITE, refused("client", 47, NEW), "pass"),
    (SUITE, refused("client", 40, NEW), "fail"),
    (SUITE, refused("client", 20, NEW), "fail"),  # it took it, and made keys
    (SUITE, refused("client", None, NEW), "strict-miss"),
    (SUITE, refused("client", 47, OLDEN), "pass"),
    (SUITE, refused("client", 40, OLDEN), "info"),
    (SUITE, refused("client", 80, OLDEN), "strict-miss"),
    (SUITE, NEW, "fail"),
    (SUITE, replace(refused("client", 51, NEW), server=WENT), "fail"),
    ("unasked-extension", refused("client", None, OLDEN), "fail"),
    ("unasked-extension", refused("client", None, NEW), "strict-miss"),
    ("renegotiation-info-full", refused("client", 40, OLDEN), "pass"),
    ("renegotiation-info-full", refused("client", None, OLDEN), "fail"),
    ("downgrade-1.2", refused("client", 47, NEW), "pass"),
    ("downgrade-1.2", OLDEN, "pass"),  # a client of TLS 1.2 has nothing to see
    ("downgrade-1.1", OLDEN, "strict-miss"),
    ("downgrade-1.1", refused("client", 47, OLDEN), "pass"),
    ("octet-records", NEW, "pass"),
    ("octet-records", refused("client", 10, NEW), "fail"),
    ("alert-handshake-failure", refused("client", None, NEW), "pass"),
    ("alert-handshake-failure", NEW, "fail"),
    ("warnings", NEW, "info"),
    ("warnings", refused("client", 10, NEW), "info"),
    ("warnings", replace(NEW, client=NOWHERE, server=NOWHERE), "fail"),
    ("right", NEW, "pass"),
    ("right", refused("client", 80, NEW), "fail"),
]


@pytest.mark.parametrize("script, session, verdict", VERDICTS)
def test_what_a_client_does_is_judged(
    script: str, session: Session, verdict: str
) -> None:
    takes = ALL if session.version == "1.3" else ALL[:3]
    of = judged(cell(f"serverhello.{script}"), session, client=takes)
    assert of.verdict.value == verdict, of.because
    assert all(c.side in ("", "client") for c in of.checks)
    if verdict == "fail":
        assert "server" not in {c.side for c in of.checks if c.value is Value.FAIL}


def test_who_waits_has_not_reacted() -> None:
    hung: Facts = {"end": "hang(handshake)", "mail": "deferred"}
    for client, server in (({}, hung), (hung, {}), (hung, hung)):
        session = refused("client", None, NEW)
        session = replace(session, client=client, server=server)
        of = judged(cell(f"serverhello.{SUITE}"), session)
        found = check(of, "suite-no-hang")
        assert (found.value, found.side) == (Value.FAIL, "client")
        assert of.verdict is Value.FAIL


def test_a_script_may_lie_but_its_server_may_not_crash() -> None:
    strange = replace(refused("client", 70, NEW), answer=record(22, b"", 0x0400))
    of = judged(cell("serverhello.version-above"), strange)
    assert of.verdict is Value.PASS, of.because
    of = judged(cell("serverhello.right"), NEW, server_exit="signal 11")
    assert of.verdict is Value.FAIL and check(of, "suite-no-crash").side == "server"


def library(id: str, tls: tuple[str, ...] = ALL) -> Peer:
    return peer("client", tls, id)


def test_the_plan() -> None:
    clients = [library("openssl-3.0"), library("mbedtls-2.28", OLD)]
    servers = [peer("server"), PLAYER]
    cells = plan(clients, servers, SCENARIOS)
    assert all((c.server == "player") == (c.scenario in FAMILY) for c in cells)
    played = {c.id: c for c in cells if c.server == "player"}
    start = f"serverhello.{SUITE}/mbedtls-2.28/player"
    assert not played[start].excluded
    assert not played[f"{start}/client-tls=1.2"].excluded
    retry = played["serverhello.retry/mbedtls-2.28/player"]
    assert retry.excluded is Value.NOT_APPLICABLE
    assert retry.reason == "client mbedtls-2.28 does not offer TLS 1.3"
    pinned = played["serverhello.right/mbedtls-2.28/player/client-tls=1.3"]
    assert pinned.excluded is Value.UNSUPPORTED


def test_options() -> None:
    scenario = FAMILY[f"serverhello.{SUITE}"]
    of = replace(cell(scenario.name, client_tls="1.2"), server="player")
    told = server_arguments(of, scenario, Path("pki"))
    assert told[-2:] == ("--script", SUITE) and "--tls-min" not in told
    assert "--tls-max" in client_arguments(of, scenario, Path("pki"))
    replay = replace(of, client="replay")
    words = " ".join(client_arguments(replay, scenario, Path("pki")))
    assert "openssl-3.0.22-tls1.2.flow" in words and "--tls-max" not in words
    for fault, option in (("takes-choice", "--error"), ("hang-mail", "--fault")):
        wrong = cell(scenario.name, client_tls="1.2", fault=f"client.{fault}")
        wrong = replace(wrong, client="replay", server="player")
        words = " ".join(client_arguments(wrong, scenario, Path("pki")))
        assert f"{option} {fault}" in words
