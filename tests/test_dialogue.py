"""Tests of matrix/dialogue.py, and of the checks that rest on it: a few lines of SMTP
as they passed, and what a check must make of them."""

from __future__ import annotations

from typing import cast

import pytest
from hypothesis import given, strategies

from matrix import dialogue
from matrix.checks import OF_LINK, Link, Seen, answers, link, manners, order, replies
from matrix.dialogue import GREETING, MESSAGE
from matrix.model import Connection, Flow, Turn, Wire

MODULES = (answers, manners, order, replies)  # importing them registers their checks
NOTHING = Wire((), "", -1, None, False, (), "")
HELLO = "S:220 mx.example hi|C:EHLO a|S:250-mx.example^250 PIPELINING"


def flow(talk: str, layer: str = "smtp") -> Flow:
    """Turns divided by |, lines within one by ^; ~ is a bare line feed."""
    turns = []
    for turn in talk.split("|"):
        lines = turn[2:].replace("^", "\r\n").replace("~", "\n")
        turns.append(Turn(turn[0], layer, f"{lines}\r\n".encode()))
    return Flow(turns=tuple(turns))


def seen_as(talk: str) -> Link:
    return link(1, Connection(flow(talk), flow(talk), NOTHING, True))


def test_commands_and_replies_are_paired() -> None:
    talk = dialogue.plain(flow(f"{HELLO}|C:MAIL FROM:<a>^RCPT TO:<b>|S:250 a^550 b"))
    assert [(e.command, e.code, e.early) for e in talk.exchanges] == [
        (GREETING, "220", False),
        (b"EHLO a", "250", False),
        (b"MAIL FROM:<a>", "250", False),
        (b"RCPT TO:<b>", "550", True),
    ]
    assert talk.exchanges[1].reply == (b"250-mx.example", b"250 PIPELINING")
    assert talk.commands == b"EHLO a\r\nMAIL FROM:<a>\r\nRCPT TO:<b>\r\n"


def test_a_message_is_no_command() -> None:
    talk = dialogue.inside(flow("C:DATA|S:354 go|C:To: b^^MAIL|C:.|S:250 ok", "inside"))
    assert [e.command for e in talk.exchanges] == [b"DATA", MESSAGE]
    assert talk.messages == (b"To: b\r\n\r\nMAIL\r\n.\r\n",)
    assert talk.commands == b"DATA\r\n"


def test_what_nobody_asked_for_and_what_nobody_answered() -> None:
    talk = dialogue.inside(flow("S:220 again|C:EHLO a|S:250 a|C:QUIT", "inside"))
    assert [(e.code, e.asked) for e in talk.exchanges] == [
        ("220", False),
        ("250", True),
        ("", True),
    ]


def test_a_line_comes_in_pieces() -> None:
    pieces = (Turn("S", "smtp", piece) for piece in (b"22", b"0 a\r", b"\n221 b\r\n"))
    talk = dialogue.plain(Flow(turns=tuple(pieces)))
    assert [e.reply for e in talk.exchanges] == [(b"220 a",), (b"221 b",)]


@given(
    strategies.lists(
        strategies.tuples(strategies.sampled_from("CS"), strategies.binary())
    )
)
def test_any_octets_are_read(turns: list[tuple[str, bytes]]) -> None:
    talk = Flow(turns=tuple(Turn(sender, "smtp", data) for sender, data in turns))
    for each in dialogue.plain(talk).exchanges:
        assert isinstance(each.verb + each.words + each.code + each.text, str)
    for check in BY_OCTETS.values():
        OF_LINK[check](cast(Seen, None), link(1, Connection(talk, talk, NOTHING, True)))


