"""Tests of the relay (matrix/relay.c) between real peers, and of who met whom
through it (matrix/meeting.py)."""

from __future__ import annotations

import subprocess
from typing import Iterator, Mapping

import pytest
from making import TOP

from matrix import certificates, meeting, packing, rows
from matrix.flow import parse_record
from matrix.model import Run
from matrix.observe import observe
from matrix.process import Program
from sessions import RULES, SCENARIOS

HOST = TOP / "build" / "host"
FAMILY = {name: s for name, s in SCENARIOS.items() if s.family == "tamper"}
PKI = certificates.ensure(TOP / "build" / "certs")


def listed() -> Mapping[str, str]:
    """The tampers of the relay, and whose octets each waits for."""
    done = subprocess.run([HOST / "relay", "--list"], capture_output=True, text=True)
    assert done.returncode == 0
    return {line.split()[0]: line.split()[1] for line in done.stdout.splitlines()}


# ---- the tables ----


def test_every_tamper_has_a_scenario_and_every_scenario_a_tamper() -> None:
    assert {scenario.tamper for scenario in FAMILY.values()} == set(listed())
    assert all(name.startswith("tamper.") for name in FAMILY)
    assert not FAMILY["tamper.none"].tampered


def test_rules_for_everything_are_not_for_what_is_changed() -> None:
    general = RULES["suite-alerts-told"]
    assert general.applies("tamper.flip") and not general.names("tamper.flip")
    assert RULES["suite-no-crash"].names("tamper.flip")


# ---- the relay itself ----


@pytest.mark.parametrize(
    "options, code, words",
    [
        ([], 2, "give --listen"),
        (["--listen", "0.0.0.0:0", "--to", "127.0.0.1:1"], 2, "give --listen"),
        (["--listen", "127.0.0.1:0"], 2, "give --listen"),
        (["--listen", "127.0.0.1:0", "--to", "127.0.0.1:1", "--jobs"], 2, "give"),
        (["--listen", "127.0.0.1:0", "--to", "mx:25"], 2, "give --listen"),
        (["--nonsense"], 2, "no option --nonsense"),
        (
            ["--listen", "127.0.0.1:0", "--to", "127.0.0.1:1", "--tamper", "x"],
            89,
            "no such tamper",
        ),
    ],
)
def test_a_wrong_option_is_named(options: list[str], code: int, words: str) -> None:
    done = subprocess.run([HOST / "relay", *options], capture_output=True, text=True)
    assert done.returncode == code
    assert words in done.stderr and done.stderr.count("\n") == 1


