"""witness - holds claims against a run: which cells show what theory says, which
show the contrary, and where there is none.

A cell stands for a pair of personas if its client and its server are like them in
form and versions (and record version, in the strict reading), and what decides
their outcome decides its outcome too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Iterable, Mapping, Protocol, Sequence

from matrix.claims.enumerate import Claim, kind
from matrix.claims.evidence import Roles, Shown, shown
from matrix.claims.layers import outcome
from matrix.claims.personas import ClientPersona, ServerPersona, clients, servers
from matrix.model import Cell, Judgement, Peer, Run
from matrix.observe import observe
from matrix.rulesets import RuleSet


def _weight(each: Shown) -> tuple[bool, int, bool]:
    """Less of it makes the better witness."""
    _, client, server, *axes = each.cell.split("/")
    pins = sum("tls=" in axis for axis in axes)
    return bool(each.own), pins, client == server


_Key = tuple[str, tuple[str, ...], str]  # form, versions, record version
_Kind = tuple[_Key, _Key, str, str]  # client, server, how it ends, version


class Source(Protocol):
    """What is read of a run (matrix/store.py)."""

    def cells(self) -> Sequence[Cell]:
        ...

    def peers(self) -> Sequence[Peer]:
        ...

    def run(self, cell: str) -> Run | None:
        ...

    def judgements(self) -> Mapping[str, Judgement]:
        ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a run shows, claims apart."""

    name: str  # of the run; "" there is none
    shown: tuple[Shown, ...] = ()
    mute: Mapping[str, str] = field(default_factory=dict)  # cell -> why it says nothing
    waiting: int = 0  # cells that could be witnesses and have no result
    known: Mapping[str, str] = field(default_factory=dict)  # cell -> known.toml reason

    @property
    def differing(self) -> tuple[Shown, ...]:
        """The cells in which theory and experiment disagree."""
        return tuple(s for s in self.shown if s.agrees is False)

    @property
    def unexplained(self) -> tuple[Shown, ...]:
        """Those of them that known.toml does not explain."""
        return tuple(s for s in self.differing if s.cell not in self.known)

    def kinds(self, strict: bool) -> Mapping[_Kind, list[Shown]]:
        """The cells by what they stand for."""
        found: dict[_Kind, list[Shown]] = {}
        for each in self.shown:
            keys = _client_key(each.client, strict), _server_key(each.server)
            end = kind(each.client, each.theory)
            found.setdefault((*keys, end, each.theory.version), []).append(each)
        return found


NO_RUN = Evidence("")


def gather(source: Source, roles: Roles, name: str) -> Evidence:
    """Reads every cell of a run that can be a witness."""
    peers = {(peer.role, peer.id): peer for peer in source.peers()}
    found: list[Shown] = []
    mute: dict[str, str] = {}
    waiting = 0
    for cell in source.cells():
        if roles.cell(cell) is None:
            continue
        run = source.run(cell.id)
        if run is None:
            waiting += 1
            continue
        seen = observe(run)
        client = peers.get(("client", cell.client))
        server = peers.get(("server", cell.server))
        if client is None or server is None:
            mute[cell.id] = "a peer of it is not in the run"
            continue
        each = shown(cell, seen, client, server, roles)
        if isinstance(each, Shown):
            found.append(each)
        else:
            mute[cell.id] = each
    differing = {s.cell for s in found if s.agrees is False}
    known = {
        judgement.cell: judgement.known.reason
        for judgement in (source.judgements().values() if differing else ())
        if judgement.cell in differing and judgement.known is not None
    }
    return Evidence(name, tuple(found), mute, waiting, known)


@dataclass(frozen=True, slots=True)
class Testimony:
    """The cells that speak about one claim, by how its pairs end (KINDS).

    An end of the claim without a cell is there with ()."""

    claim: Claim
    cells: Mapping[str, tuple[Shown, ...]]

    def witnesses(self, end: str) -> tuple[Shown, ...]:
        """The cells that show this end: those between programs of others first, of
        these those that are what they are by themselves, since a library of today
        pinned to an old version only stands for one of then, and of these those
        between two different ones."""
        found = [s for s in self.cells.get(end, ()) if s.agrees]
        return tuple(sorted(found, key=_weight))

    def contradictions(self) -> tuple[Shown, ...]:
        return tuple(
            s for each in self.cells.values() for s in each if s.agrees is False
        )


@dataclass(frozen=True, slots=True)
class Cast:
    """The personas of rule sets, to find those that a cell stands for."""

    clients: Mapping[str, Mapping[_Key, list[ClientPersona]]]
    servers: Mapping[str, Mapping[_Key, list[ServerPersona]]]
    strict: bool


def cast(sets: Iterable[RuleSet], level: str, strict: bool) -> Cast:
    """All personas of some rule sets at a level."""
    by_client: dict[str, dict[_Key, list[ClientPersona]]] = {}
    by_server: dict[str, dict[_Key, list[ServerPersona]]] = {}
    for rules in sets:
        mine = by_client.setdefault(rules.name, {})
        for client in clients(rules, level, strict):
            mine.setdefault(_client_key(client, strict), []).append(client)
        theirs = by_server.setdefault(rules.name, {})
        for server in servers(rules, level, strict):
            theirs.setdefault(_server_key(server), []).append(server)
    return Cast(by_client, by_server, strict)


def testify(claim: Claim, cast: Cast, evidence: Evidence) -> Testimony:
    """The cells of a run that speak about a claim."""
    cells: dict[str, list[Shown]] = {end: [] for end in claim.examples}
    mine, theirs = cast.clients[claim.client], cast.servers[claim.server]
    for (client, server, end, version), group in evidence.kinds(cast.strict).items():
        meant, others = mine.get(client, ()), theirs.get(server, ())
        results = ((c, outcome(c, s)) for c in meant for s in others)
        # Does the same thing decide what these personas come to?
        if any((kind(c, r), r.version) == (end, version) for c, r in results):
            cells[end] += group
    return Testimony(claim, {end: tuple(found) for end, found in cells.items()})


def _client_key(client: ClientPersona, strict: bool) -> _Key:
    return client.form, client.versions, client.record if strict else ""


def _server_key(server: ServerPersona) -> _Key:
    return str(server.reads_form("sslv2")), server.versions, ""
