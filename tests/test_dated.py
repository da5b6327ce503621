"""Cells by the rules of other dates: made by hand, and a few for real, where the
programs are built."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from test_hello_family import played
from test_rulesets import DRAFT, load_draft

from matrix import dated, rulesets
from matrix.dated import CLIENT_HELLO, CLIENT_TAKES, NOT_ASKED, SERVER_ANSWER
from matrix.dated import SERVER_SIGNAL, Reading
from matrix.model import VERSIONS, Check, Judgement, Prediction, Sight, Value
from matrix.places import ROOT
from matrix.profiles import about, profiles, tally
from matrix.sight import CHALLENGE, LEGACY, SESSION
from sessions import RULES, Session, cell, check, hello, judged, server_hello

SETS = rulesets.load(ROOT / "matrix" / "rules" / "sets")
CELL = "hello.x/replay/nss-3.87"
V1 = Sight("V1", ("1.0",), "-", True, "silent", played=("client",))
PASSED = Check("suite-no-crash", Value.PASS, "")


def verdict(
    name: str, sight: Sight | None, *more: Check, level: str = "must"
) -> dated.Dated:
    judgement = Judgement(CELL, Value.PASS, "", (PASSED, *more), sight=sight)
    return Reading(SETS[name], level).judge(judgement)


def on(name: str, sight: Sight, id: str = SERVER_ANSWER, level: str = "must") -> Check:
    """What a rule set says of a sight, by one of its own checks."""
    (found,) = [c for c in verdict(name, sight, level=level).checks if c.id == id]
    return found


# The server's part.


def test_the_same_silence_is_lawful_at_one_date_and_a_failure_at_another() -> None:
    came = {name: on(name, V1) for name in SETS}
    lawful = {name for name, each in came.items() if each.value is Value.INFO}
    assert lawful == {"rfc2487-1999", "keith-2001", "rfc3207-2002", "rfc4346-2006"}
    rest = {(each.value, each.side) for n, each in came.items() if n not in lawful}
    assert rest == {(Value.FAIL, "server")}
    assert "unexpected_message(10)" in came["rfc5246-2008"].because
    assert came["lastcall-2001"].because.endswith("answers with TLS 1.0")
    assert came["lastcall-2001"].clause == "lastcall-2001"


def test_the_same_server_hello_passes_under_one_set_and_fails_under_another() -> None:
    h1 = Sight("H1x", ("1.0",), "3.1", True, "server_hello", -1, "1.0", True, True)
    came = {name: on(name, h1).value for name in SETS}
    assert came["rfc3207-2002"] is came["robust-2001"] is Value.PASS
    assert came["rfc5246-2008"] is came["rfc8446-2018"] is Value.INFO
    assert came["bcp195-2022"] is came["rfc9846-2026"] is Value.FAIL
    assert on("bcp195-2022", h1).side == "server"
    both = verdict("bcp195-2022", h1)
    assert both.verdict is Value.FAIL and both.sides == ("client", "server")


@pytest.mark.parametrize(
    "name, answer, alert, version, value",
    [
        ("rfc3207-2002", "close", -1, "", Value.INFO),
        ("rfc3207-2002", "alert", 10, "", Value.INFO),
        ("rfc3207-2002", "server_hello", -1, "1.0", Value.INFO),
        ("lastcall-2001", "server_hello", -1, "1.0", Value.PASS),
        ("lastcall-2001", "alert", 70, "", Value.FAIL),
        ("lastcall-2001", "alert", 40, "", Value.INFO),
        ("rfc5246-2008", "alert", 10, "", Value.INFO),
        ("rfc5246-2008", "alert", 70, "", Value.INFO),
        ("rfc5246-2008", "reset", -1, "", Value.FAIL),
        ("rfc8446-2018", "server_hello", -1, "1.0", Value.STRICT_MISS),
        ("bcp195-2022", "alert", 70, "", Value.STRICT_MISS),
        ("bcp195-2022", "alert", 10, "", Value.PASS),
        ("bcp195-2022", "server_hello", -1, "1.0", Value.FAIL),
        ("rfc3207-2002", "server_hello", -1, "1.2", Value.INFO),
    ],
)
def test_an_sslv2_hello(
    name: str, answer: str, alert: int, version: str, value: Value
) -> None:
    came = replace(V1, answer=answer, alert=alert, version=version)
    assert on(name, came).value is value


def test_who_keeps_every_should_fails_where_one_is_missed() -> None:
    came = replace(V1, answer="server_hello", version="1.0")
    assert on("rfc8446-2018", came).value is Value.STRICT_MISS
    assert on("rfc8446-2018", came, level="should").value is Value.FAIL
    missed = Check("rfc8446-6.2-x", Value.STRICT_MISS, "", "server")
    assert verdict("rfc8446-2018", None, missed).verdict is Value.STRICT_MISS
    assert verdict("rfc8446-2018", None, missed, level="should").sides == ("server",)


def test_a_new_version_is_answered_with_the_highest_of_old() -> None:
    h3 = Sight("H3", VERSIONS[:3], "3.1", False, "server_hello", version="1.0")
    assert on("rfc3207-2002", h3).value is Value.PASS
    assert on("rfc5246-2008", h3).value is Value.FAIL
    assert on("rfc3207-2002", replace(h3, version="1.2")).value is Value.INFO
    refused = replace(h3, version="", answer="alert", alert=70, apart=True)
    assert on("rfc3207-2002", refused).value is Value.FAIL


def test_a_refusal_for_other_reasons_is_no_failure() -> None:
    h1 = Sight("H1", ("1.0",), "3.1", False, "alert", 40)
    assert on("rfc3207-2002", h1).value is Value.FAIL
    assert on("rfc3207-2002", replace(h1, lacks="no suite")).value is Value.INFO
    late = replace(h1, alert=86)
    assert on("rfc3207-2002", late).value is Value.INFO


def test_a_record_version_can_be_read_either_way() -> None:
    h0 = Sight("H0", ("1.0",), "3.0", False, "close")
    assert on("rfc2487-1999", h0).value is Value.INCONCLUSIVE
    assert on("lastcall-2001", h0).value is Value.FAIL
    assert on("rfc2487-1999", replace(h0, apart=True)).value is Value.FAIL
    assert on("rfc2487-1999", replace(h0, hello="H1", record="3.1")).side == "server"


def test_where_the_documents_disagree_nothing_is_decided() -> None:
    doubtful = replace(V1, hello="", doubt=SESSION)
    assert on("rfc2487-1999", doubtful).value is Value.INCONCLUSIVE
    short = replace(doubtful, doubt=CHALLENGE)
    assert on("robust-2001", short).value is Value.INFO
    legacy = Sight("", (), "3.1", False, "alert", 70, doubt=LEGACY)
    assert on("rfc8446-2018", legacy).value is Value.INFO
    assert on("bcp195-2022", legacy).value is Value.INCONCLUSIVE


def test_an_answer_to_the_renegotiation_signal_is_due_since_2010() -> None:
    bare = Sight("H3", VERSIONS[:3], "3.1", True, "server_hello", -1, "1.2")
    ids = [c.id for c in verdict("rfc5246-2008", bare).checks]
    assert SERVER_SIGNAL not in ids
    assert on("rfc6176-2011", bare, SERVER_SIGNAL).side == "server"
    went_on = replace(bare, completed=True)
    assert on("bcp195-2022", went_on, CLIENT_TAKES).side == "client"


def test_a_player_is_not_under_test() -> None:
    scripted = Sight(
        *("H3", VERSIONS[:3], "3.1", True, "server_hello", -1, "1.0"),
        played=("server",),
    )
    ids = [c.id for c in verdict("bcp195-2022", scripted).checks]
    assert SERVER_ANSWER not in ids and CLIENT_HELLO in ids


# The client's part.


def test_a_client_that_sends_what_its_rules_forbid() -> None:
    real = replace(V1, played=(), answer="none")
    came = {name: on(name, real, CLIENT_HELLO) for name in SETS}
    may = {"rfc2487-1999", "lastcall-2001", "rfc3207-2002"}
    assert {name for name, c in came.items() if c.value is Value.PASS} == may
    assert {c.side for name, c in came.items() if name not in may} == {"client"}
    v3 = replace(real, hello="V3", offers=VERSIONS[:3])
    assert on("rfc5246-2008", v3, CLIENT_HELLO).value is Value.STRICT_MISS
    assert on("rfc3207-2002", v3, CLIENT_HELLO).value is Value.INFO
    assert on("keith-2001", V1, CLIENT_HELLO).value is Value.INFO  # it is played


def test_records_and_signals_are_the_clients() -> None:
    h4 = Sight("H4", VERSIONS[2:], "3.0", True, "none")
    assert on("rfc8446-2018", h4, CLIENT_HELLO).value is Value.FAIL
    late = replace(h4, record="3.3")
    assert on("rfc8446-2018", late, CLIENT_HELLO).value is Value.STRICT_MISS
    mute = replace(h4, record="3.1", signals=False)
    assert "RFC 5746" in on("rfc8446-2018", mute, CLIENT_HELLO).because
    only = replace(mute, hello="H4o", offers=("1.3",))
    assert on("rfc8446-2018", only, CLIENT_HELLO).value is Value.PASS


def test_a_client_must_not_go_on_with_what_is_forbidden() -> None:
    went = Sight("H3", VERSIONS[:3], "3.1", True, "server_hello", -1, "1.0", True, True)
    found = on("bcp195-2022", went, CLIENT_TAKES)
    assert (found.value, found.side) == (Value.FAIL, "client")
    ids = [c.id for c in verdict("rfc5246-2008", went).checks]
    assert CLIENT_TAKES not in ids


# Documents.


def test_a_document_that_does_not_bind_says_nothing() -> None:
    sha1 = Check("rfc9155-4-server-signs-without-sha1", Value.FAIL, "SHA-1", "server")
    came = {name for name in SETS if verdict(name, None, sha1).verdict is Value.FAIL}
    assert came == {"bcp195-2022"}


def test_a_draft_may_have_hyphens(tmp_path: Path) -> None:
    row = '[[document]]\nname = "draft-a-b"\ndate = "2026"\ntitle = "x"\n'
    draft = load_draft(tmp_path, DRAFT.replace('["rfc3207"]', '["draft-a-b"]') + row)
    for id, value in (("draft-a-b-4-x", Value.FAIL), ("draft-a-4-x", Value.PASS)):
        failed = Check(id, Value.FAIL, "", "server")
        judgement = Judgement(CELL, Value.FAIL, "", (PASSED, failed))
        assert Reading(draft, "must").judge(judgement).verdict is value


def test_nor_does_what_was_predicted_by_one() -> None:
    late = Check("suite-nothing-delivered", Value.FAIL, "it passed", "server")
    due = Prediction("refused", side="server", clause="RFC 9325 3.5")
    judgement = Judgement(CELL, Value.FAIL, "", (PASSED, late), due)
    came = {
        name: Reading(rules, "must").judge(judgement).verdict
        for name, rules in SETS.items()
    }
    assert came.pop("bcp195-2022") is Value.FAIL
    assert set(came.values()) == {Value.PASS}


def test_what_a_cell_is_about_may_be_of_a_later_date() -> None:
    of_1_3 = Check("rfc8446-4.1.3-client-refuses-downgrade", Value.FAIL, "", "client")
    scripted = "serverhello.downgrade-1.2/openssl-3.0/player"
    judgement = Judgement(scripted, Value.FAIL, "", (PASSED, of_1_3))
    asks = about(judgement, RULES)
    assert asks == {"rfc8446"}
    old = Reading(SETS["rfc3207-2002"], "must").judge(judgement, asks)
    assert old.verdict is Value.INFO and old.checks[0].id == NOT_ASKED
    new = Reading(SETS["rfc8446-2018"], "must").judge(judgement, asks)
    assert new.verdict is Value.FAIL and new.sides == ("client",)


def test_a_cell_that_did_not_run_stays_so() -> None:
    for value in (Value.NOT_RUN, Value.UNSUPPORTED):
        judgement = Judgement(CELL, value, "why", ())
        found = Reading(SETS["rfc2487-1999"], "must").judge(judgement)
        assert (found.verdict, found.because) == (value, "why")


def test_a_rule_set_of_a_users_own_judges(tmp_path: Path) -> None:
    draft = load_draft(tmp_path, DRAFT + '[server.hello]\n"*" = "must"\n')
    v3 = replace(V1, hello="V3", offers=VERSIONS[:3])
    judgement = Judgement(CELL, Value.PASS, "", (PASSED,), sight=v3)
    assert Reading(draft, "must").judge(judgement).sides == ("server",)


# What a cell shows.


def test_the_sight_is_read_from_a_session() -> None:
    session = Session(version="1.2", hello=hello(0x0303, suites=(0xC02F, 0xFF)))
    sight = judged(cell(tls="1.2"), session).sight
    assert sight is not None
    assert (sight.hello, sight.offers) == ("H3", VERSIONS[:3])
    assert (sight.answer, sight.version) == ("server_hello", "1.2")
    assert sight.completed and sight.signals and not sight.echoes


def test_a_server_key_exchange_signed_with_sha1_is_found() -> None:
    for suite, params in ((0xC02F, "0300170104"), (0x009E, "000105000105000105")):
        for scheme, value in ((0x0201, Value.FAIL), (0x0401, Value.PASS)):
            body = bytes.fromhex(params) + scheme.to_bytes(2, "big") + b"\0\1\0"
            answer = server_hello("1.2", suite)
            cut = answer.index(b"\x14\x03")
            exchange = b"\x0c" + len(body).to_bytes(3, "big") + body
            record = b"\x16\x03\x03" + len(exchange).to_bytes(2, "big") + exchange
            whole = answer[:cut] + record + answer[cut:]
            session = Session("1.2", suite, hello(0x0303), whole)
            found = judged(cell(tls="1.2"), session)
            sha1 = check(found, "rfc9155-4-server-signs-without-sha1")
            assert sha1.value is value, (suite, scheme)


# All of a run.


def test_cells_that_are_judged_alike_are_counted_together() -> None:
    cells = [
        Judgement(f"hello.x/replay/{name}", Value.PASS, "", (PASSED,), sight=V1)
        for name in ("nss-3.87", "nss-3.61")
    ]
    cells.append(replace(cells[0], cell="hello.x/replay/y", sight=None))
    found = profiles(cells, RULES)
    assert [len(each.cells) for each in found] == [2, 1]
    came = tally(found, SETS["rfc5246-2008"], "must").counts()
    assert came == {(Value.FAIL, ("server",)): 2, (Value.PASS, ()): 1}


# For real.


def test_cells_of_real_servers_by_two_dates(tmp_path: Path) -> None:
    silent = "hello.jsse-17.0.15-sslv2-3.1/replay/nss-3.87"
    unsigned = "hello.no-signature-algorithms/replay/bearssl-0.6"
    old = "upgrade/bearssl-0.6/bearssl-0.6/tls=1.0"
    found = {
        judgement.cell: judgement
        for judgement in played(tmp_path, silent, unsigned, old).values()
    }

    def by(name: str, cell: str) -> dated.Dated:
        return Reading(SETS[name], "must").judge(found[cell])

    assert check_of(by("rfc3207-2002", silent), SERVER_ANSWER) is Value.INFO
    assert by("rfc5246-2008", silent).sides == ("server",)
    assert by("rfc3207-2002", old).verdict is Value.PASS
    assert by("bcp195-2022", old).sides == ("client", "server")
    sha1 = "rfc9155-4-server-signs-without-sha1"
    assert check_of(by("bcp195-2022", unsigned), sha1) is Value.FAIL
    assert by("rfc5246-2008", unsigned).verdict is not Value.FAIL


def check_of(of: dated.Dated, id: str) -> Value:
    (found,) = [c.value for c in of.checks if c.id == id]
    return found
