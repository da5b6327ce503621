"""covering - which pairs of peers play a configuration when there are too many
peers for every pair to play every one.

Peers of this machine's libraries always play everything with each other: a plan
with more peers has every cell of one without.  What the eras' peers have part in,
a grid of a scenario says (``eras``):

- ``every``: each pair plays it (what two peers do by themselves, and pinned to one
  version; every recorded hello at every server);
- ``turns``: a covering array of strength 2 over family of clients, family of servers
  and configuration (a pair of pinned versions, say): any two families meet in every
  configuration, and every version plays every configuration, with one of each family
  at least as far as a family has no more versions than there are families of partners.
  Which versions meet goes on from configuration to configuration;
- ``once``: every client and every server plays every configuration once at least,
  from turn to turn with others (one side's policy or certificate is in question);
- ``others``: the newest version of each library that no peer of this machine shares
  its TLS code with;
- ``none``: it says nothing that this machine's peers do not say.
"""

from __future__ import annotations

import re
from itertools import product
from typing import Callable, Iterator, Sequence
from zlib import crc32

from matrix.model import Peer

MANY = 10  # peers of a role from which on pairs are chosen
EVERY, TURNS, ONCE, OTHERS, NONE = "every", "turns", "once", "others", "none"
CHOICES = (EVERY, TURNS, ONCE, OTHERS, NONE)

Pair = tuple[Peer, Peer]


def is_due(clients: Sequence[Peer], servers: Sequence[Peer]) -> bool:
    """Whether there are so many that pairs are to be chosen."""
    return max(len(clients), len(servers)) > MANY


def chosen(
    clients: Sequence[Peer],
    servers: Sequence[Peer],
    how: str,
    turn: int,
    able: Callable[[Peer], bool],
) -> Iterator[Pair]:
    """The pairs that play configuration number ``turn``, each once, the same for the
    same peers.

    Each client and server that is ``able`` to play it and is chosen is in a pair with
    an able one, if there is one.  Who is not able is in one pair all the same, so that
    the plan says so (not where families take turns: there another version plays).
    """
    if not (clients and servers):
        return
    if how in (EVERY, OTHERS, NONE):
        yield from product(admitted(clients, how), admitted(servers, how))
        return
    done = set()
    for pair in product(filter(_is_host, clients), filter(_is_host, servers)):
        done.add((pair[0].id, pair[1].id))
        yield pair
    between = _in_turn(clients, servers, turn, able)
    if how == ONCE:
        between = _once(_sorted(clients), _sorted(servers), turn, able)
    for pair in between:
        if (pair[0].id, pair[1].id) not in done:
            yield pair


def admitted(peers: Sequence[Peer], how: str) -> list[Peer]:
    """Those that take part at all: ``others`` and ``none`` leave out most."""
    if how == OTHERS:
        kept = _others(peers)
        return [peer for peer in peers if _is_host(peer) or peer.id in kept]
    return [peer for peer in peers if how != NONE or _is_host(peer)]


def _others(peers: Sequence[Peer]) -> set[str]:
    """One peer of each library that is not here."""
    here = {_code(peer) for peer in peers if _is_host(peer)}
    best: dict[str, Peer] = {}
    for peer in reversed(_sorted(peers)):
        if _code(peer) not in here:
            other = best.setdefault(_code(peer), peer)
            if _numbers(peer.version) >= _numbers(other.version):
                best[_code(peer)] = peer
    return {peer.id for peer in best.values()}


def _code(peer: Peer) -> str:
    """Peers with the same word share their TLS code."""
    return peer.about.get("independence", peer.family)


def _numbers(version: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", version.partition("+")[0])]


def _is_host(peer: Peer) -> bool:
    return "era" not in peer.about


def _sorted(peers: Sequence[Peer]) -> list[Peer]:
    return sorted(
        peers, key=lambda peer: (peer.family, _numbers(peer.version), peer.id)
    )


def _families(peers: Sequence[Peer]) -> list[list[Peer]]:
    found: dict[str, list[Peer]] = {}
    for peer in _sorted(peers):
        found.setdefault(peer.family, []).append(peer)
    return list(found.values())


def _in_turn(
    clients: Sequence[Peer],
    servers: Sequence[Peer],
    turn: int,
    able: Callable[[Peer], bool],
) -> Iterator[Pair]:
    """One pair of each two families; who it is moves with the turn, and from family
    to family of the other side, so that all versions are in it in the same turn."""
    shift = crc32(str(turn).encode())  # or the same two would meet again and again
    for i, ours in enumerate(_families(clients)):
        for j, theirs in enumerate(_families(servers)):
            mine = [peer for peer in ours if able(peer)] or ours
            yours = [peer for peer in theirs if able(peer)] or theirs
            yield mine[(turn + j) % len(mine)], yours[(shift + i) % len(yours)]


def _once(
    ours: Sequence[Peer],
    theirs: Sequence[Peer],
    turn: int,
    able: Callable[[Peer], bool],
) -> Iterator[Pair]:
    """Everybody once or more, from turn to turn with somebody else; with one who has
    a version in common, if there is one.  Nobody, where one side has nobody."""
    if not ours or not theirs:
        return
    met = set()
    for i, client in enumerate(ours):
        server = _partner(client, theirs, i + turn, able)
        met.add(server.id)
        yield client, server
    for i, server in enumerate(theirs):
        if server.id not in met:
            yield _partner(server, ours, i + turn, able), server


def _partner(
    peer: Peer, others: Sequence[Peer], turn: int, able: Callable[[Peer], bool]
) -> Peer:
    at = turn % len(others)
    ordered = [*others[at:], *others[:at]]
    mine = set(peer.capabilities.natural)
    found = [other for other in ordered if able(other)] or ordered
    meeting = [other for other in found if mine & set(other.capabilities.natural)]
    return (meeting or found)[0]
