"""The answer to the question of 2001, its price, and how a text becomes Markdown."""

from __future__ import annotations

from dataclasses import replace
from typing import Mapping, Sequence

import pytest
from standing import BROKEN, CONTRARY, FORM, PLAIN, READS, ROLES, SETS, SSLV2, WORKING
from standing import cell, look, record, run_of, server, works
from standing import LIBRARY, REPLAY, hello

from matrix import flight, hellos
from matrix.claims import answer, price, safety
from matrix.claims.gathering import gather
from matrix.claims.price import Lost, Met, Price
from matrix.claims.witness import NO_RUN, Evidence
from matrix.model import Cell, Check, Judgement, Peer, Run, Sight, Value
from matrix.report import blocks
from matrix.report.blocks import Break, Cited, Code, Grid, Heading, Link, Paragraph
from matrix.report.blocks import Points, Strong

TWIN = FORM.replace("3.1/", "3.1-twin/")


def told(evidence: Evidence, paid: Price = price.NO_PRICE) -> str:
    text = (*answer.opening(SETS, evidence, paid), *answer.appendix(SETS, evidence))
    return "\n".join(blocks.as_markdown(text, blocks.cited(text)))


# Markdown.


def test_a_text_as_markdown() -> None:
    seen = blocks.Cell("a/b/c", "it <works>")
    text = (
        Heading("Head", 3),
        Paragraph(("x | y ", Code("a|b"), " ", Strong("s"), Break(), Link("l", "#l"))),
        Points((("one ", seen), ("two ", blocks.Cell("d/e/f", "", "F")))),
        Grid("t", (("h",), ("i",)), ((("r",), (seen, " again")),)),
        Cited(),
    )
    assert list(blocks.as_markdown(text, blocks.cited(text))) == [
        "### Head",
        "",
        "x \\| y `a\\|b` **s**<br>l",
        "",
        "- one [\\[1\\]](#cell-1)",
        "- two [F](#cell-2)",
        "",
        "| h | i |",
        "|---|---|",
        "| r | [\\[1\\]](#cell-1) again |",
        "",
        "| | cell | what was seen in it |",
        "|---|---|---|",
        '| <a id="cell-1"></a>1 | `a/b/c` | it &lt;works&gt; |',
        '| <a id="cell-2"></a>2 | `d/e/f` |  |',
        "",
    ]


# The answer.


def test_every_outcome_has_a_witness_or_says_that_it_has_none() -> None:
    text = told(run_of(BROKEN, WORKING))
    assert "fails on the form [" in text and "in the SSLv2 form it works [" in text
    assert "in the TLS form it works: no witness in this run" in text
    assert "2 cells of this run show what was computed" in text
    for id in (FORM, READS):
        assert f"`{id}` | an SSLv2-form hello of version 3.1" in text


def test_the_objection_is_shown_by_one_server_and_both_forms() -> None:
    twin = look(TWIN, works(hello(), "1.0"), REPLAY, server("mbedtls-2.28"))
    first = next(x for x in told(run_of(BROKEN, twin)).split("\n") if x[:2] == "1.")
    assert "refused: closed, no alert" in first
    assert "the same hello in the TLS form, TLS 1.0, mail delivered" in first
    silent = replace(BROKEN, cell=FORM.replace("mbedtls-2.28", "nss-3.87"))
    both = run_of(silent, BROKEN, twin)
    first = next(x for x in told(both).split("\n") if x[:2] == "1.")
    assert "no alert [\\[1\\]](#cell-1); another, refused" in first
    alone = next(x for x in told(run_of(BROKEN)).split("\n") if x[:2] == "1.")
    assert "the same hello" not in alone


def test_the_answer_begins_with_a_disagreement_if_there_is_one() -> None:
    text = told(run_of(CONTRARY))
    assert text.index("Theory and experiment disagree") < text.index("1. **")
    assert "none shows the contrary" not in text


def test_the_answer_without_a_run() -> None:
    text = told(NO_RUN)
    assert "**No run was looked into" in text and "No cell of this run shows it" in text
    assert "`robust-2001`" in text and "**SOME(FORM)** (tsF)" in text


def test_the_sentences_follow_from_the_sets() -> None:
    """A sentence that would not be true of the sets given is not there."""
    proposed = SETS["lastcall-2001"]
    mild = replace(proposed, client=replace(proposed.client, hello={"H1": "may"}))
    mild = replace(mild, client=SETS["keith-2001"].client)
    text = "".join(
        blocks.as_markdown(
            opening := answer.opening({**SETS, "lastcall-2001": mild}, NO_RUN),
            blocks.cited(opening),
        )
    )
    assert "The objection was right" not in text
    assert "The least restrictive answer" in text


