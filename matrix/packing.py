"""packing - records in few octets, and back exactly as they were.

What a program says in words and the octets that it lists in hex are compressed apart:
random octets cost half as much again among letters, and a client and a server cut
into lines in other places what is the same octets, which then looks like others.
Each part has a dictionary (RFC 1950 2.2) made of other records of the run.
"""

from __future__ import annotations

import re
import zlib
from typing import NamedTuple

LEVEL = 6  # measured: 9 takes a third longer for 1 in 100
LIMIT = 64 << 20  # octets of a part: a damaged or made-up file must not fill memory
WINDOW = 1 << 15  # octets that deflate can look back
SAMPLES = 32  # records that a dictionary is made of
GROWTH = 8  # times as many records as the last dictionary knew of: time for another
LINE = 64  # hex digits a line, as lib/flow.c has it
_MEMORY = 9  # as many symbols in a block as zlib can have

# Stands for lines of hex, with the numbers of octets of each listing.  No program
# prints it; a record that has it all the same is not taken apart.
_MARK = "\x01"
_TURN = "> tls\n"  # where hex is: what has it somewhere else stays as it is
_HEX = re.compile(f"{_TURN}((?:  [0-9a-f]{{2,{LINE}}}\n)+)")
_MARKED = re.compile(f"{_MARK}([0-9 ]+)\n", re.ASCII)


class Parts(NamedTuple):
    """A record taken apart; or a dictionary for the parts of others."""

    words: bytes
    octets: bytes  # that it lists, one behind the other


NOTHING = Parts(b"", b"")


def take_apart(text: str) -> Parts:
    """UnicodeEncodeError if it is not ASCII, as all records are."""
    octets: list[bytes] = []

    def lifted(found: re.Match[str]) -> str:
        lines = found[1]
        try:
            octets.append(bytes.fromhex(lines))
        except ValueError:  # an odd number of digits
            return found[0]
        counts, open_ = [], 0
        for length in map(len, lines.split("\n")[:-1]):
            open_ += length // 2 - 1
            if length < LINE + 2:  # the last of a listing
                counts.append(open_)
                open_ = 0
        if open_:
            counts.append(open_)
        return f"{_TURN}{_MARK}{' '.join(map(str, counts))}\n"

    words = text if _MARK in text else _HEX.sub(lifted, text)
    return Parts(words.encode("ascii"), b"".join(octets))


def put_together(parts: Parts) -> str:
    """The text that was taken apart.  ValueError if it never was one."""
    words = parts.words.decode("ascii")
    if not parts.octets:
        return words
    at = 0

    def listed(found: re.Match[str]) -> str:
        nonlocal at
        lines = []
        for count in map(int, found[1].split(" ")):
            lines.append(parts.octets[at : at + count].hex("\n", -LINE // 2))
            at += count
        return "  " + "\n".join(lines).replace("\n", "\n  ") + "\n"

    text = _MARKED.sub(listed, words)
    if at != len(parts.octets):
        raise ValueError("the octets of a record are not those that it lists")
    return text


def pack(parts: Parts, common: Parts) -> bytes:
    words = _deflated(parts.words, common.words)
    return words + (_deflated(parts.octets, common.octets) if parts.octets else b"")


def unpack(packed: bytes, common: Parts) -> Parts:
    """zlib.error or ValueError if it is damaged or made up."""
    words, rest = _inflated(packed, common.words)
    octets, rest = _inflated(rest, common.octets) if rest else (b"", b"")
    if rest:
        raise ValueError("something stands behind what is packed")
    return Parts(words, octets)


def _deflated(octets: bytes, dictionary: bytes) -> bytes:
    packer = zlib.compressobj(LEVEL, memLevel=_MEMORY, zdict=dictionary)
    return packer.compress(octets) + packer.flush()


def _inflated(octets: bytes, dictionary: bytes) -> tuple[bytes, bytes]:
    """And what stands behind."""
    unpacker = zlib.decompressobj(zdict=dictionary)
    found = unpacker.decompress(octets, LIMIT)
    if unpacker.unconsumed_tail:
        raise ValueError("what is packed is too large to be ours")
    if not unpacker.eof:
        raise ValueError("what is packed has no end")
    return found, unpacker.unused_data


class Samples:
    """Some of all records so far, evenly spread: what the next ones will be like."""

    def __init__(self) -> None:
        self._kept: list[Parts] = []
        self._count, self._step = 0, 1

    def add(self, parts: Parts) -> None:
        if self._count % self._step == 0:
            self._kept.append(parts)
        if len(self._kept) > SAMPLES:
            del self._kept[1::2]
            self._step *= 2
        self._count += 1

    @property
    def count(self) -> int:
        """Of the records that were to choose from."""
        return self._count

    def common(self) -> Parts:
        """A dictionary."""
        words = b"".join(parts.words for parts in self._kept)
        octets = b"".join(parts.octets for parts in self._kept)
        return Parts(words[-WINDOW:], octets[-WINDOW:])
