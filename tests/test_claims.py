"""Claims: the tables worked out by hand, an enumeration written apart, and what a
run can say for and against them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Iterator

import pytest
from by_force import CLASSES, NUMBER, by_force
from hypothesis import given, settings
from hypothesis import strategies as st

from matrix import rulesets
from matrix.claims import challenge, tables
from matrix.claims.enumerate import KINDS, claim, claims, kind
from matrix.claims.layers import LAYERS, outcome
from matrix.claims.personas import clients, servers
from matrix.places import ROOT
from matrix.rulesets import ClientRules, RuleSet, ServerRules

SETS = rulesets.load(ROOT / "matrix" / "rules" / "sets")

# The tables, typed in from the note they were worked out in by hand.  Rows are
# clients, columns servers; + ALL, ~ SOME, - NONE; F FORM, C REC, V VERS, R RI.
ORDER = (
    *("rfc2487-1999", "keith-2001", "lastcall-2001", "rfc3207-2002", "rfc5246-2008"),
    *("rfc6176-2011", "rfc8446-2018", "bcp195-2022", "robust-2001"),
)
MUST = """
    ~F    ~F    +    ~F    ~FV   ~FRV  ~FRV  -FV  +
    +     +     +    +     ~V    ~RV   ~RV   -V   +
    ~F    ~F    +    ~F    ~FV   ~FRV  ~FRV  -FV  +
    ~F    ~F    +    ~F    ~FV   ~FRV  ~FRV  -FV  +
    ~FV   ~FV   ~V   ~FV   ~F    ~FR   ~FRV  ~FR  ~V
    ~RV   ~RV   ~RV  ~RV   ~R    +     ~V    +    ~RV
    ~RV   ~RV   ~RV  ~RV   ~RV   ~V    +     ~V   ~RV
    -V    -V    -V   -V    -R    +     ~V    +    -V
    +     +     +    +     ~V    ~RV   ~RV   -V   +
"""
SHOULD = """
    ~F    ~F    +    ~F    ~FV   ~FRV  ~FRV  -FV  +
    +     +     +    +     ~V    ~RV   ~RV   -V   +
    ~F    ~F    +    ~F    ~FV   ~FRV  ~FRV  -FV  +
    ~F    ~F    +    ~F    ~FV   ~FRV  ~FRV  -FV  +
    ~V    ~V    ~V   ~V    +     ~R    ~RV   ~R   ~V
    ~RV   ~RV   ~RV  ~RV   ~R    +     ~V    +    ~RV
    ~RV   ~RV   ~RV  ~RV   ~RV   ~V    +     +    ~RV
    -V    -V    -V   -V    -R    +     +     +    -V
    +     +     +    +     ~V    ~RV   ~RV   -V   +
"""
STRICT = """
    ~FC   ~FC   +    ~FC   ~FV   ~FRV  ~FRV  -FV  +
    +     +     +    +     ~V    ~RV   ~RV   -V   +
    ~FC   ~FC   +    ~FC   ~FV   ~FRV  ~FRV  -FV  +
    ~FC   ~FC   +    ~FC   ~FV   ~FRV  ~FRV  -FV  +
    ~FCV  ~FCV  ~V   ~FCV  ~F    ~FR   ~FRV  ~FR  ~V
    ~CRV  ~CRV  ~RV  ~CRV  ~R    +     ~V    +    ~RV
    ~CRV  ~CRV  ~RV  ~CRV  ~RV   ~V    +     ~V   ~RV
    -CV   -CV   -V   -CV   -R    +     ~V    +    -V
    +     +     +    +     ~V    ~RV   ~RV   -V   +
"""
_VERDICTS = {"+": "ALL", "~": "SOME", "-": "NONE"}
_LAYERS = {"F": "FORM", "C": "REC", "R": "RI", "V": "VERS"}


def typed(table: str) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Client, server, verdict and layers of each box of a table above."""
    rows = [line.split() for line in table.split("\n") if line.strip()]
    for mine, row in zip(ORDER, rows, strict=True):
        for theirs, box in zip(ORDER, row, strict=True):
            layers = tuple(sorted(_LAYERS[letter] for letter in box[1:]))
            yield mine, theirs, _VERDICTS[box[0]], layers


@pytest.mark.parametrize(
    "table, level, strict",
    [(MUST, "must", False), (SHOULD, "should", False), (STRICT, "must", True)],
    ids=["must", "should", "strict"],
)
def test_the_tables_worked_out_by_hand(table: str, level: str, strict: bool) -> None:
    made = claims(SETS.values(), level, strict)
    for mine, theirs, verdict, layers in typed(table):
        found = made[mine, theirs]
        assert (found.verdict, found.layers) == (verdict, layers), (mine, theirs)


