"""vector - a hello with its provenance as a flow, and the vectors there are.

Metas, in this order.  Recorded: source, implementation, version, library, recorded
(the command), date.  Authored: source, base, why, and key.GROUP for private halves.
Computed for both (annotate.py): sha256, reach.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Mapping, Sequence

from matrix import flow
from matrix.model import Flow, Turn
from matrix.vectors.classes import Classes, classify

NAME = re.compile(r"[a-z0-9][a-z0-9.+-]*", re.ASCII)  # as in a cell's id
FOLDERS = ("hello", "malformed", "session")


@dataclass(frozen=True, slots=True)
class Vector:
    """A vector as it was read."""

    name: str
    flow: Flow

    @property
    def writes(self) -> tuple[bytes, ...]:
        """What the client sends first after the switch, a write each."""
        return tuple(
            turn.data
            for turn in self.flow.turns
            if turn.sender == "C" and turn.layer == "tls"
        )

    @property
    def octets(self) -> bytes:
        return b"".join(self.writes)

    @property
    def classes(self) -> Classes:
        return classify(self.writes)


def load(folder: Path) -> dict[str, Vector]:
    """The vectors of a folder by name.  Raises ValueError naming the file."""
    found = {}
    for path in sorted(folder.glob("*.flow")):
        try:
            read = flow.parse(path.read_text("ascii"))
        except ValueError as error:
            raise ValueError(f"{path.name}: {error}") from None
        if not NAME.fullmatch(path.stem):
            raise ValueError(f"{path.name}: not a name of {NAME.pattern}")
        found[path.stem] = Vector(path.stem, read)
    return found


def recorded(octets: bytes, provenance: Mapping[str, str]) -> Flow:
    """A recorded hello; ``provenance`` has the metas but the computed ones."""
    meta = {"source": "recorded", **provenance}
    return Flow(meta, (Turn("C", "tls", octets),))


def authored(
    writes: Sequence[bytes], base: str, why: str, keys: Mapping[str, bytes]
) -> Flow:
    """An authored hello: from which vector, and the one reason for the change."""
    meta = {"source": "authored", "base": base, "why": why}
    meta |= {f"key.{group}": secret.hex() for group, secret in keys.items()}
    return Flow(meta, tuple(Turn("C", "tls", write) for write in writes))
