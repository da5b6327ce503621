"""mutants - cells with a deliberate fault, and whether each was found.

Our own peers can be wrong in one way at a time.  Each row of mutants.toml says
which check must find it and on whose side; the same cell without the fault
must pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator, Mapping, Sequence

from matrix import tables
from matrix.checks import ROLES
from matrix.checks.hello import SAME
from matrix.hellos import TWIN
from matrix.model import AXES, Cell, Judgement, Peer, Value
from matrix.plan import cell
from matrix.scenarios import Scenario

_KEYS = {"fault", "scenario", "axes", "check", "verdict", "side", "library"}
_WHO = (*ROLES, "relay")
_ORDER = list(Value)
_GOOD = frozenset({Value.PASS, Value.INFO})


@dataclass(frozen=True, slots=True)
class Mutant:
    """One row: this fault spoils this cell, and this check must say so."""

    fault: str  # "server.keeps-ehlo"
    scenario: str
    axes: tuple[tuple[str, str], ...]
    check: str
    verdict: Value
    side: str  # at whose door it is laid: "client", "server", "" nobody's
    library: str = ""  # whose cell is good without it, if OpenSSL's is not

    @property
    def axes_of_cell(self) -> dict[str, str]:
        """The cell's axes, the fault with them, in the order of AXES."""
        axes = dict(self.axes) | {"fault": self.fault}
        return {name: axes[name] for name in AXES if name in axes}


def load(file: Path, scenarios: Mapping[str, Scenario]) -> tuple[Mutant, ...]:
    """Reads mutants.toml.  Raises ValueError naming the row and what is wrong."""
    return tuple(
        mutant
        for i, row in enumerate(tables.read(file).get("mutant", []))
        for mutant in _mutants(row, i + 1, file, scenarios)
    )


def _mutants(
    row: Mapping[str, Any], number: int, file: Path, scenarios: Mapping[str, Scenario]
) -> Iterator[Mutant]:
    """One for each check that the row names."""
    where = f"{file.name}: row {number}"
    for key in ("fault", "scenario", "check"):
        if key not in row:
            raise ValueError(f"{where}: {key!r} is missing")
    if extra := sorted(set(row) - _KEYS):
        raise ValueError(f"{where}: {extra[0]!r} is not a key; use {sorted(_KEYS)}")
    who = str(row["fault"]).partition(".")[0]
    if who not in _WHO:
        raise ValueError(f"{where}: a fault is client.NAME, server.NAME or relay.NAME")
    if row["scenario"] not in scenarios:
        raise ValueError(f"{where}: there is no scenario {row['scenario']!r}")
    axes = row.get("axes", {})
    if wrong := sorted(set(axes) - set(AXES)):
        raise ValueError(f"{where}: {wrong[0]!r} is not an axis; use {list(AXES)}")
    if row.get("side", "") not in ("", *ROLES):
        raise ValueError(f"{where}: side = {row['side']!r}; use one of {list(ROLES)}")
    verdict = Value(row.get("verdict", "fail"))
    nobody = verdict is Value.INCONCLUSIVE
    for check in [row["check"]] if isinstance(row["check"], str) else row["check"]:
        yield Mutant(
            fault=row["fault"],
            scenario=row["scenario"],
            axes=tuple(axes.items()),
            check=check,
            verdict=verdict,
            side=row.get("side", "" if nobody else who),
            library=row.get("library", ""),
        )


def plan_mutants(
    clients: Sequence[Peer],
    servers: Sequence[Peer],
    scenarios: Mapping[str, Scenario],
    mutants: Sequence[Mutant],
) -> tuple[Cell, ...]:
    """Every mutant's cell and, once each, the same cells without the fault.

    One library with itself is enough, since the faults are in our own code:
    OpenSSL if it is there, else the first that is both.  Raises ValueError if
    no library is both client and server, or one that plays is not there.
    """
    cells: dict[str, Cell] = {}
    for mutant in mutants:
        pair = _pair(clients, servers, mutant.library or "openssl")
        scenario = scenarios[mutant.scenario]
        why = f"{mutant.check} must find {mutant.fault}"
        for axes, fault, reason in (
            (dict(mutant.axes), "", "without a fault it must pass"),
            (mutant.axes_of_cell, mutant.fault, why),
        ):
            client = _playing(clients, "client", scenario, fault) or pair[0]
            server = _playing(servers, "server", scenario, fault) or pair[1]
            for one in (scenario, *_twin(scenario, scenarios, mutant)):
                made = cell(client, server, one, axes, reason)
                cells.setdefault(made.id, made)
    return tuple(cells.values())


