"""transcript - a flow as steps to be read: SMTP by line, TLS by record."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matrix.model import Flow, Turn
from matrix import registry
from matrix.report import words
from matrix.report.escape import octets, plain
from matrix.report.records import summarise

_LINE = 16  # octets a line of a dump
_ASCII = bytes(c if 32 <= c < 127 else ord(".") for c in range(256))
_LINES = re.compile(rb"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class Step:
    """One turn.  ``lines`` are printable and hold no control characters; they
    are not escaped for HTML."""

    sender: str
    layer: str
    lines: tuple[str, ...]
    data: bytes
    more: int


def steps(flow: Flow) -> tuple[Step, ...]:
    """The steps of one connection, one a turn."""
    return tuple(
        Step(turn.sender, turn.layer, lines or _smtp(turn), turn.data, turn.more)
        for turn, lines in zip(flow.turns, summarise(flow))
    )


def _smtp(turn: Turn) -> tuple[str, ...]:
    """Lines of SMTP; CR LF at the end is not shown, any other ending is."""
    lines = []
    for line in _LINES.findall(turn.data):
        if line.endswith(b"\r\n"):
            lines.append(octets(line[:-2]))
        elif line.endswith(b"\n") or turn.more:
            lines.append(octets(line))
        else:
            lines.append(octets(line) + "  (no line end)")
    if turn.more:
        lines.append(f"... {words.count(turn.more, 'octet')} not listed")
    return tuple(lines) or ("nothing",)


def dump(data: bytes, limit: int = 0) -> tuple[str, ...]:
    """Octets as lines of offset, hex and ASCII; at most ``limit`` octets (0: all)."""
    shown = data[:limit] if limit else data
    text = shown.translate(_ASCII).decode("ascii")
    return tuple(
        f"{at:04x}  {shown[at : at + _LINE].hex(' '):<47}  {text[at : at + _LINE]}"
        for at in range(0, len(shown), _LINE)
    )


def same(one: Flow, other: Flow) -> bool:
    """Whether two taps list the same octets on every layer, however cut."""
    return all(
        one.octets(sender, layer) == other.octets(sender, layer)
        for sender in "CS"
        for layer in ("smtp", "tls", "inside")
    )


def fact_value(name: str, value: str) -> str:
    """A fact as it is shown: printable, with the registry's name beside a number."""
    if name.startswith("tls.alert.") and value.isdecimal() and len(value) < 4:
        return registry.alert(int(value))
    if name == "tls.suite" and len(value) == 4:
        try:
            return registry.suite(int(value, 16))
        except ValueError:
            return plain(value)
    return plain(value)
