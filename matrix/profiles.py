"""profiles - cells that every rule set judges alike, so that 25,000 cells are held
against all of them in the time of a few hundred.

What a rule set's verdict hangs on is what its checks came to (those that passed say
nothing more), the hello with its answer, and what the cell is about.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Iterable, Mapping, Sequence

from matrix.claims.personas import CONFORMANCE
from matrix.dated import SUITE, Reading
from matrix.model import Judgement, Value
from matrix.rules import Rule
from matrix.rulesets import RuleSet

# Families whose scenarios are about one thing each; it can be of a later date.
_NARROW = ("serverhello.", "tamper.")
Outcome = tuple[Value, tuple[str, ...]]  # a verdict, and the sides at fault


@dataclass(slots=True)
class Profile:
    """Cells that are judged alike, with the judgement of the first of them."""

    first: Judgement
    about: frozenset[str]  # documents that ask for what they are about
    cells: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tally:
    """What all cells come to under one rule set at one level."""

    rules: RuleSet
    level: str
    cells: Mapping[Outcome, Sequence[str]]

    def counts(self) -> Counter[Outcome]:
        return Counter({outcome: len(found) for outcome, found in self.cells.items()})


def about(judgement: Judgement, rules: Mapping[str, Rule]) -> frozenset[str]:
    """The documents that ask for what a cell's scenario is about, as far as the cell
    got there; none if it is about no one thing."""
    scenario = judgement.cell.partition("/")[0]
    if not scenario.startswith(_NARROW):
        return frozenset()
    spoke = (rules[check.id] for check in judgement.checks if check.id in rules)
    return frozenset(
        rule.document
        for rule in spoke
        if rule.document != SUITE and rule.names(scenario)
    )


def profiles(
    judgements: Iterable[Judgement], rules: Mapping[str, Rule]
) -> list[Profile]:
    """The cells by what their verdicts hang on."""
    found: dict[object, Profile] = {}
    for judgement in judgements:
        asks = about(judgement, rules)
        predicted = judgement.prediction
        key = (
            frozenset(
                (check.id, check.value, check.side)
                for check in judgement.checks
                if check.value is not Value.PASS
            ),
            None if judgement.checks else judgement.verdict,
            judgement.sight,
            predicted.clause if predicted else "",
            asks,
        )
        if key not in found:
            found[key] = Profile(judgement, asks)
        found[key].cells.append(judgement.cell)
    return list(found.values())


def tally(found: Sequence[Profile], rules: RuleSet, level: str) -> Tally:
    """What the cells come to under a rule set."""
    reading = Reading(rules, level)
    cells: dict[Outcome, list[str]] = {}
    for profile in found:
        dated = reading.judge(profile.first, profile.about)
        cells.setdefault((dated.verdict, dated.sides), []).extend(profile.cells)
    return Tally(rules, level, cells)


def tallies(found: Sequence[Profile], sets: Iterable[RuleSet]) -> list[Tally]:
    """Under every rule set, at both levels."""
    return [tally(found, rules, level) for rules in sets for level in CONFORMANCE]
