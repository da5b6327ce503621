"""challenge - the question of 2001: which rules let old and new clients work with
old and new servers?

Of everything that new rules could say about the hellos of a TLS 1.0 client - each
set of hellos that clients may send, with each set that servers must understand -
those are looked for that keep all three combinations working in which something
is new, and among them the one that forbids and demands least.  Which that is comes
out of trying them all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain, combinations, product
from typing import Iterable, Iterator, Sequence

from matrix.claims.enumerate import ALL, claim
from matrix.rulesets import HELLOS, RuleSet

# The hellos that a client of 1999 could send.
CLASSES = tuple(n for n, kind in HELLOS.items() if kind.version == "1.0")
OLD = "rfc2487-1999"
# Old clients can be read in two ways, and that is what the thread is about.
OLD_CLIENTS = (
    ("keith-2001", "old client, as the objection reads it"),
    (OLD, "old client, by the letter"),
)
# A record version is read as it is usual today, and strictly (A2).
READINGS = (False, True)


@dataclass(frozen=True, slots=True)
class Candidate:
    """New rules, as far as hellos of TLS 1.0 go."""

    sends: frozenset[str]  # what clients may send; nothing else
    understands: frozenset[str]  # what servers must understand

    def restricts_no_more(self, other: Candidate) -> bool:
        """Does it forbid nothing and demand nothing that the other does not?"""
        return self.sends >= other.sends and self.understands <= other.understands


def candidates() -> Iterator[Candidate]:
    """All new rules under which clients may send something."""
    for sends, understands in product(_subsets(CLASSES), _subsets(CLASSES)):
        if sends:
            yield Candidate(sends, understands)


def _subsets(names: Sequence[str]) -> list[frozenset[str]]:
    sizes = (combinations(names, n) for n in range(len(names) + 1))
    return [frozenset(each) for each in chain.from_iterable(sizes)]


def rule_set(old: RuleSet, candidate: Candidate) -> RuleSet:
    """The old rules with a candidate's hellos in place of theirs."""
    sends = {n: "may" if n in candidate.sends else "must-not" for n in CLASSES}
    reads = {n: "must" if n in candidate.understands else "may" for n in CLASSES}
    accepted = old.server.strict_record
    if accepted is not None and "H0" in candidate.understands:
        accepted = (*accepted, HELLOS["H0"].record)
    return replace(
        old,
        name="candidate",
        client=replace(old.client, hello={**old.client.hello, **sends}),
        server=replace(
            old.server,
            hello={**old.server.hello, **reads},
            strict_record=accepted,
        ),
    )


def meets(old: RuleSet, new: RuleSet, readings: Iterable[bool] = READINGS) -> bool:
    """Do new rules work in every combination in which something is new?"""
    return all(
        claim(client, server, "must", strict).verdict == ALL
        for strict in readings
        for client, server in ((new, old), (old, new), (new, new))
    )


def solutions(
    old: RuleSet, readings: Sequence[bool] = READINGS
) -> tuple[Candidate, ...]:
    """The candidates that meet the challenge, in every one of these readings."""
    return tuple(c for c in candidates() if meets(old, rule_set(old, c), readings))


def least_restrictive(found: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Those that no other one of them betters: one, if there is a best."""
    return tuple(
        c for c in found if not any(o != c and o.restricts_no_more(c) for o in found)
    )


@dataclass(frozen=True, slots=True)
class Found:
    """What meets the challenge, if record versions are read in one way or another."""

    words: str  # of the reading
    readings: tuple[bool, ...]
    solutions: tuple[Candidate, ...]
    best: tuple[Candidate, ...]  # those that restrict least

    def always(self) -> tuple[frozenset[str], frozenset[str]]:
        """What every solution keeps clients from sending, and what it has servers
        understand."""
        sent = frozenset().union(*(each.sends for each in self.solutions))
        read = [each.understands for each in self.solutions]
        common = frozenset.intersection(*read) if read else frozenset()
        return frozenset(CLASSES) - sent, common


def by_reading(old: RuleSet) -> tuple[Found, ...]:
    """The answer if no reading may break it, and if a server is sure to take any
    record version (A2): they are not the same."""
    return tuple(
        Found(words, readings, found, least_restrictive(found))
        for words, readings in (
            ("however record versions are read", READINGS),
            ("if every server takes a hello in a record of version 3.0", (False,)),
        )
        for found in (solutions(old, readings),)
    )


def of_set(rules: RuleSet) -> Candidate:
    """What a rule set says, as a candidate."""
    return Candidate(
        frozenset(n for n in CLASSES if rules.client.hello[n] != "must-not"),
        frozenset(n for n in CLASSES if rules.server.hello[n] == "must"),
    )
