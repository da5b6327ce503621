"""codec - a ClientHello as a value, with nothing lost; lib/hello.c in Python.

Both forms: handshake records (RFC 5246 6.2.1, 7.4.1.2; RFC 8446 4.1.2) and the
SSLv2 form (RFC 5246 E.2; SSL 2.0 1.1).  For all that ``decode`` takes, ``encode``
gives the very same octets.  Whether a hello may be said is legality.py's question.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from matrix.hello import CLIENT_HELLO, HANDSHAKE, Reader, cut_sslv2, cut_tls

Extension = tuple[int, bytes]
LIMIT = 1 << 16  # octets of a hello on the wire, as in include/hello.h


@dataclass(frozen=True, slots=True)
class ClientHello:
    """A hello: its form, the fields of ``hello.Cut``, and how it came; ``records`` has
    (version, length) of each record of the TLS form."""

    form: str  # "tls" or "sslv2"
    version: int  # client_version; legacy_version in RFC 8446
    random: bytes  # SSLv2: the challenge as sent
    session_id: bytes
    cipher_suites: bytes  # SSLv2: specs of three octets
    compression_methods: bytes = b"\0"
    extensions: tuple[Extension, ...] | None = None  # None: no block at all
    records: tuple[tuple[int, int], ...] = ()
    surplus: bytes = b""  # behind the message, in its last record
    after: bytes = b""  # behind that record
    header: int = 2  # SSLv2: octets of it; 3 may announce padding
    escape: bool = False  # SSLv2: bit 6 of a header of three
    padding: bytes = b""

    @property
    def suites(self) -> tuple[int, ...]:
        """The suites of TLS that are offered, in order, in either form."""
        return tuple(n for n in self.specs if n < 0x10000)

    @property
    def specs(self) -> tuple[int, ...]:
        """All that cipher_suites has, kinds of SSL 2.0 among them."""
        size, octets = (2 if self.form == "tls" else 3), self.cipher_suites
        whole = len(octets) - len(octets) % size
        return tuple(
            int.from_bytes(octets[i : i + size], "big") for i in range(0, whole, size)
        )

    def extension(self, number: int) -> bytes | None:
        """The data of the first extension of that type; None: there is none."""
        return next((d for n, d in self.extensions or () if n == number), None)


@lru_cache(maxsize=1024)  # one hello meets many servers
def decode(octets: bytes) -> ClientHello:
    """The ClientHello at the front of ``octets``.  Raises ValueError."""
    if not octets or len(octets) > LIMIT:
        raise ValueError(f"{len(octets)} octets cannot be a ClientHello")
    if octets[0] == HANDSHAKE:
        return _tls(octets)
    if is_sslv2(octets):
        return _sslv2(octets)
    raise ValueError("neither a handshake record nor an SSLv2 ClientHello")


def is_sslv2(octets: bytes) -> bool:
    """Whether the first octets are an SSLv2 header, of two octets or three, and the
    msg_type of a ClientHello (RFC 5246 E.2)."""
    if octets[:1] >= b"\x80":
        return octets[2:3] == bytes([CLIENT_HELLO])
    return octets[:1] != bytes([HANDSHAKE]) and octets[3:4] == bytes([CLIENT_HELLO])


def encode(hello: ClientHello) -> bytes:
    """The octets.  Raises ValueError (OverflowError for a field that does not fit)
    if the records do not hold the message: see ``frame``."""
    if hello.form == "sslv2":
        return _put_sslv2(hello) + hello.after
    carried, octets = message(hello) + hello.surplus, b""
    for version, length in hello.records:
        fragment, carried = carried[:length], carried[length:]
        if len(fragment) < length:
            raise ValueError("the records are longer than the message")
        octets += bytes([HANDSHAKE]) + _number(version, 2) + _vector(fragment, 2)
    if carried:
        raise ValueError("the records are shorter than the message")
    return octets + hello.after


def message(hello: ClientHello) -> bytes:
    """What the transcript covers: the handshake message, or the SSLv2 form from
    msg_type on (RFC 5246 E.2)."""
    if hello.form == "sslv2":
        lengths = (len(hello.cipher_suites), len(hello.session_id), len(hello.random))
        head = bytes([CLIENT_HELLO]) + _number(hello.version, 2)
        head += b"".join(_number(n, 2) for n in lengths)
        return head + hello.cipher_suites + hello.session_id + hello.random
    if len(hello.random) != 32:
        raise ValueError(f"a random of {len(hello.random)} octets")
    body = _number(hello.version, 2) + hello.random + _vector(hello.session_id, 1)
    body += _vector(hello.cipher_suites, 2) + _vector(hello.compression_methods, 1)
    if hello.extensions is not None:
        block = (_number(n, 2) + _vector(data, 2) for n, data in hello.extensions)
        body += _vector(b"".join(block), 2)
    return bytes([CLIENT_HELLO]) + _vector(body, 3)


def frame(hello: ClientHello, version: int, limit: int = 1 << 14) -> ClientHello:
    """The same message in records of that version, ``limit`` octets at the most."""
    left, records = len(message(hello)) + len(hello.surplus), []
    while left > 0:
        records.append((version, min(left, limit)))
        left -= limit
    return replace(hello, records=tuple(records))


def random32(hello: ClientHello) -> bytes:
    """The random that keys are made of.  RFC 5246 E.2: a challenge is right-
    justified; RFC 2246 E.1: of a longer one the last 32 octets."""
    return hello.random[-32:].rjust(32, b"\0")


def twin(hello: ClientHello) -> ClientHello:
    """The TLS-form twin of an SSLv2-form hello: the same version, random and
    suites, no session, no extensions, in one record of version 3.1."""
    return frame(
        ClientHello(
            form="tls",
            version=hello.version,
            random=random32(hello),
            session_id=b"",
            cipher_suites=b"".join(_number(n, 2) for n in hello.suites),
        ),
        0x0301,
    )


def _tls(octets: bytes) -> ClientHello:
    reader, joined, want = Reader(octets), b"", 4
    records: list[tuple[int, int]] = []
    while len(joined) < want:
        kind, version, fragment = reader.number(1), reader.number(2), reader.vector(2)
        if kind != HANDSHAKE:
            raise ValueError(f"record type {kind} inside the ClientHello")
        records.append((version, len(fragment)))
        joined += fragment
        if joined and joined[0] != CLIENT_HELLO:
            raise ValueError(f"handshake message {joined[0]}, not a ClientHello")
        if len(joined) >= 4:
            want = 4 + int.from_bytes(joined[1:4], "big")
    return ClientHello(
        "tls",
        *cut_tls(Reader(joined, 4, want)),
        records=tuple(records),
        surplus=joined[want:],
        after=octets[reader.at :],
    )


def _sslv2(octets: bytes) -> ClientHello:
    """A header of two octets has the high bit and 15 bits of length; one of three
    has 14 bits, and how many of the octets are padding (SSL 2.0, 1.1)."""
    reader = Reader(octets)
    head = reader.number(2)
    header = 2 if head & 0x8000 else 3
    padding = reader.number(1) if header == 3 else 0
    r = Reader(reader.take(head & (0x7FFF if header == 2 else 0x3FFF)))
    if padding > r.left:
        raise ValueError(f"{padding} octets of padding in a record of {r.left}")
    hello = ClientHello(
        "sslv2",
        *cut_sslv2(r),
        header=header,
        escape=header == 3 and bool(head & 0x4000),
        padding=r.take(padding),
        after=octets[reader.at :],
    )
    if r.left:
        raise ValueError(f"{r.left} octets behind the challenge")
    return hello


def _put_sslv2(hello: ClientHello) -> bytes:
    body = message(hello) + hello.padding
    if len(body) > (0x7FFF if hello.header == 2 else 0x3FFF):
        raise ValueError(f"{len(body)} octets do not fit an SSLv2 record")
    if hello.header == 2:
        if hello.padding or hello.escape:
            raise ValueError("a header of two octets announces no padding")
        return _number(0x8000 | len(body), 2) + body
    head = (0x4000 if hello.escape else 0) | len(body)
    return _number(head, 2) + _number(len(hello.padding), 1) + body


def _number(value: int, size: int) -> bytes:
    return value.to_bytes(size, "big")


def _vector(octets: bytes, size: int) -> bytes:
    return _number(len(octets), size) + octets
