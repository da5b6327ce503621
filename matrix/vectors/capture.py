"""capture - runs a client against the recorder and takes its hello.

The client is a process group of its own, is given a message on standard input, and
never outlives the capture.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Callable, Iterator, Mapping, Sequence

from matrix.complaint import GAPS, Complaint
from matrix.vectors.recorder import Recorder

HOST, NAME = "127.0.0.1", "localhost"
_MESSAGE = b"From: a@client.example\nTo: b@mx.example\nSubject: hello\n\nhello\n"
_WORDS = 400  # characters of a client's output in a complaint


def capture(
    command: Sequence[str],
    places: Mapping[str, str],
    seconds: float,
    through: str = "",
    connection: int = 1,
    environment: Mapping[str, str] = {},
) -> bytes:
    """The octets of a client's hello.

    ``places`` are the words that stand in braces in the command; {host}, {name} and
    {port} are the recorder.  Raises Complaint if no hello came within so many
    seconds."""
    with Recorder(seconds, through, connection) as recorder:
        port = str(recorder.port)
        places = {"host": HOST, "name": NAME, "port": port, **places}
        filled = [fill(word, places) for word in command]
        end = time.monotonic() + seconds
        with _running(filled, environment) as (client, words):
            octets = b""
            while not octets and time.monotonic() < end:
                octets = recorder.hello(0.2)
                if not octets and client.poll() is not None:
                    octets = recorder.rest()  # it may have sent and gone
                    break
            if octets:
                return octets
            ended = "is still there" if client.poll() is None else "ended"
            words.seek(0)
            said = " ".join(words.read().decode("ascii", "replace").split())
    raise Complaint(
        f"no hello came from {shlex.join(command)[:_WORDS]}: it {ended}"
        f" and said: {said[-_WORDS:] or 'nothing'}",
        GAPS,
    )


def wait(seconds: float, say: Callable[[str], None], through: str = "") -> bytes:
    """The hello of a client that somebody starts elsewhere."""
    with Recorder(seconds, through) as recorder:
        say(f"{HOST}:{recorder.port}")
        if octets := recorder.hello(seconds):
            return octets
    raise Complaint(f"no hello came within {seconds:g} seconds", GAPS)


def fill(word: str, places: Mapping[str, str]) -> str:
    """A word with {name} filled in; other braces stay."""
    for name, value in places.items():
        word = word.replace("{" + name + "}", value)
    return word


@contextmanager
def _running(
    command: Sequence[str], environment: Mapping[str, str]
) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    with tempfile.TemporaryFile() as message, tempfile.TemporaryFile() as words:
        message.write(_MESSAGE)
        message.seek(0)
        try:
            client = subprocess.Popen(
                command,
                stdin=message,
                stdout=words,
                stderr=words,
                start_new_session=True,
                env={**os.environ, **environment},
            )
        except OSError as error:
            raise Complaint(f"{command[0]} cannot be started: {error.strerror}", GAPS)
        try:
            yield client, words
        finally:
            try:
                os.killpg(client.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it and all it started have ended
            client.wait()


def provenance(
    implementation: str, version: str, library: str, command: Sequence[str], date: str
) -> dict[str, str]:
    """The metas of a recording, on one line of printable characters each."""
    how = shlex.join(command) if command else "a client started by hand"
    metas = {
        "implementation": implementation,
        "version": version,
        "library": library,
        "recorded": how,
        "date": date,
    }
    return {
        name: " ".join(value.encode("ascii", "replace").decode().split()) or "not told"
        for name, value in metas.items()
    }


def replace(path: Path, text: str) -> None:
    """Writes a file whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_text(text, "ascii")
    part.replace(path)