def test_the_counterexample_of_the_thread() -> None:
    found = claim(SETS["lastcall-2001"], SETS["rfc2487-1999"]).examples["FORM"]
    assert found.client.hello == "V1"
    assert not found.server.reads_form("sslv2")
    assert found.client.versions == found.server.versions == ("1.0",)
    assert found.outcome.side == "server" and found.outcome.alert == -1


def test_from_2008_a_form_that_is_not_understood_gets_an_alert() -> None:
    found = claim(SETS["lastcall-2001"], SETS["rfc5246-2008"]).examples["FORM"]
    assert found.outcome.alert == 10


def test_a_version_refused_by_the_client_and_by_the_server() -> None:
    made = claims(SETS.values())
    by_server = made["keith-2001", "rfc5246-2008"].examples["VERS"].outcome
    assert (by_server.side, by_server.version, by_server.alert) == ("server", "", 70)
    by_client = made["bcp195-2022", "keith-2001"].examples["VERS"].outcome
    assert (by_client.side, by_client.version) == ("client", "1.0")


def test_the_examples_show_what_they_stand_for() -> None:
    for level, strict in itertools.product(("must", "should"), (False, True)):
        for found in claims(SETS.values(), level, strict).values():
            for end, example in found.examples.items():
                shown = outcome(example.client, example.server)
                assert shown == example.outcome
                assert kind(example.client, shown) == end
            failing = set(found.examples) & set(LAYERS)
            assert bool(failing) == (found.verdict != "ALL")
            working = set(found.examples) - set(LAYERS)
            assert bool(working) == (found.verdict != "NONE")


# The challenge.


def verdicts(new: str) -> list[tuple[str, str]]:
    """Of each old client, and of the new one: with an old server and with a new one."""
    names = [*(name for name, _ in challenge.OLD_CLIENTS), new]
    made = {
        (ours, theirs): claim(SETS[ours], SETS[theirs]).words
        for ours in names
        for theirs in (challenge.OLD, new)
    }
    return [(made[ours, challenge.OLD], made[ours, new]) for ours in names]


def test_the_two_by_two_as_proposed() -> None:
    assert verdicts("lastcall-2001") == [
        ("ALL", "ALL"),
        ("SOME(FORM)", "ALL"),
        ("SOME(FORM)", "ALL"),
    ]


def test_the_two_by_two_as_answered() -> None:
    assert verdicts("robust-2001") == [
        ("ALL", "ALL"),
        ("SOME(FORM)", "ALL"),
        ("ALL", "ALL"),
    ]


def test_of_all_candidates_the_least_restrictive_is_the_answer() -> None:
    found = challenge.solutions(SETS["rfc2487-1999"])
    assert challenge.least_restrictive(found) == (
        challenge.of_set(SETS["robust-2001"]),
    )
    (best,) = challenge.least_restrictive(found)
    assert all(best.restricts_no_more(other) for other in found)


def test_no_other_set_of_2001_meets_the_challenge() -> None:
    old = SETS["rfc2487-1999"]
    meeting = [
        name
        for name, rules in SETS.items()
        if rules.date < "2003" and challenge.meets(old, rules)
    ]
    assert meeting == ["robust-2001"]


def test_the_solutions_are_the_three_inclusions() -> None:
    """En in Uo, Eo in Un, En in Un; Uo without H0 where records are read strictly."""
    every = {"H0", "H1", "H1x", "V1"}
    for readings, understood in (
        ((False,), {"H0", "H1", "H1x"}),
        ((True,), {"H1", "H1x"}),
        ((False, True), {"H1", "H1x"}),
    ):
        found = set(challenge.solutions(SETS["rfc2487-1999"], readings))
        for each in challenge.candidates():
            sends, reads = each.sends, each.understands
            holds = sends <= understood and every <= reads and sends <= reads
            assert (each in found) == holds


def test_read_leniently_clients_could_be_left_one_hello_more() -> None:
    found = challenge.solutions(SETS["rfc2487-1999"], (False,))
    (best,) = challenge.least_restrictive(found)
    assert best.sends == {"H0", "H1", "H1x"}
    # The answer is one of them all the same, but no longer the least restrictive.
    answer = challenge.of_set(SETS["robust-2001"])
    assert answer in found and best.restricts_no_more(answer)
    assert best.understands == answer.understands


