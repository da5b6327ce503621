"""interop report - RESULTS.md and the static site of a run."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from typing import Iterator

from matrix import hellos
from matrix.claims import answer, evidence, safety
from matrix.claims.gathering import Gathering
from matrix.complaint import GAPS, Complaint
from matrix.model import Observation, Run
from matrix.places import ROOT, Places
from matrix.report import clauses, ietf, library, proof, readings
from matrix.report.blocks import Block, Chapter, Heading
from matrix.report.chapters import Book
from matrix.report.library import Library
from matrix.report.view import Entry, View, assemble
from matrix.store import Store

HELP = "write RESULTS.md and build/site/index.html from a run"


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", nargs="?", type=Path, help="run file (default: latest)")
    parser.add_argument(
        "--results",
        type=Path,
        default=ROOT / "RESULTS.md",
        metavar="FILE",
        help="default: RESULTS.md",
    )
    parser.add_argument(
        "--site", type=Path, metavar="FOLDER", help="default: build/site"
    )
    parser.add_argument(
        "--ietf",
        metavar="FILE",
        help="an implementation report (RFC 5657) instead; - prints it",
    )
    parser.add_argument("--author", default="", metavar="NAME", help="of that report")


def main(places: Places, given: argparse.Namespace) -> int:
    """0; what the run came to is said by judge and run."""
    if given.ietf:
        return _ietf(places, given)
    if given.author:
        raise Complaint("--author is for an implementation report: --ietf FILE")
    # Only a report needs templates; nothing else of the suite waits for them.
    from matrix.report import results_md, site

    store = Store.open(given.run or places.latest)
    folder = given.site or places.build / "site"
    try:
        written = library.load(places)
        reader = Reader(places, store, written)
        view, made = site.write(
            store,
            folder,
            written.scenarios,
            Book(reader.chapters, clauses.places(written.rules), (reader.take,)),
        )
    except ValueError as error:
        raise Complaint(str(error)) from None
    except OSError as error:
        raise _unwritten(folder, error, "--site FOLDER") from None
    opening = (Heading(answer.HEAD), *reader.opening)
    _replace(given.results, results_md.render(view, opening, reader.appendix, made))
    store.close()
    print(f"{os.path.relpath(given.results)}, {os.path.relpath(folder)}/index.html")
    return 0


def _unwritten(path: Path, error: OSError, option: str) -> Complaint:
    """A file system does not always say which file it has no room for."""
    return Complaint(
        f"{error.filename or path} cannot be written: {error.strerror or error}; "
        f"make room or give another place with {option}, then report again",
        GAPS,
    )


def _ietf(places: Places, given: argparse.Namespace) -> int:
    """The report by RFC 5657; needs what was judged, and not what was seen."""
    store = Store.open(given.run or places.latest)
    try:
        written = library.load(places)
        view = assemble(store, written.scenarios)
    except ValueError as error:
        raise Complaint(str(error)) from None
    text = ietf.render(
        view, written.rules, written.ledger, written.documents, given.author
    )
    store.close()
    if given.ietf == "-":
        print(text, end="")
    else:
        _replace(Path(given.ietf), text)
        print(os.path.relpath(given.ietf))
    return 0


class Reader:
    """What a run says to the question of 2001: reads its cells as the site takes them,
    and is the chapters of the site then."""

    def __init__(self, places: Places, store: Store, written: Library) -> None:
        roles = evidence.load(places.tables / "claims" / "witnesses.toml")
        self._name = store.about().get("run", store.path.name)
        self._written = written
        self._gathering = Gathering(store.peers(), roles, hellos.recorded())
        self.opening: tuple[Block, ...] = ()
        self.appendix: tuple[Block, ...] = ()

    def take(self, entry: Entry, run: Run | None, seen: Observation | None) -> None:
        self._gathering.take(entry.cell, seen)

    def chapters(self, view: View) -> Iterator[Chapter]:
        """The answer, then the pages of clauses, of rule sets and of notes."""
        sets, rules = self._written.sets, self._written.rules
        judged = {e.cell.id: e.judgement for e in view.entries}
        seen = self._gathering.evidence(self._name, lambda: judged)
        guards = safety.gather(dict(sorted(judged.items())))
        paid = self._gathering.price()
        self.opening = answer.opening(sets, seen, paid, guards)
        self.appendix = answer.appendix(sets, seen, whole=False)
        blocks = (*self.opening, *answer.appendix(sets, seen))
        yield Chapter("answer.html", answer.HEAD, blocks, "Answer")
        yield from clauses.chapters(self._written, proof.proofs(view.entries, rules))
        yield from readings.chapters(self._written)


def _replace(path: Path, text: str) -> None:
    """All of it or nothing: half a page would be believed."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, delete=False, encoding="utf-8"
        ) as made:
            made.write(text)
        os.chmod(made.name, 0o644)
        os.replace(made.name, path)
    except OSError as error:
        raise _unwritten(path, error, "--results FILE") from None
