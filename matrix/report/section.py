"""section - what a page of the site shows of one cell.

A line that is read in passing, and behind it the evidence.  On one page the same
evidence is shown once: later cells point to the first that has it.

This is HTML without Jinja, which takes three times as long: a run has tens of
thousands of these.  Whatever is filled in was made printable and escaped.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import blake2b
from html import escape
from itertools import groupby
from typing import Iterable, Iterator, Mapping

from matrix.model import Check, Connection, Judgement, Observation, Run, Value
from matrix.report import evidence, words
from matrix.report.escape import plain
from matrix.report.evidence import Transcript
from matrix.report.text import predicted, when
from matrix.report.view import Entry
from matrix.report.where import Where

_CALM = (Value.PASS, Value.INFO)
_FEW = 3  # turns that are rather told again
_REFERENCES = 8  # transcripts of a page that others are held beside


def mark(value: Value) -> str:
    """A verdict as letter, shape and colour; its word is there for who sees none."""
    name, letter = value.value, escape(words.LETTERS[value])
    return f'<span class="v {name}" role="img" title="{name}">{letter}</span>'


@dataclass(slots=True)
class Page:
    """What a page has shown so far: which evidence, and in which cell."""

    where: Where
    depth: int = 0  # folders between it and the top of the site
    clauses: Mapping[str, str] = field(default_factory=dict)  # of the site, by rule
    shown: dict[bytes, Entry] = field(default_factory=dict)  # by digest
    # What was shown whole, and in which cell.
    passed: tuple[Entry, tuple[str, ...]] | None = None
    transcripts: list[tuple[Entry, Transcript]] = field(default_factory=list)

    def section(
        self, entry: Entry, run: Run | None, observation: Observation | None
    ) -> str:
        """The section of a cell; ``run`` and ``observation`` are None if nothing
        ran."""
        cell, judgement = entry.cell, entry.judgement
        version = entry.seen.version if entry.seen else ""
        told = f" <small>TLS {_text(version)}</small>" if version else ""
        body = "".join(self._body(entry, run, observation))
        return (
            f'<details id="{_text(cell.id)}" class="cell {judgement.verdict.value}">'
            f"<summary>{mark(judgement.verdict)} <b>{_text(self.where.name(cell))}</b>"
            f"{told} {_text(judgement.because)}</summary>{body}</details>"
        )

    def _body(
        self, entry: Entry, run: Run | None, observation: Observation | None
    ) -> Iterator[str]:
        judgement = entry.judgement
        calm = judgement.verdict in _CALM
        yield "<dl>" + "".join(
            f"<dt>{name}</dt><dd>{_text(value)}</dd>"
            for name, value in _about(entry, run, observation)
        )
        yield "</dl>"
        odd = [check for check in judgement.checks if check.value is not Value.PASS]
        if odd:
            because = judgement.because
            yield f'<ul>{"".join(self._check(check, because) for check in odd)}</ul>'
        pieces = [self._passed(entry)]
        connections = observation.connections if observation else ()
        for number, connection in enumerate(connections, 1):
            which = f" of connection {number}" if len(connections) > 1 else ""
            pieces += self._connection(entry, connection, which, calm)
        yield from self._drawn(pieces)

    def _drawn(self, pieces: Iterable[Piece]) -> Iterator[str]:
        """Evidence that is all in one other cell is told in one sentence."""
        for there, group in groupby(pieces, lambda piece: piece.there):
            told = list(group)
            if there is None:
                for piece in told:
                    title = f"<h3>{piece.title}</h3>" if piece.title else ""
                    yield f"{title}{piece.shown}"
            else:
                titles = "; ".join(piece.title for piece in told)
                yield f"<p>{titles}: as in {self._link(there)}</p>"

    def _passed(self, entry: Entry) -> Piece:
        passed = tuple(c.id for c in entry.judgement.checks if c.value is Value.PASS)
        title = f"{words.count(len(passed), 'check')} passed"
        if not passed:
            return Piece("")
        if self.passed is None:
            self.passed = entry, passed
        first, known = self.passed
        less = [id for id in known if id not in passed]
        more = [id for id in passed if id not in known]
        if first is entry or len(less) + len(more) > len(passed) // 2:
            return self._once(entry, title, f"<p>{_text(' '.join(passed))}</p>")
        said = f" without {' '.join(less)}" if less else ""
        said += f"{';' if said else ''} with {' '.join(more)}" if more else ""
        if not said:
            return Piece(title, there=first)
        return Piece("", f"<p>{title}: those of {self._link(first)}{_text(said)}</p>")

    def _connection(
        self, entry: Entry, connection: Connection, which: str, calm: bool
    ) -> Iterator[Piece]:
        facts = evidence.facts(connection, calm)
        yield self._once(entry, f"Facts{which}", facts)
        for remark in evidence.remarks(connection):
            yield Piece("", f'<p class="note">{_text(remark)}</p>')
        for transcript in evidence.transcripts(connection, calm):
            yield self._transcript(entry, transcript, which)
        if not calm and (octets := evidence.octets(connection)):
            title = "Octets of TLS in it"
            lines = evidence.block(octets)
            shown = f"<details><summary>{title}</summary>{lines}</details>"
            first = self._once(entry, title, shown)
            yield replace(first, title="") if first.shown else first

    def _transcript(self, entry: Entry, told: Transcript, which: str) -> Piece:
        """Beside the transcript on the page that is most like it only what is
        different."""
        best, before, behind = entry, 0, 0
        for first, whole in self.transcripts:
            alike = told.beside(whole)
            if sum(alike) > before + behind:
                best, (before, behind) = first, alike
        turns = told.turns[before : len(told.turns) - behind]
        beside = ""
        if before + behind <= max(_FEW, len(turns)) or not turns:
            turns = told.turns
            if len(self.transcripts) < _REFERENCES:
                self.transcripts.append((entry, told))
        else:
            ends = ((before, "before"), (behind, "behind"))
            named = " and ".join(f"{words.count(n, 'turn')} {e}" for n, e in ends if n)
            beside = f"<p>{named} it as in {self._link(best)}</p>"
        text = "\n".join(turns)
        shown = evidence.block(text) + beside
        return self._once(entry, told.title + which, shown)

    def _once(self, entry: Entry, title: str, shown: str) -> Piece:
        """A piece of evidence, or where it is shown already."""
        digest = blake2b(shown.encode(), digest_size=16).digest()
        first = self.shown.setdefault(digest, entry)
        return Piece(title, shown) if first is entry else Piece(title, there=first)

    def _check(self, check: Check, told: str) -> str:
        """A check that is no pass; ``told`` is what stands above."""
        clause = ", ".join(_text(word) for word in (check.clause, check.side) if word)
        said = f" {clause}" if clause else ""
        because = f": {_text(check.because)}" if check.because != told else ""
        code = f"<code>{_text(check.id)}</code>"
        if there := self.clauses.get(check.id):
            code = f'<a href="{"../" * self.depth}{_text(there)}">{code}</a>'
        return f"<li>{mark(check.value)} {code}{said}{because}</li>"

    def _link(self, entry: Entry) -> str:
        name = self.where.name(entry.cell)
        return f'<a href="#{_text(entry.cell.id)}">{_text(name)}</a>'


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence: its HTML, or the cell that has it."""

    title: str
    shown: str = ""
    there: Entry | None = None


