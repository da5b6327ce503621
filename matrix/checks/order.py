"""order - the order of commands and of replies: transactions, groups, who waits and
who stays (RFC 5321 and RFC 2920), by the octets."""

from __future__ import annotations

from functools import partial
from typing import Iterator

from matrix import dialogue
from matrix.checks import Finding, Link, Seen
from matrix.checks import broken, kept, missed, of_cell, of_link
from matrix.checks.answers import exchanges, named
from matrix.dialogue import MESSAGE, Exchange

# ---- transactions: RFC 5321 3.3 and 4.1.4 ----


def _without_mail(link: Link) -> Iterator[tuple[str, Exchange]]:
    """Each RCPT that belongs to no transaction, with what ended the one before it."""
    ended, is_open = "", False
    for each in exchanges(link):
        good = each.code.startswith("2")
        if each.verb == "RCPT" and not is_open:
            yield ended, each
        elif each.verb == "MAIL" and good:
            is_open = True
        elif each.verb in ("RSET", "EHLO", "HELO") and good or each.command == MESSAGE:
            is_open, ended = False, ended_by(each) if is_open else ended


def ended_by(each: Exchange) -> str:
    return "the message" if each.command == MESSAGE else each.verb


def _rcpt(ended: str, seen: Seen, link: Link) -> Finding | None:
    """RCPT in no transaction: "a 503 ... MUST be returned"."""
    for how, each in _without_mail(link):
        if how != ended or not each.reply:
            continue
        words = f"RCPT {f'after {how}' if how else 'without MAIL'}: {each.code}"
        return kept(words) if each.code == "503" else broken("server", words)
    return None


of_link("rfc5321-3.3-server-wants-mail-before-rcpt")(partial(_rcpt, ""))
of_link("rfc5321-4.1.1.5-server-forgets-at-rset")(partial(_rcpt, "RSET"))
of_link("rfc5321-4.1.4-server-forgets-at-ehlo")(partial(_rcpt, "EHLO"))
of_link("rfc5321-4.1.1.4-server-forgets-after-message")(partial(_rcpt, "the message"))


@of_link("rfc5321-4.1.4-server-answers-503")
def answers_503(seen: Seen, link: Link) -> Finding | None:
    """MAIL in a transaction, and DATA without a recipient (554 is lawful there)."""
    is_open, recipients, looked = False, 0, ""
    for each in exchanges(link):
        verb, good = each.verb, each.code.startswith("2")
        wrong = (verb == "MAIL" and is_open) or (verb == "DATA" and not recipients)
        if wrong and each.reply:
            looked = f"{verb} out of order was answered with {each.code}"
            lawful = ("503", "554") if verb == "DATA" else ("503",)
            if each.code not in lawful:
                return broken("server", looked)
        if verb == "MAIL" and good:
            is_open = True
        elif verb == "RCPT" and good:
            recipients += 1
        elif verb in ("RSET", "EHLO", "HELO") or each.command == MESSAGE:
            is_open, recipients = False, 0
    return kept(looked) if looked else None


@of_link("rfc5321-4.1.4-client-opens-one-transaction")
def opens_one(seen: Seen, link: Link) -> Finding | None:
    is_open = found = False
    for each in exchanges(link):
        if each.verb == "MAIL":
            found = True
            if is_open:
                return broken("client", "MAIL was sent when a transaction was open")
            is_open = each.code.startswith("2")
        elif each.verb in ("RSET", "EHLO", "HELO") or each.command == MESSAGE:
            is_open = False
    return kept("each MAIL opens a transaction of its own") if found else None


@of_link("rfc2920-3.2-server-wants-a-recipient-before-data")
def wants_recipient(seen: Seen, link: Link) -> Finding | None:
    """(3): a positive response to DATA if and only if there is a valid recipient."""
    recipients, looked = 0, False
    for each in exchanges(link):
        if each.verb == "RCPT":
            recipients += each.code.startswith("2")
        elif each.verb in ("RSET", "EHLO", "HELO") or each.command == MESSAGE:
            recipients = 0
        elif each.verb == "DATA" and each.reply and not recipients:
            looked = True
            if each.code.startswith("3"):
                return broken("server", "DATA without a recipient was let go ahead")
    return kept("DATA without a recipient was refused") if looked else None


# ---- groups: RFC 2920 ----

# What may stand before another command in a group (3.1); all else ends one.
_ANYWHERE = ("RSET", "MAIL", "SEND", "SOML", "SAML", "RCPT")


def _layers(link: Link) -> Iterator[tuple[Exchange, ...]]:
    flow = link.flow("client")
    yield dialogue.plain(flow).exchanges
    yield dialogue.inside(flow).exchanges


def _offered(before: tuple[Exchange, ...]) -> bool:
    """Did the last EHLO offer PIPELINING?"""
    for each in reversed(before):
        if each.verb == "EHLO" and each.code == "250":
            return any(line[4:].upper() == b"PIPELINING" for line in each.reply)
    return False


