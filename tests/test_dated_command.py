"""How a run, a cell and a report tell what they come to by the rules of a date."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from report_run import SCENARIOS
from standing import FORM, SETS, V1, store_of
from test_rulesets import DRAFT

from matrix import hellos
from matrix.claims.personas import CONFORMANCE
from matrix.commands import judge, show
from matrix.complaint import Complaint
from matrix.model import Check, Judgement, Sight, Value
from matrix.places import Places
from matrix.profiles import profiles
from matrix.report import dated, view
from matrix.report.dated_text import findings, overview
from matrix.store import Store


def run_in(folder: Path) -> Path:
    """A hello in the SSLv2 form, which a server closed at."""
    return store_of(folder, hellos.named(V1.partition(".")[2]).octets)


def arguments(**given: object) -> argparse.Namespace:
    known: dict[str, object] = {
        "rule_set": None,
        "level": "must",
        "rules": [],
        "hex": False,
    }
    return argparse.Namespace(**{**known, **given})


def test_a_run_by_every_date(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = run_in(tmp_path)
    judge.main(Places(), arguments(run=run, rule_set="all"))
    lines = capsys.readouterr().out.splitlines()
    start = lines.index("By the rules of each date, for who keeps every MUST:")
    assert [line.split()[0] for line in lines[start + 2 :]] == list(SETS)


def test_a_run_by_one_date_and_one_cell_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = run_in(tmp_path)
    judge.main(Places(), arguments(run=run, rule_set="rfc5246-2008"))
    out = capsys.readouterr().out
    assert "By rfc5246-2008 (RFC 3207 and TLS 1.2), for who keeps every MUST:" in out
    assert f"unexpected_message(10) or protocol_version(70): {FORM}" in out
    for name, value in (("rfc5246-2008", "fail"), ("rfc3207-2002", "info")):
        show.main(Places(), arguments(run=run, cell=FORM, rule_set=name))
        text = capsys.readouterr().out
        assert f"By {name}" in text and "Documents that bind: rfc2246" in text
        assert f"{value}  " in text and "dated-server-answer" in text
    show.main(Places(), arguments(run=run, cell=FORM, rule_set="all"))
    assert "rfc3207-2002   info: the server refused" in capsys.readouterr().out


def test_a_rule_set_of_a_users_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "draft.toml"
    file.write_text(DRAFT + '[server.hello]\n"V*" = "must"\n')
    given = arguments(run=run_in(tmp_path), rule_set="draft", rules=[file])
    judge.main(Places(), given)
    assert "By draft (a draft)" in capsys.readouterr().out


@pytest.mark.parametrize(
    "name, text, said",
    [
        ("rfc3207-2003", DRAFT, "no rule set 'rfc3207-2003'; nearest: rfc3207-2002"),
        ("", DRAFT, "--rules needs --as SET"),
        ("draft", DRAFT.replace("H3 =", "H9 ="), "no hello class 'H9'"),
        ("draft", DRAFT.replace("H3 =", "H2 ="), "no client can follow it; look at"),
        ("draft", "", "no rule set 'draft'"),
        ("draft", None, "No such file or directory"),
    ],
)
def test_a_mistake_is_told_in_a_line(
    tmp_path: Path, name: str, text: str | None, said: str
) -> None:
    file = tmp_path / "draft.toml"
    if text is not None:
        file.write_text(text or "[[document]]\nname='d'\ndate='2026'\ntitle='d'\n")
    given = arguments(run=tmp_path / "none.db", rule_set=name, rules=[file])
    with pytest.raises(Complaint) as told:
        judge.main(Places(), given)
    assert said in str(told.value) and "\n" not in str(told.value)
    assert told.value.status == 2


SILENT = Sight("V1", ("1.0",), "-", True, "silent", played=("client",))
CELLS = [
    Judgement(
        f"hello.x/replay/nss-3.{n}",
        Value.PASS,
        "",
        (Check("suite-no-crash", Value.PASS, ""),),
        sight=SILENT,
    )
    for n in range(3)
]


def test_the_lines_count_every_cell_once() -> None:
    found = profiles(CELLS, {})
    for level in CONFORMANCE:
        head, *rows = overview(found, SETS.values(), level)
        assert level.upper() in head
        for row in rows[1:]:
            assert sum(map(int, row.split()[1:])) == len(CELLS)
    (said, failing) = findings(found, SETS["rfc5246-2008"], "must")
    assert "3 server fails" in said and failing.endswith("nss-3.0 and 2 more")


def test_the_tables_of_a_report(tmp_path: Path) -> None:
    store = Store.open(run_in(tmp_path))
    made = view.build(store, SCENARIOS)
    none = dated.tables(made)
    assert [table.rows for table in none] == [(), ()]
    store.close()
    judge.main(Places(), arguments(run=tmp_path / "run.db"))
    store = Store.open(tmp_path / "run.db")
    by_set, by_answer = dated.tables(view.build(store, SCENARIOS))
    store.close()
    assert [name for name, _ in by_set.rows] == list(SETS)
    ((answer, boxes),) = by_answer.rows
    assert answer == "V1: closed (1)"
    letters = dict(zip(by_answer.columns, boxes))
    assert letters["rfc3207-2002"][0].value is Value.INFO
    assert letters["rfc5246-2008"][0].value is Value.FAIL
