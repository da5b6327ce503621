"""covering - what is chosen of too many pairs still meets everything it must."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from matrix import covering
from matrix.model import Peer
from matrix.plan import plan
from matrix.scenarios import Grid
from sessions import ALL, SCENARIOS, peer

APART = Grid("", (("client-tls", ALL), ("server-tls", ALL)))
POLICY = Grid("", (("policy", ("none", "mandatory")),))

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
@given(SIZES, SIZES, st.integers(0, 40), st.randoms(use_true_random=False))
def test_everybody_able_meets_every_family_in_every_turn(
    clients: dict[str, int], servers: dict[str, int], turn: int, random: object
) -> None:
    mine, theirs = some("client", clients), some("server", servers)
    weak = {p.id for p in (*mine, *theirs) if random.random() < 0.3}  # type: ignore
    pairs = list(covering.chosen(mine, theirs, APART, turn, lambda p: p.id not in weak))
    assert len({(c.id, s.id) for c, s in pairs}) == len(pairs)
    both = {(c.id, s.id) for c, s in pairs if not {c.id, s.id} & weak}
    strong = [p for p in theirs if p.id not in weak]
    for client in (p for p in mine if p.id not in weak):
        for family in {p.family for p in strong}:
            assert any((client.id, s.id) in both for s in strong if s.family == family)
    able = [p for p in mine if p.id not in weak]
    for server in strong:
        for family in {p.family for p in able}:
            assert any((c.id, server.id) in both for c in able if c.family == family)
    met = {p.id for pair in pairs for p in pair}
    assert met == {p.id for p in (*mine, *theirs)}


@settings(deadline=None)
@given(SIZES, SIZES)
def test_every_two_versions_meet_in_as_many_turns_as_a_family_has(
    clients: dict[str, int], servers: dict[str, int]
) -> None:
    mine, theirs = some("client", clients), some("server", servers)
    turns = max(*clients.values(), *servers.values())
    met = {
        (c.id, s.id)
        for turn in range(turns)
        for c, s in covering.chosen(mine, theirs, APART, turn, lambda p: True)
    }
    assert met == {(c.id, s.id) for c, s in product(mine, theirs)}


def test_a_policy_is_played_by_everybody_once() -> None:
    mine, theirs = some("client", {"a": 6, "b": 9}), some("server", {"a": 9, "b": 4})
    pairs = list(covering.chosen(mine, theirs, POLICY, 3, lambda p: True))
    assert len(pairs) == len(mine)
    assert {s.id for _, s in pairs} == {s.id for s in theirs}


def test_the_host_plays_everything_whoever_else_is_there() -> None:
    host = {"a": 1, "b": 1, "c": 1}
    mine, theirs = some("client", host, ""), some("server", host, "")
    alone = {c.id for c in plan(mine, theirs, SCENARIOS)}
    more = {"a": 5, "d": 4, "e": 4}
    renamed = [replace(p, id=f"{p.id}1") for p in some("client", more)]
    servers = [replace(p, id=f"{p.id}1") for p in some("server", more)]
    together = {c.id for c in plan(mine + renamed, theirs + servers, SCENARIOS)}
    assert alone < together


@settings(deadline=None, max_examples=20)
@given(st.randoms(use_true_random=False))
def test_the_choice_does_not_hang_on_the_order_of_peers(random: object) -> None:
    mine, theirs = some("client", {"a": 6, "b": 6}), some("server", {"a": 5, "b": 7})
    first = plan(mine, theirs, SCENARIOS)
    random.shuffle(mine)  # type: ignore
    random.shuffle(theirs)  # type: ignore
    assert plan(mine, theirs, SCENARIOS) == first
