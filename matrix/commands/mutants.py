"""interop mutants - every fault of our own peers must turn its cell to the verdict
that its row names: a check that cannot fail is not a check."""

from __future__ import annotations

import argparse
import datetime
import sys
from typing import Iterator, Sequence

from matrix import campaign, suite
from matrix.complaint import GAPS, Complaint
from matrix.model import Judgement
from matrix.mutants import Mutant, load, mutant_problems, plan_mutants
from matrix.places import Places
from matrix.progress import Progress

HELP = "show that every check fails when it should"
LANES = 12  # most of them wait for a peer that hangs on purpose


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true", help="no progress")


def main(places: Places, given: argparse.Namespace) -> int:
    """0 every fault was found, 1 one was not, 3 stopped.  The cells are left in
    build/mutants.db (interop show CELL --run build/mutants.db)."""
    tables, found = suite.read(places), suite.find(places)
    try:
        mutants = load(places.tables / "mutants.toml", tables.scenarios)
        cells = plan_mutants(found.clients, found.servers, tables.scenarios, mutants)
    except ValueError as error:
        raise Complaint(str(error)) from None
    path = places.build / "mutants.db"
    for file in (path, *places.build.glob("mutants.db-*")):
        file.unlink(missing_ok=True)
    store = campaign.begin(places, found, cells, "interop mutants", ["mutants"], path)
    progress = Progress(len(cells), quiet=given.quiet)
    today = datetime.date.today()
    try:
        summary, stopped = campaign.finish(
            store, tables, places, progress, LANES, today
        )
    finally:
        store.close()
    if stopped:
        print("interop: stopped; start again with: interop mutants", file=sys.stderr)
        return GAPS
    for line in _lines(mutants, summary.judgements):
        print(line)
    problems = mutant_problems(mutants, summary.judgements)
    for problem in problems:
        print(f"not found: {problem}")
    print(f"{len(mutants)} faults, {len(problems)} problems; cells in {path.name}")
    return 1 if problems else 0


def _lines(mutants: Sequence[Mutant], judged: Sequence[Judgement]) -> Iterator[str]:
    """A line a fault: what its cell came to."""
    by_name = {_name(judgement.cell): judgement for judgement in judged}
    for mutant in mutants:
        axes = [f"{name}={value}" for name, value in mutant.axes_of_cell.items()]
        if judgement := by_name.get((mutant.scenario, *axes)):
            said = f"{judgement.verdict.value}: {judgement.because}"
            yield f"{mutant.fault:<32} {said}"


def _name(cell: str) -> tuple[str, ...]:
    """A cell's id without the peers, who are always the same two."""
    scenario, _, _, *axes = cell.split("/")
    return scenario, *axes
