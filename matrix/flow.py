"""flow - reads and writes flows, the one text format of what passed.

The grammar is on one page, vectors/README.md; lib/flow.c writes the same.
Everything here may come from a peer that is wrong on purpose: a line that is
not understood is a ValueError with its number, never a guess.

It is read in one of two ways with one result: whole turns and facts at once, of
which most were read before (sessions are much alike); or, where anything is not
as our programs write it, line by line.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Iterator

from matrix.model import Flow, Turn

_LAYERS = ("smtp", "tls", "inside")
_META = re.compile(r"([a-z][a-z0-9.-]*): (.*)", re.ASCII)
_FACT_NAME = re.compile(r"[a-z][a-z0-9._-]*", re.ASCII)
_ESCAPE = re.compile(r'\\(?:x[0-9a-fA-F]{2}|[rn"\\])|[^\\]', re.ASCII | re.DOTALL)
_HEX_LINE = 32  # octets a line, as lib/flow.c has it
_TEXT_LINE = 128
_CONNECTION = "connection: "
_EXIT = "= exit "
_HEAD = re.compile(r"([a-z][a-z0-9.-]*): ([^\n]*)\n")
# A turn with its lines, facts, or an empty line.
_PIECE = re.compile(
    r"([CS])> (smtp|tls|inside)\n((?:  [^\n]*\n)*)|((?:= [^\n]*\n)+)|\n"
)
_KEPT = 2000  # characters: what is longer is no commonplace


class _Open:
    """The turn being read."""

    __slots__ = ("sender", "layer", "hex", "parts", "more", "line")

    def __init__(self, sender: str, layer: str, line: int) -> None:
        self.sender, self.layer, self.line = sender, layer, line
        self.hex: list[str] = []
        self.parts: list[bytes] = []
        self.more = 0

    def text(self, line: str, number: int) -> None:
        """One line in quotes."""
        self.settle()
        if len(line) < 4 or line[-1] != '"':
            raise ValueError(f"line {number}: a string without its closing quote")
        body = line[3:-1]
        # Nearly every line is plain text that ends in CR LF.
        if body.endswith("\\r\\n") and "\\" not in body[:-4] and '"' not in body:
            body, ending = body[:-4], b"\r\n"
            if body.isascii() and body.isprintable():
                self.parts.append(body.encode("ascii") + ending)
                return
            raise ValueError(f"line {number}: an octet that must be written \\xHH")
        self.parts.append(_unescape(body, number, quote=True).encode("latin-1"))

    def settle(self) -> None:
        """Turns the digits read so far into octets."""
        if self.hex:
            try:
                self.parts.append(bytes.fromhex("".join(self.hex)))
            except ValueError as e:
                why = str(e)
                raise ValueError(f"line {self.line}: in this turn: {why}") from None
            self.hex.clear()

    def turn(self) -> Turn:
        self.settle()
        return Turn(self.sender, self.layer, b"".join(self.parts), self.more)


def parse(text: str) -> Flow:
    """Reads one flow.

    A turn in which octets follow a gap (``... N``) becomes two turns, so that
    ``Turn.more`` always counts octets *after* ``Turn.data``.  Raises
    ValueError("line N: ...") for anything outside the grammar.
    """
    return _read(text, 0, len(text))


def _read(text: str, start: int, end: int) -> Flow:
    """The flow in a part of a text."""
    part = text[start:end]
    try:
        return _pieces(part if part.endswith("\n") else part + "\n")
    except ValueError:
        return _parse(part.split("\n"), 1 + text.count("\n", 0, start))


def _pieces(text: str) -> Flow:
    """A flow as our programs write one.  ValueError if anything in it is otherwise:
    then it is for ``_parse`` to say what."""
    meta: dict[str, str] = {}
    turns: list[Turn] = []
    facts: list[tuple[str, str]] = []
    at = 0
    while head := _HEAD.match(text, at):
        if head[1] in meta:
            raise ValueError
        meta[head[1]], at = head[2], head.end()
    for piece in _PIECE.finditer(text, at):
        if piece.start() != at:
            raise ValueError
        at = piece.end()
        sender, layer, body, said = piece.groups()
        if said:
            facts.extend(map(_known_fact, said[:-1].split("\n")))
        elif sender and len(body) > _KEPT:
            turns.append(_turn(sender, layer, body))
        elif sender:
            turns.append(_known_turn(sender, layer, body))
    if at != len(text):
        raise ValueError
    return Flow(meta, tuple(turns), tuple(facts))


def _turn(sender: str, layer: str, body: str) -> Turn:
    """A turn with its lines, of one kind, and at most one gap at the end."""
    gap, more = body.find("  ... "), 0
    if gap >= 0 and body.find("\n", gap) == len(body) - 1:
        body, more = body[:gap], _count(body[gap:-1], 0)
    if '"' not in body:
        return Turn(sender, layer, bytes.fromhex(body), more)
    turn = _Open(sender, layer, 0)
    for line in body.split("\n")[:-1]:
        if line[2:3] != '"':
            raise ValueError
        turn.text(line, 0)
    turn.more = more
    return turn.turn()


@lru_cache(maxsize=4096)
def _known_turn(sender: str, layer: str, body: str) -> Turn:
    return _turn(sender, layer, body)


@lru_cache(maxsize=4096)
def _known_fact(line: str) -> tuple[str, str]:
    return _fact(line, 0)


def _parse(lines: list[str], first: int) -> Flow:
    meta: dict[str, str] = {}
    turns: list[Turn] = []
    facts: list[tuple[str, str]] = []
    turn: _Open | None = None
    body = False  # past the meta lines
    for number, line in enumerate(lines, first):
        start = line[:2]
        if start == "  " and turn is not None:
            third = line[2:3]
            if third == '"':
                if turn.more:
                    turns.append(turn.turn())
                    turn = _Open(turn.sender, turn.layer, number)
                turn.text(line, number)
            elif third == ".":
                turn.settle()
                turn.more += _count(line, number)
            else:
                if turn.more:
                    turns.append(turn.turn())
                    turn = _Open(turn.sender, turn.layer, number)
                turn.hex.append(line.partition("#")[0] if "#" in line else line)
        elif start in ("C>", "S>"):
            if turn is not None:
                turns.append(turn.turn())
            if line[2:3] != " " or line[3:] not in _LAYERS:
                raise ValueError(
                    f"line {number}: a turn must be on smtp, tls or inside"
                )
            turn, body = _Open(line[0], line[3:], number), True
        elif start == "= ":
            facts.append(_fact(line, number))
            body = True
        elif not line or line.isspace() or line.startswith("#"):
            continue
        elif not body and (m := _META.fullmatch(line)):
            if m[1] in meta:
                raise ValueError(f"line {number}: {m[1]} is there twice")
            meta[m[1]] = m[2]
        else:
            raise ValueError(f"line {number}: not understood: {line[:60]!r}")
    if turn is not None:
        turns.append(turn.turn())
    return Flow(meta, tuple(turns), tuple(facts))


def _count(line: str, number: int) -> int:
    digits = line[6:]
    if line[2:6] != "... " or not digits.isdecimal() or len(digits) > 12:
        raise ValueError(f"line {number}: '... COUNT' expected")
    return int(digits)


def _fact(line: str, number: int) -> tuple[str, str]:
    name, blank, value = line[2:].partition(" ")
    if not _FACT_NAME.fullmatch(name):
        raise ValueError(f"line {number}: a fact needs a name: {line[:60]!r}")
    if "\\" in value:
        value = _unescape(value, number, quote=False)
    return name, value


def _unescape(body: str, number: int, quote: bool) -> str:
    out: list[str] = []
    position = 0
    for m in _ESCAPE.finditer(body):
        token = m[0]
        if m.start() != position or (len(token) == 1 and not _plain(token, quote)):
            break
        position = m.end()
        out.append(token if len(token) == 1 else _octet(token))
    if position != len(body):
        raise ValueError(f"line {number}: {body[position : position + 8]!r} in a text")
    return "".join(out)


def _plain(character: str, quote: bool) -> bool:
    return " " <= character < "\x7f" and not (quote and character == '"')


def _octet(token: str) -> str:
    if token[1] == "x":
        return chr(int(token[2:], 16))
    return {"r": "\r", "n": "\n"}.get(token[1], token[1])


def parse_record(text: str) -> tuple[tuple[Flow, ...], str]:
    """Reads a program's record of a session.

    Gives the flows, one a connection, and the value of the last ``= exit``
    line ("" if there is none).  The exit line is not in the flows' facts: it
    is about the process.  Raises ValueError("line N: ...").
    """
    text, end = _exit(text)
    starts = list(_begins(text))
    if not starts and text.strip():
        starts = [0]
    if starts and text[: starts[0]].strip():
        raise ValueError("line 1: a record begins with 'connection: 1'")
    bounds = [*starts, len(text)]
    return tuple(_read(text, a, b) for a, b in zip(bounds, bounds[1:])), end


def _begins(text: str) -> Iterator[int]:
    """Where a line begins with what a connection begins with."""
    at = 0 if text.startswith(_CONNECTION) else text.find("\n" + _CONNECTION) + 1
    while text.startswith(_CONNECTION, at):
        yield at
        at = text.find("\n" + _CONNECTION, at) + 1 or len(text)


def _exit(text: str) -> tuple[str, str]:
    """A record with an empty line for its last exit line, and what that says."""
    at = text.rfind("\n" + _EXIT) + 1
    if not text.startswith(_EXIT, at):
        return text, ""
    line = text[at:].partition("\n")[0]
    return text[:at] + text[at + len(line) :], line[len(_EXIT) :].strip()


def dump(flow: Flow) -> str:
    """Writes a flow; ``parse`` gives the same Flow back."""
    return "".join(f"{line}\n" for line in _lines(flow))


def _lines(flow: Flow) -> Iterator[str]:
    for name, value in flow.meta.items():
        yield f"{name}: {value}"
    for turn in flow.turns:
        yield f"{turn.sender}> {turn.layer}"
        listing = _hex_lines if turn.layer == "tls" else _text_lines
        yield from (f"  {line}" for line in listing(turn.data))
        if turn.more:
            yield f"  ... {turn.more}"
    for name, value in flow.facts:
        yield f"= {name} {escape(value, quote=False)}"


def _hex_lines(data: bytes) -> Iterator[str]:
    for i in range(0, len(data), _HEX_LINE):
        yield data[i : i + _HEX_LINE].hex()


def _text_lines(data: bytes) -> Iterator[str]:
    for line in data.splitlines(keepends=True):
        for i in range(0, len(line), _TEXT_LINE):
            piece = line[i : i + _TEXT_LINE].decode("latin-1")
            yield f'"{escape(piece, quote=True)}"'


def escape(text: str, quote: bool = True) -> str:
    """Text as a flow has it: \\r \\n \\\\ \\xHH, and \\" if ``quote``.

    Characters above U+00FF, which no octet stands for, become ``?``.
    """
    plain = text.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n")
    if quote:
        plain = plain.replace('"', '\\"')
    if plain.isascii() and plain.isprintable():
        return plain
    return "".join(map(_escaped, plain))


def _escaped(character: str) -> str:
    if " " <= character < "\x7f":
        return character
    return f"\\x{ord(character):02x}" if ord(character) < 0x100 else "?"
