"""witness - holds claims against a run: which cells show what theory says, which
show the contrary, and where there is none.

A cell stands for a pair of personas if its client and its server are like them in
form and versions (and record version, in the strict reading), and what decides
their outcome decides its outcome too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Iterable, Mapping, Sequence

from matrix.claims.enumerate import Claim, kind
from matrix.claims.evidence import NO_WITNESS, Roles, Shown, shown
from matrix.claims.layers import outcome
from matrix.claims.personas import ClientPersona, ServerPersona, clients, servers
from matrix.model import Cell, Judgement, Observation, Peer
from matrix.rulesets import RuleSet


def _weight(each: Shown) -> tuple[bool, int, bool]:
    """Less of it makes the better witness."""
    _, client, server, *axes = each.cell.split("/")
    pins = sum("tls=" in axis for axis in axes)
    return bool(each.own), pins, client == server


_Key = tuple[str, tuple[str, ...], str]  # form, versions, record version
# client, server, how it ends, version, who ends it
_Kind = tuple[_Key, _Key, str, str, str]

Peers = Mapping[tuple[str, str], Peer]  # by role and id
Judged = Callable[[], Mapping[str, Judgement]]  # read only if there is need of it


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a run shows, claims apart."""

    name: str  # of the run; "" there is none
    shown: tuple[Shown, ...] = ()
    mute: Mapping[str, str] = field(default_factory=dict)  # cell -> why it says nothing
    waiting: int = 0  # cells that could be witnesses and have no result
    known: Mapping[str, str] = field(default_factory=dict)  # cell -> known.toml reason
    _kinds: dict[bool, Mapping[_Kind, Sequence[Shown]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def differing(self) -> tuple[Shown, ...]:
        """The cells in which theory and experiment disagree."""
        return tuple(s for s in self.shown if s.agrees is False)

    @property
    def unexplained(self) -> tuple[Shown, ...]:
        """Those of them that known.toml does not explain."""
        return tuple(s for s in self.differing if s.cell not in self.known)

    def kinds(self, strict: bool) -> Mapping[_Kind, Sequence[Shown]]:
        """The cells by what they stand for; every claim asks for it."""
        if strict not in self._kinds:
            found: dict[_Kind, list[Shown]] = {}
            for each in self.shown:
                keys = _client_key(each.client, strict), _server_key(each.server)
                due = each.theory
                ends = kind(each.client, due), due.version, due.side
                found.setdefault((*keys, *ends), []).append(each)
            self._kinds[strict] = found
        return self._kinds[strict]


NO_RUN = Evidence("")


class Hearing:
    """What the cells of a run testify, taken one after another."""

    def __init__(self, peers: Peers, roles: Roles) -> None:
        self._peers, self._roles = peers, roles
        self._shown: list[Shown] = []
        self._mute: dict[str, str] = {}
        self._waiting = 0

    def take(self, cell: Cell, seen: Observation | None) -> Shown | str:
        """What a cell shows, or why it can show nothing; ``seen`` is None if it has
        no result."""
        if self._roles.cell(cell) is None:
            return NO_WITNESS
        if seen is None:
            self._waiting += 1
            return "it has no result"
        client = self._peers.get(("client", cell.client))
        server = self._peers.get(("server", cell.server))
        if client is None or server is None:
            self._mute[cell.id] = "a peer of it is not in the run"
            return self._mute[cell.id]
        each = shown(cell, seen, client, server, self._roles)
        if isinstance(each, Shown):
            self._shown.append(each)
        else:
            self._mute[cell.id] = each
        return each

    def evidence(self, name: str, judged: Judged) -> Evidence:
        """All of it, under the name of the run."""
        differing = {s.cell for s in self._shown if s.agrees is False}
        known = {
            judgement.cell: judgement.known.reason
            for judgement in (judged().values() if differing else ())
            if judgement.cell in differing and judgement.known is not None
        }
        return Evidence(name, tuple(self._shown), self._mute, self._waiting, known)


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
    for (client, server, *ends), group in evidence.kinds(cast.strict).items():
        meant, others = mine.get(client, ()), theirs.get(server, ())
        results = ((c, outcome(c, s)) for c in meant for s in others)
        # Does the same thing decide what these personas come to?
        if any([kind(c, r), r.version, r.side] == ends for c, r in results):
            cells[ends[0]] += group
    return Testimony(claim, {end: tuple(found) for end, found in cells.items()})


def _client_key(client: ClientPersona, strict: bool) -> _Key:
    return client.form, client.versions, client.record if strict else ""


def _server_key(server: ServerPersona) -> _Key:
    return str(server.reads_form("sslv2")), server.versions, ""
