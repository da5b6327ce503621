"""Tests of the checks on what somebody in the middle did (matrix/checks/tamper.py,
injected.py), on records made by hand: each of them passes, and each can fail."""

from __future__ import annotations

from dataclasses import replace
from typing import Mapping

import pytest

from matrix.flow import dump
from matrix.judge import judge
from matrix.model import Cell, Flow, Judgement, Run, Turn, Value
from matrix.observe import observe
from sessions import ALL, LAW, OLD, RULES, SCENARIOS, Session, cell, check, peer
from sessions import record, refused, server_hello

END, DOOR, ON = "127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"
FINISHED, FINISHED_13 = (
    "rfc5246-7.4.9-finished-covers-handshake",
    "rfc8446-4.4.4-finished-covers-handshake",
)
OPENED, OPENED_13 = (
    "rfc5246-6.2.3.3-receiver-opens-no-changed-record",
    "rfc8446-5.2-receiver-opens-no-changed-record",
)
CLEAR, CLEAR_13 = (
    "rfc5246-7.2-receiver-believes-no-alert-in-clear",
    "rfc8446-6-receiver-believes-no-alert-in-clear",
)
EXECUTES = "rfc3207-4.2-server-executes-nothing-injected"
BELIEVES = "rfc3207-4.2-client-believes-nothing-injected"
EARLY = "rfc5246-7.2.2-no-data-before-keys"
MINDS = "rfc8446-4.1.3-client-minds-downgrade"
MISSES = "rfc8446-9.2-server-misses-extension"
WHOLE = "rfc5321-4.1.1.4-server-takes-no-truncated-message"
PRICE = "rfc3207-6-client-goes-on-without-tls"


def through(session: Session, done: str = "yes", changed: bool = True) -> Run:
    """A session as client, server and relay record it."""
    client, server = session.flows(1)
    client = replace(client, facts=(("connection.local", END), *client.facts))
    server = replace(server, facts=(("connection.remote", ON), *server.facts))
    near = Flow(
        {"connection": "1", "side": "client"},
        client.turns,
        (
            *(("connection.local", DOOR), ("connection.remote", END)),
            *(("tamper.done", done), ("wire.received", "1 aa")),
        ),
    )
    far = Flow(
        {"connection": "2", "side": "server"},
        server.turns,
        (("connection.local", ON), ("wire.sent", "1 bb" if changed else "1 aa")),
    )
    texts = [f"{dump(flow)}= exit 0\n" for flow in (client, server)]
    relay = f"{dump(near)}{dump(far)}= exit 0\n"
    return Run("", texts[0], texts[1], 0.0, 1.0, relay=relay)


def verdict(of: Cell, run: Run, versions: tuple[str, ...] = ALL) -> Judgement:
    return judge(
        of,
        SCENARIOS[of.scenario],
        observe(replace(run, cell=of.id)),
        peer("client", versions),
        peer("server", versions),
        LAW,
    )


TLS_1_0, TLS_1_2 = Session("1.0"), Session("1.2")
NO_QUIT = {"smtp.quit": None, "mail": "deferred", "tls.close": "none"}
NO_MAIL = {"mail": "none", "mail.count": "0", "tls.close": "none"}


def ended(session: Session, by: str, alert: int | None) -> Session:
    """A session that a side ended after the handshake."""
    told = {} if alert is None else {"tls.alert.sent": str(alert)}
    heard = {} if alert is None else {"tls.alert.received": str(alert)}
    mine = (told, heard) if by == "client" else (heard, told)
    return replace(session, client=NO_QUIT | mine[0], server=NO_MAIL | mine[1])


def marked(session: Session) -> Session:
    """With the mark of a downgrade at the end of the ServerHello's random."""
    octets = server_hello("1.2", 0xC02F)
    return replace(session, answer=octets.replace(b"S" * 8 + b"\0", b"DOWNGRD\1\0"))


