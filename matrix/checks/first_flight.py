"""first_flight - what each side begins with, by the octets."""

from __future__ import annotations

from matrix.checks import Finding, Link, Seen
from matrix.checks import broken, kept, of_link
from matrix.checks.refusal import alert_of
from matrix.hello import CLIENT_HELLO, HANDSHAKE
from matrix.wire import looks_like_tls

_CHANGE_CIPHER_SPEC, _APPLICATION_DATA = 20, 23  # ContentType
_UNEXPECTED_MESSAGE = 10  # AlertDescription


@of_link("rfc8446-4.1.2-client-hello-first")
def hello_first(seen: Seen, link: Link) -> Finding | None:
    """RFC 2246 7.4.1.2 too, where the SSLv2 form is as good."""
    octets = link.flow("client").octets("C", "tls")
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
    kinds = _kinds(link.flow("client").octets("S", "tls"))
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
    if _CHANGE_CIPHER_SPEC not in _kinds(link.flow("client").octets("C", "tls")):
        return None
    if link.fact("server", "tls.handshake") == "ok":
        return kept("the server dropped a change_cipher_spec")
    if alert_of(link, "server") == _UNEXPECTED_MESSAGE:
        return broken("server", "a change_cipher_spec was refused")
    return None


def _kinds(octets: bytes) -> list[int]:
    """The types of the records up to the first that is protected."""
    found, at = [], 0
    while at + 5 <= len(octets):
        found.append(octets[at])
        if octets[at] == _APPLICATION_DATA:
            break
        at += 5 + int.from_bytes(octets[at + 3 : at + 5], "big")
    return found
