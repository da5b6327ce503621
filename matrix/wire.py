"""wire - what the octets of a connection say by themselves.

The third witness: no library is asked.  Read are the octets after the switch,
in clear as far as they are: the hellos, the ServerHello, which messages follow
it, and alerts; and the headers of all records.  The octets may be anything; what
cannot be read ends the reading and is told in ``Wire.trouble``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Iterator

from matrix.alerts import CLOSE_NOTIFY
from matrix.extensions import PRE_SHARED_KEY
from matrix.hello import CLIENT_HELLO, HANDSHAKE, Reader, decode, read_body
from matrix.hello import read_server_hello
from matrix.model import Hello, Record, ServerHello, Wire
from matrix.registry import suite

CHANGE_CIPHER_SPEC, ALERT, APPLICATION_DATA = 20, 21, 23  # ContentType
_CONTENT_TYPES = (CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA)
SERVER_HELLO, SERVER_KEY_EXCHANGE = 2, 12  # HandshakeType
_FULL = (11, 12, 14)  # certificate, server_key_exchange, server_hello_done
RECORD_VERSION = "a record has version"  # in Wire.trouble; the rest was read


@dataclass(slots=True)
class _Said:
    """What one side's octets say."""

    answers: list[ServerHello] = field(default_factory=list)
    flight: list[tuple[int, bytes]] = field(default_factory=list)
    hellos: list[Hello] = field(default_factory=list)
    alerts: list[tuple[str, int, int]] = field(default_factory=list)
    changes: list[tuple[str, bytes]] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    resumed: bool | None = None
    strange: int = 0x0300  # a record version that is none of TLS or SSL 3
    scheme: int = -1

    @property
    def chosen(self) -> ServerHello | None:
        return next((each for each in reversed(self.answers) if not each.retry), None)

    @property
    def version(self) -> str:
        return self.chosen.version if self.chosen else ""

    @property
    def suite(self) -> int:
        return self.chosen.cipher_suite if self.chosen else -1


def read(client: bytes, server: bytes) -> Wire:
    """Both directions' octets from the switch on, as far as they are known."""
    trouble: list[str] = []
    plain = "C" if _is_smtp(client) else "S" if _is_smtp(server) else ""
    theirs, ours = _Said(), _Said()
    if server and not _is_smtp(server):
        try:
            _read_server(server, theirs)
        except ValueError as e:
            trouble.append(f"server: {e}")
        if theirs.strange != 0x0300:
            trouble.append(f"server: {RECORD_VERSION} {theirs.strange:#06x}")
    if client and not _is_smtp(client):
        try:
            # Behind a HelloRetryRequest a client may send a ChangeCipherSpec.
            retried = "1.3" if any(each.retry for each in theirs.answers) else ""
            _read_client(client, theirs.version or retried, ours)
        except ValueError as e:
            trouble.append(f"client: {e}")
    chosen = theirs.chosen
    return Wire(
        hellos=tuple(ours.hellos),
        version=theirs.version,
        cipher_suite=theirs.suite,
        resumed=theirs.resumed,
        retried=any(each.retry for each in theirs.answers),
        alerts=(*ours.alerts, *theirs.alerts),
        plain_after_switch=plain,
        trouble="; ".join(trouble),
        extensions=tuple(dict(chosen.extensions)) if chosen else (),
        scheme=theirs.scheme,
        answers=tuple(theirs.answers),
        flight=tuple(theirs.flight),
        records=(*ours.records, *theirs.records),
        changes=(*ours.changes, *theirs.changes),
    )


def _is_smtp(octets: bytes) -> bool:
    """Text: no record and no SSLv2 header begins with a printable octet."""
    return bool(octets) and 0x20 <= octets[0] < 0x7F


def looks_like_tls(octets: bytes) -> bool:
    """Could these octets begin a TLS or SSLv2 stream?"""
    return bool(octets) and (octets[0] in _CONTENT_TYPES or octets[0] >= 0x80)


def _records(octets: bytes, at: int = 0) -> Iterator[tuple[int, int, int, int]]:
    """(type, version, start, end of the fragment) of each whole record.  Raises
    ValueError for octets that are none."""
    n = len(octets)
    while at + 5 <= n:
        kind = octets[at]
        if kind not in _CONTENT_TYPES:
            raise ValueError(f"no TLS record at octet {at}: {octets[at:at+5].hex()}")
        end = at + 5 + (octets[at + 3] << 8 | octets[at + 4])
        if end > n:
            return
        yield kind, octets[at + 1] << 8 | octets[at + 2], at + 5, end
        at = end


