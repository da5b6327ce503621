"""rows - peers, cells and results as rows of a run file, and back (schema.sql)."""

from __future__ import annotations

import json
from dataclasses import is_dataclass
from typing import Any

from matrix import packing
from matrix.model import Capabilities, Cell, Peer, Run, Value

BETWEEN = "\x00"  # no program prints it: flows are printable ASCII


def of_peer(peer: Peer) -> tuple[str, str, str]:
    return peer.role, peer.id, text_of(peer)


def peer(value: str) -> Peer:
    kept = json.loads(value)
    can = {
        name: item if isinstance(item, bool) else _tuples(item)
        for name, item in kept.pop("capabilities").items()
    }
    program = tuple(kept.pop("program"))
    return Peer(program=program, capabilities=Capabilities(**can), **kept)


def of_cell(position: int, cell: Cell) -> tuple[object, ...]:
    return (
        position,
        cell.id,
        cell.scenario,
        cell.client,
        cell.server,
        json.dumps(cell.axes),
        cell.why,
        cell.excluded.value if cell.excluded else None,
        cell.reason,
    )


def cell(
    scenario: str,
    client: str,
    server: str,
    axes: str,
    why: str,
    excluded: str | None,
    reason: str,
) -> Cell:
    verdict = Value(excluded) if excluded else None
    kept = _tuples(json.loads(axes))
    return Cell(scenario, client, server, kept, why, verdict, reason)


def join(run: Run) -> str:
    """The records in one text: what they have in common, which is nearly all of it,
    is then stored once."""
    relay = f"{BETWEEN}{run.relay}" if run.relay else ""
    return f"{run.client}{BETWEEN}{run.server}{relay}"


def run(
    cell: str, started: float, took: float, trouble: str, records: packing.Parts
) -> Run:
    """ValueError if the records are made up."""
    client, _, rest = packing.put_together(records).partition(BETWEEN)
    server, _, relay = rest.partition(BETWEEN)
    return Run(cell, client, server, started, took, trouble, relay)


def _fields(value: Any) -> dict[str, Any]:
    """What JSON knows nothing of: our values, and mappings that are no dict.  Tuples
    and the values of an enumeration of strings it takes as they are."""
    if is_dataclass(value):
        return {name: getattr(value, name) for name in value.__slots__}
    return dict(value)


text_of = json.JSONEncoder(default=_fields, check_circular=False).encode


def _tuples(value: Any) -> Any:
    """JSON has lists where the model has tuples."""
    if isinstance(value, list):
        return tuple(_tuples(item) for item in value)
    return value
