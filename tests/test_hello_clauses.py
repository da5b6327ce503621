"""Tests of the checks of what a server must refuse and must take in a hello, and of
what both sides begin with."""

from __future__ import annotations

import pytest

from matrix.model import Value
from server_answers import alert, chosen, decided, of
from sessions import ALL, Session, cell, check, judged, record

GCM, AEAD = 0xC030, 0x1302
OLD = ("1.0", "1.1", "1.2")
PASS, MISS, FAIL = Value.PASS, Value.STRICT_MISS, Value.FAIL
NOTHING = None
ORDER, OLD_ORDER = (
    "rfc8446-4-server-refuses-wrong-order",
    "rfc5246-7.4-server-refuses-wrong-order",
)
LACKING = "rfc8446-9.2-server-refuses-lacking-hello"
SSL3, NO_SSL3 = "rfc7568-3-server-refuses-ssl3", "rfc7568-3-server-no-ssl3"
WHY, END = "rfc5246-7.2.2-server-says-why", "rfc8446-6.2-server-ends-on-fatal-alert"
HIGHER = "rfc5246-e.1-server-takes-higher-version"
ASKS, UNLISTED = (
    "rfc8446-4.1.1-server-asks-for-share",
    "rfc8446-4.2.1-server-no-tls13-without-list",
)
NO_1_0, PREFERS = "rfc8996-4-server-no-tls1.0", "rfc9325-3.1.1-server-prefers-tls13"
JOINS, CCS = "rfc2246-6.2.1-server-joins-fragments", "rfc8446-d.4-server-sends-ccs"
FORM = "rfc8446-d.5-server-takes-no-sslv2-form"


@pytest.mark.parametrize(
    "scenario, octets, versions, rule, due",
    [
        # what is wrong has its alert; a server of old has to send one
        ("finished-instead", alert(10), ALL, ORDER, PASS),
        ("finished-instead", alert(40), ALL, ORDER, FAIL),
        ("finished-instead", chosen("1.2", GCM), ALL, ORDER, FAIL),
        ("finished-instead", alert(10), OLD, ORDER, NOTHING),
        ("finished-instead", alert(10), OLD, OLD_ORDER, PASS),
        ("finished-instead", alert(80), OLD, OLD_ORDER, FAIL),
        ("share-missing", alert(109), ALL, LACKING, PASS),
        ("share-missing", alert(47), ALL, LACKING, FAIL),
        ("version-3.0", alert(70), ALL, SSL3, PASS),
        ("version-3.0", alert(40), ALL, SSL3, FAIL),
        ("openssl-3.0.22", chosen("1.3", AEAD), ALL, NO_SSL3, PASS),
        ("block-less", alert(50), OLD, WHY, PASS),
        ("block-less", alert(50), ALL, WHY, NOTHING),
        ("fatal-first", alert(10), ALL, END, PASS),
        ("fatal-first", chosen("1.2", GCM), ALL, END, FAIL),
        # what is unusual is to be taken
        ("version-3.5", chosen("1.2", GCM), ALL, HIGHER, PASS),
        ("version-3.5", chosen("1.1", GCM), ALL, HIGHER, FAIL),
        ("version-3.5", alert(70), ALL, HIGHER, NOTHING),
        ("version-3.5", alert(70), OLD, HIGHER, FAIL),
        ("share-none", chosen("1.3", AEAD), ALL, ASKS, FAIL),
        ("version-3.4", chosen("1.3", AEAD), ALL, UNLISTED, FAIL),
        ("version-3.4", chosen("1.2", GCM), ALL, UNLISTED, PASS),
        ("version-3.1", chosen("1.0", 0xC014), ALL, NO_1_0, FAIL),
        ("version-3.1", alert(70), ALL, NO_1_0, PASS),
        ("versions-3.3-3.4", chosen("1.2", GCM), ALL, PREFERS, FAIL),
        ("versions-3.3-3.4", chosen("1.3", AEAD), ALL, PREFERS, PASS),
        ("records-1-tls1.0", chosen("1.0", 0xC014), OLD, JOINS, PASS),
        ("records-1-tls1.0", alert(50), OLD, JOINS, FAIL),
        ("records-1-tls1.0", alert(40), OLD, JOINS, NOTHING),
        ("jsse-17.0.15-sslv2-3.3", chosen("1.2", GCM), ALL, FORM, MISS),
        ("jsse-17.0.15-sslv2-3.3", chosen("1.2", GCM), OLD, FORM, NOTHING),
    ],
)
def test_what_a_server_makes_of_a_hello(
    scenario: str,
    octets: bytes,
    versions: tuple[str, ...],
    rule: str,
    due: Value | None,
) -> None:
    judgement = of(f"hello.{scenario}", octets, tls=versions)
    found = [each.value for each in judgement.checks if each.id == rule]
    assert found == ([due] if due else [])


@pytest.mark.parametrize("kind, due", [(20, PASS), (23, FAIL)])
def test_change_cipher_spec_behind_a_hello_with_a_session_id(
    kind: int, due: Value
) -> None:
    answer = chosen("1.3", AEAD)
    if kind != 20:
        answer = answer.replace(record(20, b"\1"), b"")
    assert check(of("hello.keyed", answer, "1.3", AEAD), CCS).value is due


def test_an_error_that_was_not_made_is_found_to_go_on() -> None:
    """What client.lies-error does: the message arrives all the same."""
    session = Session("1.2", client={"tls.error-made": "yes"})
    found = decided("hello-error.mac", session)
    assert check(found, "rfc5246-7.2.2-server-checks-mac").value is FAIL
    assert check(found, "suite-error-refused").side == "server"


def test_a_client_whose_first_message_is_no_hello() -> None:
    strange = judged(cell("upgrade"), Session(hello=record(23, b"12345678")))
    assert check(strange, "rfc8446-4.1.2-client-hello-first").value is FAIL
    right = judged(cell("upgrade"), Session())
    assert check(right, "rfc8446-4.1.2-client-hello-first").value is PASS
