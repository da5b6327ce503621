"""judging - what a worker process may meet: a record that nobody foresaw, and its
own end."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from matrix import known, rules, scenarios
from matrix.complaint import Complaint
from matrix.judging import BATCH, Ground, Judging, complete
from matrix.law import Law
from matrix.model import Cell, Peer, Run, Value
from matrix.store import Store

TABLES = Path(__file__).resolve().parents[1] / "matrix"
CELLS = [
    Cell("upgrade", "a-1.0", "a-1.0", (("tls", version),)) for version in ("1.2", "1.3")
]
SCENARIOS = scenarios.load(TABLES / "scenarios")


def ground(server: str = "a-1.0") -> Ground:
    peers = [
        Peer("a-1.0", "client", "a", "1.0", ("x",)),
        Peer(server, "server", "a", "1.0", ("x",)),
    ]
    return Ground(
        {cell.id: cell for cell in CELLS},
        SCENARIOS,
        {(peer.role, peer.id): peer for peer in peers},
        Law(rules.load(TABLES / "rules"), known.load(TABLES / "known.toml")),
    )


def run(cell: Cell, client: str = "= exit 0\n", server: str = "= exit 0\n") -> Run:
    return Run(cell.id, client, server, 0.0, 0.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A run with the result of one cell, which is long."""
    store = Store.create(tmp_path / "x.db", CELLS, (), {})
    store.add_run(run(CELLS[0], "# " + "x" * 100_000 + "\n= exit 0\n"))
    store.close()
    return tmp_path / "x.db"


def test_every_cell_gets_a_judgement(path: Path) -> None:
    with Judging(ground(), path) as judging:
        judging.add([CELLS[0].id])
        judged = {judgement.cell: judgement for judgement in judging.rest()}
    everything = complete(CELLS, judged)
    assert [judgement.cell for judgement in everything] == [c.id for c in CELLS]
    assert everything[1].verdict is Value.NOT_RUN


def test_equal_checks_are_kept_once(tmp_path: Path) -> None:
    """Whichever worker and batch they come from: a whole run has millions."""
    store = Store.create(tmp_path / "x.db", CELLS, (), {})
    for cell in CELLS:
        store.add_run(run(cell))
    store.close()
    with Judging(ground(), tmp_path / "x.db", 2) as judging:
        judging.add([CELLS[0].id] * 3 * BATCH + [CELLS[1].id])
        judged = list(judging.rest())
    assert judged == [ground().judge(run(CELLS[0]))] * 3 * BATCH + [
        ground().judge(run(CELLS[1]))
    ]
    assert {judgement.cell for judgement in judged} == {cell.id for cell in CELLS}
    assert len({id(judgement.checks) for judgement in judged}) == 1


@pytest.mark.parametrize("text", ["", "\0", "C> tls\n  16\n", "= tls.version\n" * 99])
def test_no_record_stops_it(text: str) -> None:
    judged = ground().judge(run(CELLS[0], text, text))
    assert judged.verdict is not Value.PASS


def test_what_was_not_foreseen_is_an_error_of_that_cell() -> None:
    judged = ground(server="another").judge(run(CELLS[0]))
    assert judged.verdict is Value.ERROR
    assert judged.because.startswith("judging it failed: KeyError")


def test_a_worker_that_is_killed(path: Path) -> None:
    with Judging(ground(), path) as judging:
        for worker in judging.workers():
            os.kill(worker, signal.SIGKILL)
        with pytest.raises(Complaint, match="judge them with: interop judge"):
            judging.add([CELLS[0].id] * 3 * BATCH)
            list(judging.rest())


def test_a_worker_that_is_killed_with_much_to_do(path: Path) -> None:
    with Judging(ground(), path) as judging:
        judging.add([CELLS[0].id] * 100 * BATCH)
        for worker in judging.workers():
            os.kill(worker, signal.SIGKILL)
        with pytest.raises(Complaint, match="judge them with: interop judge"):
            list(judging.rest())


def test_a_result_that_comes_while_it_judges(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "x.db", CELLS, (), {})
    with Judging(ground(), store.path) as judging:
        judging.add(store.add_run(run(CELLS[0])))
        judging.add(store.add_run(run(CELLS[1])))
        judging.add(store.flush())
        assert {judgement.cell for judgement in judging.rest()} == {
            cell.id for cell in CELLS
        }
    store.close()
