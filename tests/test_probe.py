"""probe - a program that says what is not so is found out, and a peer that sends
nonsense harms nobody."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matrix import peers
from matrix.model import Capabilities, Hello
from matrix.probe import offered
from matrix.raw import fatal_alert, send_hello

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 5.0


def probed(build: Path, tmp_path: Path, program: str, script: str) -> Capabilities:
    """What is found of one program when a script stands in front of it; "$REAL"
    is the program."""
    (tmp_path / "host").mkdir()
    for real in (build / "host").iterdir():
        target = tmp_path / "host" / real.name
        if real.name == program:
            target.write_text(f"#!/bin/sh\nREAL={real}\n{script}\n")
            target.chmod(0o755)
        else:
            target.symlink_to(real)
    clients, servers, _ = peers.load(tmp_path, ROOT / "matrix" / "peers")
    family = program.partition("-")[2]
    found = clients if program.startswith("client") else servers
    return next(peer.capabilities for peer in found if peer.family == family)


ANSWER = (
    'case "$*" in *--capabilities*) "$REAL" "$@" | sed "%s";; '
    '*) exec "$REAL" "$@";; esac'
)


@pytest.mark.parametrize("program", ["client-openssl", "server-openssl"])
def test_the_truth_has_no_contradiction(
    build: Path, tmp_path: Path, program: str
) -> None:
    found = probed(build, tmp_path, program, 'exec "$REAL" "$@"')
    assert found.tls == ("1.0", "1.1", "1.2", "1.3")
    assert {"1.2", "1.3"} <= set(found.natural)
    assert found.contradictions == ()


@pytest.mark.parametrize("program", ["client-openssl", "server-openssl"])
def test_shown_but_not_declared(build: Path, tmp_path: Path, program: str) -> None:
    found = probed(build, tmp_path, program, ANSWER % "s/ 1.3//")
    assert found.tls == ("1.0", "1.1", "1.2")
    assert found.contradictions == ("TLS 1.3 is not declared, and shown",)


@pytest.mark.parametrize("program", ["client-openssl", "server-openssl"])
def test_declared_but_not_shown(build: Path, tmp_path: Path, program: str) -> None:
    script = 'case "$*" in *"--tls-min 1.1"*) exit 89;; *) exec "$REAL" "$@";; esac'
    found = probed(build, tmp_path, program, script)
    assert found.contradictions == ("TLS 1.1 is declared, and not shown",)


def test_another_form_than_declared(build: Path, tmp_path: Path) -> None:
    script = ANSWER % "s/= can.resume/= can.form sslv2\\n&/"
    found = probed(build, tmp_path, "client-openssl", script)
    assert found.contradictions == ("the form sslv2 is declared, and tls shown",)


def test_two_versions_that_differ(build: Path, tmp_path: Path) -> None:
    found = probed(build, tmp_path, "client-gnutls", ANSWER % "s/gnutls 3/gnutls 4/")
    assert len(found.contradictions) == 1
    assert found.contradictions[0].startswith("--version says 3.")


def test_a_program_that_accepts_any_word(build: Path, tmp_path: Path) -> None:
    script = 'case "$*" in *--fault*) exit 0;; *) exec "$REAL" "$@";; esac'
    found = probed(build, tmp_path, "client-openssl", script)
    (doubt,) = found.contradictions
    assert doubt.startswith("--fault ") and doubt.endswith("ends with 0, not 89")


@pytest.mark.parametrize(
    "least, natural", [("1.2", ("1.2",)), ("1.0", ("1.0", "1.1", "1.2"))]
)
def test_what_a_hello_cannot_say_is_tried(
    build: Path, tmp_path: Path, least: str, natural: tuple[str, ...]
) -> None:
    pinned = f'"$@" --old --tls-min {least} --tls-max 1.2'
    script = (
        'case "$*" in *--tls-min*|--version|--capabilities) exec "$REAL" "$@";; '
        f'*) exec "$REAL" {pinned};; esac'
    )
    assert probed(build, tmp_path, "client-openssl", script).natural == natural


@pytest.mark.parametrize(
    "octets, description",
    [
        (bytes.fromhex("15030300020246"), 70),
        (bytes.fromhex("15030300020146"), -1),  # a warning
        (bytes.fromhex("1503030002022846"), 40),
        (bytes.fromhex("16030300020246"), -1),
        (bytes.fromhex("150303000202"), -1),
        (b"", -1),
    ],
)
def test_what_a_client_refuses_with(octets: bytes, description: int) -> None:
    assert fatal_alert(octets) == description


@pytest.mark.parametrize(
    "answer, why",
    [
        (
            "echo '[0.02s][warning]'; echo 3.0.1",
            "--version says '[0.02s][warning]\\n3.0.1', which is no version",
        ),
        ("echo 'sh: bad words' >&2; exit 127", "sh: bad words"),
        ("exit 3", "--version ends with 3"),
        ("echo", "--version says '', which is no version"),
    ],
)
def test_who_does_not_say_a_version_is_no_peer(
    tmp_path: Path, answer: str, why: str
) -> None:
    program = tmp_path / "host" / "client-openssl"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{answer}\n")
    program.chmod(0o755)
    clients, _, sentences = peers.load(tmp_path, ROOT / "matrix" / "peers")
    (mute,) = clients
    assert mute.id == "openssl-unknown"
    (sentence,) = (words for words in sentences if mute.about["missing"] in words)
    assert f"client-openssl is no use: {why}; if the folder was moved" in sentence
    assert sentence.endswith(": make build") and "\n" not in sentence


def hello(client_version: int, *supported: int) -> Hello:
    return Hello("tls", 0x301, client_version, b"", b"", (), (), supported, "", 0)


@pytest.mark.parametrize(
    "seen, declared, versions",
    [
        (hello(0x303, 0x304, 0x303, 0x7A7A), (), {"1.2", "1.3"}),  # RFC 8701 too
        (hello(0x303), ("1.0", "1.1", "1.2"), {"1.0", "1.1", "1.2"}),
        (hello(0x303), ("1.2",), {"1.2"}),
        (hello(0x301), ("1.0", "1.2"), {"1.0"}),
        (hello(0x300), ("1.0",), set()),
        (hello(0xFFFF), ("1.0",), set()),
    ],
)
def test_what_a_hello_offers(
    seen: Hello, declared: tuple[str, ...], versions: set[str]
) -> None:
    assert offered(seen, declared) == versions


def serve(octets: bytes) -> str:
    """The address of a server that sends this and closes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        with listener, listener.accept()[0] as wire:
            try:
                wire.sendall(octets)
                wire.shutdown(socket.SHUT_WR)
                while wire.recv(4096):
                    pass
            except OSError:
                pass

    threading.Thread(target=run, daemon=True).start()
    return "127.0.0.1:%d" % listener.getsockname()[1]


