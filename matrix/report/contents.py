"""contents - which tables a report has, in which order: the site has all of them,
RESULTS.md those that are read from first to last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable

from matrix.model import VERSIONS
from matrix.report import dated, drift, hello_tables, skew, squares, tallies
from matrix.report.tables import Table
from matrix.report.view import View


@dataclass(frozen=True, slots=True)
class Contents:
    """The tables of a whole run, made once for all who show them."""

    old_and_new: tuple[Table, ...]  # what only a run with other eras has
    by_date: tuple[Table, ...]
    others: tuple[Table, ...]

    @property
    def tables(self) -> tuple[Table, ...]:
        """Those that have no page of their own."""
        return *self.others, *self.by_date


def contents(view: View) -> Contents:
    """Makes all of them."""
    return Contents(
        old_and_new=old_and_new(view),
        by_date=_there(dated.tables(view)),
        others=_there(
            (
                *(squares.version_table(view, version) for version in VERSIONS),
                tallies.refusal_table(view),
                tallies.refuser_table(view),
                squares.resumption_table(view),
                squares.large_table(view),
                tallies.trust_table(view),
                tallies.policy_table(view),
                tallies.alone_table(view, "switch"),
                tallies.alone_table(view, "smtp"),
                hello_tables.class_table(view),
                hello_tables.form_table(view),
                hello_tables.error_table(view),
                hello_tables.place_table(view),
                tallies.scenario_table(view),
            )
        ),
    )


def old_and_new(view: View) -> tuple[Table, ...]:
    """What only a run with other eras has."""
    return (*skew.tables(view), drift.brief(view)) if skew.is_due(view) else ()


def hellos(view: View) -> tuple[Table, ...]:
    """What RESULTS.md has of the recorded hellos."""
    return _there((hello_tables.class_table(view), hello_tables.place_table(view)))


def pairs(view: View) -> tuple[Table, ...]:
    """What it has of libraries with each other."""
    return _there(
        (
            squares.pinned_table(view),
            tallies.refusal_table(view),
            tallies.refuser_table(view),
            squares.resumption_table(view),
            tallies.trust_table(view),
            tallies.policy_table(view),
            tallies.alone_table(view, "switch"),
        )
    )


def _there(made: Iterable[Table]) -> tuple[Table, ...]:
    return tuple(
        table for table in made if any(box for _, boxes in table.rows for box in boxes)
    )
