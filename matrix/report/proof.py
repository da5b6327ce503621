"""proof - what the cells of a run say to each clause: where it was kept, where it was
broken, and between whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, Mapping, Sequence

from matrix.kinship import SUITE, Kinship
from matrix.model import Cell, Check, Value
from matrix.report.view import Entry
from matrix.rules import Rule

_BROKEN = (Value.FAIL, Value.STRICT_MISS)


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell that contradicts a clause."""

    cell: Cell
    check: Check
    known: str  # why it is expected (known.toml); "" it is not

    @property
    def peer(self) -> str:
        """Who is at fault, "server gnutls-3.7"; "" nobody is named."""
        side = self.check.side
        id = {"client": self.cell.client, "server": self.cell.server}.get(side, "")
        return f"{side} {id}" if id else ""


@dataclass(frozen=True, slots=True)
class Proof:
    """A clause and the cells that speak about it, in the plan's order."""

    rule: Rule
    kept: tuple[Cell, ...] = ()
    broken: tuple[Broken, ...] = ()
    open: tuple[Cell, ...] = ()  # left open, or the witnesses do not agree

    @property
    def spoken(self) -> int:
        return len(self.kept) + len(self.broken) + len(self.open)

    def who(self, role: str) -> tuple[str, ...]:
        """The clients, or the servers, with which it was kept."""
        return tuple(sorted({getattr(cell, role) for cell in self.kept}))

    def pairs(self) -> Mapping[tuple[str, str], bool]:
        """Who kept it with whom; whether they always did."""
        never = {(b.cell.client, b.cell.server) for b in self.broken}
        made = {(cell.client, cell.server) for cell in self.kept}
        return {pair: pair not in never for pair in sorted(made)}

    def independent(self, kin: Kinship) -> tuple[tuple[str, str], ...]:
        """The pairs of independent implementations that always kept it."""
        return tuple(
            pair
            for pair, always in self.pairs().items()
            if always and kin.independent(*pair, self.rule.layer)
        )

    def codes(self, role: str, kin: Kinship) -> tuple[str, ...]:
        """The code bases of those with which it was kept, ours apart."""
        found = {kin.code(role, id, self.rule.layer) for id in self.who(role)}
        return tuple(sorted(found - {SUITE}))


def proofs(entries: Iterable[Entry], rules: Mapping[str, Rule]) -> dict[str, Proof]:
    """The proof of every rule, by id, in the order of the rules."""
    kept: dict[str, list[Cell]] = {id: [] for id in rules}
    broken: dict[str, list[Broken]] = {id: [] for id in rules}
    rest: dict[str, list[Cell]] = {id: [] for id in rules}
    for entry in entries:
        known = entry.judgement.known
        for check in entry.judgement.checks:
            if check.id not in rules:
                continue  # of a run that is older, or newer
            if check.value is Value.PASS:
                kept[check.id].append(entry.cell)
            elif check.value in _BROKEN:
                why = known.reason if known and known.check == check.id else ""
                broken[check.id].append(Broken(entry.cell, check, why))
            else:
                rest[check.id].append(entry.cell)
    return {
        id: Proof(rule, tuple(kept[id]), tuple(broken[id]), tuple(rest[id]))
        for id, rule in rules.items()
    }


def by_document(found: Mapping[str, Proof]) -> dict[str, Sequence[Proof]]:
    """The proofs of each document, in the order of the rules."""
    made: dict[str, list[Proof]] = {}
    for proof in found.values():
        made.setdefault(proof.rule.document, []).append(proof)
    return dict(made)
