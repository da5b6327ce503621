"""lists - what the pages that list cells show: of a pair, of a scenario, of all
scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import Iterable, Iterator, Mapping, Sequence

from markupsafe import Markup

from matrix.report import words
from matrix.report.sections import Sections
from matrix.report.view import Entry, View, tally
from matrix.report.where import Where

Values = dict[str, object]


def pairs(view: View, sections: Sections, where: Where) -> Iterator[tuple[str, Values]]:
    """A page for each client with each server, as (path, values).  What one of them
    only plays is listed, and shown on the page of its scenario."""
    found = view.pairs()
    versions = {(p.role, p.id): p.version for p in (*view.clients, *view.servers)}
    versions |= {(p.role, p.id): p.version for p in view.replaying}
    for (client, server), entries in found.items():
        back = f"pair/{server}/{client}.html"
        plays = where.plays(client, server)
        yield f"pair/{client}/{server}.html", {
            **_numbers(entries),
            "playing": where.playing,
            "client": client,
            "server": server,
            "client_version": versions.get(("client", client), "not known"),
            "server_version": versions.get(("server", server), "not known"),
            "reverse": back if client != server and (server, client) in found else "",
            "entries": entries if plays else (),
            "groups": [] if plays else list(_groups(view, entries, sections)),
            "scenario_names": _names(entries) if len(_names(entries)) < 100 else [],
        }


def scenarios(
    view: View, sections: Sections, where: Where
) -> Iterator[tuple[str, Values]]:
    """A page for each scenario that somebody only plays, as (path, values)."""
    for name, entries in _by_scenario(view).items():
        cell = entries[0].cell
        if where.plays(cell.client, cell.server):
            (group,) = _groups(view, entries, sections)
            scenario = view.scenarios.get(name)
            yield f"scenario/{name}.html", {
                **_numbers(entries),
                **group,
                "vector": _vector(scenario.path) if scenario else "",
            }


def table(view: View, where: Where) -> Values:
    """All scenarios with what they ask and what came of them."""
    rows: list[Values] = []
    for name, entries in _by_scenario(view).items():
        cell, scenario = entries[0].cell, view.scenarios.get(name)
        plays = where.plays(cell.client, cell.server)
        rows.append(
            {
                "name": name,
                "asks": scenario.asks if scenario else "",
                "href": f"scenario/{name}.html"
                if plays
                else f"index.html#scenario={name}",
                **_numbers(entries),
            }
        )
    return {"rows": rows}


def _numbers(entries: Sequence[Entry]) -> Values:
    return {
        "cell_count": words.count(len(entries), "cell"),
        "tally": list(tally(entries).items()),
    }


def _groups(
    view: View, entries: Iterable[Entry], sections: Sections
) -> Iterator[Values]:
    """The sections of some cells, by scenario."""
    groups: dict[str, list[Markup]] = {}
    for entry in entries:
        groups.setdefault(entry.cell.scenario, []).append(sections[entry.cell.id])
    for name, made in groups.items():
        scenario = view.scenarios.get(name)
        yield {
            "name": name,
            "asks": scenario.asks if scenario else "",
            "sections": Markup("\n").join(made),
        }


def _by_scenario(view: View) -> Mapping[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in view.entries:
        found.setdefault(entry.cell.scenario, []).append(entry)
    return found


def _names(entries: Iterable[Entry]) -> list[str]:
    return list(dict.fromkeys(entry.cell.scenario for entry in entries))


def _vector(path: str) -> str:
    """The file of a recorded hello, from the suite's folder."""
    return "/".join(("vectors", *Path(path).parts[-2:])) if path else ""