EXECUTED = replace(TLS_1_2, server={"smtp.commands.tls": "NOOP EHLO QUIT"})
INJECTED = replace(TLS_1_2, inside=[("S", b"250 injected\r\n")])
BUFFERED = replace(
    TLS_1_2,
    client={"smtp.pending": "14", "smtp.ehlo-tls.keywords": "-"},
    inside=[("S", b"250-mx\r\n250 PIPELINING\r\n")],
)
BELIEVED_BYE = replace(TLS_1_2, server=NO_MAIL | {"tls.close": "received"})
DECRYPT, MAC, PADDING = 51, 20, 21
OPENED_10 = "rfc2246-7.2.2-receiver-opens-no-changed-record"

CASES = [
    ("hello-version", {"tls": "1.2"}, TLS_1_2, FINISHED, "fail client"),
    ("hello-version", {"tls": "1.3"}, Session(), FINISHED_13, "fail client"),
    (
        "hello-version",
        {"tls": "1.2"},
        refused("server", DECRYPT, TLS_1_2),
        FINISHED,
        "",
    ),
    ("answer-suite", {"tls": "1.3"}, refused("client", MAC), FINISHED_13, ""),
    ("answer-suite", {"tls": "1.3"}, refused("client", None), FINISHED_13, ""),
    ("command-before-hello", {}, EXECUTED, EXECUTES, "fail server"),
    ("command-before-hello", {}, refused("server", 10), EXECUTES, ""),
    ("reply-before-answer", {}, INJECTED, BELIEVES, "fail client"),
    ("reply-behind-220", {}, BUFFERED, BELIEVES, "fail client"),
    ("reply-before-answer", {}, refused("client", 10), BELIEVES, ""),
    ("data-before-hello", {}, refused("server", 10), EARLY, ""),
    ("data-before-hello", {}, refused("server", 40), EARLY, "info"),
    ("data-before-hello", {}, refused("server", None), EARLY, "strict-miss server"),
    ("data-before-answer", {}, TLS_1_2, EARLY, "fail client"),
    ("flip", {"tls": "1.2"}, TLS_1_2, OPENED, "fail server"),
    ("flip", {"tls": "1.2"}, ended(TLS_1_2, "server", MAC), OPENED, ""),
    ("flip", {"tls": "1.2"}, ended(TLS_1_2, "server", None), OPENED, "fail server"),
    ("flip", {"tls": "1.2"}, ended(TLS_1_2, "server", 50), OPENED, "fail server"),
    ("flip", {"tls": "1.0"}, TLS_1_0, OPENED_10, "fail server"),
    ("flip", {"tls": "1.0"}, ended(TLS_1_0, "server", PADDING), OPENED_10, ""),
    ("flip", {"tls": "1.0"}, ended(TLS_1_0, "server", 50), OPENED_10, "fail server"),
    ("flip-back", {}, ended(Session(), "client", MAC), OPENED_13, ""),
    ("flip-back", {}, Session(), OPENED_13, "fail client"),
    (
        "flip-back",
        {},
        ended(Session(), "client", None),
        OPENED_13,
        "strict-miss client",
    ),
    ("alert-in-clear", {"tls": "1.2"}, BELIEVED_BYE, CLEAR, "fail server"),
    ("alert-in-clear", {"tls": "1.2"}, ended(TLS_1_2, "server", MAC), CLEAR, ""),
    ("alert-in-clear", {"tls": "1.3"}, ended(Session(), "server", 10), CLEAR_13, ""),
    (
        *("alert-in-clear", {"tls": "1.3"}),
        *(replace(Session(), server={"tls.close": "none"}), CLEAR_13, "fail server"),
    ),
    ("truncate", {"tls": "1.2"}, TLS_1_2, WHOLE, "fail server"),
    ("truncate", {"tls": "1.2"}, ended(TLS_1_2, "client", None), WHOLE, ""),
    ("hello-no-versions", {}, marked(TLS_1_2), MINDS, "fail client"),
    (
        *("hello-no-versions", {}),
        *(
            marked(replace(TLS_1_2, refused="client", client={"tls.alert.sent": "47"})),
            *(MINDS, ""),
        ),
    ),
    (
        *("hello-no-versions", {}),
        *(
            marked(replace(TLS_1_2, refused="client", client={"tls.alert.sent": "70"})),
            *(MINDS, "fail client"),
        ),
    ),
    ("hello-no-schemes", {"tls": "1.3"}, Session(), MISSES, "fail server"),
    ("hello-no-schemes", {"tls": "1.3"}, refused("server", 109), MISSES, ""),
    ("hello-no-schemes", {"tls": "1.3"}, refused("server", 40), MISSES, "fail server"),
]


