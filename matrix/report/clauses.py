"""clauses - a page for each document with a part for each clause: what it asks, which
rule sets it binds, the cells that prove and that contradict it, what was made to break
it, and where its text is in doubt."""

from __future__ import annotations

from collections import Counter
from typing import Iterator, Mapping, Sequence

from matrix import coverage, notes
from matrix.model import Cell as Planned
from matrix.notes import Note
from matrix.report import words
from matrix.report.blocks import Block, Cell, Chapter, Code, Grid, Heading, Line, Link
from matrix.report.blocks import Paragraph, Part, Points
from matrix.report.library import Library, checks
from matrix.report.proof import Broken, Proof
from matrix.rules import Rule
from matrix.rulesets import RuleSet

FOLDER = "clause"
INDEX = f"{FOLDER}/index.html"
SHOWN = 6  # cells of a kind that a clause names; show and the run file have all


def path(document: str, anchor: str = "") -> str:
    """Where a document's page is on the site, and a clause on it."""
    return f"{FOLDER}/{document}.html" + (f"#{anchor}" if anchor else "")


def places(rules: Mapping[str, Rule]) -> dict[str, str]:
    """Where on the site each clause is, by the id of its rule."""
    return {id: path(rule.document, id) for id, rule in rules.items()}


def chapters(library: Library, found: Mapping[str, Proof]) -> Iterator[Chapter]:
    """The index and a page for each document; ``found`` is by rule."""
    names = tuple(library.names())
    yield Chapter(INDEX, "Clauses", tuple(_index(library, found, names)), "Clauses")
    for name in names:
        mine = [proof for proof in found.values() if proof.rule.document == name]
        yield Chapter(
            path(name), library.title(name), tuple(_document(library, name, mine))
        )


_HEADS = (
    *("document", "decided", "unproven", "asked", "ledger", "kept in every cell"),
    *("contradicted", "not seen"),
)


def _index(
    library: Library, found: Mapping[str, Proof], names: Sequence[str]
) -> Iterator[Block]:
    counts = coverage.counts(library.rules, checks(), library.ledger)
    yield Paragraph(
        (
            "A clause is decided if there is a check for it and a fault that breaks "
            "it; unproven with a check alone. Asked is what a rule of another clause "
            "answers; what is in the ledger is not decided, and the document's page "
            "has the reason for each. The last columns are of this run: how many "
            "clauses were kept wherever they were asked for, contradicted by a cell, "
            "and not spoken of.",
        )
    )
    rows = []
    for name in names:
        count = counts[name]
        mine = [proof for proof in found.values() if proof.rule.document == name]
        ledger = sum(count[kind] for kind in coverage.KINDS)
        numbers = (
            *(
                count[coverage.DECIDED],
                count[coverage.UNPROVEN],
                count["asked"],
                ledger,
            ),
            sum(bool(p.kept) and not p.broken for p in mine),
            sum(bool(p.broken) for p in mine),
            sum(not p.spoken for p in mine),
        )
        head: Line = (Link(library.title(name), path(name)),)
        rows.append((head, *((str(number) if number else "-",) for number in numbers)))
    yield Grid("Clauses by document", tuple((h,) for h in _HEADS), tuple(rows))


def _document(library: Library, name: str, found: Sequence[Proof]) -> Iterator[Block]:
    known = library.documents.get(name)
    said: list[Part] = [f"Of {known.date}. "] if known else []
    yield Paragraph((*said, *_bound(library, name)))
    for proof in found:
        yield from _clause(library, proof)
    entries = library.entries(name)
    if entries:
        yield Heading("The ledger: what no rule of this document decides", 2, "ledger")
        yield Grid(
            "What no rule of this document decides",
            (("requirement",), ("section",), ("level",), ("why",), ("notes",)),
            tuple(
                (
                    (Code(entry.id),),
                    (entry.section,),
                    (entry.level,),
                    _answered(library, entry),
                    _noted(notes.of_entry(library.notes.values(), entry)),
                )
                for entry in entries
            ),
        )


