"""interop plan - every cell before it runs, and why it is there."""

from __future__ import annotations

import argparse

from matrix import suite
from matrix.commands import selection
from matrix.places import Places
from matrix.report.words import count

HELP = "the cells that would be run"


def options(parser: argparse.ArgumentParser) -> None:
    selection.options(parser)


def main(places: Places, given: argparse.Namespace) -> int:
    """Prints a line a cell: its id, and why it is in the plan or excluded."""
    found = suite.find(places, given.all, suite.peers_in(given.pattern))
    cells = suite.select(suite.read(places), found, given.pattern)
    for cell in cells:
        said = f"{cell.excluded.value}: {cell.reason}" if cell.excluded else cell.why
        print(f"{cell.id}  # {said}")
    out = sum(cell.excluded is not None for cell in cells)
    print(
        f"# {count(len(cells), 'cell')}: {len(cells) - out:,} to run, {out:,} excluded"
    )
    return 0
