"""readings - the pages of the rule sets and of the notes: how the texts are read."""

from __future__ import annotations

from typing import Iterator

from matrix.notes import Note
from matrix.report.blocks import Block, Chapter, Code, Grid, Heading, Line, Link
from matrix.report.blocks import Paragraph, Part, Points, Strong
from matrix.report.clauses import FOLDER, path
from matrix.report.library import Library
from matrix.rulesets import HELLOS, RuleSet

NOTES, SETS = f"{FOLDER}/notes.html", f"{FOLDER}/sets.html"


def chapters(library: Library) -> Iterator[Chapter]:
    yield Chapter(SETS, "Rule sets", tuple(_sets(library)), "Rule sets")
    yield Chapter(NOTES, "Notes", tuple(_notes(library)), "Notes")


def _sets(library: Library) -> Iterator[Block]:
    yield Paragraph(
        (
            "What the specifications of a date ask of a first hello, as data: "
            "matrix/rules/sets. What follows from them is the answer.",
        )
    )
    for rules in library.sets.values():
        yield from _set(library, rules)


def _set(library: Library, rules: RuleSet) -> Iterator[Block]:
    yield Heading(rules.name, 2, rules.name)
    documents: list[Part] = []
    for name in rules.documents:
        documents += [", "] if documents else []
        known = name in set(library.names())
        documents.append(Link(name, path(name)) if known else name)
    yield Paragraph((f"{rules.title}. Of {rules.date}; documents: ", *documents, "."))
    yield Grid(
        f"Hellos of {rules.name}",
        (("hello",), ("a client may send it",), ("a server understands it",)),
        tuple(
            (
                (Code(name), f" {kind.words}"),
                (rules.client.hello[name],),
                (rules.server.hello[name],),
            )
            for name, kind in HELLOS.items()
        ),
    )
    noted = [note for note in library.notes.values() if rules.name in note.sets]
    points: list[Line] = [(note,) for note in rules.notes]
    points += [(Link(n.id, f"{NOTES}#{n.id}"), f", {n.title}") for n in noted]
    if points:
        yield Points(tuple(points))


def _notes(library: Library) -> Iterator[Block]:
    yield Paragraph(
        (
            "Where the texts can be read in more than one way, and how they are read "
            "here. Where a note is inconclusive no verdict rests on it: what was seen "
            "is shown.",
        )
    )
    for note in library.notes.values():
        yield Heading(f"{note.id}: {note.title}", 2, note.id)
        yield Paragraph((note.open,))
        yield Paragraph((Strong("Read here: "), note.reading))
        if note.inconclusive:
            yield Paragraph(("Inconclusive: no verdict rests on it.",))
        yield Points(tuple(_touched(library, note)))


def _touched(library: Library, note: Note) -> Iterator[Line]:
    """What a note is about, each with the way there."""
    for rule in library.rules.values():
        if note.touches(rule.document, rule.section, rule.id):
            yield ("rule ", Link(rule.id, path(rule.document, rule.id)))
    for entry in library.ledger:
        if note.touches(entry.document, entry.section):
            yield (
                *("ledger ", Link(entry.id, path(entry.document, "ledger"))),
                f": {entry.reason or 'asked by ' + entry.rule}",
            )
    for name in note.sets:
        yield ("rule set ", Link(name, f"{SETS}#{name}"))
    for name in note.hellos:
        yield ("hello ", Code(name), f", {HELLOS[name].words}")
    for pattern in note.scenarios:
        yield ("cells of ", Code(pattern))
