"""judging - holds results against the rules, beside the run or long after it.

Judging is pure and takes longer than the harness's part of playing, so worker
processes do it.  They are started before any program is: a program's end of a pipe
must never be inherited by somebody who would keep it open.  They read the results
from the run's file and are told names only, which a pipe can hold all of: whoever
writes to a worker that is gone must not wait for it.
"""

from __future__ import annotations

import ctypes
import os
import signal
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable, Iterator, Mapping, Sequence

from matrix.complaint import GAPS, Complaint
from matrix.judge import judge, unfinished
from matrix.law import Law
from matrix.model import Cell, Check, Judgement, Known, Peer, Run, Value
from matrix.observe import observe
from matrix.relations import relate
from matrix.scenarios import Scenario
from matrix.store import Store

BATCH = 24  # results that a worker judges at once
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Ground:
    """What a judgement rests on besides the result."""

    cells: Mapping[str, Cell]
    scenarios: Mapping[str, Scenario]
    peers: Mapping[tuple[str, str], Peer]  # by role and id
    law: Law

    def judge(self, run: Run) -> Judgement:
        """The judgement of one result.  A record that no check was ready for costs
        its own cell, which says so, and not the run."""
        cell = self.cells[run.cell]
        try:
            return judge(
                cell,
                self.scenarios[cell.scenario],
                observe(run),
                self.peers["client", cell.client],
                self.peers["server", cell.server],
                self.law,
            )
        except Exception as error:
            why = f"judging it failed: {type(error).__name__}: {error}"
            check = Check("suite-harness", Value.ERROR, why)
            return Judgement(cell.id, Value.ERROR, why, (check,))


class Alike:
    """Keeps equal things once, whichever process and batch they came from."""

    def __init__(self) -> None:
        self._kept: dict[object, object] = {}

    def judgement(self, of: Judgement) -> Judgement:
        checks: Any = self._kept.get(of.checks)
        if checks is None:
            checks = tuple(map(self._one, of.checks))
            self._kept[checks] = checks
        return Judgement(
            *(of.cell, of.verdict, self._one(of.because), checks),
            *(self._one(of.prediction), self._one(of.known), self._one(of.sight)),
        )

    def _one(self, value: Any) -> Any:
        return self._kept.setdefault(value, value)


class Judging:
    """Takes the names of cells whose results are in the run's file, gives
    judgements, in any order; use it with ``with``."""

    def __init__(self, ground: Ground, path: Path, workers: int = 1) -> None:
        self._pool = ProcessPoolExecutor(
            workers, initializer=_begin, initargs=(ground, path)
        )
        self._waiting: list[str] = []
        self._workers: set[int] = set()
        self._asked: deque[Future[list[Judgement]]] = deque()
        self._alike = Alike()
        for started in [self._pool.submit(os.getpid) for _ in range(workers)]:
            self._workers.add(started.result())

    def workers(self) -> set[int]:
        """The processes that were seen to work, by pid."""
        return self._workers

    def __enter__(self) -> Judging:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def add(self, cells: Iterable[str]) -> None:
        for cell in cells:
            self._waiting.append(cell)
            if len(self._waiting) >= BATCH:
                self._submit()

    def ready(self) -> Iterator[Judgement]:
        """Judgements that have come, without waiting."""
        while self._asked and self._asked[0].done():
            yield from self._next()

    def rest(self) -> Iterator[Judgement]:
        """All that are still to come."""
        self._submit()
        while self._asked:
            yield from self._next()

    def _next(self) -> list[Judgement]:
        try:
            return list(map(self._alike.judgement, self._asked.popleft().result()))
        except BrokenProcessPool:
            raise Complaint(
                "a process that judges was killed; the results are kept, judge them "
                "with: interop judge",
                GAPS,
            ) from None

    def _submit(self) -> None:
        if self._waiting:
            try:
                self._asked.append(self._pool.submit(_judge, self._waiting))
            except BrokenProcessPool as broken:
                lost: Future[list[Judgement]] = Future()
                lost.set_exception(broken)
                self._asked.append(lost)
            self._waiting = []


_ground: tuple[Ground, Store] | None = None  # of this worker process


def _begin(ground: Ground, path: Path) -> None:
    global _ground
    _ground = ground, Store.beside(path)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _judge(cells: Sequence[str]) -> list[Judgement]:
    if _ground is None:
        raise RuntimeError("a worker without its ground")
    ground, store = _ground
    results = (store.run(cell) for cell in cells)
    return [ground.judge(result) for result in results if result is not None]


def complete(
    cells: Sequence[Cell], judged: Mapping[str, Judgement], known: Sequence[Known] = ()
) -> list[Judgement]:
    """A judgement for every cell, in the order of the plan, with what follows from
    two cells together."""
    related = relate(cells, judged, known)
    return [related.get(cell.id) or unfinished(cell) for cell in cells]
