"""pieces - octets cut into named pieces, for annotating and explaining.

It cuts as far as it understands and says where it stops: nothing raises, and the
pieces joined are always the octets, so a malformed hello can be shown too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Iterator, Sequence

from matrix.hello import Reader


@dataclass(frozen=True, slots=True)
class Piece:
    """Some octets, what they are, and how deep inside other things they lie."""

    octets: bytes
    depth: int
    note: str


class Walk:
    """Takes pieces off the front of some octets.  Running short is a ValueError,
    which ``walked`` turns into a last piece."""

    __slots__ = ("reader", "pieces", "depth", "wrong")

    def __init__(self, octets: bytes, depth: int = 0) -> None:
        self.reader, self.depth = Reader(octets), depth
        self.pieces: list[Piece] = []
        self.wrong: list[str] = []  # what could not be cut, and in what it was

    @property
    def left(self) -> int:
        return self.reader.left

    def put(self, octets: bytes, note: str, deeper: int = 0) -> bytes:
        """A piece of octets that were taken already."""
        if octets:
            self.pieces.append(Piece(octets, self.depth + deeper, note))
        return octets

    def take(self, n: int, note: str, deeper: int = 0) -> bytes:
        """The next n octets as one piece."""
        return self.put(self.reader.take(n), note, deeper)

    def number(self, size: int, note: Callable[[int], str], deeper: int = 0) -> int:
        """A number; its note is made from it."""
        octets = self.reader.take(size)
        value = int.from_bytes(octets, "big")
        self.put(octets, note(value), deeper)
        return value

    def vector(self, size: int, name: str, deeper: int = 0) -> bytes:
        """A length and, as a piece of its own, that many octets."""
        length = self.number(size, lambda n: f"{name}, {octets(n)}", deeper)
        return self.take(length, name, deeper + 1)

    def inside(
        self, size: int, note: Callable[[int], str], walk: Callable[[Walk], None]
    ) -> None:
        """A length, not 0, whose octets are walked by themselves (``within``)."""
        length = self.number(size, note)
        if length == 0:
            raise ValueError("an empty list")
        self.within(length, walk, note(length))

    def within(self, length: int, walk: Callable[[Walk], None], name: str) -> None:
        """That many octets walked by themselves, one deeper.  They may be fewer
        than announced: those are walked all the same, then it stops."""
        there = self.reader.take(min(length, self.left))
        w = walked(there, self.depth + 1, walk)
        self.pieces += w.pieces
        self.wrong += [f"{name}: {why}" for why in w.wrong]
        if len(there) < length:
            raise ValueError(f"{octets(length)} announced, {len(there)} are there")


def octets(n: int) -> str:
    """ "1 octet", "2 octets" """
    return "1 octet" if n == 1 else f"{n} octets"


def walked(data: bytes, depth: int, walk: Callable[[Walk], None]) -> Walk:
    """What a function takes off some octets, and, as a last piece, what it leaves."""
    w = Walk(data, depth)
    why = "more octets than belong here"
    try:
        walk(w)
    except ValueError as error:
        why = str(error)
        w.wrong.append(why)
    if w.left:
        if not w.wrong:
            w.wrong.append(why)
        w.take(w.left, f"not understood: {why}")
    return w


def split(pieces: Sequence[Piece], lengths: Sequence[int]) -> Iterator[list[Piece]]:
    """The pieces cut again where others begin: one list for each length."""
    rest = list(reversed(pieces))
    for length in lengths:
        part: list[Piece] = []
        while length > 0 and rest:
            piece = rest.pop()
            if len(piece.octets) > length:
                more = piece.octets[length:]
                note = piece.note.removesuffix(", goes on") + ", goes on"
                rest.append(Piece(more, piece.depth, note))
                piece = Piece(piece.octets[:length], piece.depth, piece.note)
            part.append(piece)
            length -= len(piece.octets)
        yield part
