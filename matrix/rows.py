"""rows - the model's values as rows of a run file, and back (schema.sql)."""

from __future__ import annotations

import json
import zlib
from dataclasses import is_dataclass
from typing import Any

from matrix.model import Capabilities, Cell, Check, Judgement, Known, Peer
from matrix.model import Prediction, Run, Sight, Value

BETWEEN = "\x00"  # no program prints it: flows are printable ASCII
LEVEL = 6  # measured: 2.5 KB a cell at 0.2 ms; 3 gives 2.7 KB at 0.12, 9 no less
UNPACKED_LIMIT = 64 << 20  # octets: a damaged or made-up file must not fill memory


def of_peer(peer: Peer) -> tuple[str, str, str]:
    return peer.role, peer.id, _json(peer)


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


def of_run(run: Run, dictionary: bytes) -> tuple[object, ...]:
    packed = pack(join(run), dictionary)
    return run.cell, run.started, run.milliseconds, packed, run.trouble


def run(row: tuple[str, float, float, bytes, str], dictionary: bytes) -> Run:
    """zlib.error or ValueError if the records are damaged or made up."""
    cell, started, took, records, trouble = row
    text = unpack(records, dictionary).decode("ascii")
    client, _, rest = text.partition(BETWEEN)
    server, _, relay = rest.partition(BETWEEN)
    return Run(cell, client, server, started, took, trouble, relay)


def join(run: Run) -> bytes:
    """The records in one text: what they have in common, which is nearly all of it,
    is then stored once."""
    relay = f"{BETWEEN}{run.relay}" if run.relay else ""
    return f"{run.client}{BETWEEN}{run.server}{relay}".encode("ascii")


def pack(octets: bytes, dictionary: bytes) -> bytes:
    packer = zlib.compressobj(LEVEL, zdict=dictionary)
    return packer.compress(octets) + packer.flush()


def unpack(octets: bytes, dictionary: bytes) -> bytes:
    unpacker = zlib.decompressobj(zdict=dictionary)
    unpacked = unpacker.decompress(octets, UNPACKED_LIMIT)
    if unpacker.unconsumed_tail:
        raise ValueError("what is packed is too large to be ours")
    return unpacked


def text_of(judgement: Judgement) -> bytes:
    return _json(judgement).encode("ascii")


def of_judgement(judgement: Judgement, packed: bytes) -> tuple[object, ...]:
    known = judgement.known is not None
    return judgement.cell, judgement.verdict.value, judgement.because, known, packed


def judgement(text: bytes) -> Judgement:
    kept = json.loads(text)
    verdict = Value(kept.pop("verdict"))
    checks = tuple(
        Check(**{**check, "value": Value(check["value"])})
        for check in kept.pop("checks")
    )
    predicted, known = kept.pop("prediction"), kept.pop("known")
    seen = kept.pop("sight", None)  # not there in runs of an older suite
    if predicted:
        predicted["alerts"] = tuple(predicted["alerts"])
        predicted = Prediction(**predicted)
    if known:
        known["value"] = Value(known["value"])
        known = Known(**known)
    if seen:
        seen = Sight(**{name: _tuples(item) for name, item in seen.items()})
    return Judgement(
        verdict=verdict,
        checks=checks,
        prediction=predicted,
        known=known,
        sight=seen,
        **kept,
    )


def _fields(value: Any) -> dict[str, Any]:
    """What JSON knows nothing of: our values, and mappings that are no dict.  Tuples
    and the values of an enumeration of strings it takes as they are."""
    if is_dataclass(value):
        return {name: getattr(value, name) for name in value.__slots__}
    return dict(value)


_json = json.JSONEncoder(default=_fields, check_circular=False).encode


def _tuples(value: Any) -> Any:
    """JSON has lists where the model has tuples."""
    if isinstance(value, list):
        return tuple(_tuples(item) for item in value)
    return value
