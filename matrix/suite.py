"""suite - everything that is read before anything runs, and the plan made of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Collection, Iterable, Mapping, Sequence

from matrix import eras, known, peers, rules, scenarios
from matrix.complaint import GAPS, Complaint, unknown
from matrix.judging import Ground
from matrix.law import Law
from matrix.model import AXES, Cell, Known, Peer
from matrix.places import Places
from matrix.plan import pattern, plan
from matrix.rules import Rule
from matrix.scenarios import VALUES, Scenario


@dataclass(frozen=True, slots=True)
class Suite:
    """The suite's tables."""

    scenarios: Mapping[str, Scenario]
    rules: Mapping[str, Rule]
    known: Sequence[Known]

    def among(self, found: Iterable[Peer]) -> Suite:
        """The same for a run of these peers."""
        return replace(self, known=known.among(self.known, found))

    def ground(self, cells: Iterable[Cell], found: Iterable[Peer]) -> Ground:
        """What judging these cells rests on."""
        return Ground(
            {cell.id: cell for cell in cells},
            self.scenarios,
            {(peer.role, peer.id): peer for peer in found},
            Law(self.rules, self.known),
        )


@dataclass(frozen=True, slots=True)
class Found:
    """The peers of this machine."""

    clients: tuple[Peer, ...]
    servers: tuple[Peer, ...]
    missing: tuple[str, ...]  # a sentence about each that is not there or in doubt
    again: tuple[str, ...] = ()  # one about each that is there already by another name

    @property
    def all(self) -> tuple[Peer, ...]:
        return self.clients + self.servers


def read(places: Places) -> Suite:
    """The tables.  Complaint if one of them is wrong."""
    try:
        return Suite(
            scenarios.load(places.tables / "scenarios"),
            rules.load(places.tables / "rules"),
            known.load(places.known),
        )
    except ValueError as error:
        raise Complaint(str(error)) from None


def find(
    places: Places, everything: bool = False, named: Collection[str] = ()
) -> Found:
    """The peers: of the host's libraries; with ``everything`` of all eras too, else
    those that are ``named`` (ids, with ``*``) by what fits none of the host's.
    Complaint if there is not one pair."""
    try:
        found = Found(*peers.load(places.build, places.tables / "peers"))
        if everything:
            found = _with_eras(places, found)
        elif new := _not_here(named, found.all):
            found = _with_eras(places, found, new)
    except ValueError as error:
        raise Complaint(str(error)) from None
    if not (found.clients and found.servers):
        raise Complaint(
            f"no programs in {places.build / peers.ERA}; build them: make build", GAPS
        )
    return found


def _with_eras(places: Places, host: Found, named: Collection[str] = ()) -> Found:
    """With the peers of other eras; only those that are named, if some are."""
    more, sentences, again = eras.find(
        places.build, eras.load(places.ci), places.tables / "peers", host.all
    )
    patterns = [pattern(text) for text in named or ("*",)]
    wanted = [peer for peer in more if any(p.fullmatch(peer.id) for p in patterns)]
    return Found(
        host.clients + tuple(peer for peer in wanted if peer.role == "client"),
        host.servers + tuple(peer for peer in wanted if peer.role == "server"),
        host.missing + (() if named else sentences),
        again,
    )


def peers_in(patterns: Iterable[str]) -> set[str]:
    """What patterns over cell ids say of the peers, as patterns over their ids."""
    whole = [re.sub(r"\{[^{}]*/.*", "*", text) for text in patterns]
    parts = {part for text in whole for part in text.split("/")[1:3]}
    return {part for part in parts if "-" in part}  # an id has one: not just "*"


def _not_here(named: Iterable[str], found: Iterable[Peer]) -> list[str]:
    """Those of the patterns over ids that fit none of these peers."""
    ids = [peer.id for peer in found]
    return [text for text in named if not any(map(pattern(text).fullmatch, ids))]


def select(suite: Suite, found: Found, patterns: Sequence[str]) -> tuple[Cell, ...]:
    """The plan, or the part of it that the patterns choose.  Complaint if one of
    them chooses nothing, as exactly as can be told."""
    for text in patterns:
        _explain(text, suite, found)
    try:
        return plan(found.clients, found.servers, suite.scenarios, patterns)
    except ValueError as error:
        raise Complaint(str(error)) from None


def _explain(text: str, suite: Suite, found: Found) -> None:
    """Complains about a part of a pattern that can never match."""
    parts = text.split("/")
    if "*" in parts[0]:  # it may stand for any number of parts
        return
    if parts[0] not in suite.scenarios:
        raise unknown("scenario", parts[0], suite.scenarios)
    for part, role, there in zip(
        parts[1:3], ("client", "server"), (found.clients, found.servers)
    ):
        if "*" in part:
            continue
        if part not in (ids := [peer.id for peer in there]):
            raise unknown(role, part, ids)
    for part in parts[3:]:
        axis, equals, value = part.partition("=")
        if "*" in axis:
            continue
        if not equals or axis not in AXES:
            raise unknown("axis", axis, AXES)
        if axis in VALUES and "*" not in value and value not in VALUES[axis]:
            raise unknown(f"value of {axis}", value, VALUES[axis])
