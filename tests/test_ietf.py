"""The implementation report by RFC 5657, and who is independent of whom."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Mapping, Sequence

import pytest

import report_run
from matrix import coverage, rules, rulesets
from matrix.commands import report as report_command
from matrix.complaint import Complaint
from matrix.kinship import SUITE, Kinship, genealogy
from matrix.model import Cell, Check, Judgement, Known, Peer, Value
from matrix.peers import descriptions
from matrix.places import ROOT, Places
from matrix.report import ietf
from matrix.report.ascii import WIDTH, centred, seven_bits, wrapped
from matrix.report.ietf_detail import unshown
from matrix.report.proof import Proof, proofs
from matrix.report.view import Entry, View
from matrix.store import Store

FOLDER = ROOT / "matrix" / "rules"
RULES = rules.load(FOLDER)
LEDGER = coverage.ledger(FOLDER / "ledger.toml", RULES)
DOCUMENTS = rulesets.documents(FOLDER / "sets")
ABOUT = descriptions(ROOT / "matrix" / "peers")

TLS, SMTP = "rfc5246-7.2.1-client-close-notify", "rfc3207-4.2-server-greets-once"


def peer(id: str, role: str, **about: str) -> Peer:
    family = id.partition("-")[0]
    told: Mapping[str, str] = {**ABOUT.get(family, {}), **about}
    return Peer(id, role, family, "1.0", ("x",), about=told)


IDS = ("openssl-3.0", "openssl-4.0", "boringssl-13.0", "gnutls-3.7", "node-24.5")
PEERS = tuple(peer(id, role) for role in ("client", "server") for id in IDS)
OURS = (peer("replay", "client"), peer("player", "server"))
KIN = Kinship.of((*PEERS, *OURS))


def entry(
    client: str, server: str, value: Value = Value.PASS, rule: str = TLS, **more: str
) -> Entry:
    cell = Cell("upgrade", client, server, tuple(more.items()))
    check = Check(rule, value, f"because {report_run.HOSTILE}", "client", "RFC 1 1")
    known = Known("*", rule, value, report_run.HOSTILE, "", "2030-01-01")
    bad = value is Value.FAIL
    return Entry(
        cell, Judgement(cell.id, value, "x", (check,), None, known if bad else None)
    )


def proof(*entries: Entry, rule: str = TLS) -> Proof:
    return proofs(entries, RULES)[rule]


def view(*entries: Entry, peers: Sequence[Peer] = PEERS) -> View:
    return View(
        entries,
        tuple(p for p in peers if p.role == "client"),
        tuple(p for p in peers if p.role == "server"),
        {"run": report_run.HOSTILE, "ended": "2026-11-23", "host": report_run.HOSTILE},
        replaying=OURS,
    )


def rendered(*entries: Entry, peers: Sequence[Peer] = PEERS, author: str = "") -> str:
    return ietf.render(view(*entries, peers=peers), RULES, LEDGER, DOCUMENTS, author)


def flat(text: str) -> str:
    return " ".join(text.split())


# Plain text.


@pytest.mark.parametrize("length", [1, 30, 60, 72, 73, 144, 145, 500])
def test_no_line_is_wider_than_the_page(length: int) -> None:
    for head in ("", "   ", " " * 20 + "- "):
        text = f"some words and {'a/' * (length // 2)}b then {'x' * length} more"
        lines = list(wrapped(text, head))
        assert max(map(len, lines)) <= WIDTH
        assert "".join("".join(lines).split()) == "".join((head + text).split())


def test_a_long_id_is_cut_behind_a_slash() -> None:
    first, second = wrapped("hello." + "x" * 50 + "/replay/gnutls-3.7/security=low")
    assert first.endswith("/") and second.endswith("security=low")


def test_text_is_seven_bits_and_harmless() -> None:
    assert seven_bits("caf\u00e9 \u2014 \x1b[31m") == "caf\\xe9 \\u2014 \\x1b[31m"
    assert list(wrapped("")) == [""] and list(wrapped("", "   ")) == [""]
    assert list(centred("x" * 70)) == [" " + "x" * 70]


# Independence.


@pytest.mark.parametrize(
    "client, server, independent",
    [
        ("openssl-3.0", "gnutls-3.7", True),
        ("openssl-3.0", "openssl-4.0", False),
        ("openssl-3.0", "boringssl-13.0", False),
        ("node-24.5", "openssl-3.0", False),
        ("node-24.5", "gnutls-3.7", True),
        ("replay", "gnutls-3.7", False),
        ("gnutls-3.7", "player", False),
        ("gnutls-3.7", "nobody-1", False),
    ],
)
def test_code_bases_are_counted_once(
    client: str, server: str, independent: bool
) -> None:
    assert KIN.independent(client, server, "tls") is independent


def test_our_own_engine_proves_nothing_on_smtp() -> None:
    assert not KIN.independent("openssl-3.0", "gnutls-3.7", "smtp")
    mail = peer("postfix-3.7", "server", smtp="postfix", independence="openssl")
    other = peer("exim-4.96", "client", smtp="exim", independence="gnutls")
    kin = Kinship.of((*PEERS, mail, other))
    assert genealogy(mail, "smtp") == "postfix" and genealogy(PEERS[0], "smtp") == SUITE
    assert kin.independent("exim-4.96", "postfix-3.7", "smtp")
    assert not kin.independent("openssl-3.0", "postfix-3.7", "smtp")


def test_a_pair_counts_if_it_always_kept_it() -> None:
    found = proof(
        entry("openssl-3.0", "gnutls-3.7"),
        entry("gnutls-3.7", "openssl-3.0"),
        entry("gnutls-3.7", "openssl-3.0", Value.FAIL, tls="1.2"),
        entry("openssl-3.0", "openssl-4.0"),
        entry("gnutls-3.7", "gnutls-3.7", Value.INFO),
    )
    assert found.independent(KIN) == (("openssl-3.0", "gnutls-3.7"),)
    assert found.pairs()["gnutls-3.7", "openssl-3.0"] is False
    assert (len(found.kept), len(found.broken), len(found.open)) == (3, 1, 1)
    assert found.codes("client", KIN) == ("gnutls", "openssl")


@pytest.mark.parametrize(
    "entries, rule, why",
    [
        ([], TLS, "no cell of this run"),
        ([entry("gnutls-3.7", "openssl-3.0", Value.FAIL)], TLS, "not kept in any"),
        ([entry("openssl-3.0", "openssl-4.0")], TLS, "one code base only"),
        ([entry("replay", "openssl-4.0")], TLS, "the client is this suite's own"),
        ([entry("openssl-3.0", "player")], TLS, "the server is this suite's own"),
        ([entry("openssl-3.0", "gnutls-3.7", rule=SMTP)], SMTP, "own engine"),
        (
            [
                entry("openssl-3.0", "gnutls-3.7"),
                entry("openssl-3.0", "gnutls-3.7", Value.FAIL, tls="1.2"),
            ],
            *(TLS, "broke it elsewhere"),
        ),
        ([entry("openssl-3.0", "gnutls-3.7")], TLS, ""),
    ],
)
def test_why_nobody_independent_showed_it(
    entries: list[Entry], rule: str, why: str
) -> None:
    said = unshown(proof(*entries, rule=rule), KIN)
    assert why in said and bool(said) is bool(why)


# The report.


def test_it_has_the_sections_of_rfc_5657() -> None:
    text = rendered(entry("openssl-3.0", "gnutls-3.7"))
    heads = [line for line in text.split("\n") if line[:2] in ("1.", "2.", "3.", "4.")]
    assert heads == [
        *("1.  Summary", "2.  Methodology", "3.  Exceptions", "4.  Detail"),
        *("4.1  Implementations", "4.2  Clauses", "4.3  Clauses that are not tested"),
        "4.4  Considerations",
    ]
    title, author = text.split("\n\n")[:2]
    assert "RFC 3207" in title and "5246" in title
    assert author.startswith("Author:   not named") and "2026-11-23" in author
    assert rendered(author="A. N. Other").count("A. N. Other") == 2


def test_it_is_ascii_of_72_columns_whatever_peers_say() -> None:
    named = replace(PEERS[0], version=report_run.HOSTILE * 4)
    text = rendered(
        entry("openssl-3.0", "gnutls-3.7"),
        entry("gnutls-3.7", "openssl-3.0", Value.FAIL),
        peers=(named, *PEERS[1:]),
        author=f"\u00c9mile {report_run.HOSTILE}",
    )
    assert text.isascii() and all(c.isprintable() or c == "\n" for c in text)
    assert max(map(len, text.split("\n"))) <= WIDTH
    assert text.endswith("\n") and not text.endswith("\n\n")


def test_the_statement_counts_independent_pairs_only() -> None:
    both = [entry("openssl-3.0", "boringssl-13.0"), entry("replay", "gnutls-3.7")]
    assert "0 clauses were kept by at least two" in flat(rendered(*both))
    text = flat(rendered(*both, entry("gnutls-3.7", "openssl-3.0")))
    assert "1 clause was kept by at least two independent" in text
    assert "between 5 clients and 5 servers of 2 code bases" in text
    assert "Independent pairs: 1 of 3" in text


def test_smtp_is_said_to_be_ours() -> None:
    text = flat(rendered(entry("openssl-3.0", "gnutls-3.7", rule=SMTP)))
    assert "0 of the 1 on SMTP" in text and "proves no clause on SMTP" in text
    assert "1 clause not shown by an independent pair: on SMTP one side" in text
    mail = peer("postfix-3.7", "server", smtp="postfix")
    text = flat(rendered(entry("openssl-3.0", "postfix-3.7"), peers=(*PEERS, mail)))
    assert "pairs of mail programs" in text


def test_exceptions_name_who_and_why() -> None:
    text = flat(
        rendered(
            entry("openssl-3.0", "gnutls-3.7", Value.FAIL),
            entry("openssl-3.0", "gnutls-3.7", Value.FAIL, tls="1.2"),
        )
    )
    assert "client openssl-3.0, 2 cells: because" in text and "expected:" in text
    assert "contradicted by 2, as upgrade/openssl-3.0/gnutls-3.7" in text


def test_gaps_are_told() -> None:
    gap = entry("openssl-3.0", "gnutls-3.7", Value.ERROR)
    assert "1 of the planned cells have no result" in flat(rendered(gap))
    assert "have no result; a run with gaps" not in flat(rendered())


def test_every_rule_of_a_document_is_in_the_detail() -> None:
    text = flat(rendered(entry("openssl-3.0", "gnutls-3.7"))).split("4.2 Clauses")[1]
    for rule in RULES.values():
        assert (rule.id in text) is rule.document.startswith("rfc")


# The command.


def arguments(path: Path, ietf: str, author: str = "") -> argparse.Namespace:
    return argparse.Namespace(
        run=path, results=Path("x"), site=None, ietf=ietf, author=author
    )


def test_the_command_prints_it_or_writes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cell = Cell("upgrade", "openssl-3.0", "gnutls-3.7")
    store = Store.create(tmp_path / "run.db", [cell], PEERS, {"run": "made up"})
    store.close()
    assert report_command.main(Places(), arguments(store.path, "-")) == 0
    printed = capsys.readouterr().out
    assert "Run:      made up" in printed
    file = tmp_path / "report.txt"
    assert report_command.main(Places(), arguments(store.path, str(file))) == 0
    assert file.read_text("ascii") == printed


def test_an_author_is_for_that_report_only(tmp_path: Path) -> None:
    with pytest.raises(Complaint, match="--ietf FILE"):
        report_command.main(Places(), arguments(tmp_path / "x", "", "Me"))
