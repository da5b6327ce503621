"""process - one peer program: starts it, gives it work, takes its records, ends it.

Nothing here blocks but ``wait_for`` and ``wait``: a caller polls ``fileno()`` and
calls ``feed()`` when there is something to read.  What a program prints is hostile:
it is bounded, and it is cut into records by the one line that a program's parent
writes itself, ``= exit ...`` (CONTRIBUTING.md, "The contract of a program").
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from typing import Callable, Sequence

RECORD_LIMIT = 4 << 20  # octets of one record, and of what was not taken yet
WORDS_LIMIT = 4096  # octets kept of the standard error
CHUNK = 1 << 16
EXIT = b"= exit "


class Ended(Exception):
    """The program is gone, or was ended because it broke the contract."""


class Program:
    """A running client or server program.  ``records`` holds what it printed, one
    string a session, oldest first; the caller takes them out."""

    def __init__(self, argv: Sequence[str]) -> None:
        """Starts it.  OSError if there is no such program."""
        self.argv = tuple(argv)
        self.records: list[str] = []
        self.address = ""  # where it listens, once that was taken
        self._buffer = bytearray()
        self._seen = 0  # up to here the buffer has no end of a record
        self._words = bytearray()
        # A session of its own: the terminal's Ctrl-C is for the harness, and the
        # children of a program can be ended with it.
        self._process = subprocess.Popen(
            self.argv,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._process.stdin and self._process.stdout and self._process.stderr
        self._in = self._process.stdin.fileno()
        self._out = self._process.stdout.fileno()
        self._err = self._process.stderr.fileno()
        os.set_blocking(self._out, False)
        os.set_blocking(self._err, False)

    @property
    def pid(self) -> int:
        return self._process.pid

    def fileno(self) -> int:
        """Readable when ``feed`` has something to do."""
        return self._out

    def send(self, line: str) -> None:
        """Gives it one line of work.  Ended if it is gone."""
        try:
            os.write(self._in, line.encode("ascii") + b"\n")
        except OSError:
            raise Ended(self.obituary()) from None

    def feed(self) -> None:
        """Takes what it has printed so far.  Ended if it is gone or printed more
        than a record may have; records that were complete are kept."""
        self._drain_words()
        while True:
            try:
                octets = os.read(self._out, CHUNK)
            except BlockingIOError:
                return
            if not octets:
                raise Ended(self.obituary())
            self._buffer += octets
            self._cut()
            if len(self._buffer) > RECORD_LIMIT:
                self.kill()
                raise Ended(f"printed a record of more than {RECORD_LIMIT} octets")
            if len(octets) < CHUNK:
                return

    def take_listen(self) -> str:
        """A server's first line: the address HOST:PORT it listens on, or "" if it
        has not come yet.  Ended if it says something else."""
        if b"\n" not in self._buffer:
            return ""
        line, _, rest = bytes(self._buffer).partition(b"\n")
        name, _, address = line.decode("ascii", "backslashreplace").rpartition(" ")
        if name != "= listen" or not address.rpartition(":")[2].isdecimal():
            self.kill()
            raise Ended("did not say first where it listens")
        self._buffer[:] = rest
        self._seen = 0
        self._cut()
        return address

    def listens(self, seconds: float) -> str:
        """Waits until a server has said where it listens: the address, which
        ``address`` has from then on; "" it did not in time."""

        def said() -> str:
            self.address = self.address or self.take_listen()
            return self.address

        self.wait_for(said, seconds)
        return self.address

    def take_rest(self) -> str:
        """What it printed of a record that did not come to its end."""
        rest = bytes(self._buffer).decode("ascii", "backslashreplace")
        self._buffer.clear()
        self._seen = 0
        return rest

    def wait_for(self, ready: Callable[[], object], seconds: float) -> bool:
        """Feeds until ``ready()`` is true, for so long at most: whether it is.
        Ended if the program ended first."""
        until = time.monotonic() + seconds
        poll = select.poll()
        poll.register(self._out, select.POLLIN)
        while not ready():
            left = until - time.monotonic()
            if left <= 0:
                return False
            if poll.poll(left * 1000):
                self.feed()
        return True

    def close(self) -> None:
        """Ends its standard input, which ends a tied program; does not wait."""
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert pipe
            pipe.close()

    def gone(self) -> bool:
        """Whether it has ended (and leaves no zombie)."""
        return self._process.poll() is not None

    def wait(self, seconds: float) -> bool:
        """Whether it ends by itself within so long."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """Ends it and its children now."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def obituary(self) -> str:
        """How it ended, in a few words, with the last of its standard error."""
        try:
            status = self._process.wait(0.5)  # it closed its output: it is going
        except subprocess.TimeoutExpired:
            self.kill()
            return "closed its output without ending"
        self._drain_words()
        words = self._words.decode("ascii", "backslashreplace").split("\n")
        last = next((line.strip() for line in reversed(words) if line.strip()), "")
        how = f"signal {-status}" if status < 0 else f"exit {status}"
        return f"ended: {how}" + (f": {last[:300]}" if last else "")

    def _drain_words(self) -> None:
        try:
            self._words += os.read(self._err, CHUNK)
        except OSError:
            return
        del self._words[:-WORDS_LIMIT]

    def _cut(self) -> None:
        while True:
            at = 0 if self._buffer.startswith(EXIT) else -1
            if at < 0:
                at = self._buffer.find(b"\n" + EXIT, max(0, self._seen))
                at = at + 1 if at >= 0 else -1
            if at < 0:
                self._seen = len(self._buffer) - len(EXIT)
                return
            end = self._buffer.find(b"\n", at)
            if end < 0:
                self._seen = at - 1
                return
            record = bytes(self._buffer[: end + 1])
            self.records.append(record.decode("ascii", "backslashreplace"))
            del self._buffer[: end + 1]
            self._seen = 0
