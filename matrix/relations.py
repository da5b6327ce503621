"""relations - what must hold between two cells, once both have been judged.

RFC 5246 E.2 makes a hello in the SSLv2 form the same hello in another coat.  So at a
server that reads the form, it and its twin (the TLS form without extensions) must
come to the same: version, suite and message, or the same refusal.  No table of
expectations is needed for that; the two cells are each other's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Iterator, Mapping, Sequence

from matrix.checks.hello import SAME
from matrix.hellos import TWIN
from matrix.known import Index, explains, index
from matrix.model import Cell, Check, Judgement, Known, Value, worst

CLAUSE = "RFC 5246 E.2"
_ANSWER = "suite-hello-answer"
_READ = "ServerHello"  # the answer to one hello of the SSLv2 form at least


def relate(
    cells: Sequence[Cell],
    judged: Mapping[str, Judgement],
    known: Sequence[Known] = (),
) -> dict[str, Judgement]:
    """The judgements, those of SSLv2-form hellos with how they compare to their
    twins'; a twin that was not run, or has a gap, is no twin."""
    related, entries = dict(judged), index(known)
    pairs = [
        (cell, judged[cell.id], judged[twin.id])
        for cell, twin in _pairs(cells)
        if cell.id in judged and twin.id in judged
    ]
    reads = {cell.server for cell, mine, _ in pairs if _answer(mine).startswith(_READ)}
    for cell, mine, other in pairs:
        if cell.server not in reads:
            continue  # it knows the form only to refuse it
        check = _compare(mine, other)
        if check is not None:
            related[cell.id] = _with(mine, check, entries)
    return related


def _pairs(cells: Sequence[Cell]) -> Iterator[tuple[Cell, Cell]]:
    """Each cell of an SSLv2-form hello with that of its twin, at the same server."""
    by_id = {cell.id: cell for cell in cells}
    for cell in cells:
        if cell.scenario.endswith(TWIN):
            bare = replace(cell, scenario=cell.scenario.removesuffix(TWIN))
            if bare.id in by_id:
                yield by_id[bare.id], cell


def _compare(mine: Judgement, other: Judgement) -> Check | None:
    """None: one of the two says nothing."""
    said, twin = _answer(mine), _answer(other)
    if not said or not twin:
        return None
    if said == twin:
        because = f"in both forms: {said}"
        return Check(SAME, Value.PASS, because, "server", CLAUSE)
    because = f"{said}; but its twin {other.cell}: {twin}"
    # A session id is allowed by RFC 2246 E.1 and forbidden by RFC 5246 E.2: a server
    # that refuses it in this form alone does as the later one says.
    lawful = "session" in mine.cell.split("/")[0]
    value = Value.INFO if lawful else Value.FAIL
    return Check(SAME, value, because, "server", CLAUSE)


def _answer(judgement: Judgement) -> str:
    """The answer as the check tells it, without what was expected of it."""
    for check in judgement.checks:
        if check.id == _ANSWER:
            return check.because.partition("; ")[0]
    return ""


def _with(judgement: Judgement, check: Check, known: Index) -> Judgement:
    checks = (*judgement.checks, check)
    verdict = worst([each.value for each in checks])
    if verdict is judgement.verdict and judgement.verdict is not Value.FAIL:
        return replace(judgement, checks=checks)
    first = next(each for each in checks if each.value is verdict)
    because = judgement.because if verdict is judgement.verdict else first.because
    entry = explains(known, judgement.cell, checks, first)
    return replace(
        judgement, verdict=verdict, because=because, checks=checks, known=entry
    )
