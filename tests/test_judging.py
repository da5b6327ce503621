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
from matrix.model import Cell, Peer, Run, Value

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
        rules.load(TABLES / "rules"),
        known.load(TABLES / "known.toml"),
    )


def run(cell: Cell, client: str = "= exit 0\n", server: str = "= exit 0\n") -> Run:
    return Run(cell.id, client, server, 0.0, 0.0)


def test_every_cell_gets_a_judgement() -> None:
    with Judging(ground()) as judging:
        judging.add(run(CELLS[0]))
        judged = {judgement.cell: judgement for judgement in judging.rest()}
    everything = complete(CELLS, judged)
    assert [judgement.cell for judgement in everything] == [c.id for c in CELLS]
    assert everything[1].verdict is Value.NOT_RUN


@pytest.mark.parametrize("text", ["", "\0", "C> tls\n  16\n", "= tls.version\n" * 99])
def test_no_record_stops_it(text: str) -> None:
    judged = ground().judge(run(CELLS[0], text, text))
    assert judged.verdict is not Value.PASS


def test_what_was_not_foreseen_is_an_error_of_that_cell() -> None:
    judged = ground(server="another").judge(run(CELLS[0]))
    assert judged.verdict is Value.ERROR
    assert judged.because.startswith("judging it failed: KeyError")


def test_a_worker_that_is_killed() -> None:
    with Judging(ground()) as judging:
        for worker in judging.workers():
            os.kill(worker, signal.SIGKILL)
        with pytest.raises(Complaint, match="judge them with: interop judge"):
            for _ in range(3 * BATCH):
                judging.add(run(CELLS[0]))
            list(judging.rest())
