"""scenarios - reads what is played between a client and a server.

A scenario is a row of matrix/scenarios/*.toml: how both programs are told to
behave, with which axes, and what must come of it.  Nothing runs here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Iterable, Iterator, Mapping

from matrix import covering, due, hellos, tables
from matrix.due import Due
from matrix.model import AXES, VERSIONS

_NAME = re.compile(r"[a-z0-9.+-]+", re.ASCII)

# What each axis may be.  "fault" has no values in a plan: see matrix/mutants.py.
VALUES: Mapping[str, tuple[str, ...]] = {
    "tls": VERSIONS,
    "client-tls": VERSIONS,
    "server-tls": VERSIONS,
    "cert": ("rsa", "ecdsa"),
    "resume": ("id", "ticket"),
    "message": ("8kib", "1mib"),
    "policy": ("none", "opportunistic", "mandatory"),
    "security": ("low",),
    "renegotiation": ("required",),
}
PAIRS = ("all", "self", "hub")
STARTTLS = ("offer", "454", "absent", "require")
AUTHORITIES = ("own", "other")
OUTCOMES = ("natural", "untrusted", "wrong-name", "policy", "deferred")


@dataclass(frozen=True, slots=True)
class Grid:
    """Some axes with the values each takes; all combinations are cells."""

    why: str
    axes: tuple[tuple[str, tuple[str, ...]], ...]
    eras: str = covering.ONCE  # which pairs play it when there are many peers


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is played.  ``outcome`` says which prediction fits:

    - ``natural``: TLS, or a refusal for want of a common version;
    - ``untrusted``, ``wrong-name``: the client must refuse the certificate;
    - ``policy``: there is no TLS to be had; the client's policy decides;
    - ``deferred``: whatever happens, no mail passes.

    A scenario with a ``hello`` has that recorded one replayed instead of a library
    as client, and then the hello itself says what must come of it (expect.py).  With
    a ``script`` the server plays that, and ``due`` says what must come of it (due.py).
    """

    name: str
    family: str  # the file it stands in
    title: str
    asks: str  # what it shows, in one sentence
    grids: tuple[Grid, ...]
    pairs: str = "all"  # "self": each peer with itself; "hub": and with OpenSSL
    outcome: str = "natural"
    authority: str = "own"  # what the client trusts: who signed, or "other"
    client_highest: str = ""  # the client takes this version and all below; "" its own
    server_name: str = ""  # the client's --name; "" its default
    certificate: str = ""  # the server's, of certificates.NAMED; "" by the axis
    starttls: str = "offer"  # the server's --starttls
    client_stimulus: str = ""
    server_stimulus: str = ""
    tamper: str = ""  # what the relay between them does; "none": it only records
    server_connections: int = 1  # how many one child of the server serves: 1, 2
    client: str = ""  # the client that plays it, by family; "" every library
    hello: str = ""  # the vector that is replayed, its file and its octets
    path: str = ""
    octets: bytes = field(default=b"", repr=False)
    session: str = ""  # the vector that says where it is sent instead, and what the
    said: bytes = field(default=b"", repr=False)  # client says with it
    client_error: str = ""  # the replaying client's --error
    alerts: tuple[int, ...] = ()  # that fit it
    server: str = ""  # the server that plays it, by family; "" every library
    script: str = ""  # the playing server's --script
    needs: str = ""  # a version that the client has to offer, or it does not apply
    due: tuple[Due, ...] = ()  # what the script asks of the client
    # Who replays or plays is under test like anybody else, and the scenario is not
    # planned: only faults are played in it (mutants.toml).
    examined: bool = False

    @property
    def tampered(self) -> bool:
        """Whether somebody changes what passes between them."""
        return self.tamper not in ("", "none")


def load(folder: Path) -> dict[str, Scenario]:
    """Reads all scenarios of a folder, by name, in the order of files and rows.

    Raises ValueError naming the file, the scenario and what is wrong.
    """
    found: dict[str, Scenario] = {}
    for file in sorted(folder.glob("*.toml"), key=_rank):
        table = tables.read(file)
        eras = str(table.get("eras", covering.ONCE))  # of grids that say nothing
        for scenario in _scenarios(table.get("scenario", []), eras, file):
            if scenario.name in found:
                raise ValueError(f"{file.name}: {scenario.name} is there twice")
            found[scenario.name] = scenario
    if not found:
        raise ValueError(f"{folder}: no scenarios there (*.toml with [[scenario]])")
    return found


def _scenarios(
    rows: Iterable[Mapping[str, Any]], eras: str, file: Path
) -> Iterator[Scenario]:
    for row in rows:
        try:
            expanded = list(hellos.expand(row))
        except (KeyError, ValueError) as e:
            name = row.get("name", "(no name)")
            raise ValueError(f"{file.name}: scenario {name}: {e}") from None
        yield from (_scenario(each, eras, file) for each in expanded)


def _rank(file: Path) -> tuple[bool, str]:
    """The family that everything rests on comes first in every report."""
    return file.stem != "upgrade", file.stem


def _scenario(row: Mapping[str, Any], eras: str, file: Path) -> Scenario:
    name = str(row.get("name", ""))
    where = f"{file.name}: scenario {name or '(no name)'}"
    known = {f.name for f in fields(Scenario)} - {"family", "grids"} | {"grid"}
    if extra := sorted(set(row) - known):
        raise ValueError(f"{where}: {extra[0]!r} is not a key; use {sorted(known)}")
    if missing := sorted({"name", "title", "asks"} - set(row)):
        raise ValueError(f"{where}: {missing[0]!r} is missing")
    if not _NAME.fullmatch(name):
        raise ValueError(f"{where}: a name has only a-z 0-9 . + -")
    _one_of(where, "pairs", row.get("pairs", "all"), PAIRS)
    _one_of(where, "starttls", row.get("starttls", "offer"), STARTTLS)
    _one_of(where, "authority", row.get("authority", "own"), AUTHORITIES)
    _one_of(where, "client_highest", row.get("client_highest", ""), ("", *VERSIONS))
    _one_of(where, "outcome", row.get("outcome", "natural"), OUTCOMES)
    grids = tuple(_grid(where, {"eras": eras} | grid) for grid in row.get("grid", ()))
    if not grids:
        raise ValueError(f"{where}: needs at least one [[scenario.grid]]")
    rest = {key: value for key, value in row.items() if key != "grid"}
    rest["alerts"] = tuple(row.get("alerts", ()))  # TOML has arrays
    try:
        rest["due"] = due.read(row.get("due", ()))
    except ValueError as e:
        raise ValueError(f"{where}: {e}") from None
    return Scenario(family=file.stem, grids=grids, **rest)


def _one_of(where: str, key: str, value: str, values: tuple[str, ...]) -> None:
    if value not in values:
        raise ValueError(f"{where}: {key} = {value!r}; use one of {list(values)}")


def _grid(where: str, row: Mapping[str, Any]) -> Grid:
    axes: list[tuple[str, tuple[str, ...]]] = []
    if not row.get("why"):
        raise ValueError(f"{where}: every grid needs its reason: why = ...")
    for name in AXES:
        if name in row:
            for value in row[name]:
                _one_of(where, name, value, VALUES.get(name, ()))
            axes.append((name, tuple(row[name])))
    _one_of(where, "eras", row["eras"], covering.CHOICES)
    if extra := sorted(set(row) - set(AXES) - {"why", "eras"}):
        raise ValueError(f"{where}: {extra[0]!r} is not an axis; use {list(AXES)}")
    return Grid(str(row["why"]), tuple(axes), str(row["eras"]))
