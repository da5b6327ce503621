"""interop run - plays cells, judges them and says what came of it."""

from __future__ import annotations

import argparse
import datetime
import os
import shlex
import sys
from pathlib import Path

from matrix import campaign, suite
from matrix.commands import selection
from matrix.complaint import GAPS, Complaint
from matrix.places import Places
from matrix.progress import Progress
from matrix.store import Store

HELP = "play cells: each client against each server"
MOST_LANES = 64


def options(parser: argparse.ArgumentParser) -> None:
    selection.options(parser)
    parser.add_argument(
        "--resume", action="store_true", help="play what a run has not played yet"
    )
    parser.add_argument(
        "--jobs",
        type=int,
        default=0,
        metavar="N",
        help="cells played at a time; default: one more than there are processors",
    )
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.add_argument(
        "--run",
        type=Path,
        metavar="FILE",
        help="the run file; default: a new one; with --resume the latest",
    )


def main(places: Places, given: argparse.Namespace) -> int:
    """0 as expected, 1 an unexpected verdict, 2 usage, 3 gaps or stopped."""
    if given.resume and given.pattern:
        raise Complaint(
            "--resume goes on with the plan of the run; leave out the cells"
        )
    if not 0 <= given.jobs <= MOST_LANES:
        raise Complaint(f"--jobs is 1 to {MOST_LANES}")
    if given.resume and given.all:
        raise Complaint("--resume goes on with the plan of the run; leave out --all")
    tables = suite.read(places)
    found = suite.find(places, given.all, _named(places, given))
    for sentence in found.missing:
        print(f"interop: {sentence}", file=sys.stderr)
    store = _store(places, given, tables, found)
    cells = store.cells()
    finished = set(store.finished())
    left = sum(c.excluded is None and c.id not in finished for c in cells)
    progress = Progress(left, quiet=given.quiet)
    lanes = given.jobs or (os.cpu_count() or 1) + 1
    today = datetime.date.today()
    try:
        summary, stopped = campaign.finish(
            store, tables, places, progress, lanes, today
        )
        done = len(store.finished())
    finally:
        name = _shown(store.path)
        store.close()
    if stopped:
        again = "" if given.run is None else f" --run {shlex.quote(name)}"
        print(
            f"interop: stopped; {done:,} cells that had ended are in {name}; "
            f"go on with: interop run --resume{again}",
            file=sys.stderr,
        )
        return GAPS
    for line in summary.lines():
        print(line)
    print(f"{name}; more: interop report, interop show CELL")
    return summary.status()


def _named(places: Places, given: argparse.Namespace) -> set[str]:
    """The peers that must be there: those of the patterns, or of the run that is
    gone on with."""
    path = given.run or places.latest
    if not given.resume or not path.exists():
        return suite.peers_in(given.pattern)
    store = Store.open(path)
    try:
        return {peer.id for peer in store.peers()}
    finally:
        store.close()


def _store(
    places: Places,
    given: argparse.Namespace,
    tables: suite.Suite,
    found: suite.Found,
) -> Store:
    if given.resume:
        return campaign.go_on(given.run or places.latest, found)
    cells = suite.select(tables, found, given.pattern)
    words = [*(["--all"] if given.all else []), *given.pattern]
    words += ["--jobs", str(given.jobs)] if given.jobs else []
    command = shlex.join(["interop", "run", *words])
    return campaign.begin(places, found, cells, command, given.pattern, given.run)


def _shown(path: Path) -> str:
    """A path as short as it can be from here."""
    return min(os.path.relpath(path), str(path), key=len)