def _about(
    entry: Entry, run: Run | None, observation: Observation | None
) -> Iterator[tuple[str, str]]:
    cell, judgement = entry.cell, entry.judgement
    if known := judgement.known:
        link = f" {known.link}" if known.link else ""
        yield "known", f"Known until {known.until}: {known.reason}{link}"
    if judgement.prediction:
        prediction = judgement.prediction
        if prediction.because in judgement.because:  # that is in the line above
            prediction = replace(prediction, because="")
        yield "predicted", predicted(prediction)
    if cell.why:
        yield "why", cell.why
    if run is None:
        yield "ran", "no: " + (cell.reason or "no result arrived")
    else:
        yield "ran", f"{when(run.started)[11:-4]}, {run.milliseconds:.1f} ms"
    if observation:
        yield from _ended(judgement, observation)
    if judgement.verdict not in _CALM:
        yield "again", f"./interop run {cell.id} && ./interop show {cell.id}"


def _ended(judgement: Judgement, observation: Observation) -> Iterator[tuple[str, str]]:
    """How the programs ended, if not by themselves and well."""
    for role, end in (
        ("client", observation.client_exit),
        ("server", observation.server_exit),
    ):
        if end != "0":
            yield f"{role} ended", end or "no record"
    if observation.trouble and observation.trouble != judgement.because:
        yield "trouble", observation.trouble


@lru_cache(maxsize=4096)  # most of what is said, every session says
def _text(value: str) -> str:
    return escape(plain(value), quote=True)
