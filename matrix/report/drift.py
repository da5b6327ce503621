"""drift - the tables of what changed in the ClientHello from one version of a library
to the next, decoded from what each client sent with neither side pinned."""

from __future__ import annotations

from typing import Iterator, Mapping, Sequence

from matrix import drift, skew
from matrix.drift import Profile
from matrix.model import Hello, Peer
from matrix.report.tables import Box, Table, text
from matrix.report.view import View

_FIELDS = (
    ("suites", ("suites",)),
    ("extensions", ("extensions", "order of extensions")),
    ("groups and key shares", ("groups", "key shares")),
    ("signature schemes", ("signature schemes",)),
    (
        "versions and form",
        ("form", "record version", "client_version", "supported_versions"),
    ),
    ("octets", ("octets",)),
)
_MOST = 6  # names in a box of the short table


def brief(view: View) -> Table:
    """Long lists by their numbers."""
    return _table(view, True)


def whole(view: View) -> Table:
    """Every name."""
    return _table(view, False)


def _table(view: View, short: bool) -> Table:
    sent = _profiles(view)
    return Table(
        "skew-drift" if short else "skew-drift-names",
        "Hello drift: what changed in the ClientHello",
        "From one version of a client to the next, with nothing pinned, as decoded "
        "from all that it sent in this run; + came, - went. "
        + (
            f"Of more than {_MOST} names only the numbers: the names are on the site."
            if short
            else "GREASE is one name, whatever its value was."
        ),
        "from → to",
        tuple(name for name, _ in _FIELDS),
        tuple(_rows(view, sent, short)),
    )


def _profiles(view: View) -> Mapping[str, Profile]:
    sent: dict[str, list[Hello]] = {}
    for entry in view.entries:
        if entry.seen and entry.seen.hello:
            sent.setdefault(entry.cell.client, []).append(entry.seen.hello)
    return {client: drift.profile(hellos) for client, hellos in sent.items()}


def _rows(
    view: View, sent: Mapping[str, Profile], short: bool
) -> Iterator[tuple[str, tuple[Box, ...]]]:
    lines: dict[tuple[str, str], list[Peer]] = {}
    for peer in view.clients:
        if peer.id in sent:  # who was told to behave in another way is another line
            told = peer.version.partition("+")[2]
            lines.setdefault((peer.family, told), []).append(peer)
    for _, peers in sorted(lines.items()):
        line = sorted(peers, key=lambda p: (skew.age(p.version), p.id))
        for old, new in zip(line, line[1:]):
            found = drift.changes(sent[old.id], sent[new.id])
            yield f"{old.id} → {new.id}", tuple(
                text(_said([c for c in found if c.field in fields], short) or "same")
                for _, fields in _FIELDS
            )


def _said(found: Sequence[drift.Change], short: bool) -> str:
    return "; ".join(
        (f"{change.field}: " if len(found) > 1 else "") + _words(change, short)
        for change in found
    )


def _words(change: drift.Change, short: bool) -> str:
    """Names by their number, if there are many of them and there is no room."""
    names = [f"+{name}" for name in change.came] + [f"-{name}" for name in change.went]
    if short and len(names) > _MOST:
        names = [f"+{len(change.came)} -{len(change.went)}"]
    said = " ".join(names).replace("+TLS_", "+").replace("-TLS_", "-")
    return ", ".join(filter(None, (said, change.words)))
