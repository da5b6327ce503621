"""Tests of matrix/checks: every way in which one fact, or the octets, may be wrong,
and who is named for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Sequence

import pytest

from matrix.model import Value
from sessions import APART, LOWER, OLD, Facts, Session, cell, check, hello
from sessions import judged, record, refused, server_hello

# Who says what instead ("&" between facts, "name" alone: not at all), and which
# check must find it, as what, on whose side.
WRONG = """
client | tls.version=1.1 | suite-version-told | fail client
server | tls.version=1.1 | suite-version-told | fail server
both   | tls.version=1.2 | suite-version-told | inconclusive
client | tls.suite=c030 | suite-cipher-suite-told | fail client
server | tls.resumed=yes | suite-resumption-told | fail server
client | tls.verified=no | suite-certificate-verified | fail client
server | tls.server-name=- | suite-server-name-told | fail server
server | mail.digest=ac | suite-message-unchanged | fail
server | mail=none & mail.count=0 | suite-delivered-once | fail server
server | mail.count=2 | suite-delivered-once | fail server
server | mail.count=2 & smtp.commands.tls=EHLO MAIL MAIL | suite-delivered-once | fail client
server | tls.close=sent | rfc8446-6.1-client-close-notify | inconclusive
server | tls.close=none | rfc8446-6.1-server-close-notify | inconclusive
client | smtp.ehlo-tls.keywords=starttls | rfc3207-4.2-server-hides-starttls-inside | fail server
client | smtp.ehlo.keywords=STARTTLS=now | rfc3207-2-server-keyword-has-no-parameter | fail server
client | smtp.pending=9 | rfc3207-4-server-nothing-behind-220 | fail server
server | smtp.pending=6 | rfc3207-4-client-starttls-last | fail client
server | smtp.commands.tls=MAIL RCPT QUIT | rfc5321-4.1.1.1-client-ehlo-first | fail client
server | smtp.commands.tls=HELO MAIL QUIT | rfc3207-4.2-client-ehlo-again | strict-miss client
server | smtp.commands.tls=EHLO STARTTLS QUIT | rfc3207-4.2-client-no-starttls-inside | fail client
server | smtp.commands.plain=EHLO MAIL STARTTLS | rfc3207-6-client-nothing-in-clear | fail client
server | smtp.commands.tls=EHLO MAIL RCPT DATA | rfc5321-4.1.1.10-client-quits | fail client
client | smtp.quit=250 | rfc5321-4.1.1.10-server-answers-quit | fail server
client | end=hang(quit) | suite-no-hang | fail server
server | end=hang(mail) | suite-no-hang | fail client
both   | end=hang(mail) | suite-no-hang | fail
client | end=flood(ehlo) | suite-no-flood | fail server
server | wire.received=99999999 aa | suite-no-flood | fail client
client | end=protocol(ehlo: no reply by RFC 5321 4.2) | rfc5321-4.2-server-replies-well-formed | fail server
""".strip()  # noqa: E501


def facts(text: str) -> Facts:
    pairs = (fact.partition("=") for fact in text.split(" & "))
    return {name.strip(): value or None for name, _, value in pairs}


@pytest.mark.parametrize("row", WRONG.split("\n"))
def test_one_wrong_fact_is_found(row: str) -> None:
    who, said, id, expected = (part.strip() for part in row.split(" | "))
    client = facts(said) if who in ("client", "both") else {}
    server = facts(said) if who in ("server", "both") else {}
    of = judged(cell(), Session(client=client, server=server))
    found = check(of, id)
    assert f"{found.value.value} {found.side}".strip() == expected
    assert of.verdict is found.value, of.because


@pytest.mark.parametrize(
    "client, server, side",
    [("received", "sent", "client"), ("sent", "none", "server")],
)
def test_a_close_without_close_notify(client: str, server: str, side: str) -> None:
    session = Session(client={"tls.close": client}, server={"tls.close": server})
    of = judged(cell(), session)
    assert of.verdict is Value.FAIL
    assert check(of, f"rfc8446-6.1-{side}-close-notify").side == side


def test_two_stories_are_no_pass() -> None:
    for name, sent, received, id in (
        ("tls.alert", "40", "42", "suite-alerts-told"),
        ("wire", "9 aa", "9 ab", "suite-taps-agree"),
    ):
        client, server = {f"{name}.sent": sent}, {f"{name}.received": received}
        of = judged(cell(), Session(client=client, server=server))
        assert check(of, id).value is of.verdict is Value.INCONCLUSIVE


YES: Facts = {"tls.resumed": "yes"}
RESUMED = Session(answer=server_hello("1.3", 0x1301, True), client=YES, server=YES)

OCTETS: Sequence[tuple[str, Session, str, Value, str]] = [
    (
        *(
            "a lower version than both can",
            Session("1.2", hello=hello(0x303, (0x304, 0x303))),
        ),
        *("suite-version-predicted", Value.FAIL, "server"),
    ),
    (
        *("a suite that was not offered", Session("1.3", suite=0x1303)),
        *("rfc5246-7.4.1.3-server-picks-offered-suite", Value.FAIL, "server"),
    ),
    (
        *("a suite of another kind", Session("1.3", suite=0xC02B)),
        *("suite-cipher-suite-fits", Value.FAIL, "server"),
    ),
    (
        *("another name", Session(hello=hello(0x303, (0x304,), name="other.example"))),
        *("suite-server-name-told", Value.FAIL, "client"),
    ),
    (
        *("an old legacy_version", Session(hello=hello(0x301, (0x304,)))),
        *("rfc8446-4.1.2-client-legacy-version", Value.FAIL, "client"),
    ),
    (
        *("a second greeting", Session(inside=[("S", b"220 hello again\r\n")])),
        *("rfc3207-4.2-server-greets-once", Value.FAIL, "server"),
    ),
    (
        *("resumed from nothing", RESUMED),
        *("suite-resumed-as-asked", Value.FAIL, "server"),
    ),
    (
        *("octets that are no TLS", Session(client_tls=b"\xff\xff\xff\xff\xff\xff")),
        *("suite-octets-readable", Value.INCONCLUSIVE, ""),
    ),
]


@pytest.mark.parametrize("about, session, id, value, side", OCTETS)
def test_what_the_octets_show_is_found(
    about: str, session: Session, id: str, value: Value, side: str
) -> None:
    of = judged(cell(), session)
    assert of.verdict is value, (about, of.because)
    assert (check(of, id).value, check(of, id).side) == (value, side)


@pytest.mark.parametrize(
    "code, value", [("503", Value.PASS), ("502", Value.PASS), ("220", Value.FAIL)]
)
def test_starttls_inside(code: str, value: Value) -> None:
    session = Session(client={"smtp.stimulus.tls": code})
    assert judged(cell("switch.starttls-inside"), session).verdict is value


@pytest.mark.parametrize(
    "scenario, code, value",
    [
        ("switch.starttls-parameter", "501", Value.PASS),
        ("switch.starttls-parameter", "500", Value.FAIL),
        ("switch.unknown-command", "500", Value.PASS),
        ("switch.unknown-command", "502", Value.STRICT_MISS),
        ("switch.unknown-command", "250", Value.FAIL),
        ("switch.long-command", "500", Value.PASS),
        ("switch.long-command", "250", Value.INFO),
        ("switch.require-tls", "530", Value.PASS),
        ("switch.require-tls", "550", Value.STRICT_MISS),
        ("switch.require-tls", "250", Value.FAIL),
    ],
)
def test_replies_before_the_switch(scenario: str, code: str, value: Value) -> None:
    session = Session(client={"smtp.stimulus.plain": code})
    of = judged(cell(scenario), session)
    assert of.verdict is value, of.because


def test_resumption_by_ticket() -> None:
    ticket = hello(0x0303, more=[(35, b"ticket")], session_id=b"i" * 32)
    second = Session(
        "1.2",
        hello=ticket,
        answer=server_hello("1.2", 0xC02F, resumed=True),
        client={"tls.resumed": "yes"},
        server={"tls.resumed": "yes"},
    )
    of = cell(tls="1.2", resume="ticket")
    assert judged(of, Session("1.2"), second).verdict is Value.PASS
    by_id = replace(second, hello=hello(0x0303, session_id=b"i" * 32))
    found = check(judged(of, Session("1.2"), by_id), "suite-resumed-as-asked")
    assert (found.value, found.side) == (Value.FAIL, "client")
    full = Session("1.2", hello=ticket)
    found = check(judged(of, Session("1.2"), full), "suite-resumed-as-asked")
    assert (found.value, found.side) == (Value.FAIL, "server")
    found = check(judged(of, Session("1.2")), "suite-resumed-as-asked")
    assert found.value is Value.FAIL


@pytest.mark.parametrize(
    "knows, resumed, value",
    [
        (True, False, Value.PASS),
        (True, True, Value.FAIL),
        (False, True, Value.PASS),  # it cannot tell
        (False, False, Value.FAIL),
    ],
)
def test_a_session_that_cannot_have_ems_is_not_resumed(
    knows: bool, resumed: bool, value: Value
) -> None:
    """RFC 7627 5.3: a first hello without it, a second with it."""
    ems = [(23, b"")]
    second = Session(
        "1.2",
        hello=hello(session_id=b"i" * 32, more=ems),
        answer=server_hello("1.2", 0xC02F, resumed, more=ems if knows else ()),
        client={"tls.resumed": "yes" if resumed else "no"},
        server={"tls.resumed": "yes" if resumed else "no"},
    )
    of = judged(cell(tls="1.2", resume="id"), Session("1.2"), second)
    assert check(of, "suite-resumed-as-asked").value is value


def test_what_tls_carried_says_who_changed_the_message() -> None:
    text = b"DATA\r\n" + b"..a\r\nb\r\n" + b".\r\n"
    digest = 0xCBF29CE484222325
    for octet in b".a\r\nb\r\n":
        digest = (digest ^ octet) * 0x100000001B3 % 2**64
    right: Facts = {"mail.octets": "7", "mail.digest": f"{digest:016x}"}
    wrong: Facts = {"mail.octets": "7", "mail.digest": "ab"}
    for role, client, server in (("server", right, wrong), ("client", wrong, right)):
        session = Session(client=client, server=server, inside=[("C", text)])
        of = judged(cell(), session)
        assert check(of, "suite-message-unchanged").side == role


def test_a_strange_record_version_is_the_servers_fault() -> None:
    alert = record(21, b"\2\x46", version=0)
    session = replace(refused("server", 70, LOWER), answer=alert)
    of = judged(cell(**APART), session, client=OLD, server=OLD)
    found = check(of, "rfc5246-6.2.1-server-record-version")
    assert (found.value, found.side) == (Value.FAIL, "server")


def test_a_second_answer_than_tls_is_the_servers_fault() -> None:
    session = refused("client", None, Session(answer=b"500 what?\r\n"))
    of = judged(cell(), session)
    assert check(of, "rfc3207-4-server-starts-tls").side == "server"
    assert of.verdict is Value.FAIL
