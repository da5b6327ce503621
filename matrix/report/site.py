"""site - writes the static site of a run: index, libraries, a page a pair and a cell.

Files are plain HTML with relative links: they open from a folder without a server,
without JavaScript and without the network.  A cell's page is ``cell/ID.html``.
"""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Callable, Iterator, Mapping, Sequence

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from matrix import scenarios as scenario_files
from matrix.model import GAPS, Cell, Judgement, Observation, Peer, Run, Value
from matrix.observe import observe
from matrix.report import cell_page, chapters, skew, skew_page, words
from matrix.report.blocks import Chapter
from matrix.report.contents import tables
from matrix.report.escape import plain
from matrix.report.groups import findings, reasons
from matrix.report.squares import pair_matrix
from matrix.report.view import Entry, Seen, Source, View, about_lines, assemble
from matrix.report.view import run_name, see, tally
from matrix.scenarios import Scenario

GENERATOR = "interop report"
_HERE = Path(__file__).parent
_COPIED = ("style.css", "filter.js")
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
    book: Callable[[View], Sequence[Chapter]] = lambda view: (),
) -> View:
    """Writes the whole site into ``folder`` and gives the View of the run, so that
    RESULTS.md need not read it again.

    ``book`` makes the pages that are text.  ``scenarios`` say what each scenario
    asks; by default those of matrix/scenarios.  Pages of an older run are removed
    first.  ValueError if ``folder`` has something else in it, or the run file is not
    ours; OSError if it cannot be written.
    """
    if scenarios is None:
        scenarios = scenario_files.load(_HERE.parent / "scenarios")
    _clear(folder)
    bare = assemble(source, scenarios, {})
    pages = environment(run_name(bare))
    seen = dict(_cells(bare, source.runs(), pages, folder))
    view = assemble(source, scenarios, seen)
    for name in _COPIED:
        shutil.copyfile(_HERE / name, folder / name)
    told = tuple(book(view))
    pages.globals.update(chapters=[chapter for chapter in told if chapter.short])
    for path, text in (*overview(view, pages), *chapters.pages(told, pages)):
        _put(folder / path, text)
    return view


def environment(run: str) -> Environment:
    """The templates.  Every value is escaped, and made printable before that."""
    pages = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=_printable,
    )
    pages.globals.update(marks=MARKS, generator=GENERATOR, run_name=run, root="")
    pages.globals.update(chapters=[], cell_path=cell_path)
    return pages


def cell_path(root: str, cell: str) -> str:
    """Where a cell's page is, from a page with this way to the site's folder."""
    return f"{root}cell/{cell}.html"


def _printable(value: object) -> object:
    """Control and invisible characters are shown, never sent to the browser."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return plain(value)
    return value


def _mark(value: Value, named: bool) -> Markup:
    """A verdict as letter, shape and colour; the word is there for who sees none."""
    letter = Markup.escape(words.LETTERS[value])
    word = f'<span class="word"> {value.value} </span>' if named else ""
    title = f' title="{value.value}"' if named else ""
    return Markup(
        f'<span class="v {value.value}"{title}>'
        f'<span aria-hidden="true">{letter}</span>{word}</span>'
    )


MARKS: Mapping[Value, Markup] = {value: _mark(value, True) for value in Value}


def _clear(folder: Path) -> None:
    """Removes the pages of an older run; refuses to touch anything else."""
    index = folder / "index.html"
    if folder.exists() and any(folder.iterdir()):
        head = index.read_text("utf-8")[:2000] if index.is_file() else ""
        if f'content="{GENERATOR}"' not in head:
            raise ValueError(
                f"{folder} has files that are not a report; give an empty folder"
            )
        for name in ("cell", "pair", *chapters.FOLDERS):
            shutil.rmtree(folder / name, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    # Until the index is written a folder cut short says what it is.
    index.write_text(UNFINISHED, encoding="utf-8")


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _cells(
    view: View, runs: Iterator[Run], pages: Environment, folder: Path
) -> Iterator[tuple[str, Seen]]:
    """Writes every cell's page; yields what was seen of those that ran."""
    entries = {entry.cell.id: entry for entry in view.entries}
    peers = (*view.clients, *view.replaying, *view.servers)
    versions = {(peer.role, peer.id): peer.version for peer in peers}

    def put(entry: Entry, run: Run | None, observation: Observation | None) -> None:
        scenario = view.scenarios.get(entry.cell.scenario)
        asks = scenario.asks if scenario else ""
        text = cell_text(
            pages, entry.cell, entry.judgement, versions, asks, run, observation
        )
        _put(folder / "cell" / f"{entry.cell.id}.html", text)

    for run in runs:
        entry = entries.pop(run.cell, None)
        if entry is not None:
            observation = observe(run)
            put(entry, run, observation)
            yield run.cell, see(run, observation)
    for entry in entries.values():
        put(entry, None, None)