def test_what_every_solution_has_in_either_reading() -> None:
    every = frozenset(challenge.CLASSES)
    firm, lenient = challenge.by_reading(SETS["rfc2487-1999"])
    assert (len(firm.solutions), len(lenient.solutions)) == (3, 7)
    assert firm.always() == (frozenset({"H0", "V1"}), every)
    assert lenient.always() == (frozenset({"V1"}), every)


def test_under_the_objection_s_reading_nothing_new_is_needed() -> None:
    assert challenge.meets(SETS["keith-2001"], SETS["keith-2001"])


# What force finds.

words = st.sampled_from(rulesets.LEVELS)
closed = st.sampled_from(("must", "must-not", "must", "must-not", "may"))


def as_tuple(versions: list[str]) -> tuple[str, ...]:
    return tuple(versions)


@st.composite
def rule_sets(draw: st.DrawFn) -> RuleSet:
    """Any rule set; most hellos are settled, so that trying them all stays quick."""
    side = st.dictionaries(st.sampled_from(tuple(NUMBER)), words, min_size=1)
    hello = st.fixed_dictionaries({name: st.one_of(closed, words) for name in CLASSES})
    record = st.dictionaries(st.sampled_from(("3.0", "3.1", "3.3")), words, min_size=1)
    strict = st.none() | st.lists(st.sampled_from(("3.0", "3.1", "3.3"))).map(as_tuple)
    return RuleSet(
        *("any", "any", "2026", ("rfc3207",), ()),
        ClientRules(draw(side), draw(hello), draw(record), draw(words), draw(words)),
        ServerRules(
            draw(side),
            draw(st.fixed_dictionaries({name: closed for name in CLASSES})),
            draw(strict),
            "alert",
            draw(words),
            draw(words),
        ),
    )


levels = st.sampled_from(("must", "should"))


@settings(deadline=None, max_examples=200)
@given(rule_sets(), rule_sets(), levels, st.booleans())
def test_any_two_sets_come_to_what_force_finds(
    client: RuleSet, server: RuleSet, level: str, strict: bool
) -> None:
    found = claim(client, server, level, strict)
    assert set(found.examples) == by_force(client, server, level, strict)


@pytest.mark.parametrize("strict", (False, True))
@pytest.mark.parametrize("level", ("must", "should"))
def test_the_eleven_sets_come_to_what_force_finds(level: str, strict: bool) -> None:
    for (mine, theirs), found in claims(SETS.values(), level, strict).items():
        expected = by_force(SETS[mine], SETS[theirs], level, strict)
        assert set(found.examples) == expected, (mine, theirs)


@settings(deadline=None, max_examples=100)
@given(rule_sets(), rule_sets(), st.booleans())
def test_whoever_keeps_every_should_keeps_every_must(
    client: RuleSet, server: RuleSet, strict: bool
) -> None:
    strictly = set(claim(client, server, "should", strict).examples)
    assert strictly <= set(claim(client, server, "must", strict).examples)


@settings(deadline=None, max_examples=100)
@given(rule_sets(), rule_sets(), levels, st.sampled_from(tuple(CLASSES)))
def test_a_client_that_may_send_less_fails_no_more(
    client: RuleSet, server: RuleSet, level: str, name: str
) -> None:
    less = {n: "may" if w == "must" else w for n, w in client.client.hello.items()}
    wide = replace(client, client=replace(client.client, hello=less))
    if less[name] == "should" and level == "should":
        return  # without what should be sent, what is open comes into its place
    narrow = replace(
        client, client=replace(client.client, hello={**less, name: "must-not"})
    )
    assert set(claim(narrow, server, level).examples) <= set(
        claim(wide, server, level).examples
    )


def test_every_level_leaves_each_set_someone_who_follows_it() -> None:
    for rules in SETS.values():
        for level in ("must", "should"):
            assert clients(rules, level)
            assert servers(rules, level)


# Tables.


@pytest.mark.parametrize("width", (60, 80, 100, 132, 200, None))
def test_a_table_keeps_to_its_width_in_plain_ascii(width: int | None) -> None:
    made = claims(SETS.values(), "must", True)
    lines = tables.grid(made, list(SETS), width)
    assert all(line.isascii() and line == line.rstrip() for line in lines)
    if width is not None:
        assert max(map(len, lines)) <= width


def test_no_column_is_lost_where_a_table_is_cut() -> None:
    lines = tables.grid(claims(SETS.values()), list(SETS), 40)
    heads = [line.split()[3:] for line in lines if line.startswith("client \\")]
    assert len(heads) > 1
    assert [n for head in heads for n in head] == [str(n + 1) for n in range(len(SETS))]


def test_the_kinds_of_ends_are_the_layers_and_both_forms() -> None:
    assert KINDS == ("tls", "sslv2", *LAYERS)
