"""expect - what must come of a recorded hello at a server, before it is judged.

From the hello's octets and what the server was seen to take: it must complete, it
must be refused and how, or it is the server's own choice.  The specifications are
those in force today; what the same hello meant at another date is asked elsewhere.
"""

from __future__ import annotations

from typing import Sequence

from matrix import shares
from matrix.alerts import DECODE_ERROR, HANDSHAKE_FAILURE, ILLEGAL_PARAMETER
from matrix.alerts import INAPPROPRIATE_FALLBACK, INSUFFICIENT_SECURITY
from matrix.alerts import PROTOCOL_VERSION, UNEXPECTED_MESSAGE
from matrix.extensions import KEY_SHARE, RENEGOTIATION_INFO, SERVER_NAME
from matrix.hello import CLIENT_HELLO, HANDSHAKE
from matrix.model import VERSION_BY_NUMBER, VERSIONS, Capabilities, Cell, Prediction
from matrix.offers import lacks
from matrix.scenarios import Scenario
from matrix.vectors import codec, legality, reach
from matrix.vectors.codec import ClientHello

_FALLBACK_SCSV, _RI_SCSV = 0x5600, 0x00FF
NO_SIGNAL = "RFC 5746 4.3"
_TYPES = (20, 21, 22, 23)  # ContentType
_BY_OCTET = "reads-by-octet"  # a server that leaves to TLS what it has not read


def expect(cell: Cell, scenario: Scenario, server: Capabilities) -> Prediction:
    """What must come of the scenario's hello at this server."""
    if scenario.client_error:
        return Prediction(
            "refused",
            side="server",
            alerts=scenario.alerts,
            because=f"the client makes an error in its handshake:"
            f" {scenario.client_error}",
        )
    if scenario.session and scenario.server_stimulus != _BY_OCTET:
        return Prediction("deferred", because="no TLS can come of a hello out of place")
    octets = scenario.octets
    if foreign := _foreign(octets):
        return foreign
    if waits(octets):
        return _open("the hello is not whole: a server may wait for the rest")
    try:
        hello = codec.decode(octets)
    except ValueError as error:
        return _uncut(octets, str(error))
    takes = willing(cell, server)
    if hello.form == "sslv2":
        due = _sslv2(hello, octets, takes, cell.axis("cert"))
    elif wrong := _wrong(hello, octets):
        return wrong
    else:
        due = _tls(hello, takes, server, cell.axis("cert"))
    if cell.axis("renegotiation") and not _signals(hello):
        return _without_signal(due, hello.form)
    return due


def _signals(hello: ClientHello) -> bool:
    """RFC 5746 3.3: the SCSV is as good as the extension."""
    return hello.extension(RENEGOTIATION_INFO) is not None or _RI_SCSV in hello.suites


def _without_signal(due: Prediction, form: str) -> Prediction:
    """RFC 5746 4.3: a server may refuse who does not signal it, and this one is told
    to.  Which alert is not said; RFC 5246 7.2.2 has one for it."""
    if due.version not in VERSIONS[:3]:
        return due  # it is refused for another reason, or speaks TLS 1.3
    if form == "sslv2":
        because = "the hello has no renegotiation signal, and may not be understood"
        return Prediction("deferred", clause=NO_SIGNAL, because=because)
    return Prediction(
        "refused",
        side="server",
        alerts=(HANDSHAKE_FAILURE, INSUFFICIENT_SECURITY),
        clause=NO_SIGNAL,
        because="the hello has no renegotiation signal, and the server insists on it",
    )


def willing(cell: Cell, server: Capabilities) -> tuple[str, ...]:
    """The versions that the server takes, as it is configured in this cell."""
    if pin := cell.pin("server"):
        return (pin,)
    low = cell.axis("security") == "low"
    return (server.lowered if low else ()) or server.natural


def waits(octets: bytes) -> bool:
    """Whether these are only the beginning of a hello, by its own lengths."""
    if len(octets) < 5:
        return True
    if octets[0] & 0x80:
        return int.from_bytes(octets[:2], "big") & 0x7FFF > len(octets) - 2
    message, at = b"", 0
    while octets[at : at + 1] == bytes([HANDSHAKE]):
        end = at + 5 + int.from_bytes(octets[at + 3 : at + 5], "big")
        message += octets[at + 5 : end]
        if end > len(octets):
            return True
        at = end
    return at == len(octets) and len(message) < 4 + int.from_bytes(message[1:4], "big")


