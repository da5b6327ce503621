"""pages - the site of report_run's run, and its pages read strictly."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Iterator

import report_run
from matrix.model import Cell
from matrix.report import blocks, site
from matrix.report.blocks import Chapter
from matrix.report.chapters import Book

MADE = report_run.made()
CHAPTER = Chapter(
    "clause/told.html",
    "Told",
    (
        blocks.Heading("Part", 2, "part"),
        blocks.Paragraph((report_run.HOSTILE, blocks.Strong("s"), blocks.Break())),
        blocks.Points((("to ", blocks.Link("part", "#part")),), numbered=True),
        blocks.Grid(
            "Shown",
            ((blocks.Code("h"),), ("i",)),
            (((blocks.Link("all", "index.html"),), (blocks.Cell(report_run.FAILS),)),),
        ),
        blocks.Cited(),
    ),
    "Told",
)
BOOK = Book(lambda _: (CHAPTER,), {"tls-version": "clause/told.html#part"})
VOID = {"meta", "link", "br", "hr", "img", "input"}


class Page(HTMLParser):
    """Reads a page strictly: every element is closed, in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.ids: set[str] = set()
        self.text = ""
        self.trouble: list[str] = []
        self.feed(text)
        self.close()
        self.trouble += [f"<{tag}> is not closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if len(found) != len(attrs):
            self.trouble.append(f"<{tag}> has an attribute twice")
        if found.get("id", "") in self.ids:
            self.trouble.append(f"id {found['id']} is there twice")
        self.ids |= {found["id"]} if "id" in found else set()
        self.tags.append((tag, found))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.trouble.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        self.text += data

    def attributes(self, name: str) -> list[str]:
        return [found[name] for _, found in self.tags if name in found]


@contextmanager
def written() -> Iterator[Path]:
    """The folder of the site."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "site"
        site.write(MADE, folder, report_run.SCENARIOS, BOOK)
        yield folder


def played(cell: Cell) -> bool:
    return "replay" in (cell.client, cell.server)


def page_of(id: str) -> str:
    """Where a cell is shown."""
    scenario, client, server = id.split("/")[:3]
    plays = client == "replay"
    return f"scenario/{scenario}.html" if plays else f"pair/{client}/{server}.html"
