"""Tests of matrix/judge.py: sessions that are right, refusals that are required,
and what never counts as one."""

from __future__ import annotations

from dataclasses import replace
from typing import Sequence

import pytest

from matrix.checks import OF_CELL, OF_LINK
from matrix.judge import judge, unfinished
from matrix.law import Law
from matrix.model import Judgement, Known, Run, Value
from matrix.observe import observe
from sessions import ALL, APART, LAW, LOWER, OLD, RULES, SCENARIOS, SUITES
from sessions import Session, cell, check, hello, judged, peer, record, refused, run
from sessions import server_hello


def ids(of: Judgement) -> list[str]:
    return [c.id for c in of.checks]


def test_every_rule_has_a_check_and_every_check_a_rule() -> None:
    assert {rule.check for rule in RULES.values()} == set(OF_CELL) | set(OF_LINK)
    assert not set(OF_CELL) & set(OF_LINK)


def test_every_rule_speaks_of_scenarios_that_are_there() -> None:
    for rule in RULES.values():
        assert any(rule.applies(name) for name in SCENARIOS), rule.id
        for name in rule.scenario:
            assert name.endswith("*") or name.lstrip("!") in SCENARIOS, rule.id
        assert rule.asks.endswith("."), rule.id


# The server ends it without an alert, behind a ServerHello.
SILENT = replace(
    refused("server", None, LOWER), answer=server_hello("1.1", SUITES["1.1"])
)


@pytest.mark.parametrize("version", ALL)
def test_a_right_session_passes(version: str) -> None:
    of = judged(cell(tls=version), Session(version))
    assert of.verdict is Value.PASS, of.because
    assert {c.value for c in of.checks} == {Value.PASS}
    assert of.prediction is not None and of.prediction.version == version
    assert of.because == of.prediction.because
    assert {"suite-version-told", "suite-delivered-once"} <= set(ids(of))


@pytest.mark.parametrize(
    "client, server, session, value, side",
    [
        (OLD, OLD, refused("server", 70, LOWER), Value.PASS, ""),
        (OLD, OLD, refused("server", 40, LOWER), Value.FAIL, "server"),
        (OLD, OLD, refused("server", None, LOWER), Value.FAIL, "server"),
        (ALL, ALL, refused("server", 70, LOWER), Value.PASS, ""),
        (ALL, ALL, refused("server", 40, LOWER), Value.FAIL, "server"),
        # RFC 8446 6.2: "should" send an alert, and then this one
        (ALL, ALL, SILENT, Value.STRICT_MISS, "server"),
        (OLD, OLD, refused("client", 70, LOWER), Value.FAIL, "server"),
        (OLD, OLD, Session("1.1"), Value.FAIL, "server"),
    ],
)
def test_a_lower_client_must_be_refused_by_the_server(
    client: Sequence[str],
    server: Sequence[str],
    session: Session,
    value: Value,
    side: str,
) -> None:
    of = judged(cell(**APART), session, client=client, server=server)
    assert of.verdict is value, of.because
    clause = "d.2" if "1.3" in server else "e.1"
    rfc = "rfc8446" if "1.3" in server else "rfc5246"
    found = check(of, f"{rfc}-{clause}-server-refuses-lower-client")
    assert (found.value, found.side) == (value, side)


def test_a_lower_server_must_be_refused_by_the_client() -> None:
    answer = server_hello("1.1", SUITES["1.1"])
    of = cell(client_tls="1.2", server_tls="1.1")
    for alert, value in ((70, Value.PASS), (47, Value.FAIL), (None, Value.FAIL)):
        session = refused("client", alert, Session("1.2", answer=answer))
        seen = judged(of, session, client=OLD, server=OLD)
        assert seen.verdict is value, seen.because
    assert check(seen, "rfc5246-e.1-client-refuses-lower-server").side == "client"


@pytest.mark.parametrize(
    "alert, value",
    [
        (48, Value.PASS),
        (42, Value.INFO),
        (40, Value.STRICT_MISS),
        (None, Value.STRICT_MISS),
    ],
)
def test_an_untrusted_certificate(alert: int | None, value: Value) -> None:
    of = judged(cell("upgrade.untrusted"), refused("client", alert))
    assert of.verdict is value, of.because


