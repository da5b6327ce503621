"""blocks - a text as values: headings, sentences and tables, with cells in them that
show what is said; and the same as Markdown.

A page of the site is made from the same blocks (templates/chapter.html), so that
both say the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Iterable, Iterator, Sequence, Union

from matrix.report.escape import code, markdown


@dataclass(frozen=True, slots=True)
class Code:
    """A name or a command, as it is written."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """What a reader who is in a hurry takes home."""

    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the run that shows what was said; ``how``: what was seen in it.

    In Markdown it is a number, or ``label``, that leads to the list of such cells
    (Cited)."""

    id: str
    how: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Another place: of the site by its path there, or of the same page by #."""

    text: str
    to: str


@dataclass(frozen=True, slots=True)
class Break:
    """A new line."""


Part = Union[str, Code, Strong, Cell, Link, Break]
Line = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """``level`` 2 is a section, 3 a part of one."""

    text: str
    level: int = 2
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    line: Line


@dataclass(frozen=True, slots=True)
class Points:
    """A list."""

    lines: tuple[Line, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; the first box of each row is its head."""

    title: str  # for who cannot see it
    head: tuple[Line, ...]
    rows: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Cited:
    """The place of the list of all cells that the text names."""


Block = Union[Heading, Paragraph, Points, Grid, Cited]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A page of text beside those of the cells."""

    path: str  # below the site's folder
    title: str
    blocks: tuple[Block, ...]
    short: str = ""  # its name in the way on top of every page; "" it is not there


@dataclass(slots=True)
class Numbers:
    """The cells that a text names, numbered as they come."""

    found: dict[str, tuple[int, Cell]] = field(default_factory=dict)

    def of(self, cell: Cell) -> int:
        """Its number; a new one if it has none."""
        number, _ = self.found.setdefault(cell.id, (len(self.found) + 1, cell))
        return number


def cited(blocks: Iterable[Block]) -> Numbers:
    """All cells that a text names, numbered as they come."""
    numbers = Numbers()
    for line in lines(blocks):
        for part in line:
            if isinstance(part, Cell):
                numbers.of(part)
    return numbers


def lines(blocks: Iterable[Block]) -> Iterator[Line]:
    """Every line of a text."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.line
        elif isinstance(block, Points):
            yield from block.lines
        elif isinstance(block, Grid):
            yield from block.head
            for row in block.rows:
                yield from row


def as_markdown(blocks: Sequence[Block], numbers: Numbers) -> Iterator[str]:
    """The text in lines of Markdown, with a blank one behind each block.  ``numbers``
    are of all that it is a part of (cited)."""
    for block in blocks:
        yield from _block(block, numbers)
        yield ""


def _block(block: Block, numbers: Numbers) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"{'#' * block.level} {block.text}"
    elif isinstance(block, Paragraph):
        yield _line(block.line, numbers)
    elif isinstance(block, Points):
        for number, line in enumerate(block.lines, 1):
            yield f"{f'{number}.' if block.numbered else '-'} {_line(line, numbers)}"
    elif isinstance(block, Grid):
        yield _row(block.head, numbers)
        yield "|" + "---|" * len(block.head)
        yield from (_row(row, numbers) for row in block.rows)
    else:
        yield from _list(numbers)


def _row(row: Sequence[Line], numbers: Numbers) -> str:
    return "| " + " | ".join(_line(line, numbers) for line in row) + " |"


def _list(numbers: Numbers) -> Iterator[str]:
    yield "| | cell | what was seen in it |"
    yield "|---|---|---|"
    for number, cell in numbers.found.values():
        anchor = f'<a id="{_anchor(number)}"></a>{number}'
        yield f"| {anchor} | {code(cell.id)} | {markdown(cell.how)} |"


def _anchor(number: int) -> str:
    return f"cell-{number}"


def _line(line: Line, numbers: Numbers) -> str:
    return "".join(_part(part, numbers) for part in line)


def _part(part: Part, numbers: Numbers) -> str:
    if isinstance(part, str):
        return markdown(part)
    if isinstance(part, Code):
        return code(part.text)
    if isinstance(part, Strong):
        return f"**{markdown(part.text)}**"
    if isinstance(part, Break):
        return "<br>"
    if isinstance(part, Link):
        return markdown(part.text)
    number = numbers.of(part)
    label = markdown(part.label) or f"\\[{number}\\]"
    return f"[{label}](#{_anchor(number)})"
