"""Rule sets: what is read, what lies over what, and what a mistake is told as."""

from __future__ import annotations

from pathlib import Path

import pytest

from matrix import rulesets
from matrix.places import ROOT
from matrix.rules import load as load_rules
from matrix.rulesets import HELLOS, RuleSet

SETS = ROOT / "matrix" / "rules" / "sets"
NAMES = {
    *("rfc2487-1999", "keith-2001", "lastcall-2001", "robust-2001", "rfc3207-2002"),
    *("rfc4346-2006", "rfc5246-2008", "rfc6176-2011", "rfc8446-2018"),
    *("rfc9846-2026", "bcp195-2022"),
}
DRAFT = """
name = "draft"
title = "a draft"
date = "2026-11"
documents = ["rfc3207"]

[client.versions]
"1.2" = "must"

[client.hello]
H3 = "may"

[server.versions]
"1.2" = "must"
"""


def load_draft(folder: Path, text: str = DRAFT) -> RuleSet:
    file = folder / "draft.toml"
    file.write_text(text, encoding="utf-8")
    return rulesets.load(SETS, [file])["draft"]


def test_the_eleven_sets_are_there_by_date() -> None:
    found = rulesets.load(SETS)
    assert set(found) == NAMES
    dates = [each.date for each in found.values()]
    assert dates == sorted(dates)
    for name, each in found.items():
        assert each.date.startswith(name.rpartition("-")[2])


def test_what_a_document_needs_binds_too() -> None:
    found = rulesets.load(SETS)
    assert found["rfc2487-1999"].documents == ("rfc2246", "rfc2487")
    assert {"rfc5746", "rfc6176", "rfc8996"} <= set(found["bcp195-2022"].documents)


def test_a_replaced_document_binds_no_longer() -> None:
    found = rulesets.load(SETS)
    assert "rfc2487" not in found["rfc3207-2002"].documents
    assert "last-call-2001" not in found["robust-2001"].documents


def test_a_set_lies_over_the_one_it_is_based_on() -> None:
    found = rulesets.load(SETS)
    keith, old = found["keith-2001"], found["rfc2487-1999"]
    assert old.client.hello["V1"] == "may" and keith.client.hello["V1"] == "must-not"
    assert keith.client.hello["H1"] == "may"
    assert keith.server == old.server


def test_the_2001_sets_differ_where_the_thread_does() -> None:
    found = rulesets.load(SETS)
    proposed, answer = found["lastcall-2001"], found["robust-2001"]
    assert answer.client == found["keith-2001"].client
    assert answer.server == proposed.server
    assert proposed.server.hello["V1"] == "must"


def test_what_is_not_named_has_its_default(tmp_path: Path) -> None:
    draft = load_draft(tmp_path)
    assert draft.client.hello == {n: "may" if n == "H3" else "must-not" for n in HELLOS}
    assert set(draft.server.hello.values()) == {"may"}
    assert draft.client.record == {"3.1": "may"}
    assert draft.server.strict_record is None
    assert draft.client.signals == draft.server.answers == "must-not"


def test_a_plain_name_beats_a_star(tmp_path: Path) -> None:
    more = DRAFT + '[server.hello]\nV3 = "must"\n"V*" = "must-not"\n"*" = "should"\n'
    hello = load_draft(tmp_path, more).server.hello
    assert (hello["V3"], hello["V1"], hello["H3"]) == ("must", "must-not", "should")


def test_a_star_beats_the_plain_name_of_what_it_is_based_on(tmp_path: Path) -> None:
    text = 'name = "draft"\ntitle = "x"\ndate = "2026"\nbased-on = "rfc2487-1999"\n'
    draft = load_draft(tmp_path, text + '[client.hello]\n"*" = "must-not"\n')
    assert set(draft.client.hello.values()) == {"must-not"}


def test_a_draft_may_bring_its_own_document(tmp_path: Path) -> None:
    row = (
        '[[document]]\nname = "mine"\ndate = "2026"\ntitle = "x"\nneeds = ["rfc8446"]\n'
    )
    draft = load_draft(tmp_path, DRAFT.replace('["rfc3207"]', '["mine"]') + row)
    assert draft.documents == ("rfc8446", "mine")


