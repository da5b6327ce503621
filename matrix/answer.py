"""answer - what a server said to a hello, by the first octets that came back.

Pure: read from the record of one connection.  The kinds are those of the rule sets;
how long a silence was is told beside it and never judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from matrix import registry
from matrix.hello import HANDSHAKE, Reader, read_server_hello
from matrix.model import Connection, Flow

SERVER_HELLO, RETRY = "server_hello", "hello_retry_request"
ALERT, SMTP = "alert", "smtp"
SSLV2_HELLO, SSLV2_ERROR = "sslv2_server_hello", "sslv2_error"
CLOSE, RESET, SILENT, OTHER, NONE = "close", "reset", "silent", "other", "none"
NO_TLS = (CLOSE, RESET, SILENT)  # no octet came

_ALERT_RECORD, _SERVER_HELLO, _WARNING = 21, 2, 1
# RFC 8446 4.1.3: the end of a Random that tells of a downgrade.
_DOWNGRADES = {b"DOWNGRD\x01": "1.2", b"DOWNGRD\x00": "1.1"}
_WORDS = {
    SSLV2_HELLO: "an SSL 2.0 SERVER-HELLO",
    SSLV2_ERROR: "an SSL 2.0 ERROR",
    SMTP: "SMTP in clear",
    CLOSE: "closed without an answer",
    RESET: "reset without an answer",
    SILENT: "silent until the client gave up",
    OTHER: "octets that are neither TLS nor SMTP",
    NONE: "no answer: the client closed first",
}
_BRIEF = {
    **{RETRY: "retry, broken off", SERVER_HELLO: "TLS", ALERT: "alert"},
    **{SSLV2_HELLO: "SSL 2.0", SSLV2_ERROR: "SSL 2.0 error", SMTP: "SMTP"},
    **{CLOSE: "closed", RESET: "reset", SILENT: "silent", OTHER: "?", NONE: "none"},
}


@dataclass(frozen=True, slots=True)
class Answer:
    """How a hello was answered, and how far it went from there."""

    kind: str
    alert: int = -1  # description of the fatal alert that was the answer
    version: str = ""  # of the first ServerHello that is no retry: "1.2"
    suite: int = -1
    random: bytes = b""
    extensions: tuple[int, ...] = ()
    later: int = -1  # a fatal alert in clear of the server after its ServerHello
    mail: str = ""  # the client's word
    error: str = ""  # the client's reason for ending it

    @property
    def downgrade(self) -> str:
        """What the end of the ServerHello's Random says: "1.2", "1.1"; "" nothing
        (RFC 8446 4.1.3)."""
        return _DOWNGRADES.get(self.random[-8:], "")

    @property
    def reach(self) -> str:
        """Why nobody could go on from this hello; "" somebody could."""
        return self.error if self.error.startswith("reach:") else ""

    @property
    def delivered(self) -> bool:
        return self.mail == "delivered-tls"

    def words(self) -> str:
        """One line; two servers that did the same have the same line."""
        if self.kind == ALERT:
            return f"alert {registry.alert(self.alert)}"
        if self.kind not in (SERVER_HELLO, RETRY):
            return _WORDS[self.kind]
        if not self.version:
            return f"HelloRetryRequest, {self._end()}"
        retried = "HelloRetryRequest, " if self.kind == RETRY else ""
        chosen = f"TLS {self.version} {registry.suite(self.suite)}"
        return f"{retried}ServerHello {chosen}, {self._end()}"

    def brief(self) -> str:
        """The same for a box of a table."""
        if self.kind == ALERT:
            return f"alert {self.alert}"
        if not self.version:
            return "retry+" if self.reach else _BRIEF[self.kind]
        if self.delivered:
            return self.version
        return f"{self.version}+" if self.reach else f"{self.version} broken off"

    def _end(self) -> str:
        if self.delivered:
            return "mail delivered"
        if self.reach:
            return "as far as this hello reaches"
        if self.later >= 0:
            return f"then its alert {registry.alert(self.later)}"
        return f"then not completed ({self.error or 'no reason given'})"


def answer(connection: Connection) -> Answer:
    """The answer in a connection; of two witnesses the client's counts, since what
    the server sent too late was none.  But a reset, which a client provokes that is
    still sending, throws away what it has not read (RFC 9293 3.10.7.4): what the
    server sent counts then."""
    flow = connection.client or connection.server or Flow()
    octets = flow.octets("S", "tls")
    if not octets and _without(flow) == RESET and connection.server:
        octets = connection.server.octets("S", "tls")
    mail, error = flow.fact("mail"), flow.fact("tls.error")
    if not octets:
        return Answer(_without(flow), mail=mail, error=error)
    first = octets[0]
    if first in (HANDSHAKE, _ALERT_RECORD):
        return _tls(octets, mail, error)
    return Answer(_foreign(octets), mail=mail, error=error)


def _without(flow: Flow) -> str:
    """No octet came: whose doing that was."""
    end = flow.fact("end").partition("(")[0]
    return {"hang": SILENT, "eof": CLOSE, "reset": RESET}.get(end, NONE)


def _foreign(octets: bytes) -> str:
    """RFC 6176 and SSL 2.0 2.6, 2.7; or the digits of a reply."""
    if octets[0] & 0x80 and octets[2:3] == b"\4":
        return SSLV2_HELLO
    if octets[:3] == b"\x80\x03\x00" and len(octets) >= 5:
        return SSLV2_ERROR
    return SMTP if octets[:3].isdigit() else OTHER


@lru_cache(maxsize=64)  # several checks ask of one connection
def _tls(octets: bytes, mail: str, error: str) -> Answer:
    """Warnings may come before anything; what comes first then is the answer."""
    alert, handshake, kind = -1, b"", ""
    reader = Reader(octets)
    try:
        while reader.left:
            record, _, body = reader.number(1), reader.number(2), reader.vector(2)
            if record == _ALERT_RECORD and len(body) == 2 and body[0] != _WARNING:
                kind, alert = kind or ALERT, body[1]
                break
            if record == HANDSHAKE:
                kind = kind or SERVER_HELLO
                handshake += body
            elif record != _ALERT_RECORD:
                break  # from here on it is encrypted
    except ValueError:
        pass  # the rest did not come
    if kind == ALERT:
        return Answer(ALERT, alert, mail=mail, error=error)
    return _chosen(handshake, alert, mail, error)


def _chosen(handshake: bytes, later: int, mail: str, error: str) -> Answer:
    kind = OTHER
    for body in _server_hellos(handshake):
        try:
            said = read_server_hello(body)
        except ValueError:
            break
        if said.retry:
            kind = RETRY
            continue
        return Answer(
            RETRY if kind == RETRY else SERVER_HELLO,
            version=said.version,
            suite=said.cipher_suite,
            random=said.random,
            extensions=tuple(dict(said.extensions)),
            later=later,
            mail=mail,
            error=error,
        )
    return Answer(kind, later=later, mail=mail, error=error)


def _server_hellos(handshake: bytes) -> list[bytes]:
    """The bodies of the ServerHellos among some messages."""
    found = []
    while len(handshake) >= 4:
        end = 4 + int.from_bytes(handshake[1:4], "big")
        if handshake[0] == _SERVER_HELLO and len(handshake) >= end:
            found.append(handshake[4:end])
        handshake = handshake[end:]
    return found
