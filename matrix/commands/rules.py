"""interop rules - the requirements that cells are held against, and what is not
decided of the specifications."""

from __future__ import annotations

import argparse

from matrix import coverage, judge, rules
from matrix.checks import OF_CELL, OF_LINK
from matrix.complaint import Complaint, unknown
from matrix.places import Places
from matrix.rules import Rule

HELP = "what the specifications ask for: decided, unproven, and the ledger"


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("document", nargs="?", help="one document, rule by rule")
    parser.add_argument(
        "--coverage", action="store_true", help="how much is decided, by document"
    )


def main(places: Places, given: argparse.Namespace) -> int:
    """0; 1 if a rule has no check."""
    folder = places.tables / "rules"
    try:
        found = rules.load(folder)
        entries = coverage.ledger(folder / "ledger.toml", found)
    except ValueError as error:
        raise Complaint(str(error)) from None
    checks = {*OF_CELL, *OF_LINK} if judge.MODULES else set()
    documents = coverage.counts(found, checks, entries)
    if given.document and given.document not in documents:
        raise unknown("document", given.document, documents)
    if given.coverage:
        chosen = {
            name: each
            for name, each in documents.items()
            if given.document in (None, name)
        }
        for line in coverage.table(chosen):
            print(line)
        print()
        for line in _MEANINGS:
            print(line)
    else:
        for rule in found.values():
            if given.document in (None, rule.document):
                print(_line(rule, coverage.state(rule, checks)))
        for entry in entries:
            if given.document == entry.document:
                why = entry.rule or f"{entry.kind}: {entry.reason}"
                print(f"{'ledger':<9} {entry.id:<10} {entry.level}: {why}")
    return 1 if any(id not in checks for id in found) else 0


def _line(rule: Rule, state: str) -> str:
    clause = rule.clause or "the suite's own"
    return f"{state:<9} {rule.id}  {clause}, {rule.level}: {rule.asks}"


_MEANINGS = (
    "decided: a rule with a check, and a fault that breaks it (make mutants);",
    "unproven: a rule with a check that nothing was seen to break; asked: of the",
    "ledger, what one of these rules answers; the rest of the ledger by its reason:",
    "interop rules DOCUMENT.",
)
