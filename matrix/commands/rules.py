"""interop rules - the requirements that cells are held against, and what is not
decided of the specifications."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import Iterator, Mapping, Sequence

from matrix import coverage, notes
from matrix.complaint import Complaint, unknown
from matrix.notes import Note
from matrix.places import Places
from matrix.report import library
from matrix.report.ascii import wrapped
from matrix.report.library import Library
from matrix.rules import Rule

HELP = "what the specifications ask for: decided, unproven, and the ledger"


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "about",
        nargs="?",
        metavar="DOCUMENT|RULE|NOTE",
        help="a document (rfc3207) rule by rule, one rule, or a note (A1) on a text in"
        " doubt; default: all rules, and the ledger",
    )
    parser.add_argument(
        "--coverage", action="store_true", help="how much is decided, by document"
    )


def main(places: Places, given: argparse.Namespace) -> int:
    """0; 1 if a rule has no check."""
    try:
        written = library.load(places)
    except ValueError as error:
        raise Complaint(str(error)) from None
    checks = library.checks()
    documents = coverage.counts(written.rules, checks, written.ledger)
    about, known = given.about, {*documents, *written.rules, *written.notes}
    if about is not None and about not in known:
        raise unknown("document, rule or note", about, known)
    if given.coverage and about not in (None, *documents):
        raise Complaint(f"--coverage counts documents, and {about} is none")
    if given.coverage:
        lines = _coverage(documents, about)
    elif about in written.notes:
        lines = _note(written, written.notes[about])
    elif about in written.rules:
        lines = _rule(written, written.rules[about])
    else:
        lines = _document(written, about)
    for line in lines:
        print(line)
    return 1 if any(r.check not in checks for r in written.rules.values()) else 0


def _coverage(
    documents: Mapping[str, Counter[str]], about: str | None
) -> Iterator[str]:
    yield from coverage.table(
        {name: n for name, n in documents.items() if about in (None, name)}
    )
    yield ""
    yield from _MEANINGS


def _document(written: Library, about: str | None) -> Iterator[str]:
    """Rule by rule, and the ledger of one document."""
    checks = library.checks()
    for rule in written.rules.values():
        if about in (None, rule.document):
            marks = _marks(notes.of_rule(written.notes.values(), rule))
            yield _line(rule, coverage.state(rule, checks)) + marks
    for entry in written.entries(about or ""):
        why = entry.rule or f"{entry.kind}: {entry.reason}"
        marks = _marks(notes.of_entry(written.notes.values(), entry))
        yield f"{'ledger':<9} {entry.id:<10} {entry.level}: {why}{marks}"


def _marks(found: Sequence[Note]) -> str:
    return f" [{' '.join(note.id for note in found)}]" if found else ""


def _line(rule: Rule, state: str) -> str:
    clause = rule.clause or "the suite's own"
    return f"{state:<9} {rule.id}  {clause}, {rule.level}: {rule.asks}"


def _rule(written: Library, rule: Rule) -> Iterator[str]:
    """One rule at length."""
    yield f"{rule.id}: {coverage.state(rule, library.checks())}"
    yield from wrapped(rule.asks, "  asks     ")
    where = f"{rule.clause or 'of this suite itself'}, {rule.level}"
    yield from wrapped(f"{where}, {rule.side}, layer {rule.layer}", "  clause   ")
    if rule.versions:
        yield f"  versions TLS {' '.join(rule.versions)}"
    yield from wrapped(" ".join(rule.scenario), "  played   ")
    sets = ", ".join(each.name for each in written.binding(rule.document))
    yield from wrapped(sets or "in no rule set", "  binds    ")
    faults = [f"{each.fault} in {each.scenario}" for each in written.faults(rule.id)]
    yield from wrapped("; ".join(faults) or "by nothing: unproven", "  broken   ")
    for note in notes.of_rule(written.notes.values(), rule):
        yield from wrapped(note.words, "  note     ")


def _note(written: Library, note: Note) -> Iterator[str]:
    """A note, and all that it is about."""
    yield f"{note.id}: {note.title}"
    yield from wrapped(note.open, "  open     ")
    left = " No verdict rests on it." if note.inconclusive else ""
    yield from wrapped(note.reading + left, "  reading  ")
    for rule in written.rules.values():
        if note.touches(rule.document, rule.section, rule.id):
            yield f"  rule     {rule.id}"
    for entry in written.ledger:
        if note.touches(entry.document, entry.section):
            yield f"  ledger   {entry.id}"
    for word, names in (
        ("set", note.sets),
        ("hello", note.hellos),
        ("cells", note.scenarios),
    ):
        yield from (f"  {word:<8} {name}" for name in names)


_MEANINGS = (
    "decided: a rule with a check, and a fault that breaks it (make mutants);",
    "unproven: a rule with a check that nothing was seen to break; asked: of the",
    "ledger, what one of these rules answers; the rest of the ledger by its reason:",
    "interop rules DOCUMENT.",
)
