"""tables - the tables of a report as values; Markdown and HTML draw the same ones.

Each is made from the View alone (squares.py, tallies.py; contents.py says which).
A box whose cell was not planned is empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable

from matrix.model import Value
from matrix.report import words
from matrix.report.view import Entry, tally


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in a box: words, a verdict, words; ``cell`` is the page behind."""

    value: Value | None = None
    before: str = ""
    after: str = ""
    cell: str = ""


Box = tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with the sentence that says how it is read."""

    slug: str
    title: str
    reading: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Box, ...]], ...]


def tally_items(entries: Iterable[Entry]) -> Box:
    """The verdicts of some entries with their numbers, in the legend's order."""
    counts = tally(entries)
    return tuple(
        Item(value, after=str(counts[value]))
        for value in words.LETTERS
        if value in counts
    )


def items(entries: Iterable[Entry | None]) -> Box:
    """The verdict of each cell that was planned, with its page."""
    return tuple(Item(e.verdict, cell=e.cell.id) for e in entries if e is not None)


def text(words: str) -> Box:
    """A box with words alone; they may come from a peer."""
    return (Item(before=words),)
