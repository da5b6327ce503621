"""covering - what is chosen of too many pairs still meets everything it must."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import product
from typing import Collection

from hypothesis import given, settings
from hypothesis import strategies as st

from matrix import covering
from matrix.model import Capabilities, Peer
from matrix.plan import plan
from sessions import SCENARIOS, peer

SIZES = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 6), min_size=1)


def some(role: str, sizes: dict[str, int], era: str = "trixie") -> list[Peer]:
    """Peers of some families, so many versions each, none of them the host's."""
    return [
        replace(
            peer(role, id=f"{f}-{i}.0"), family=f, about={"era": era} if era else {}
        )
        for f, n in sizes.items()
        for i in range(n)
    ]


@settings(deadline=None)
@given(SIZES, SIZES, st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_any_two_families_meet_in_every_turn(
    clients: dict[str, int], servers: dict[str, int], turn: int, random: object
) -> None:
    mine, theirs = some("client", clients), some("server", servers)
    weak = {p.id for p in (*mine, *theirs) if random.random() < 0.3}  # type: ignore
    pairs = in_turns(mine, theirs, turn, weak)
    assert len({(c.id, s.id) for c, s in pairs}) == len(pairs)
    assert {(c.family, s.family) for c, s in pairs} == set(product(clients, servers))
    for client, server in pairs:  # who cannot, plays only if nobody else can
        for one, all_ in ((client, mine), (server, theirs)):
            if one.id in weak:
                assert all(p.id in weak for p in all_ if p.family == one.family)


@settings(deadline=None)
@given(SIZES, SIZES, st.integers(0, 10**6))
def test_every_version_is_in_every_turn_if_there_are_families_enough(
    clients: dict[str, int], servers: dict[str, int], turn: int
) -> None:
    mine, theirs = some("client", clients), some("server", servers)
    pairs = in_turns(mine, theirs, turn)
    met = {(p.role, p.id) for pair in pairs for p in pair}
    for peers, sizes, partners in (
        (mine, clients, servers),
        (theirs, servers, clients),
    ):
        for one in peers:
            if sizes[one.family] <= len(partners):
                assert (one.role, one.id) in met


@settings(deadline=None)
@given(SIZES, SIZES)
def test_in_enough_turns_every_two_versions_meet(
    clients: dict[str, int], servers: dict[str, int]
) -> None:
    mine, theirs = some("client", clients), some("server", servers)
    turns = max(clients.values()) * max(servers.values()) * 30
    met = {
        (c.id, s.id) for turn in range(turns) for c, s in in_turns(mine, theirs, turn)
    }
    assert met == {(c.id, s.id) for c, s in product(mine, theirs)}


def in_turns(
    mine: list[Peer], theirs: list[Peer], turn: int, weak: Collection[str] = ()
) -> list[tuple[Peer, Peer]]:
    able = lambda peer: peer.id not in weak  # noqa: E731
    return list(covering.chosen(mine, theirs, covering.TURNS, turn, able))


def test_a_policy_is_played_by_everybody_once() -> None:
    mine, theirs = some("client", {"a": 6, "b": 9}), some("server", {"a": 9, "b": 4})
    pairs = list(covering.chosen(mine, theirs, covering.ONCE, 3, lambda p: True))
    assert len(pairs) == len(mine)
    assert {s.id for _, s in pairs} == {s.id for s in theirs}


def test_everybody_meets_one_with_a_version_in_common() -> None:
    mine, theirs = some("client", {"a": 6, "b": 6}), some("server", {"a": 6, "b": 6})

    def only(peer: Peer, version: str) -> Peer:
        return replace(peer, capabilities=Capabilities(natural=(version,)))

    mine = [only(p, "1.0" if i % 3 else "1.3") for i, p in enumerate(mine)]
    theirs = [only(p, "1.3" if i % 4 else "1.0") for i, p in enumerate(theirs)]
    for turn in range(9):
        pairs = covering.chosen(mine, theirs, covering.ONCE, turn, lambda p: True)
        for client, server in pairs:
            assert client.capabilities.natural == server.capabilities.natural


def test_of_each_library_that_is_not_here_the_newest_stands_for_it() -> None:
    here = some("client", {"a": 1}, "")
    more = [
        replace(p, id=f"{p.id}1", version=f"{i}.0", about=p.about | {"independence": w})
        for i, (p, w) in enumerate(
            zip(
                some("client", {"a": 3, "b": 2, "c": 1}), ("a", "a", "a", "a", "b", "c")
            )
        )
    ]
    kept = covering.admitted(here + more, covering.OTHERS)
    assert [p.id for p in kept] == ["a-0.0", "b-1.01", "c-0.01"]
    assert covering.admitted(here + more, covering.NONE) == here


def test_the_host_plays_everything_whoever_else_is_there() -> None:
    host = {"a": 1, "b": 1, "c": 1}
    mine, theirs = some("client", host, ""), some("server", host, "")
    alone = {c.id for c in plan(mine, theirs, SCENARIOS)}
    more = {"a": 5, "d": 4, "e": 4}
    renamed = [replace(p, id=f"{p.id}1") for p in some("client", more)]
    servers = [replace(p, id=f"{p.id}1") for p in some("server", more)]
    together = {c.id for c in plan(mine + renamed, theirs + servers, SCENARIOS)}
    assert alone < together


def test_every_hello_is_played_once_at_every_server_of_an_era() -> None:
    """As it is, or with the server's policy lowered: whatever else is asked of it."""
    replay = replace(peer("client"), id="replay", family="replay")
    servers = some("server", {"a": 6, "b": 6})
    played: Counter[tuple[str, str]] = Counter()
    for each in plan([replay], servers, SCENARIOS, ["hello.*"]):
        if {name for name, _ in each.axes} <= {"security"}:
            played[each.scenario, each.server] += 1
    vectors = {name for name in SCENARIOS if name.startswith("hello.")}
    due = {(vector, server.id): 1 for vector in vectors for server in servers}
    assert len(vectors) > 400 and played == due


@settings(deadline=None, max_examples=20)
@given(st.randoms(use_true_random=False))
def test_the_choice_does_not_hang_on_the_order_of_peers(random: object) -> None:
    mine, theirs = some("client", {"a": 6, "b": 6}), some("server", {"a": 5, "b": 7})
    first = plan(mine, theirs, SCENARIOS)
    random.shuffle(mine)  # type: ignore
    random.shuffle(theirs)  # type: ignore
    assert plan(mine, theirs, SCENARIOS) == first
