"""refusal - a failure that is required must be the one that is required.

The right side, with a fitting alert, and no mail.  A crash, a hang or a missing
record is not a refusal.
"""

from __future__ import annotations

from functools import partial

from matrix.checks import OTHER, ROLES, SENDER, Finding, Link, Seen
from matrix.checks import broken, kept, missed, of_cell, open_, unclear
from matrix.checks.negotiation import refuser
from matrix.model import Prediction
from matrix.registry import alert

# A rule speaks if the prediction rests on its clause and names its side.
REFUSALS = {
    "rfc5246-e.1-server-refuses-lower-client": ("RFC 5246 E.1", "server"),
    "rfc5246-e.1-client-refuses-lower-server": ("RFC 5246 E.1", "client"),
    "rfc5246-7.4.1.3-server-refuses-foreign-suites": ("RFC 5246 7.4.1.3", "server"),
    "rfc8446-d.1-client-refuses-lower-server": ("RFC 8446 D.1", "client"),
    "rfc8446-d.2-server-refuses-lower-client": ("RFC 8446 D.2", "server"),
    "rfc8446-4.2.1-server-refuses-unlisted-versions": ("RFC 8446 4.2.1", "server"),
    "rfc8446-4.4.2.4-client-refuses-untrusted": ("RFC 8446 4.4.2.4", "client"),
    "rfc6125-6.6.4-client-refuses-wrong-name": ("RFC 6125 6.6.4", "client"),
    "rfc5246-7.4.1.2-server-checks-lengths": ("RFC 5246 7.4.1.2", "server"),
    "rfc5746-3.6-server-refuses-renegotiation": ("RFC 5746 3.6", "server"),
    "rfc5746-4.3-server-refuses-no-signal": ("RFC 5746 4.3", "server"),
    "rfc6176-3-server-aborts-ssl2": ("RFC 6176 3", "server"),
    "rfc7507-3-server-refuses-fallback": ("RFC 7507 3", "server"),
}


# Documents that ask for the alert itself, where they name one.
_ALERT_ITSELF = ("RFC 5246", "RFC 5746", "RFC 7507")


def _refuses(clause: str, side: str, seen: Seen) -> Finding | None:
    due = seen.prediction
    if (due.clause, due.side) != (clause, side) or not seen.links:
        return None
    return refused_as_due(seen, side)


def refused_as_due(seen: Seen, side: str) -> Finding | None:
    """Did this side refuse, as the prediction says that it must?"""
    due, link = seen.prediction, seen.links[0]
    if link.fact(side, "tls.handshake") == "ok":
        return broken(side, f"the {side} did not refuse, though {due.because}")
    if seen.crashed() or hung(link):
        return None  # that is no refusal, and a rule of its own says so
    if link.fact(side, "tls.handshake") != "failed":
        return broken(side, f"the {side} did not come to refuse in a handshake")
    return _by_alert(due, side, link)


def hung(link: Link) -> bool:
    """Did one of them wait for the other until its deadline?"""
    return any(link.fact(role, "end").startswith("hang") for role in ROLES)


def _by_alert(due: Prediction, side: str, link: Link) -> Finding:
    """Who refused, and was its alert a fitting one?"""
    number = alert_of(link, side)
    first = due.alerts[0]
    if number is None and side == "server" and _sslv2_error(link):
        words = f"the server refused with an SSL 2.0 ERROR; {alert(first)} was due"
        return missed(side, words)
    if number is None and (other := refuser(link)) == OTHER[side]:
        if side == "client" and not link.wire.version:
            return open_("the server refused before it chose a version to refuse")
        words = f"the {side} left it to the {other}: {due.because}"
        return open_(words) if due.either else broken(side, words)
    if number is None:
        words = f"the {side} refused without an alert; {alert(first)} was due"
        # RFC 8446 6.2: an alert "should" be sent, and then it is the one named.
        # RFC 5246 E.1 has the alert itself as a MUST.
        must = due.exact and due.clause.startswith(_ALERT_ITSELF)
        return broken(side, words) if must else missed(side, words)
    if number == first:
        return kept(f"the {side} refused with {alert(number)}: {due.because}")
    words = f"the {side} refused with {alert(number)}; {alert(first)} was due"
    if number in due.alerts:
        return open_(words)
    return broken(side, words) if due.exact else missed(side, words)


def _sslv2_error(link: Link) -> bool:
    """Is the answer an ERROR of SSL 2.0?  It ends the connection as an alert does, so
    that who closes first says nothing."""
    octets = link.flow("client").octets("S", "tls")
    return len(octets) > 2 and octets[0] >= 0x80 and octets[2] == 0


def alert_of(link: Link, side: str) -> int | None:
    """The alert that a side sent, by the octets, the other side or itself."""
    for sender, _, number in link.wire.alerts:
        if sender == SENDER[side]:
            return number
    received = link.integer(OTHER[side], "tls.alert.received")
    return link.integer(side, "tls.alert.sent") if received is None else received


for _id, (_clause, _side) in REFUSALS.items():
    of_cell(_id)(partial(_refuses, _clause, _side))


@of_cell("suite-nothing-delivered")
def nothing_delivered(seen: Seen) -> Finding | None:
    if seen.prediction.outcome not in ("refused", "deferred"):
        return None
    delivered = [m for m in seen.delivered("client") if m.startswith("delivered")]
    received = [m for m in seen.delivered("server") if m.startswith("received")]
    if delivered:
        # With a stimulus the client's part was to tempt the server.
        tempted = "server" if seen.scenario.client_stimulus else "client"
        side = seen.prediction.side or tempted
        return broken(side, f"a message was {delivered[0]}, though {_why(seen)}")
    if received:
        return broken("server", f"the server took a message, though {_why(seen)}")
    if not seen.delivered("client") or not seen.delivered("server"):
        return unclear("one side does not say what became of the message")
    return kept("no message passed")


def _why(seen: Seen) -> str:
    return seen.prediction.because
