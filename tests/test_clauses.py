"""The pages of clauses: what each clause asks, who proves it and who contradicts it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Iterator


import report_run
from matrix import coverage
from matrix.model import Cell as Planned
from matrix.model import Check, Judgement, Known, Value
from matrix.places import Places
from matrix.report import blocks, clauses, library, readings, site
from matrix.report.blocks import Cell, Chapter, Heading, Link
from matrix.report.chapters import Book
from matrix.report.escape import markdown
from matrix.report.library import Library
from matrix.report.proof import proofs
from matrix.report.view import Entry

WRITTEN = library.load(Places())
RULE = "rfc5246-6-server-refuses-unknown-record"
IDS = ("gnutls-3.7", "nss-3.87", "openssl-3.0")


def entry(server: str, value: Value, scenario: str = "upgrade") -> Entry:
    cell = Planned(scenario, "gnutls-3.7", server)
    check = Check(RULE, value, report_run.HOSTILE, "server", "RFC 5246 6")
    known = Known("*", RULE, value, "theirs", "", "2030-01-01")
    judged = Judgement(cell.id, value, "x", (check,), None, known)
    return Entry(cell, judged)


ENTRIES = (
    *(entry(IDS[n % 3], Value.PASS, f"upgrade.{n}") for n in range(200)),
    *(entry("nss-3.87", Value.FAIL, f"switch.{n}") for n in range(50)),
    entry("openssl-3.0", Value.INFO),
)
FOUND = proofs(ENTRIES, WRITTEN.rules)
BOOK = (*clauses.chapters(WRITTEN, FOUND), *readings.chapters(WRITTEN))
PAGES = {chapter.path: chapter for chapter in BOOK}


def part(document: str, rule: str) -> str:
    """What is said of a clause, as Markdown."""
    chapter = PAGES[clauses.path(document)]
    text = "\n".join(blocks.as_markdown(chapter.blocks, blocks.cited(chapter.blocks)))
    return text.split(f"## {rule}\n", 1)[1].split("\n## ", 1)[0]


def links() -> Iterator[tuple[str, Link]]:
    for chapter in BOOK:
        for line in blocks.lines(chapter.blocks):
            yield from ((chapter.path, p) for p in line if isinstance(p, Link))


def anchors(chapter: Chapter) -> set[str]:
    return {b.anchor for b in chapter.blocks if isinstance(b, Heading)}


def test_every_clause_has_a_part_on_the_page_of_its_document() -> None:
    for rule in WRITTEN.rules.values():
        assert rule.id in anchors(PAGES[clauses.path(rule.document)]), rule.id
        assert markdown(rule.asks) in part(rule.document, rule.id)


def test_a_clause_names_who_proves_and_who_contradicts_it() -> None:
    told = part("rfc5246", RULE)
    assert "RFC 5246 6, MUST, server, tls: What begins" in told
    assert "Kept in 200 cells, [upgrade.0/" in told
    assert "Contradicted by server nss-3.87 in 50 cells" in told
    assert "(expected: theirs)" in told and "<script>" not in told
    assert "Left open, or the witnesses do not agree, in 1 cell" in told
    assert "Made to fail by `server.silent-after-220`" in told
    assert "Note A12, a record of a type" in told


def test_a_clause_names_a_few_cells_only() -> None:
    for chapter in BOOK:
        cells = [
            part
            for line in blocks.lines(chapter.blocks)
            for part in line
            if isinstance(part, Cell)
        ]
        assert len(cells) < 20, chapter.path


def test_a_clause_without_a_cell_or_a_fault_says_so() -> None:
    unproven = next(r for r in WRITTEN.rules.values() if not WRITTEN.faults(r.id))
    told = part(unproven.document, unproven.id)
    assert "No cell of this run speaks of it." in told
    assert "No fault is made that breaks it: it is unproven." in told


def test_links_lead_to_pages_and_places() -> None:
    for where, link in links():
        page, _, anchor = link.to.partition("#")
        assert page in PAGES, (where, link)
        assert not anchor or anchor in anchors(PAGES[page]), (where, link)


def test_the_index_counts_what_the_command_counts() -> None:
    counts = coverage.counts(WRITTEN.rules, library.checks(), WRITTEN.ledger)
    (grid,) = [b for b in PAGES[clauses.INDEX].blocks if isinstance(b, blocks.Grid)]
    rows = {
        head.to: [box[0] for box in boxes]
        for (head,), *boxes in grid.rows
        if isinstance(head, Link)
    }
    for name, count in counts.items():
        row = rows[clauses.path(name)]
        assert row[0] == (str(count[coverage.DECIDED]) if count["decided"] else "-")
    assert rows[clauses.path("rfc5246")][5] == "1"


def whole(document: str, written: Library = WRITTEN) -> str:
    """A document's page as Markdown."""
    pages = {each.path: each for each in clauses.chapters(written, FOUND)}
    page = pages[clauses.path(document)].blocks
    return "\n".join(blocks.as_markdown(page, blocks.cited(page)))


def test_the_ledger_has_its_reasons() -> None:
    for document in {entry.document for entry in WRITTEN.ledger}:
        told = whole(document)
        for entry in WRITTEN.entries(document):
            assert f"`{entry.id}`" in told
            why = f"{entry.kind}: {entry.reason}" if entry.kind else entry.rule
            assert markdown(why) in told


def test_since_when_and_until_when_a_document_binds() -> None:
    two = {name: WRITTEN.sets[name] for name in ("rfc2487-1999", "rfc3207-2002")}
    written = replace(WRITTEN, sets=two)
    told = "It binds from 1999-01 on until 2002-02, by the rule sets rfc2487-1999."
    assert told in whole("rfc2487", written)
    told = "It binds from 2002-02 on, by the rule sets rfc3207-2002."
    assert told in whole("rfc3207", written)
    assert "No rule set here has it." in whole("rfc8446", written)
    assert "asks of its own evidence" in whole("suite", written)


def test_the_book_is_part_of_the_site(tmp_path: Path) -> None:
    site.write(
        report_run.made(), tmp_path / "site", report_run.SCENARIOS, Book(lambda _: BOOK)
    )
    for path in PAGES:
        assert (tmp_path / "site" / path).is_file()
    index = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert f'href="{clauses.INDEX}"' in index
    page = (tmp_path / "site" / clauses.path("rfc5246")).read_text("utf-8")
    assert f'id="{RULE}"' in page and 'href="../clause/notes.html#A12"' in page
    assert "<script>alert" not in page
