"""where - on which page of the site a cell is shown.

Cells of two libraries are on the page of the pair; what one side only plays, a
recorded hello or a script, is on the page of its scenario, which then has every peer
that met it.  The fragment is the cell's id, as everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from matrix.model import Cell
from matrix.report.view import View


@dataclass(frozen=True, slots=True)
class Where:
    """``playing`` are the ids of peers that only play what was recorded."""

    playing: frozenset[str]

    def plays(self, client: str, server: str) -> bool:
        """Is one of the two no library?"""
        return client in self.playing or server in self.playing

    def page(self, cell: str) -> str:
        """The path of the page that shows a cell, by its id."""
        scenario, client, server = cell.split("/")[:3]
        if self.plays(client, server):
            return f"scenario/{scenario}.html"
        return f"pair/{client}/{server}.html"

    def href(self, cell: str) -> str:
        """The place of a cell, from the top of the site."""
        return f"{self.page(cell)}#{cell}"

    def name(self, cell: Cell) -> str:
        """What tells a cell from the others of its page and scenario."""
        axes = [f"{name}={value}" for name, value in cell.axes]
        if self.plays(cell.client, cell.server):
            both = (cell.client, cell.server)
            axes[:0] = [peer for peer in both if peer not in self.playing]
        return " ".join(axes) or "as installed"


def where(view: View) -> Where:
    """Where the cells of a run are shown."""
    return Where(frozenset(peer.id for peer in view.replaying))
