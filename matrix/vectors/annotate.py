"""annotate - writes the notes of a vector's tls turns, and what else is computed.

    python3 -m matrix.vectors.annotate FILE...   rewrites files in place

The notes behind ``#`` and the metas ``sha256`` and ``reach`` say what the octets
are; they are output, not prose, and tests/test_vectors.py writes them again and
compares.  All other lines are left as they are.
"""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path
from typing import Iterator, Sequence

from matrix import flow
from matrix.model import Flow
from matrix.vectors import reach
from matrix.vectors.pieces import Piece
from matrix.vectors.stream import pieces

OCTETS = 16  # a line
_COLUMN = 2 + 3 * OCTETS


def annotate(text: str) -> str:
    """The same flow with its notes written anew.  Raises ValueError as flow.parse
    does.  Doing it again changes nothing."""
    read = flow.parse(text)
    listings = {
        index: listing
        for sender in "CS"
        for index, listing in _listings(read, sender).items()
    }
    lines, turn, out = text.split("\n"), -1, []
    for line in lines:
        if line[:2] in ("C>", "S>"):
            turn += 1
            out.append(line)
            out += listings.get(turn, [])
        elif line[:2] == "  " and turn in listings:
            continue  # the old listing
        else:
            out.append(line)
    return _with_metas("\n".join(out), read)


def write(read: Flow) -> str:
    """A flow as a vector's text: metas, a blank line, turns with notes, facts."""
    return annotate(flow.dump(read).replace("\nC>", "\n\nC>", 1))


def _with_metas(text: str, read: Flow) -> str:
    """Replaces the metas that are computed where there are octets of a client."""
    octets = read.octets("C", "tls")
    if not octets:
        return text
    computed = {"sha256": sha256(octets).hexdigest(), "reach": reach.reach(read)}
    lines, last = text.split("\n"), 0
    for index, line in enumerate(lines):
        name, colon, _ = line.partition(": ")
        if line[:2] in ("C>", "S>"):
            break
        if colon and name in computed:
            lines[index] = f"{name}: {computed.pop(name)}"
        if colon and not line.startswith("#"):
            last = index + 1
    lines[last:last] = [f"{name}: {value}" for name, value in computed.items()]
    return "\n".join(lines)


def _listings(read: Flow, sender: str) -> dict[int, list[str]]:
    """The lines of each tls turn of one sender, by the turn's place."""
    places = [
        i
        for i, turn in enumerate(read.turns)
        if turn.sender == sender and turn.layer == "tls"
    ]
    if any(read.turns[i].more for i in places):
        return {}  # a recording with gaps, no vector
    writes = pieces([read.turns[i].data for i in places])
    return {i: list(_lines(part)) for i, part in zip(places, writes)}


def _lines(parts: Sequence[Piece]) -> Iterator[str]:
    for part in parts:
        for at in range(0, len(part.octets), OCTETS):
            octets = part.octets[at : at + OCTETS].hex(" ")
            if at:
                yield f"  {octets}"
            else:
                yield f"  {octets}".ljust(_COLUMN) + f"# {'  ' * part.depth}{part.note}"


def main(names: Sequence[str]) -> int:
    """Rewrites files; the exit status."""
    for name in names:
        path = Path(name)
        before = path.read_text("ascii")
        after = annotate(before)
        if after != before:
            path.write_text(after, "ascii")
            print(f"{name}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
