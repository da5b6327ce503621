"""replies - the form of a server's replies: one to each command, codes, lines, what
the greeting and EHLO say (RFC 5321 4.1.1.1 and 4.2), by the octets."""

from __future__ import annotations

import re
from functools import partial
from typing import Callable

from matrix import dialogue
from matrix.checks import Finding, Link, Seen
from matrix.checks import broken, kept, missed, of_link
from matrix.checks.answers import exchanges, named
from matrix.dialogue import Exchange

_LINE = 510  # octets without CRLF: RFC 5321 4.5.3.1.5
_DOMAIN = re.compile(
    rb"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)*"
    rb"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?|\[[^\]\s]+\]"
)
_CODE = re.compile(r"[2-5][0-5][0-9]")
# RFC 5321 4.2.3, RFC 3207 4, RFC 4954 6, and of RFC 7504 the other half of 521.
_KNOWN = frozenset(
    "211 214 220 221 250 251 252 354 421 450 451 452 455 500 501 502 503 504 550 551"
    " 552 553 554 555 454 530 235 334 432 534 535 538 521 556".split()
)

Look = Callable[[Exchange], str]  # what is wrong with an exchange; "" nothing


def _each(look: Look, good: str, seen: Seen, link: Link) -> Finding | None:
    looked = False
    for each in exchanges(link):
        if each.reply:
            looked = True
            if wrong := look(each):
                return broken("server", wrong)
    return kept(good) if looked else None


def _out_of_range(each: Exchange) -> str:
    if _CODE.fullmatch(each.code):
        return ""
    return f"{named(each.command) or 'the greeting'} has the code {each.code}"


def _unknown(each: Exchange) -> str:
    if each.code in _KNOWN:
        return ""
    return f"{named(each.command)} was answered with {each.code}, which nobody lists"


def _mixed(each: Exchange) -> str:
    codes = {line[:3] for line in each.reply}
    if len(codes) == 1:
        return ""
    return f"the reply to {named(each.command)} has several codes"


def _long(each: Exchange) -> str:
    longest = max(len(line) for line in each.reply)
    if longest <= _LINE:
        return ""
    return f"a line of {longest + 2} octets answers {named(each.command)}"


for _id, _look, _good in (
    ("rfc5321-4.2-server-codes-in-range", _out_of_range, "all codes are in the range"),
    ("rfc5321-4.2-server-codes-are-listed", _unknown, "all codes are listed ones"),
    ("rfc5321-4.2.1-server-one-code-a-reply", _mixed, "one code in each reply"),
    ("rfc5321-4.5.3.1.5-server-reply-lines", _long, "no reply line over 512 octets"),
):
    of_link(_id)(partial(_each, _look, _good))


@of_link("rfc5321-4.2-server-replies-once")
def replies_once(seen: Seen, link: Link) -> Finding | None:
    """By the server's tap: the client may have read a second reply after it has sent
    its next command."""
    flow = link.flow("server") if link.server else link.flow("client")
    all_of = (*dialogue.plain(flow).exchanges, *dialogue.inside(flow).exchanges)
    for each in all_of:
        if not each.asked:
            words = f"a reply that nothing asked for: {each.code}"
            return broken("server", words)
    return kept("no reply without a command") if all_of else None


def _domain(verb: str, what: str, seen: Seen, link: Link) -> Finding | None:
    """Who the server says that it is."""
    for each in exchanges(link):
        if each.verb != verb or not each.code.startswith("2"):
            continue
        word = each.reply[0][4:].partition(b" ")[0]
        if _DOMAIN.fullmatch(word):
            return kept(f"{what} names {word.decode('ascii')}")
        return broken("server", f"{what} names no domain")
    return None


of_link("rfc5321-4.2-server-greets-with-its-name")(partial(_domain, "", "the greeting"))
of_link("rfc5321-4.1.1.1-server-names-itself")(
    partial(_domain, "EHLO", "the reply to EHLO")
)


@of_link("rfc5321-3.1-server-greets-first")
def greets_first(seen: Seen, link: Link) -> Finding | None:
    for each in exchanges(link):
        if each.command or not each.reply:
            return None
        words = f"the greeting has the code {each.code}"
        good = each.code in ("220", "554", "421")
        return kept(words) if good else broken("server", words)
    return None


@of_link("rfc5321-3.2-server-answers-helo-plainly")
def helo_plainly(seen: Seen, link: Link) -> Finding | None:
    for each in exchanges(link):
        if each.verb == "HELO" and each.code == "250":
            if len(each.reply) == 1:
                return kept("HELO was answered with one line")
            return broken("server", "HELO was answered as if it were EHLO")
    return None


@of_link("rfc3207-4-server-enhanced-530")
def enhanced_530(seen: Seen, link: Link) -> Finding | None:
    for each in exchanges(link):
        if each.code == "530":
            words = f"530 came with {each.text.partition(' ')[0] or 'nothing'}"
            good = each.text.startswith("5.7.0 ")
            return kept(words) if good else missed("server", words)
    return None


@of_link("rfc4954-4-server-offers-no-password-in-clear")
def offers_no_password(seen: Seen, link: Link) -> Finding | None:
    flow = link.flow("client")
    for each in dialogue.plain(flow).exchanges:
        if each.verb == "EHLO" and each.code == "250":
            for line in each.reply:
                words = line[4:].decode("ascii", "replace").upper().split()
                if words[:1] == ["AUTH"] and {"PLAIN", "LOGIN"} & set(words):
                    return broken("server", "EHLO in clear offers a plain password")
            return kept("EHLO in clear offers no plain password")
    return None


def _auth(when: str, seen: Seen, link: Link) -> Finding | None:
    """RFC 4954 4: AUTH within a transaction, and after one that succeeded."""
    in_mail = done = False
    for each in exchanges(link):
        if each.verb == "AUTH" and each.reply:
            now = "mail" if in_mail else "again" if done else ""
            if now == when:
                how = "in a transaction" if in_mail else "a second time"
                words = f"AUTH {how} was answered with {each.code}"
                return kept(words) if each.code == "503" else broken("server", words)
            done |= each.code == "235"
        elif each.verb == "MAIL":
            in_mail = each.code.startswith("2")
        elif each.verb == "RSET":
            in_mail = False
    return None


of_link("rfc4954-4-server-refuses-auth-in-mail")(partial(_auth, "mail"))
of_link("rfc4954-4-server-refuses-second-auth")(partial(_auth, "again"))
