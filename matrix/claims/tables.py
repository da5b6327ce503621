"""tables - claims as plain text, as wide as there is room for."""

from __future__ import annotations

from typing import Iterator, Mapping, Sequence

from matrix.claims.enumerate import ALL, NONE, SOME, Claim
from matrix.claims.layers import LAYERS, MEANINGS

_LETTERS = {"FORM": "F", "REC": "C", "VERS": "V", "RI": "R"}
_SIGNS = {ALL: "+", SOME: "~", NONE: "-"}
READS = {
    ALL: "every conforming pair speaks TLS",
    SOME: "it depends on choices the rules leave open",
    NONE: "no conforming pair speaks TLS",
}

Claims = Mapping[tuple[str, str], Claim]


def grid(claims: Claims, names: Sequence[str], width: int | None) -> list[str]:
    """The claims of every client (a row) and every server (a column).

    ``width`` is what a line may take; None for as much as it wants.  If whole
    words do not fit, columns get numbers and results become signs; if that does
    not fit either, the table is cut into several.
    """
    words = {pair: claim.words for pair, claim in claims.items()}
    full = _table(words, names, list(names), names)
    if width is None or max(map(len, full)) <= width:
        return [*full, "", *legend(False)]
    short = {pair: _short(claim) for pair, claim in claims.items()}
    numbers = [str(n) for n in range(1, len(names) + 1)]
    heads = [f"{n} {name}" for n, name in zip(numbers, names)]
    lines: list[str] = []
    for columns in _cut(short, names, heads, width):
        chosen = [names[n] for n in columns]
        lines += _table(short, chosen, [numbers[n] for n in columns], names, heads)
        lines.append("")
    return [*lines, *legend(True)]


def legend(short: bool) -> Iterator[str]:
    """What the results of a table mean."""
    wide = 1 if short else 4
    for verdict, reads in READS.items():
        yield f"  {_SIGNS[verdict] if short else verdict:<{wide}} {reads}"
    for layer in LAYERS:
        name = _LETTERS[layer] if short else layer
        yield f"  {name:<{wide}} pairs fail on {MEANINGS[layer]}"


def _short(claim: Claim) -> str:
    return _SIGNS[claim.verdict] + "".join(_LETTERS[name] for name in claim.layers)


def _cut(
    boxes: Mapping[tuple[str, str], str],
    names: Sequence[str],
    heads: Sequence[str],
    width: int,
) -> Iterator[list[int]]:
    """Columns by number, as many at a time as fit into a line."""
    room = width - max(map(len, [*heads, _CORNER]))
    columns: list[int] = []
    taken = 0
    for n, name in enumerate(names):
        wide = 2 + max(len(boxes[client, name]) for client in names)
        if columns and taken + max(wide, 4) > room:
            yield columns
            columns, taken = [], 0
        columns.append(n)
        taken += max(wide, 4)
    yield columns


_CORNER = "client \\ server"


def _table(
    boxes: Mapping[tuple[str, str], str],
    columns: Sequence[str],
    tops: Sequence[str],
    rows: Sequence[str],
    heads: Sequence[str] = (),
) -> list[str]:
    first = max(map(len, [*(heads or rows), _CORNER]))
    widths = [
        max(len(top), *(len(boxes[row, name]) for row in rows))
        for top, name in zip(tops, columns)
    ]
    lines = [_line(_CORNER, first, tops, widths)]
    for row, head in zip(rows, heads or rows):
        lines.append(_line(head, first, [boxes[row, c] for c in columns], widths))
    return lines


def _line(head: str, first: int, boxes: Sequence[str], widths: Sequence[int]) -> str:
    cells = (f"{box:<{wide}}" for box, wide in zip(boxes, widths))
    return "  ".join([f"{head:<{first}}", *cells]).rstrip()
