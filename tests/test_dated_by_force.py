"""Cells by the rules of other dates, against an enumeration written apart: an answer
is wrong if no server of the set gives it, a hello if no client sends it."""

from __future__ import annotations

from dataclasses import replace

from by_force import answers_of, every_client
from hypothesis import given, settings
from hypothesis import strategies as st

from matrix import rulesets
from matrix.claims.personas import CONFORMANCE
from matrix.dated import CLIENT_HELLO, SERVER_ANSWER, Reading
from matrix.model import VERSIONS, Check, Judgement, Sight, Value
from matrix.places import ROOT
from matrix.rulesets import HELLOS, RuleSet

SETS = rulesets.load(ROOT / "matrix" / "rules" / "sets")
PASSED = Check("suite-no-crash", Value.PASS, "")


def by(rules: RuleSet, level: str, sight: Sight, id: str) -> Value:
    judgement = Judgement("x/y/z", Value.PASS, "", (PASSED,), sight=sight)
    checks = Reading(rules, level).judge(judgement).checks
    return next(check.value for check in checks if check.id == id)


LEVELS = st.sampled_from(rulesets.LEVELS)


@st.composite
def sights(draw: st.DrawFn) -> Sight:
    name = draw(st.sampled_from(list(HELLOS)))
    kind = HELLOS[name]
    top = VERSIONS.index(kind.version) + 1
    offers = VERSIONS[:top] if name != "H4o" else ("1.3",)
    record = kind.record or draw(st.sampled_from(rulesets.RECORDS))
    answer = draw(
        st.sampled_from(
            [("server_hello", -1, v) for v in VERSIONS]
            + [("alert", n, "") for n in (10, 70, 40)]
            + [("silent", -1, ""), ("close", -1, "")]
        )
    )
    return Sight(name, offers, record, draw(st.booleans()), *answer)


@st.composite
def variants(draw: st.DrawFn) -> RuleSet:
    """A rule set with some of its words changed."""
    rules = SETS[draw(st.sampled_from(list(SETS)))]
    client, server = rules.client, rules.server
    name = draw(st.sampled_from(list(HELLOS)))
    version = draw(st.sampled_from(list(server.versions)))
    server = replace(
        server,
        hello={**server.hello, name: draw(LEVELS)},
        versions={**server.versions, version: draw(LEVELS)},
        foreign_hello=draw(st.sampled_from(rulesets.FOREIGN)),
    )
    client = replace(client, hello={**client.hello, name: draw(LEVELS)})
    return replace(rules, client=client, server=server)


@settings(max_examples=200, deadline=None)
@given(variants(), sights(), st.sampled_from(CONFORMANCE))
def test_an_answer_fails_if_no_server_of_the_set_gives_it(
    rules: RuleSet, sight: Sight, level: str
) -> None:
    found = by(rules, level, sight, SERVER_ANSWER)
    if sight.version and sight.version not in rules.server.versions:
        assert found is Value.INFO
        return
    if sight.alert == 40 and HELLOS[sight.hello].form == "sslv2":
        assert found is Value.INFO  # it may be about cipher suites
        return
    given = sight.version or (sight.alert if sight.answer == "alert" else "silence")

    def gives(kept: str) -> bool:
        theirs = answers_of(rules.server, kept, sight.hello, sight.signals)
        return given in theirs or (not sight.version and "silence" in theirs)

    read = rules.server, "must", sight.hello, sight.signals, sight.record
    if not gives("must") and not sight.version and "REC" in answers_of(*read):
        assert found is Value.INCONCLUSIVE
    elif level == "should":
        assert (found is Value.FAIL) == (not gives("should"))
    else:
        assert (found is Value.FAIL) == (not gives("must"))
        assert (found is Value.STRICT_MISS) == (gives("must") and not gives("should"))


@settings(max_examples=200, deadline=None)
@given(variants(), sights(), st.sampled_from(CONFORMANCE))
def test_a_hello_fails_if_no_client_of_the_set_sends_it(
    rules: RuleSet, sight: Sight, level: str
) -> None:
    found = by(rules, level, sight, CLIENT_HELLO)
    if HELLOS[sight.hello].version not in rules.client.versions:
        assert found is Value.INFO
        return
    fixed = HELLOS[sight.hello].record

    def sends(kept: str) -> bool:
        return any(
            name == sight.hello
            and (fixed or record == sight.record)
            and (sight.signals or not signals or sight.offers[0] == "1.3")
            for name, _, record, signals, _ in every_client(rules.client, kept)
        )

    if level == "should":
        assert (found is Value.FAIL) == (not sends("should"))
    else:
        assert (found is Value.FAIL) == (not sends("must"))
        assert (found is Value.STRICT_MISS) == (sends("must") and not sends("should"))