def _open(
    because: str, version: str = "", clause: str = "", lacks: str = ""
) -> Prediction:
    return Prediction(
        "open", version=version, clause=clause, because=because, lacks=lacks
    )


def _foreign(octets: bytes) -> Prediction | None:
    """RFC 5246 6: what begins with no type of record there is, at once or where the
    next part of the hello is due."""
    at, found = foreign_type(octets)
    if found is None or len(octets) < 5 or (at == 0 and found & 0x80):
        return None
    first = "the client's first octet" if at == 0 else "the octet behind a record"
    return Prediction(
        "refused",
        side="server",
        alerts=(UNEXPECTED_MESSAGE,),
        exact=True,
        clause="RFC 5246 6",
        because=f"{first}, {found:#04x}, is no type of record",
    )


def foreign_type(octets: bytes) -> tuple[int, int | None]:
    """Where a hello that is not complete goes on with no type of record, and with
    what; None: it does not."""
    at, carried = 0, b""
    while at < len(octets) and octets[at] == HANDSHAKE:
        end = at + 5 + int.from_bytes(octets[at + 3 : at + 5], "big")
        carried += octets[at + 5 : end]
        at = end
        if len(carried) >= 4 + int.from_bytes(carried[1:4], "big"):
            return at, None
    known = at >= len(octets) or octets[at] in _TYPES
    return at, None if known else octets[at]


def _uncut(octets: bytes, why: str) -> Prediction:
    """Octets that are a record but no ClientHello that can be cut."""
    if octets[0] == HANDSHAKE and octets[5] == CLIENT_HELLO:
        return Prediction(
            "refused",
            side="server",
            alerts=(DECODE_ERROR,),
            exact=True,
            clause="RFC 5246 7.4.1.2",
            because=f"the lengths in the ClientHello do not fit: {why}",
        )
    return _open(f"this is no ClientHello: {why}")


def _wrong(hello: ClientHello, octets: bytes) -> Prediction | None:
    """A hello of the TLS form with something in it that may never be said."""
    if hello.extension(RENEGOTIATION_INFO) not in (None, b"\0"):
        return Prediction(
            "refused",
            side="server",
            alerts=(
                HANDSHAKE_FAILURE,
                DECODE_ERROR,
                ILLEGAL_PARAMETER,
                UNEXPECTED_MESSAGE,
            ),
            clause="RFC 5746 3.6",
            because="a first hello says that it is a renegotiation",
        )
    findings = legality.findings(octets)
    return _open(f"the hello is wrong: {findings[0]}") if findings else None


def _sslv2(
    hello: ClientHello, octets: bytes, takes: Sequence[str], cert: str
) -> Prediction:
    """RFC 5246 E.2: a server may understand the form, RFC 8446 D.5 advises against
    it; RFC 6176 3: it must not lead to SSL 2.0."""
    if hello.version < 0x0300:
        return Prediction(
            "refused",
            side="server",
            alerts=(
                *(PROTOCOL_VERSION, UNEXPECTED_MESSAGE, HANDSHAKE_FAILURE),
                *(INSUFFICIENT_SECURITY, ILLEGAL_PARAMETER, DECODE_ERROR),
            ),
            clause="RFC 6176 3",
            because="the SSLv2 form offers nothing above SSL 2.0",
        )
    if findings := legality.findings(octets):
        return _open(f"the hello is wrong: {findings[0]}")
    may = "a server may understand the SSLv2 form or not"
    highest = _below(takes, hello.version)
    wanting = lacks(hello, highest, cert) if highest else ""
    if not highest:
        may += f"; it takes only {_words(takes)}"
    elif wanting:
        may += f"; the hello lacks {wanting}"
    return _open(may, highest, "RFC 5246 E.2", wanting)


