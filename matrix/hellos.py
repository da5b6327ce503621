"""hellos - the recorded and authored hellos (vectors/) as what scenarios play.

A row of matrix/scenarios/*.toml with ``vectors`` stands for one scenario a vector,
``PREFIX.VECTOR``; a grid of it with ``where`` is for the vectors that fit only.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any, Iterator, Mapping

from matrix.model import Flow
from matrix.places import ROOT
from matrix.vectors import legality, vector
from matrix.vectors.classes import Classes, classify

FOLDER = ROOT / "vectors"
TWIN = "-twin"  # NAME-twin is the hello NAME in the TLS form (RFC 5246 E.2)


@dataclass(frozen=True, slots=True)
class Material:
    """One vector, ready to be played."""

    name: str
    path: Path
    octets: bytes
    classes: Classes
    source: str  # "recorded" or "authored"
    lawful: bool  # nothing in it that a client may never say

    def fits(self, words: str) -> bool:
        """Whether all of some words "axis=value" are true of it; ``*`` in a value is
        any text.  Axes are those of classes.py, name, source and lawful."""
        mine = dict(word.split("=", 1) for word in self.classes.words())
        mine |= {"name": self.name, "source": self.source}
        mine |= {"lawful": "yes" if self.lawful else "no"}
        pairs = (word.partition("=") for word in words.split())
        return all(fnmatchcase(mine[axis], value) for axis, _, value in pairs)


@lru_cache(maxsize=None)
def load(folder: str, top: Path = FOLDER) -> Mapping[str, Material]:
    """The vectors of one folder below vectors/, by name.  ValueError naming the file
    that is wrong, or the folder if it has none."""
    found = {
        name: Material(
            name,
            top / folder / f"{name}.flow",
            read.octets,
            classify(read.writes),
            read.flow.meta.get("source", ""),
            not legality.findings(read.octets),
        )
        for name, read in vector.load(top / folder).items()
    }
    if not found:
        raise ValueError(f"no vectors in {top / folder}; make them: ci/record-hellos")
    return found


def recorded(top: Path = FOLDER) -> frozenset[str]:
    """The names of the hellos that real clients sent."""
    folder = load(vector.FOLDERS[0], top).values()
    return frozenset(each.name for each in folder if each.source == "recorded")


def named(name: str, top: Path = FOLDER) -> Material:
    """The vector of that name.  ValueError if there is none."""
    for folder in vector.FOLDERS[:2]:
        if (top / folder / f"{name}.flow").is_file():
            return load(folder, top)[name]
    raise ValueError(f"there is no vector {name!r} in vectors/")


def session(name: str, top: Path = FOLDER) -> Flow:
    """A hello at a place where none belongs.  ValueError if there is none."""
    found = vector.load(top / "session")
    if name not in found:
        raise ValueError(f"there is no session {name!r} in vectors/session/")
    return found[name].flow


def expand(row: Mapping[str, Any], top: Path = FOLDER) -> Iterator[dict[str, Any]]:
    """The rows that a row with ``vectors`` (folders) or ``hello`` (one vector) stands
    for, each with ``hello``, ``path`` and ``octets``; any other row as it is.  A row
    with ``session`` has the hello of that flow, and ``said``: all that the client says.

    Raises ValueError for a vector, folder or class that is not there.
    """
    if "vectors" not in row:
        if "session" in row:
            read = session(row["session"], top)
            said = b"".join(turn.data for turn in read.turns if turn.sender == "C")
            yield dict(row) | _played(named(read.meta["base"], top)) | {"said": said}
            return
        if "hello" not in row:
            yield dict(row)
            return
        yield dict(row) | _played(named(row["hello"], top))
        return
    seen: set[str] = set()
    for folder in row["vectors"]:
        for material in load(folder, top).values():
            if material.name in seen:
                raise ValueError(f"the vector {material.name} is there twice")
            seen.add(material.name)
            rest = {k: v for k, v in row.items() if k not in ("vectors", "grid")}
            grids = [
                {key: value for key, value in grid.items() if key != "where"}
                for grid in row.get("grid", ())
                if _chosen(material, grid)
            ]
            if any(_axes(grid) == {"security"} for grid in grids):
                grids = [_for_the_host(grid) for grid in grids]
            yield rest | _played(material) | {
                "name": f"{row['name']}.{material.name}",
                "title": row["title"].replace("{name}", material.name),
                "grid": grids,
            }


def _for_the_host(grid: Mapping[str, Any]) -> dict[str, Any]:
    """A server of an era plays a hello once: with its policy lowered, where that is
    planned, since what is left then is the hello."""
    return dict(grid) | ({} if _axes(grid) else {"eras": "none"})


def _axes(grid: Mapping[str, Any]) -> set[str]:
    return set(grid) - {"why", "eras"}


def _played(material: Material) -> dict[str, Any]:
    return {
        "hello": material.name,
        "path": str(material.path),
        "octets": material.octets,
    }


def _chosen(material: Material, grid: Mapping[str, Any]) -> bool:
    """Whether a grid is for this vector: one of ``where`` fits, or there is none."""
    where = grid.get("where")
    try:
        return where is None or any(material.fits(words) for words in where)
    except KeyError as error:
        raise ValueError(f"where: {error} is not an axis of a hello") from None
