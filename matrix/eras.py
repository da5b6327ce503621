"""eras - peers of other library generations, and of programs with a library of
their own: which there are (ci/eras.d/*.era, ci/period/period.toml), whether they are
built here, and what they are called.

The host's peers are LIBRARY-MAJOR.MINOR, whatever else there is.  What an era's peer
is called stands in its file, as long as that library is loaded; a suite that has
moved on gives LIBRARY-VERSION.  So a name means one version on every machine.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Iterable, Mapping, Sequence

from matrix import peers, tables
from matrix.model import Peer

ROLES = ("client", "server")


@dataclass(frozen=True, slots=True)
class Program:
    """What an era builds as client-NAME and server-NAME."""

    name: str  # "openssl", "node-0.10"
    family: str  # "openssl", "node"
    part: str  # how the version begins: "3.5"
    roles: tuple[str, ...] = ROLES
    needs: str = ""  # what must be here for it, if it is not an unpacked suite
    id: str = ""  # what its peers are called; "": FAMILY-PART


@dataclass(frozen=True, slots=True)
class Era:
    """A dated collection of programs."""

    name: str
    title: str
    rank: int  # the order in which peers get their names; the host is 0
    tested: bool  # False: described only, no part of any plan until it is built
    programs: tuple[Program, ...]
    make: str  # the target that builds it


def load(folder: Path) -> tuple[Era, ...]:
    """The eras of ``folder`` (ci/), in the order of their names.  ValueError if a
    file is wrong; a folder that is not there has none."""
    files = [*folder.glob("eras.d/*.era"), *folder.glob("period/period.toml")]
    return tuple(sorted(map(_read, files), key=lambda era: (era.rank, era.name)))


def _read(file: Path) -> Era:
    table = tables.read(file)
    try:
        return Era(
            file.stem,
            str(table["title"]),
            int(table["rank"]),
            bool(table["tested"]),
            tuple(_program(*row) for row in table["peers"].items()),
            "eras" if file.suffix == ".era" else "period",
        )
    except KeyError as error:
        raise ValueError(f"{file.name}: {error} is missing") from None


def _program(name: str, said: str | Mapping[str, Any]) -> Program:
    if isinstance(said, str):
        return Program(name, name, said)
    return Program(
        name,
        str(said["family"]),
        str(said["version"]),
        tuple(said.get("roles", ROLES)),
        str(said.get("needs", "")),
        str(said.get("id", "")),
    )


def find(
    build: Path, eras: Iterable[Era], folder: Path, host: Sequence[Peer]
) -> tuple[tuple[Peer, ...], tuple[str, ...], tuple[str, ...]]:
    """The peers of all eras, a sentence about each program that is missing or
    doubtful, and one about each that is the same as another.

    ``build`` has ERA/client-NAME, ``folder`` the descriptions (peers/*.toml), ``host``
    the peers of this machine, whose names are taken.  What a tested era should have
    and has not is a peer too, with ``about["missing"]`` saying why it cannot play.
    """
    described = peers.descriptions(folder)
    found: list[Peer] = []
    sentences: list[str] = []
    again: list[str] = []
    for era in eras:
        there, mute = _probed(build, era, described)
        for program in era.programs:
            for role in program.roles:
                peer = there.get((role, program.name))
                if peer is None and not era.tested and (role, program.name) not in mute:
                    continue
                if peer is None:
                    why = mute.get((role, program.name), "")
                    made = _missing(build, era, program, role, described, why)
                else:
                    made = replace(peer, family=program.family)
                named = name(made, program, (*host, *found))
                if isinstance(named, str):
                    again.append(f"{era.name}: {named}")
                    continue
                found.append(named)
                sentences += peers.doubts(named)
    return tuple(found), tuple(sentences), tuple(again)


def name(peer: Peer, program: Program, taken: Iterable[Peer]) -> Peer | str:
    """The peer with its id; or, if it is there already, a sentence that says so."""
    ids = {p.id: p for p in taken if (p.role, p.family) == (peer.role, peer.family)}
    for other in ids.values():
        if other.version == peer.version and "missing" not in other.about:
            return (
                f"{peer.role} {peer.family} {peer.version} is {other.id} of the era "
                f"{other.about.get('era', peers.ERA)} again: no second peer"
            )
    short = program.id or f"{peer.family}-{program.part}"
    if _begins(peer.version, program.part) and short not in ids:
        return replace(peer, id=short)
    whole = re.sub(r"[^a-z0-9.+]", "", peer.version.lower()) or "unknown"
    return replace(peer, id=f"{peer.family}-{whole}")


def _begins(version: str, part: str) -> bool:
    """Whether a version is, or goes on from, a part of one: 3.5.9 and 3.5."""
    return re.match(re.escape(part) + r"(?!\d)", version) is not None


def _probed(
    build: Path, era: Era, described: Mapping[str, dict[str, str]]
) -> tuple[dict[tuple[str, str], Peer], dict[tuple[str, str], str]]:
    """What is built of an era and was asked what it can do, by role and name; and
    why what is built and does not start does not."""
    programs, about = [], {}
    for program in era.programs:
        about[program.name] = {
            **described[program.family],
            "era": era.name,
            "era-title": era.title,
        }
        for role in program.roles:
            path = build / era.name / f"{role}-{program.name}"
            if os.access(path, os.X_OK):
                programs.append((role, path))
    if not programs:
        return {}, {}
    found, mute = peers.probed(programs, build, about, f"probe-{era.name}.json")
    return (
        {(peer.role, peer.family): peer for peer in found},
        {
            (role, path.name.partition("-")[2]): why
            for (role, path), why in mute.items()
        },
    )


def _missing(
    build: Path,
    era: Era,
    program: Program,
    role: str,
    described: Mapping[str, dict[str, str]],
    mute: str,
) -> Peer:
    """A peer that is only planned, as it is not built, or is ``mute``.  What it could
    do is not known: everything."""
    needs = f"; it needs {program.needs}" if program.needs else ""
    why = f"{role}-{program.name} of the era {era.name} "
    why += f"is no use: {mute}; {peers.AGAIN}" if mute else "is not built; build it"
    return Peer(
        id="",
        role=role,
        family=program.family,
        version=program.part,
        program=(str(build / era.name / f"{role}-{program.name}"),),
        capabilities=replace(peers.EVERYTHING, contradictions=(mute,) if mute else ()),
        about={
            **described[program.family],
            "era": era.name,
            "era-title": era.title,
            "missing": f"{why}: make {era.make}{needs}",
        },
    )
