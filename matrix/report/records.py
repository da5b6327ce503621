"""records - says in words what the TLS octets of a flow are, a line a record.

Only what is in clear is read: hellos, alerts, and the names of handshake
messages until a side changes its cipher spec.  Octets are hostile: whatever
they are, every turn gets a line and nothing here raises.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Iterator

from matrix.hello import decode
from matrix.model import VERSION_BY_NUMBER, Flow, Hello
from matrix import registry
from matrix.report import words
from matrix.report.escape import octets, plain

_RECORD_LIMIT = 2**14 + 2048  # RFC 5246 6.2.3: the most a record can carry
_SHOWN = 60  # octets of what is no TLS that are shown
# RFC 8446 4.1.3: the random of a ServerHello that asks for another hello.
_RETRY = bytes.fromhex(
    "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
)


def summarise(flow: Flow) -> tuple[tuple[str, ...], ...]:
    """For each turn of a flow the lines that say what it is.

    A turn on another layer than ``tls`` has none; a record that goes over
    several turns is said where it ends.
    """
    both = _Both()
    sides = {"C": _Side("C", both), "S": _Side("S", both)}
    return tuple(
        tuple(sides[turn.sender].feed(turn.data, turn.more) or ["nothing"])
        if turn.layer == "tls"
        else ()
        for turn in flow.turns
    )


@dataclass(slots=True)
class _Both:
    """What one side's octets say about the other's."""

    version: str = ""  # as the ServerHello chose it


@dataclass(slots=True)
class _Side:
    """One direction of a connection: where in which record its octets are."""

    sender: str
    both: _Both
    head: bytes = b""  # up to five octets
    body: bytearray = field(default_factory=bytearray)  # of the open record
    needed: int = 0  # octets of it that are still to come
    unlisted: int = 0  # octets of it that the flow does not list
    message: bytearray = field(default_factory=bytearray)  # an open handshake message
    first: bool = True  # nothing came before: here the SSLv2 form can be
    hidden: bool = False  # after change_cipher_spec
    lost: bool = False  # unlisted octets: where records begin is not known

    def feed(self, data: bytes, more: int) -> list[str]:
        """The lines for ``data`` and ``more`` octets after it."""
        lines = list(self._listed(data))
        if more:
            lines += self._gap(more)
        if not lines and (self.head or self.needed):
            got = len(self.head) + len(self.body) + self.unlisted
            whole = f" of {got + self.needed:,}" if self.needed else ""
            lines.append(f"a record begins: {got:,}{whole} octets")
        return lines

    def _listed(self, data: bytes) -> Iterator[str]:
        while data:
            if self.needed:
                part, data = data[: self.needed], data[self.needed :]
                self.body += part
                self.needed -= len(part)
            else:
                part, data = data[: 5 - len(self.head)], data[5 - len(self.head) :]
                self.head += part
                if not (self._sslv2() or _may_begin(self.head, self.lost)):
                    yield from self._not_tls(self.head + data)
                    return
                if len(self.head) == 5:
                    self.lost = False
                    self.needed = self._length()
            if len(self.head) == 5 and not self.needed:
                yield from self._record()

    def _sslv2(self) -> bool:
        """Whether this can be a ClientHello in the SSLv2 form (RFC 5246 E.2), by as
        many octets of its head as there are."""
        length, kind, major = self.head[:1], self.head[2:3], self.head[3:4]
        return (
            self.first
            and self.sender == "C"
            and length >= b"\x80"
            and kind in (b"", b"\1")
            and major in (b"", b"\3")
        )

    def _length(self) -> int:
        """How many octets come behind a whole head."""
        if self._sslv2():  # which counts three octets of its head
            return max((self.head[0] & 0x7F) << 8 | self.head[1], 3) - 3
        return int.from_bytes(self.head[3:], "big")

    def _gap(self, more: int) -> Iterator[str]:
        if self.needed >= more:
            self.needed -= more
            self.unlisted += more
            if not self.needed:
                yield from self._record()
        else:
            self.lost, self.first = True, False
            self.head, self.needed, self.unlisted = b"", 0, 0
            self.body.clear()
            self.message.clear()
            yield words.count(more, "octet") + " not listed"

    def _not_tls(self, data: bytes) -> Iterator[str]:
        self.head, self.first = b"", False
        if self.lost:
            yield words.count(len(data), "octet") + " behind octets not listed"
            return
        rest = "..." if len(data) > _SHOWN else ""
        said = octets(data[:_SHOWN]) + rest
        yield f'no TLS record, {words.count(len(data), "octet")}: "{said}"'

    def _record(self) -> Iterator[str]:
        """The lines for the record that is complete now; begins the next one."""
        sslv2, self.first = self._sslv2(), False
        if sslv2:
            hello, unlisted = self.head + self.body, self.unlisted
            self.head, self.unlisted = b"", 0
            self.body.clear()
            yield _client_hello(hello, len(hello) + unlisted)
            return
        odd = f"; record version {self.head[1:3].hex()}" if self.head[1] != 3 else ""
        yield from (line + odd for line in self._named())

    def _named(self) -> Iterator[str]:
        kind, major, minor = self.head[0], self.head[1], self.head[2]
        data, unlisted = bytes(self.body), self.unlisted
        size = words.count(len(data) + unlisted, "octet")
        self.head, self.unlisted = b"", 0
        self.body.clear()
        name = words.RECORDS.get(kind, f"record {kind}")
        if kind == 20:
            self.hidden = True
            yield name
        elif kind == 21 and not unlisted and len(data) == 2:
            level = {1: "warning", 2: "fatal"}.get(data[0], f"level {data[0]}")
            yield f"alert {level} {registry.alert(data[1])}"
        elif kind == 22 and not unlisted and self._clear():
            version = VERSION_BY_NUMBER.get(major << 8 | minor, f"{major}.{minor}")
            yield from self._handshake(data, version)
        elif kind in (21, 22):
            self.message.clear()
            how = "partly listed" if unlisted else "malformed"
            how = "encrypted" if self.hidden else how
            yield f"{name}, {how}, {size}"
        else:
            yield f"{name}, {size}"

    def _clear(self) -> bool:
        """Whether handshake records of this side can be read.  In TLS 1.3 a
        change_cipher_spec means nothing (RFC 8446 5)."""
        return not self.hidden or self.both.version == "1.3"

    def _handshake(self, data: bytes, record_version: str) -> Iterator[str]:
        self.message += data
        lines = 0
        while len(self.message) >= 4:
            size = 4 + int.from_bytes(self.message[1:4], "big")
            if len(self.message) < size:
                break
            message = bytes(self.message[:size])
            del self.message[:size]
            lines += 1
            yield self._said(message, record_version)
        if not lines:
            yield f"handshake, {words.count(len(data), 'octet')} of a message"

    def _said(self, message: bytes, record_version: str) -> str:
        kind = message[0]
        if kind == 1:
            wrapped = b"\x16\x03\x01" + len(message).to_bytes(4, "big")[2:] + message
            return _client_hello(wrapped, len(message), record_version)
        if kind == 2:
            return self._server_hello(message)
        name = words.HANDSHAKES.get(kind, f"message {kind}")
        return f"handshake {name}, {words.count(len(message), 'octet')}"

    def _server_hello(self, message: bytes) -> str:
        size = f"handshake server_hello, {words.count(len(message), 'octet')}"
        try:
            retry, version, suite = _read_server_hello(message)
        except IndexError:
            return size + "; cannot be read"
        self.both.version = version
        what = "asks for another hello" if retry else "chooses"
        return f"{size}; {what} {version}, {registry.suite(suite)}"


def _may_begin(head: bytes, lost: bool) -> bool:
    """Whether these octets, at most five, can begin a record.  A wrong version
    does not hide one, except where it is not known if a record begins at all."""
    return (
        head[0] in words.RECORDS
        and (not lost or head[1:2] in (b"", b"\x03"))
        and (len(head) < 5 or int.from_bytes(head[3:5], "big") <= _RECORD_LIMIT)
    )


def _client_hello(wire: bytes, size: int, record_version: str = "") -> str:
    said = f"handshake client_hello, {words.count(size, 'octet')}"
    try:
        hello = decode(wire)
    except ValueError as e:
        return f"{said}; cannot be read: {plain(str(e))}"
    if hello.form == "sslv2":
        said += "; in the SSLv2 format"
    elif record_version:
        said += f"; record version {record_version}"
    said += f"; offers {offered(hello)}"
    if hello.server_name:
        said += f"; server_name {plain(hello.server_name)}"
    return said


def offered(hello: Hello) -> str:
    """The versions that a ClientHello offers: "1.3 1.2", or "up to 1.2" where
    it has no supported_versions.  Values of RFC 8701 (GREASE) are left out."""
    if not hello.supported_versions:
        return "up to " + _version(hello.client_version)
    meant = (v for v in hello.supported_versions if v & 0x0F0F != 0x0A0A)
    return " ".join(_version(v) for v in meant) or "no version"


def _version(number: int) -> str:
    return VERSION_BY_NUMBER.get(number, f"{number:04x}")


def _read_server_hello(message: bytes) -> tuple[bool, str, int]:
    """(asks for another hello, version, suite) of a ServerHello; IndexError if
    it is too short.  RFC 8446 4.1.3; the version is in supported_versions (43)
    if that is there, RFC 8446 4.2.1."""
    number = message[4] << 8 | message[5]
    retry = message[6:38] == _RETRY
    at = 39 + message[38]
    suite = message[at] << 8 | message[at + 1]
    at += 5  # suite, compression_method, length of the extensions
    while at + 4 <= len(message):
        kind = int.from_bytes(message[at : at + 2], "big")
        size = int.from_bytes(message[at + 2 : at + 4], "big")
        if kind == 43 and size == 2:
            number = message[at + 4] << 8 | message[at + 5]
        at += 4 + size
    return retry, _version(number), suite
