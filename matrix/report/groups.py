"""groups - cells that came to the same for the same reason, as one entry each."""

from __future__ import annotations

import re
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


@dataclass(frozen=True, slots=True)
class Broken:
    """A check that came to the same value on the same side, whoever it was."""

    members: tuple[Finding, ...]  # a peer each, that with the most cells first
    cells: int

    @property
    def first(self) -> Finding:
        """The example."""
        return self.members[0]

    @property
    def peers(self) -> tuple[tuple[str, int], ...]:
        """With the number of their cells."""
        return tuple((m.peer, len(m.cells)) for m in self.members if m.peer)


def by_rule(found: Iterable[Finding]) -> tuple[Broken, ...]:
    """Findings put together: those that nothing explains first, of equals those with
    the most cells."""
    groups: dict[tuple[bool, Value, str, str], list[Finding]] = {}
    for each in found:
        key = bool(each.explained), each.value, each.check, each.side
        groups.setdefault(key, []).append(each)
    made = {key: _broken(group) for key, group in groups.items()}
    ordered = sorted(made.items(), key=lambda item: (item[0][0], -item[1].cells))
    return tuple(broken for _, broken in ordered)


def _broken(group: list[Finding]) -> Broken:
    ordered = sorted(group, key=lambda each: (-len(each.cells), each.peer))
    return Broken(tuple(ordered), len({c for each in group for c in each.cells}))


_WHO = re.compile(r"(client|server) (\S+) (.+)")  # "client go-1.19 cannot do X: why"


@dataclass(frozen=True, slots=True)
class Cause:
    """Cells with one verdict for one cause, and the peers of which it is true."""

    value: Value
    because: str
    who: Mapping[str, tuple[str, ...]]  # by role
    cells: tuple[str, ...]


def causes(found: Iterable[Reason]) -> tuple[Cause, ...]:
    """Reasons put together that say the same of several peers; most cells first."""
    groups: dict[tuple[Value, str], list[tuple[Reason, str, str]]] = {}
    for reason in found:
        match = _WHO.fullmatch(reason.because)
        role, peer, because = match.groups() if match else ("", "", reason.because)
        groups.setdefault((reason.value, because), []).append((reason, role, peer))
    made = (
        Cause(
            value,
            because,
            {
                role: tuple(peer for _, its, peer in group if its == role)
                for role in ("client", "server")
            },
            tuple(cell for reason, _, _ in group for cell in reason.cells),
        )
        for (value, because), group in groups.items()
    )
    return tuple(sorted(made, key=lambda cause: -len(cause.cells)))
