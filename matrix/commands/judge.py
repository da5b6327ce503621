"""interop judge - holds the results of a run against the rules of today, and if asked
to against those of other dates."""

from __future__ import annotations

import argparse
import datetime
import os
from pathlib import Path
from typing import Iterator, Mapping, Sequence

from matrix import campaign, suite
from matrix.commands import dates
from matrix.complaint import Complaint
from matrix.judging import Judging, complete
from matrix.model import Judgement
from matrix.places import Places
from matrix.profiles import profiles
from matrix.rules import Rule
from matrix.rulesets import RuleSet
from matrix.store import Store

HELP = "judge a run again, by the rules as they are now; needs no peer"


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", nargs="?", type=Path, help="run file (default: latest)")
    dates.judging(
        parser, "all: each of them; the exit code is that of today's verdicts"
    )


def main(places: Places, given: argparse.Namespace) -> int:
    """0 as expected, 1 an unexpected verdict, 3 gaps."""
    sets = dates.judged_by(places, given)
    store = Store.open(given.run or places.latest)
    tables = suite.read(places).among(store.peers())
    cells = store.cells()
    for cell in cells:
        if cell.scenario not in tables.scenarios:
            raise Complaint(
                f"{store.path}: {cell.scenario!r} is no scenario of this suite any "
                "more; judge it with the suite that ran it"
            )
    ground = tables.ground(cells, store.peers())
    with Judging(ground, store.path, os.cpu_count() or 1) as judging:
        judging.add(store.finished())
        judged = {judgement.cell: judgement for judgement in judging.rest()}
    everything = complete(cells, judged, tables.known)
    store.set_judgements(everything)
    today = datetime.date.today()
    summary = campaign.summarise(store, tables, everything, today)
    store.close()
    for line in summary.lines():
        print(line)
    for line in _dated(sets, given.level, everything, tables.rules):
        print(line)
    return summary.status()


def _dated(
    sets: Mapping[str, RuleSet],
    level: str,
    judgements: Sequence[Judgement],
    rules: Mapping[str, Rule],
) -> Iterator[str]:
    from matrix.report import dated_text

    if not sets:
        return
    found = profiles(judgements, rules)
    yield ""
    if len(sets) > 1:
        yield from dated_text.overview(found, sets.values(), level)
    for each in sets.values() if len(sets) == 1 else ():
        yield from dated_text.findings(found, each, level)
