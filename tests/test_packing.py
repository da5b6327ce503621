"""packing - every text comes back as it was, and what is damaged or made up says so."""

from __future__ import annotations

import random
import zlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matrix import packing, rows
from matrix.model import Run
from matrix.packing import NOTHING, WINDOW, Parts, Samples

ascii_ = st.text(st.characters(max_codepoint=127), max_size=3000)
# Lines that are hex, nearly hex, and what else a record has.
lines = st.lists(
    st.one_of(
        st.binary(max_size=40).map(lambda octets: f"  {octets.hex()}\n"),
        st.just("  " + "5a" * 32 + "\n"),
        st.sampled_from(
            ("S> tls\n", "C> tls\n", "  abc\n", "  ABCD\n", "   00\n", "  00", " 00\n")
        ),
        st.sampled_from(('  "00"\n', "  ... 17\n", "\x00", "\n", "00\n", "  00\r\n")),
        st.sampled_from(("\x01", "\x012\n", "\x01 \n")),
    )
).map("".join)
parts = st.builds(Parts, st.binary(max_size=300), st.binary(max_size=300))


@given(text=st.one_of(ascii_, lines), common=parts)
@example("C> tls\n  00\n\x011\n", NOTHING)
@example("C> tls\n  " + "00" * 32 + "\n", NOTHING)
@example("C> tls\n  " + "00" * 33 + "\n  00\n", NOTHING)
@example("C> tls\n  " + "00" * 32 + "\n  00\n  0011\n  0\n", NOTHING)
def test_every_text_comes_back(text: str, common: Parts) -> None:
    packed = packing.pack(packing.take_apart(text), common)
    assert packing.put_together(packing.unpack(packed, common)) == text


def test_octets_are_not_among_the_words() -> None:
    text = "S> tls\n  " + "a0" * 32 + "\n  a1\n  a2\n= exit 0\n"
    found = packing.take_apart(text)
    assert found == (
        b"S> tls\n\x0133 1\n= exit 0\n",
        b"\xa0" * 32 + b"\xa1\xa2",
    )


def test_what_is_listed_twice_is_stored_once() -> None:
    """Cut into other lines, as by the other side."""
    octets = random.Random(1).randbytes(4000)
    near = "S> tls\n" + "".join(
        f"  {octets[i:i + 32].hex()}\n" for i in range(0, 4000, 32)
    )
    far = f"S> tls\n  {octets[:5].hex()}\n" + "".join(
        f"  {octets[i:i + 32].hex()}\n" for i in range(5, 4000, 32)
    )
    one, two = (
        len(packing.pack(packing.take_apart(text), NOTHING))
        for text in (near, f"{near}= exit 0\n{far}")
    )
    assert two - one < 200


@given(client=ascii_, server=ascii_, relay=ascii_)
def test_records_come_back(client: str, server: str, relay: str) -> None:
    client, server, relay = (
        text.replace(rows.BETWEEN, "") for text in (client, server, relay)
    )
    before = Run("c", client, server, 1.5, 2.5, "t", relay)
    assert rows.run("c", 1.5, 2.5, "t", packing.take_apart(rows.join(before))) == before


def test_what_no_program_prints_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        packing.take_apart("= mail \u20ac\n")


@pytest.mark.parametrize(
    "words, octets",
    [
        (b"\x013\n", b"12"),  # lists more than there is
        (b"\x011\n", b"12"),  # and less
        (b"", b"12"),
        (b"\x011  1\n", b"12"),
        (b"\x01" + b"9" * 5000 + b"\n", b"12"),
        (b"\xff", b""),
    ],
)
def test_parts_that_were_never_one_text(words: bytes, octets: bytes) -> None:
    with pytest.raises(ValueError):
        packing.put_together(Parts(words, octets))


@pytest.mark.parametrize("cut", [0, 1, 5, -1])
def test_what_is_cut_short(cut: int) -> None:
    packed = packing.pack(Parts(b"words", b"octets"), NOTHING)
    with pytest.raises((ValueError, zlib.error)):
        packing.unpack(packed[:cut], NOTHING)


def test_what_stands_behind() -> None:
    packed = packing.pack(Parts(b"words", b"octets"), NOTHING)
    with pytest.raises(ValueError, match="stands behind"):
        packing.unpack(packed + b"x", NOTHING)


@pytest.mark.parametrize("first", [b"", zlib.compress(b"words")])
def test_what_would_fill_memory(first: bytes) -> None:
    with pytest.raises(ValueError, match="too large"):
        packing.unpack(first + zlib.compress(bytes(200 << 20)), NOTHING)


def test_the_wrong_dictionary() -> None:
    packed = packing.pack(Parts(b"words", b"octets"), Parts(b"word", b"octet"))
    with pytest.raises((ValueError, zlib.error)):
        packing.unpack(packed, Parts(b"other", b"another"))


@given(count=st.integers(1, 3000))
def test_samples_are_of_all_and_not_many(count: int) -> None:
    samples = Samples()
    for number in range(count):
        samples.add(Parts(b"%d " % number, b""))
    found = [int(word) for word in samples.common().words.split()]
    assert samples.count == count
    assert len(found) <= packing.SAMPLES and len(found) >= min(count, 16)
    steps = {b - a for a, b in zip(found, found[1:])}
    assert found[0] == 0 and len(steps) <= 1
    assert count - found[-1] <= max(steps, default=1)


def test_a_dictionary_is_no_longer_than_what_is_looked_at() -> None:
    samples = Samples()
    for _ in range(20):
        samples.add(Parts(b"x" * 5000, b"y" * 5000))
    assert set(map(len, samples.common())) == {WINDOW}
