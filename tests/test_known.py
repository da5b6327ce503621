"""Tests of matrix/known.py: entries explain, and must not rot."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from matrix import known
from matrix.model import Check, Judgement, Known, Value
from matrix.plan import alternatives
from sessions import TABLES, peer

ENTRY = Known(
    cells="upgrade/bearssl-0.6/*",
    check="rfc5246-e.1-client-refuses-lower-server",
    value=Value.FAIL,
    reason="it closes without an alert",
    link="RFC 5246 E.1",
    until="2027-01-31",
)
DAY = date(2026, 9, 1)


def judgement(cell: str, value: Value, check: str = ENTRY.check) -> Judgement:
    return Judgement(cell, value, "", (Check(check, value, ""),))


SHOWN = judgement("upgrade/bearssl-0.6/x-1", Value.FAIL)


def test_the_suites_own_entries_are_whole() -> None:
    entries = known.load(TABLES / "known.toml")
    for entry in entries:
        assert entry.value in known.UNEXPECTED
        found = [judged(entry, cells) for cells in alternatives(entry.cells)]
        assert not known.problems([entry], found, date(2026, 1, 1))


def judged(entry: Known, cells: str) -> Judgement:
    """A cell that shows it, with the first word of each brace."""
    cell = re.sub(r"\{([^{},]*)[^{}]*\}", r"\1", cells).replace("*", "x")
    check = Check(entry.check, entry.value, entry.seen.replace("*", "x"))
    return Judgement(cell, entry.value, "", (check,))


def test_a_row_for_several_clauses_and_cells_and_one_observation(
    tmp_path: Path,
) -> None:
    file = tmp_path / "known.toml"
    file.write_text(
        '[[known]]\ncells = "hello.{a,b*}/replay/x-1*"\ncheck = ["c", "d"]\n'
        'value = "fail"\nseen = "closed without *"\n'
        'reason = "r"\nlink = "l"\nuntil = "2027-01-31"\n'
    )
    entries = known.load(file)
    assert [entry.check for entry in entries] == ["c", "d"]

    def explained(cell: str, check: str, because: str) -> bool:
        decisive = Check(check, Value.FAIL, because)
        told = known.index(entries)
        return known.explains(told, cell, [decisive], decisive) is not None

    assert explained("hello.a/replay/x-1", "c", "closed without an answer")
    assert explained("hello.b-2/replay/x-1.1", "d", "closed without an alert")
    assert not explained("hello.c/replay/x-1", "c", "closed without an answer")
    assert not explained("hello.a/replay/x-1", "c", "silent")
    one = Check("c", Value.FAIL, "closed without an answer")
    half = [Judgement("hello.a/replay/x-1", Value.FAIL, "", (one,))]
    (problem,) = known.problems(entries[:1], half, DAY)
    assert "fits no cell" in problem and problem.endswith("(hello.b*/replay/x-1*)")


def test_a_row_about_one_version_holds_where_that_is() -> None:
    every = Known("a/*", "c", Value.FAIL, "r", "l", "2027-01-31")
    one = replace(every, peer="openssl 3.5.*")
    for version, held in (("3.5.9", (every, one)), ("3.6.1", (every,))):
        there = replace(peer("client"), version=version)
        assert known.among([every, one], [there]) == held


def test_an_entry_is_read(tmp_path: Path) -> None:
    file = tmp_path / "known.toml"
    file.write_text(
        '[[known]]\ncells = "a/*"\ncheck = "c"\nvalue = "fail"\n'
        'reason = "r"\nlink = "l"\nuntil = "2027-01-31"\n'
    )
    assert known.load(file) == (Known("a/*", "c", Value.FAIL, "r", "l", "2027-01-31"),)


@pytest.mark.parametrize(
    "old, new, word",
    [
        ('value = "fail"', 'value = "bad"', "bad"),
        ("2027-01-31", "soon", "soon"),
        ('link = "l"\n', "", "link"),
        ('link = "l"\n', 'link = "l"\nwho = "me"\n', "who"),
        ("[[known]]", "[[known]", "known.toml"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, old: str, new: str, word: str) -> None:
    text = '[[known]]\ncells = "a/*"\ncheck = "c"\nvalue = "fail"\n'
    text += 'reason = "r"\nlink = "l"\nuntil = "2027-01-31"\n'
    file = tmp_path / "known.toml"
    file.write_text(text.replace(old, new))
    with pytest.raises(ValueError, match=word):
        known.load(file)


def test_an_entry_explains_its_observation_only() -> None:
    (check,) = SHOWN.checks
    assert known.explains(known.index([ENTRY]), SHOWN.cell, [check], check) is ENTRY
    assert (
        known.explains(known.index([ENTRY]), "upgrade/nss-3.87/x-1", [check], check)
        is None
    )
    crash = Check("suite-no-crash", Value.FAIL, "")
    assert known.explains(known.index([ENTRY]), SHOWN.cell, [crash], crash) is None
    milder = Check(ENTRY.check, Value.STRICT_MISS, "")
    assert known.explains(known.index([ENTRY]), SHOWN.cell, [milder], milder) is None


def test_an_entry_hides_no_second_deviation() -> None:
    (check,) = SHOWN.checks
    second = Check("other", Value.STRICT_MISS, "")
    both = [check, second, Check("third", Value.INFO, "")]
    assert known.explains(known.index([ENTRY]), SHOWN.cell, both, check) is None
    other = replace(ENTRY, check="other", value=Value.STRICT_MISS)
    assert known.explains(known.index([other, ENTRY]), SHOWN.cell, both, check) is ENTRY


def test_a_good_entry_is_no_problem() -> None:
    assert known.problems([ENTRY], [SHOWN], DAY) == ()
    assert known.problems([ENTRY], [SHOWN], date(2027, 1, 31)) == ()


@pytest.mark.parametrize("reason", ["", "  ", "TODO", "todo.", "?"])
def test_an_entry_without_a_reason(reason: str) -> None:
    entry = replace(ENTRY, reason=reason)
    (problem,) = known.problems([entry], [SHOWN], DAY)
    assert "no reason" in problem


def test_an_expired_entry() -> None:
    (problem,) = known.problems([ENTRY], [SHOWN], date(2027, 2, 1))
    assert "ended on 2027-01-31" in problem


def test_an_entry_that_fits_no_cell() -> None:
    (problem,) = known.problems([ENTRY], [judgement("other/x/y", Value.FAIL)], DAY)
    assert "fits no cell" in problem


def test_a_stale_entry() -> None:
    passed = judgement(SHOWN.cell, Value.PASS)
    (problem,) = known.problems([ENTRY], [passed], DAY)
    assert "stale" in problem
    other = judgement(SHOWN.cell, Value.FAIL, "suite-no-crash")
    assert "stale" in known.problems([ENTRY], [other], DAY)[0]


def test_what_was_not_run_makes_nothing_stale() -> None:
    gone = Judgement(SHOWN.cell, Value.NOT_RUN, "no result arrived", ())
    assert known.problems([ENTRY], [gone], DAY) == ()


def test_what_is_known_of_eras_is_looked_for_only_where_they_are(
    tmp_path: Path,
) -> None:
    (tmp_path / "known.toml").write_text("")
    (tmp_path / "known-eras.toml").write_text(
        "[[known]]\n"
        'cells = "upgrade/*/node-0.8"\ncheck = "suite-no-hang"\nvalue = "fail"\n'
        'reason = "it is so"\nlink = "RFC 2246"\nuntil = "2027-11-30"\n'
    )
    (entry,) = known.load(tmp_path / "known.toml")
    assert entry.eras
    today = date(2026, 11, 30)
    assert known.problems([entry], [], today) == ()
    (said,) = known.problems([entry], [], today, eras=True)
    assert said.startswith("known-eras.toml: upgrade/*/node-0.8") and "no cell" in said
    (said,) = known.problems([entry], [], date(2028, 1, 1))
    assert "ended on" in said