@of_link(
    "rfc5321-4.3.1-client-waits-for-replies",
    "rfc2920-3.1-client-groups-only-if-offered",
)
def waits(seen: Seen, link: Link) -> Finding | None:
    """Without PIPELINING: one command, one reply."""
    looked = False
    for layer in _layers(link):
        for i, each in enumerate(layer):
            looked |= bool(each.command)
            if each.early and not _offered(layer[:i]):
                return broken(
                    "client", f"{named(each.command)} did not wait for a reply"
                )
    return kept("each command waits for a reply, or is let not to") if looked else None


@of_link("rfc2920-3.1-client-ends-groups-rightly")
def ends_groups(seen: Seen, link: Link) -> Finding | None:
    looked = False
    for layer in _layers(link):
        for before, each in zip(layer, layer[1:]):
            looked |= bool(each.command)
            if each.early and before.command and before.verb not in _ANYWHERE:
                words = f"behind {named(before.command)} in a group: "
                return broken("client", words + named(each.command))
    return kept("no command stands behind one that ends a group") if looked else None


@of_link(
    "rfc2920-3.1-client-checks-all-statuses",
    "rfc5321-3.3-client-sends-no-message-unasked",
)
def sends_no_message(seen: Seen, link: Link) -> Finding | None:
    """What comes behind a DATA that was not answered with a 3yz is a command."""
    for layer in _layers(link):
        for i, each in enumerate(layer):
            if each.verb != "DATA" or not each.reply or each.code.startswith("3"):
                continue
            after = layer[i + 1 : i + 2]
            if after and b":" in after[0].command and after[0].verb != "MAIL":
                return broken("client", f"a message was sent after {each.code}")
            return kept(f"no message was sent after {each.code} to DATA")
    return None


def _group(seen: Seen) -> tuple[list[str], int]:
    codes = seen.links[0].fact("client", "smtp.stimulus.tls").split()
    return [code for code in codes if code != "-"], 5


@of_cell("rfc2920-3.2-server-answers-in-order")
def answers_in_order(seen: Seen) -> Finding | None:
    codes, count = _group(seen)
    if len(codes) < 3:
        return None
    if len(codes) < count:
        return None  # what is lost is a rule of its own
    words = f"MAIL, a wrong RCPT, RCPT, RSET and VRFY: {' '.join(codes)}"
    if [code[0] for code in codes] == ["2", "5", "2", "2", "2"]:
        return kept(words)
    return broken("server", words)


@of_cell("rfc2920-3.2-server-loses-no-input")
def loses_no_input(seen: Seen) -> Finding | None:
    codes, count = _group(seen)
    if not codes:
        return None
    words = f"{len(codes)} replies to {count} commands in one write"
    return kept(words) if len(codes) == count else broken("server", words)


@of_cell("rfc2920-3.2-server-answers-in-order-before-tls")
def answers_before_tls(seen: Seen) -> Finding | None:
    link = seen.links[0]
    codes = (
        link.fact("client", "smtp.stimulus.plain"),
        link.fact("client", "smtp.starttls"),
    )
    if not all(codes):
        return None
    words = f"RSET and STARTTLS in one write: {' '.join(codes)}"
    return kept(words) if codes == ("250", "220") else broken("server", words)


# ---- who stays: RFC 5321 3.8, 4.1.1.5, 4.1.1.10 ----


def _stays(verb: str, digit: str, seen: Seen, link: Link) -> Finding | None:
    """After a reply of that kind the server still answers."""
    all_of = tuple(exchanges(link))
    for each, after in zip(all_of, all_of[1:]):
        if verb not in ("", each.verb) or not each.code.startswith(digit):
            continue
        if not each.command or after.reply or each.code == "421":
            continue
        if link.fact("client", "end").startswith(("eof", "reset")):
            words = f"the server closed after {each.code} to {named(each.command)}"
            return broken("server", words)
    if any(e.code.startswith(digit) and verb in ("", e.verb) for e in all_of):
        return kept("the server went on")
    return None


of_link("rfc5321-3.8-server-stays-after-errors")(partial(_stays, "", "5"))
of_link("rfc5321-4.1.1.5-server-stays-at-rset")(partial(_stays, "RSET", ""))


@of_link("rfc5321-3.1-server-waits-for-quit")
def waits_for_quit(seen: Seen, link: Link) -> Finding | None:
    """A server that greets with 554 is there until QUIT."""
    first, *rest = exchanges(link)
    if first.command or first.code != "554" or not rest:
        return None
    if rest[-1].verb == "QUIT" and rest[-1].code == "221":
        return kept("QUIT after the greeting 554 was answered with 221")
    return broken("server", "after its greeting 554 the server did not wait for QUIT")


@of_link("rfc5321-4.1.4-server-answers-before-ehlo")
def answers_before_ehlo(seen: Seen, link: Link) -> Finding | None:
    looked = ""
    for each in exchanges(link):
        if each.verb in ("EHLO", "HELO"):
            break
        if each.verb in ("NOOP", "HELP", "EXPN", "VRFY", "RSET") and each.reply:
            looked = f"{each.verb} before EHLO was answered with {each.code}"
            if each.code == "503":
                return missed("server", looked)
    return kept(looked) if looked else None
