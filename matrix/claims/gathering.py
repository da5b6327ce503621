"""gathering - what is read of a run for the question of 2001: which cells show what
theory says, and what they cost those in them.

Whoever goes through a run hands it each cell with what was seen of it, once.
"""

from __future__ import annotations

from typing import Collection, Iterable, Mapping, Protocol, Sequence

from matrix.claims.evidence import Roles
from matrix.claims.price import Price, Reckoning
from matrix.claims.witness import Evidence, Hearing, Judged
from matrix.model import Cell, Judgement, Observation, Peer, Run
from matrix.observe import observe


class Source(Protocol):
    """What is read of a run (matrix/store.py)."""

    def cells(self) -> Sequence[Cell]:
        ...

    def peers(self) -> Sequence[Peer]:
        ...

    def run(self, cell: str) -> Run | None:
        ...

    def judgements(self) -> Mapping[str, Judgement]:
        ...


class Gathering:
    """Takes the cells of a run in the order of its plan; ``recorded`` are the hellos
    that real clients sent."""

    def __init__(
        self, peers: Iterable[Peer], roles: Roles, recorded: Collection[str]
    ) -> None:
        known = {(peer.role, peer.id): peer for peer in peers}
        self._roles = roles
        self._hearing = Hearing(known, roles)
        self._reckoning = Reckoning(known, roles, recorded)

    def wants(self, cell: Cell) -> bool:
        """Whether a cell can say anything here."""
        return self._roles.cell(cell) is not None or self._reckoning.wants(cell)

    def take(self, cell: Cell, seen: Observation | None) -> None:
        """A cell with what was seen of it; None if it has no result."""
        self._reckoning.take(cell, seen, self._hearing.take(cell, seen))

    def evidence(self, name: str, judged: Judged) -> Evidence:
        """What the cells show, under the name of the run."""
        return self._hearing.evidence(name, judged)

    def price(self) -> Price:
        """What they cost."""
        return self._reckoning.price()


def gather(
    source: Source, roles: Roles, recorded: Collection[str], name: str
) -> tuple[Evidence, Price]:
    """Reads every cell of a run that has something to say, and no other."""
    found = Gathering(source.peers(), roles, recorded)
    for cell in source.cells():
        if found.wants(cell):
            run = source.run(cell.id)
            found.take(cell, observe(run) if run else None)
    return found.evidence(name, source.judgements), found.price()