def cell_text(
    pages: Environment,
    cell: Cell,
    judgement: Judgement,
    versions: Mapping[tuple[str, str], str],
    asks: str,
    run: Run | None,
    observation: Observation | None,
) -> str:
    """The page of one cell."""
    values = cell_page.context(cell, judgement, versions, asks, run, observation)
    return pages.get_template("cell.html").render(values)


def overview(view: View, pages: Environment) -> Iterator[tuple[str, str]]:
    """Every other page as (path, text)."""
    yield "index.html", pages.get_template("index.html").render(_index(view))
    yield "peers.html", pages.get_template("peers.html").render(
        libraries=list(_libraries(view))
    )
    yield from skew_page.pages(view, pages)
    pairs = view.pairs()
    template = pages.get_template("pair.html")
    for (client, server), entries in pairs.items():
        back = f"../../pair/{server}/{client}.html"
        yield f"pair/{client}/{server}.html", template.render(
            root="../../",
            client=client,
            server=server,
            entries=entries,
            reverse=back if client != server and (server, client) in pairs else "",
            tally=[(v, n) for v, n in tally(entries).items()],
            scenario_names=list(dict.fromkeys(e.cell.scenario for e in entries)),
        )


def _index(view: View) -> dict[str, object]:
    counts = view.counts()
    matrix = pair_matrix(view)
    gaps = len(view.gaps())
    return {
        "planned": f"{len(view.entries):,}",
        "passed": f"{counts.get(Value.PASS, 0):,}",
        "failed": f"{len(view.failures()):,}",
        "surprises": len(view.surprises()),
        "gap_total": f"{gaps:,}",
        "gap_count": words.count(gaps, "gap"),
        "legend": [
            {
                "value": value,
                "bare": _mark(value, False),
                "number": f"{counts[value]:,}" if value in counts else "",
                "meaning": words.MEANINGS[value],
            }
            for value in words.LETTERS
        ],
        "scenario_names": list(
            dict.fromkeys(
                e.cell.scenario
                for e in view.entries
                if not e.cell.scenario.startswith("hello")
            )
        ),
        "matrix": matrix,
        "skewed": skew.is_due(view),
        "servers": view.servers,
        "grid": [
            {"client": client, "pairs": list(_boxes(view, client, boxes))}
            for client, boxes in matrix.rows
        ],
        "tables": tables(view),
        "findings": findings(view, (Value.FAIL, Value.STRICT_MISS)),
        "gaps": reasons(view, GAPS),
        "open": findings(view, (Value.INFO,)),
        "left_out": reasons(view, (Value.UNSUPPORTED, Value.NOT_APPLICABLE)),
        "not_meant": words.NOT_MEANT,
        "about": about_lines(view),
    }


def _boxes(
    view: View, client: str, boxes: tuple[object, ...]
) -> Iterator[dict[str, object]]:
    pairs = view.pairs()
    for server, items in zip((peer.id for peer in view.servers), boxes):
        counts = Counter(
            (entry.verdict.value, entry.cell.scenario)
            for entry in pairs.get((client, server), ())
        )
        yield {
            "box": items,
            "href": f"pair/{client}/{server}.html",
            "data": ";".join(f"{v} {s} {n}" for (v, s), n in sorted(counts.items())),
        }


def _libraries(view: View) -> Iterator[dict[str, object]]:
    both: dict[str, list[Peer]] = {}
    for peer in (*view.clients, *view.servers):
        both.setdefault(peer.id, []).append(peer)
    for name, peers in sorted(both.items()):
        yield {
            "id": name,
            "peers": peers,
            "about": sorted({k: v for p in peers for k, v in p.about.items()}.items()),
            "contradictions": list(
                dict.fromkeys(
                    word for peer in peers for word in peer.capabilities.contradictions
                )
            ),
        }
