"""Hellos at a place where none belongs: vectors/session/ as scenarios, the checks on
what came of them, and some for real."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from making import TOP, clean_environment
from matrix import hellos
from matrix.expect import expect
from matrix.model import Judgement, Value
from matrix.options import client_arguments
from matrix.plan import plan
from matrix.store import Store
from matrix.vectors import vector
from sessions import SCENARIOS, Facts, Session, capabilities, cell, check, judged, peer
from sessions import server_hello

SESSIONS = {n: s for n, s in SCENARIOS.items() if n.startswith("session.")}
EARLY = "rfc3207-4.2-server-drops-early-hello"
ASKED = "rfc3207-4-server-begins-tls-when-asked"
SAME, UNREAD = "session.same-segment-tls", "session.same-segment-tls-unread"
ALONE = "session.without-starttls-tls"
SILENT = {"end": "hang(handshake)"}


def test_every_session_vector_is_played() -> None:
    there = vector.load(hellos.FOLDER / "session")
    assert {s.session for s in SESSIONS.values()} == set(there) and len(there) >= 8
    for name, scenario in SESSIONS.items():
        hello = hellos.named(there[scenario.session].flow.meta["base"])
        assert scenario.octets == hello.octets and scenario.said.endswith(hello.octets)
        words = client_arguments(cell(name), scenario, Path("pki"))
        at = words.index("--stimulus")
        assert words[at + 1].removeprefix("hello-") in scenario.session.replace(
            "the-", ""
        )
        assert "--hello" in words


def test_a_session_that_is_not_there() -> None:
    row = {"name": "session.x", "session": "no-such"}
    with pytest.raises(ValueError, match="no session 'no-such'"):
        list(hellos.expand(row))


def test_only_the_replaying_client_plays_them() -> None:
    replay = replace(peer("client", (), "replay"), about={"plays": "hello"})
    cells = plan([peer("client"), replay], [peer("server")], SESSIONS)
    assert {c.client for c in cells} == {"replay"} and len(cells) == len(SESSIONS)


def test_what_is_to_come_of_them() -> None:
    can = capabilities()
    assert expect(cell(SAME), SESSIONS[SAME], can).outcome == "deferred"
    assert expect(cell(UNREAD), SESSIONS[UNREAD], can).outcome == "tls"
    form = UNREAD.replace("-tls", "-sslv2")
    assert expect(cell(form), SESSIONS[form], can).outcome == "open"


NONE: Facts = {}


def of(
    name: str, answered: bool, client: Facts = NONE, server: Facts = NONE
) -> Judgement:
    """The judgement on a session of a scenario, in the flows' own order of octets."""
    return judged(
        cell(name),
        Session(
            version="1.2",
            hello=SESSIONS[name].octets,
            answer=server_hello("1.2", 0xC030) if answered else b"-",
            refused="" if answered else "client",
            client=client,
            server=server,
        ),
    )


def test_octets_read_in_clear_that_go_into_tls_are_a_fault() -> None:
    found = check(of(SAME, True, server={"smtp.pending": "203"}), EARLY)
    assert (found.value, found.side) == (Value.FAIL, "server")
    assert "203 octets that were read in clear were taken for TLS" in found.because


def test_octets_that_were_not_read_are_what_tls_begins_with() -> None:
    found = check(of(UNREAD, True), EARLY)
    assert found.value is Value.INFO and found.because.startswith("left to TLS")


def test_a_hello_is_no_command() -> None:
    said = {"smtp.commands.plain": "EHLO STARTTLS ?", "smtp.pending": "0"}
    found = check(of(SAME, True, server=said), EARLY)
    assert (found.value, found.side) == (Value.FAIL, "server")


def test_tls_that_nobody_asked_for_is_a_fault() -> None:
    found = check(of(ALONE, True), ASKED)
    assert (found.value, found.side) == (Value.FAIL, "server")
    none = {"tls.handshake": None}
    assert check(of(ALONE, False, server=none), ASKED).value is Value.PASS


def test_a_hello_elsewhere_than_the_session_has_it() -> None:
    found = check(of(ALONE, False, client=SILENT), "suite-session-sent")
    assert (found.value, found.side) == (Value.FAIL, "client")  # STARTTLS was sent


def test_the_places_for_real(tmp_path: Path) -> None:
    """In one segment it is dropped; left unread, it leads to the message; and TLS
    without STARTTLS does not begin."""
    file = tmp_path / "r.db"
    ids = [
        f"{SAME}/replay/openssl-3.0",
        "session.before-the-220-sslv2/replay/gnutls-3.7",
        f"{UNREAD}/replay/openssl-3.0/security=low",
        "session.before-the-220-sslv2-unread/replay/gnutls-3.7/security=low",
        f"{ALONE}/replay/openssl-3.0",
        "session.at-once-sslv2/replay/openssl-3.0",
    ]
    done = subprocess.run(
        [sys.executable, "interop", "run", "--quiet", "--run", str(file), *ids],
        cwd=TOP,
        env=clean_environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    store = Store.open(file)
    judgements = store.judgements()
    store.close()
    assert all(check(judgements[id], "suite-session-sent") for id in ids)
    said = [check(judgements[id], EARLY).because for id in ids[:4]]
    assert "203 octets behind STARTTLS were dropped" in said[0]
    assert "127 octets behind STARTTLS were dropped" in said[1]
    assert all("mail delivered" in words for words in said[2:])
    assert "silent" in check(judgements[ids[4]], ASKED).because
    assert "SMTP in clear" in check(judgements[ids[5]], ASKED).because
