"""raw - STARTTLS up to the hello with nothing but a socket, for probing.

One end each: a responder that takes a client's ClientHello, and a sender that
shows a recorded one to a server and reads which version it chose.  Nothing here
encrypts; after the first answer the connection is closed.
"""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import BinaryIO

from matrix.hello import HANDSHAKE, SUPPORTED_VERSIONS, Reader
from matrix.model import VERSION_BY_NUMBER

SERVER_HELLO = 2  # HandshakeType
LIMIT = 1 << 17  # octets a peer may send before it has said what we wait for
LINE = 4096


class listen_for_hello:
    """A responder on 127.0.0.1 for one connection, within ``with``.  It answers
    until STARTTLS, takes one ClientHello and closes."""

    def __init__(self, seconds: float) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(seconds)
        self._seconds = seconds
        self._octets = b""
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def address(self) -> str:
        """HOST:PORT"""
        host, port = self._socket.getsockname()
        return f"{host}:{port}"

    def __enter__(self) -> listen_for_hello:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._socket.close()

    def octets(self) -> bytes:
        """What came after STARTTLS; b"" if nothing did.  To be asked when the
        client has ended: a connection that has not come by then never comes."""
        try:
            # Wakes a responder that waits for a client that never connected.
            socket.create_connection(self._socket.getsockname()[:2]).close()
        except OSError:
            pass
        self._thread.join()
        return self._octets

    def _serve(self) -> None:
        try:
            connection, _ = self._socket.accept()
            self._socket.close()
            with connection:
                connection.settimeout(self._seconds)
                self._octets = _respond(connection)
        except OSError:
            pass  # the client went away: there is no hello


def _respond(connection: socket.socket) -> bytes:
    connection.sendall(b"220 mx.example ESMTP\r\n")
    with connection.makefile("rb") as lines:
        while line := lines.readline(LINE):
            verb = line[:8].upper()
            if verb.startswith(b"EHLO"):
                connection.sendall(b"250-mx.example\r\n250 STARTTLS\r\n")
            elif verb == b"STARTTLS":
                connection.sendall(b"220 2.0.0 Ready to start TLS\r\n")
                return _take_hello(lines)
            else:
                connection.sendall(b"502 5.5.1 Not here\r\n")
    return b""


def _take_hello(lines: BinaryIO) -> bytes:
    """Whole records, until they hold a whole first handshake message; or a hello in
    the SSLv2 form, which has its length in two octets (RFC 5246 E.2)."""
    octets = message = b""
    while len(octets) < LIMIT:
        head = lines.read(2)
        if not octets and head[:1] >= b"\x80":
            return head + lines.read(_length(head) & 0x7FFF)
        record = _record(head, lines)
        octets, message = octets + record, message + record[5:]
        whole = len(message) >= 4 and len(message) >= 4 + _length(message[1:4])
        if whole or not record or record[0] != HANDSHAKE:
            break
    return octets


def _record(head: bytes, lines: BinaryIO) -> bytes:
    """One record of the record layer (RFC 5246 6.2.1), or what there is of it; its
    first octets may have been read."""
    head += lines.read(5 - len(head))
    return head + lines.read(_length(head[3:5])) if len(head) == 5 else head


def _length(octets: bytes) -> int:
    return int.from_bytes(octets, "big")


def send_hello(address: str, hello: bytes, seconds: float) -> str:
    """The version ("1.2") that a server chooses for a hello after STARTTLS; "" if
    it refuses, closes, or says anything else than a ServerHello."""
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), seconds) as connection:
            with connection.makefile("rb") as lines:
                _reply(lines)
                for command in (b"EHLO client.example\r\n", b"STARTTLS\r\n"):
                    connection.sendall(command)
                    if not _reply(lines).startswith(b"2"):
                        return ""
                connection.sendall(hello)
                return _chosen(lines)
    except OSError:
        return ""


def _reply(lines: BinaryIO) -> bytes:
    """The last line of a reply (RFC 5321 4.2.1); b"" if the server went away."""
    taken = 0
    while (line := lines.readline(LINE)) and line[3:4] == b"-" and taken < LIMIT:
        taken += len(line)
    return line


def _chosen(lines: BinaryIO) -> str:
    """The version of a ServerHello or HelloRetryRequest (RFC 8446 4.1.3)."""
    record = _record(b"", lines)
    try:
        reader = Reader(record)
        if reader.number(1) != HANDSHAKE:
            return ""
        reader.take(4)
        if reader.number(1) != SERVER_HELLO:
            return ""
        body = Reader(reader.vector(3))
        version = body.number(2)
        body.take(32)  # random
        body.vector(1)  # session id
        body.take(3)  # cipher suite, compression method
        extensions = Reader(body.vector(2)) if body.left else Reader(b"")
        while extensions.left:
            kind, value = extensions.number(2), extensions.vector(2)
            if kind == SUPPORTED_VERSIONS:
                version = _length(value)
    except ValueError:
        return ""
    return VERSION_BY_NUMBER.get(version, "")
