"""skew_page - the site's page of old and new: every version with every version."""

from __future__ import annotations

from typing import Iterator, Sequence

from jinja2 import Environment

from matrix import skew
from matrix.report import drift
from matrix.report import skew as skew_tables
from matrix.report.tables import Box, Item, Table
from matrix.report.view import View

PATH = "skew.html"


def pages(
    view: View, made: Sequence[Table], environment: Environment
) -> Iterator[tuple[str, str]]:
    """The page as (path, text); none for a run of this machine's libraries alone.
    ``made`` are the tables for every report (contents.py), the drift in brief last."""
    if skew_tables.is_due(view):
        whole = (*made[:-1], drift.whole(view), everybody(view))
        template = environment.get_template("skew.html")
        yield PATH, template.render(tables=whole, path=PATH)


def everybody(view: View) -> Table:
    """Each client with each server, libraries side by side and old before new: in a
    library's square, old clients with new servers are above the diagonal."""
    found = {
        (e.cell.client, e.cell.server): e
        for e in view.entries
        if e.cell.scenario == "upgrade" and not e.cell.axes
    }
    clients, servers = (
        [g.peer for line in skew.lineages(peers).values() for g in line]
        for peers in (view.clients, view.servers)
    )

    def box(client: str, server: str) -> Box:
        entry = found.get((client, server))
        if entry is None:
            return ()
        version = (entry.seen.version or skew_tables.NONE) if entry.seen else "-"
        return (Item(entry.verdict, before=version),)

    return Table(
        "skew-everybody",
        "Every version with every version",
        "The version that is negotiated with neither side pinned. Libraries stand side "
        "by side, their versions from old to new: towards the upper right of a square "
        "an old client meets a new server, towards the lower left a new client an old "
        "server.",
        "client ↓ server →",
        tuple(peer.id for peer in servers),
        tuple((c.id, tuple(box(c.id, s.id) for s in servers)) for c in clients),
    )
