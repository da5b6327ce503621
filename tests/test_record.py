"""test_record - the recorder against clients that are right, slow, odd and hostile."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hello_vectors import ALL, HELLO, command
from hypothesis import given, settings
from hypothesis import strategies as st
from making import TOP

from matrix import flow
from matrix.complaint import GAPS, Complaint
from matrix.vectors import capture
from matrix.vectors.recorder import CONNECTIONS, Recorder, missing

SECONDS = 20.0
# A client of a few lines: SMTP up to the 220, then octets in hex, each word a write.
CLIENT = """
import socket, sys
s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
f = s.makefile("rb")
def reply():
    while f.readline()[3:4] == b"-":
        pass
reply()
for line in (b"EHLO client.example", b"NOOP", b"STARTTLS"):
    s.sendall(line + b"\\r\\n")
    reply()
for word in sys.argv[3:]:
    s.sendall(bytes.fromhex(word))
print(f.read().hex())
"""


def client(*words: str) -> list[str]:
    return [sys.executable, "-c", CLIENT, "{host}", "{port}", *words]


def writes(name: str) -> list[str]:
    return [write.hex() for write in ALL[name].writes]


@pytest.mark.parametrize(
    "name",
    [
        "openssl-1.0.1i-sslv2",
        "sslv2-segments-1",
        "openssl-3.0.22",
        "segments-1",
        "records-1",
        "records-and-segments-1",
        "openssl-3.5.9-s-client",
        "extension-16k",
        "suites-1000-behind",
    ],
)
def test_a_hello_is_recorded_to_the_octet(name: str) -> None:
    assert capture.capture(client(*writes(name)), {}, SECONDS) == ALL[name].octets


def test_what_comes_behind_the_hello_is_not_recorded() -> None:
    octets = HELLO["openssl-3.0.22"].octets
    sent = (octets + b"\x14\x03\x03\0\1\1").hex()
    assert capture.capture(client(sent), {}, SECONDS) == octets


def test_what_is_no_hello_is_recorded_as_it_came() -> None:
    got = capture.capture(client("15030100020128"), {}, SECONDS)
    assert got and b"\x15\x03\x01\0\2\1\x28".startswith(got)


@pytest.mark.parametrize("name", sorted(HELLO))
def test_missing(name: str) -> None:
    """Never too many, so that nothing behind the hello is waited for; at the end 0."""
    octets = HELLO[name].octets
    have = 0
    while n := missing(octets[:have]):
        have += n
        assert have <= len(octets)
    assert have == len(octets)


@pytest.mark.parametrize(
    "script, words",
    [
        ("import sys; sys.exit('no such option')", "said: no such option"),
        ("print('x' * 5000)", "it ended and said: xxx"),
        ("pass", "said: nothing"),
    ],
)
def test_a_client_without_a_hello(script: str, words: str) -> None:
    with pytest.raises(Complaint, match=words) as raised:
        capture.capture([sys.executable, "-c", script], {}, SECONDS)
    assert raised.value.status == GAPS and len(str(raised.value)) < 700


def test_no_such_client() -> None:
    with pytest.raises(Complaint, match="cannot be started: No such file"):
        capture.capture(["no-such-program-5f1c"], {}, SECONDS)


def test_a_client_that_stays_is_ended_with_its_children(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    script = f"(while :; do read line <{tmp_path}/fifo; done) & echo $! >{note}; wait"
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(Complaint, match="it is still there"):
        capture.capture(["sh", "-c", script], {}, 1.0)
    with pytest.raises(ProcessLookupError):
        while True:  # until init has taken it
            os.kill(int(note.read_text()), 0)


def connect(recorder: Recorder) -> socket.socket:
    return socket.create_connection(("127.0.0.1", recorder.port), SECONDS)


def test_hostile_clients_do_not_keep_it_from_a_good_one() -> None:
    octets = HELLO["openssl-1.0.1i-sslv2"].octets
    with Recorder(SECONDS) as recorder:
        crowd = [connect(recorder) for _ in range(CONNECTIONS - 1)]
        crowd[0].sendall(b"x" * 100_000)  # a line without an end
        crowd[1].sendall(b"\r\n\r\nSTARTTLS\r\n\x16\x03\x01")  # half a header, silence
        crowd[2].sendall(b"STARTTLS\r\n")
        crowd[3].close()
        with connect(recorder) as good:
            good.sendall(b"EHLO x\r\nSTARTTLS\r\n" + octets)  # all at once
            assert recorder.hello(SECONDS) == octets
        with connect(recorder) as late:  # one too many: closed at once
            assert late.recv(1) == b""
        for each in crowd:
            each.close()


def test_a_client_that_never_comes() -> None:
    with Recorder(SECONDS) as recorder:
        assert recorder.rest() == b""


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=200))
def test_a_client_may_say_anything(octets: bytes) -> None:
    with Recorder(SECONDS) as recorder:
        with connect(recorder) as wire:
            wire.sendall(b"EHLO x\r\nSTARTTLS\r\n" + octets)
            wire.shutdown(socket.SHUT_WR)
            try:
                while wire.recv(4096):
                    pass
            except ConnectionResetError:
                pass  # what it had not read when it closed
        got = recorder.rest()
    assert octets.startswith(got) and bool(got) == bool(octets)


def test_it_answers_smtp() -> None:
    with Recorder(SECONDS) as recorder, connect(recorder) as s:
        lines = s.makefile("rb")
        told = b"HELO x\r\nMAIL FROM:<>\r\nehlo x\r\nRSET\r\nQUIT\r\n"
        s.sendall(told)
        codes = [line[:4] for line in lines]
    assert b" ".join(codes) == b"220  250  530  250- 250- 250- 250  250  221 "


@pytest.fixture
def behind() -> Iterator[str]:
    """A server behind the relay, which answers two connections."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for _ in range(2):
                connection, _ = listener.accept()
                with connection, connection.makefile("rb") as lines:
                    connection.sendall(b"220 x\r\n")
                    for line in lines:
                        connection.sendall(b"220 x\r\n")
                        if line == b"STARTTLS\r\n":
                            break
                    connection.recv(1)  # closed with octets unread: a reset

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        host, port = listener.getsockname()
        yield f"{host}:{port}"
        thread.join(SECONDS)


