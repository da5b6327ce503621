"""server - what RFC 3207 and RFC 5321 ask of a server around the switch."""

from __future__ import annotations

from matrix.checks import Finding, Link, Seen
from matrix.checks import broken, kept, missed, of_cell, of_link, open_
from matrix.checks.negotiation import unread


def _verbs(link: Link, where: str) -> list[str]:
    words = link.fact("server", f"smtp.commands.{where}").split()
    return [word for word in words if word != "-"]


def _keywords(link: Link, name: str) -> list[str]:
    """EHLO keywords as the client read them, with their parameters."""
    return [w.upper() for w in link.fact("client", f"{name}.keywords").split()]


@of_link("rfc3207-2-server-keyword-has-no-parameter")
def keyword_has_no_parameter(seen: Seen, link: Link) -> Finding | None:
    words = [w for w in _keywords(link, "smtp.ehlo") if w.startswith("STARTTLS")]
    if not words:
        return None
    if words == ["STARTTLS"]:
        return kept("STARTTLS is offered without a parameter")
    return broken("server", f"EHLO offers {' '.join(words)}")


@of_link("rfc3207-4-server-starts-tls")
def server_starts_tls(seen: Seen, link: Link) -> Finding | None:
    """After its 220 the server speaks TLS, if the client does."""
    if link.fact("client", "smtp.starttls") != "220" or not link.wire.hellos:
        return None
    if link.wire.plain_after_switch == "S":
        return broken("server", "after the 220 and a ClientHello came SMTP in clear")
    if unread(seen, link):
        return open_("a hello in the SSLv2 form was not answered")
    answered = link.wire.version or link.wire.retried or link.wire.alerts
    if answered or link.tls:
        return kept("the ClientHello was answered in TLS")
    if seen.crashed() or link.fact("client", "end").startswith(("hang", "reset")):
        return broken("server", "after the 220 and a ClientHello came no TLS")
    return broken("server", "the ClientHello was not answered")


@of_link("rfc3207-4-server-nothing-behind-220")
def nothing_behind_220(seen: Seen, link: Link) -> Finding | None:
    pending = link.fact("client", "smtp.pending")
    if not pending:
        return None
    if pending == "0":
        return kept("nothing came behind the 220")
    return broken("server", f"{pending} octets came behind the 220")


@of_link("rfc3207-4.2-server-hides-starttls-inside")
def hides_starttls(seen: Seen, link: Link) -> Finding | None:
    words = _keywords(link, "smtp.ehlo-tls")
    if not words:
        return None
    if any(word.partition("=")[0] == "STARTTLS" for word in words):
        return broken("server", "EHLO inside TLS offers STARTTLS")
    return kept("EHLO inside TLS does not offer STARTTLS")


@of_link("rfc3207-4.2-server-greets-once")
def greets_once(seen: Seen, link: Link) -> Finding | None:
    said = link.inside("S", tap="client") or link.inside("S", tap="server")
    if not link.tls or not said:
        return None
    if said.startswith(b"220"):
        return broken("server", "inside TLS came a second greeting")
    return kept("after the handshake the client speaks first")


@of_cell("rfc3207-4.2-server-forgets-client")
def forgets_client(seen: Seen) -> Finding | None:
    """MAIL inside TLS without a new EHLO."""
    link = seen.links[0]
    code = link.fact("client", "smtp.mail")
    if not link.tls or not code:
        return None
    if code == "503":
        return kept("MAIL without a new EHLO was answered with 503")
    if code.startswith("5"):
        return open_(f"MAIL without a new EHLO was answered with {code}")
    return broken("server", f"MAIL without a new EHLO was answered with {code}")


@of_cell("rfc3207-4.2-server-forgets-transaction")
def forgets_transaction(seen: Seen) -> Finding | None:
    """RCPT inside TLS to a MAIL from before it."""
    code = seen.links[0].fact("client", "smtp.stimulus.tls")
    if not code:
        return None
    if code.startswith("2"):
        return broken("server", "RCPT went on with the MAIL from before TLS")
    words = f"RCPT without a MAIL inside TLS was answered with {code}"
    return kept(words) if code == "503" else open_(words)


@of_cell("rfc3207-4.2-server-drops-pipelined-command")
def drops_pipelined(seen: Seen) -> Finding | None:
    """What came in clear behind STARTTLS is not a command inside TLS (A14)."""
    link = seen.links[0]
    verbs = _verbs(link, "tls")
    if link.fact("client", "smtp.starttls") != "220":
        return open_("the server refused STARTTLS with a command behind it")
    if verbs[:1] == ["NOOP"]:
        return broken("server", "the NOOP from before TLS was executed inside it")
    if not link.tls:
        return kept("the octets behind STARTTLS were taken for TLS")
    if not verbs:
        return None
    return kept("the NOOP from before TLS was dropped")


@of_cell("rfc3207-4.2-server-refuses-starttls-inside")
def refuses_starttls_inside(seen: Seen) -> Finding | None:
    code = seen.links[0].fact("client", "smtp.stimulus.tls")
    if not code:
        return None
    if code.startswith("2"):
        return broken("server", f"STARTTLS inside TLS was answered with {code}")
    return kept(f"STARTTLS inside TLS was answered with {code}")


