"""mutants - cells with a deliberate fault, and whether each was found.

Our own peers can be wrong in one way at a time.  Each row of mutants.toml says
which check must find it and on whose side; the same cell without the fault
must pass.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator, Mapping, Sequence

from matrix.model import AXES, Cell, Judgement, Peer, Value
from matrix.plan import cell
from matrix.scenarios import Scenario

_KEYS = {"fault", "scenario", "axes", "check", "verdict", "server"}
_GOOD = frozenset({Value.PASS, Value.INFO})


@dataclass(frozen=True, slots=True)
class Mutant:
    """One row: this fault spoils this cell, and this check must say so."""

    fault: str  # "server.keeps-ehlo"
    scenario: str
    axes: tuple[tuple[str, str], ...]
    check: str
    verdict: Value
    server: str = ""  # the family that plays it; "" a library

    @property
    def side(self) -> str:
        """Who is wrong: "client" or "server"."""
        return self.fault.partition(".")[0]

    @property
    def axes_of_cell(self) -> dict[str, str]:
        """The cell's axes, the fault with them, in the order of AXES."""
        axes = dict(self.axes) | {"fault": self.fault}
        return {name: axes[name] for name in AXES if name in axes}


def load(file: Path, scenarios: Mapping[str, Scenario]) -> tuple[Mutant, ...]:
    """Reads mutants.toml.  Raises ValueError naming the row and what is wrong."""
    try:
        rows = tomllib.loads(file.read_text(encoding="utf-8")).get("mutant", [])
    except tomllib.TOMLDecodeError as e:
        raise ValueError(f"{file.name}: {e}") from None
    return tuple(_mutant(row, i + 1, file, scenarios) for i, row in enumerate(rows))


def _mutant(
    row: Mapping[str, Any], number: int, file: Path, scenarios: Mapping[str, Scenario]
) -> Mutant:
    where = f"{file.name}: row {number}"
    for key in ("fault", "scenario", "check"):
        if key not in row:
            raise ValueError(f"{where}: {key!r} is missing")
    if extra := sorted(set(row) - _KEYS):
        raise ValueError(f"{where}: {extra[0]!r} is not a key; use {sorted(_KEYS)}")
    if not str(row["fault"]).startswith(("client.", "server.")):
        raise ValueError(f"{where}: a fault is client.NAME or server.NAME")
    if row["scenario"] not in scenarios:
        raise ValueError(f"{where}: there is no scenario {row['scenario']!r}")
    axes = row.get("axes", {})
    if wrong := sorted(set(axes) - set(AXES)):
        raise ValueError(f"{where}: {wrong[0]!r} is not an axis; use {list(AXES)}")
    return Mutant(
        fault=row["fault"],
        scenario=row["scenario"],
        axes=tuple(axes.items()),
        check=row["check"],
        verdict=Value(row.get("verdict", "fail")),
        server=row.get("server", scenarios[row["scenario"]].server),
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
    pair = _pair(clients, servers)
    cells: dict[str, Cell] = {}
    for mutant in mutants:
        scenario = scenarios[mutant.scenario]
        client = _playing(clients, "client", scenario) or pair[0]
        server = _playing(servers, "server", scenario, mutant.server) or pair[1]
        why = f"{mutant.check} must find {mutant.fault}"
        for axes, reason in (
            (dict(mutant.axes), "without a fault it must pass"),
            (mutant.axes_of_cell, why),
        ):
            made = cell(client, server, scenario, axes, reason)
            cells.setdefault(made.id, made)
    return tuple(cells.values())


def _pair(clients: Sequence[Peer], servers: Sequence[Peer]) -> tuple[Peer, Peer]:
    both = [(c, s) for c in clients for s in servers if c.id == s.id]
    if not both:
        raise ValueError("no library has both a client and a server; make build first")
    return min(both, key=lambda pair: pair[0].family != "openssl")


def _playing(
    peers: Sequence[Peer], role: str, scenario: Scenario, server: str = ""
) -> Peer | None:
    """Who plays recorded hellos or scripts, for a scenario with one.  What is wrong
    about a script is done by the client that replays, and what is wrong about a
    client's error by the server that plays scripts."""
    family = server if role == "server" else scenario.client
    if role == "client" and scenario.script:
        family = "replay"
    found = [peer for peer in peers if peer.family == family]
    if family and not found:
        raise ValueError(f"{role}-{family} is not built; make build first")
    return found[0] if family else None


def mutant_problems(
    mutants: Sequence[Mutant], judgements: Sequence[Judgement]
) -> tuple[str, ...]:
    """What was not found, a sentence each; () if every fault was.

    A fault is found if its cell has the verdict of the row, by the check and
    side that the row names, and the same cell without it is good.
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
    if spoilt.verdict is not mutant.verdict:
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
        scenario, _, server, *axes = id.split("/")
        plays = "player" if server == "player" else ""
        if (scenario, plays) != (mutant.scenario, mutant.server):
            continue
        if axes == [f"{name}={value}" for name, value in mutant.axes_of_cell.items()]:
            spoilt = judgement
        elif axes == [f"{name}={value}" for name, value in _in_order(mutant.axes)]:
            control = judgement
    return spoilt, control


def _in_order(axes: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    rank = list(AXES)
    return sorted(axes, key=lambda axis: rank.index(axis[0]))
