"""wire - what the octets of a connection say by themselves.

The third witness: no library is asked.  Read are the octets after the switch,
in clear as far as they are: the hellos, the ServerHello, which messages follow
it, and alerts.  The octets may be anything; what cannot be read ends the
reading and is told in ``Wire.trouble``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Iterator

from matrix.hello import CLIENT_HELLO, HANDSHAKE, Reader, decode, read_body
from matrix.hello import SUPPORTED_VERSIONS, read_extensions
from matrix.model import VERSION_BY_NUMBER, Hello, Wire
from matrix.registry import suite

_CHANGE_CIPHER_SPEC, _ALERT, _APPLICATION_DATA = 20, 21, 23  # ContentType
_CONTENT_TYPES = (_CHANGE_CIPHER_SPEC, _ALERT, HANDSHAKE, _APPLICATION_DATA)
_SERVER_HELLO, _SERVER_KEY_EXCHANGE = 2, 12  # HandshakeType
_FULL = (11, 12, 14)  # certificate, server_key_exchange, server_hello_done
_PRE_SHARED_KEY = 41  # ExtensionType
_CLOSE_NOTIFY = 0
RECORD_VERSION = "a record has version"  # in Wire.trouble; the rest was read
# RFC 8446 4.1.3: the Random of a ServerHello that is a HelloRetryRequest.
_RETRY = bytes.fromhex(
    "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
)


@dataclass(slots=True)
class _Server:
    """What the server's side of the octets says."""

    version: str = ""
    suite: int = -1
    resumed: bool | None = None
    retried: bool = False
    full: bool = False  # a message that an abbreviated handshake does not have
    alerts: list[tuple[str, int, int]] = field(default_factory=list)
    strange: int = 0x0300  # a record version that is none of TLS or SSL 3
    extensions: tuple[int, ...] = ()
    scheme: int = -1


def read(client: bytes, server: bytes) -> Wire:
    """Both directions' octets from the switch on, as far as they are known."""
    trouble: list[str] = []
    plain = "C" if _is_smtp(client) else "S" if _is_smtp(server) else ""
    said = _Server()
    hellos: list[Hello] = []
    alerts: list[tuple[str, int, int]] = []
    if server and not _is_smtp(server):
        try:
            _read_server(server, said)
        except ValueError as e:
            trouble.append(f"server: {e}")
        if said.strange != 0x0300:
            trouble.append(f"server: {RECORD_VERSION} {said.strange:#06x}")
    if client and not _is_smtp(client):
        try:
            for item in _read_client(client, said.version):
                if isinstance(item, Hello):
                    hellos.append(item)
                else:
                    alerts.append(item)
        except ValueError as e:
            trouble.append(f"client: {e}")
    return Wire(
        hellos=tuple(hellos),
        version=said.version,
        cipher_suite=said.suite,
        resumed=said.resumed,
        retried=said.retried,
        alerts=(*alerts, *said.alerts),
        plain_after_switch=plain,
        trouble="; ".join(trouble),
        extensions=said.extensions,
        scheme=said.scheme,
    )


def _is_smtp(octets: bytes) -> bool:
    """Text: no record and no SSLv2 header begins with a printable octet."""
    return bool(octets) and 0x20 <= octets[0] < 0x7F


def looks_like_tls(octets: bytes) -> bool:
    """Could these octets begin a TLS or SSLv2 stream?"""
    return bool(octets) and (octets[0] in _CONTENT_TYPES or octets[0] >= 0x80)


def _records(octets: bytes, at: int = 0) -> Iterator[tuple[int, int, int, int]]:
    """(type, version, start, end of the fragment) of each whole record."""
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
    if len(octets) != 2 or octets[1] == _CLOSE_NOTIFY:
        return []
    return [(sender, octets[0], octets[1])]


def _read_server(octets: bytes, said: _Server) -> None:
    messages = _Messages()
    for kind, version, start, end in _records(octets):
        if version >> 8 != 3:
            said.strange = version
        if kind == _ALERT:
            said.alerts += _alert("S", octets[start:end])
        elif kind == HANDSHAKE:
            for message, body in messages.feed(octets[start:end]):
                if message == _SERVER_HELLO:
                    _server_hello(body, said)
                elif message in _FULL:
                    said.full = True
                    if message == _SERVER_KEY_EXCHANGE and said.version == "1.2":
                        said.scheme = _scheme(body, suite(said.suite))
        elif kind == _APPLICATION_DATA:
            break  # TLS 1.3: all else is encrypted
        elif said.version not in ("", "1.3"):  # ChangeCipherSpec
            # RFC 5246 7.3: an abbreviated handshake has none of them.
            said.resumed = not said.full
            break
    if said.full:
        said.resumed = False


def _server_hello(body: bytes, said: _Server) -> None:
    """RFC 5246 7.4.1.3, RFC 8446 4.1.3."""
    r = Reader(body)
    version, random = r.number(2), r.take(32)
    r.vector(1)  # session id
    suite = r.number(2)
    r.take(1)  # compression method
    extensions = dict(read_extensions(r)) if r.left else {}
    if random == _RETRY:
        said.retried = True
        return
    if SUPPORTED_VERSIONS in extensions:
        version = int.from_bytes(extensions[SUPPORTED_VERSIONS], "big")
    said.version = VERSION_BY_NUMBER.get(version, f"{version:#06x}")
    said.suite = suite
    said.extensions = tuple(extensions)
    if said.version == "1.3":
        said.resumed = _PRE_SHARED_KEY in extensions


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


def _read_client(octets: bytes, version: str) -> Iterator[Hello | tuple[str, int, int]]:
    """The client's hellos and alerts in clear, under the negotiated version."""
    at = 0
    if octets[0] & 0x80:
        hello = decode(octets)
        yield hello
        at = hello.octets
    messages, first = _Messages(), at
    for kind, record_version, start, end in _records(octets, at):
        if kind == _ALERT:
            yield from _alert("C", octets[start:end])
        elif kind == HANDSHAKE:
            for message, body in messages.feed(octets[start:end]):
                if message == CLIENT_HELLO:
                    yield read_body(body, record_version, end - first)
                    first = end
        elif kind == _APPLICATION_DATA or version != "1.3":
            return  # from here on it is encrypted
