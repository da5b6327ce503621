"""answers - with which codes a server answers which commands (RFC 5321 and its
neighbours), by the octets: a row a rule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Iterator

from matrix import dialogue
from matrix.checks import Finding, Link, Seen
from matrix.checks import broken, kept, missed, of_link
from matrix.dialogue import MESSAGE, Exchange


@dataclass(frozen=True, slots=True)
class Answer:
    """A rule on the replies to some commands."""

    id: str
    command: str  # a pattern for the whole line, as it was sent
    good: str  # a pattern for the code
    fair: str = ""  # for codes that the rule's MUST leaves, and its SHOULD does not
    where: str = ""  # "plain" or "inside"; "" both


# What may be sent anywhere is looked for anywhere; a rule's scenarios say where.
ANSWERS = (
    Answer("rfc3207-4-server-answers-530-to-all", r"(?!NOOP|EHLO|STARTTLS|QUIT).+",
           "530", where="plain"),
    Answer("rfc3207-4-server-answers-noop-and-ehlo", r"(NOOP|EHLO).*", "250"),
    Answer("rfc3207-4-server-answers-quit-before-tls", "QUIT", "221"),
    Answer("rfc3207-4.1-server-answers-554", "(?!QUIT).+", "554",
           where="inside"),
    Answer("rfc4954-4-server-takes-no-password-in-clear", "AUTH PLAIN .*", "5.."),
    Answer("rfc5321-2.4-server-knows-verbs-in-any-case",
           r"(?=.*[a-z])(?i:EHLO|HELO|NOOP|RSET|VRFY|STARTTLS)\b.*", "2.."),
    Answer("rfc5321-4.1.1-server-passes-over-blanks", ".* ", "(?!50[01])..."),
    Answer("rfc5321-4.1.1-server-refuses-parameters", r"(RSET|DATA|QUIT) +\S.*",
           "5.."),
    Answer("rfc5321-4.1.1.1-server-answers-helo", r"HELO \S+", "250"),
    Answer("rfc5321-4.1.1.3-server-knows-source-routes", r"RCPT TO:<@.*",
           "(?!50[0-4])..."),
    Answer("rfc5321-4.1.1.5-server-answers-rset", "RSET", "250"),
    Answer("rfc5321-4.1.1.8-server-answers-help", "HELP", "21[14]"),
    Answer("rfc5321-4.1.1.9-server-answers-noop", "NOOP.*", "250"),
    Answer("rfc5321-4.1.1.11-server-refuses-unknown-parameters",
           "(MAIL|RCPT) .* XYZZY=1", "555", "50[14]"),
    Answer("rfc5321-4.1.2-server-takes-null-path", "MAIL FROM:<>", "2.."),
    Answer("rfc5321-4.1.4-server-refuses-wrong-paths", "MAIL( FROM:[^<].*)?", "501"),
    Answer("rfc5321-4.1.4-server-refuses-wrong-ehlo", "EHLO", "5(0[0124]|50)"),
    Answer("rfc5321-4.5.1-server-has-the-least",
           r"(EHLO|HELO|MAIL|RCPT|DATA|RSET|NOOP|QUIT|VRFY)\b.*", "(?!50[02])..."),
    Answer("rfc5321-4.5.1-server-takes-postmaster", "RCPT TO:<(?i:postmaster)>",
           "2.."),
    Answer("rfc5321-4.5.3.1.3-server-takes-longest-path", r"(MAIL|RCPT) .{200}.*",
           "2.."),
    Answer("rfc5321-4.5.3.1.4-server-takes-longest-command", "NOOP .{505}", "250"),
    Answer("rfc5321-4.5.3.1.6-server-takes-longest-text-line", r"\.", "2.."),
    Answer("rfc5321-4.5.3.1.7-server-takes-64k", r"\.", "(?!552)..."),
    Answer("rfc5321-4.5.3.1.8-server-takes-100-recipients", "RCPT .*", "2.."),
    Answer("rfc5321-7.3-server-does-not-hide-vrfy", "VRFY .*", "(?!502)..."),
)  # fmt: skip


def exchanges(link: Link, where: str = "") -> Iterator[Exchange]:
    """In clear and then inside TLS, as the client saw it, or else the server."""
    flow = link.flow("client") if link.client else link.flow("server")
    if where != "inside":
        yield from dialogue.plain(flow).exchanges
    if where != "plain":
        yield from dialogue.inside(flow).exchanges


def named(command: bytes) -> str:
    """A command for people: not all of a long one."""
    if command == MESSAGE:
        return "the message"
    text = command.decode("ascii", "replace")
    return text if len(text) <= 40 else f"{text[:37]}..."


def _answered(row: Answer, seen: Seen, link: Link) -> Finding | None:
    last = ""
    for each in exchanges(link, row.where):
        text = each.command.decode("ascii", "replace")
        if not each.asked or not each.reply or not re.fullmatch(row.command, text):
            continue
        last = f"{named(each.command)} was answered with {each.code}"
        if re.fullmatch(row.good, each.code):
            continue
        if row.fair and re.fullmatch(row.fair, each.code):
            return missed("server", last)
        return broken("server", last)
    return kept(last) if last else None


for _row in ANSWERS:
    of_link(_row.id)(partial(_answered, _row))
