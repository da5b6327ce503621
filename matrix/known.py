"""known - deviations that are expected of an implementation: known.toml for this
machine's libraries, known-eras.toml beside it for the peers of other eras.

An entry explains a verdict and never changes it.  It names the observation it
explains, has a reason, a link and an end; one that explains nothing any more,
or has run out, is a problem that fails the run.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any, Iterable, Iterator, Mapping, Sequence

from matrix import tables
from matrix.model import Check, Judgement, Known, Peer, Value
from matrix.plan import alternatives, pattern

# Verdicts that want an explanation.
UNEXPECTED = frozenset({Value.FAIL, Value.STRICT_MISS, Value.INCONCLUSIVE})
_EMPTY_REASONS = ("todo", "fixme", "tbd", "?", "unknown", "xxx")


def load(file: Path) -> tuple[Known, ...]:
    """Reads known.toml and NAME-eras.toml, if that is there: their [[known]] rows, in
    their order.

    Raises ValueError naming the row and what is wrong with it; an entry without
    a reason is found by ``problems``, not here.
    """
    eras = file.with_name(f"{file.stem}-eras{file.suffix}")
    found = _rows(file, False)
    return found + (_rows(eras, True) if eras.is_file() else ())


def _rows(file: Path, eras: bool) -> tuple[Known, ...]:
    return tuple(
        known
        for i, row in enumerate(tables.read(file).get("known", []))
        for known in _known(row, i + 1, file, eras)
    )


def _known(
    row: Mapping[str, Any], number: int, file: Path, eras: bool
) -> Iterator[Known]:
    """An entry for each check of a row: what breaks several clauses has one cause."""
    where = f"{file.name}: entry {number}"
    names = {f.name for f in fields(Known)} - {"eras"}
    if wrongs := (names - {"seen", "peer"} - set(row)) | (set(row) - names):
        wrong = sorted(wrongs)[0]
        raise ValueError(f"{where}: {wrong!r}; an entry has {sorted(names)}")
    try:
        value = Value(row["value"])
        date.fromisoformat(row["until"])
    except ValueError as e:
        raise ValueError(f"{where}: {e}") from None
    checks = row["check"]
    for check in [checks] if isinstance(checks, str) else checks:
        yield Known(**{**row, "value": value, "check": check}, eras=eras)


def among(known: Iterable[Known], peers: Iterable[Peer]) -> tuple[Known, ...]:
    """The entries that hold where these peers are: what one version of a library does
    is neither expected nor stale where another has its name."""
    there = {f"{peer.family} {peer.version}" for peer in peers}
    return tuple(
        entry
        for entry in known
        if entry.peer == "*" or any(map(pattern(entry.peer).fullmatch, there))
    )


Index = Mapping[tuple[str, Value], Sequence[Known]]


def index(known: Iterable[Known]) -> Index:
    """The entries by check and value: thousands of cells ask the same ones."""
    made: dict[tuple[str, Value], list[Known]] = {}
    for entry in known:
        made.setdefault((entry.check, entry.value), []).append(entry)
    return made


def explains(
    known: Index, cell: str, checks: Sequence[Check], decisive: Check
) -> Known | None:
    """The entry that fits a cell's decisive check, observation included.

    None if another check of the cell wants an explanation and has none: one
    known deviation must not hide a second one.
    """
    found = _entry(known, cell, decisive)
    if found is None:
        return None
    wanting = (check for check in checks if check.value in UNEXPECTED)
    return found if all(_entry(known, cell, check) for check in wanting) else None


def _entry(known: Index, cell: str, check: Check) -> Known | None:
    """The first entry that fits this check of this cell."""
    for entry in known.get((check.id, check.value), ()):
        if _fits(entry, entry.cells, cell, check.because):
            return entry
    return None


def _fits(entry: Known, cells: str, cell: str, seen: str) -> bool:
    fits = pattern(cells).fullmatch(cell) and pattern(entry.seen).fullmatch(seen)
    return fits is not None


def problems(
    known: Sequence[Known],
    judgements: Sequence[Judgement],
    today: date,
    eras: bool = False,
) -> tuple[str, ...]:
    """What is wrong with the entries, a sentence each; () if all are good.

    Looked for are: no reason or link, expired, fits no cell that was judged,
    and stale (its cells no longer show what it explains); the last two of entries
    about eras only if the run has them (``eras``).
    """
    found: list[str] = []
    shown: dict[tuple[str, Value], list[tuple[str, str]]] = {}
    unseen = []  # nothing was seen there that could contradict an entry
    for judgement in judgements:
        if judgement.verdict in (Value.NOT_RUN, Value.ERROR):
            unseen.append(judgement.cell)
        for check in judgement.checks:
            seen = judgement.cell, check.because
            shown.setdefault((check.id, check.value), []).append(seen)
    for entry in known:
        file = "known-eras.toml" if entry.eras else "known.toml"
        name = f"{file}: {entry.cells} {entry.check} ({entry.value.value})"
        if entry.reason.strip().lower().rstrip(".: ") in ("", *_EMPTY_REASONS):
            found.append(f"{name} has no reason; say why it is so")
        if not entry.link.strip():
            found.append(f"{name} has no link; name a report or a clause")
        if date.fromisoformat(entry.until) < today:
            found.append(f"{name} ended on {entry.until}; look again and renew it")
        if entry.eras and not eras:
            continue
        there = shown.get((entry.check, entry.value), ())
        for cells in alternatives(entry.cells):
            if any(_fits(entry, cells, *each) for each in there):
                continue
            fits = pattern(cells).fullmatch
            if any(map(fits, unseen)):
                continue
            if any(fits(judgement.cell) for judgement in judgements):
                found.append(f"{name} is stale: no cell shows it any more; remove it")
            else:
                found.append(f"{name} fits no cell; correct the pattern or remove it")
            if cells != entry.cells:
                found[-1] += f" ({cells})"
    return tuple(found)
