"""Tests of what the checks of octets rest on: records, flights, key shares, and
clauses that meet octets nobody can cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matrix import shares, wire
from matrix.checks import OF_LINK, Finding, Seen, link
from matrix.judge import MODULES
from matrix.model import Cell, Connection, Prediction, Wire
from matrix.observe import observe
from matrix.places import ROOT
from matrix.vectors import vector
from sessions import RETRY, SCENARIOS, SUITES, Session, cell, extensions, hello
from sessions import message, record, run, server_hello

PQ, X25519 = 0x11EC, 0x001D


def test_records_are_told_with_what_is_clear() -> None:
    read = wire.read(hello() + record(20, b"\1"), server_hello("1.2", SUITES["1.2"]))
    said = [(r.sender, r.content, r.clear, r.first) for r in read.records]
    assert said[:2] == [("C", 22, True, True), ("C", 20, True, False)]
    assert said[2:] == [("S", 22, True, False), ("S", 20, True, False)]
    assert read.changes == (("C", b"\1"), ("S", b"\1"))
    assert [kind for kind, _ in read.flight] == [2, 11, 12, 14]


def test_records_behind_the_keys_have_headers_only() -> None:
    answer = server_hello("1.2", SUITES["1.2"]) + record(23, b"x" * 50) + b"\x99" * 9
    last = wire.read(hello(), answer).records[-1]
    assert (last.content, last.length, last.clear) == (23, 50, False)


def test_a_second_hello_comes_behind_a_change_of_the_client() -> None:
    body = b"\3\3" + RETRY + b"\0\x13\1\0"
    body += (10).to_bytes(2, "big") + extensions([(43, b"\3\4"), (51, b"\0\x17")])[:12]
    body = body[: -12 - 2] + (12).to_bytes(2, "big") + body[-12:]
    first = hello(listed=(0x0304,))
    read = wire.read(first + record(20, b"\1") + first, record(22, message(2, body)))
    assert read.retried and len(read.hellos) == 2
    assert read.answers[0].retry and read.server_hello is None


@pytest.mark.parametrize(
    "name, size, order",
    [
        ("keyed-post-quantum", "", ""),
        ("post-quantum-short", "1215 octets", None),
        ("post-quantum-reversed", "", "no key of ML-KEM"),
    ],
)
def test_a_hybrid_share(name: str, size: str, order: str | None) -> None:
    octets = vector.load(ROOT / "vectors" / "hello")[name].octets
    first = wire.read(octets, b"").hellos[0]
    found = dict(shares.read_shares(first.extension(51) or b""))
    said = shares.wrong_size(PQ, found[PQ], "client")
    assert said is not None and size in said and bool(size) == bool(said)
    wrong = shares.wrong_order(PQ, found[PQ])
    assert wrong == order if not order else wrong and order in wrong
    assert shares.wrong_size(X25519, found[X25519], "client") == ""
    assert shares.wrong_order(X25519, found[X25519]) is None


def test_a_group_nobody_knows_has_no_length() -> None:
    assert shares.wrong_size(0x4E21, b"", "server") is None
    assert shares.wrong_point(0x4E21, b"") is None


def _found(read: Wire) -> list[Finding]:
    """What every check of a connection says of these octets."""
    of: Cell = cell()
    seen_run = observe(run(of, Session("1.2")))
    one = link(1, Connection(None, None, read, None))
    seen = Seen(of, SCENARIOS["upgrade"], seen_run, Prediction("open"), (one,))
    found = (check(seen, one) for check in OF_LINK.values())
    return [each for each in found if each is not None]


@given(st.binary(max_size=60), st.integers(0, 60), st.sampled_from([10, 13, 51, 0, 43]))
def test_no_clause_breaks_on_what_cannot_be_cut(
    octets: bytes, at: int, kind: int
) -> None:
    assert MODULES  # whose import registered them
    first = hello(more=[(kind, octets)])
    answer = server_hello("1.2", SUITES["1.2"])
    spoilt = answer[:at] + octets + answer[at + len(octets) :]
    for found in _found(wire.read(first, spoilt)):
        assert found.because
