"""manners - what RFC 5321 asks of a client's commands, of its message, and of what it
makes of a reply; by the octets, and by what it says became of the message."""

from __future__ import annotations

import re
from typing import Iterator

from matrix import dialogue
from matrix.checks import ROLES, Finding, Link, Seen
from matrix.checks import broken, kept, missed, of_cell, of_link
from matrix.checks.answers import exchanges, named
from matrix.dialogue import Dialogue, Exchange

_COMMAND, _TEXT = 510, 998  # octets without CRLF: RFC 5321 4.5.3.1.4 and 4.5.3.1.6
_BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_NAME = re.compile(r"(EHLO|HELO) (\S+)", re.IGNORECASE)
_PATH = re.compile(r"(MAIL FROM|RCPT TO):(\s*)", re.IGNORECASE)
# The keyword that offers a parameter of MAIL or RCPT, where it has another name.
_OFFERED_BY = {"BODY": "8BITMIME", "RET": "DSN", "ENVID": "DSN", "NOTIFY": "DSN"}
_OFFERED_BY |= {"ORCPT": "DSN"}


def _dialogues(link: Link) -> Iterator[Dialogue]:
    """In clear and inside TLS, as the client wrote it, or else the server read it."""
    flow = link.flow("client") if link.client else link.flow("server")
    yield dialogue.plain(flow)
    yield dialogue.inside(flow)


def _commands(link: Link) -> Iterator[Exchange]:
    return (each for each in exchanges(link) if each.command.strip(b"."))


# ---- commands ----


@of_link("rfc5321-4.1.1.1-client-names-itself")
def names_itself(seen: Seen, link: Link) -> Finding | None:
    found = None
    for each in _commands(link):
        if each.verb in ("EHLO", "HELO"):
            text = each.command.decode("ascii", "replace")
            if not _NAME.fullmatch(text):
                return broken("client", f"{each.verb} came without a name")
            found = kept(f"{each.verb} names {each.words}")
    return found


@of_link("rfc5321-3.3-client-writes-paths-without-blanks")
def no_blanks(seen: Seen, link: Link) -> Finding | None:
    found = None
    for each in _commands(link):
        if each.verb in ("MAIL", "RCPT"):
            match = _PATH.match(each.command.decode("ascii", "replace"))
            if not match or match[2]:
                return broken("client", f"{named(each.command)}: a blank too many")
            found = kept("no blank beside the colon of MAIL and RCPT")
    return found


@of_link("rfc5321-4.1.1-client-sends-no-parameters")
def no_parameters(seen: Seen, link: Link) -> Finding | None:
    found = None
    for each in _commands(link):
        if each.verb in ("RSET", "DATA", "QUIT"):
            if each.words:
                return broken("client", f"{named(each.command)}: it has no parameters")
            found = kept("RSET, DATA and QUIT have no parameters")
    return found


@of_link("rfc5321-4.1.1.3-client-uses-offered-parameters")
def offered_parameters(seen: Seen, link: Link) -> Finding | None:
    """Of MAIL and RCPT: what the last EHLO offered, and on the same side of TLS."""
    found = None
    for layer in _dialogues(link):
        offered: set[str] = set()
        for each in layer.exchanges:
            if each.verb == "EHLO" and each.code == "250":
                words = [line[4:].decode("ascii", "replace") for line in each.reply]
                offered = {w.split(" ")[0].upper() for w in words[1:]}
            if each.verb in ("MAIL", "RCPT"):
                for word in each.words.partition(">")[2].upper().split():
                    name = word.partition("=")[0]
                    if _OFFERED_BY.get(name, name) not in offered:
                        return broken("client", f"{each.verb} has {word}, not offered")
                found = kept("MAIL and RCPT have what EHLO offers")
    return found


@of_link("rfc5321-4.5.3.1.4-client-command-lines")
def command_lines(seen: Seen, link: Link) -> Finding | None:
    lengths = [len(each.command) for each in _commands(link)]
    if not lengths:
        return None
    if max(lengths) > _COMMAND:
        return broken("client", f"a command line has {max(lengths) + 2} octets")
    return kept("no command line over 512 octets")


# ---- the message ----


@of_link("rfc5321-2.3.8-client-ends-lines-with-crlf")
def only_crlf(seen: Seen, link: Link) -> Finding | None:
    found = None
    for layer in _dialogues(link):
        for what, octets in (
            ("the commands", layer.commands),
            *(("the message", message) for message in layer.messages),
        ):
            if _BARE.search(octets.removesuffix(b"\r")):
                return broken("client", f"{what} have a CR or LF that ends no line")
            found = kept("CR and LF end lines, and nothing else") if octets else found
    return found


