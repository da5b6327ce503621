"""What is decided of the specifications and what is not: ledger, ./interop rules."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import pytest

from matrix import coverage, rules
from matrix.checks import OF_CELL, OF_LINK
from matrix.commands import rules as rules_command
from matrix.complaint import Complaint
from matrix.places import ROOT, Places

LEDGER = ROOT / "matrix" / "rules" / "ledger.toml"
RULES = rules.load(ROOT / "matrix" / "rules")
UNCHECKED = {rule.check for rule in RULES.values()} - {*OF_CELL, *OF_LINK}


def test_the_ledger_has_a_reason_or_a_rule_for_each_line() -> None:
    entries = coverage.ledger(LEDGER, RULES)
    assert len(entries) >= 300
    assert len({entry.id for entry in entries}) == len(entries)
    for entry in entries:
        assert entry.rule in RULES if entry.rule else entry.reason.strip()


@pytest.mark.parametrize(
    "text, said",
    [
        ('a = { level = "MUST", rule = "no-such" }', "there is no rule 'no-such'"),
        ('a = { level = "MUST", kind = "later", reason = "x" }', "'later'; use one of"),
        ('a = { level = "MUST", kind = "scope" }', "write rule = ..., or kind and"),
        ('a = { level = "OUGHT", kind = "scope", reason = "x" }', "'OUGHT'; use one"),
        ('a = { levels = "MUST" }', "not a key"),
        (
            'suite-no-crash = { level = "MUST", kind = "scope", reason = "x" }',
            "it is a rule by now",
        ),
    ],
)
def test_a_mistake_in_the_ledger(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "ledger.toml"
    file.write_text("[rfc1]\n" + text.replace("{ l", '{ section = "1", l') + "\n")
    with pytest.raises(ValueError) as caught:
        coverage.ledger(file, RULES)
    assert str(caught.value).startswith("ledger.toml, line 2: ")
    assert said in str(caught.value)


def test_a_rule_without_a_fault_is_unproven() -> None:
    rule = RULES["suite-no-crash"]
    assert coverage.state(rule, {rule.id}) == "decided"
    assert coverage.state(replace(rule, faults=()), {rule.id}) == "unproven"
    assert coverage.state(rule, set()) == "unchecked"


def test_the_coverage_table_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    given = argparse.Namespace(about=None, coverage=True)
    assert rules_command.main(Places(), given) == bool(UNCHECKED)
    out = capsys.readouterr().out
    head, *rows = out.split("\n\n")[0].splitlines()
    numbers = [
        [0 if box == "-" else int(box) for box in row.split()[1:]] for row in rows
    ]
    *parts, total = numbers
    assert total == [sum(column) for column in zip(*parts, strict=True)]
    assert "decided" in head and "not-built" in head
    assert sum(total) == len(RULES) + len(coverage.ledger(LEDGER, RULES))


def test_a_document_rule_by_rule(capsys: pytest.CaptureFixture[str]) -> None:
    given = argparse.Namespace(about="rfc3207", coverage=False)
    assert rules_command.main(Places(), given) == bool(UNCHECKED)
    lines = capsys.readouterr().out.splitlines()
    mine = [id for id, rule in RULES.items() if rule.document == "rfc3207"]
    assert [line.split()[1] for line in lines[: len(mine)]] == mine
    with pytest.raises(
        Complaint, match="no document, rule or note 'rfc3208'; nearest: "
    ):
        wrong = argparse.Namespace(about="rfc3208", coverage=False)
        rules_command.main(Places(), wrong)