def _bound(library: Library, name: str) -> Iterator[Part]:
    """Since when it binds, and until when, by the rule sets that have it."""
    sets = library.binding(name)
    if name == "suite":
        yield "What this suite asks of its own evidence, before any clause."
    elif not sets:
        yield "No rule set here has it."
    else:
        yield f"It binds from {sets[0].date} on"
        later = [s for s in library.sets.values() if s.date > sets[-1].date]
        if later:
            yield f" until {later[0].date}"
        yield ", by the rule sets "
        yield from _sets(sets)
        yield "."


def _answered(library: Library, entry: coverage.Entry) -> Line:
    if entry.rule:
        document = library.rules[entry.rule].document
        return ("asked by ", Link(entry.rule, path(document, entry.rule)))
    return (f"{entry.kind}: {entry.reason}",)


def _sets(sets: Sequence[RuleSet]) -> Iterator[Part]:
    for at, each in enumerate(sets):
        if at:
            yield ", "
        yield Link(each.name, f"{FOLDER}/sets.html#{each.name}")


def _noted(found: Sequence[Note]) -> Line:
    parts: list[Part] = []
    for note in found:
        parts += [", "] if parts else []
        parts.append(Link(note.id, f"{FOLDER}/notes.html#{note.id}"))
    return tuple(parts)


def _clause(library: Library, proof: Proof) -> Iterator[Block]:
    rule = proof.rule
    yield Heading(rule.id, 2, rule.id)
    where = f"{rule.clause}, " if rule.clause else ""
    limits = f", in TLS {' '.join(rule.versions)}" if rule.versions else ""
    what = f"{where}{rule.level}, {rule.side}, {rule.layer}{limits}: "
    yield Paragraph((what, rule.asks))
    points: list[Line] = [_kept(proof)]
    points += [_broken(group) for group in _culprits(proof.broken)]
    if proof.open:
        number = words.count(len(proof.open), "cell")
        said = f"Left open, or the witnesses do not agree, in {number}, "
        points.append((said, *_cells(proof.open)))
    points.append(_can_fail(library, rule))
    for note in notes.of_rule(library.notes.values(), rule):
        points.append(("Note ", *_noted((note,)), f", {note.title}: {note.reading}"))
    yield Points(tuple(points))


def _kept(proof: Proof) -> Line:
    if not proof.spoken:
        return ("No cell of this run speaks of it.",)
    if not proof.kept:
        return ("Kept in no cell of this run.",)
    said = f"Kept in {words.count(len(proof.kept), 'cell')}, "
    return (said, *_cells(_spread(proof.kept, proof.rule.side)))


def _spread(cells: Sequence[Planned], side: str) -> list[Planned]:
    """One cell of each peer on a side: what the others show is much the same."""
    role = "client" if side == "client" else "server"
    first: dict[str, Planned] = {}
    for cell in cells:
        first.setdefault(getattr(cell, role), cell)
    return list(first.values())


def _cells(cells: Sequence[Planned]) -> Iterator[Part]:
    for at, cell in enumerate(cells[:SHOWN]):
        if at:
            yield ", "
        yield Cell(cell.id, "", cell.id)
    if len(cells) > SHOWN:
        yield " and more"


def _culprits(broken: Sequence[Broken]) -> list[list[Broken]]:
    groups: dict[str, list[Broken]] = {}
    for each in broken:
        groups.setdefault(each.peer, []).append(each)
    return [groups[name] for name in sorted(groups)]


def _broken(group: Sequence[Broken]) -> Line:
    first = group[0]
    reasons = Counter(each.known for each in group if each.known)
    known = f" (expected: {reasons.most_common(1)[0][0]})" if reasons else ""
    said = f"Contradicted by {first.peer or 'nobody that is named'} in "
    said += f"{words.count(len(group), 'cell')}: {first.check.because}{known}; "
    return (said, *_cells([each.cell for each in group][:2]))


def _can_fail(library: Library, rule: Rule) -> Line:
    """The faults that its check has to find (make mutants)."""
    found = library.faults(rule.id)
    if not found:
        return ("No fault is made that breaks it: it is unproven.",)
    parts: list[Part] = ["Made to fail by "]
    for at, mutant in enumerate(found[:SHOWN]):
        parts += [", "] if at else []
        parts += [Code(mutant.fault), f" in {mutant.scenario}"]
    return (*parts, *([" and more"] if len(found) > SHOWN else []), " (make mutants).")
