"""dialogue - SMTP as the octets show it: commands and the replies to them.

The fourth witness, of which no program is asked either: what a tap recorded in clear
or inside TLS, in the order in which that side saw it.  The octets may be anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Iterator, Sequence

from matrix.model import Flow

GREETING, MESSAGE = b"", b"."  # what is answered without being a command


@dataclass(frozen=True, slots=True)
class Exchange:
    """A command with its reply, or what else there was a reply to."""

    command: bytes  # the line without CRLF; GREETING, MESSAGE
    reply: tuple[bytes, ...] = ()  # its lines without CRLF; () none came
    early: bool = False  # sent before the reply to what came before it
    asked: bool = True  # False: a reply, and nothing that it could be one to

    @property
    def verb(self) -> str:
        """The command's first word in capitals."""
        word = self.command.partition(b" ")[0]
        return word.decode("ascii", "replace").upper()

    @property
    def words(self) -> str:
        """What stands behind the verb."""
        return self.command.partition(b" ")[2].decode("ascii", "replace")

    @property
    def code(self) -> str:
        """The reply's code; "" if there was none."""
        return self.reply[-1][:3].decode("ascii", "replace") if self.reply else ""

    @property
    def text(self) -> str:
        """The text of the reply's last line."""
        return self.reply[-1][4:].decode("ascii", "replace") if self.reply else ""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One layer of a connection."""

    exchanges: tuple[Exchange, ...]
    messages: tuple[bytes, ...]  # of each, what is listed without a gap: dots and all
    commands: bytes  # all octets of the client that are not of a message


def plain(flow: Flow) -> Dialogue:
    """What passed in clear."""
    return _of(flow, "smtp")


def inside(flow: Flow) -> Dialogue:
    """What passed inside TLS."""
    return _of(flow, "inside")


# The last flow of each layer: some fifty checks ask for the same one in turn.
_last: dict[str, tuple[Flow, Dialogue]] = {}


def _of(flow: Flow, layer: str) -> Dialogue:
    known = _last.get(layer)
    if known is None or known[0] is not flow:
        known = flow, _read(_turns(flow, layer), layer == "smtp")
        _last[layer] = known
    return known[1]


_Turn = tuple[str, bytes, int]


def _turns(flow: Flow, layer: str) -> tuple[_Turn, ...]:
    return tuple((t.sender, t.data, t.more) for t in flow.turns if t.layer == layer)


@lru_cache(maxsize=8192)
def _read(turns: tuple[_Turn, ...], greets: bool) -> Dialogue:
    reader = _Reader(greets)
    for sender, data, more in turns:
        if sender == "C":
            reader.client(data, more)
        else:
            reader.server(data)
    return Dialogue(
        tuple(reader.finished()), tuple(reader.messages), b"".join(reader.commands)
    )


class _Reader:
    """Pairs commands with replies: replies come in the order of the commands."""

    def __init__(self, greets: bool) -> None:
        self.done: list[Exchange] = []
        self.due = [Exchange(GREETING)] if greets else []
        self.messages: list[bytes] = []
        self.commands: list[bytes] = []
        self.sends_message = False
        self.broken_off = False  # octets of the message are not listed
        self.said = self.heard = b""  # of a line that is not whole yet
        self.lines: list[bytes] = []  # of a reply that is not whole yet

    def client(self, data: bytes, more: int) -> None:
        if self.sends_message:
            if not self.broken_off:  # what is listed behind a gap is not next to it
                self.messages[-1] += data
            self.broken_off = self.broken_off or more > 0
            return
        self.commands.append(data)
        *lines, self.said = (self.said + data).split(b"\r\n")
        for line in lines:
            self.due.append(Exchange(line, early=bool(self.due)))
        if more:
            self.due.append(Exchange(self.said, early=bool(self.due)))
            self.said = b""

    def server(self, data: bytes) -> None:
        *lines, self.heard = (self.heard + data).split(b"\r\n")
        for line in lines:
            self.lines.append(line)
            if line[3:4] != b"-":
                self.answer(tuple(self.lines))
                self.lines = []

    def answer(self, reply: tuple[bytes, ...]) -> None:
        if self.sends_message:
            self.sends_message = False
            self.done.append(Exchange(MESSAGE, reply))
            return
        if not self.due:
            self.done.append(Exchange(GREETING, reply, asked=False))
            return
        next_ = self.due.pop(0)
        self.done.append(Exchange(next_.command, reply, next_.early))
        if next_.verb == "DATA" and reply[-1][:1] == b"3":
            self.sends_message, self.broken_off = True, False
            self.messages.append(b"")

    def finished(self) -> Iterator[Exchange]:
        yield from self.done
        yield from self.due


def after(exchanges: Sequence[Exchange], command: str) -> Sequence[Exchange]:
    """What came behind the first command with that verb."""
    for i, each in enumerate(exchanges):
        if each.verb == command:
            return exchanges[i + 1 :]
    return ()
