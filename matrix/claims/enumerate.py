"""enumerate - every client of one rule set against every server of another.

A claim is ALL if every pair speaks TLS, NONE if no pair does, else SOME; with it
come the layers on which pairs fail, and the plainest pair for each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, Mapping

from matrix.claims.layers import LAYERS, Outcome, outcome
from matrix.claims.personas import ClientPersona, ServerPersona, clients, servers
from matrix.rulesets import RuleSet

ALL, SOME, NONE = "ALL", "SOME", "NONE"
# How a pair can end: speaking TLS after a hello in one of the forms, or on a layer.
KINDS = ("tls", "sslv2", *LAYERS)


def kind(client: ClientPersona, result: Outcome) -> str:
    """How a pair ends: one of KINDS."""
    return result.layer or client.form


@dataclass(frozen=True, slots=True)
class Example:
    """Two personas and what they come to."""

    client: ClientPersona
    server: ServerPersona
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Claim:
    """What is true of every client of a set and every server of another."""

    client: str  # names of rule sets
    server: str
    verdict: str  # ALL, SOME or NONE
    examples: Mapping[str, Example]  # the plainest, by KINDS
    pairs: int  # of personas that were tried
    failing: int

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers on which pairs fail, by name."""
        return tuple(sorted(each for each in self.examples if each in LAYERS))

    @property
    def words(self) -> str:
        """ "ALL", "SOME(FORM,VERS)"."""
        return self.verdict + (f"({','.join(self.layers)})" if self.layers else "")


def claim(
    client: RuleSet, server: RuleSet, level: str = "must", strict: bool = False
) -> Claim:
    """The claim about the clients of one set and the servers of another.

    ``level`` is "must" or "should": what everybody keeps.  ``strict``: record
    versions are read strictly (A2).
    """
    examples: dict[str, Example] = {}
    weights: dict[str, int] = {}
    pairs = failing = 0
    theirs = servers(server, level, strict)
    for at, mine in enumerate(clients(client, level, strict)):
        for beside, other in enumerate(theirs):
            result = outcome(mine, other)
            pairs += 1
            failing += bool(result.layer)
            weight, end = at + beside, kind(mine, result)
            if weight < weights.get(end, weight + 1):
                examples[end] = Example(mine, other, result)
                weights[end] = weight
    verdict = SOME if 0 < failing < pairs else NONE if failing else ALL
    ordered = {end: examples[end] for end in KINDS if end in examples}
    return Claim(client.name, server.name, verdict, ordered, pairs, failing)


def claims(
    sets: Iterable[RuleSet], level: str = "must", strict: bool = False
) -> dict[tuple[str, str], Claim]:
    """The claims of every ordered pair of rule sets, by their names."""
    found = list(sets)
    return {
        (client.name, server.name): claim(client, server, level, strict)
        for client in found
        for server in found
    }
