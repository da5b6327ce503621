"""first_flight - what each side begins with and how it goes on, by its records; and
whether a client that failed begins anew with less."""

from __future__ import annotations

from typing import Iterator

from matrix.alerts import UNEXPECTED_MESSAGE
from matrix.checks import SENDER, Finding, Link, Seen
from matrix.checks import broken, kept, of_cell, of_link
from matrix.checks.refusal import alert_of
from matrix.hello import CLIENT_HELLO, HANDSHAKE
from matrix.model import Flow, Hello
from matrix.wire import looks_like_tls

_CHANGE_CIPHER_SPEC, _APPLICATION_DATA = 20, 23  # ContentType
_TLS_1_2, _FALLBACK_SCSV = 0x0303, 0x5600


@of_link("rfc8446-4.1.2-client-hello-first")
def hello_first(seen: Seen, link: Link) -> Finding | None:
    """RFC 2246 7.4.1.2 too, where the SSLv2 form is as good."""
    octets = _said(link.flow("client"), "C")
    if len(octets) < 6 or not looks_like_tls(octets):
        return None
    sslv2 = octets[0] & 0x80 and octets[2] == CLIENT_HELLO
    if sslv2 or (octets[0] == HANDSHAKE and octets[5] == CLIENT_HELLO):
        return kept("the first message is a ClientHello")
    return broken("client", f"the first message is no ClientHello: {octets[:6].hex()}")


@of_link("rfc8446-d.4-server-sends-ccs")
def sends_ccs(seen: Seen, link: Link) -> Finding | None:
    """For middleboxes, where the hello asks for it by its session_id."""
    wire = link.wire
    if wire.version != "1.3" or not wire.hellos or not wire.hellos[0].session_id:
        return None
    kinds = _kinds(_said(link.flow("client"), "S"))
    if _APPLICATION_DATA not in kinds:
        return None  # it did not come to what follows
    if _CHANGE_CIPHER_SPEC in kinds[: kinds.index(_APPLICATION_DATA)]:
        return kept("change_cipher_spec came before the first protected record")
    return broken("server", "no change_cipher_spec came, though session_id asks for it")


@of_link("rfc8446-5-server-drops-ccs")
def drops_ccs(seen: Seen, link: Link) -> Finding | None:
    """One that the client sends for middleboxes, before its Finished."""
    if link.wire.version != "1.3":
        return None
    if _CHANGE_CIPHER_SPEC not in _kinds(_said(link.flow("client"), "C")):
        return None
    if link.fact("server", "tls.handshake") == "ok":
        return kept("the server dropped a change_cipher_spec")
    if alert_of(link, "server") == UNEXPECTED_MESSAGE:
        return broken("server", "a change_cipher_spec was refused")
    return None


@of_link("rfc8446-5.1-server-record-version")
def record_version(seen: Seen, link: Link) -> Finding | None:
    """Of every record of TLS 1.3, as far as it is listed."""
    if link.wire.version != "1.3":
        return None
    for kind, version, _ in _records(_said(link.flow("client"), "S")):
        if version != _TLS_1_2:
            words = f"a record of type {kind} has version {version:#06x}"
            return broken("server", words)
    return kept("every record of the server has version 0x0303")


@of_link("rfc5246-6.2.1-sends-no-empty-record")
def no_empty_record(seen: Seen, link: Link) -> Finding | None:
    """Of handshake, alerts and change_cipher_spec; RFC 8446 5.1 too."""
    for role, sender in SENDER.items():
        octets = _said(link.flow(role), sender)
        if not octets or not looks_like_tls(octets) or octets[0] & 0x80:
            continue
        for kind, _, size in _records(octets):
            if size == 0 and kind != _APPLICATION_DATA:
                return broken(role, f"the {role} sent an empty record of type {kind}")
    return kept("no record is empty") if link.wire.hellos else None


@of_cell("rfc8446-d.1-client-does-not-fall-back")
def does_not_fall_back(seen: Seen) -> Finding | None:
    """Behind a handshake that failed no other is tried that offers less."""
    pair = _second_attempt(seen)
    if pair is None:
        return None
    first, second = pair
    if second is None or _highest(second) >= _highest(first):
        return kept("no second attempt with a lower version")
    words = f"after {_highest(first):#06x} failed, {_highest(second):#06x} was offered"
    return broken("client", words)


@of_cell("rfc7507-4-client-signals-fallback")
def signals_fallback(seen: Seen) -> Finding | None:
    pair = _second_attempt(seen)
    if pair is None or pair[1] is None or _highest(pair[1]) >= _highest(pair[0]):
        return None
    if _FALLBACK_SCSV in pair[1].cipher_suites:
        return kept("the hello with the lower version says so")
    return broken("client", "a lower version was offered without TLS_FALLBACK_SCSV")


def _second_attempt(seen: Seen) -> tuple[Hello, Hello | None] | None:
    """The hello that led nowhere and the one of the next connection."""
    for at, link in enumerate(seen.links):
        if link.fact("client", "tls.handshake") == "failed" and link.wire.hellos:
            later = seen.links[at + 1 : at + 2]
            hellos = later[0].wire.hellos if later else ()
            return link.wire.hellos[0], hellos[0] if hellos else None
    return None


def _highest(hello: Hello) -> int:
    known = [n for n in hello.supported_versions if 0x0300 <= n <= 0x0304]
    return max(known, default=hello.client_version)


def _said(flow: Flow, sender: str) -> bytes:
    """What a side said of TLS, up to where octets are not listed."""
    parts = []
    for turn in flow.turns:
        if turn.sender == sender and turn.layer == "tls":
            parts.append(turn.data)
            if turn.more:
                break
    return b"".join(parts)


def _records(octets: bytes) -> Iterator[tuple[int, int, int]]:
    """Type, version and length of each record, of those that begin."""
    at = 0
    while at + 5 <= len(octets):
        size = int.from_bytes(octets[at + 3 : at + 5], "big")
        yield octets[at], int.from_bytes(octets[at + 1 : at + 3], "big"), size
        at += 5 + size


def _kinds(octets: bytes) -> list[int]:
    """The types of the records up to the first that is protected."""
    found = []
    for kind, _, _ in _records(octets):
        found.append(kind)
        if kind == _APPLICATION_DATA:
            break
    return found
