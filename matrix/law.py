"""law - what cells are held against, made ready once for thousands of them: which
rules speak of a scenario, what decides them, and what is known of a check.

Equal checks, and equal lists of them, are made once and shared: a run has millions.
"""

from __future__ import annotations

from typing import Any, Hashable, Iterable, Mapping, Sequence, TypeVar

from matrix.checks import OF_CELL, OF_LINK, Finding
from matrix.known import Index, index
from matrix.model import Check, Known, Value
from matrix.rules import Rule

T = TypeVar("T", bound=Hashable)


class Asked:
    """A rule with the check that decides it; KeyError if there is none."""

    __slots__ = ("rule", "versions", "of_cell", "of_link", "_made")

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.versions = rule.versions
        self.of_cell = OF_CELL.get(rule.check)
        self.of_link = None if self.of_cell else OF_LINK[rule.check]
        self._made: dict[tuple[Value, str, str], Check] = {}

    def check(self, finding: Finding) -> Check:
        """What was found, weighed: a SHOULD that was not kept is a strict-miss, not a
        failure."""
        key = finding.value, finding.because, finding.side
        made = self._made.get(key)
        if made is None:
            value, rule = finding.value, self.rule
            if value is Value.FAIL and not rule.must:
                value = Value.STRICT_MISS
            made = Check(rule.id, value, finding.because, finding.side, rule.clause)
            self._made[key] = made
        return made


class Due:
    """What a scenario's cells are held against."""

    __slots__ = ("asked", "about")

    def __init__(self, scenario: str, tampered: bool, asked: Iterable[Asked]) -> None:
        kept, about = [], set()
        for each in asked:
            rule = each.rule
            if rule.names(scenario) if tampered else rule.applies(scenario):
                kept.append(each)
            if _is_about(rule, scenario):
                about.add(rule.id)
        self.asked = tuple(kept)
        self.about = frozenset(about)  # ids of those that are for this scenario alone


class Law:
    """The rules and what is known, for as many cells as there are."""

    def __init__(self, rules: Mapping[str, Rule], known: Sequence[Known]) -> None:
        self.known: Index = index(known)
        self._rules = rules
        self._asked: list[Asked] = []
        self._due: dict[tuple[str, bool], Due] = {}
        self._lists: dict[tuple[int, ...], tuple[Check, ...]] = {}
        self._shared: dict[Any, Any] = {}

    def due(self, scenario: str, tampered: bool) -> Due:
        found = self._due.get((scenario, tampered))
        if found is None:
            if not self._asked:
                self._asked = [Asked(rule) for rule in self._rules.values()]
            found = Due(scenario, tampered, self._asked)
            self._due[scenario, tampered] = found
        return found

    def listed(self, checks: Iterable[Check]) -> tuple[Check, ...]:
        """The same list for the same checks."""
        made = tuple(checks)
        return self._lists.setdefault(tuple(map(id, made)), made)

    def shared(self, value: T) -> T:
        """The same for equals."""
        found: T = self._shared.setdefault(value, value)
        return found


def _is_about(rule: Rule, mine: str) -> bool:
    """Is the rule for this scenario alone, of those of its kind, and whatever version
    is negotiated?"""
    if rule.versions or mine not in rule.scenario:
        return False
    kind = mine.partition(".")[0]
    named = [name for name in rule.scenario if name.partition(".")[0] == kind]
    return named == [mine]
