"""coverage - what is decided of the specifications, what is not, and why.

A rule is decided if there is a check for it and a fault that breaks it (make
mutants); with a check alone it is unproven.  Everything else that was asked for
stands in rules/ledger.toml with its reason.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Collection, Iterator, Mapping, Sequence

from matrix.rules import LEVELS, Rule
from matrix.ruletext import read

# Why something is not decided here; ledger.toml says what each means.
KINDS = (
    *("not-built", "untestable", "scope", "policy", "certificates", "open", "words"),
)
DECIDED, UNPROVEN, UNCHECKED = "decided", "unproven", "unchecked"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger; either ``rule`` or ``kind`` with ``reason``."""

    id: str
    document: str
    section: str
    level: str
    rule: str = ""
    kind: str = ""
    reason: str = ""


def ledger(file: Path, rules: Mapping[str, Rule]) -> tuple[Entry, ...]:
    """Reads ledger.toml.  ValueError names the line and what is wrong there."""
    source = read(file)
    found: dict[str, Entry] = {}
    for document, rows in source.table.items():
        for id, row in source.only(rows, rows, document).items():
            where = f"{document}.{id}"
            keys = ("section", "level", "rule", "kind", "reason")
            source.only(row, keys, where)
            entry = Entry(id, document, **row)
            if id in found:
                raise source.mistake(where, "it is there twice; remove one")
            source.one_of(entry.level, where, LEVELS)
            if bool(entry.rule) == bool(entry.kind and entry.reason):
                raise source.mistake(where, "write rule = ..., or kind and reason")
            if entry.rule and entry.rule not in rules:
                raise source.mistake(where, f"there is no rule {entry.rule!r}")
            if entry.kind:
                source.one_of(entry.kind, where, KINDS)
            if entry.kind and id in rules:
                raise source.mistake(where, "it is a rule by now; remove it here")
            found[id] = entry
    return tuple(found.values())


def state(rule: Rule, checks: Collection[str]) -> str:
    """How far a rule is decided; ``checks`` are the ids that have a check."""
    if rule.check not in checks:
        return UNCHECKED
    return DECIDED if rule.faults else UNPROVEN


def counts(
    rules: Mapping[str, Rule], checks: Collection[str], entries: Sequence[Entry]
) -> dict[str, Counter[str]]:
    """For each document, how many rules are in which state, and how many entries
    of the ledger are of which kind; "asked" counts the ledger's lines that a rule
    answers."""
    found: dict[str, Counter[str]] = {}
    for rule in rules.values():
        found.setdefault(rule.document, Counter())[state(rule, checks)] += 1
    for entry in entries:
        found.setdefault(entry.document, Counter())[entry.kind or "asked"] += 1
    return dict(sorted(found.items(), key=lambda item: _order(item[0])))


def _order(document: str) -> tuple[bool, int, str]:
    number = document.removeprefix("rfc")
    return not number.isdecimal(), int(number) if number.isdecimal() else 0, document


COLUMNS = (DECIDED, UNPROVEN, UNCHECKED, "asked", *KINDS)


def table(found: Mapping[str, Counter[str]]) -> Iterator[str]:
    """The counts as lines of text, a total last; a column without a number goes."""
    total: Counter[str] = sum(found.values(), Counter())
    shown = [column for column in COLUMNS if total[column]]
    first = max(map(len, found))
    widths = [max(len(column), 4) for column in shown]
    heads = [f"{column:>{wide}}" for column, wide in zip(shown, widths)]
    yield "  ".join([" " * first, *heads])
    for name, each in (*found.items(), ("all", total)):
        boxes = [f"{each[c] or '-':>{wide}}" for c, wide in zip(shown, widths)]
        yield "  ".join([f"{name:<{first}}", *boxes])