def _lines(link: Link) -> Iterator[bytes]:
    """The lines of the messages, as far as they are listed."""
    for layer in _dialogues(link):
        for message in layer.messages:
            yield from message.split(b"\r\n")


@of_link("rfc5321-4.5.3.1.6-client-text-lines")
def text_lines(seen: Seen, link: Link) -> Finding | None:
    longest = max(
        (len(line) - line.startswith(b".") for line in _lines(link)), default=0
    )
    if longest > _TEXT:
        return broken("client", f"a line of text has {longest + 2} octets")
    return kept("no line of text over 1,000 octets") if longest else None


@of_link("rfc5321-4.5.2-client-doubles-dots")
def doubles_dots(seen: Seen, link: Link) -> Finding | None:
    found = None
    for line in _lines(link):
        if line.startswith(b".") and line != b".":
            if not line.startswith(b".."):
                return broken("client", f"a line of text begins: {named(line[:20])}")
            found = kept("what begins with a dot has another one before it")
    digests = {link.fact(role, "mail.digest") for role in ROLES}
    if found is None and len(digests) == 1 and "" not in digests:
        return kept("the message arrived with its dots")  # every seventh line has one
    return found


# ---- what a reply does ----


@of_cell("rfc5321-4.2-client-goes-by-first-digit")
def first_digit(seen: Seen) -> Finding | None:
    """A success that is not 250 is one; codes that nobody knows refuse or not."""
    link = seen.links[0]
    refused = link.fact("client", "smtp.starttls")
    if refused[:1] in ("4", "5"):
        if link.wire.hellos:
            return broken("client", f"after {refused} the client sent a ClientHello")
        if any(each.verb == "QUIT" for each in exchanges(link)):
            return kept(f"{refused} was taken for a refusal")
        return broken("client", f"after {refused} the client did not go on")
    for fact in ("mail", "rcpt"):
        code = link.fact("client", f"smtp.{fact}")
        if code.startswith("2") and code != "250":
            good = link.fact("client", "mail").startswith("delivered")
            words = f"{fact.upper()} was answered with {code}"
            return (
                kept(f"{words}, and the client went on")
                if good
                else broken("client", f"{words}, and the client did not go on")
            )
    return None


@of_cell("rfc5321-4.2-client-goes-by-code")
def goes_by_code(seen: Seen) -> Finding | None:
    link = seen.links[0]
    if link.fact("client", "smtp.starttls") != "220":
        return None
    if link.wire.hellos:
        return kept("the client went by the code 220, whatever its text")
    return broken("client", "the client did not start TLS, for the text of the 220")


@of_cell("rfc5321-4.2.1-client-keeps-message-after-4yz")
def keeps_message(seen: Seen) -> Finding | None:
    link = seen.links[0]
    refusals = [link.fact("client", f"smtp.{fact}") for fact in ("mail", "message")]
    if not any(code.startswith("4") for code in refusals):
        return None
    mail = link.fact("client", "mail")
    words = f"after {max(refusals)} the message was {mail or 'lost'}"
    return kept(words) if mail == "deferred" else missed("client", words)


@of_cell("rfc5321-3.2-client-falls-back-to-helo")
def falls_back(seen: Seen) -> Finding | None:
    verbs = [each.verb for each in _commands(seen.links[0])]
    if not verbs or verbs[0] != "EHLO":
        return None
    if "HELO" in verbs:
        return kept("EHLO was not known, so the client said HELO")
    return missed(
        "client", f"EHLO was not known, and then came {verbs[1:2] or 'nothing'}"
    )


@of_cell("rfc5321-4.5.3.2-client-has-a-deadline")
def has_deadline(seen: Seen) -> Finding | None:
    """The server is silent: somebody gives up, and it has to be the client."""
    end = seen.links[0].fact("client", "end")
    if end.startswith("hang("):
        return kept("the client gave up by itself")
    if end.startswith(("eof", "reset")):
        return broken("client", "the client waited until the server had enough")
    return None


@of_cell("rfc5321-2.4-client-knows-keywords-in-any-case")
def any_case(seen: Seen) -> Finding | None:
    link = seen.links[0]
    offered = link.fact("client", "smtp.ehlo.keywords").split()
    word = next((w for w in offered if w.upper() == "STARTTLS"), "")
    if not word or word == "STARTTLS":
        return None
    if link.fact("client", "smtp.starttls"):
        return kept(f"{word} was taken for STARTTLS")
    return broken("client", f"{word} was not taken for STARTTLS")
