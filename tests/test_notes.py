"""Notes: where texts are in doubt, and that each is seen where it matters."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from matrix import notes
from matrix.expect import expect
from matrix.hellos import TWIN
from matrix.commands import rules as rules_command
from matrix.commands import show as show_command
from matrix.complaint import Complaint
from matrix.model import VERSIONS, Capabilities, Cell, Check, Judgement, Peer, Value
from matrix.notes import Note
from matrix.places import Places
from matrix.report import library, readings
from matrix.report.blocks import Heading
from matrix.scenarios import Scenario
from matrix.store import Store

WRITTEN = library.load(Places())
NOTES = WRITTEN.notes
GOOD = """[[note]]
id = "A1"
title = "t"
open = "o"
reading = "r"
clauses = ["rfc3207 4.2"]
"""


def load(folder: Path, text: str) -> dict[str, Note]:
    file = folder / "notes.toml"
    file.write_text(text, encoding="utf-8")
    return notes.load(
        file, WRITTEN.rules, WRITTEN.ledger, WRITTEN.sets, WRITTEN.scenarios
    )


def test_all_twenty_six_are_there_in_order() -> None:
    assert list(NOTES) == [f"A{n}" for n in range(1, 27)]
    assert sum(note.inconclusive for note in NOTES.values()) >= 5


@pytest.mark.parametrize("note", NOTES.values(), ids=list(NOTES))
def test_each_is_seen_somewhere(note: Note) -> None:
    """On a clause's page, at a line of a ledger, with a rule set or with a cell."""
    rules = [r for r in WRITTEN.rules.values() if note in notes.of_rule([note], r)]
    entries = [e for e in WRITTEN.ledger if notes.of_entry([note], e)]
    cells = [name for name in WRITTEN.scenarios if note.is_about(name)]
    assert rules or entries or note.sets or note.hellos or cells
    assert not note.clauses or rules or entries
    assert not note.scenarios or cells


@pytest.mark.parametrize(
    "old, new, said",
    [
        ("", GOOD, "A1: it is there twice"),
        ('"A1"', '"B1"', "'B1' is no id of a note"),
        ('title = "t"', "", "A1: a note needs title"),
        ('title = "t"', 'titel = "t"', "note.titel: not a key"),
        ("rfc3207 4.2", "rfc3207 99", "no rule and no ledger has 'rfc3207 99'"),
        ("clauses", "rules", "there is no rule 'rfc3207 4.2'"),
        ("clauses", "sets", "there is no rule set 'rfc3207 4.2'"),
        ("clauses", "hellos", "there is no hello class 'rfc3207 4.2'"),
        ("clauses", "scenarios", "no scenario fits 'rfc3207 4.2'"),
        ('clauses = ["rfc3207 4.2"]', "", "it touches nothing"),
        ("[[note]]", "inconclusive = 1\n[[note]]", "not a key"),
        ('open = "o"', 'open = "o"\ninconclusive = 1', "is true or false"),
        ("[[note]]", "[[note", "notes.toml:"),
        ("[[note]]", "[[notes]]", "notes: not a key; there are: note"),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert list(load(tmp_path, GOOD)) == ["A1"]
    text = GOOD.replace(old, new, 1) if old else GOOD + "\n" + new
    with pytest.raises(ValueError) as caught:
        load(tmp_path, text)
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_a_clause_is_a_section_or_a_whole_document() -> None:
    one = Note("A1", "t", "o", "r", clauses=("rfc2246 E.1", "ssl2"))
    assert one.touches("rfc2246", "e.1") and one.touches("rfc2246", "E.1 (derived)")
    assert not one.touches("rfc2246", "E.11") and not one.touches("rfc2246", "E")
    assert one.touches("ssl2", "anywhere") and not one.touches("ssl3", "E.1")


def test_a_note_with_scenarios_is_about_these_cells_only() -> None:
    def of(scenario: str, *classes: str) -> list[str]:
        found = notes.of_cell(NOTES.values(), scenario, classes, (), "RFC 5246 E.2")
        return [note.id for note in found]

    assert "A8" in of("hello.sslv2-session-16", "V3")
    assert "A8" not in of("hello.sslv2-grease", "V3")
    assert of("hello.sslv2-grease", "V3") == ["A10", "A12", "A26"]
    assert of("upgrade") == ["A10"]


# Where they are seen.


def asked(about: str | None, coverage: bool = False) -> argparse.Namespace:
    return argparse.Namespace(about=about, coverage=coverage)


def test_the_command_shows_a_note_and_a_rule(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert rules_command.main(Places(), asked("A12")) == 0
    out = capsys.readouterr().out
    assert out.startswith("A12: a record of a type")
    assert "  rule     rfc5246-6-server-refuses-unknown-record\n" in out
    assert "  ledger   rfc2246-6-unknown-record-ignore\n" in out
    rules_command.main(Places(), asked("rfc5246-6-server-refuses-unknown-record"))
    out = capsys.readouterr().out
    assert "  binds    rfc5246-2008," in out and "  note     A12," in out
    rules_command.main(Places(), asked("rfc6176"))
    assert "[A20]" in capsys.readouterr().out


@pytest.mark.parametrize(
    "about, coverage, said",
    [("A99", False, "no document, rule or note 'A99'"), ("A1", True, "A1 is none")],
)
def test_what_is_not_there_is_said(about: str, coverage: bool, said: str) -> None:
    with pytest.raises(Complaint, match=said):
        rules_command.main(Places(), asked(about, coverage))


def test_show_has_the_notes_of_what_decided(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cell = Cell("hello.sslv2-grease", "replay", "nss-3.87")
    both = [Peer(n, r, n, "1", ("x",)) for n, r in (("replay", "client"),)]
    store = Store.create(tmp_path / "run.db", [cell], both, {"run": "made up"})
    rule = "rfc5246-6-server-refuses-unknown-record"
    check = Check(rule, Value.FAIL, "silent", "server", "RFC 5246 6")
    store.set_judgements([Judgement(cell.id, Value.FAIL, "silent", (check,))])
    store.close()
    given = argparse.Namespace(
        cell=cell.id, hex=False, run=store.path, rule_set=None, rules=[], level="must"
    )
    assert show_command.main(Places(), given) == 0
    assert "  Note A12, a record of a type" in capsys.readouterr().out


@pytest.mark.parametrize(
    "scenario",
    [
        scenario
        for name, scenario in WRITTEN.scenarios.items()
        if any(note.inconclusive and note.is_about(name) for note in NOTES.values())
        and not name.endswith(TWIN)
    ],
    ids=lambda scenario: str(scenario.name),
)
def test_no_verdict_rests_on_what_is_inconclusive(scenario: Scenario) -> None:
    """Whatever a server does with such a hello, its answer is shown and not judged."""
    can = Capabilities(tls=VERSIONS, natural=VERSIONS)
    due = expect(Cell(scenario.name, "replay", "x-1"), scenario, can)
    assert due.outcome == "open", due


def test_pages_of_sets_and_notes_have_a_place_for_each() -> None:
    sets, told = readings.chapters(WRITTEN)
    places = {
        block.anchor
        for chapter in (sets, told)
        for block in chapter.blocks
        if isinstance(block, Heading)
    }
    assert places == {*WRITTEN.sets, *NOTES}