# A check, what passed behind HELLO (or all of it, from S:), and what it must say.
ROWS = """
rfc5321-4.1.1.9-server-answers-noop            | C:NOOP|S:250 a                       | pass
rfc5321-4.1.1.9-server-answers-noop            | C:NOOP|S:500 a                       | fail server
rfc5321-4.1.1.9-server-answers-noop            | C:RSET|S:500 a                       | -
rfc5321-4.1.1.11-server-refuses-unknown-parameters | C:MAIL FROM:<a> XYZZY=1|S:504 a  | strict-miss server
rfc5321-4.5.1-server-has-the-least             | C:VRFY b|S:502 a                     | fail server
rfc5321-4.5.1-server-takes-postmaster          | C:RCPT TO:<POSTmaster>|S:550 a       | fail server
rfc5321-3.3-server-wants-mail-before-rcpt      | C:RCPT TO:<b>|S:250 a                | fail server
rfc5321-3.3-server-wants-mail-before-rcpt      | C:RCPT TO:<b>|S:503 a                | pass
rfc5321-4.1.1.5-server-forgets-at-rset         | C:MAIL FROM:<a>|S:250 a|C:RSET|S:250 a|C:RCPT TO:<b>|S:250 a | fail server
rfc5321-4.1.4-server-forgets-at-ehlo           | C:MAIL FROM:<a>|S:250 a|C:EHLO a|S:250 a|C:RCPT TO:<b>|S:503 a | pass
rfc5321-4.1.1.4-server-forgets-after-message   | C:MAIL FROM:<a>|S:250 a|C:DATA|S:354 a|C:.|S:250 a|C:RCPT TO:<b>|S:250 a | fail server
rfc5321-4.1.4-server-answers-503               | C:DATA|S:554 a                       | pass
rfc5321-4.1.4-server-answers-503               | C:MAIL FROM:<a>|S:250 a|C:MAIL FROM:<b>|S:250 a | fail server
rfc5321-4.1.4-client-opens-one-transaction     | C:MAIL FROM:<a>|S:250 a|C:MAIL FROM:<b>|S:503 a | fail client
rfc5321-4.1.4-client-opens-one-transaction     | C:MAIL FROM:<a>|S:550 a|C:MAIL FROM:<b>|S:250 a | pass
rfc2920-3.2-server-wants-a-recipient-before-data | C:MAIL FROM:<a>|S:250 a|C:DATA|S:354 a | fail server
rfc5321-4.3.1-client-waits-for-replies         | C:MAIL FROM:<a>^RCPT TO:<b>|S:250 a^250 b | pass
rfc5321-4.3.1-client-waits-for-replies         | S:220 a b|C:EHLO a|S:250 a|C:MAIL FROM:<a>^RCPT TO:<b>|S:250 a^250 b | fail client
rfc2920-3.1-client-ends-groups-rightly         | C:MAIL FROM:<a>^DATA|S:250 a^354 b   | pass
rfc2920-3.1-client-ends-groups-rightly         | C:NOOP^MAIL FROM:<a>|S:250 a^250 b   | fail client
rfc5321-3.3-client-sends-no-message-unasked    | C:DATA|S:554 a|C:From: a^^b|S:500 a  | fail client
rfc5321-3.3-client-sends-no-message-unasked    | C:DATA|S:250 a|C:QUIT|S:221 a        | pass
rfc5321-3.1-server-waits-for-quit              | S:554 a|C:QUIT|S:221 a               | pass
rfc5321-3.1-server-waits-for-quit              | S:554 a|C:QUIT                       | fail server
rfc5321-4.1.4-server-answers-before-ehlo       | S:220 a b|C:NOOP|S:503 a             | strict-miss server
rfc5321-4.2-server-replies-once                | C:NOOP|S:250 a^250 b                 | fail server
rfc5321-4.2-server-codes-in-range              | C:NOOP|S:260 a                       | fail server
rfc5321-4.2-server-codes-are-listed            | C:NOOP|S:259 a                       | fail server
rfc5321-4.2.1-server-one-code-a-reply          | C:NOOP|S:250-a^251 b                 | fail server
rfc5321-4.2-server-greets-with-its-name        | S:220 -                              | fail server
rfc5321-4.2-server-greets-with-its-name        | S:220 [127.0.0.1] hi                 | pass
rfc5321-4.1.1.1-server-names-itself            | S:220 a|C:EHLO a|S:250  a            | fail server
rfc5321-3.1-server-greets-first                | S:250 mx.example                     | fail server
rfc5321-3.2-server-answers-helo-plainly        | C:HELO a|S:250-a^250 SIZE            | fail server
rfc3207-4-server-enhanced-530                  | C:MAIL FROM:<a>|S:530 5.7.0 a        | pass
rfc3207-4-server-enhanced-530                  | C:MAIL FROM:<a>|S:530 a              | strict-miss server
rfc4954-4-server-offers-no-password-in-clear   | S:220 a|C:EHLO a|S:250-a^250 AUTH LOGIN | fail server
rfc4954-4-server-refuses-auth-in-mail          | C:MAIL FROM:<a>|S:250 a|C:AUTH PLAIN a|S:235 a | fail server
rfc4954-4-server-refuses-second-auth           | C:AUTH PLAIN a|S:235 a|C:AUTH PLAIN a|S:503 a | pass
rfc5321-4.1.1.1-client-names-itself            | C:EHLO|S:501 a                       | fail client
rfc5321-3.3-client-writes-paths-without-blanks | C:MAIL FROM: <a>|S:250 a             | fail client
rfc5321-4.1.1-client-sends-no-parameters       | C:QUIT now|S:501 a                   | fail client
rfc5321-4.1.1.3-client-uses-offered-parameters | C:MAIL FROM:<a> BODY=8BITMIME|S:250 a | fail client
rfc5321-2.3.8-client-ends-lines-with-crlf      | C:NOOP a~b|S:250 a                   | fail client
rfc5321-2.3.8-client-ends-lines-with-crlf      | C:NOOP a|S:250 a                     | pass
rfc5321-4.5.2-client-doubles-dots              | C:DATA|S:354 a|C:.a^.|S:250 a        | fail client
rfc5321-4.5.2-client-doubles-dots              | C:DATA|S:354 a|C:..a^.|S:250 a       | pass
""".strip()  # noqa: E501
BY_OCTETS = {
    row.split("|")[0].strip(): row.split("|")[0].strip() for row in ROWS.split("\n")
}


