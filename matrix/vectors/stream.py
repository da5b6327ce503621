"""stream - one direction of a connection, from the switch on, in named pieces.

Records (RFC 5246 6.2.1), the handshake messages inside them wherever records cut
them, alerts, and the SSLv2 form of the first hello (RFC 5246 E.2).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Sequence

from matrix.hello import CLIENT_HELLO, HANDSHAKE, Reader
from matrix.vectors import names
from matrix.vectors.codec import is_sslv2
from matrix.vectors.extensions import shape
from matrix.vectors.pieces import Piece, Walk, octets, split, walked

_CHANGE_CIPHER_SPEC, _ALERT, _APPLICATION_DATA = 20, 21, 23
_SERVER_HELLO = 2
# RFC 8446 4.1.3: the Random of a ServerHello that is a HelloRetryRequest.
RETRY = bytes.fromhex(
    "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
)


@dataclass(slots=True)
class _Stream:
    """What is known of the octets so far: pieces in their order, where ``None``
    stands for the next length of handshake octets."""

    order: list[Piece | int] = field(default_factory=list)
    handshake: bytes = b""
    encrypted: bool = False


def pieces(writes: Sequence[bytes]) -> list[list[Piece]]:
    """The pieces of each write of one sender.  Joined they are the octets."""
    joined = b"".join(writes)
    stream, reader = _Stream(), Reader(joined)
    if is_sslv2(joined):
        stream.order += walked(reader.take(_sslv2_size(joined)), 0, sslv2).pieces
    while reader.left:
        _record(reader, stream)
    lengths = [item for item in stream.order if isinstance(item, int)]
    carried = split(walked(stream.handshake, 1, _messages).pieces, lengths)
    flat: list[Piece] = []
    for item in stream.order:
        flat += next(carried) if isinstance(item, int) else [item]
    return list(split(flat, [len(w) for w in writes]))


def _sslv2_size(data: bytes) -> int:
    long = not data[0] & 0x80
    size = (data[0] & (0x3F if long else 0x7F)) << 8 | data[1]
    return min(len(data), size + (3 if long else 2))


def _record(reader: Reader, stream: _Stream) -> None:
    """One record, or all that is left if it is none."""
    if reader.left < 5:
        stream.order.append(Piece(reader.take(reader.left), 0, "a record's beginning"))
        return
    head = reader.take(5)
    kind, length = head[0], int.from_bytes(head[3:], "big")
    name = names.named("content-types", kind, 2)
    version = f"version {head[1]}.{head[2]}"
    note = f"record {name}, {version}, {octets(length)}"
    if kind not in names.table("content-types"):
        rest = reader.take(reader.left)
        stream.order.append(Piece(head + rest, 0, "no record"))
        return
    body = reader.take(min(length, reader.left))
    if len(body) < length:
        note += f", {len(body)} are there"
    stream.order.append(Piece(head, 0, note))
    if not body:
        return
    if kind == HANDSHAKE and not stream.encrypted:
        stream.handshake += body
        stream.order.append(len(body))
    elif kind == _ALERT and len(body) == 2:
        level = {1: "warning", 2: "fatal"}.get(body[0], f"level {body[0]}")
        stream.order.append(Piece(body, 1, f"{level} {names.alert(body[1])}"))
    elif kind == _CHANGE_CIPHER_SPEC and not stream.encrypted:
        stream.encrypted = True
        stream.order.append(Piece(body, 1, "change_cipher_spec"))
    else:
        stream.order.append(Piece(body, 1, "encrypted"))


def _messages(w: Walk) -> None:
    """Handshake messages one after another (RFC 5246 7.4)."""
    while w.left:
        head = w.reader.take(4)
        kind, length = head[0], int.from_bytes(head[1:], "big")
        name = names.named("handshake-types", kind, 2)
        w.put(head, f"{name}, {octets(length)}")
        inside = {CLIENT_HELLO: client_hello, _SERVER_HELLO: server_hello}.get(kind)
        w.within(length, inside or _body, name)


def _body(w: Walk) -> None:
    if w.left:
        w.take(w.left, "body")


def _version(number: int) -> str:
    return f"version {names.dotted(number)}, {names.version(number)}"


def client_hello(w: Walk) -> None:
    """RFC 5246 7.4.1.2, RFC 8446 4.1.2."""
    w.number(2, lambda n: f"client_{_version(n)}")
    w.take(32, "random")
    w.vector(1, "session_id")
    w.inside(2, lambda n: f"cipher_suites, {n // 2}", _suites)
    w.inside(1, lambda n: f"compression_methods, {n}", _compressions)
    _block(w, _client_extensions)


def server_hello(w: Walk) -> None:
    """RFC 5246 7.4.1.3, RFC 8446 4.1.3."""
    w.number(2, lambda n: f"server_{_version(n)}")
    random = w.reader.take(32)
    w.put(random, "random" + (" of a HelloRetryRequest" if random == RETRY else ""))
    w.vector(1, "session_id")
    w.number(2, names.suite)
    w.number(1, lambda n: names.named("compression-methods", n, 2))
    _block(w, _server_extensions)


def sslv2(w: Walk) -> None:
    """RFC 5246 E.2; the header of three octets: SSL 2.0, 1.1."""
    header = w.reader.take(2)
    size = int.from_bytes(header, "big")
    long = not size & 0x8000
    padding = 0
    if long:
        header += w.reader.take(1)
        padding = header[2]
    note = f"SSLv2 record, {octets(size & (0x3FFF if long else 0x7FFF))}"
    if long:
        escape = ", security escape" if size & 0x4000 else ""
        note += f", {padding} of them padding{escape}"
    w.put(header, note)
    w.number(1, lambda n: "CLIENT-HELLO", 1)
    w.number(2, _version, 1)
    specs = w.number(2, lambda n: f"cipher_spec_length {n}", 1)
    session = w.number(2, lambda n: f"session_id_length {n}", 1)
    challenge = w.number(2, lambda n: f"challenge_length {n}", 1)
    for _ in range(specs // 3):
        w.number(3, names.spec, 2)
    if specs % 3:
        w.take(specs % 3, "a cipher spec's beginning", 2)
    w.take(session, "session_id", 1)
    w.take(challenge, "challenge", 1)
    if padding:
        w.take(padding, "padding", 1)


def _block(w: Walk, walk: Callable[[Walk], None]) -> None:
    """The extension block, which may be absent, and may be empty."""
    if w.left:
        length = w.number(2, lambda n: f"extensions, {octets(n)}")
        w.within(length, walk, "extensions")


def _suites(w: Walk) -> None:
    while w.left:
        w.number(2, names.suite)


def _compressions(w: Walk) -> None:
    while w.left:
        w.number(1, lambda n: names.named("compression-methods", n, 2))


def _client_extensions(w: Walk) -> None:
    _extensions(w, server=False)


def _server_extensions(w: Walk) -> None:
    _extensions(w, server=True)


def _extensions(w: Walk, server: bool) -> None:
    """A list of (type, length, data): the head is one piece."""
    while w.left:
        head = w.reader.take(4)
        number, length = (int.from_bytes(head[i : i + 2], "big") for i in (0, 2))
        w.put(head, f"{names.extension(number)}, {octets(length)}")
        w.within(length, shape(number, server), names.extension(number))
