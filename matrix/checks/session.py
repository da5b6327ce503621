"""session - what a server made of a hello at a place where none belongs: with or
straight behind STARTTLS, in its place, or before the greeting."""

from __future__ import annotations

from matrix import answer as answers
from matrix.answer import Answer
from matrix.checks import Finding, Link, Seen, broken, kept, of_cell, open_
from matrix.model import Connection

EARLY = "rfc3207-4.2-server-drops-early-hello"  # decides where TLS is left the hello


def _answer(link: Link) -> Answer:
    both = link.client, link.server
    return answers.answer(Connection(*both, link.wire, link.taps_agree))


@of_cell("suite-session-sent")
def sent(seen: Seen) -> Finding | None:
    """What the client said in clear and the hello are the session's, in its order."""
    said = "".join(
        turn.data.hex()
        for turn in seen.links[0].flow("client").turns
        if turn.sender == "C" and turn.layer in ("smtp", "tls")
    )
    octets = seen.scenario.said
    if not said.startswith(octets.hex()):
        return broken("client", "what was sent is not what the recorded session has")
    return kept(f"sent as in the recorded session, {len(octets)} octets")


@of_cell(EARLY)
def drops_early(seen: Seen) -> Finding | None:
    """What a server read before its 220 it did not get from TLS, and so it is
    discarded; what it has not read by then is what TLS begins with."""
    link = seen.links[0]
    pending = link.integer("server", "smtp.pending")
    if pending is None or not link.client or seen.crashed():
        return None
    found = _answer(link)
    verbs = link.fact("server", "smtp.commands.plain").split()
    if verbs[-1:] != ["STARTTLS"] or found.kind == answers.SMTP:
        return broken("server", "the hello behind STARTTLS was taken for SMTP")
    if not pending:
        return open_(
            f"left to TLS, as nothing was read behind STARTTLS: {found.words()}"
        )
    if link.flow("server").octets("S", "tls"):
        words = f"{pending} octets that were read in clear were taken for TLS"
        return broken("server", f"{words}: {found.words()}")
    return kept(f"{pending} octets behind STARTTLS were dropped; then {found.words()}")


@of_cell("rfc3207-4-server-begins-tls-when-asked")
def begins_when_asked(seen: Seen) -> Finding | None:
    """TLS stands behind the 220 to STARTTLS and nowhere else."""
    link = seen.links[0]
    if not link.client or not link.server or seen.crashed():
        return None
    found = _answer(link)
    if link.fact("server", "tls.handshake"):
        return broken("server", f"TLS began without STARTTLS: {found.words()}")
    return kept(f"no TLS without STARTTLS: {found.words()}")
