"""hello - reads a ClientHello from its octets, in both forms, and a ServerHello.

The TLS form comes in handshake records (RFC 5246 6.2.1, 7.4.1.2), the SSLv2
form bare after a two-octet header (RFC 5246 E.2).  Only structure is read
here; whether a hello is lawful is somebody else's question.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Iterator, NamedTuple

from matrix.extensions import SERVER_NAME, SUPPORTED_VERSIONS
from matrix.model import VERSION_BY_NUMBER, Hello, ServerHello

HANDSHAKE = 22  # ContentType
CLIENT_HELLO = 1  # HandshakeType
_LARGEST_RECORD = (1 << 14) + 2048
# RFC 8446 4.1.3: the Random of a ServerHello that is a HelloRetryRequest.
RETRY = bytes.fromhex(
    "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
)


class Reader:
    """Takes fields off octets from the front; running short is a ValueError."""

    __slots__ = ("octets", "at", "end")

    def __init__(self, octets: bytes, at: int = 0, end: int | None = None) -> None:
        self.octets, self.at = octets, at
        self.end = len(octets) if end is None else end

    @property
    def left(self) -> int:
        return self.end - self.at

    def take(self, n: int) -> bytes:
        if n > self.end - self.at:
            raise ValueError(f"{n} octets wanted at {self.at}, {self.left} are left")
        self.at += n
        return self.octets[self.at - n : self.at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def vector(self, size: int) -> bytes:
        """Octets behind their length, which has ``size`` octets."""
        return self.take(self.number(size))


class Cut(NamedTuple):
    """The fields of a ClientHello of either form, as octets: nothing is read of
    them yet.  In the SSLv2 form ``random`` is the challenge."""

    version: int
    random: bytes
    session_id: bytes
    cipher_suites: bytes
    compression_methods: bytes = b"\0"
    extensions: tuple[tuple[int, bytes], ...] | None = None  # None: no block at all


@lru_cache(maxsize=256)
def decode(octets: bytes) -> Hello:
    """The first ClientHello of a client's octets after the switch.

    What follows the hello is ignored.  Raises ValueError if the octets do not
    begin with a whole ClientHello.
    """
    if not octets:
        raise ValueError("no ClientHello: nothing was sent")
    if octets[0] & 0x80:
        return _sslv2(octets)
    if octets[0] != HANDSHAKE:
        raise ValueError(f"no ClientHello: the first octet is {octets[0]:#04x}")
    message, used = _first_message(octets)
    if message[0] != CLIENT_HELLO:
        raise ValueError(f"no ClientHello: handshake message {message[0]}")
    return read_body(message[4:], int.from_bytes(octets[1:3], "big"), used)


def _first_message(octets: bytes) -> tuple[bytes, int]:
    """A handshake message with its header, and what its records take up."""
    reader, message, want = Reader(octets), b"", 4
    while len(message) < want:
        kind, _, body = reader.number(1), reader.number(2), reader.vector(2)
        if kind != HANDSHAKE or not body or len(body) > _LARGEST_RECORD:
            raise ValueError("no ClientHello: its records are broken")
        message += body
        if len(message) >= 4:
            want = 4 + int.from_bytes(message[1:4], "big")
    return message[:want], reader.at


@lru_cache(maxsize=256)
def read_body(body: bytes, record_version: int, octets: int) -> Hello:
    """A ClientHello from the body of its handshake message (RFC 5246 7.4.1.2).

    ``octets`` is its length on the wire.  Raises ValueError.
    """
    cut = cut_tls(Reader(body))
    extensions = cut.extensions or ()
    return Hello(
        form="tls",
        record_version=record_version,
        client_version=cut.version,
        random=cut.random,
        session_id=cut.session_id,
        cipher_suites=_numbers(cut.cipher_suites, 2),
        extensions=extensions,
        supported_versions=_versions(extensions),
        server_name=_server_name(extensions),
        octets=octets,
        compression_methods=cut.compression_methods,
    )


def cut_tls(r: Reader) -> Cut:
    """The fields of the body of a handshake message (RFC 5246 7.4.1.2), which is all
    that is left.  Raises ValueError."""
    cut = Cut(
        version=r.number(2),
        random=r.take(32),
        session_id=r.vector(1),
        cipher_suites=r.vector(2),
        compression_methods=r.vector(1),
        extensions=tuple(read_extensions(r)) if r.left else None,
    )
    if r.left:
        raise ValueError(f"{r.left} octets behind the extensions")
    return cut


def cut_sslv2(r: Reader) -> Cut:
    """The fields of the SSLv2 form from its msg_type on, up to the end of its
    challenge (RFC 5246 E.2).  Raises ValueError."""
    if r.number(1) != CLIENT_HELLO:
        raise ValueError("no ClientHello: an SSLv2 header, but not msg_type 1")
    version, specs, session, challenge = (r.number(2) for _ in range(4))
    return Cut(
        version=version,
        cipher_suites=r.take(specs),
        session_id=r.take(session),
        random=r.take(challenge),
    )


def read_server_hello(body: bytes) -> ServerHello:
    """A ServerHello from the body of its message (RFC 5246 7.4.1.3, RFC 8446
    4.1.3).  What is behind its extensions is not looked at.  Raises ValueError."""
    r = Reader(body)
    number, random, session_id = r.number(2), r.take(32), r.vector(1)
    suite, compression = r.number(2), r.number(1)
    extensions = tuple(read_extensions(r)) if r.left else ()
    chosen = next((d for n, d in extensions if n == SUPPORTED_VERSIONS), None)
    version = number if chosen is None else int.from_bytes(chosen, "big")
    return ServerHello(
        server_version=number,
        random=random,
        session_id=session_id,
        cipher_suite=suite,
        compression_method=compression,
        extensions=extensions,
        version=VERSION_BY_NUMBER.get(version, f"{version:#06x}"),
        retry=random == RETRY,
    )


def read_extensions(reader: Reader) -> Iterator[tuple[int, bytes]]:
    """The extensions block at the reader: (type, data) in order."""
    block = Reader(reader.vector(2))
    while block.left:
        yield block.number(2), block.vector(2)


def _numbers(octets: bytes, size: int) -> tuple[int, ...]:
    if len(octets) % size:
        raise ValueError(f"a list of {len(octets)} octets, {size} an entry")
    return tuple(
        int.from_bytes(octets[i : i + size], "big") for i in range(0, len(octets), size)
    )


def _versions(extensions: tuple[tuple[int, bytes], ...]) -> tuple[int, ...]:
    """RFC 8446 4.2.1."""
    for kind, data in extensions:
        if kind == SUPPORTED_VERSIONS:
            return _numbers(Reader(data).vector(1), 2)
    return ()


def _server_name(extensions: tuple[tuple[int, bytes], ...]) -> str:
    """The host_name of RFC 6066 3; "" if there is none."""
    for kind, data in extensions:
        if kind == SERVER_NAME and data:
            names = Reader(Reader(data).vector(2))
            while names.left:
                name_type, name = names.number(1), names.vector(2)
                if name_type == 0:
                    return name.decode("latin-1")
    return ""


def _sslv2(octets: bytes) -> Hello:
    """RFC 5246 E.2; the layout with offsets is in its figure."""
    r = Reader(octets)
    length = r.number(2) & 0x7FFF
    r = Reader(octets, 2, 2 + length)
    if length > len(octets) - 2:
        raise ValueError("no ClientHello: an SSLv2 header without its octets")
    cut = cut_sslv2(r)
    kinds = _numbers(cut.cipher_suites, 3)
    if r.left:
        raise ValueError(f"{r.left} octets behind the challenge")
    return Hello(
        form="sslv2",
        record_version=0,
        client_version=cut.version,
        random=cut.random[-32:].rjust(32, b"\0"),
        session_id=cut.session_id,
        cipher_suites=tuple(kind for kind in kinds if kind < 0x10000),
        extensions=(),
        supported_versions=(),
        server_name="",
        octets=2 + length,
        kinds=tuple(kind for kind in kinds if kind >= 0x10000),
        challenge=len(cut.random),
    )
