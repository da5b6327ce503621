"""notes - where the texts can be read in more than one way (rules/notes.toml), and
what each such place touches."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Collection, Iterable, Mapping, Sequence

from matrix.coverage import Entry
from matrix.rules import Rule
from matrix.rulesets import HELLOS
from matrix.ruletext import Source, read

_ID = re.compile(r"A[1-9][0-9]?", re.ASCII)
_TEXTS = ("id", "title", "open", "reading")
_TOUCHES = ("clauses", "rules", "sets", "hellos", "scenarios")


@dataclass(frozen=True, slots=True)
class Note:
    """One ambiguity, and how it is settled."""

    id: str
    title: str
    open: str  # what the texts leave in doubt
    reading: str
    inconclusive: bool = False  # no verdict rests on it
    clauses: tuple[str, ...] = ()  # "rfc2246 6.2.1", or a document
    rules: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    hellos: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """ "A12, a record of a type that a server does not know: ..."."""
        left = " (no verdict rests on it)" if self.inconclusive else ""
        return f"{self.id}, {self.title}: {self.reading}{left}"

    def touches(self, document: str, section: str, rule: str = "") -> bool:
        """Is it about a place of a document, or this rule of it?"""
        return rule in self.rules or any(
            _is_of(clause, document, section) for clause in self.clauses
        )

    def is_about(self, scenario: str) -> bool:
        return any(fnmatchcase(scenario, pattern) for pattern in self.scenarios)


def _is_of(clause: str, document: str, section: str) -> bool:
    """A clause without a section is the whole document."""
    name, _, place = clause.partition(" ")
    if name != document or not place:
        return name == document
    here, there = section.upper(), place.upper()
    return here == there or here.startswith(f"{there} ")


def load(
    file: Path,
    rules: Mapping[str, Rule],
    omitted: Sequence[Entry],
    sets: Collection[str],
    scenarios: Collection[str],
) -> dict[str, Note]:
    """Reads notes.toml, by id.  ValueError names the line and what is wrong there: a
    note must touch something, and all that it names must be there."""
    source = read(file)
    source.only(source.table, ("note",), "")
    found: dict[str, Note] = {}
    for row in source.rows("note"):
        note = _note(source, row)
        if note.id in found:
            raise source.mistake(note.id, "it is there twice; renumber one")
        for kind, names, known in (
            ("rule", note.rules, rules),
            ("rule set", note.sets, sets),
            ("hello class", note.hellos, HELLOS),
        ):
            for name in names:
                if name not in known:
                    raise source.mistake(note.id, f"there is no {kind} {name!r}")
        for clause in note.clauses:
            if not any(_is_of(clause, d, s) for d, s in _places(rules, omitted)):
                raise source.mistake(note.id, f"no rule and no ledger has {clause!r}")
        for pattern in note.scenarios:
            if not any(fnmatchcase(name, pattern) for name in scenarios):
                raise source.mistake(note.id, f"no scenario fits {pattern!r}")
        found[note.id] = note
    return found


def _note(source: Source, row: Mapping[str, Any]) -> Note:
    id = str(row.get("id", ""))
    source.only(row, (*_TEXTS, "inconclusive", *_TOUCHES), "note")
    for key in _TEXTS:
        if not isinstance(row.get(key), str) or not row[key].strip():
            raise source.mistake(id or "note", f"a note needs {key} = ...")
    if not _ID.fullmatch(id):
        raise source.mistake(id, f"{id!r} is no id of a note: A1, A2, ...")
    if not isinstance(row.get("inconclusive", False), bool):
        raise source.mistake(id, "inconclusive is true or false")
    touched = {key: source.strings(row, key) for key in _TOUCHES}
    if not any(touched.values()):
        raise source.mistake(
            id, f"it touches nothing; give one of {' '.join(_TOUCHES)}"
        )
    return Note(**{**row, **touched})


def _places(
    rules: Mapping[str, Rule], omitted: Sequence[Entry]
) -> Iterable[tuple[str, str]]:
    yield from ((rule.document, rule.section) for rule in rules.values())
    yield from ((entry.document, entry.section) for entry in omitted)


def of_rule(notes: Iterable[Note], rule: Rule) -> tuple[Note, ...]:
    """The notes on a rule."""
    return tuple(n for n in notes if n.touches(rule.document, rule.section, rule.id))


def of_entry(notes: Iterable[Note], entry: Entry) -> tuple[Note, ...]:
    """The notes on a line of the ledger."""
    return tuple(n for n in notes if n.touches(entry.document, entry.section))


def of_cell(
    notes: Iterable[Note],
    scenario: str,
    classes: Collection[str],
    rules: Collection[Rule],
    clause: str = "",
) -> tuple[Note, ...]:
    """The notes on a cell: on its scenario, the classes of its recorded hello, the
    rules that decided it, and the clause that said what must come of it ("RFC 5246
    E.2"; "" none)."""
    words = clause.split()
    there = (f"rfc{words[1]}", words[2]) if len(words) == 3 else ("", "")
    places = [there, *((rule.document, rule.section) for rule in rules)]
    ids = {rule.id for rule in rules}
    return tuple(
        note
        for note in notes
        if note.is_about(scenario)
        or set(classes) & set(note.hellos)
        or ids & set(note.rules)
        # One with scenarios of its own is about these cells of its clauses only.
        or not note.scenarios and any(note.touches(*place) for place in places)
    )
