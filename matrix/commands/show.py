"""interop show - one cell: what was predicted, both transcripts, the verdict with
its clauses, and the two commands that play it by hand."""

from __future__ import annotations

import argparse
import os
import shlex
from pathlib import Path
from typing import Iterable, Iterator, Mapping

from matrix import hellos, notes, scenarios, suite
from matrix import options as words
from matrix.commands import dates
from matrix.complaint import Complaint, unknown
from matrix.dated import Reading
from matrix.judge import unfinished
from matrix.model import Cell, Judgement, Peer, Value
from matrix.observe import observe
from matrix.places import ROOT, Places
from matrix.profiles import about
from matrix.report import library
from matrix.rulesets import RuleSet
from matrix.scenarios import Scenario
from matrix.store import Store
from matrix.vectors.annotate import annotate

HELP = "everything known of one cell"
BY_HAND = "127.0.0.1:2525"
DOOR = "127.0.0.1:2526"  # of the relay


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("cell", help="its id: scenario/client/server[/axis=value...]")
    parser.add_argument("--hex", action="store_true", help="with all octets")
    parser.add_argument("--run", type=Path, metavar="FILE", help="default: latest")
    dates.judging(parser, "all: the verdict of each")


def main(places: Places, given: argparse.Namespace) -> int:
    """0; 2 if the run has no such cell."""
    from matrix.report import text

    sets = dates.judged_by(places, given)
    store = Store.open(given.run or places.latest)
    cells = {cell.id: cell for cell in store.cells()}
    if given.cell not in cells:
        raise unknown("cell", given.cell, cells)
    cell, peers = cells[given.cell], store.peers()
    run = store.run(cell.id)
    table = scenarios.load(places.tables / "scenarios")
    judgement = store.judgements().get(cell.id) or unfinished(cell)
    print(
        text.show(
            cell,
            run,
            observe(run) if run else None,
            judgement,
            peers,
            by_hand(
                cell,
                table[cell.scenario],
                peers,
                places.certificates,
                places.relay,
            ),
            octets=given.hex,
            hello=_recorded(table[cell.scenario]),
            notes=_notes(places, table[cell.scenario], judgement),
        ),
        end="",
    )
    for line in _dated(places, store, cell, sets, given.level):
        print(line)
    store.close()
    return 0


def _notes(places: Places, scenario: Scenario, judgement: Judgement) -> list[str]:
    """Where the texts that decided a cell are in doubt, and how they are read."""
    try:
        written = library.load(places)
    except ValueError as error:
        raise Complaint(str(error)) from None
    decided = [
        written.rules[check.id]
        for check in judgement.checks
        if check.value is judgement.verdict is not Value.PASS
        and check.id in written.rules
    ]
    classes = hellos.named(scenario.hello).classes.names if scenario.hello else ()
    clause = judgement.prediction.clause if judgement.prediction else ""
    all_ = written.notes.values()
    found = notes.of_cell(all_, scenario.name, classes, decided, clause)
    return [note.words for note in found]


def _dated(
    places: Places,
    store: Store,
    cell: Cell,
    sets: Mapping[str, RuleSet],
    level: str,
) -> Iterator[str]:
    """The cell by the rules of each of these dates; judged now, since the run may be
    of a suite that kept less of it."""
    from matrix.report import dated_text

    if not sets:
        return
    tables = suite.read(places)
    run = store.run(cell.id)
    ground = tables.ground((cell,), store.peers())
    judged = ground.judge(run) if run else unfinished(cell)
    yield ""
    for rules in sets.values():
        dated = Reading(rules, level).judge(judged, about(judged, tables.rules))
        if len(sets) == 1:
            yield from dated_text.of_cell(dated, rules, level)
        else:
            yield dated_text.of_cell_briefly(dated, rules)


def by_hand(
    cell: Cell,
    scenario: Scenario,
    peers: Iterable[Peer],
    pki: Path,
    relay: Path = Path("relay"),
) -> tuple[str, ...]:
    """Shell lines, to be given in a terminal each in the suite's folder: the server,
    which ends after one session, the relay if there is one, then the client."""
    programs = {p.role: p.program for p in peers if getattr(cell, p.role) == p.id}
    if len(programs) < 2:
        return ()
    near = Path(_near(pki))
    server = words.server_arguments(cell, scenario, near)
    client = words.client_arguments(cell, scenario, near)
    first = _line(programs["server"], (*server, "--listen", BY_HAND, "--once"))
    if not scenario.tamper:
        return first, _line(programs["client"], (*client, "--to", BY_HAND))
    between = ("--listen", DOOR, "--to", BY_HAND, "--tamper", scenario.tamper)
    return (
        first,
        _line((str(relay),), between),
        _line(programs["client"], (*client, "--to", DOOR)),
    )


def _recorded(scenario: Scenario) -> list[str]:
    """The annotated octets of the hello that a scenario replays."""
    if not scenario.path:
        return []
    text = Path(scenario.path).read_text("ascii")
    return annotate(text).rstrip("\n").split("\n")


def _line(program: tuple[str, ...], arguments: tuple[str, ...]) -> str:
    return shlex.join(map(_near, (*program, *arguments)))


def _near(path: str | Path) -> str:
    """A path from the suite's folder if it is below it."""
    if Path(path).is_absolute() and Path(path).is_relative_to(ROOT):
        return os.path.relpath(path, ROOT)
    return str(path)
