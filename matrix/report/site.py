"""site - writes the static site of a run: index, libraries, scenarios, and the cells
on the pages of their pairs and scenarios (where.py).

Files are plain HTML with relative links: they open from a folder without a server,
without JavaScript and without the network.  A cell's id is its fragment.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Iterable, Iterator, Mapping, Sequence

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from matrix import scenarios as scenario_files
from matrix.model import Value
from matrix.report import chapters, front, lists, skew, skew_page
from matrix.report.blocks import Chapter
from matrix.report.chapters import NO_BOOK, Book
from matrix.report.contents import Contents, contents
from matrix.report.escape import plain
from matrix.report.section import mark
from matrix.report.sections import Sections
from matrix.report.view import Source, View, assemble, read, run_name
from matrix.report.where import Where, where
from matrix.scenarios import Scenario

GENERATOR = "interop report"
_HERE = Path(__file__).parent
_COPIED = ("style.css", "filter.js")
_FOLDERS = ("pair", "scenario", *chapters.FOLDERS)  # of a site, with nothing else
UNFINISHED = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="generator" content="{GENERATOR}"><title>Not finished</title></head>
<body><p>This report was not written to its end. Again: ./interop report</p></body>
</html>
"""


def write(
    source: Source,
    folder: Path,
    scenarios: Mapping[str, Scenario] | None = None,
    book: Book = NO_BOOK,
) -> tuple[View, Contents]:
    """Writes the whole site into ``folder`` and gives the View of the run with its
    tables, so that RESULTS.md need not make them again.

    ``book`` has the pages that are text.  ``scenarios`` say what each scenario
    asks; by default those of matrix/scenarios.  Pages of an older run are removed
    first.  ValueError if ``folder`` has something else in it, or the run file is not
    ours; OSError if it cannot be written.
    """
    if scenarios is None:
        scenarios = scenario_files.load(_HERE.parent / "scenarios")
    _clear(folder)
    bare = assemble(source, scenarios)
    places = where(bare)
    with Sections(folder, places, book.clauses) as sections:
        view = read(source, bare, (sections.take, *book.takers))
        for name in _COPIED:
            shutil.copyfile(_HERE / name, folder / name)
        told = tuple(book.chapters(view))
        made = contents(view)
        pages = environment(run_name(view), places, _links(view, told))
        for path, text in _pages(view, made, sections, places, told, pages):
            _put(folder / path, text)
    return view, made


def _links(view: View, told: Sequence[Chapter]) -> Iterator[tuple[str, str]]:
    """Path and name of what every page leads to."""
    yield "index.html", "Matrix"
    yield from ((chapter.path, chapter.short) for chapter in told if chapter.short)
    if skew.is_due(view):
        yield skew_page.PATH, "Old and new"
    yield "tables.html", "Tables"
    yield "scenarios.html", "Scenarios"
    yield "peers.html", "Libraries"


def environment(
    run: str, places: Where = Where(frozenset()), links: Iterable[tuple[str, str]] = ()
) -> Environment:
    """The templates.  Every value is escaped, and made printable before that."""
    pages = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=_printable,
    )

    def cell_path(root: str, cell: str) -> str:
        """Where a cell is, from a page with this way to the site's folder."""
        return root + places.href(cell)

    pages.globals.update(marks=MARKS, generator=GENERATOR, run_name=run, root="")
    pages.globals.update(links=list(links), cell_path=cell_path)
    return pages


def _printable(value: object) -> object:
    """Control and invisible characters are shown, never sent to the browser."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return plain(value)
    return value


MARKS: Mapping[Value, Markup] = {value: Markup(mark(value)) for value in Value}


def _clear(folder: Path) -> None:
    """Removes the pages of an older run; refuses to touch anything else."""
    index = folder / "index.html"
    if folder.exists() and any(folder.iterdir()):
        head = index.read_text("utf-8")[:2000] if index.is_file() else ""
        if f'content="{GENERATOR}"' not in head:
            raise ValueError(
                f"{folder} has files that are not a report; give an empty folder"
            )
        for name in ("cell", *_FOLDERS):  # cell: of a report before 2026-12
            shutil.rmtree(folder / name, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    # Until the index is written a folder cut short says what it is.
    index.write_text(UNFINISHED, encoding="utf-8")


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _pages(
    view: View,
    made: Contents,
    sections: Sections,
    places: Where,
    told: Sequence[Chapter],
    pages: Environment,
) -> Iterator[tuple[str, str]]:
    """Every page as (path, text); the index last: then the rest is there."""

    def render(name: str, path: str, values: Mapping[str, object]) -> tuple[str, str]:
        root = "../" * path.count("/")
        return path, pages.get_template(name).render(values, root=root, path=path)

    for path, values in lists.pairs(view, sections, places):
        yield render("pair.html", path, values)
    for path, values in lists.scenarios(view, sections, places):
        yield render("scenario.html", path, values)
    yield render("tables.html", "tables.html", {"tables": made.tables})
    yield from skew_page.pages(view, made.old_and_new, pages)
    yield render("scenarios.html", "scenarios.html", lists.table(view, places))
    yield from chapters.pages(told, pages)
    yield render("peers.html", "peers.html", {"libraries": front.libraries(view)})
    yield render("index.html", "index.html", front.index(view))
