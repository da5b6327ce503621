"""serverhello - what a client made of a script of our server, and whether it may.

Going on is told by the server: a handshake message of the client came behind what
was wrong.  What a refusal has to be like is refusal.py's business.
"""

from __future__ import annotations

from functools import partial

from matrix import due as duties
from matrix.alerts import BAD_RECORD_MAC
from matrix.checks import Finding, Link, Seen
from matrix.checks import broken, kept, of_cell, open_
from matrix.checks.refusal import REFUSALS, alert_of, hung, refused_as_due
from matrix.due import Due
from matrix.model import Capabilities
from matrix.registry import alert

# Rules that a row of [[scenario.due]] may name, besides those of refusal.py.
REACTIONS = (
    "rfc5246-6-client-refuses-unknown-record",
    "rfc5246-6.2.1-client-joins-fragments",
    "rfc5246-7.2.1-client-ends-on-close",
    "rfc5246-7.2.2-client-ends-on-fatal-alert",
    "rfc5246-7.2.2-client-refuses-long-record",
    "rfc5246-7.2.2-client-refuses-malformed-hello",
    "rfc5246-7.4-client-refuses-wrong-order",
    "rfc5246-7.4.1.3-client-refuses-foreign-choice",
    "rfc5246-7.4.1.4-client-refuses-unasked-extension",
    "rfc5246-7.4.3-client-checks-signature",
    "rfc5246-7.4.9-client-checks-finished",
    "rfc5746-3.4-client-refuses-renegotiation",
    "rfc8446-4-client-refuses-wrong-order",
    "rfc8446-4.1.3-client-refuses-compression",
    "rfc8446-4.1.3-client-refuses-downgrade",
    "rfc8446-4.1.3-client-refuses-foreign-session-id",
    "rfc8446-4.1.3-client-refuses-foreign-suite",
    "rfc8446-4.1.3-old-client-sees-downgrade",
    "rfc8446-4.1.4-client-answers-retry",
    "rfc8446-4.1.4-client-refuses-idle-retry",
    "rfc8446-4.1.4-client-refuses-other-suite",
    "rfc8446-4.1.4-client-refuses-other-version",
    "rfc8446-4.1.4-client-refuses-second-retry",
    "rfc8446-4.2-client-refuses-unasked-extension",
    "rfc8446-4.2.1-client-ignores-legacy-version",
    "rfc8446-4.2.1-client-refuses-selected-version",
    "rfc8446-4.2.2-client-gives-cookie-back",
    "rfc8446-4.2.8-client-refuses-foreign-share",
    "rfc8446-4.2.8-client-refuses-retry-group",
    "rfc8446-4.4.3-client-checks-signature",
    "rfc8446-4.4.4-client-checks-finished",
    "rfc8446-5-client-drops-ccs",
    "rfc8446-5-client-refuses-unexpected-record",
    "rfc8446-5.1-client-ignores-record-version",
    "rfc8446-5.1-client-joins-fragments",
    "rfc8446-5.1-client-refuses-interleaved",
    "rfc8446-5.1-client-refuses-long-record",
    "rfc8446-6-client-refuses-malformed-hello",
    "rfc8446-6.1-client-ends-on-close",
    "rfc8446-6.2-client-ends-on-fatal-alert",
    "rfc8446-7.4.2-client-refuses-zeros",
    "rfc8446-9.2-client-refuses-lacking-hello",
    "rfc8446-d.5-client-refuses-record-of-ssl2",
    "rfc9155-4-client-refuses-sha1",
    "suite-client-ends-or-goes-on",
    "suite-client-refuses-duplicates",
    "suite-client-refuses-other-versions-suite",
)


def _reacts(id: str, seen: Seen) -> Finding | None:
    link = seen.links[0] if seen.links else None
    if link is None or seen.crashed():
        return None
    due = _due(seen, link)
    if due is None or due.rule != id or link.fact("client", "smtp.starttls") != "220":
        return None
    how = {
        duties.REFUSE: _refuses,
        duties.END: _ends,
        duties.GO_ON: _goes_on,
        duties.EITHER: _either,
        duties.RATHER_REFUSE: _rather_refuses,
    }
    return how[due.must](seen, link)


def _due(seen: Seen, link: Link) -> Due | None:
    if not link.wire.hellos:
        return None
    hello = link.wire.hellos[0]
    return duties.decisive(seen.scenario.due, seen.cell, Capabilities(), hello)


def _went_on(link: Link) -> bool:
    """Behind what was wrong, whether or not it came to its end."""
    done = link.fact("client", "tls.handshake") == "ok"
    return done or link.fact("server", "tls.went-on") == "yes"


def _refuses(seen: Seen, link: Link) -> Finding | None:
    if _went_on(link):
        return broken("client", f"the client went on, though {_why(seen)}")
    if alert_of(link, "client") == BAD_RECORD_MAC not in seen.prediction.alerts:
        # It took the hello and made keys of it, which are not the server's.
        return broken("client", f"the client went on to keys, though {_why(seen)}")
    return refused_as_due(seen, "client")


def _ends(seen: Seen, link: Link) -> Finding | None:
    if _went_on(link):
        return broken("client", f"the client went on, though {_why(seen)}")
    if hung(link):
        return None  # that is a rule of its own
    return kept(f"the client ended the handshake {_with(link)}: {_why(seen)}")


def _goes_on(seen: Seen, link: Link) -> Finding | None:
    if _delivered(link):
        return kept(f"the client went on to the message: {_why(seen)}")
    if link.fact("client", "tls.handshake") == "ok" or hung(link):
        return None  # what stopped it is another rule's
    return broken("client", f"the client refused {_with(link)}, though {_why(seen)}")


def _either(seen: Seen, link: Link) -> Finding | None:
    if _delivered(link):
        return open_(f"the client went on to the message: {_why(seen)}")
    if link.fact("client", "tls.handshake") == "failed" and not hung(link):
        return open_(f"the client refused {_with(link)}: {_why(seen)}")
    return broken("client", "the client neither refused nor delivered its message")


def _rather_refuses(seen: Seen, link: Link) -> Finding | None:
    if _went_on(link):
        return broken("client", f"the client went on, though {_why(seen)}")
    if hung(link):
        return None
    return kept(f"the client refused {_with(link)}: {_why(seen)}")


def _delivered(link: Link) -> bool:
    return link.tls and link.fact("client", "mail") == "delivered-tls"


def _with(link: Link) -> str:
    number = alert_of(link, "client")
    return "without an alert" if number is None else f"with {alert(number)}"


def _why(seen: Seen) -> str:
    return seen.prediction.because


for _id in REACTIONS:
    of_cell(_id)(partial(_reacts, _id))

# What decides on a cell of each outcome.
DECIDES = frozenset({*REACTIONS, *REFUSALS})
