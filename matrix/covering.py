"""covering - which pairs of peers play a configuration when there are too many
peers for every pair to play every one.

What is chosen is a covering array over client version, server version and
configuration (a pair of pinned versions, say):

- what two peers do by themselves, and pinned to one version, every pair plays;
- where versions are pinned apart or a session is resumed it has strength 2 in each
  ordered pair of families: any two values of the three that can go together meet in
  some cell.  So every client version plays every configuration against every family
  of servers and the other way round, and every two versions meet, given as many
  configurations as a family has versions;
- where one side's policy or certificate is in question, every client and every
  server plays every configuration once at least, from turn to turn with others.

Peers of this machine's libraries always play everything with each other: a plan
with more peers has every cell of one without.
"""

from __future__ import annotations

from itertools import product
from typing import Callable, Iterator, Sequence

from matrix.model import Peer
from matrix.scenarios import Grid, Scenario

MANY = 10  # peers of a role from which on pairs are chosen
_EVERY_PAIR = {"tls", "cert"}  # axes of which every pair plays every value
_IN_FAMILIES = {"client-tls", "server-tls", "resume"}

Pair = tuple[Peer, Peer]


def is_due(
    clients: Sequence[Peer], servers: Sequence[Peer], scenario: Scenario, grid: Grid
) -> bool:
    """Whether pairs are to be chosen for a grid."""
    if max(len(clients), len(servers)) <= MANY:
        return False
    return scenario.outcome != "natural" or not _axes(grid) <= _EVERY_PAIR


def chosen(
    clients: Sequence[Peer],
    servers: Sequence[Peer],
    grid: Grid,
    turn: int,
    able: Callable[[Peer], bool],
) -> Iterator[Pair]:
    """The pairs that play configuration number ``turn`` of a grid, each once, the
    same for the same peers.

    Each client and server that is ``able`` to play it is in a pair with an able one,
    if there is one.  Who is not able is in one pair all the same, so that the plan
    says so.
    """
    done = set()
    for pair in product(filter(_is_host, clients), filter(_is_host, servers)):
        done.add((pair[0].id, pair[1].id))
        yield pair
    in_families = bool(_axes(grid) & _IN_FAMILIES)
    for ours in _groups(clients, in_families):
        for theirs in _groups(servers, in_families):
            for pair in _between(ours, theirs, turn, able):
                if (pair[0].id, pair[1].id) not in done:
                    yield pair


def _axes(grid: Grid) -> set[str]:
    return {name for name, _ in grid.axes}


def _is_host(peer: Peer) -> bool:
    return "era" not in peer.about


def _groups(peers: Sequence[Peer], in_families: bool) -> Sequence[Sequence[Peer]]:
    found: dict[str, list[Peer]] = {}
    for peer in sorted(peers, key=lambda peer: (peer.family, peer.id)):
        found.setdefault(peer.family if in_families else "", []).append(peer)
    return list(found.values())


def _between(
    ours: Sequence[Peer],
    theirs: Sequence[Peer],
    turn: int,
    able: Callable[[Peer], bool],
) -> Iterator[Pair]:
    clients = [peer for peer in ours if able(peer)]
    servers = [peer for peer in theirs if able(peer)]
    pairs = list(_rotated(clients, servers, turn)) if clients and servers else []
    met = {(peer.role, peer.id) for pair in pairs for peer in pair}
    for client in ours:
        if ("client", client.id) not in met:
            pairs.append((client, theirs[turn % len(theirs)]))
    met |= {("server", server.id) for _, server in pairs}
    for server in theirs:
        if ("server", server.id) not in met:
            pairs.append((ours[turn % len(ours)], server))
    yield from pairs


def _rotated(
    clients: Sequence[Peer], servers: Sequence[Peer], turn: int
) -> Iterator[Pair]:
    """Everybody once or more, and from turn to turn with somebody else."""
    for i in range(max(len(clients), len(servers))):
        yield clients[i % len(clients)], servers[(i + turn) % len(servers)]