SMTP = b"220 hi\r\n250-mx\r\n250 STARTTLS\r\n220 go\r\n"


def server_hello(*extensions: bytes) -> bytes:
    """A record with a ServerHello of TLS 1.2 or, by its extension, of another."""
    body = b"\x03\x03" + bytes(32) + b"\0\xc0\x2f\0"
    if extensions:
        joined = b"".join(extensions)
        body += len(joined).to_bytes(2, "big") + joined
    message = b"\x02" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x03" + len(message).to_bytes(2, "big") + message


HELLO_12 = server_hello()
HELLO_13 = server_hello(b"\0\x17\0\0", b"\0\x2b\0\x02\x03\x04")


@pytest.mark.parametrize(
    "octets, version",
    [
        (SMTP + HELLO_12, "1.2"),
        (SMTP + HELLO_13, "1.3"),
        (SMTP + HELLO_13[:-2], ""),
        (SMTP + server_hello(b"\0\x2b\0\xff\x03\x04"), ""),
        (SMTP + HELLO_12[:-1], ""),
        (SMTP + bytes.fromhex("15030300020246"), ""),
        (SMTP, ""),
        (b"", ""),
        (b"220 hi\r\n250-mx\r\n250 STARTTLS\r\n454 no\r\n" + HELLO_12, ""),
        (b"250-" + b"x" * 100_000, ""),
    ],
)
def test_what_a_server_answers(octets: bytes, version: str) -> None:
    assert send_hello(serve(octets), b"\x16", SECONDS) == version


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=200))
def test_a_server_may_say_anything(octets: bytes) -> None:
    assert isinstance(send_hello(serve(SMTP + octets), b"\x16", SECONDS), str)


def test_nobody_listens() -> None:
    taken = socket.create_server(("127.0.0.1", 0))
    where = "127.0.0.1:%d" % taken.getsockname()[1]
    taken.close()
    assert send_hello(where, b"", SECONDS) == ""
