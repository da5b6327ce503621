"""library - everything that the pages of clauses are made from besides a run: rules,
ledger, rule sets, documents, notes and faults, read once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Mapping

from matrix import coverage, judge, mutants, notes, rules, rulesets, scenarios
from matrix.checks import OF_CELL, OF_LINK
from matrix.coverage import Entry
from matrix.mutants import Mutant
from matrix.notes import Note
from matrix.places import Places
from matrix.rules import Rule
from matrix.rulesets import Document, RuleSet
from matrix.scenarios import Scenario


@dataclass(frozen=True, slots=True)
class Library:
    """What is written down, as against what was seen."""

    rules: Mapping[str, Rule]
    ledger: tuple[Entry, ...]
    sets: Mapping[str, RuleSet]
    documents: Mapping[str, Document]
    notes: Mapping[str, Note]
    mutants: tuple[Mutant, ...]
    scenarios: Mapping[str, Scenario]

    def binding(self, document: str) -> tuple[RuleSet, ...]:
        """The rule sets that a document is part of, by date."""
        return tuple(s for s in self.sets.values() if document in s.documents)

    def faults(self, rule: str) -> tuple[Mutant, ...]:
        """What was made to break a rule, and was found by its check."""
        return tuple(each for each in self.mutants if each.check == rule)

    def entries(self, document: str) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.ledger if entry.document == document)

    def names(self) -> Iterator[str]:
        """Every document that a rule or a line of the ledger is of, by number."""
        yield from coverage.counts(self.rules, checks(), self.ledger)

    def title(self, document: str) -> str:
        """ "RFC 3207, SMTP over TLS (STARTTLS)"."""
        known = self.documents.get(document)
        number = document.removeprefix("rfc")
        name = f"RFC {number}" if number.isdecimal() else document
        if document == "suite":
            return "The suite's own"
        return f"{name}, {known.title}" if known else name


def checks() -> set[str]:
    """What a rule can be decided by."""
    return {*OF_CELL, *OF_LINK} if judge.MODULES else set()


def load(places: Places) -> Library:
    """Reads all of it.  ValueError names the file and what is wrong in it."""
    folder = places.tables / "rules"
    found = rules.load(folder)
    ledger = coverage.ledger(folder / "ledger.toml", found)
    sets = rulesets.load(folder / "sets")
    played = scenarios.load(places.tables / "scenarios")
    return Library(
        rules=found,
        ledger=ledger,
        sets=sets,
        documents=rulesets.documents(folder / "sets"),
        notes=notes.load(folder / "notes.toml", found, ledger, sets, played),
        mutants=mutants.load(places.tables / "mutants.toml", played),
        scenarios=played,
    )
