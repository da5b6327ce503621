"""Tests of matrix/flow.py: what is written is read back, what is wrong is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matrix.flow import dump, parse, parse_record
from matrix.model import Flow, Turn

TURNS = st.builds(
    Turn,
    st.sampled_from("CS"),
    st.sampled_from(("smtp", "tls", "inside")),
    st.binary(max_size=300),
    st.integers(0, 10**6),
)
NAMES = st.from_regex(r"[a-z][a-z0-9.-]{0,9}", fullmatch=True)
VALUES = st.text(st.characters(max_codepoint=0xFF), max_size=40)
LINES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=40)
FLOWS = st.builds(
    Flow,
    st.dictionaries(NAMES, LINES, max_size=3),
    st.lists(TURNS, max_size=6).map(tuple),
    st.lists(st.tuples(NAMES, VALUES), max_size=6).map(tuple),
)


@given(FLOWS)
def test_what_is_written_is_read_back(flow: Flow) -> None:
    assert parse(dump(flow)) == flow


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_by_line(text: str) -> None:
    try:
        parse_record(text)
    except ValueError as error:
        assert str(error).startswith("line ")


def test_a_flow_as_the_programs_write_it() -> None:
    flow = parse(
        "connection: 1\n= connection.local 127.0.0.1:1\n"
        'S> smtp\n  "220 mx \\"x\\" \\\\\\r\\n"\n'
        "C> tls\n  16 03 01 # record\n  0005\n= end closed\n"
    )
    assert flow.meta == {"connection": "1"}
    assert flow.turns == (
        Turn("S", "smtp", b'220 mx "x" \\\r\n'),
        Turn("C", "tls", b"\x16\x03\x01\x00\x05"),
    )
    assert flow.fact("end") == "closed"


def test_octets_behind_a_gap_are_a_turn_of_their_own() -> None:
    flow = parse("S> tls\n  0102\n  ... 7\n  03\n  ... 1\n")
    assert flow.turns == (Turn("S", "tls", b"\1\2", 7), Turn("S", "tls", b"\3", 1))


def test_a_turn_that_found_no_room_is_empty() -> None:
    assert parse("S> tls\n= flow.lost 9\n").turns == (Turn("S", "tls", b""),)


@pytest.mark.parametrize(
    "text, line, word",
    [
        ("X> smtp\n", 1, "not understood"),
        ("C> udp\n", 1, "smtp, tls or inside"),
        ("  00\n", 1, "not understood"),
        ("C> tls\n  0g\n", 1, "non-hexadecimal"),
        ('C> smtp\n  "abc\n', 2, "closing quote"),
        ('C> smtp\n  "a\\q"\n', 2, "in a text"),
        ('C> smtp\n  "a"b"\n', 2, "in a text"),
        ('C> smtp\n  "\xe9\\r\\n"\n', 2, "\\xHH"),
        ("C> tls\n  ... many\n", 2, "COUNT"),
        ("C> tls\n  ... 9999999999999\n", 2, "COUNT"),
        ("=  x\n", 1, "name"),
        ("= end \\x0\n", 1, "in a text"),
        ("a: 1\na: 2\n", 2, "twice"),
        ("C> tls\na: 1\n", 2, "not understood"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, word: str) -> None:
    with pytest.raises(ValueError, match=f"^line {line}: ") as caught:
        parse(text)
    assert word in str(caught.value)


def test_a_record_is_its_connections_and_its_end() -> None:
    text = "connection: 1\n= a 1\nconnection: 2\n= a 2\n= exit signal 11\n"
    flows, end = parse_record(text)
    assert [flow.fact("a") for flow in flows] == ["1", "2"]
    assert end == "signal 11"
    assert flows[1].fact("exit") == ""


def test_a_record_without_an_end_or_anything() -> None:
    assert parse_record("connection: 1\nS> smtp\n") == (
        (Flow({"connection": "1"}, (Turn("S", "smtp", b""),)),),
        "",
    )
    assert parse_record("") == ((), "")
    assert parse_record("= exit 89\n") == ((), "89")


def test_lines_of_a_record_are_counted_through() -> None:
    with pytest.raises(ValueError, match="line 4: "):
        parse_record("connection: 1\n= a 1\nconnection: 2\nnonsense\n")
    with pytest.raises(ValueError, match="line 1: a record begins"):
        parse_record("= a 1\nconnection: 1\n")
