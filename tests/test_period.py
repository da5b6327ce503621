"""period - programs with a TLS library of their own keep the contract of the C ones:
same options, same records, the same octets on both taps."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
from pathlib import Path

import pytest

from making import TOP, make
from matrix import certificates, eras, process
from matrix.flow import parse_record
from matrix.model import Run
from matrix.observe import observe

HERE = TOP / "ci" / "period"
BUILD = TOP / "build" / "period"
PKI = TOP / "build" / "certs"
# One of each source; the other names of bin/ run the same ES5.
PEERS = ("node-0.10", "go", "jsse-17.0", "jsse-17.0-sslv2")
OLD_FORM = ("node-0.10-sslv2", "jsse-17.0-sslv2")  # these clients send it
BOTH = [
    *((role, peer) for role in ("client", "server") for peer in PEERS),
    ("client", "node-0.10-sslv2"),
]
SECONDS = 20.0


@pytest.fixture(scope="session", autouse=True)
def made() -> None:
    """These peers, from nothing on a new machine."""
    done = make("-s", "period-install")
    assert done.returncode == 0, done.stdout
    got = subprocess.run(
        [HERE / "get", "node-0.10", "go", "jsse"], capture_output=True, text=True
    )
    assert got.returncode == 0, got.stderr
    certificates.ensure(PKI)


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS
    )


def program(role: str, peer: str) -> str:
    return str(BUILD / f"{role}-{peer}")


IDENTITY = ("--cert", str(PKI / "rsa.pem"), "--key", str(PKI / "rsa.key"))


def play(
    client: str, server: str, client_words: tuple[str, ...] = (), *server_words: str
) -> Run:
    """One session by line of work, as the runner does it."""
    serving = process.Program(
        [server, *IDENTITY, *server_words, "--listen", "127.0.0.1:0", "--tied"]
    )
    working = process.Program(
        [client, "--ca", str(PKI / "ca-rsa.pem"), *client_words, "--jobs"]
    )
    try:
        working.send(serving.listens(SECONDS))
        assert working.wait_for(lambda: working.records, SECONDS)
        assert serving.wait_for(lambda: serving.records, SECONDS)
        return Run("upgrade/a/b", working.records[0], serving.records[0], 0.0, 0.0)
    finally:
        for one in (serving, working):
            one.kill()
            one.close()


# What is fixed.


def test_the_lock_file_fixes_versions_and_digests_and_names_no_registry() -> None:
    wanted = json.loads((HERE / "package.json").read_text())["dependencies"]
    text = (HERE / "package-lock.json").read_text()
    assert "://" not in text and '"resolved"' not in text
    locked = json.loads(text)["packages"]
    for name, said in wanted.items():
        entry = locked[f"node_modules/{name}"]
        assert said == f"npm:{entry['name']}@{entry['version']}"
        assert entry["integrity"].startswith("sha512-")
    era = next(era for era in eras.load(TOP / "ci") if era.name == "period")
    assert {program.name for program in era.programs} >= set(wanted)


def test_a_name_that_there_is_not() -> None:
    done = run(str(HERE / "get"), "node-99")
    assert done.returncode == 2
    assert done.stderr.startswith('period: no "node-99"; there are: ')


def test_what_is_not_as_the_lock_file_says_is_not_used(tmp_path: Path) -> None:
    """A registry that gives something else under that name."""
    fake = tmp_path / "bin"
    fake.mkdir()
    (fake / "npm").write_text("#!/bin/sh\necho not it >node.tgz\n")
    (fake / "npm").chmod(0o755)
    done = subprocess.run(
        [HERE / "get", "node-0.10"],
        env={"PATH": f"{fake}:/usr/bin:/bin", "PERIOD_BUILD": str(tmp_path / "made")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3
    assert "is not what package-lock.json says" in done.stderr
    assert not (tmp_path / "made" / "bin" / "node-0.10").exists()


def test_a_folder_that_was_moved_is_put_right(tmp_path: Path) -> None:
    def get(into: Path) -> Path:
        env = {"PATH": os.environ["PATH"], "PERIOD_BUILD": str(into)}
        done = subprocess.run([HERE / "get", "jsse"], env=env, capture_output=True)
        assert done.returncode == 0, done.stderr
        return into / "client-jsse-17.0"

    def uses_archive(program: Path) -> bool:
        text = program.read_text()
        strict = text.replace("-Xlog:disable", "-Xshare:on")
        assert strict != text
        program.write_text(strict)
        try:
            return run(str(program), "--version").returncode == 0
        finally:
            program.write_text(text)

    before, after = tmp_path / "before", tmp_path / "after"
    made = get(before)
    said = run(str(made), "--version").stdout
    assert uses_archive(made)
    before.rename(after)
    moved = after / made.name
    moved.write_text(moved.read_text().replace(str(before), str(after)))
    assert not uses_archive(moved)  # it holds where it was made
    assert run(str(moved), "--version").stdout == said  # and nobody hears of it
    assert uses_archive(get(after))


def test_no_npm_is_said(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("bash", "dirname", "mkdir", "cat", "sed", "cut", "grep", "sha512sum"):
        (tools / tool).symlink_to(f"/usr/bin/{tool}")
    done = subprocess.run(
        [HERE / "get", "node-0.10"],
        env={"PATH": str(tools), "PERIOD_BUILD": str(tmp_path / "made")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3
    assert "npm is missing" in done.stderr


# The contract.


@pytest.mark.parametrize("role, peer", BOTH)
def test_what_it_says_of_itself(role: str, peer: str) -> None:
    path = program(role, peer)
    version = run(path, "--version").stdout.strip()
    said = run(path, "--capabilities").stdout.splitlines()
    assert re.match(r"\d+\.\d+", version)
    assert said[0].split(" ", 3)[3] == version
    assert any(re.fullmatch(r"= can\.tls( 1\.[0-3])+", line) for line in said)
    usual = IDENTITY if role == "server" else ("--to", "127.0.0.1:1")
    for words, code in (
        (("--no-such-option",), 2),
        (("--fault", "x"), 89),
        (("--stimulus", "x"), 89),
        (("--tls-min", "0.9"), 89),
        (("--deadline",), 2),
    ):
        done = run(path, *usual, *words)
        assert done.returncode == code, words
        assert len(done.stderr.splitlines()) == 1, done.stderr


def test_node_says_which_openssl_it_has() -> None:
    assert run(program("client", "node-0.10"), "--version").stdout.strip() == (
        "0.10.32 (OpenSSL 1.0.1i)"
    )


@pytest.mark.parametrize("role, peer", BOTH)
def test_mail_is_delivered_and_all_witnesses_agree(role: str, peer: str) -> None:
    """With GnuTLS as the partner, which reads every form of a hello.  It signs with
    SHA-1 where a hello cannot say what it takes, and newer JSSE must be told to."""
    names = {"client": str(TOP / "build/host/client-gnutls")}
    names["server"] = str(TOP / "build/host/server-gnutls")
    names[role] = program(role, peer)
    form = "sslv2" if role == "client" and peer in OLD_FORM else "tls"
    policy = ("--old",) if form == "sslv2" else ()
    seen = observe(play(names["client"], names["server"], policy))
    assert not seen.trouble
    assert (seen.client_exit, seen.server_exit) == ("0", "0")
    (link,) = seen.connections
    assert link.taps_agree and link.client and link.server
    assert link.client.fact("mail") == "delivered-tls"
    assert link.server.fact("mail") == "received-tls"
    for name in ("mail.octets", "mail.digest"):
        assert link.client.fact(name) == link.server.fact(name) != ""
    for mine, theirs in (("sent", "received"), ("received", "sent")):
        assert link.client.fact(f"wire.{mine}") == link.server.fact(f"wire.{theirs}")
    version = link.wire.version
    for flow in (link.client, link.server):
        assert flow.fact("tls.version", version) == version
    assert link.wire.hellos[0].form == form


@pytest.mark.parametrize("peer", PEERS[:3])
def test_a_large_message_and_each_policy(peer: str) -> None:
    client, server = program("client", peer), program("server", peer)
    seen = observe(play(client, server, ("--message", "1048576")))
    (link,) = seen.connections
    assert link.server and link.client
    assert int(link.server.fact("mail.octets")) > 1 << 20
    assert link.client.fact("mail.digest") == link.server.fact("mail.digest")
    for policy, starttls, mail in (
        ("none", "offer", "delivered-plain"),
        ("opportunistic", "454", "delivered-plain"),
        ("opportunistic", "absent", "delivered-plain"),
        ("mandatory", "454", "deferred"),
        ("mandatory", "absent", "deferred"),
    ):
        words = ("--policy", policy)
        seen = observe(play(client, server, words, "--starttls", starttls))
        (link,) = seen.connections
        assert link.client and link.client.fact("mail") == mail, (policy, starttls)


@pytest.mark.parametrize(
    "peer, kind, serving, resumed",
    [
        *(("node-0.10", kind, kind, True) for kind in ("id", "ticket")),
        ("node-0.10", "id", "no", False),
        ("node-0.10", "ticket", "no", False),
        ("node-0.10", "no", "ticket", False),
        ("go", "ticket", "ticket", True),
    ],
)
def test_the_second_connection_is_resumed_as_asked(
    peer: str, kind: str, serving: str, resumed: bool
) -> None:
    words = "--tls-min", "1.2", "--tls-max", "1.2", "--connections", "2", "--resume"
    client, server = program("client", peer), program("server", peer)
    seen = observe(play(client, server, (*words, kind), *words, serving))
    first, second = seen.connections
    assert first.wire.resumed is False and second.wire.resumed is resumed
    for link, said in (first, False), (second, resumed):
        for flow in (link.client, link.server):
            assert flow and flow.fact("tls.resumed") == ("yes" if said else "no")
    again = second.wire.hellos[0]
    if resumed:
        assert bool(again.extension(35)) is (kind == "ticket") and again.session_id
    assert kind == "ticket" or not again.extension(35)


def test_the_sslv2_form_goes_with_every_version_below_its_own() -> None:
    client = program("client", "node-0.10-sslv2")
    server = program("server", "node-0.10")
    for words, version in ((), 0x0303), (("--tls-max", "1.0"), 0x0301):
        (link,) = observe(play(client, server, words)).connections
        assert link.client and link.client.fact("mail") == "delivered-tls"
        (hello,) = link.wire.hellos
        assert (hello.form, hello.client_version) == ("sslv2", version)
        assert hello.kinds and not hello.server_name
    for role, peer, words in (
        ("client", "node-0.10", ("--sslv2hello", "--tls-min", "1.1")),
        ("server", "node-0.10", ("--sslv2hello",)),
    ):
        done = run(program(role, peer), *words)
        assert done.returncode == 89 and "SSLv2 form" in done.stderr


@pytest.mark.parametrize("peer", (*PEERS[:3], *OLD_FORM[:1]))
@pytest.mark.parametrize(
    "why", [("--name", "wrong.example"), ("--ca", str(PKI / "ca-ecdsa.pem"))]
)
def test_a_certificate_that_does_not_fit_is_refused(
    peer: str, why: tuple[str, str]
) -> None:
    words = (*why, "--policy", "opportunistic")
    server = program("server", peer.removesuffix("-sslv2"))
    run = play(program("client", peer), server, words, "--connections", "2")
    first, second = observe(run).connections
    assert first.client and second.client
    assert first.client.fact("tls.handshake") == "failed"
    assert first.client.fact("tls.verified") == "no"
    assert first.client.fact("mail") == "deferred"
    assert second.client.fact("mail") == "delivered-plain"


@pytest.mark.parametrize("peer", PEERS[:3])
def test_one_process_serves_many_sessions_after_nonsense(peer: str) -> None:
    serving = process.Program(
        [program("server", peer), *IDENTITY, "--listen", "127.0.0.1:0", "--tied"]
    )
    try:
        host, _, port = serving.listens(SECONDS).rpartition(":")
        for n in range(30):
            with socket.create_connection((host, int(port))) as wire:
                wire.sendall(
                    b"EHLO x\r\nNONSENSE\r\n" + bytes(range(n, n + 20)) + b"\r\n"
                )
            assert serving.wait_for(lambda: len(serving.records) > n, SECONDS)
        for record in serving.records:
            flows, end = parse_record(record)
            assert end == "0" and len(flows) == 1
    finally:
        serving.kill()
        serving.close()


@pytest.mark.parametrize("peer", PEERS[:3])
def test_a_record_has_its_connections_in_their_order(peer: str) -> None:
    """The first is still open when the second has said all that it has to say."""
    serving = process.Program(
        [
            *(program("server", peer), *IDENTITY, "--connections", "2"),
            *("--listen", "127.0.0.1:0", "--tied"),
        ]
    )
    try:
        host, _, port = serving.listens(SECONDS).rpartition(":")
        address = host, int(port)
        with socket.create_connection(address, SECONDS) as first:
            lines = first.makefile("rb")
            assert lines.readline().startswith(b"220 ")
            with socket.create_connection(address, SECONDS) as second:
                ports = [str(wire.getsockname()[1]) for wire in (first, second)]
                second.sendall(b"QUIT\r\n")
                for _ in range(40):  # each is a turn in which it may see the other
                    first.sendall(b"NOOP\r\n")
                    assert lines.readline().startswith(b"250 ")
                first.sendall(b"QUIT\r\n")
                assert lines.readline().startswith(b"221 ")
                assert serving.wait_for(lambda: serving.records, SECONDS)
        flows, end = parse_record(serving.records[0])
        assert end == "0"
        assert [flow.meta["connection"] for flow in flows] == ["1", "2"]
        assert [
            flow.fact("connection.remote").rpartition(":")[2] for flow in flows
        ] == ports
        assert [flow.fact("smtp.replies.plain")[-3:] for flow in flows] == ["221"] * 2
    finally:
        serving.kill()
        serving.close()


@pytest.mark.parametrize("peer", PEERS[:3])
@pytest.mark.parametrize("role", ["client", "server"])
def test_a_tied_program_ends_with_its_standard_input(role: str, peer: str) -> None:
    listen = [*IDENTITY, "--listen", "127.0.0.1:0", "--tied"]
    running = subprocess.Popen(
        [program(role, peer), *(["--jobs"] if role == "client" else listen)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert running.stdin and running.stdout
    if role == "server":
        assert running.stdout.readline().startswith(b"= listen 127.0.0.1:")
    running.stdin.close()
    assert running.wait(SECONDS) == 0
    running.stdout.close()