def test_a_certificate_that_is_taken_all_the_same() -> None:
    of = judged(cell("upgrade.wrong-name"), Session(hello=hello(0x303, (0x304,))))
    found = check(of, "rfc6125-6.6.4-client-refuses-wrong-name")
    assert (of.verdict, found.side) == (Value.FAIL, "client")
    assert of.because == found.because


@pytest.mark.parametrize("role", ["client", "server"])
def test_a_crash_satisfies_no_expected_failure(role: str) -> None:
    session = refused("server", 70, LOWER)
    exits = {f"{role}_exit": "signal 11"}
    of = judged(cell(**APART), session, client=OLD, server=OLD, **exits)
    assert of.verdict is Value.FAIL
    assert check(of, "suite-no-crash").side == role
    assert of.because == f"the {role} was ended by signal 11"


def test_a_hang_satisfies_no_expected_failure() -> None:
    session = refused("server", None, LOWER)
    session = replace(session, client={"end": "hang(handshake)"})
    of = judged(cell(**APART), session, client=OLD, server=OLD)
    assert of.verdict is Value.FAIL
    assert check(of, "suite-no-hang").side == "server"


def test_a_refusal_with_mail_is_none() -> None:
    session = refused("client", 48)
    told = dict(session.client) | {"mail": "delivered-plain"}
    of = judged(cell("upgrade.untrusted"), replace(session, client=told))
    assert of.verdict is Value.FAIL
    assert check(of, "suite-nothing-delivered").side == "client"


@pytest.mark.parametrize(
    "client, server, word",
    [
        ("89", "0", "capabilities are not true"),
        ("0", "1", "the server could not play"),
        ("", "0", "no whole record of the client"),
    ],
)
def test_our_own_trouble_is_an_error(client: str, server: str, word: str) -> None:
    of = judged(cell(), Session(), client_exit=client, server_exit=server)
    assert of.verdict is Value.ERROR
    assert word in of.because


def test_the_runners_trouble_is_an_error() -> None:
    seen = observe(Run(cell().id, "", "", 0.0, 1.0, "no server came up"))
    both = peer("client"), peer("server")
    of = judge(cell(), SCENARIOS["upgrade"], seen, *both, LAW)
    assert (of.verdict, of.because) == (Value.ERROR, "no server came up")


def test_a_cell_that_did_not_get_there_is_blocked() -> None:
    """Everything went well but for what it was about."""
    of = judged(cell("switch.starttls-inside"), Session())
    assert of.verdict is Value.BLOCKED
    assert "did not get to" in of.because


@pytest.mark.parametrize(
    "policy, client, server, value",
    [
        ("mandatory", "deferred", "none", Value.PASS),
        ("mandatory", "delivered-plain", "received-plain", Value.FAIL),
        ("opportunistic", "delivered-plain", "received-plain", Value.PASS),
        ("opportunistic", "deferred", "none", Value.FAIL),
    ],
)
def test_policies(policy: str, client: str, server: str, value: Value) -> None:
    count = "0" if server == "none" else "1"
    lost = ("tls.handshake", "tls.version", "tls.suite", "tls.close")
    gone: dict[str, str | None] = {name: None for name in lost}
    session = Session(
        client={**gone, "smtp.starttls": "454", "mail": client},
        server={**gone, "mail": server, "mail.count": count},
    )
    of = cell("upgrade.starttls-454")
    if policy != "mandatory":
        of = cell("upgrade.starttls-454", policy=policy)
    assert judged(of, session).verdict is value


def test_a_fault_of_the_second_connection_says_so() -> None:
    first = refused("client", 48)
    second = Session(
        client={"mail": "delivered-plain", "tls.handshake": None, "smtp.quit": "500"},
        server={"mail": "received-plain", "tls.handshake": None},
    )
    of = judged(cell("upgrade.fallback", policy="opportunistic"), first, second)
    assert of.verdict is Value.FAIL
    assert of.because.startswith("connection 2: QUIT")


