"""groups - cells that came to the same for the same reason, as one entry each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Iterable, Mapping

from matrix.model import Check, Known, Value
from matrix.report.view import Entry, View


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that came to the same value on the same side in some cells."""

    value: Value
    check: str
    clause: str
    side: str  # "client", "server" or ""
    peer: str  # the peer on that side; "" if no side is at fault
    because: str  # of the example
    cells: tuple[str, ...]  # ids, in the plan's order; the first is the example
    known: Known | None  # of the first cell that has one

    @property
    def explained(self) -> str:
        """What known.toml says of it, or "" """
        return self.known.reason if self.known else ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Cells with one verdict and one sentence."""

    value: Value
    because: str
    cells: tuple[str, ...]


def findings(view: View, values: Iterable[Value]) -> tuple[Finding, ...]:
    """Every check that came to one of these values, grouped by check, side and
    the peer on that side; the worst first, then by name.

    A verdict that no check of the cell explains is a finding by itself.
    """
    wanted = frozenset(values)
    order = list(Value)
    groups: dict[tuple[Value, str, str, str], list[tuple[Entry, Check]]] = {}
    for entry in view.entries:
        found = [c for c in entry.judgement.checks if c.value in wanted]
        if entry.verdict in wanted and all(c.value != entry.verdict for c in found):
            found.append(Check("verdict", entry.verdict, entry.judgement.because))
        for check in found:
            peer = {"client": entry.cell.client, "server": entry.cell.server}.get(
                check.side, ""
            )
            key = (check.value, check.id, check.side, peer)
            groups.setdefault(key, []).append((entry, check))
    return tuple(
        Finding(
            value=value,
            check=check,
            clause=members[0][1].clause,
            side=side,
            peer=peer,
            because=members[0][1].because,
            cells=tuple(dict.fromkeys(entry.cell.id for entry, _ in members)),
            known=next(
                (e.judgement.known for e, _ in members if e.judgement.known), None
            ),
        )
        for (value, check, side, peer), members in sorted(
            groups.items(), key=lambda item: (-order.index(item[0][0]), *item[0][1:])
        )
    )


def reasons(view: View, values: Iterable[Value]) -> tuple[Reason, ...]:
    """The cells with one of these verdicts, grouped by verdict and sentence."""
    wanted = frozenset(values)
    order = list(Value)
    groups: dict[tuple[Value, str], list[str]] = {}
    for entry in view.entries:
        if entry.verdict in wanted:
            why = entry.judgement.because or entry.cell.reason
            groups.setdefault((entry.verdict, why), []).append(entry.cell.id)
    return tuple(
        Reason(value, because, tuple(cells))
        for (value, because), cells in sorted(
            groups.items(), key=lambda item: (-order.index(item[0][0]), item[0][1])
        )
    )


def by_scenario(view: View) -> Mapping[str, Counter[Value]]:
    """The verdicts of each scenario, in the plan's order."""
    found: dict[str, Counter[Value]] = {}
    for entry in view.entries:
        found.setdefault(entry.cell.scenario, Counter())[entry.verdict] += 1
    return found
