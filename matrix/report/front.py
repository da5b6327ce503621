"""front - what the index and the page of the libraries show, from the View."""

from __future__ import annotations

from collections import Counter
from typing import Iterator, Mapping, Sequence

from matrix.model import GAPS, Peer, Value
from matrix.report import words
from matrix.report.groups import by_rule, findings, reasons
from matrix.report.squares import pair_matrix
from matrix.report.view import Entry, View, about_lines
from matrix.report.where import where


def index(view: View) -> dict[str, object]:
    """The values of templates/index.html."""
    places = where(view)
    counts = view.counts()
    matrix = pair_matrix(view)
    pairs = view.pairs()
    gaps = len(view.gaps())
    return {
        "planned": f"{len(view.entries):,}",
        "passed": f"{counts.get(Value.PASS, 0):,}",
        "failed": f"{len(view.failures()):,}",
        "surprises": len(view.surprises()),
        "gap_total": f"{gaps:,}",
        "gap_count": words.count(gaps, "gap"),
        "legend": [
            {
                "value": value,
                "number": f"{counts[value]:,}" if value in counts else "",
                "meaning": words.MEANINGS[value],
            }
            for value in words.LETTERS
        ],
        "scenario_names": list(
            dict.fromkeys(
                e.cell.scenario
                for e in view.entries
                if not places.plays(e.cell.client, e.cell.server)
            )
        ),
        "values": [value for value in words.LETTERS if value in counts],
        "matrix": matrix,
        "servers": view.servers,
        "grid": [
            {"client": client, "pairs": list(_boxes(view, pairs, client, boxes))}
            for client, boxes in matrix.rows
        ],
        "findings": by_rule(findings(view, (Value.FAIL, Value.STRICT_MISS))),
        "gaps": reasons(view, GAPS),
        "open": findings(view, (Value.INFO,)),
        "played": [
            (peer.id, server.id)
            for peer in view.replaying
            for server in view.servers
            if (peer.id, server.id) in pairs
        ],
        "left_out": reasons(view, (Value.UNSUPPORTED, Value.NOT_APPLICABLE)),
        "not_meant": words.NOT_MEANT,
        "about": about_lines(view),
    }


def _boxes(
    view: View,
    pairs: Mapping[tuple[str, str], Sequence[Entry]],
    client: str,
    boxes: tuple[object, ...],
) -> Iterator[dict[str, object]]:
    for server, items in zip((peer.id for peer in view.servers), boxes):
        counts = Counter(
            (entry.verdict.value, entry.cell.scenario)
            for entry in pairs.get((client, server), ())
        )
        yield {
            "box": items,
            "href": f"pair/{client}/{server}.html",
            "data": ";".join(f"{v} {s} {n}" for (v, s), n in sorted(counts.items())),
        }


def libraries(view: View) -> Iterator[dict[str, object]]:
    """The values of templates/peers.html."""
    both: dict[str, list[Peer]] = {}
    for peer in (*view.clients, *view.servers):
        both.setdefault(peer.id, []).append(peer)
    for name, peers in sorted(both.items()):
        yield {
            "id": name,
            "peers": peers,
            "about": sorted({k: v for p in peers for k, v in p.about.items()}.items()),
            "contradictions": list(
                dict.fromkeys(
                    word for peer in peers for word in peer.capabilities.contradictions
                )
            ),
        }