def test_every_row_of_its_tables_has_as_many_boxes_as_its_head() -> None:
    text = told(run_of(BROKEN, WORKING, PLAIN), PAID)
    for block in text.split("\n\n"):
        rows = [line.count("|") for line in block.splitlines() if line[:1] == "|"]
        assert len(set(rows)) <= 1


# What it does not cost.


def judged(id: str, rule: str, value: Value) -> tuple[str, Judgement]:
    check = Check(rule, value, "x", "server", "RFC 1 1")
    return id, Judgement(id, value, "x", (check,))


COVERS = "rfc5246-7.4.9-finished-covers-handshake"
SAME = "rfc5246-e.2-server-same-in-both-forms"


def safe(*found: tuple[str, Judgement]) -> str:
    lines = tuple(safety.sentence(safety.gather(dict(found))))
    text = (Points(lines),)
    return "\n".join(blocks.as_markdown(text, blocks.cited(text)))


def test_what_was_changed_on_the_way_is_told_apart() -> None:
    text = safe(
        judged("tamper.hello-to-sslv2/a/a", COVERS, Value.PASS),
        judged("tamper.hello-to-sslv2/b/b", COVERS, Value.INFO),
        judged("tamper.hello-version/a/a", COVERS, Value.PASS),
        judged("tamper.answer-suite/a/a", COVERS, Value.PASS),
        judged("hello.x/replay/a", SAME, Value.PASS),
    )
    assert text.startswith(
        "- **Security is not compromised.** A hello that was rewritten"
    )
    assert "completed no handshake, in 1 of 1 cells [" in text
    assert "or whose answer was, in 2 of 2 cells [" in text
    assert "the same result in both, in 1 of 1 cells [" in text
    assert "SSL 2.0" not in text and safe().strip() == ""


def test_what_got_through_is_not_hidden() -> None:
    text = safe(
        judged("tamper.hello-to-sslv2/a/a", COVERS, Value.PASS),
        judged("tamper.hello-to-sslv2/b/b", COVERS, Value.FAIL),
    )
    assert text.startswith(
        "- **Security may be compromised.** A hello that was rewritten"
    )
    assert "completed a handshake, in 1 of 2 cells [" in text


def test_what_did_not_hold_comes_before_what_did() -> None:
    text = safe(
        judged("hello.x/replay/a", SAME, Value.PASS),
        judged("tamper.hello-to-sslv2/a/a", COVERS, Value.FAIL),
    )
    assert "compromised.** A hello that was rewritten" in text
    assert "1 of 1 cells [\\[1\\]](#cell-1). What held: servers that" in text


def test_who_asks_for_ssl2_alone_shows_nothing_about_the_answer() -> None:
    alone = Sight("", (), "-", False, "", played=("client",))
    offers = Sight("V1", ("1.0",), "-", False, "", played=("client",))
    rule = "rfc6176-3-server-no-ssl2"
    id, found = judged("hello.x/replay/node-0.8", rule, Value.FAIL)
    text = safe(
        (id, replace(found, sight=alone)),
        judged("hello.x/replay/b", rule, Value.PASS),
    )
    assert "**Security is not compromised.** No server went on with SSL 2.0" in text
    assert "nothing but SSL 2.0 was answered in it, in 1 of 1 cells" in text
    assert text.rstrip().endswith(", by node-0.8.")
    text = safe((id, replace(found, sight=offers)))
    assert "compromised.** A server went on with SSL 2.0 where TLS was" in text


# The price.

MET = Met("hello.x-1-sslv2-3.3/replay/a", "x-1-sslv2-3.3", "a", "sslv2", "TLS", "1.2")
USUAL = Met("hello.x-1/replay/a", "x-1", "a", "tls", "TLS", "1.3", "", True, True)
PAID = Price(
    (
        Lost("hello.v/replay/a/policy=opportunistic", "FORM", "opportunistic", "clear"),
        Lost("hello.v/replay/a", "FORM", "mandatory", "kept"),
    ),
    (replace(MET, signed=flight.SHA1), USUAL),
)


def test_the_price_is_counted_and_shown() -> None:
    there = [replace(met, cell=met.cell[:-1] + "b", server="b") for met in PAID.met]
    text = told(run_of(BROKEN), replace(PAID, met=(*PAID.met, *there)))
    assert "delivered the message in clear in 1 of 1 cells [" in text
    assert "**in clear**: 1 of 1 [" in text and "| kept: 1 of 1 [" in text
    assert "signed with SHA-1, in TLS 1.2 (forbidden by RFC 9155) | 2 of 2 [" in text
    assert "| TLS 1.3 | **0 of 2** [" in text
    assert "| `x-1` | `a`, `b` | TLS 1.2: server not named" in text


