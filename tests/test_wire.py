"""Tests of matrix/wire.py and matrix/observe.py: what the octets say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matrix import wire
from matrix.flow import dump
from matrix.model import Flow, Run, Turn
from matrix.observe import observe
from sessions import SUITES, Session, cell, hello, message, record, run
from sessions import server_hello

ALERT = record(21, bytes([2, 70]))
FINISHED = record(22, b"\x14\0\0\x0c" + b"f" * 12)


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "1.3"])
@pytest.mark.parametrize("resumed", [False, True])
def test_a_handshake(version: str, resumed: bool) -> None:
    seen = wire.read(hello(), server_hello(version, SUITES[version], resumed))
    assert (seen.version, seen.cipher_suite) == (version, SUITES[version])
    assert seen.resumed is resumed
    assert len(seen.hellos) == 1 and not seen.retried
    assert seen.alerts == () and seen.trouble == ""


def test_a_retry_brings_two_hellos() -> None:
    client = hello(listed=(0x0304,)) + record(20, b"\1") + hello(listed=(0x0304,))
    server = server_hello("1.3", 0x1301, retry=True) + record(20, b"\1")
    seen = wire.read(client, server + server_hello("1.3", 0x1302))
    assert seen.retried and len(seen.hellos) == 2
    assert (seen.version, seen.cipher_suite) == ("1.3", 0x1302)


def test_alerts_in_clear_of_both_sides() -> None:
    assert wire.read(hello(), ALERT).alerts == (("S", 2, 70),)
    answer = server_hello("1.2", 0xC02F)
    assert wire.read(hello() + ALERT, answer).alerts == (("C", 2, 70),)
    assert wire.read(hello() + record(21, b"\1\0"), answer).alerts == ()


def test_what_is_encrypted_is_no_alert() -> None:
    """After its ChangeCipherSpec (RFC 5246 7.1) a side's records are not clear."""
    client = hello() + record(20, b"\1") + ALERT
    assert wire.read(client, server_hello("1.2", 0xC02F) + ALERT).alerts == ()
    assert wire.read(client, server_hello("1.3", 0x1301)).alerts == (("C", 2, 70),)


def test_a_handshake_cut_short_says_nothing_of_resumption() -> None:
    seen = wire.read(hello(), server_hello("1.2", 0xC02F)[:-6])
    assert seen.resumed is False  # there was a Certificate
    seen = wire.read(hello(), server_hello("1.2", 0xC02F, resumed=True)[:-6])
    assert seen.resumed is None


@pytest.mark.parametrize(
    "client, server, who",
    [
        (hello(), b"500 what?\r\n", "S"),
        (b"EHLO client.example\r\n", ALERT, "C"),
        (hello(), ALERT, ""),
        (b"", b"", ""),
    ],
)
def test_who_goes_on_in_clear(client: bytes, server: bytes, who: str) -> None:
    assert wire.read(client, server).plain_after_switch == who


def test_a_strange_record_version_is_told_and_read() -> None:
    seen = wire.read(hello(), record(21, b"\2\x46", version=0))
    assert seen.alerts == (("S", 2, 70),)
    assert "0x0000" in seen.trouble


@given(st.binary(max_size=200), st.binary(max_size=200), st.booleans())
def test_any_octets_are_read_or_told(a: bytes, b: bytes, tls: bool) -> None:
    seen = wire.read(hello() + a if tls else a, record(22, b) + a if tls else b)
    assert seen.version == "" or seen.cipher_suite >= 0


@given(st.data())
def test_a_changed_octet_never_raises(data: st.DataObject) -> None:
    octets = bytearray(server_hello("1.3", 0x1301))
    octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    wire.read(hello(), bytes(octets))


def test_both_taps_are_held_against_each_other() -> None:
    (seen,) = observe(run(cell(), Session())).connections
    assert seen.taps_agree and seen.wire.version == "1.3"


def taps(client: Flow, server: Flow) -> bool | None:
    end = "= exit 0\n"
    played = Run("x", dump(client) + end, dump(server) + end, 0.0, 1.0)
    (seen,) = observe(played).connections
    return seen.taps_agree


def with_fact(flow: Flow, name: str, value: str) -> Flow:
    return replace(flow, facts=(*flow.facts, (name, value)))


def test_an_octet_changed_on_the_way_is_seen() -> None:
    client, server = Session().flows(1)
    changed = Turn("S", "tls", server.turns[-1].data[:-1] + b"?")
    assert taps(client, replace(server, turns=(*server.turns[:-1], changed))) is False


def test_the_digests_cover_what_is_not_listed() -> None:
    client, server = Session().flows(1)
    sent = with_fact(client, "wire.sent", "9000 aa")
    assert taps(sent, with_fact(server, "wire.received", "9000 aa")) is True
    assert taps(sent, with_fact(server, "wire.received", "9000 ab")) is False
    assert taps(sent, with_fact(server, "wire.received", "8999 ab")) is False
    assert taps(sent, with_fact(server, "wire.received", "junk")) is False


def test_less_may_arrive_if_a_side_stopped_reading() -> None:
    client, server = Session(refused="client").flows(1)
    sent = with_fact(server, "wire.sent", "900 aa")
    assert taps(with_fact(client, "wire.received", "800 ab"), sent) is True
    assert taps(with_fact(client, "wire.received", "901 ab"), sent) is False


def test_listing_stops_at_a_gap_and_comparing_too() -> None:
    turns = (Turn("C", "tls", b"\x16\3\3\0\2ab", 9), Turn("C", "tls", b"cd"))
    other = (Turn("C", "tls", b"\x16\3\3\0\2a", 10), Turn("C", "tls", b"xy"))
    assert taps(Flow({"connection": "1"}, turns), Flow({"connection": "1"}, other))


def test_one_side_only_is_no_agreement() -> None:
    played = run(cell(), Session())
    (seen,) = observe(replace(played, server="= exit 0\n")).connections
    assert seen.taps_agree is None and seen.server is None


def test_a_record_that_cannot_be_read_is_trouble() -> None:
    seen = observe(Run("x", "nonsense\n", "", 0.0, 1.0, "the server did not start"))
    assert seen.connections == ()
    assert "the server did not start" in seen.trouble
    assert "the client's record cannot be read: line 1" in seen.trouble


@pytest.mark.parametrize("kind", [11, 12, 14])
def test_what_only_a_full_handshake_has(kind: int) -> None:
    """An anonymous one has no Certificate, and is none resumed."""
    bare = server_hello("1.2", 0x0034, resumed=True)
    assert wire.read(hello(0x0303), bare).resumed is True
    at = len(bare) - len(record(20, b"\1"))
    said = bare[:at] + record(22, message(kind, b"\0")) + bare[at:]
    assert wire.read(hello(0x0303), said).resumed is False