@pytest.mark.parametrize("clear", [b"", record(21, b"\2\62")])
def test_an_alert_that_answers_the_end_is_no_refusal(clear: bytes) -> None:
    """The client closes without a word, and the server's alert meets nobody."""
    session = Session(
        *("1.2", 0, b"", server_hello("1.2", 0xC02F) + clear),
        server={"end": "eof(handshake)", "tls.alert.sent": "50"},
        refused="client",
    )
    of = judged(cell("upgrade.untrusted"), session)
    found = check(of, "rfc8446-4.4.2.4-client-refuses-untrusted")
    assert (found.value, found.side) == (Value.STRICT_MISS, "client")
    assert found.because.startswith("the client refused without an alert")
    heard = replace(session, client={"tls.alert.received": "50"})
    of = judged(cell("upgrade.untrusted"), heard)
    found = check(of, "rfc8446-4.4.2.4-client-refuses-untrusted")
    assert found.because.startswith("the client left it to the server")


def test_who_was_not_answered_had_no_certificate_to_refuse() -> None:
    """A server that reads no SSLv2 form, and a client that goes on in clear."""
    form = bytes.fromhex("801c010303000300000010000035") + b"C" * 16
    first = refused("server", 70, Session(hello=form))
    second = Session(
        client={"mail": "delivered-plain", "tls.handshake": None},
        server={"mail": "received-plain", "tls.handshake": None},
    )
    of = judged(cell("upgrade.fallback", policy="opportunistic"), first, second)
    assert of.prediction and of.prediction.clause == "RFC 5246 E.2"
    assert of.prediction.outcome == "plain"
    assert "rfc8446-4.4.2.4-client-refuses-untrusted" not in ids(of)
    form_too = check(of, "rfc3207-4-server-starts-tls")
    assert form_too.value is Value.INFO


@pytest.mark.parametrize(
    "told, value",
    [("-", Value.PASS), ("192.0.2.1", Value.PASS), ("mx.example", Value.FAIL)],
)
def test_an_address_is_the_name_of_no_host(told: str, value: Value) -> None:
    """RFC 6066 3 does not permit it: a server may see no name in it."""
    named = hello(0x0303, (0x0304,), name="192.0.2.1")
    session = Session(hello=named, server={"tls.server-name": told})
    scenario = replace(SCENARIOS["upgrade"], server_name="192.0.2.1")
    both = peer("client"), peer("server")
    of = judge(cell(), scenario, observe(run(cell(), session)), *both, LAW)
    assert check(of, "suite-server-name-told").value is value


def test_a_known_entry_explains_and_changes_nothing() -> None:
    where = cell()
    seen = observe(run(where, Session(server={"tls.version": "1.1"})))
    entry = Known("upgrade/*", "suite-version-told", Value.FAIL, "r", "l", "2030-01-01")
    both = peer("client"), peer("server")
    of = judge(where, SCENARIOS["upgrade"], seen, *both, Law(RULES, [entry]))
    assert (of.verdict, of.known) == (Value.FAIL, entry)


def test_cells_without_a_run() -> None:
    where = replace(cell(), excluded=Value.UNSUPPORTED, reason="no TLS 1.3")
    assert unfinished(where) == Judgement(where.id, Value.UNSUPPORTED, "no TLS 1.3", ())
    assert unfinished(cell()).verdict is Value.NOT_RUN


def test_a_server_that_chose_nothing_left_nothing_to_refuse() -> None:
    of = cell(client_tls="1.2", server_tls="1.1")
    seen = judged(of, refused("server", 40, Session("1.2")), client=OLD, server=OLD)
    found = check(seen, "rfc5246-e.1-client-refuses-lower-server")
    assert found.value is Value.INFO and "before it chose" in found.because


def test_an_alert_about_the_end_does_not_tell_who_ended() -> None:
    of = cell(client_tls="1.2", server_tls="1.1")
    answer = server_hello("1.1", SUITES["1.1"]) + record(21, b"\2\x32")
    late = {"tls.alert.sent": "50", "end": "eof(handshake)"}
    session = refused("client", None, Session("1.2", answer=answer))
    seen = judged(of, replace(session, server=late), client=OLD, server=OLD)
    found = check(seen, "rfc5246-e.1-client-refuses-lower-server")
    assert found.because.startswith("the client refused without an alert")