def test_a_client_is_compared_with_itself_at_its_highest_version() -> None:
    lower = replace(MET, cell=MET.cell.replace("3.3", "3.1"), hello="x-1-sslv2-3.1")
    pinned = replace(USUAL, cell=f"{USUAL.cell}/server-tls=1.0")
    paid = Price((), (MET, lower, USUAL, pinned))
    assert list(paid.twins()) == [(MET, USUAL)]


class Made:
    """A run of one cell."""

    def __init__(self, id: str, text: str) -> None:
        self.id, self.text = id, text

    def cells(self) -> Sequence[Cell]:
        return [cell(self.id)]

    def peers(self) -> Sequence[Peer]:
        return [LIBRARY, REPLAY, server("mbedtls-2.28")]

    def run(self, cell: str) -> Run | None:
        return Run(cell, self.text, self.text, 0.0, 1.0)

    def judgements(self) -> Mapping[str, Judgement]:
        return {}


def paid(run: Made, recorded: Sequence[str]) -> Price:
    return gather(run, ROLES, recorded, "made up")[1]


AGAIN = "connection: 2\n= mail delivered-plain\n= exit 0\n"
ENDED = record("1", SSLV2).replace("= exit 0\n", "")


@pytest.mark.parametrize(
    "id, text, cause, policy, mail",
    [
        (FORM, ENDED + "= exit 0\n", "FORM", "mandatory", "kept"),
        (
            f"{FORM}/policy=opportunistic",
            ENDED + AGAIN,
            "FORM",
            "opportunistic",
            "clear",
        ),
        (
            "upgrade.fallback/bearssl-0.6/mbedtls-2.28/policy=opportunistic",
            *(AGAIN, "trust", "opportunistic", "clear"),
        ),
    ],
)
def test_what_became_of_the_mail(
    id: str, text: str, cause: str, policy: str, mail: str
) -> None:
    found = paid(Made(id, text), ())
    assert found.lost == (Lost(id, cause, policy, mail),)


def test_who_never_asked_for_tls_lost_nothing() -> None:
    id = "upgrade.no-starttls/bearssl-0.6/mbedtls-2.28/policy=none"
    assert paid(Made(id, AGAIN), ()) == Price()


def test_only_hellos_of_real_clients_count() -> None:
    id, name = FORM, FORM.split("/")[0].removeprefix("hello.")
    text = ENDED + "= exit 0\n"
    assert paid(Made(id, text), ()).met == ()
    (met,) = paid(Made(id, text), (name,)).met
    assert (met.form, met.version, met.name, met.ems) == ("sslv2", "", False, False)


def test_recorded_hellos_are_those_of_real_clients() -> None:
    names = hellos.recorded()
    assert "jsse-17.0.15-sslv2-3.3" in names and "keyed" not in names
    assert not any(name.endswith("-twin") for name in names)


# The server's flight.


def flown(body: bytes, kind: int = 12) -> bytes:
    message = bytes([kind]) + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x03" + len(message).to_bytes(2, "big") + message


ECDHE = b"\x03\x00\x17\x01\x04"  # a named curve, and a public key of one octet
DHE = b"\x00\x01\x05" * 3


@pytest.mark.parametrize(
    "version, suite, octets, said",
    [
        ("1.2", 0x009D, b"", flight.NOTHING),
        ("1.2", 0xC030, flown(ECDHE + b"\x02\x01"), flight.SHA1),
        ("1.2", 0xC030, flown(ECDHE + b"\x01\x01"), flight.SHA1),
        ("1.2", 0xC030, flown(ECDHE + b"\x08\x04"), flight.NEWER),
        ("1.2", 0x009F, flown(DHE + b"\x04\x01"), flight.NEWER),
        ("1.0", 0x0039, flown(DHE), flight.MD5_SHA1),
        ("1.0", 0xC00A, flown(ECDHE), flight.SHA1),
        ("1.2", 0xC030, b"", flight.UNKNOWN),
        ("1.2", 0xC030, flown(ECDHE), flight.UNKNOWN),
        ("1.2", 0xC030, flown(b"\x01" + ECDHE[1:] + b"\x02\x01"), flight.UNKNOWN),
        ("1.3", 0x1301, b"", flight.UNKNOWN),
        ("", -1, b"", flight.UNKNOWN),
    ],
)
def test_what_a_server_signs_with(
    version: str, suite: int, octets: bytes, said: str
) -> None:
    assert flight.signed(octets, version, suite) == said


def test_messages_may_be_cut_anywhere() -> None:
    whole = flown(ECDHE + b"\x02\x01")
    for end in range(len(whole)):
        assert flight.signed(whole[:end], "1.2", 0xC030) == flight.UNKNOWN
    both = flown(b"x", 2) + whole + b"\x14\x03\x03\x00\x01\x01"
    assert set(flight.messages(both)) == {2, 12}
