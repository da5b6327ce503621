"""pieces - judgements as rows of a run file, and back (schema.sql).

Cells are judged much alike: two million checks of a whole run are some thousand
different ones, in some thousand different lists.  So what judgements are made of is
written once each, as a piece with a number, and a judgement is a row of numbers; who
reads them has equal things once as well.
"""

from __future__ import annotations

import json
from typing import Any, Iterable, Mapping

from matrix.model import Check, Judgement, Known, Prediction, Sight, Value
from matrix.rows import text_of

# position of the cell, verdict, and the numbers of what a judgement has besides
Row = tuple[int, str, int, int, int | None, int | None, int | None]


class Written:
    """Pieces as they are needed, numbered from 1."""

    def __init__(self) -> None:
        self.pieces: list[tuple[int, str]] = []
        self._numbers: dict[object, int] = {}
        # Of lists by identity: to compare them takes longer than all the rest.
        self._lists: dict[int, tuple[tuple[Check, ...], int]] = {}

    def row(self, position: int, of: Judgement) -> Row:
        return (
            position,
            of.verdict.value,
            self._number(of.because),
            self._list(of.checks),
            None if of.prediction is None else self._number(of.prediction),
            None if of.known is None else self._number(of.known),
            None if of.sight is None else self._number(of.sight),
        )

    def _list(self, checks: tuple[Check, ...]) -> int:
        found = self._lists.get(id(checks))
        if found is None:
            numbers = tuple(map(self._number, checks))
            found = self._lists[id(checks)] = checks, self._number(numbers)
        return found[1]

    def _number(self, piece: object) -> int:
        number = self._numbers.get(piece)
        if number is None:
            number = self._numbers[piece] = len(self._numbers) + 1
            self.pieces.append((number, text_of(piece)))
        return number


class Read:
    """Judgements of rows.  ValueError, TypeError or KeyError if they are made up."""

    def __init__(self, pieces: Iterable[tuple[int, str]]) -> None:
        self._texts: Mapping[int, str] = dict(pieces)
        self._made: dict[tuple[int, Any], Any] = {}

    def judgement(self, cell: str, row: Row) -> Judgement:
        _, verdict, because, checks, prediction, known, sight = row
        return Judgement(
            cell,
            Value(verdict),
            self._piece(because, str),
            self._piece(checks, self._checks),
            None if prediction is None else self._piece(prediction, _prediction),
            None if known is None else self._piece(known, _known),
            None if sight is None else self._piece(sight, _sight),
        )

    def _piece(self, number: int, make: Any) -> Any:
        """The same thing for the same number, if it is to be of the same kind."""
        made = self._made.get((number, make))
        if made is None:
            made = self._made[number, make] = make(json.loads(self._texts[number]))
        return made

    def _checks(self, numbers: list[int]) -> tuple[Check, ...]:
        return tuple(self._piece(number, _check) for number in numbers)


def _check(kept: Any) -> Check:
    return Check(**_valued(kept))


def _prediction(kept: Any) -> Prediction:
    return Prediction(**_listed(kept, "alerts"))


def _known(kept: Any) -> Known:
    return Known(**_valued(kept))


def _sight(kept: Any) -> Sight:
    return Sight(**_listed(kept, "offers", "played"))


def _valued(kept: dict[str, Any]) -> dict[str, Any]:
    return {**kept, "value": Value(kept["value"])}


def _listed(kept: dict[str, Any], *names: str) -> dict[str, Any]:
    """JSON has lists where the model has tuples."""
    return {**kept, **{name: tuple(kept[name]) for name in names}}
