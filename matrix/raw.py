"""raw - shows a recorded hello to a server after STARTTLS, with nothing but a socket,
and reads which version it chose: for probing.

Nothing here encrypts; after the first answer the connection is closed.
"""

from __future__ import annotations

import socket
from typing import BinaryIO

from matrix.hello import HANDSHAKE, Reader, read_server_hello

ALERT = 21  # ContentType
SERVER_HELLO = 2  # HandshakeType
LIMIT = 1 << 17  # octets a server may send before it has said what we wait for
LINE = 4096


def server_hello(version: int, suite: int) -> bytes:
    """A ServerHello of TLS 1.2 or below without extensions, in its record."""
    number = version.to_bytes(2, "big")
    body = number + bytes(32) + b"\0" + suite.to_bytes(2, "big") + b"\0"
    message = bytes((SERVER_HELLO,)) + len(body).to_bytes(3, "big") + body
    return bytes((HANDSHAKE,)) + number + len(message).to_bytes(2, "big") + message


def fatal_alert(octets: bytes) -> int:
    """The description of the fatal alert that these records begin with; -1: none."""
    fatal = octets[:1] == bytes((ALERT,)) and octets[5:6] == b"\2" and len(octets) > 6
    return octets[6] if fatal else -1


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
    """The version of a ServerHello or HelloRetryRequest (RFC 8446 4.1.3), which is the
    first message of its record (RFC 5246 6.2.1)."""
    head = lines.read(5)
    record = Reader(lines.read(int.from_bytes(head[3:], "big")))
    try:
        if head[:1] != bytes([HANDSHAKE]) or record.number(1) != SERVER_HELLO:
            return ""
        return read_server_hello(record.vector(3)).version
    except ValueError:
        return ""
