"""contents - which tables a report has, in which order."""

from __future__ import annotations

from matrix.model import VERSIONS
from matrix.report import dated, drift, hello_tables, skew, squares, tallies
from matrix.report.tables import Table
from matrix.report.view import View


def old_and_new(view: View) -> tuple[Table, ...]:
    """What only a run with other eras has."""
    return (*skew.tables(view), drift.brief(view)) if skew.is_due(view) else ()


def tables(view: View) -> tuple[Table, ...]:
    """Every table behind the pair matrix; those of which the run has no cell are
    left out."""
    made = (
        *old_and_new(view),
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
        *dated.tables(view),
        tallies.scenario_table(view),
    )
    return tuple(
        table for table in made if any(box for _, boxes in table.rows for box in boxes)
    )