@pytest.mark.parametrize("name, axes, session, rule, due", CASES)
def test_a_check_passes_and_can_fail(
    name: str, axes: Mapping[str, str], session: Session, rule: str, due: str
) -> None:
    found = check(verdict(cell(f"tamper.{name}", **axes), through(session)), rule)
    value = found.value.value
    assert (f"{value} {found.side}".strip() if value != "pass" else "") == due


def test_every_rule_of_the_family_is_shown_to_fail() -> None:
    shown = {rule for *_, rule, due in CASES if due.startswith("fail")}
    named = {
        rule.check
        for rule in RULES.values()
        if all(name.lstrip("!").startswith("tamper.") for name in rule.scenario)
    }
    assert named - shown == {
        "suite-relay-as-told",
        PRICE,
        "rfc5246-e.1-server-ignores-record-version",
    }


def test_a_hello_whose_records_say_3_0() -> None:
    rule = "rfc5246-e.1-server-ignores-record-version"
    of = cell("tamper.hello-record-version")
    assert check(verdict(of, through(Session())), rule).value is Value.PASS
    lost = verdict(of, through(refused("server", 70)))
    assert check(lost, rule).value is Value.FAIL
    assert lost.verdict is Value.FAIL


def test_what_there_was_no_occasion_for_proves_nothing() -> None:
    of = cell("tamper.hello-no-ems", tls="1.2")
    found = verdict(of, through(TLS_1_2, "no", changed=False))
    assert found.verdict is Value.INFO
    assert "no occasion" in check(found, "suite-relay-as-told").because
    assert found.prediction and found.prediction.outcome == "tls"
    assert FINISHED not in {each.id for each in found.checks}


def test_a_change_that_the_octets_do_not_show_is_none() -> None:
    of = cell("tamper.hello-no-ems", tls="1.2")
    session = refused("server", DECRYPT, TLS_1_2)
    found = check(verdict(of, through(session, changed=False)), "suite-relay-as-told")
    assert found.value is Value.INCONCLUSIVE


def test_a_relay_that_should_change_nothing_and_does() -> None:
    found = verdict(cell("tamper.none"), through(Session(), "no"))
    assert check(found, "suite-relay-as-told").value is Value.INCONCLUSIVE
    found = verdict(cell("tamper.none"), through(Session(), "no", changed=False))
    assert check(found, "suite-relay-as-told").value is Value.PASS
    assert "suite-version-told" in {each.id for each in found.checks}


def test_taps_that_are_not_the_relays() -> None:
    run = through(Session())
    other = run.relay.replace("EHLO client.example", "EHLO somebody.else")
    found = verdict(cell("tamper.none"), replace(run, relay=other))
    assert check(found, "suite-taps-agree").value is Value.INCONCLUSIVE


def test_the_price_is_shown_and_not_judged() -> None:
    of = cell("tamper.strip-starttls", policy="opportunistic")
    plain = {"mail": "delivered-plain", "tls.handshake": None}
    session = Session(
        client=plain, server={"mail": "received-plain", "tls.handshake": None}
    )
    found = verdict(of, through(session))
    assert found.verdict is Value.INFO
    assert "went in clear, on the same connection" in check(found, PRICE).because
    of = cell("tamper.strip-starttls")
    assert verdict(of, through(session)).verdict is Value.FAIL


def test_a_client_without_tls_1_3_has_no_mark_to_mind() -> None:
    session = refused("server", DECRYPT, TLS_1_2)
    found = verdict(cell("tamper.hello-no-versions"), through(session), OLD)
    assert MINDS not in {each.id for each in found.checks}


def test_a_hostile_record_of_the_relay_is_our_trouble() -> None:
    run = replace(through(Session()), relay="C> tls\n  zz\n= exit 0\n")
    found = verdict(cell("tamper.none"), run)
    assert found.verdict is Value.ERROR and "the relay's record" in found.because
    turns = (Turn("C", "tls", record(22, b"\1")),)
    assert observe(replace(run, relay=dump(Flow({}, turns, ())))).connections
