"""ascii - text for a plain file: seven bits, and no line of more than 72 columns."""

from __future__ import annotations

from typing import Iterator

from matrix.report.escape import plain

WIDTH = 72


def seven_bits(text: str) -> str:
    """Text of a peer or of anybody as printable ASCII."""
    return plain(text).encode("ascii", "backslashreplace").decode("ascii")


def wrapped(text: str, first: str = "", rest: str | None = None) -> Iterator[str]:
    """Lines of a paragraph.  ``first`` begins the first line, ``rest`` the others
    (as many blanks as ``first`` has).  A word that is too long for a line goes on in
    the next, cut behind a slash if it has one: ids of cells are long."""
    head, indent = first, " " * len(first) if rest is None else rest
    line = ""
    for word in seven_bits(text).split():
        while word:
            room = WIDTH - len(head)
            if len(line) + bool(line) + len(word) <= room:
                line += f" {word}" if line else word
                break
            if line:
                yield f"{head}{line}"
                head, line = indent, ""
                continue
            cut = word.rfind("/", 0, room) + 1 or room
            yield f"{head}{word[:cut]}"
            head, word = indent, word[cut:]
    if line or head == first:
        yield f"{head}{line}".rstrip()


def centred(text: str) -> Iterator[str]:
    """A title."""
    for line in wrapped(text, "", ""):
        yield line.center(WIDTH).rstrip()
