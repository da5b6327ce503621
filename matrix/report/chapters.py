"""chapters - the pages of the site that are text: the answer, the clauses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Iterable, Iterator, Mapping, Sequence

from jinja2 import Environment

from matrix.report import blocks
from matrix.report.blocks import Chapter
from matrix.report.view import View

FOLDERS = ("clause",)  # of a site, that have nothing else


def _none(view: View) -> Sequence[Chapter]:
    return ()


@dataclass(frozen=True, slots=True)
class Book:
    """The text of a site: its chapters, and where in them each clause is, by the id
    of its rule."""

    chapters: Callable[[View], Sequence[Chapter]] = _none
    clauses: Mapping[str, str] = field(default_factory=dict)


NO_BOOK = Book()


def pages(chapters: Iterable[Chapter], made: Environment) -> Iterator[tuple[str, str]]:
    """Each as (path, text); ``made`` is what all pages are made with (site.py)."""
    template = made.get_template("chapter.html")
    for chapter in chapters:
        yield chapter.path, template.render(
            root="../" * chapter.path.count("/"),
            path=chapter.path,
            chapter=chapter,
            kind=_kind,
            numbers=blocks.cited(chapter.blocks),
        )


def _kind(value: object) -> str:
    """What a block or a part is, for a template."""
    return type(value).__name__