def _twin(
    scenario: Scenario, scenarios: Mapping[str, Scenario], mutant: Mutant
) -> Iterator[Scenario]:
    """What the cell is compared with, if that is the check."""
    if mutant.check == SAME:
        yield scenarios[scenario.name + TWIN]


def _pair(
    clients: Sequence[Peer], servers: Sequence[Peer], family: str
) -> tuple[Peer, Peer]:
    both = [(c, s) for c in clients for s in servers if c.id == s.id]
    if not both:
        raise ValueError("no library has both a client and a server; make build first")
    return min(both, key=lambda pair: pair[0].family != family)


def _playing(
    peers: Sequence[Peer], role: str, scenario: Scenario, fault: str
) -> Peer | None:
    """Who plays recorded hellos or scripts, for a scenario with one, or where one is
    the fault.  What is wrong about a script is done by the client that replays."""
    family = scenario.server if role == "server" else scenario.client
    if role == "server" and fault.startswith("server.script."):
        family = "player"
    if role == "client" and scenario.script and not scenario.examined:
        family = "replay"
    if role == "client" and fault.startswith("client.replay."):
        family = "replay"
    found = [peer for peer in peers if peer.family == family]
    if family and not found:
        raise ValueError(f"{role}-{family} is not built; make build first")
    return found[0] if family else None


def mutant_problems(
    mutants: Sequence[Mutant], judgements: Sequence[Judgement]
) -> tuple[str, ...]:
    """What was not found, a sentence each; () if every fault was.

    A fault is found if the check that the row names has the verdict of the row, on
    the side that it names, its cell is no better, and the same cell without the
    fault is good.
    """
    by_id = {judgement.cell: judgement for judgement in judgements}
    return tuple(problem for mutant in mutants for problem in _problems(mutant, by_id))


def _problems(mutant: Mutant, by_id: Mapping[str, Judgement]) -> Iterator[str]:
    spoilt, control = _find(mutant, by_id)
    if spoilt is None or control is None:
        yield f"{mutant.fault} in {mutant.scenario} was not run; make mutants runs it"
        return
    if control.verdict not in _GOOD:
        said = control.verdict.value
        yield f"{control.cell} is {said} without a fault: {control.because}"
    found = [c for c in spoilt.checks if c.id == mutant.check]
    due = mutant.verdict.value
    if _ORDER.index(spoilt.verdict) < _ORDER.index(mutant.verdict):
        said = spoilt.verdict.value
        yield f"{spoilt.cell} is {said}, not {due}: {spoilt.because}"
    if not any(c.value is mutant.verdict and c.side == mutant.side for c in found):
        words = [f"{c.value.value} {c.side}".rstrip() for c in found] or ["nothing"]
        yield f"{spoilt.cell}: {mutant.check} says {words[0]}, not {due} {mutant.side}"


def _find(
    mutant: Mutant, by_id: Mapping[str, Judgement]
) -> tuple[Judgement | None, Judgement | None]:
    """The judgements on the spoilt cell and on the one without the fault."""
    spoilt = control = None
    for id, judgement in by_id.items():
        scenario, _, _, *axes = id.split("/")
        if scenario != mutant.scenario:
            continue
        if axes == [f"{name}={value}" for name, value in mutant.axes_of_cell.items()]:
            spoilt = judgement
        elif axes == [f"{name}={value}" for name, value in _in_order(mutant.axes)]:
            control = judgement
    return spoilt, control


def _in_order(axes: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    rank = list(AXES)
    return sorted(axes, key=lambda axis: rank.index(axis[0]))
