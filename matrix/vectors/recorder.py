"""recorder - takes the hello of any client that speaks STARTTLS.

A server on 127.0.0.1 with nothing but a socket: it speaks SMTP as far as the 220,
then keeps what comes until a hello of either form is complete, and refuses with an
alert.  Or, ``through`` a real server, it is a relay: then a client can have a
session to resume, and the hello of a later connection is the one that is kept.

A thread a connection, a bound on connections and octets, one deadline for all.
"""

from __future__ import annotations

import queue
import socket
import threading
import time
from types import TracebackType

from matrix.hello import HANDSHAKE
from matrix.vectors.codec import LIMIT

CONNECTIONS = 8  # that are served; more are closed at once
LINE = 2000  # octets of a command (RFC 5321 4.5.3.1.4 has 512)
_REFUSAL = bytes.fromhex("15030100020228")  # fatal handshake_failure
_REPLIES = {
    b"EHLO": b"250-mx.example\r\n250-SIZE 10485760\r\n250-8BITMIME\r\n250 STARTTLS\r\n",
    b"HELO": b"250 mx.example\r\n",
    b"NOOP": b"250 2.0.0 Ok\r\n",
    b"RSET": b"250 2.0.0 Ok\r\n",
    b"QUIT": b"221 2.0.0 Bye\r\n",
    b"STARTTLS": b"220 2.0.0 Ready to start TLS\r\n",
}


def missing(octets: bytes) -> int:
    """How many octets at least are still to come until a hello is complete; 0 if
    it is, or if these octets can never become one."""
    if not octets:
        return 1
    if len(octets) > LIMIT:
        return 0
    if octets[0] & 0x80:  # RFC 5246 E.2
        if len(octets) < 2:
            return 1
        return max(0, 2 + ((octets[0] & 0x7F) << 8 | octets[1]) - len(octets))
    if octets[0] != HANDSHAKE:
        return 0
    at, joined = 0, b""
    while True:
        if len(octets) < at + 5:
            return at + 5 - len(octets)
        if octets[at] != HANDSHAKE:
            return 0
        end = at + 5 + int.from_bytes(octets[at + 3 : at + 5], "big")
        if len(octets) < end:
            return end - len(octets)
        joined += octets[at + 5 : end]
        if len(joined) >= 4 and len(joined) >= 4 + int.from_bytes(joined[1:4], "big"):
            return 0
        at = end


class Recorder:
    """Listens within ``with``; ``hello`` gives what came.

    ``through`` is HOST:PORT of a server behind it, "" for none; ``connection`` says
    which connection's hello is wanted, 1 the first.  An ``answer`` other than the
    refusal is sent to hear the client's ``reaction``, there when it has ended."""

    def __init__(
        self,
        seconds: float,
        through: str = "",
        connection: int = 1,
        answer: bytes = _REFUSAL,
    ) -> None:
        self._answer, self.reaction = answer, b""
        self._end = time.monotonic() + seconds
        self._through, self._wanted = through, connection
        self._found: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def __enter__(self) -> Recorder:
        self._accepting.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._end = 0.0
        self._socket.close()

    def hello(self, seconds: float) -> bytes:
        """The hello as soon as it is there, or b"" after so many seconds."""
        try:
            return self._found.get(timeout=max(0.0, min(seconds, self._left())))
        except queue.Empty:
            return b""

    def rest(self) -> bytes:
        """The hello of a client that has ended, or b"": a connection that has not come
        by then never comes."""
        self._socket.shutdown(socket.SHUT_RDWR)  # wakes who waits for one
        self._accepting.join()
        for thread in self._threads:
            thread.join(self._left())
        return self.hello(0)

    def _left(self) -> float:
        return max(0.001, self._end - time.monotonic())

    def _accept(self) -> None:
        count = 0
        while True:
            try:
                self._socket.settimeout(self._left())
                connection, _ = self._socket.accept()
            except OSError:  # closed, or too late
                return
            count += 1
            if count > CONNECTIONS:
                connection.close()
                continue
            self._threads.append(
                threading.Thread(
                    target=self._serve, args=(connection, count), daemon=True
                )
            )
            self._threads[-1].start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            with connection:
                connection.settimeout(self._left())
                if self._through:
                    self._relay(connection, number)
                elif hello := self._speak(connection):
                    if number >= self._wanted:
                        self._found.put(hello)
                    connection.sendall(self._answer)
                    connection.shutdown(socket.SHUT_WR)
                    if self._answer != _REFUSAL:
                        self.reaction = connection.recv(LIMIT)
        except OSError:
            pass  # it went away, or too late: there is no hello of it

    def _speak(self, connection: socket.socket) -> bytes:
        """SMTP up to STARTTLS, then the hello; b"" if it never came to that."""
        connection.sendall(b"220 mx.example ESMTP\r\n")
        buffer = b""
        while True:
            line, end, rest = buffer.partition(b"\n")
            if not end:
                if len(buffer) > LINE or not (more := connection.recv(LINE)):
                    return b""
                buffer += more
                continue
            verb = line.split()[0].upper() if line.split() else b""
            connection.sendall(_REPLIES.get(verb, b"530 5.7.0 STARTTLS first\r\n"))
            if verb == b"QUIT":
                return b""
            if verb == b"STARTTLS":
                return self._take(connection, rest)
            buffer = rest

    def _take(self, connection: socket.socket, octets: bytes) -> bytes:
        while n := missing(octets):
            if not (more := connection.recv(n)):
                break
            octets += more
        return octets

    def _relay(self, client: socket.socket, number: int) -> None:
        host, _, port = self._through.rpartition(":")
        with socket.create_connection((host, int(port)), self._left()) as server:
            back = threading.Thread(target=_pump, args=(server, client), daemon=True)
            back.start()
            octets, told = b"", number != self._wanted
            while more := client.recv(LIMIT):
                if not told:
                    octets += more
                    _, switch, hello = octets.partition(b"STARTTLS\r\n")
                    told = bool(switch) and not missing(hello)
                    if told:
                        self._found.put(hello)
                server.sendall(more)
            server.shutdown(socket.SHUT_WR)
            back.join(self._left())


def _pump(source: socket.socket, sink: socket.socket) -> None:
    """All octets of one direction, and then its end, however it ended."""
    try:
        while octets := source.recv(LIMIT):
            sink.sendall(octets)
    except OSError:
        pass  # one of them went away
    try:
        sink.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # the sink was the one
