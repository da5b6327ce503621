"""decisions - what either side does about TLS when it could be otherwise: offers it and
does not do it, cannot start it, is not satisfied with it, loses it (RFC 3207 3, 4, 4.1
and 6; RFC 2487 4, 5, 5.1 and 7)."""

from __future__ import annotations

import re

from matrix import dialogue
from matrix.checks import ROLES, SENDER, Finding, Link, Seen
from matrix.checks import broken, kept, missed, of_cell, of_link, open_

# What a program that has forgotten that it speaks TLS writes: a command, a reply.
_SMTP = {
    "client": re.compile(rb"[A-Z]{4,8}( [ -~]*)?\r\n"),
    "server": re.compile(rb"[2-5][0-5][0-9][ -][ -~]*\r\n"),
}
_POLICY = ("421", "500", "530", "554")  # lawful by RFC 5321 4.3.2, or by policy


@of_link("rfc3207-3-server-can-do-what-it-offers")
def can_do(seen: Seen, link: Link) -> Finding | None:
    offered = link.fact("client", "smtp.ehlo.keywords").upper().split()
    code = link.fact("client", "smtp.starttls")
    if "STARTTLS" not in offered or not code:
        return None
    words = f"STARTTLS is offered, and was answered with {code}"
    if code == "454":
        return open_(words)
    return kept(words) if code == "220" else broken("server", words)


@of_link("rfc3207-4-server-answers-starttls")
def answers_starttls(seen: Seen, link: Link) -> Finding | None:
    """220, 454, or 501 to one with a parameter."""
    code = link.fact("client", "smtp.starttls")
    if not code:
        return None
    words = f"STARTTLS was answered with {code}"
    if code in ("220", "454"):
        return kept(words)
    return open_(words) if code in _POLICY else broken("server", words)


@of_link("rfc3207-4-client-aborts-if-it-cannot-start")
def aborts(seen: Seen, link: Link) -> Finding | None:
    if link.fact("client", "smtp.starttls") != "220" or link.wire.hellos:
        return None
    if link.wire.plain_after_switch == "C":
        return missed("client", "the client could not start TLS and went on in clear")
    return kept("the client could not start TLS and closed")


# ---- RFC 3207 4.1 ----


@of_cell("rfc3207-4.1-client-decides")
def client_decides(seen: Seen) -> Finding | None:
    """A certificate that is not good enough: no mail."""
    if not any(link.wire.hellos for link in seen.links):
        return None
    if any(mail.startswith("delivered") for mail in seen.delivered("client")):
        return broken("client", "the client went on with what was not enough")
    return kept("it was not enough for the client, which delivered nothing")


@of_cell("rfc3207-4.1-server-decides")
def server_decides(seen: Seen) -> Finding | None:
    if not any(link.tls for link in seen.links):
        return None
    if any(mail.startswith("received") for mail in seen.delivered("server")):
        return broken("server", "the server went on with what was not enough")
    return kept("it was not enough for the server, which took nothing")


@of_link("rfc3207-4.1-client-quits")
def client_quits(seen: Seen, link: Link) -> Finding | None:
    if not link.tls:
        return None
    verbs = [e.verb for e in dialogue.inside(link.flow("client")).exchanges]
    if verbs in (["QUIT"], ["EHLO", "QUIT"]):
        return kept("it was not enough for the client, which said QUIT")
    how = " ".join(verbs) or "nothing"
    return missed("client", f"it was not enough for the client, which said {how}")


# ---- without TLS ----


@of_cell("rfc2487-7-client-does-not-bounce")
def does_not_bounce(seen: Seen) -> Finding | None:
    """The lack of TLS is no reason to give the message back."""
    mail = [each for each in seen.delivered("client") if each]
    if not mail or any(link.tls for link in seen.links):
        return None
    if "rejected" in mail:
        return missed("client", "without TLS the message was given back")
    return kept(f"without TLS the message was {mail[-1]}")


@of_link("rfc3207-6-both-leave-a-failed-connection")
def leaves(seen: Seen, link: Link) -> Finding | None:
    """Whatever comes next (it is the client's choice), it does not come in clear on
    the connection on which TLS failed: ambiguity A13, RFC 2246 7.2.2."""
    if "failed" not in (link.fact(r, "tls.handshake") for r in ROLES):
        return None
    for role, pattern in _SMTP.items():
        for turn in link.flow(role).turns:
            if turn.layer == "tls" and turn.sender == SENDER[role]:
                if pattern.fullmatch(turn.data):
                    words = "went on in clear where TLS had failed"
                    return broken(role, f"the {role} {words}")
    return kept("nothing came in clear where TLS had failed")
