"""sections - the sections of all cells, kept on the disk until the pages are written
that have them: those of a large run are more than the rest of a report together."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Mapping

from markupsafe import Markup

from matrix.model import Observation, Run
from matrix.report.section import Page
from matrix.report.view import Entry
from matrix.report.where import Where


class Sections:
    """Takes the cells of a run in the order of its plan, which is that of the pages;
    use it with ``with``.  OSError if there is no room in ``folder``."""

    def __init__(self, folder: Path, where: Where, clauses: Mapping[str, str]) -> None:
        self._where, self._clauses = where, clauses
        self._pages: dict[str, Page] = {}
        self._places: dict[str, tuple[int, int]] = {}  # cell -> where, octets
        self._end = 0
        self._file = tempfile.TemporaryFile(dir=folder)

    def __enter__(self) -> Sections:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def take(self, entry: Entry, run: Run | None, seen: Observation | None) -> None:
        """Makes the section of a cell."""
        page = self._page(entry.cell.id) if run else Page(self._where)
        made = page.section(entry, run, seen).encode()
        self._file.write(made)
        self._places[entry.cell.id] = self._end, len(made)
        self._end += len(made)

    def __getitem__(self, cell: str) -> Markup:
        """The section of a cell, by its id."""
        start, octets = self._places[cell]
        self._file.seek(start)
        return Markup(self._file.read(octets).decode())

    def _page(self, cell: str) -> Page:
        path = self._where.page(cell)
        if path not in self._pages:
            self._pages[path] = Page(self._where, path.count("/"), self._clauses)
        return self._pages[path]