class _Messages:
    """Handshake messages out of the fragments they come in."""

    __slots__ = ("buffer",)

    def __init__(self) -> None:
        self.buffer = b""

    def feed(self, fragment: bytes) -> Iterator[tuple[int, bytes]]:
        self.buffer += fragment
        while len(self.buffer) >= 4:
            end = 4 + int.from_bytes(self.buffer[1:4], "big")
            if len(self.buffer) < end:
                return
            message, self.buffer = self.buffer[:end], self.buffer[end:]
            yield message[0], message[4:]


def _alert(sender: str, octets: bytes) -> list[tuple[str, int, int]]:
    """An alert in clear has two octets; an encrypted one has more."""
    if len(octets) != 2 or octets[1] == CLOSE_NOTIFY:
        return []
    return [(sender, octets[0], octets[1])]


def _read_server(octets: bytes, said: _Said) -> None:
    messages, full = _Messages(), False
    records = _records(octets)
    for kind, version, start, end in records:
        said.records.append(Record("S", kind, version, end - start, True))
        if version >> 8 != 3:
            said.strange = version
        if kind == ALERT:
            said.alerts += _alert("S", octets[start:end])
        elif kind == HANDSHAKE:
            for message, body in messages.feed(octets[start:end]):
                said.flight.append((message, body))
                if message == SERVER_HELLO:
                    _server_hello(body, said)
                elif message in _FULL:
                    full = True
                    if message == SERVER_KEY_EXCHANGE and said.version == "1.2":
                        said.scheme = _scheme(body, suite(said.suite))
        elif kind == APPLICATION_DATA:
            break  # TLS 1.3: all else is encrypted
        else:
            said.changes.append(("S", octets[start:end]))
            if said.version not in ("", "1.3"):
                # RFC 5246 7.3: an abbreviated handshake has none of them.
                said.resumed = not full
                break
    if full:
        said.resumed = False
    _headers("S", records, said)


def _headers(
    sender: str, records: Iterator[tuple[int, int, int, int]], said: _Said
) -> None:
    """Of what is encrypted the headers alone; what is no record is not looked at."""
    try:
        for kind, version, start, end in records:
            said.records.append(Record(sender, kind, version, end - start, False))
    except ValueError:
        pass


def _server_hello(body: bytes, said: _Said) -> None:
    answer = read_server_hello(body)
    said.answers.append(answer)
    if answer.version == "1.3" and not answer.retry:
        said.resumed = answer.extension(PRE_SHARED_KEY) is not None


def _scheme(body: bytes, suite: str) -> int:
    """What a ServerKeyExchange of TLS 1.2 is signed with (RFC 5246 7.4.3, RFC 8422
    5.4); -1 if it cannot be said."""
    r = Reader(body)
    if "_ECDHE_" in suite:
        r.take(3)  # named_curve, and which
        r.vector(1)
    elif "_DHE_" in suite:
        for _ in ("p", "g", "Ys"):
            r.vector(2)
    else:
        return -1
    return r.number(2)


def _read_client(octets: bytes, version: str, said: _Said) -> None:
    """The client's hellos and alerts in clear, under the negotiated version."""
    at = 0
    if octets[0] & 0x80:
        hello = decode(octets)
        said.hellos.append(hello)
        at = hello.octets
    messages, first, records = _Messages(), at, _records(octets, at)
    for kind, record_version, start, end in records:
        mine = kind == HANDSHAKE and not said.hellos
        said.records.append(Record("C", kind, record_version, end - start, True, mine))
        if kind == ALERT:
            said.alerts += _alert("C", octets[start:end])
        elif kind == HANDSHAKE:
            for message, body in messages.feed(octets[start:end]):
                if message == CLIENT_HELLO:
                    said.hellos.append(read_body(body, record_version, end - first))
                    first = end
        elif kind == CHANGE_CIPHER_SPEC:
            said.changes.append(("C", octets[start:end]))
        if kind == APPLICATION_DATA or (
            kind == CHANGE_CIPHER_SPEC and version != "1.3"
        ):
            break  # from here on it is encrypted
    _headers("C", records, said)