def _tls(
    hello: ClientHello, takes: Sequence[str], server: Capabilities, cert: str
) -> Prediction:
    listed = [VERSION_BY_NUMBER.get(n, "") for n in reach.versions(hello)]
    knows_list = "1.3" in server.tls and bool(listed)
    chosen, common = "", []
    if knows_list:
        common = [v for v in listed if v in takes]
        chosen = max(common, key=VERSIONS.index, default="")
    else:
        chosen = _below(takes, hello.version)
    offered = _top(listed) if knows_list else _highest(hello.version)
    if not chosen:
        return _no_version(takes, listed if knows_list else [], hello)
    if refusal := _fallback(hello, takes, offered):
        return refusal
    if not knows_list and hello.version > 0x0303 and "1.3" in server.tls:
        return _open("client_version is 3.4 or more: it may abort", chosen)
    if listed and not knows_list and chosen not in listed:
        return _open(
            f"without TLS 1.3 a server may not know supported_versions, and TLS"
            f" {chosen} is not in it",
            chosen,
            lacks=lacks(hello, chosen, cert),
        )
    if common and common != sorted(common, key=VERSIONS.index, reverse=True):
        return _open("the hello does not prefer the highest version it lists")
    if wanting := lacks(hello, chosen, cert):
        return _open(f"the hello lacks {wanting}", chosen, lacks=wanting)
    if odd := oddity(hello):
        return _open(f"a server that looks may refuse: {odd}", chosen)
    field, clause = "client_version", "RFC 5246 E.1"
    if knows_list:
        field, clause = "supported_versions", "RFC 8446 4.2.1"
    because = f"TLS {chosen} is the highest that both take, by {field}"
    return Prediction("tls", version=chosen, clause=clause, because=because)


def oddity(hello: ClientHello) -> str:
    """What is wrong with an extension that not every server knows or reads to its
    end: a share's length (RFC 8446 4.2.8.1), a dot behind a name (RFC 6066 3)."""
    try:
        sent = list(shares.read_shares(hello.extension(KEY_SHARE) or b"\0\0"))
    except ValueError:
        return "key_share cannot be read"
    for group, value in sent:
        wrong = shares.wrong_size(group, value, "client")
        if wrong := wrong or shares.wrong_order(group, value):
            return wrong
    dot = (hello.extension(SERVER_NAME) or b"").endswith(b".")
    return "the name has a dot at its end" if dot else ""


def _fallback(
    hello: ClientHello, takes: Sequence[str], offered: str
) -> Prediction | None:
    """RFC 7507 3."""
    highest = max(takes, key=VERSIONS.index, default="")
    if _FALLBACK_SCSV not in hello.suites or not offered or not highest:
        return None
    if VERSIONS.index(highest) <= VERSIONS.index(offered):
        return None
    return Prediction(
        "refused",
        side="server",
        alerts=(INAPPROPRIATE_FALLBACK,),
        exact=True,
        clause="RFC 7507 3",
        because=f"the hello says it falls back to TLS {offered}, and the server takes"
        f" TLS {highest}",
    )


def _no_version(
    takes: Sequence[str], listed: Sequence[str], hello: ClientHello
) -> Prediction:
    if listed:
        return Prediction(
            "refused",
            side="server",
            alerts=(PROTOCOL_VERSION, HANDSHAKE_FAILURE, INSUFFICIENT_SECURITY),
            clause="RFC 8446 4.2.1",
            because=f"the hello lists {_words(listed)}, and the server takes"
            f" {_words(takes)}",
        )
    return Prediction(
        "refused",
        side="server",
        # RFC 7507 3 leaves protocol_version where it is due, but comes first.
        alerts=(PROTOCOL_VERSION, *_also(hello)),
        exact=True,
        clause="RFC 8446 D.2" if "1.3" in takes else "RFC 5246 E.1",
        because=f"the client goes up to {_highest(hello.version) or 'SSL 3.0'} and the"
        f" server takes only {_words(takes)}",
    )


def _also(hello: ClientHello) -> tuple[int, ...]:
    return (INAPPROPRIATE_FALLBACK,) if _FALLBACK_SCSV in hello.suites else ()


def _highest(number: int) -> str:
    """client_version as a version; above 1.2 it means 1.2 (RFC 8446 4.1.2)."""
    name = VERSION_BY_NUMBER.get(min(number, 0x0303), "")
    return name if name in VERSIONS else ""


def _top(listed: Sequence[str]) -> str:
    known = [v for v in listed if v in VERSIONS]
    return max(known, key=VERSIONS.index, default="")


def _below(takes: Sequence[str], number: int) -> str:
    """The highest version that is taken and not above client_version."""
    highest = _highest(number)
    if not highest:
        return ""
    lower = [v for v in takes if VERSIONS.index(v) <= VERSIONS.index(highest)]
    return max(lower, key=VERSIONS.index, default="")


def _words(versions: Sequence[str]) -> str:
    known = [v for v in versions if v] or ["no version that is known"]
    return " ".join(f"TLS {v}" if v in VERSIONS else v for v in known)
