"""squares - the tables of clients down and servers across."""

from __future__ import annotations

from typing import Callable, Sequence

from matrix.model import VERSIONS, Value
from matrix.report.tables import Box, Item, Table, items
from matrix.report.view import Entry, View, tally, worst_of

_RESUMED = (  # (axes of a cell, how the heading names them)
    *((("tls", v), ("resume", "id")) for v in VERSIONS[:3]),
    *((("tls", v), ("resume", "ticket")) for v in VERSIONS),
)


def pair_matrix(view: View) -> Table:
    """Client x server: the natural version, and what the pair's cells came to."""
    found = {e.cell.id: e for e in view.entries}
    pairs = view.pairs()

    def box(client: str, server: str) -> Box:
        entries = pairs.get((client, server), ())
        natural = found.get(f"upgrade/{client}/{server}")
        version = (natural.seen.version or "none") if natural and natural.seen else ""
        return _worst_items(entries, version)

    return _square(
        view,
        "matrix",
        "Pairs",
        "Clients down, servers across. A box has the TLS version that the two "
        "negotiate when neither is pinned, and what all cells of the pair came to: "
        "P alone if none is worse than pass or info, else each worse verdict with "
        "its number of cells.",
        box,
    )


def version_table(view: View, version: str) -> Table:
    """Both sides pinned to one version, with either kind of certificate."""
    found = {e.cell.id: e for e in view.entries}

    def box(client: str, server: str) -> Box:
        base = f"upgrade/{client}/{server}/tls={version}"
        return items(found.get(name) for name in (base, base + "/cert=ecdsa"))

    return _square(
        view,
        f"tls-{version}",
        f"TLS {version} on both sides",
        f"Both sides are pinned to TLS {version}. The first letter of a box is the "
        "RSA certificate, the second the ECDSA certificate.",
        box,
    )


def pinned_table(view: View) -> Table:
    """The same for all versions, in one box."""
    made = [version_table(view, version) for version in VERSIONS]
    found = {
        (client, server, at): box
        for at, table in enumerate(made)
        for client, boxes in table.rows
        for server, box in zip(table.columns, boxes)
    }

    def box(client: str, server: str) -> Box:
        return tuple(
            Item(item.value, "" if more else VERSIONS[at], cell=item.cell)
            for at in range(len(VERSIONS))
            for more, item in enumerate(found[client, server, at])
        )

    return _square(
        view,
        "pinned",
        "One version on both sides",
        "Both sides are pinned to the version that is named. The first letter behind "
        "it is the RSA certificate, the second the ECDSA certificate.",
        box,
    )


def resumption_table(view: View) -> Table:
    """The second connection resumes the first one's session."""
    found = {e.cell.id: e for e in view.entries}

    def box(client: str, server: str) -> Box:
        ids = (
            "/".join(["upgrade", client, server, *(f"{n}={v}" for n, v in axes)])
            for axes in _RESUMED
        )
        return items(found.get(name) for name in ids)

    return _square(
        view,
        "resumption",
        "Resumption",
        "Seven letters a box: by session id in TLS 1.0, 1.1 and 1.2, then by ticket "
        "in 1.0, 1.1, 1.2 and 1.3 (where it is the PSK). P means that the second "
        "connection was resumed, in the way that was asked for.",
        box,
    )


def large_table(view: View) -> Table:
    """A message of 1 MiB."""
    found = {e.cell.id: e for e in view.entries}

    def box(client: str, server: str) -> Box:
        return items([found.get(f"upgrade/{client}/{server}/message=1mib")])

    return _square(
        view,
        "large",
        "A message of 1 MiB",
        "One letter a box: the message arrived whole, by size and digest.",
        box,
    )


def _square(
    view: View, slug: str, title: str, reading: str, box: Callable[[str, str], Box]
) -> Table:
    """Clients down, servers across."""
    servers = tuple(p.id for p in view.servers)
    return Table(
        slug,
        title,
        reading,
        "client ↓ server →",
        servers,
        tuple((p.id, tuple(box(p.id, s) for s in servers)) for p in view.clients),
    )


def _worst_items(entries: Sequence[Entry], version: str) -> Box:
    """The worse-than-info verdicts with their numbers, worst first, or P alone."""
    if not entries:
        return ()
    order = list(Value)
    counts = tally(entries)
    bad = [v for v in counts if order.index(v) > order.index(Value.INFO)]
    if not bad:
        value = worst_of(entries)
        value = Value.PASS if Value.PASS in counts else value
        return (Item(value, before=version),)
    items = [Item(v, after=str(counts[v])) for v in reversed(bad)]
    return (Item(before=version), *items) if version else tuple(items)
