"""dated - what the cells of a run come to by the rules of each date, as tables."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Mapping, Sequence

from matrix import answer as answers
from matrix import rules as requirements
from matrix import rulesets
from matrix.dated import SERVER_ANSWER, Reading
from matrix.model import GAPS, Judgement, Value
from matrix.places import Places
from matrix.profiles import Profile, Tally, profiles, tally
from matrix.registry import alert
from matrix.report import words
from matrix.report.tables import Box, Item, Table, text
from matrix.report.view import View
from matrix.rules import Rule
from matrix.rulesets import HELLOS, RuleSet

# What a table counts: heading, verdicts, sides (None: whoever it was).
COLUMNS: tuple[tuple[str, frozenset[Value], tuple[str, ...] | None], ...] = (
    ("kept", frozenset({Value.PASS}), None),
    ("left open", frozenset({Value.INFO}), None),
    ("a SHOULD missed", frozenset({Value.STRICT_MISS}), None),
    ("client fails", frozenset({Value.FAIL}), ("client",)),
    ("server fails", frozenset({Value.FAIL}), ("server",)),
    ("both fail", frozenset({Value.FAIL}), ("client", "server")),
    ("fails", frozenset({Value.FAIL}), ()),
    ("undecided", GAPS, None),
    ("not run", frozenset({Value.NOT_APPLICABLE, Value.UNSUPPORTED}), None),
)


def counted(found: Tally) -> list[int]:
    """How many cells a rule set has in each column."""
    counts = found.counts()
    return [
        sum(
            number
            for (value, at_fault), number in counts.items()
            if value in values and (sides is None or at_fault == sides)
        )
        for _, values, sides in COLUMNS
    ]


@lru_cache(maxsize=1)
def _suite() -> tuple[Mapping[str, RuleSet], Mapping[str, Rule]]:
    folder = Places().tables / "rules"
    return rulesets.load(folder / "sets"), requirements.load(folder)


def tables(view: View) -> tuple[Table, ...]:
    """Both tables; without rows if the run was judged by a suite that knew no dates."""
    sets, rules = _suite()
    judgements = [entry.judgement for entry in view.entries]
    found = profiles(judgements, rules)
    if not any(profile.first.sight for profile in found):
        found = []
    return _by_set(found, sets), _by_answer(found, sets)


def _by_set(found: Sequence[Profile], sets: Mapping[str, RuleSet]) -> Table:
    made = [tally(found, rules, "must") for rules in sets.values()] if found else []
    counts = [counted(each) for each in made]
    used = [n for n in range(len(COLUMNS)) if any(row[n] for row in counts)]
    return Table(
        "dated",
        "The same cells by the rules of each date",
        "A row is a dated rule set (`matrix/rules/sets`): which documents bind, which "
        "hellos a client may send, how a server has to answer them. Every cell is "
        "judged by each, for who keeps every MUST; who is to keep every SHOULD too "
        "fails where one is missed. What no document of a set knows, or a hello that "
        "our own client plays and no client of the set would send, is left open. "
        "`./interop judge --as SET` says what fails, `./interop show CELL --as SET` "
        "why. The verdicts everywhere else are those of today.",
        "rule set",
        tuple(COLUMNS[n][0] for n in used),
        tuple(
            (each.rules.name, tuple(text(f"{row[n]:,}") for n in used))
            for each, row in zip(made, counts)
        ),
    )


# The hellos that the question of 2001 is about.
_ASKED = ("H0", "H1", "H1x", "V1", "V2", "V3")


def _by_answer(found: Sequence[Profile], sets: Mapping[str, RuleSet]) -> Table:
    kinds: dict[tuple[int, str], list[Profile]] = {}
    for profile in found:
        sight = profile.first.sight
        if sight and sight.hello in _ASKED and "server" not in sight.played:
            if how := _answer(profile.first):
                place = _ASKED.index(sight.hello)
                kinds.setdefault((place, how), []).append(profile)
    readings = [Reading(rules, "must") for rules in sets.values()]
    return Table(
        "dated-answers",
        "Which answer to a hello is right, by date",
        "What servers answered to hellos of TLS 1.0 and to those in the SSLv2 form, "
        "and what each rule set says of that answer alone (for who keeps every MUST). "
        "The same silence is lawful at one date and a failure at another. "
        + "; ".join(f"{name} is {HELLOS[name].words}" for name in _ASKED)
        + ".",
        "hello: answer (cells)",
        tuple(sets),
        tuple(
            (
                f"{_ASKED[place]}: {how} ({sum(len(p.cells) for p in group):,})",
                tuple(_box(group, reading) for reading in readings),
            )
            for (place, how), group in sorted(kinds.items())
        ),
    )


def _answer(judgement: Judgement) -> str:
    """ "TLS 1.0", "protocol_version(70)", "silent"."""
    sight = judgement.sight
    if sight is None:
        return ""
    if sight.version:
        return f"TLS {sight.version}"
    if sight.answer == answers.ALERT:
        return alert(sight.alert)
    brief = {answers.SILENT: "silent", answers.CLOSE: "closed", answers.RESET: "reset"}
    return brief.get(sight.answer, "")


def _box(group: Sequence[Profile], reading: Reading) -> Box:
    """The verdicts of a rule set on an answer; one of them, if all are alike."""
    values: Counter[Value] = Counter()
    for profile in group:
        for check in reading.judge(profile.first, profile.about).checks:
            if check.id == SERVER_ANSWER:
                values[check.value] += len(profile.cells)
    if len(values) == 1:
        return (Item(next(iter(values))),)
    return tuple(
        Item(value, after=str(values[value]))
        for value in words.LETTERS
        if value in values
    )
