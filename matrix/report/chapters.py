"""chapters - the pages of the site that are text: the answer, the clauses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Iterable, Iterator, Mapping

from jinja2 import Environment

from matrix.report import blocks
from matrix.report.blocks import Chapter
from matrix.report.view import Take, View

FOLDERS = ("clause",)  # of a site, that have nothing else


def _none(view: View) -> Iterable[Chapter]:
    return ()


@dataclass(frozen=True, slots=True)
class Book:
    """The text of a site: its chapters, where in them each clause is, by the id of its
    rule, and who takes cells as they are read because a chapter needs them."""

    chapters: Callable[[View], Iterable[Chapter]] = _none
    clauses: Mapping[str, str] = field(default_factory=dict)
    takers: tuple[Take, ...] = ()


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
