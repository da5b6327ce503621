"""peers - which clients and servers there are: the programs, their descriptions
(peers/*.toml) and what probing them showed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Mapping, Sequence

from matrix import certificates, probe, rows, tables
from matrix.model import VERSIONS, Capabilities, Peer

ERA = "host"  # the libraries of this machine
ROLES = ("client", "server")
KEYS = ("name", "package", "organisation", "licence", "url", "genealogy")
AGAIN = "if the folder was moved, or a package is new, build it again"
EVERYTHING = Capabilities(VERSIONS, VERSIONS, resume=("id", "ticket"))
QUESTIONS = 4  # number of probe.py's questions; answers to others are not used


def load(
    build: Path, folder: Path
) -> tuple[tuple[Peer, ...], tuple[Peer, ...], tuple[str, ...]]:
    """Clients, servers, and a sentence about each that is missing or in doubt.

    ``build`` is where host/client-LIBRARY and host/server-LIBRARY are and where
    probe.json and the certificates are kept; ``folder`` has the descriptions.
    ValueError if a description is wrong, OSError if ``build`` cannot be written.
    """
    about = descriptions(folder)
    programs: list[probe.Program] = []
    replaying: list[probe.Program] = []
    sentences = []
    for family in about:
        if about[family].get("era") == "period":
            continue  # matrix/eras.py looks for those
        players = "plays" in about[family]
        for role in (about[family].get("role", ROLES[0]),) if players else ROLES:
            path = build / ERA / f"{role}-{family}"
            if os.access(path, os.X_OK):
                (replaying if players else programs).append((role, path))
            else:
                sentences.append(
                    f"{about[family]['name']} ({role}) is not built; install "
                    f"{about[family]['package']}, then: make build"
                )
    found, mute = probed(programs, build, about)
    for role, path in replaying:
        version, why = probe.version(path)
        if why:
            mute[role, path] = why
        else:
            found.append(_replay(role, path, version, about))
    for (role, path), why in mute.items():
        found.append(_mute(role, path, why, about))
    for peer in found:
        sentences += doubts(peer)
    clients = tuple(peer for peer in found if peer.role == "client")
    servers = tuple(peer for peer in found if peer.role == "server")
    return clients, servers, tuple(sentences)


def _replay(
    role: str, path: Path, version: str, about: Mapping[str, dict[str, str]]
) -> Peer:
    """A client that plays what was recorded, a server that plays scripts: what they
    offer or take, the recording or the script says; without one that is wrong the
    server takes every version (include/serve.h)."""
    family = path.name.partition("-")[2]
    takes = VERSIONS if role == "server" else ()
    can = Capabilities(tls=takes, natural=takes)
    return Peer(family, role, family, version, (str(path),), can, about[family])


def _mute(role: str, path: Path, why: str, about: Mapping[str, dict[str, str]]) -> Peer:
    """A peer that is only planned, since its program is no use.  What it could do is
    not known: everything."""
    family = path.name.partition("-")[2]
    return Peer(
        id=family if "plays" in about[family] else identity(family, ""),
        role=role,
        family=family,
        version="unknown",
        program=(str(path),),
        capabilities=replace(EVERYTHING, contradictions=(why,)),
        about={
            **about[family],
            "missing": f"{path.name} is no use: {why}; {AGAIN}: make build",
        },
    )


def doubts(peer: Peer) -> list[str]:
    """Why a peer cannot play, or a sentence on each contradiction in what it says."""
    if missing := peer.about.get("missing"):
        return [f"{peer.id}: {missing}"]
    return [
        f"{peer.role} {peer.id}: contradiction: {doubt}"
        for doubt in peer.capabilities.contradictions
    ]


def descriptions(folder: Path) -> dict[str, dict[str, str]]:
    """What peers/*.toml says of each family.  ValueError if one is wrong."""
    return {file.stem: _describe(file) for file in sorted(folder.glob("*.toml"))}


def identity(family: str, version: str) -> str:
    """The id of a peer: library and the first two numbers of its version."""
    numbers = re.match(r"\d+(\.\d+)?", version)
    return f"{family}-{numbers[0] if numbers else 'unknown'}"


def digest(peers: Sequence[Peer]) -> str:
    """One word for the programs and the libraries they load: another word means
    that a run begun with them cannot be gone on with."""
    hashed = hashlib.sha256()
    for peer in sorted(peers, key=lambda peer: (peer.role, peer.id)):
        hashed.update(f"{peer.role} {peer.id} {peer.version}\n".encode())
        program = Path(peer.program[0])
        hashed.update(program.read_bytes() if program.is_file() else b"")
    return hashed.hexdigest()


def _describe(file: Path) -> dict[str, str]:
    table = tables.read(file)
    missing = [key for key in KEYS if not isinstance(table.get(key), str)]
    if missing:
        raise ValueError(f"{file.name}: {missing[0]!r} is missing")
    return {key: str(value) for key, value in table.items()}


def probed(
    programs: Sequence[probe.Program],
    build: Path,
    about: Mapping[str, dict[str, str]],
    answers_in: str = "probe.json",
) -> tuple[list[Peer], dict[probe.Program, str]]:
    """The peers behind the programs, and why those that are none cannot be: what
    does not start.  Asked only if something has changed since the answers in that
    file of ``build``: a program, or the version of a library."""
    pki = certificates.ensure(build / "certs")
    with ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
        answers = pool.map(lambda program: probe.declared(program, pki), programs)
        said = dict(zip(programs, answers))
    mute = {who: one.mute for who, one in said.items() if one.mute}
    said = {who: one for who, one in said.items() if not one.mute}
    key = _key(said, about)
    if (kept := _kept(build / answers_in, key)) is not None:
        return kept, mute
    found = probe.probe(said, pki)
    peers = []
    for role, path in said:
        family = path.name.partition("-")[2]
        version, _, more = said[role, path].version.partition(" ")
        peers.append(
            Peer(
                id=identity(family, version),
                role=role,
                family=family,
                version=version,
                program=(str(path),),
                capabilities=found[role, path],
                about={**about[family], "loaded": f"{version} {more}".rstrip()},
            )
        )
    peers.sort(key=lambda peer: (peer.role, peer.id))
    _keep(build / answers_in, key, peers)
    return peers, mute


def _key(
    said: Mapping[probe.Program, probe.Declared], about: Mapping[str, dict[str, str]]
) -> str:
    digest = hashlib.sha256(f"{QUESTIONS} {about}".encode())
    for (role, path), declared in said.items():
        digest.update(f"{role} {path} {declared}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _kept(file: Path, key: str) -> list[Peer] | None:
    try:
        kept = json.loads(file.read_text())
        if kept["key"] == key:
            return [rows.peer(json.dumps(value)) for value in kept["peers"]]
    except (OSError, ValueError, KeyError, TypeError):
        pass  # whatever is in there: asking again is right
    return None


def _keep(file: Path, key: str, peers: Sequence[Peer]) -> None:
    values = [json.loads(rows.of_peer(peer)[2]) for peer in peers]
    with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False) as made:
        json.dump({"key": key, "peers": values}, made, indent=1)
    os.replace(made.name, file)
