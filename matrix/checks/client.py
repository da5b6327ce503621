"""client - what RFC 3207 and RFC 5321 ask of a client around the switch."""

from __future__ import annotations

from matrix.checks import Finding, Link, Seen
from matrix.checks import broken, kept, missed, of_cell, of_link


def _verbs(link: Link) -> list[str]:
    words = link.fact("server", "smtp.commands.tls").split()
    return [word for word in words if word != "-"]


@of_link("rfc3207-4-client-starts-tls")
def client_starts_tls(seen: Seen, link: Link) -> Finding | None:
    if link.fact("client", "smtp.starttls") != "220":
        return None
    if link.wire.plain_after_switch == "C":
        return broken("client", "after the 220 the client sent SMTP in clear")
    if link.wire.hellos:
        return kept("after the 220 the client sent its ClientHello")
    return None


@of_link("rfc3207-4-client-starttls-last")
def starttls_last(seen: Seen, link: Link) -> Finding | None:
    pending = link.fact("server", "smtp.pending")
    if not pending:
        return None
    if pending == "0":
        return kept("nothing came behind the STARTTLS command")
    return broken("client", f"{pending} octets came behind the STARTTLS command")


@of_link("rfc3207-4.2-client-ehlo-again")
def ehlo_again(seen: Seen, link: Link) -> Finding | None:
    verbs = _verbs(link)
    if not link.tls or not verbs:
        return None
    if verbs[0] == "EHLO":
        return kept("the first command inside TLS is EHLO")
    return missed("client", f"the first command inside TLS is {verbs[0]}")


@of_link("rfc5321-4.1.1.1-client-ehlo-first")
def ehlo_first(seen: Seen, link: Link) -> Finding | None:
    """After the switch the session is as after the greeting (RFC 3207 4.2)."""
    verbs = _verbs(link)
    if not link.tls or "MAIL" not in verbs:
        return None
    before = verbs[: verbs.index("MAIL")]
    if "EHLO" in before or "HELO" in before:
        return kept("EHLO came before MAIL")
    return broken("client", "MAIL came inside TLS without EHLO or HELO before it")


@of_link("rfc3207-4.2-client-no-starttls-inside")
def no_starttls_inside(seen: Seen, link: Link) -> Finding | None:
    verbs = _verbs(link)
    if not link.tls or not verbs:
        return None
    if "STARTTLS" in verbs:
        return broken("client", "STARTTLS was sent inside TLS")
    return kept("no STARTTLS inside TLS")


@of_cell("rfc3207-4.2-client-forgets-server")
def forgets_server(seen: Seen) -> Finding | None:
    """SIZE was offered in clear only; inside, MAIL must not use it."""
    parameters = seen.links[0].fact("server", "smtp.mail.parameters")
    if not seen.links[0].tls or not parameters:
        return None
    if "SIZE=" in parameters.upper():
        return broken(
            "client",
            f"MAIL used what only the EHLO in clear had offered:" f" {parameters}",
        )
    return kept("MAIL did not use what only the EHLO in clear had offered")


@of_cell("rfc3207-4.2-client-believes-no-reply-from-before-tls")
def believes_no_pending(seen: Seen) -> Finding | None:
    """A reply behind the 220: refuse the connection, or drop the octets."""
    link = seen.links[0]
    pending = link.fact("client", "smtp.pending")
    if pending in ("", "0"):
        return None
    if not link.wire.hellos:
        return kept("the client saw octets behind the 220 and gave up")
    heard = link.fact("client", "smtp.ehlo-tls.keywords")
    confused = link.fact("client", "end").startswith("protocol(")
    if link.tls and confused and not heard:
        return broken("client", "the octets behind the 220 were taken for a reply")
    if not link.tls or not heard:
        return None
    if b"PIPELINING" in link.inside("S", tap="server") and "PIPELINING" not in heard:
        return broken("client", "the octets behind the 220 were taken for a reply")
    return kept("the client dropped the octets behind the 220")


@of_cell("rfc5321-4.2.1-client-reads-whole-replies")
def reads_whole_replies(seen: Seen) -> Finding | None:
    link = seen.links[0]
    pending = link.fact("client", "smtp.pending")
    if not pending:
        return None
    if pending == "0" and link.tls:
        return kept("TLS began after the last line of the 220")
    return broken("client", "TLS began before the last line of the 220")