def _stimulus(seen: Seen) -> str:
    """The reply to the unusual command before STARTTLS."""
    return seen.links[0].fact("client", "smtp.stimulus.plain")


@of_cell("rfc3207-4-server-refuses-parameter")
def refuses_parameter(seen: Seen) -> Finding | None:
    code = _stimulus(seen)
    if not code:
        return None
    if code == "501":
        return kept("STARTTLS with a parameter was answered with 501")
    return broken("server", f"STARTTLS with a parameter was answered with {code}")


@of_cell("rfc5321-4.2.4-server-unknown-command")
def unknown_command(seen: Seen) -> Finding | None:
    code = _stimulus(seen)
    if not code:
        return None
    if code == "500":
        return kept("an unknown command was answered with 500")
    if code.startswith("5"):
        return missed("server", f"an unknown command was answered with {code}")
    return broken("server", f"an unknown command was answered with {code}")


@of_cell("rfc5321-4.5.3.1.9-server-long-line")
def long_line(seen: Seen) -> Finding | None:
    """It may refuse the line or take it; it must not take it for two."""
    link, code = seen.links[0], _stimulus(seen)
    if not code:
        return None
    if link.fact("client", "smtp.starttls") != "220":
        return broken("server", "after a long line STARTTLS did not work")
    words = f"a line of 2,005 octets was answered with {code}"
    return kept(words) if code == "500" else open_(words)


@of_cell("rfc3207-6-server-can-require-tls")
def requires_tls(seen: Seen) -> Finding | None:
    code = _stimulus(seen)
    if not code:
        return None
    if code.startswith(("4", "5")):
        return kept(f"MAIL in clear was answered with {code}")
    return broken("server", f"MAIL in clear was answered with {code}")


@of_cell("rfc3207-4-server-answers-530")
def answers_530(seen: Seen) -> Finding | None:
    code = _stimulus(seen)
    if not code or code.startswith("2"):
        return None
    if code == "530":
        return kept("MAIL in clear was answered with 530")
    return missed("server", f"MAIL in clear was answered with {code}, not with 530")


@of_cell("rfc3207-4-server-only-tls-after-220")
def only_tls_after_220(seen: Seen) -> Finding | None:
    link = seen.links[0]
    if link.fact("client", "smtp.starttls") != "220":
        return None
    code = _stimulus(seen)
    if code or link.wire.plain_after_switch == "S":
        return broken("server", f"EHLO in clear after the 220 was answered: {code}")
    return kept("EHLO in clear after the 220 was not answered as SMTP")


@of_cell("rfc5321-4.1.1.4-server-takes-whole-messages")
def takes_whole_messages(seen: Seen) -> Finding | None:
    """A message ends with CRLF "." CRLF and nothing else ends it."""
    if not seen.links[0].tls:
        return None
    if any(mail.startswith("received") for mail in seen.delivered("server")):
        return broken("server", "the server took a message whose end did not come")
    return kept("the server did not take the cut-off message")


@of_link("rfc5321-4.2-server-replies-well-formed")
def replies_well_formed(seen: Seen, link: Link) -> Finding | None:
    end = link.fact("client", "end")
    if not link.client or not end:
        return None
    if end.startswith("protocol(") and "repl" in end:
        return broken("server", f"the client could not go on: {end[9:].rstrip(')')}")
    return kept("every reply could be read")


@of_cell("rfc5321-4.1.1.1-server-takes-only-what-it-lists")
def takes_only_listed(seen: Seen) -> Finding | None:
    """STARTTLS, which this server does not offer."""
    code = _stimulus(seen)
    if not code or "STARTTLS" in _keywords(seen.links[0], "smtp.ehlo"):
        return None
    words = f"STARTTLS, which is not offered, was answered with {code}"
    return broken("server", words) if code.startswith("2") else kept(words)


@of_cell("rfc5321-2.3.8-server-ends-lines-with-crlf")
def only_crlf(seen: Seen) -> Finding | None:
    """NOOP, a line feed, NOOP: one command."""
    link, verbs = seen.links[0], _verbs(seen.links[0], "plain")
    if not _stimulus(seen):
        return None
    if verbs.count("NOOP") > 1 or link.fact("client", "smtp.starttls") != "220":
        return broken("server", "a line feed was taken for the end of a command")
    return kept("a line feed within a command did not end it")


@of_cell("rfc5321-4.1.1.4-server-ends-messages-with-crlf")
def ends_with_crlf(seen: Seen) -> Finding | None:
    """What stands behind the dot must not have been executed."""
    link = seen.links[0]
    octets = [link.fact(role, "mail.octets") for role in ("client", "server")]
    if not link.tls or not octets[0]:
        return None
    if _verbs(link, "tls").count("MAIL") > 1:
        return broken("server", "a command in the message was executed")
    if octets[1] and octets[0] != octets[1]:
        return broken("server", "the message ended at a dot between two line feeds")
    return kept("a dot between two line feeds did not end the message")
