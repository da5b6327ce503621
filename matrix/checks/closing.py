"""closing - the end of a session: QUIT, 221, close_notify both ways."""

from __future__ import annotations

from functools import partial

from matrix.checks import OTHER, Finding, Link, Seen
from matrix.checks import broken, kept, of_link, unclear
from matrix.checks.answers import exchanges

_SAYS_SENT, _SAYS_RECEIVED = ("both", "sent"), ("both", "received")


def _close_notify(side: str, new: bool, seen: Seen, link: Link) -> Finding | None:
    """close_notify of one side, before it closes (RFC 5246 7.2.1; 8446 6.1)."""
    if not link.tls or (link.wire.version == "1.3") != new or seen.crashed():
        return None
    if not _came_to_quit(link):
        return None
    sent = link.fact(side, "tls.close") in _SAYS_SENT
    received = link.fact(OTHER[side], "tls.close") in _SAYS_RECEIVED
    if sent and received:
        return kept(f"the {side} sent close_notify and it was received")
    if not sent and not received:
        return broken(side, f"the {side} closed without close_notify")
    if sent and link.fact(OTHER[side], "tls.close") not in _SAYS_SENT:
        return kept(f"the {side} sent close_notify to one who read no more")
    if sent:
        return unclear(
            f"the {side} says it sent close_notify, the {OTHER[side]} did not get it"
        )
    return unclear(f"the {OTHER[side]} got a close_notify the {side} did not send")


def _came_to_quit(link: Link) -> bool:
    """Only a session that came to its end has one to judge."""
    return link.fact("client", "smtp.quit") == "221"


for _side in ("client", "server"):
    of_link(f"rfc5246-7.2.1-{_side}-close-notify")(partial(_close_notify, _side, False))
    of_link(f"rfc8446-6.1-{_side}-close-notify")(partial(_close_notify, _side, True))


@of_link("rfc5321-4.1.1.10-server-answers-quit")
def answers_quit(seen: Seen, link: Link) -> Finding | None:
    verbs = _last_verbs(link)
    code = link.fact("client", "smtp.quit") or _quit_code(link)
    if not verbs or verbs[-1] != "QUIT" or not link.client:
        return None
    if code == "221":
        return kept("QUIT was answered with 221")
    if not code and link.fact("client", "end").startswith("hang"):
        return None  # that is a rule of its own
    return broken("server", f"QUIT was answered with {code or 'nothing'}")


@of_link("rfc5321-4.1.1.10-client-quits")
def client_quits(seen: Seen, link: Link) -> Finding | None:
    """Sessions that came through; a broken one cannot be quit."""
    delivered = link.fact("client", "mail").startswith("delivered")
    verbs = _last_verbs(link)
    if not delivered or not verbs:
        return None
    if verbs[-1] == "QUIT":
        return kept("the last command is QUIT")
    return broken("client", f"the last command is {verbs[-1]}")


def _quit_code(link: Link) -> str:
    """What QUIT was answered with, where it was a stimulus."""
    return next((e.code for e in exchanges(link) if e.verb == "QUIT"), "")


def _last_verbs(link: Link) -> list[str]:
    inside = link.fact("server", "smtp.commands.tls")
    plain = link.fact("server", "smtp.commands.plain")
    return (inside if inside not in ("", "-") else plain).split()
