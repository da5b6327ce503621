"""Tests of matrix/answer.py, checks/hello.py and relations.py, with records made by
hand; and three cells for real, where the programs are built."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from making import TOP, clean_environment
from matrix import answer as answers
from matrix.answer import answer
from matrix.checks.hello import SAME
from matrix.flow import dump
from matrix.model import Flow, Judgement, Run, Turn, Value
from matrix.observe import observe
from matrix.relations import relate
from matrix.report import hello_tables
from matrix.store import Store
from matrix.vectors import codec
from server_answers import alert, chosen, decided, of
from sessions import ALL, RETRY, SCENARIOS, Session
from sessions import cell, check, record

V3, TWIN = "hello.openssl-1.0.1i-sslv2-rsa", "hello.openssl-1.0.1i-sslv2-rsa-twin"
V1, ONLY = "hello.openssl-1.0.1i-sslv2-rsa-3.1", "hello.openssl-1.0.1i-sslv2-only"
FULL, KEYED, ERROR = "hello.openssl-3.0.22", "hello.keyed", "hello-error.finished"
RSA, GCM, AEAD = 0x009D, 0xC030, 0x1302


def told(octets: bytes, **facts: str) -> str:
    """The record of a peer that has a hello and these octets of the server."""
    turns = [Turn("C", "tls", b"\x16")] + ([Turn("S", "tls", octets)] if octets else [])
    named = tuple((k.replace("_", "."), v) for k, v in facts.items())
    return dump(Flow({"connection": "1"}, tuple(turns), named)) + "= exit 0\n"


def said(octets: bytes, **facts: str) -> answers.Answer:
    """The answer in a connection whose client saw these octets."""
    text = told(octets, **facts)
    return answer(observe(Run("x", text, "", 0.0, 1.0)).connections[0])


@pytest.mark.parametrize(
    "octets, end, kind, words",
    [
        (b"", "hang(handshake)", "silent", "silent until"),
        (b"", "eof(handshake)", "close", "closed without"),
        (b"", "reset(handshake)", "reset", "reset without"),
        (b"", "closed", "none", "client closed first"),
        (alert(40), "closed", "alert", "handshake_failure(40)"),
        (alert(112, 1) + alert(70), "closed", "alert", "protocol_version(70)"),
        (b"\x80\x03\x00\x00\x01", "closed", "sslv2_error", "SSL 2.0 ERROR"),
        (b"\x84\x00\x04\x00\x01", "closed", "sslv2_server_hello", "SERVER-HELLO"),
        (b"500 what?\r\n", "closed", "smtp", "SMTP in clear"),
        (b"\x99\x99\x99", "closed", "other", "neither TLS nor SMTP"),
        (chosen("1.2", GCM), "closed", "server_hello", "AES_256_GCM"),
        (alert(112, 1) + chosen("1.0", RSA), "closed", "server_hello", "TLS 1.0"),
        (b"\x16\x03\x03", "closed", "other", "neither"),
    ],
)
def test_the_classes_of_an_answer(
    octets: bytes, end: str, kind: str, words: str
) -> None:
    found = said(octets, end=end)
    assert found.kind == kind and words in found.words() and found.brief()


@pytest.mark.parametrize(
    "end, kind", [("reset(handshake)", "alert"), ("eof(handshake)", "close")]
)
def test_what_a_reset_threw_away_was_an_answer(end: str, kind: str) -> None:
    """Whoever is still sending when the server closes is reset, and loses the alert."""
    both = Run("x", told(b"", end=end), told(alert(40)), 0.0, 1.0)
    assert answer(observe(both).connections[0]).kind == kind


def test_a_retry_is_told_from_a_server_hello() -> None:
    retry = chosen("1.3", AEAD, random=RETRY)
    assert said(record(22, retry[5 : 5 + int.from_bytes(retry[3:5], "big")])).kind == (
        "hello_retry_request"
    )
    both = said(retry[: 5 + int.from_bytes(retry[3:5], "big")] + chosen("1.3", AEAD))
    assert both.kind == "hello_retry_request" and both.version == "1.3"


def test_how_far_it_went() -> None:
    whole = said(chosen("1.2", GCM), mail="delivered-tls")
    assert whole.delivered and whole.brief() == "1.2"
    assert whole.downgrade == "1.2" and 0xFF01 in whole.extensions
    far = said(chosen("1.3", AEAD), tls_error="reach: server_hello: no key")
    assert far.brief() == "1.3+" and "as far as" in far.words()
    off = said(chosen("1.2", GCM) + b"", tls_error="no such suite")
    assert off.brief() == "1.2 broken off" and "no such suite" in off.words()
    later = said(chosen("1.2", GCM)[:-6] + alert(51))
    assert later.later == 51 and "decrypt_error" in later.words()


def test_a_server_may_read_the_sslv2_form() -> None:
    found = of(V3, chosen("1.2", RSA), "1.2", RSA)
    assert found.verdict is Value.INFO
    assert "mail delivered" in check(found, "suite-hello-answer").because
    assert check(found, "suite-delivered-once").value is Value.PASS
    assert check(found, "rfc8446-4.1.3-server-marks-downgrade").value is Value.PASS


@pytest.mark.parametrize("end", ["hang(handshake)", "eof(handshake)"])
def test_a_server_that_does_not_must_say_so(end: str) -> None:
    found = of(V3, b"", end=end)
    assert found.verdict is Value.FAIL
    unknown = check(found, "rfc5246-6-server-refuses-unknown-record")
    assert unknown.side == "server" and unknown.clause == "RFC 5246 6"
    assert all(c.value is Value.PASS for c in found.checks if c.id == "suite-no-hang")


def test_unexpected_message_is_how_to_say_it() -> None:
    found = of(V3, alert(10))
    assert found.verdict is Value.INFO
    unknown = check(found, "rfc5246-6-server-refuses-unknown-record")
    assert unknown.value is Value.PASS
    parsed = of(V3, alert(40))  # it read the form, and refuses for another reason
    assert parsed.verdict is Value.INFO
    assert not any(c.id == unknown.id for c in parsed.checks)


def test_an_sslv2_record_is_no_part_of_a_tls_hello() -> None:
    id = "rfc5246-6-server-refuses-unknown-record"
    name = "hello.sslv2-behind-a-fragment"
    assert check(of(name, alert(10)), id).value is Value.PASS
    taken = check(of(name, chosen("1.2", GCM)), id)
    assert taken.value is Value.FAIL and "taken for a part" in taken.because
    assert check(of(name, alert(70)), id).value is Value.FAIL
    assert check(of(name, b"", end="eof(handshake)"), id).value is Value.FAIL


def test_no_ssl2_and_no_tls13_come_of_it() -> None:
    old = of(V3, b"\x84\x00\x04\x00\x01\x00\x02")
    assert check(old, "rfc6176-3-server-no-ssl2").value is Value.FAIL
    new = of(V3, chosen("1.3", AEAD), "1.3", AEAD)
    assert check(new, "rfc8446-d.5-server-no-tls13-from-sslv2").value is Value.FAIL
    only = of(ONLY, alert(70))
    assert only.verdict is Value.PASS
    error = of(ONLY, b"\x80\x03\x00\x00\x01")  # an ERROR of SSL 2.0: NO-CIPHER-ERROR
    assert check(error, "rfc6176-3-server-aborts-ssl2").value is Value.STRICT_MISS
    assert of(ONLY, chosen("1.0", 0x000A), "1.0", 0x000A).verdict is Value.FAIL


def test_a_whole_offer_must_be_completed() -> None:
    good = of(FULL, chosen("1.3", AEAD), "1.3", AEAD)
    assert good.verdict is Value.PASS, good.because
    refused = of(FULL, alert(40))
    assert check(refused, "suite-hello-completed").value is Value.FAIL
    silent = of(FULL, b"", end="hang(handshake)")
    assert check(silent, "suite-hello-answer").value is Value.FAIL
    reach = of(FULL, chosen("1.3", AEAD), tls_error="reach: server_hello: no key")
    assert reach.verdict is Value.PASS, reach.because


def test_the_version_and_its_marks() -> None:
    lower = of(FULL, chosen("1.2", GCM), "1.2", GCM)
    assert check(lower, "suite-hello-version").value is Value.FAIL
    assert check(lower, "rfc8446-4.2.1-server-picks-listed-version").value is Value.PASS
    old = of(FULL, chosen("1.2", GCM), "1.2", GCM, tls=ALL[:3])
    assert check(old, "suite-hello-version").value is Value.PASS
    silent = of(V1, chosen("1.0", 0x0035, random=b"S" * 32), "1.0", 0x0035)
    assert check(silent, "rfc8446-4.1.3-server-marks-downgrade").value is Value.FAIL
    bare = of(V1, chosen("1.0", 0x0035, pairs=()), "1.0", 0x0035)
    assert check(bare, "rfc5746-3.6-server-echoes").value is Value.FAIL


def test_a_suite_that_was_not_offered() -> None:
    found = of(TWIN, chosen("1.2", 0), tls_error="a suite that was not offered")
    offered = check(found, "rfc5246-7.4.1.3-server-picks-offered-suite")
    assert (offered.value, offered.side) == (Value.FAIL, "server")


def test_refusals_by_their_clause() -> None:
    fallback, low = "hello.fallback-scsv-3.2", "rfc7507-3-server-alert-in-known-record"
    assert of(fallback, alert(86, version=0x0302)).verdict is Value.PASS
    assert of(fallback, alert(40)).verdict is Value.FAIL
    assert check(of(fallback, alert(86)), low).value is Value.FAIL
    assert of("hello.block-more", alert(50)).verdict is Value.PASS
    assert of("hello.block-more", alert(40)).verdict is Value.FAIL
    assert of("hello.http-instead", alert(10)).verdict is Value.PASS
    assert of("hello.http-instead", alert(70)).verdict is Value.FAIL
    assert of("hello.renegotiation-nonempty", alert(40)).verdict is Value.PASS
    cut = of("hello.cut-in-the-middle", b"", end="hang(handshake)")
    assert cut.verdict is Value.INFO and "may wait" in cut.because


def test_text_for_an_answer() -> None:
    found = of(FULL, b"500 what is this\r\n")
    assert check(found, "suite-hello-answer").value is Value.FAIL


def test_what_was_sent_is_the_vector() -> None:
    octets = SCENARIOS[FULL].octets[:-1] + b"\0"
    found = decided(FULL, Session(hello=octets, answer=alert(40), refused="server"))
    assert check(found, "suite-hello-sent").side == "client"


def test_an_error_must_not_get_through() -> None:
    made: dict[str, Any] = {"tls_error-made": "yes"}
    through = of(ERROR, chosen("1.2", GCM), "1.2", GCM, **made)
    bad = check(through, "suite-error-refused")
    assert (bad.value, bad.side) == (Value.FAIL, "server")
    refused = of(ERROR, chosen("1.2", GCM), tls_alert_received="51", **made)
    assert check(refused, "suite-error-refused").value is Value.PASS
    other = of(ERROR, chosen("1.2", GCM), tls_alert_received="40", **made)
    assert check(other, "suite-error-refused").value is Value.INFO
    made["tls_error-made"] = "no"
    unmade = of(ERROR, alert(40), **made)
    assert "no occasion" in check(unmade, "suite-error-refused").because


def relation(mine: Judgement, other: Judgement) -> Judgement:
    cells = (cell(V3), cell(TWIN))
    related = relate(cells, {cells[0].id: mine, cells[1].id: other})
    assert related[cells[1].id] == other
    return related[cells[0].id]


def test_both_forms_come_to_the_same() -> None:
    mine = of(V3, chosen("1.2", RSA), "1.2", RSA)
    twin = of(TWIN, chosen("1.2", RSA), "1.2", RSA)
    same = relation(mine, twin)
    assert check(same, SAME).value is Value.PASS and same.verdict is mine.verdict
    differs = relation(mine, of(TWIN, alert(40)))
    assert differs.verdict is Value.FAIL
    assert TWIN in differs.because and "handshake_failure" in differs.because
    suite = relation(mine, of(TWIN, chosen("1.2", 0x009C), "1.2", 0x009C))
    assert suite.verdict is Value.FAIL


def test_who_does_not_read_the_form_is_not_compared() -> None:
    twin = of(TWIN, chosen("1.2", RSA), "1.2", RSA)
    for mine in (of(V3, alert(10)), of(V3, b"", end="eof(handshake)")):
        assert relation(mine, twin) == mine
    alone = of(V3, chosen("1.2", RSA), "1.2", RSA)
    assert relate((cell(V3),), {alone.cell: alone}) == {alone.cell: alone}


def test_the_rows_of_the_table() -> None:
    kinds = {name: hello_tables.kind_of(SCENARIOS[name]) for name in (V3, V1, ONLY)}
    assert kinds == {V3: "V3", V1: "V1", ONLY: "Vs"}
    assert hello_tables.kind_of(SCENARIOS[TWIN]) == "H3n"
    assert hello_tables.kind_of(SCENARIOS["hello.http-instead"]) == "none"
    assert hello_tables.kind_of(None) == "none"


PROGRAMS = [
    TOP / "build/host" / name
    for name in ("client-replay", "server-openssl", "server-gnutls")
]


def played(tmp_path: Path, *patterns: str) -> dict[tuple[str, str], Judgement]:
    """Cells played for real, by scenario and family of the server."""
    missing = [str(p) for p in PROGRAMS if not os.access(p, os.X_OK)]
    assert not missing, f"{missing} not built: make build"
    file = str(tmp_path / "r.db")
    done = subprocess.run(
        [sys.executable, "interop", "run", "--quiet", "--run", file, *patterns],
        cwd=TOP,
        env=clean_environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    store = Store.open(Path(file))
    judgements = store.judgements()
    store.close()
    parts = {id: id.split("/") for id in judgements}
    return {(p[0], p[2].split("-")[0]): judgements[id] for id, p in parts.items()}


def test_three_cells_for_real(tmp_path: Path) -> None:
    """The same hello in both forms is carried through to the message; and an error
    in the handshake is not."""
    error = "hello-error.transcript-length"
    found = played(
        tmp_path,
        *(f"{name}/replay/openssl-3.0/security=low" for name in (V3, TWIN, error)),
    )
    mine = found[V3, "openssl"]
    assert "mail delivered" in check(mine, "suite-hello-answer").because
    assert check(mine, SAME).value is Value.PASS
    refused = check(found[error, "openssl"], "suite-error-refused")
    assert "decrypt_error" in refused.because


def test_an_anonymous_suite_is_not_to_be_chosen() -> None:
    id = "rfc5246-a.5-server-picks-no-anonymous-suite"
    name = "hello.anonymous-only"
    taken = of(name, chosen("1.2", 0x0034), "1.2", 0x0034)
    assert check(taken, id).value is Value.FAIL and check(taken, id).side == "server"
    there = {c.id for c in taken.checks}  # that of a certificate there is none
    assert not {"suite-certificate-verified", "suite-cipher-suite-fits"} & there
    first = of("hello.anonymous-first", chosen("1.2", GCM), "1.2", GCM)
    assert check(first, id).value is Value.PASS and first.verdict is Value.PASS


def test_dhe_alone_leads_to_the_message(tmp_path: Path) -> None:
    """At every server with DHE (BearSSL and BoringSSL have none), with a group of the
    server's own choice and with one of RFC 7919."""
    servers = ("openssl-3.0", "gnutls-3.7", "mbedtls-2.28", "nss-3.87", "wolfssl-5.5")
    names = ("hello.dhe-only", "hello.dhe-only-ffdhe2048")
    found = played(tmp_path, *(f"{n}/replay/{s}" for n in names for s in servers))
    assert len(found) == 10
    for (name, server), judgement in found.items():
        said = check(judgement, "suite-hello-answer").because
        assert "TLS_DHE_RSA_WITH_AES" in said and "mail delivered" in said, server


def test_the_sslv2_form_leads_to_the_message(tmp_path: Path) -> None:
    """Every recorded hello of that form that offers TLS and a suite with RSA, which
    these servers have, at those that read it; and as its twin does."""
    names = ("openssl-1.0.*-sslv2*", "jsse-*-sslv2-*")
    servers = ("openssl-3.0", "gnutls-3.7")
    found = played(
        tmp_path,
        *(f"hello.{n}/replay/{s}/security=low" for n in names for s in servers),
    )
    carried = 0
    for (scenario, server), judgement in found.items():
        hello = codec.decode(SCENARIOS[scenario].octets)
        if hello.form == "sslv2" and 0x0301 <= hello.version <= 0x0303:
            assert check(judgement, SAME).value is Value.PASS, judgement.cell
            if {0x002F, 0x0035} & set(hello.suites):
                said = check(judgement, "suite-hello-answer").because
                assert "mail delivered" in said, (scenario, server, said)
                carried += 1
    assert carried > 30
