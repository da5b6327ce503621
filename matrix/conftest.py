"""conftest - the plan as pytest items: one a scenario family, client and server.

    pytest matrix -k 'gnutls and upgrade'

The same plan, ids, runner and rules as ./interop; all chosen cells are played in
one run before the first item is looked at, and the run file stays in build/runs.
"""

from __future__ import annotations

import datetime
import os
import shlex
import sys
from typing import Mapping

import pytest

from matrix import campaign, suite
from matrix.model import Cell, Judgement
from matrix.places import Places
from matrix.progress import Progress

Group = tuple[Cell, ...]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """An item for each family and pair."""
    if "group" not in metafunc.fixturenames:
        return
    tables, found = suite.read(Places()), suite.find(Places())
    groups: dict[str, list[Cell]] = {}
    for cell in suite.select(tables, found, ()):
        family = tables.scenarios[cell.scenario].family
        groups.setdefault(f"{family}/{cell.client}/{cell.server}", []).append(cell)
    metafunc.parametrize("group", map(tuple, groups.values()), ids=groups)


@pytest.fixture(scope="session")
def judgements(request: pytest.FixtureRequest) -> Mapping[str, Judgement]:
    """The judgements of all cells of the items that were chosen, by cell id."""
    chosen: dict[str, Cell] = {}
    for item in request.session.items:
        call = getattr(item, "callspec", None)
        for cell in call.params.get("group", ()) if call else ():
            chosen[cell.id] = cell
    places = Places()
    tables, found = suite.read(places), suite.find(places)
    everything = suite.select(tables, found, ())
    cells = [cell for cell in everything if cell.id in chosen]
    selection = ["pytest"] if len(cells) < len(everything) else []
    command = shlex.join(["pytest", *request.config.invocation_params.args])
    store = campaign.begin(places, found, cells, command, selection, None)
    lanes = (os.cpu_count() or 1) + 1
    quiet = Progress(len(cells), quiet=True)
    today = datetime.date.today()
    try:
        _, stopped = campaign.finish(store, tables, places, quiet, lanes, today)
        if stopped:
            pytest.exit("stopped; go on with: interop run --resume", returncode=3)
        print(f"\n{os.path.relpath(store.path)}", file=sys.stderr)
        return store.judgements()
    finally:
        store.close()
