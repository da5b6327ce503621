"""Tests of matrix/mutants.py: every fault has a row, and what was not found is
said."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from matrix import mutants
from matrix.hellos import TWIN
from matrix.model import Check, Judgement, Value
from matrix.mutants import Mutant, mutant_problems, plan_mutants
from matrix.options import server_arguments
from sessions import RULES, SCENARIOS, TABLES, cell, peer

ROWS = mutants.load(TABLES / "mutants.toml", SCENARIOS)
ROW = Mutant(
    "server.truncates", "upgrade", (("tls", "1.2"),), "check", Value.FAIL, "server"
)
START = "upgrade/openssl-3.0/openssl-3.0/tls=1.2"
GOOD = Judgement(START, Value.PASS, "", ())
FOUND = Judgement(
    f"{START}/fault=server.truncates",
    Value.FAIL,
    "closed",
    (Check("check", Value.FAIL, "closed", "server"),),
)


def test_rows_and_rules_name_each_other() -> None:
    for row in ROWS:
        assert row.fault in RULES[row.check].faults, row
    named = {fault for rule in RULES.values() for fault in rule.faults}
    assert named == {row.fault for row in ROWS}
    assert len(named) >= 15


def test_the_plan_has_every_row_with_and_without_its_fault() -> None:
    both = [peer("client", id=i) for i in ("nss-3.87", "openssl-3.0")]
    servers = [peer("server", id=i) for i in ("nss-3.87", "openssl-3.0")]
    both.append(peer("client", id="replay"))
    servers.append(peer("server", id="player"))
    cells = plan_mutants(both, servers, SCENARIOS, ROWS)
    ids = [cell.id for cell in cells]
    assert len(set(ids)) == len(ids)
    # no GnuTLS among them: another library has to do
    assert {c.client for c in cells} <= {"openssl-3.0", "nss-3.87", "replay"}
    assert {c.server for c in cells} <= {"openssl-3.0", "nss-3.87", "player"}
    assert f"{START}/fault=server.truncates" in ids and START in ids
    wanted = {(row.scenario, tuple(row.axes_of_cell.items())) for row in ROWS}
    twins = {i for i in ids if "fault=" in i and i.split("/")[0].endswith(TWIN)}
    assert len([i for i in ids if "fault=" in i]) == len(wanted) + len(twins) > 100


def test_the_plan_needs_a_library_on_both_sides() -> None:
    with pytest.raises(ValueError, match="make build"):
        plan_mutants([peer("client", id="nss-3.87")], [peer("server")], SCENARIOS, ROWS)


def test_a_fault_that_was_found_is_no_problem() -> None:
    assert mutant_problems([ROW], [FOUND, GOOD]) == ()


@pytest.mark.parametrize(
    "spoilt, control, word",
    [
        (replace(FOUND, verdict=Value.PASS, checks=()), GOOD, "is pass, not fail"),
        (replace(FOUND, checks=()), GOOD, "check says nothing, not fail server"),
        (
            replace(FOUND, checks=(Check("check", Value.FAIL, "", "client"),)),
            GOOD,
            "check says fail client, not fail server",
        ),
        (FOUND, replace(GOOD, verdict=Value.FAIL), "is fail without a fault"),
        (replace(FOUND, cell="other/x/y"), GOOD, "was not run"),
        (FOUND, replace(GOOD, cell="other/x/y"), "was not run"),
    ],
)
def test_a_fault_that_was_not_found(
    spoilt: Judgement, control: Judgement, word: str
) -> None:
    assert word in "; ".join(mutant_problems([ROW], [spoilt, control]))


@pytest.mark.parametrize(
    "text, word",
    [
        ("[[mutant]", "mutants.toml"),
        ('[[mutant]]\nfault = "server.x"\ncheck = "c"\n', "'scenario' is missing"),
        ('ROW\nside = "x"\n', "side = 'x'"),
        ('ROW\ndoor = "x"\n', "'door' is not a key"),
        ('ROW\naxes = { key = "x" }\n', "'key' is not an axis"),
        ("ROW".replace("ROW", 'ROW\nverdict = "bad"\n'), "bad"),
        ('[[mutant]]\nfault = "x"\nscenario = "upgrade"\ncheck = "c"\n', "client.NAME"),
        (
            '[[mutant]]\nfault = "server.x"\nscenario = "u"\ncheck = "c"\n',
            "no scenario",
        ),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, text: str, word: str) -> None:
    row = '[[mutant]]\nfault = "server.x"\nscenario = "upgrade"\ncheck = "c"'
    file = tmp_path / "mutants.toml"
    file.write_text(text.replace("ROW", row))
    with pytest.raises(ValueError, match=word):
        mutants.load(file, SCENARIOS)


def test_every_error_of_a_client_has_a_server_that_takes_it() -> None:
    errors = {name for name in SCENARIOS if name.startswith("hello-error.")}
    script = "server.script."
    taken = [
        row for row in ROWS if row.scenario in errors and row.fault.startswith(script)
    ]
    assert {row.scenario for row in taken} == errors
    text = (TABLES.parent / "servers/scripts_tolerances.c").read_text()
    names = set(re.findall(r'\{ \.name = "([a-z-]+)"', text))
    assert {row.fault for row in ROWS} >= {script + name for name in names}
    for row in taken:
        at = cell(row.scenario, security="low", fault=row.fault)
        at = replace(at, client="replay", server="player")
        words = server_arguments(at, SCENARIOS[row.scenario], Path("pki"))
        assert words[words.index("--script") + 1] == row.fault.removeprefix(script)
        assert "--fault" not in words
