"""authored - vectors made from another by one change each, for one reason.

    python3 -m matrix.vectors.authored     writes them all anew under vectors/

No octets are typed in: a row names a base (a recorded vector, or an authored one
above it) and changes one thing of it.  Whether the outcome goes to vectors/hello or
vectors/malformed is computed (legality.py).  The same bases give the same vectors.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Callable, Iterable, Mapping, Sequence

from matrix.model import Flow, Turn
from matrix.places import ROOT
from matrix.vectors import annotate, capture, codec, legality, vector
from matrix.vectors.codec import ClientHello
from matrix.vectors.vector import Vector

# Modules rows_TABLE; a row's base may be in a table before its own.
TABLES = (
    *("tls", "suites", "frames", "tls13", "versions", "sslv2", "malformed", "clauses"),
)
Writes = Sequence[bytes]
Change = Callable[[ClientHello], ClientHello | bytes | Writes]


@dataclass(frozen=True, slots=True)
class Row:
    """One authored vector.  ``change`` gives a hello, which is sent in one write,
    or octets, or several writes of octets."""

    name: str
    base: str
    why: str
    change: Change
    keys: Mapping[str, bytes] | None = None  # None: those of the base


@dataclass(frozen=True, slots=True)
class Session:
    """One authored session flow: a hello at a place where none belongs."""

    name: str
    base: str
    why: str
    turns: Callable[[bytes], tuple[Turn, ...]]
    meta: Mapping[str, str] = field(default_factory=dict)


def build(recorded: Mapping[str, Vector]) -> dict[str, Vector]:
    """All authored hellos by name, from the recorded ones.  Raises ValueError for
    a base that is not there, a name twice, or a change that changes nothing."""
    known, made = dict(recorded), {}
    for row in chain.from_iterable(
        import_module(f"matrix.vectors.rows_{table}").ROWS for table in TABLES
    ):
        if row.base not in known:
            raise ValueError(f"{row.name}: there is no vector {row.base!r}")
        made[row.name] = known[row.name] = _make(row, known)
    for row in twins(known.values()):
        made[row.name] = _make(row, known)
    return made


def _make(row: Row, known: Mapping[str, Vector]) -> Vector:
    base = known[row.base]
    if row.name in known:
        raise ValueError(f"{row.name} is there twice")
    changed = row.change(codec.decode(base.octets))
    if isinstance(changed, ClientHello):
        changed = codec.encode(changed)
    writes = [changed] if isinstance(changed, bytes) else changed
    if tuple(writes) == base.writes:
        raise ValueError(f"{row.name} is the same as {row.base}")
    keys = row.keys
    if keys is None:
        meta = base.flow.meta
        keys = {
            name[4:]: bytes.fromhex(value)
            for name, value in meta.items()
            if name.startswith("key.")
        }
    return Vector(row.name, vector.authored(writes, row.base, row.why, keys))


def twins(vectors: Iterable[Vector]) -> Iterable[Row]:
    """The TLS-form twin of each SSLv2-form hello that may be said, has suites of
    TLS and no session (RFC 5246 E.2): at a server that reads both, the outcome is
    the same."""
    for v in list(vectors):
        try:
            hello = codec.decode(v.octets)
        except ValueError:
            continue
        if hello.form != "sslv2" or hello.session_id:
            continue
        if hello.version >> 8 == 3 and hello.suites:
            if len(v.writes) == 1 and not legality.findings(v.octets):
                why = f"the TLS-form twin of {v.name}: must have the same outcome"
                yield Row(f"{v.name}-twin", v.name, why, codec.twin)


def sessions(known: Mapping[str, Vector]) -> dict[str, Flow]:
    """The session flows, by name."""
    from matrix.vectors.rows_session import SESSIONS

    return {
        s.name: Flow(
            {"source": "authored", "base": s.base, "why": s.why, **s.meta},
            s.turns(known[s.base].octets),
        )
        for s in SESSIONS
    }


def texts(top: Path) -> dict[Path, str]:
    """Every authored file below a folder like vectors/, with its text."""
    found = vector.load(top / "hello") | vector.load(top / "malformed")
    recorded = {n: v for n, v in found.items() if v.flow.meta["source"] == "recorded"}
    made = build(recorded)
    files = {}
    for name, v in made.items():
        folder = "malformed" if legality.findings(v.octets) else "hello"
        files[top / folder / f"{name}.flow"] = annotate.write(v.flow)
    for name, read in sessions({**recorded, **made}).items():
        files[top / "session" / f"{name}.flow"] = annotate.write(read)
    return files


def main() -> int:
    """Writes the files, and removes authored ones that no row makes any more."""
    top = ROOT / "vectors"
    files = texts(top)
    for folder in vector.FOLDERS:
        for name, v in vector.load(top / folder).items():
            path = top / folder / f"{name}.flow"
            if v.flow.meta["source"] == "authored" and path not in files:
                path.unlink()
                print(f"{path.relative_to(ROOT)}: removed")
    for path, text in files.items():
        if not path.exists() or path.read_text("ascii") != text:
            capture.replace(path, text)
            print(f"{path.relative_to(ROOT)}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
