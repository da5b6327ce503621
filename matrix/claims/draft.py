"""draft - what follows from a rule set of a user's own, in a few lines: whom its
clients and servers work with, and whether it meets the challenge of 2001."""

from __future__ import annotations

import textwrap
from typing import Iterator, Mapping, Sequence

from matrix.claims import challenge
from matrix.claims.enumerate import ALL, NONE, SOME, Claim
from matrix.rulesets import RuleSet

_WIDTH = 78

Claims = Mapping[tuple[str, str], Claim]


def lines(rules: RuleSet, made: Claims, names: Sequence[str]) -> Iterator[str]:
    """``made`` are the claims of all sets by name."""
    own = rules.name
    yield f"{own}: {rules.title}"
    yield from _side(
        "its clients with servers of", {n: made[own, n] for n in names if n != own}
    )
    yield from _side(
        "its servers with clients of", {n: made[n, own] for n in names if n != own}
    )
    itself = made[own, own].words
    yield f"  its clients with its servers: {itself}"
    yield from _challenge(own, made)


def _side(what: str, found: Mapping[str, Claim]) -> Iterator[str]:
    yield f"  {what}"
    for verdict in (ALL, SOME, NONE):
        those = [
            name + (f" ({','.join(each.layers)})" if each.layers else "")
            for name, each in found.items()
            if each.verdict == verdict
        ]
        if those:
            yield from textwrap.wrap(
                "; ".join(those),
                _WIDTH,
                initial_indent=f"    {verdict:<5} ",
                subsequent_indent=" " * 10,
                break_on_hyphens=False,
            )


def _challenge(own: str, made: Claims) -> Iterator[str]:
    """Every combination in which something is new has to work."""
    old = challenge.OLD
    new = [made[pair] for pair in ((own, old), (old, own), (own, own))]
    broken = [each for each in new if each.verdict != ALL]
    if not broken:
        yield "  the challenge of 2001: met: it works with itself, and with old ones"
        return
    yield "  the challenge of 2001: not met;"
    for each in broken:
        yield f"    {each.client} clients and {each.server} servers: {each.words}"
        example = each.examples[each.layers[0]]
        yield from textwrap.wrap(
            f"{example.client.words}; the server {example.server.words}: "
            f"{example.outcome.because}",
            _WIDTH,
            initial_indent=" " * 6,
            subsequent_indent=" " * 6,
            break_on_hyphens=False,
        )
