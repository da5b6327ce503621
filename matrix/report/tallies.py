"""tallies - the tables that count what many cells came to."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from typing import Iterable

from matrix import registry
from matrix.model import VERSIONS
from matrix.report.tables import Box, Table, items, tally_items, text
from matrix.report.view import Entry, View

_POLICIES = (
    ("upgrade.starttls-454", "opportunistic", "454, opportunistic"),
    ("upgrade.starttls-454", "", "454, mandatory"),
    ("upgrade.no-starttls", "none", "not offered, none"),
    ("upgrade.no-starttls", "opportunistic", "not offered, opportunistic"),
    ("upgrade.no-starttls", "", "not offered, mandatory"),
    ("upgrade.fallback", "opportunistic", "untrusted, opportunistic"),
)
_TRUST = (
    ("upgrade.untrusted", "unknown authority"),
    ("upgrade.wrong-name", "certificate for another name"),
)


def refusal_table(view: View) -> Table:
    """Unequal pins: who refused, by which alert."""

    def boxes(client: str, server: str) -> tuple[Box, ...]:
        axes = (("client-tls", client), ("server-tls", server))
        entries = [e for e in view.entries if e.cell.axes == axes and e.seen]
        if not entries:
            return ((), (), (), ())
        return (
            tally_items(entries),
            _alerts(entries, "server"),
            _alerts(entries, "client"),
            text(str(sum(not e.seen.alerts for e in entries if e.seen))),
        )

    return Table(
        "refusals",
        "Refusals: pinned to different versions",
        "Nothing but a refusal can come of these cells. A row has all pairs of "
        "libraries; it says which side sent which alert, and how often. A side that "
        "is refused may answer with an alert of its own.",
        "client only / server only",
        ("cells", "alerts of servers", "alerts of clients", "no alert"),
        tuple((f"{c} / {s}", boxes(c, s)) for c, s in permutations(VERSIONS, 2)),
    )


def refuser_table(view: View) -> Table:
    """The alerts of each library when the versions do not meet."""
    apart = [e for e in view.entries if e.seen and e.cell.axis("client-tls")]
    ids = sorted({p.id for p in (*view.clients, *view.servers)})

    def boxes(peer: str) -> tuple[Box, ...]:
        return (
            _alerts([e for e in apart if e.cell.server == peer], "server"),
            _alerts([e for e in apart if e.cell.client == peer], "client"),
        )

    return Table(
        "refusers",
        "Refusals by library",
        "The same cells by library: the alerts it sent as a server and as a client, "
        "over all partners and all unequal pins.",
        "library",
        ("as server", "as client"),
        tuple((peer, boxes(peer)) for peer in ids) if apart else (),
    )


def trust_table(view: View) -> Table:
    """Certificates that the client must refuse."""

    def box(client: str, scenario: str) -> Box:
        entries = _of(view, scenario, client)
        return (*tally_items(entries), *_alerts(entries, "client")) if entries else ()

    return Table(
        "trust",
        "Certificates that must be refused",
        "A row has all servers. The client must refuse the certificate and deliver "
        "nothing; after the verdicts come the alerts it sent.",
        "client",
        tuple(title for _, title in _TRUST),
        tuple(
            (peer.id, tuple(box(peer.id, scenario) for scenario, _ in _TRUST))
            for peer in view.clients
        ),
    )


def policy_table(view: View) -> Table:
    """What a client does when there is no TLS to be had."""

    def box(client: str, scenario: str, policy: str) -> Box:
        axes = (("policy", policy),) if policy else ()
        entries = [e for e in _of(view, scenario, client) if e.cell.axes == axes]
        mail = Counter(e.seen.mail or "nothing said" for e in entries if e.seen)
        if not entries:
            return ()
        return (*tally_items(entries), *_counted(mail, len(entries)))

    return Table(
        "policy",
        "Without TLS: the client's policy",
        "A row has all servers; a column is what the server did (answered 454, did "
        "not offer STARTTLS, or showed a certificate that is not trusted) and the "
        "client's policy. After the verdicts comes what the client did with the "
        "message.",
        "client",
        tuple(title for _, _, title in _POLICIES),
        tuple(
            (
                peer.id,
                tuple(box(peer.id, scenario, p) for scenario, p, _ in _POLICIES),
            )
            for peer in view.clients
        ),
    )


# The families that are each peer with itself, with what a reader is told of them.
_ALONE = {
    "switch": "The switch from clear to TLS",
    "smtp": "SMTP around it",
}


def alone_table(view: View, family: str) -> Table:
    """One of those families."""
    names = list(
        dict.fromkeys(
            e.cell.scenario
            for e in view.entries
            if e.cell.scenario.startswith(f"{family}.")
        )
    )
    found = {(e.cell.scenario, e.cell.client, e.cell.server): e for e in view.entries}
    ids = tuple(p.id for p in view.clients)

    def title(name: str) -> str:
        scenario = view.scenarios.get(name)
        return f"{name}: {scenario.asks}" if scenario else name

    return Table(
        family,
        _ALONE[family],
        "Each peer with itself as partner, since the SMTP engine is ours on both "
        "sides: one side does something unusual, and the other must do what the row "
        "says.",
        "scenario",
        ids,
        tuple(
            (title(name), tuple(items([found.get((name, p, p))]) for p in ids))
            for name in names
        ),
    )


def scenario_table(view: View) -> Table:
    """All cells by scenario and verdict."""
    by: dict[str, list[Entry]] = {}
    for entry in view.entries:
        by.setdefault(_group(entry.cell.scenario), []).append(entry)
    return Table(
        "scenarios",
        "All cells by scenario",
        "Every planned cell is counted once.",
        "scenario",
        ("planned", "verdicts"),
        tuple(
            (name, (text(str(len(entries))), tally_items(entries)))
            for name, entries in by.items()
        ),
    )


def family_table(view: View) -> Table:
    """The same by family of scenarios."""
    by: dict[str, list[Entry]] = {}
    names: dict[str, set[str]] = {}
    for entry in view.entries:
        family = entry.cell.scenario.partition(".")[0]
        by.setdefault(family, []).append(entry)
        names.setdefault(family, set()).add(entry.cell.scenario)
    return Table(
        "families",
        "All cells by family of scenarios",
        "Every planned cell is counted once; by scenario they are on the site.",
        "family",
        ("scenarios", "planned", "verdicts"),
        tuple(
            (
                family,
                (
                    text(f"{len(names[family]):,}"),
                    text(f"{len(entries):,}"),
                    tally_items(entries),
                ),
            )
            for family, entries in by.items()
        ),
    )


def _group(scenario: str) -> str:
    """A scenario a hello would be a row each."""
    family, dot, _ = scenario.partition(".")
    return f"{family}.*" if dot and family.startswith("hello") else scenario


def _of(view: View, scenario: str, client: str) -> list[Entry]:
    return [
        e
        for e in view.entries
        if e.cell.scenario == scenario and e.cell.client == client
    ]


def _alerts(entries: Iterable[Entry], role: str) -> Box:
    sent = Counter(
        registry.alert(number)
        for entry in entries
        if entry.seen
        for who, number in entry.seen.alerts
        if who == role
    )
    return _counted(sent) if sent else text("no alert")


def _counted(counts: Counter[str], whole: int = 0) -> Box:
    """Words with their numbers, the most frequent first; no number for the only
    word, if it is that of the whole."""
    if len(counts) == 1 and whole == counts.total():
        return text(next(iter(counts)))
    said = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return text(", ".join(f"{word} ×{number}" for word, number in said))
