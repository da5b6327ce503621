"""tamper - what came of a handshake that somebody in the middle changed.

What the relay took and gave is the witness of the octets; that it really did what
the scenario says is the first thing that is looked at.  A change that there was no
occasion for proves nothing, and the session is then judged as if nobody were there.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from matrix import answer as answers
from matrix.alerts import ILLEGAL_PARAMETER, MISSING_EXTENSION
from matrix.checks import OTHER, ROLES, Finding, Link, Seen
from matrix.checks import broken, kept, missed, of_cell, open_, unclear
from matrix.model import Cell, Connection, Prediction
from matrix.registry import alert
from matrix.scenarios import Scenario


def untouched(scenario: Scenario) -> Scenario:
    """The scenario as it would be without anybody in the middle."""
    return replace(scenario, outcome="natural") if scenario.tampered else scenario


def foreseen(
    cell: Cell, scenario: Scenario, links: tuple[Link, ...], natural: Prediction
) -> Prediction:
    """What must happen, given what must happen ``untouched``."""
    if scenario.outcome == "natural" or not any(map(done, links)):
        return natural
    if cell.axis("policy") == "mandatory":
        return Prediction(
            "deferred",
            clause="RFC 3207 6",
            because=f"somebody in the middle: {scenario.title}",
        )
    return Prediction(
        "open",
        clause="RFC 3207 6",
        because="the client's policy lets it go on without TLS, whoever is to blame",
    )


def done(link: Link) -> bool:
    """Whether the relay changed something on this connection."""
    return link.near is not None and link.near.fact("tamper.done") == "yes"


def changed(seen: Seen) -> Link | None:
    """The connection that was changed; the first, if several were."""
    return next((link for link in seen.links if done(link)), None)


def version_of(seen: Seen, link: Link) -> str:
    """What this is about: what the server chose, or what it was pinned to."""
    server = link.fact("server", "tls.version") or link.wire.version
    return seen.cell.axis("tls") or server


@of_cell("suite-relay-as-told")
def as_told(seen: Seen) -> Finding | None:
    links = [link for link in seen.links if link.near]
    if not links:
        return None
    if not seen.scenario.tampered:
        same = all(map(_passed, links))
        words = "what came from either side went on to the other"
        return kept(words) if same else unclear(f"not {words}, octet for octet")
    if changed(seen) is None:
        return open_(f"there was no occasion for this: {seen.scenario.title}")
    if all(_passed(link) for link in links if done(link)) and not _ends(seen):
        return unclear("the relay says that it changed something and did not")
    return kept(f"done: {seen.scenario.title}")


def _passed(link: Link) -> bool:
    """Whether the relay passed on the very same octets, by count and digest."""
    near, far = link.near, link.far
    if near is None or far is None:
        return False
    return (near.fact("wire.received"), near.fact("wire.sent")) == (
        far.fact("wire.sent"),
        far.fact("wire.received"),
    )


def _ends(seen: Seen) -> bool:
    """Behind its last octet there may have been nothing to be left out."""
    return seen.scenario.tamper == "truncate"


# ---- the handshake ----


def _protected(new: bool, seen: Seen) -> Finding | None:
    """Finished covers every message (RFC 5246 7.4.9, RFC 8446 4.4.4)."""
    link = changed(seen)
    if link is None or (version_of(seen, link) == "1.3") is not new or seen.crashed():
        return None
    for role in ROLES:
        if link.fact(role, "tls.handshake") == "ok":
            title = seen.scenario.title
            return broken(role, f"the {role} completed a handshake over this: {title}")
    waiting = [r for r in ROLES if link.fact(r, "end").startswith("hang")]
    if waiting:
        who = OTHER[waiting[0]] if len(waiting) == 1 else "server"
        return open_(f"the {who} waited for more until a deadline ended it")
    return kept(f"not completed: {_refusal(link)}")


of_cell("rfc5246-7.4.9-finished-covers-handshake")(partial(_protected, False))
of_cell("rfc8446-4.4.4-finished-covers-handshake")(partial(_protected, True))


def _refusal(link: Link) -> str:
    role = _refuser(link)
    if not role:
        return "refused without an alert that anybody tells of"
    number = sent_alert(link, role)
    how = "without an alert" if number is None else f"with {alert(number)}"
    return f"the {role} refused {how}"


def _refuser(link: Link) -> str:
    """Who ended it: whose alert was understood; else whose was sent, of both the
    client's, since then the server's is about what it could not read; else who did
    not wait for more."""
    for role in ROLES:
        if link.fact(OTHER[role], "tls.alert.received"):
            return role
    for role in ROLES:
        if link.fact(role, "tls.alert.sent"):
            return role
    closed = [role for role in ROLES if link.fact(role, "end") == "closed"]
    return closed[0] if len(closed) == 1 else ""


def sent_alert(link: Link, role: str) -> int | None:
    """The alert that a side sent, by the other side or itself."""
    heard = link.integer(OTHER[role], "tls.alert.received")
    return link.integer(role, "tls.alert.sent") if heard is None else heard


@of_cell("rfc8446-4.1.3-client-minds-downgrade")
def minds_downgrade(seen: Seen) -> Finding | None:
    """A client that offered TLS 1.3 and reads the server's mark."""
    link = changed(seen)
    if link is None or link.client is None:
        return None
    connection = Connection(link.client, link.server, link.wire, link.taps_agree)
    mark = answers.answer(connection).downgrade
    if not mark:
        return None  # a server without TLS 1.3 sets none
    number = sent_alert(link, "client")
    words = f"the ServerHello has the mark of a downgrade to TLS {mark}; the client"
    if link.fact("client", "tls.handshake") == "ok":
        return broken("client", f"{words} went on")
    if number is None:
        return missed("client", f"{words} refused without an alert")
    words += f" refused with {alert(number)}"
    return kept(words) if number == ILLEGAL_PARAMETER else broken("client", words)


@of_cell("rfc8446-9.2-server-misses-extension")
def misses_extension(seen: Seen) -> Finding | None:
    """RFC 8446 9.2: without pre_shared_key, signature_algorithms must be there."""
    link = changed(seen)
    if link is None or seen.cell.pin("server") != "1.3" or seen.crashed():
        return None
    number = sent_alert(link, "server")
    if link.wire.version:
        return broken("server", "the server went on without signature_algorithms")
    if number is None:
        return missed("server", "the server refused without an alert")
    words = f"without signature_algorithms the server refused with {alert(number)}"
    return kept(words) if number == MISSING_EXTENSION else broken("server", words)


@of_cell("rfc5246-e.1-server-ignores-record-version")
def ignores_recordversion_of(seen: Seen) -> Finding | None:
    link = changed(seen)
    if link is None or seen.crashed():
        return None
    if link.tls:
        return kept("records of version 3.0 were taken, and nothing protects them")
    return broken("server", "a hello in records of version 3.0 was refused")