@pytest.mark.parametrize("row", ROWS.split("\n"))
def test_what_a_check_makes_of_it(row: str) -> None:
    id, rest = row.split("|", 1)
    talk, _, due = rest.rpartition("|")
    talk = talk.strip()
    found = OF_LINK[id.strip()](
        cast(Seen, None), seen_as(talk if talk[0] == "S" else f"{HELLO}|{talk}")
    )
    said = f"{found.value.value} {found.side}".strip() if found else "-"
    assert said == due.strip(), found


def test_lengths() -> None:
    for id, talk in (
        ("rfc5321-4.5.3.1.4-client-command-lines", f"{HELLO}|C:NOOP {'a' * 505}{{}}"),
        (
            "rfc5321-4.5.3.1.5-server-reply-lines",
            f"{HELLO}|C:NOOP|S:250 {'a' * 506}{{}}",
        ),
        (
            "rfc5321-4.5.3.1.6-client-text-lines",
            f"{HELLO}|C:DATA|S:354 a|C:..{'a' * 997}{{}}|S:250 a",
        ),
    ):
        for more, value in (("", "pass"), ("a", "fail")):
            found = OF_LINK[id](cast(Seen, None), seen_as(talk.format(more)))
            assert found is not None and found.value.value == value, id


def test_what_is_listed_behind_a_gap_is_no_part_of_the_message() -> None:
    said = (
        *(Turn("C", "inside", b"DATA\r\n"), Turn("S", "inside", b"354 go on\r\n")),
        *(Turn("C", "inside", b"one\r", 5), Turn("C", "inside", b"two\r\n.\r\n")),
        Turn("S", "inside", b"250 taken\r\n"),
    )
    assert dialogue.inside(Flow({}, said)).messages == (b"one\r",)
