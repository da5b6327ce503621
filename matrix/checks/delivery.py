"""delivery - the message: once, unchanged, and not in clear against the policy."""

from __future__ import annotations

import re

from matrix.checks import ROLES, Finding, Link, Seen
from matrix.checks import broken, kept, of_cell, of_link
from matrix.registry import is_anonymous

_MAIL_VERB = re.compile(rb"^(MAIL|RCPT|DATA)\b", re.IGNORECASE | re.MULTILINE)
_FNV_START, _FNV_PRIME = 0xCBF29CE484222325, 0x100000001B3  # include/bytes.h


@of_link("suite-delivered-once")
def delivered_once(seen: Seen, link: Link) -> Finding | None:
    due = seen.prediction.outcome
    if due not in ("tls", "open") or not link.tls or seen.crashed():
        return None
    count = link.fact("server", "mail.count")
    mail = link.fact("client", "mail"), link.fact("server", "mail")
    if mail == ("delivered-tls", "received-tls") and count in ("1", ""):
        return kept("one message, delivered and received over TLS")
    if count not in ("", "0", "1"):
        twice = link.fact("server", "smtp.commands.tls").split().count("MAIL") > 1
        side = "client" if twice else "server"
        return broken(side, f"the server received {count} messages, not one")
    if any(link.fact(role, "end").startswith("hang") for role in ROLES):
        return None  # that is a rule of its own
    side = _who_did_not_deliver(link)
    return broken(
        side,
        f"no message over TLS: the client says {mail[0] or 'nothing'}, the server"
        f" {mail[1] or 'nothing'}",
    )


def _who_did_not_deliver(link: Link) -> str:
    """Who kept a message from passing, once TLS was there; "" if a reply did,
    since whose fault that is another rule says."""
    if link.fact("client", "smtp.message") == "250":
        return "server"  # it took it and does not have it
    for step, good in (
        *(("ehlo-tls", "250"), ("mail", "250"), ("rcpt", "250")),
        *(("data", "354"), ("message", "250")),
    ):
        code = link.fact("client", f"smtp.{step}")
        if code and code != good:
            return ""
    return "client" if link.fact("client", "end") == "closed" else "server"


@of_link("suite-message-unchanged")
def message_unchanged(seen: Seen, link: Link) -> Finding | None:
    said = {
        role: (link.fact(role, "mail.octets"), link.fact(role, "mail.digest"))
        for role in ROLES
    }
    if link.fact("server", "mail.count") not in ("", "1"):
        return None  # which one would it be?
    if not said["client"][0] or not said["server"][0]:
        return None
    if said["client"] == said["server"]:
        return kept(f"{said['client'][0]} octets, the same on both sides")
    carried = _carried(link)
    wrong = [role for role in ROLES if carried and said[role] != carried]
    side = wrong[0] if len(wrong) == 1 else ""
    return broken(
        side,
        f"the client's message has {' '.join(said['client'])}, the server's"
        f" {' '.join(said['server'])}"
        + (f"; TLS carried {' '.join(carried)}" if carried else ""),
    )


def _carried(link: Link) -> tuple[str, str] | None:
    """Octets and digest of the message as TLS carried it, dots taken off
    (RFC 5321 4.5.2); None if the tap does not list all of it."""
    turns = [t for t in link.flow("client").turns if t.layer == "inside"]
    if any(t.more for t in turns if t.sender == "C"):
        return None
    text = b"".join(t.data for t in turns if t.sender == "C")
    start = text.find(b"DATA\r\n") + 6
    end = text.find(b"\r\n.\r\n", start)
    if start < 6 or end < 0:
        return None
    lines = text[start : end + 2].split(b"\r\n")[:-1]
    message = b"".join(line.removeprefix(b".") + b"\r\n" for line in lines)
    digest = _FNV_START
    for octet in message:
        digest = (digest ^ octet) * _FNV_PRIME & 0xFFFFFFFFFFFFFFFF
    return str(len(message)), f"{digest:016x}"


@of_cell("rfc3207-6-client-nothing-in-clear")
def nothing_in_clear(seen: Seen) -> Finding | None:
    """Under a mandatory policy nothing of the mail goes out without TLS."""
    if seen.cell.axis("policy") != "mandatory":
        return None
    for link in seen.links:
        verbs = link.fact("server", "smtp.commands.plain").split()
        said = _MAIL_VERB.search(link.flow("client").octets("C", "smtp"))
        if said or {"MAIL", "RCPT", "DATA"} & set(verbs):
            word = said[1].decode("ascii") if said else "MAIL"
            return broken("client", f"{word} went out in clear")
    if not any(link.client for link in seen.links):
        return None
    return kept("no MAIL, RCPT or DATA in clear")


@of_cell("rfc3207-4-client-decides-on-454")
@of_cell("rfc3207-6-client-follows-its-policy")
def follows_policy(seen: Seen) -> Finding | None:
    due = seen.prediction
    client, server = seen.delivered("client"), seen.delivered("server")
    if due.outcome not in ("plain", "deferred") or not client or not server:
        return None
    if any(link.fact("client", "end").startswith("hang") for link in seen.links):
        return None
    if due.outcome == "deferred":
        if client[-1] == "deferred" and set(server) <= {"none", ""}:
            return kept("the client keeps the message for later")
        return broken("client", f"the message was {client[-1] or 'lost'}")
    count = sum(link.integer("server", "mail.count") or 0 for link in seen.links)
    if client[-1] == "delivered-plain" and server[-1] == "received-plain":
        if count == 1:
            return kept("one message, delivered in clear, as the policy lets it")
        return broken("", f"the server received {count} messages, not one")
    side = "server" if client[-1] in ("rejected", "delivered-plain") else "client"
    return broken(
        side,
        f"in clear the client's message was {client[-1] or 'lost'}, the server's"
        f" {server[-1] or 'none'}",
    )


@of_link("suite-certificate-verified")
def certificate_verified(seen: Seen, link: Link) -> Finding | None:
    if not link.tls or seen.prediction.side or is_anonymous(link.wire.cipher_suite):
        return None
    verified = link.fact("client", "tls.verified")
    if verified == "yes":
        return kept("the client verified the server's certificate")
    return broken("client", f"the client went on with a certificate {verified}")


@of_link("rfc5321-4.5.2-server-takes-dots-away")
def takes_dots_away(seen: Seen, link: Link) -> Finding | None:
    """What the server says it has, against what TLS carried with its dots off."""
    said = link.fact("server", "mail.octets"), link.fact("server", "mail.digest")
    if not said[0] or link.fact("server", "mail.count") not in ("", "1"):
        return None
    carried = _carried(link) or tuple(
        link.fact("client", f"mail.{name}") for name in ("octets", "digest")
    )
    if said == carried:
        return kept("the dots that were added are not part of the message")
    if (
        said[0].isdecimal()
        and carried[0].isdecimal()
        and int(said[0]) > int(carried[0])
    ):
        return broken("server", "the server has dots that are not the message's")
    return None
