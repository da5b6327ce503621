"""Tests of matrix/hello.py: ClientHellos in both forms, whole and broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matrix.hello import decode
from sessions import hello, message, record, vector

U16 = st.integers(0, 0xFFFF)

# RFC 5246 E.2; one that OpenSSL and GnuTLS took (spec/rule-sets.md 8.1).
SSLV2 = bytes.fromhex(
    "8035010301000c000000200000020000ff0100800700c0"
    "39c4ce110ca30c850eb110d3ee73bc5105998caae42c9d952f78623626f12e61"
)


@given(
    version=U16,
    listed=st.lists(U16, max_size=5),
    suites=st.lists(U16, min_size=1, max_size=20),
    name=st.from_regex(r"[a-z.]{0,30}", fullmatch=True),
    session_id=st.binary(max_size=32),
    more=st.lists(st.tuples(st.integers(100, 0xFFFF), st.binary(max_size=20))),
    rest=st.binary(max_size=9),
)
def test_what_was_encoded_is_decoded(
    version: int,
    listed: list[int],
    suites: list[int],
    name: str,
    session_id: bytes,
    more: list[tuple[int, bytes]],
    rest: bytes,
) -> None:
    octets = hello(version, listed, suites, name, session_id, more)
    seen = decode(octets + rest)
    assert (seen.form, seen.record_version) == ("tls", 0x0301)
    assert seen.client_version == version
    assert seen.random == b"R" * 32
    assert seen.session_id == session_id
    assert seen.cipher_suites == tuple(suites)
    assert seen.supported_versions == tuple(listed)
    assert seen.server_name == name
    assert [e for e in seen.extensions if e[0] >= 100] == more
    assert seen.octets == len(octets)


def test_every_proper_prefix_is_refused() -> None:
    for whole in (hello(listed=(0x0304,)), SSLV2):
        for n in range(len(whole)):
            with pytest.raises(ValueError):
                decode(whole[:n])


@given(st.binary(max_size=300))
def test_any_octets_are_a_hello_or_refused(octets: bytes) -> None:
    for start in (b"", b"\x16\x03\x01", b"\x80"):
        try:
            decode(start + octets)
        except ValueError:
            pass


def test_a_hello_in_several_records() -> None:
    body = hello()[5:]
    split = record(22, body[:1]) + record(22, body[1:7]) + record(22, body[7:])
    assert decode(split).cipher_suites == decode(hello()).cipher_suites
    assert decode(split).octets == len(split)


def test_a_hello_without_extensions() -> None:
    body = b"\3\1" + b"R" * 32 + b"\0" + vector(b"\0\x2f", 2) + b"\1\0"
    seen = decode(record(22, message(1, body)))
    assert seen.extensions == ()
    assert seen.cipher_suites == (0x2F,)


def test_extensions_are_kept_in_order_and_twice() -> None:
    more = [(100, b"a"), (200, b""), (100, b"b")]
    assert list(decode(hello(name="", more=more)).extensions) == more


def test_the_sslv2_form() -> None:
    seen = decode(SSLV2 + b"more")
    assert (seen.form, seen.client_version) == ("sslv2", 0x0301)
    assert seen.cipher_suites == (0x0002, 0x00FF)  # the SSL 2.0 kinds left out
    assert seen.random == SSLV2[-32:]
    assert (seen.session_id, seen.extensions) == (b"", ())
    assert seen.octets == len(SSLV2)


def test_a_short_challenge_stands_on_the_right() -> None:
    """RFC 2246 E.1."""
    octets = bytes.fromhex("801c" "01" "0301" "0003" "0000" "0010" "00002f") + b"c" * 16
    assert decode(octets).random == b"\0" * 16 + b"c" * 16


@pytest.mark.parametrize(
    "octets, word",
    [
        (b"", "nothing"),
        (b"EHLO x\r\n", "first octet"),
        (record(22, message(2, b"x" * 40)), "handshake message 2"),
        (record(21, b"\2\x46"), "first octet"),
        (record(22, b""), "records"),
        (bytes.fromhex("800302") + b"xx", "msg_type"),
    ],
)
def test_what_is_no_hello_says_so(octets: bytes, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        decode(octets)