MISTAKES = {
    "no TOML": ("name =", "draft.toml: "),
    "unknown key": (
        DRAFT.replace("title", "titel"),
        "draft.toml, line 3: titel: not a key; there are: name title",
    ),
    "unknown key of a side": (
        DRAFT + "[server.helo]\n",
        "draft.toml, line 15: server.helo: not a key",
    ),
    "unknown class": (
        DRAFT.replace("H3 =", "H9 ="),
        "draft.toml, line 11: client.hello.H9: no hello class 'H9'; there are: H0 H1",
    ),
    "unknown version": (
        DRAFT.replace('"1.2" = "must"', '"1.4" = "must"', 1),
        "draft.toml, line 8: client.versions.1.4: no version '1.4'",
    ),
    "unknown level": (
        DRAFT.replace('H3 = "may"', 'H3 = "can"'),
        "draft.toml, line 11: client.hello.H3: 'can'; use one of: must should may",
    ),
    "unknown record version": (
        DRAFT.replace(
            "[client.hello]", '[client.record]\n"2.0" = "may"\n[client.hello]'
        ),
        "draft.toml, line 11: client.record.2.0: no record version '2.0'",
    ),
    "record list": (
        DRAFT.replace(
            "[server.versions]",
            '[server]\nstrict-record = ["2.0"]\n' "[server.versions]",
        ),
        'draft.toml, line 14: server.strict-record: use "any", or a list of 3.0',
    ),
    "unknown document": (
        DRAFT.replace("rfc3207", "rfc32O7"),
        "draft.toml, line 5: documents: no document 'rfc32O7'; add a [[document]]",
    ),
    "unknown base": (
        DRAFT.replace("documents =", 'based-on = "rfc-2487"\ndocuments ='),
        "draft.toml, line 5: based-on: no rule set 'rfc-2487'; there are: ",
    ),
    "based on itself": (
        DRAFT.replace("documents =", 'based-on = "draft"\ndocuments ='),
        "draft.toml, line 5: based-on: 'draft' is based on itself in the end",
    ),
    "two sets with one name": (
        DRAFT.replace('"draft"', '"keith-2001"'),
        "draft.toml, line 2: name: 'keith-2001' is in keith-2001.toml already",
    ),
    "no name": (
        DRAFT.replace('name = "draft"', ""),
        "draft.toml: name = ... is missing",
    ),
    "bad name": (
        DRAFT.replace('"draft"', '"My draft"'),
        "draft.toml, line 2: name: 'My draft' is no name",
    ),
    "bad date": (
        DRAFT.replace('"2026-11"', '"November"'),
        "draft.toml, line 4: date: 'November' is no date",
    ),
    "a document of the future": (
        DRAFT.replace("rfc3207", "rfc8446").replace("2026-11", "2017"),
        "draft.toml, line 5: documents: rfc8446 is of 2018-08, later than",
    ),
    "no document": (
        DRAFT.replace('documents = ["rfc3207"]', ""),
        "draft.toml: documents: a rule set binds at least one document",
    ),
    "no version": (
        DRAFT.replace('"1.2" = "must"', '"1.2" = "must-not"'),
        "draft.toml, line 7: client.versions: no version of TLS is allowed",
    ),
    "documents in a circle": (
        DRAFT
        + '[[document]]\nname = "a"\ndate = "2026"\ntitle = "x"\nneeds = ["b"]\n'
        + '[[document]]\nname = "b"\ndate = "2026"\ntitle = "x"\nneeds = ["a"]\n',
        "draft.toml, line 16: a: documents in a circle: a needs b needs a",
    ),
    "a document twice": (
        DRAFT + '[[document]]\nname = "rfc3207"\ndate = "2026"\ntitle = "x"\n',
        "draft.toml, line 16: rfc3207: document 'rfc3207' is there twice",
    ),
    "a document without a date": (
        DRAFT + '[[document]]\nname = "mine"\ntitle = "x"\n',
        "draft.toml, line 15: document: every document needs its date",
    ),
    "not a table": (
        DRAFT.replace('[client.hello]\nH3 = "may"', "[client]\nhello = 3"),
        "draft.toml, line 11: client.hello: write it as a table: [client.hello]",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_in_one_line(mistake: str, tmp_path: Path) -> None:
    text, said = MISTAKES[mistake]
    with pytest.raises(ValueError) as caught:
        load_draft(tmp_path, text)
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith(said)


def test_the_example_of_the_readme_is_a_rule_set(tmp_path: Path) -> None:
    lines = (SETS / "README.md").read_text(encoding="utf-8").splitlines()
    at = lines.index('    name = "my-draft"')
    end = lines.index("## The file")
    file = tmp_path / "my-draft.toml"
    file.write_text("\n".join(line[4:] for line in lines[at:end]), encoding="utf-8")
    assert rulesets.load(SETS, [file])["my-draft"].client.versions["1.2"] == "must-not"


def test_every_document_that_has_rules_can_be_bound() -> None:
    # For those who choose it, or a draft still.
    optional = {"rfc7672", "rfc7817", "rfc8314", "rfc8461", "rfc9525"}
    optional.add("draft-ietf-tls-ecdhe-mlkem")
    rules = {rule.document for rule in load_rules(SETS.parent).values()} - {"suite"}
    bound = {name for each in rulesets.load(SETS).values() for name in each.documents}
    assert rules <= bound | optional