def test_wrong_work_is_named() -> None:
    done = subprocess.run(
        [HOST / "relay", "--listen", "127.0.0.1:0", "--jobs"],
        input="127.0.0.1:1 nothing-of-the-kind\n",
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 2
    assert done.stdout.startswith("= listen 127.0.0.1:")
    assert "work is a line" in done.stderr


def started(*argv: object) -> tuple[Program, str]:
    program = Program([str(word) for word in argv])
    address = program.listens(20)
    assert address
    return program, address


@pytest.fixture(scope="module")
def played() -> Iterator[dict[str, Run]]:
    """A session of OpenSSL with itself through the relay, for each tamper."""
    server, at = started(
        *(HOST / "server-openssl", "--listen", "127.0.0.1:0", "--tied"),
        *("--cert", PKI / "rsa.pem", "--key", PKI / "rsa.key"),
    )
    relay, door = started(HOST / "relay", "--listen", "127.0.0.1:0", "--jobs")
    client = Program(
        [str(HOST / "client-openssl"), "--jobs", "--ca", str(PKI / "ca-rsa.pem")]
    )
    runs = {}
    for name in listed():
        relay.send(f"{at} {name}")
        client.send(door)
        for program in (client, relay, server):
            assert program.wait_for(lambda: program.records, 30), name
        texts = [program.records.pop(0) for program in (client, server, relay)]
        runs[name] = Run(name, texts[0], texts[1], 0.0, 1.0, relay=texts[2])
    yield runs
    for program in (client, relay, server):
        program.close()
        assert program.wait(10)


def test_without_a_tamper_everything_is_as_without_a_relay(
    played: Mapping[str, Run]
) -> None:
    run = played["none"]
    (connection,) = observe(run).connections
    assert connection.client and connection.server and connection.near
    assert connection.far and connection.taps_agree is True
    assert connection.client.fact("mail") == "delivered-tls"
    assert connection.server.fact("mail") == "received-tls"
    sent = connection.client.fact("wire.sent")
    assert sent == connection.near.fact("wire.received")
    assert sent == connection.far.fact("wire.sent")
    assert sent == connection.server.fact("wire.received")


def test_each_tamper_is_done_and_witnessed(played: Mapping[str, Run]) -> None:
    for name, run in played.items():
        (connection,) = observe(run).connections
        assert connection.near and connection.far, name
        assert connection.taps_agree is True, name
        assert connection.near.fact("tamper") == name
        # OpenSSL has no SSLv2 form to be rewritten; all else finds its occasion, but
        # what only a ServerHello of TLS 1.2 has.
        rare = name in ("none", "hello-to-tls", "answer-no-ems", "answer-no-ri")
        assert connection.near.fact("tamper.done") == ("no" if rare else "yes"), name


def test_what_was_taken_and_given(played: Mapping[str, Run]) -> None:
    (connection,) = observe(played["flip"]).connections
    assert connection.near
    took, gave = (
        bytes.fromhex(connection.near.fact(f"tamper.{word}").split()[1].rstrip("."))
        for word in ("took", "gave")
    )
    assert len(took) == len(gave) and took[:5] == gave[:5] and took[0] == 23
    assert sum(bin(a ^ b).count("1") for a, b in zip(took, gave)) == 1


def test_no_mail_passes_but_where_it_may(played: Mapping[str, Run]) -> None:
    fine = {"none", "command-behind-starttls", "hello-record-version", "hello-to-tls"}
    fine |= {"answer-no-ems", "answer-no-ri"}
    for name, run in played.items():
        received = "= mail received-tls\n" in run.server
        assert received is (name in fine), name
        assert "= mail received-plain\n" not in run.server


# ---- who met whom ----


def test_a_connection_is_known_by_its_addresses(played: Mapping[str, Run]) -> None:
    run = played["none"]
    assert not meeting.unmet(run.client, [run.relay], [run.server])
    assert meeting.unmet(run.client, [], [run.server])
    assert meeting.unmet(run.client, [run.relay], [])
    assert meeting.unmet(run.client, None, [run.server])
    assert not meeting.stray(run.client, run.relay, run.server)
    assert "which the relay did not" in meeting.stray(run.client, "", run.server)
    assert "which the client did not" in meeting.stray("", run.relay, run.server)
    assert "which the client did not" in meeting.stray("", None, run.server)


def test_one_port_may_be_that_of_two_connections() -> None:
    """The client's to the relay and the relay's to the server: another port each."""
    client = "= connection.local 127.0.0.1:7\n= connection.remote 127.0.0.1:8\n"
    server = "= connection.local 127.0.0.1:9\n= connection.remote 127.0.0.1:7\n"
    relay = (
        "side: client\n"
        "= connection.local 127.0.0.1:8\n= connection.remote 127.0.0.1:7\n"
        "side: server\n"
        "= connection.local 127.0.0.1:7\n= connection.remote 127.0.0.1:9\n"
    )
    assert meeting.unmet(client, [], [server])
    assert meeting.unmet(client, [relay], [])
    assert not meeting.unmet(client, [relay], [server])
    assert not meeting.stray(client, relay, server)


def test_connections_are_joined_in_whatever_order_they_ended(
    played: Mapping[str, Run]
) -> None:
    one, two = played["none"], played["flip"]
    flows = [
        [parse_record(getattr(run, who))[0] for run in (one, two)]
        for who in ("client", "relay", "server")
    ]
    client, relay, server = ([*a, *b] for a, b in flows)
    met = meeting.joined(client, [*relay[2:], *relay[:2]], server[::-1])
    assert [near.fact("tamper") for _, near, _, _ in met if near] == ["none", "flip"]
    assert all(far and end for _, _, far, end in met)
    alone = meeting.joined(client, [], server)
    assert [sum(flow is not None for flow in each) for each in alone] == [1] * 4


def test_a_record_of_the_relay_is_kept(played: Mapping[str, Run]) -> None:
    run = played["flip"]
    about = run.cell, run.started, run.milliseconds, run.trouble
    assert rows.run(*about, packing.take_apart(rows.join(run))) == run