def test_the_second_connection_through_a_server(behind: str) -> None:
    first, second = "openssl-3.0.22", "openssl-3.0.22-resume-psk"
    both = (
        "import subprocess, sys\n"
        "for word in sys.argv[3:]: subprocess.run([sys.executable, '-c',"
        f" {CLIENT!r}, *sys.argv[1:3], word])"
    )
    words = [sys.executable, "-c", both, "{host}", "{port}"]
    words += [ALL[first].octets.hex(), ALL[second].octets.hex()]
    got = capture.capture(words, {}, SECONDS, through=behind, connection=2)
    assert got == ALL[second].octets


def record(tmp_path: Path, *words: str) -> int:
    return command("record", *words, "--to", str(tmp_path))


def test_the_command_writes_a_vector(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    octets = HELLO["openssl-1.0.1i-sslv2"].octets
    told = ("--implementation", "My client", "--version", "1.2", "--library", "OpenSSL")
    words = (*told, "--to", str(tmp_path), "my-client", "--", *client(octets.hex()))
    assert command("record", *words) == 0
    assert "232 octets, V3" in capsys.readouterr().out
    read = flow.parse((tmp_path / "my-client.flow").read_text())
    assert read.octets("C", "tls") == octets and len(read.turns) == 1
    meta = read.meta
    assert list(meta)[:5] == "source implementation version library recorded".split()
    assert (meta["implementation"], meta["version"]) == ("My client", "1.2")
    assert "'{host}' '{port}'" in meta["recorded"] and meta["reach"] == "finished"
    with pytest.raises(Complaint, match="is there already; --replace"):
        command("record", *words)
    assert command("record", "--replace", *words) == 0


@pytest.mark.parametrize(
    "words, said",
    [
        (("My Client",), "is no name; use a-z"),
        (("../x",), "is no name"),
        (("x", "--to", "/nowhere-5f1c"), "is no folder"),
    ],
)
def test_usage(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(Complaint, match=said) as raised:
        command("record", *words)
    assert raised.value.status == 2


def test_waiting_for_a_client(tmp_path: Path) -> None:
    """Without a command the address is printed first, for a client elsewhere."""
    script = (
        "import argparse, sys\n"
        "from hello_vectors import command\n"
        "sys.exit(command('record', 'by-hand', '--to', sys.argv[1]))"
    )
    waiting = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{TOP}:{TOP}/tests"},
    )
    assert waiting.stdout is not None
    address = waiting.stdout.readline().split()[-1]
    host, port = address.split(":")
    words = [w.format(host=host, port=port) for w in client(*writes("keyed"))[3:]]
    subprocess.run([sys.executable, "-c", CLIENT, *words], capture_output=True)
    assert waiting.wait(SECONDS) == 0
    waiting.stdout.close()
    read = flow.parse((tmp_path / "by-hand.flow").read_text())
    assert read.octets("C", "tls") == HELLO["keyed"].octets
    assert read.meta["recorded"] == "a client started by hand"


def test_the_authority_is_a_file(tmp_path: Path) -> None:
    script = "import sys; sys.exit(open(sys.argv[1]).read()[:27])"
    words = ("--to", str(tmp_path), "x", "--", sys.executable, "-c", script, "{ca}")
    with pytest.raises(Complaint, match="said: -----BEGIN CERTIFICATE-----"):
        command("record", *words)
