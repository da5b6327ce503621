"""skew - the tables of old and new: by version of each library, from one run.

Only a run with peers of other eras has them.  What each version does is read off
what its cells came to, never off what a peer says that it can.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Iterable, Mapping, Sequence

from matrix import drift, expect, skew
from matrix.model import VERSIONS, Peer
from matrix.report.hello_tables import kind_of
from matrix.report.tables import Box, Item, Table, text
from matrix.report.view import Entry, View
from matrix.skew import Generation
from matrix.vectors import codec, reach

_ORDER = {version: rank for rank, version in enumerate(VERSIONS)}
# The SSLv2 form that offers TLS 1.0, 1.1, 1.2; every server has a version of the last.
_LAWFUL = ("V1", "V2", "V3")
_TLS13 = ("H4", "H4o")
_HYBRID = 0x11EC  # X25519MLKEM768
NONE = "none"

Labels = list[tuple[str, str]]


def is_due(view: View) -> bool:
    """Whether the run has peers of other eras."""
    return any("era" in peer.about for peer in (*view.clients, *view.servers))


def tables(view: View) -> tuple[Table, ...]:
    """Those that are short enough for every report."""
    if not is_due(view):
        return ()
    return (
        sslv2_table(view),
        versions_table(view),
        meeting_table(view),
        apart_table(view),
    )


def sslv2_table(view: View) -> Table:
    """Since when and until when each library's servers read an SSLv2-form hello."""
    asked, readable = _hellos(view, _LAWFUL), _hellos(view, _LAWFUL[-1:])
    rows = []
    for library, line in skew.lineages(view.servers).items():
        reads = [(g.version, _reads(readable.get(g.peer.id, ()))) for g in line]
        known = [(version, so) for version, so in reads if so is not None]
        if not known:
            continue
        others = [
            (g.version, _refusal(asked.get(g.peer.id, ())))
            for g, (_, so) in zip(line, reads)
            if so is False
        ]
        rows.append(
            (
                library,
                (
                    text(skew.since(known) or "no version here"),
                    text(skew.until(known) or "-"),
                    text(skew.told(others) or "all read it"),
                    text(_live(view, line) or "-"),
                ),
            )
        )
    return Table(
        "skew-sslv2",
        "The SSLv2 form: which servers read it, since when and until when",
        "By version of the library whose TLS code a server has (that in Node.js counts "
        "as OpenSSL's). A version reads the form if it answers one of the hellos in it "
        "that offer TLS 1.2 with a ServerHello, its policy lowered where that was "
        "played. Refused is counted over all hellos of the form that offer TLS 1.0 to "
        "1.2. Of clients that send the form unpinned it tells what became of them.",
        "servers of",
        (
            "read since",
            "read until",
            "the others refuse",
            "clients that send it",
        ),
        tuple(rows),
    )


def _hellos(view: View, kinds: Sequence[str]) -> Mapping[str, tuple[Entry, ...]]:
    """The replayed hellos of some classes by server: each once, at the lowest policy
    at which it was played."""
    found: dict[tuple[str, str], Entry] = {}
    for entry in view.entries:
        cell = entry.cell
        if not cell.scenario.startswith("hello.") or entry.seen is None:
            continue
        if cell.axes not in ((), (("security", "low"),)):
            continue
        if kind_of(view.scenarios.get(cell.scenario)) in kinds:
            key = cell.server, cell.scenario
            if key not in found or cell.axes:
                found[key] = entry
    by_server: dict[str, list[Entry]] = {}
    for (server, _), entry in found.items():
        by_server.setdefault(server, []).append(entry)
    return {server: tuple(entries) for server, entries in by_server.items()}


def _answered(entry: Entry) -> bool:
    """Whether a ServerHello came."""
    brief = entry.seen.answer if entry.seen else ""
    return brief[:1].isdigit() or brief.startswith("retry")


def _reads(entries: Iterable[Entry]) -> bool | None:
    """None: no hello of the class was sent to that server."""
    found = [_answered(entry) for entry in entries]
    return any(found) if found else None


def _refusal(entries: Sequence[Entry]) -> str:
    """How, with numbers where it is not always the same."""
    counts = Counter(e.seen.answer for e in entries if e.seen and not _answered(e))
    if len(counts) == 1:
        return next(iter(counts))
    return ", ".join(f"{words} ×{n}" for words, n in counts.most_common())


def _live(view: View, line: Sequence[Generation]) -> str:
    """What became of the clients that send the form by themselves."""
    senders = {
        e.cell.client
        for e in view.entries
        if e.seen and e.seen.hello and e.seen.hello.form == "sslv2"
    }
    found = _natural(view)
    said = []
    for sender in sorted(senders):
        labels: Labels = []
        for g in line:
            entry = found.get((sender, g.peer.id))
            if entry and entry.seen:
                labels.append((g.version, entry.seen.version or "refused"))
        if labels:
            said.append(f"{sender} with {skew.told(labels)}")
    return " / ".join(said)


def _natural(view: View) -> Mapping[tuple[str, str], Entry]:
    return {
        (e.cell.client, e.cell.server): e
        for e in view.entries
        if e.cell.scenario == "upgrade" and not e.cell.axes
    }


def versions_table(view: View) -> Table:
    """By version of each library: what it does by default, and what at most."""
    rows = []
    for role, peers in (("client", view.clients), ("server", view.servers)):
        for library, line in skew.lineages(peers).items():
            rows.append((f"{library} {role}", _row(view, role, line)))
    return Table(
        "skew-versions",
        "Works since, works until: by version of each library",
        "What the versions of a library do, old to new, each with whom it went "
        "furthest with. Highest: the highest version negotiated with neither side "
        "pinned. TLS 1.0 by default: with a partner that has no other. TLS 1.0 when "
        "asked: both sides pinned to it, policy lowered. Post-quantum hello: a client "
        "sends such a key share by itself; a server answers the lawful hellos with a "
        "share for X25519MLKEM768 (how many of how many).",
        "library",
        ("highest", "TLS 1.0 by default", "TLS 1.0 when asked", "post-quantum hello"),
        tuple(rows),
    )


def _row(view: View, role: str, line: Sequence[Generation]) -> tuple[Box, ...]:
    natural, oldest = _by_peer(view, role, ()), _only_oldest(view)
    pinned = _by_peer(view, role, (("tls", "1.0"),))

    def highest(peer: Peer) -> str:
        seen = {e.seen.version for e in natural.get(peer.id, ()) if e.seen} - {""}
        return max(seen, key=_rank, default=NONE) if natural.get(peer.id) else ""

    def by_default(peer: Peer) -> str:
        other = "server" if role == "client" else "client"
        mine = [
            e
            for e in natural.get(peer.id, ())
            if e.seen and (other, getattr(e.cell, other)) in oldest
        ]
        return _yes(e.seen.version == "1.0" for e in mine if e.seen)

    def asked(peer: Peer) -> str:
        mine = pinned.get(peer.id, ())
        ran = [e for e in mine if e.seen]
        if mine and not ran:
            return "cannot"
        return _yes(e.seen.version == "1.0" for e in ran if e.seen)

    hellos = _hellos(view, _TLS13) if role == "server" else {}

    def post_quantum(peer: Peer) -> str:
        if role == "client":
            seen = [e.seen.hello for e in natural.get(peer.id, ()) if e.seen]
            sent = [hello for hello in seen if hello is not None]
            return _yes([drift.profile(sent).post_quantum]) if sent else ""
        asked = [e for e in hellos.get(peer.id, ()) if _is_post_quantum(view, e)]
        answered = sum(map(_answered, asked))
        return f"{answered} of {len(asked)}" if asked else ""

    return tuple(
        text(skew.told([(g.version, label(g.peer)) for g in line]) or "-")
        for label in (highest, by_default, asked, post_quantum)
    )


def _is_post_quantum(view: View, entry: Entry) -> bool:
    scenario = view.scenarios.get(entry.cell.scenario)
    return scenario is not None and has_hybrid(scenario.octets)


@lru_cache(maxsize=4096)
def has_hybrid(octets: bytes) -> bool:
    """Whether a hello has such a share, and one as it ought to be: who knows the group
    may refuse any other."""
    try:
        hello = codec.decode(octets)
    except ValueError:
        return False
    return _HYBRID in reach.groups(hello) and not expect.oddity(hello)


def _yes(found: Iterable[bool]) -> str:
    values = list(found)
    return ("yes" if any(values) else "no") if values else ""


def _rank(version: str) -> int:
    return _ORDER.get(version, -1)


def _by_peer(
    view: View, role: str, axes: tuple[tuple[str, str], ...]
) -> Mapping[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for e in view.entries:
        if e.cell.scenario == "upgrade" and e.cell.axes == axes:
            found.setdefault(getattr(e.cell, role), []).append(e)
    return found


def _only_oldest(view: View) -> set[tuple[str, str]]:
    """The peers that have TLS 1.0 and nothing else."""
    return {
        (peer.role, peer.id)
        for peer in (*view.clients, *view.servers)
        if peer.capabilities.natural == VERSIONS[:1]
    }


def meeting_table(view: View) -> Table:
    """Oldest to newest and newest to oldest of each two libraries."""
    clients, servers = skew.lineages(view.clients), skew.lineages(view.servers)
    natural = _natural(view)

    def item(before: str, client: Generation, server: Generation) -> Item:
        entry = natural.get((client.peer.id, server.peer.id))
        if entry is None or entry.seen is None:
            return Item(before=f"{before} -")
        said = entry.seen.version or NONE
        return Item(entry.verdict, f"{before} {said}", cell=entry.cell.id)

    def box(ours: Sequence[Generation], theirs: Sequence[Generation]) -> Box:
        if len(ours) == len(theirs) == 1:
            return (item("", ours[0], theirs[0]),)
        return item("↗", ours[0], theirs[-1]), item("↘", ours[-1], theirs[0])

    return Table(
        "skew-families",
        "Old client to new server, new client to old server",
        "Neither side pinned. ↗ is the oldest version here of the row's clients with "
        "the newest of the column's servers, ↘ the newest client with the oldest "
        "server; with one version of each there is one meeting. All versions with all "
        "are on the site.",
        "clients of ↓ servers of →",
        tuple(f"{name} {_range(line)}" for name, line in servers.items()),
        tuple(
            (
                f"{name} {_range(ours)}",
                tuple(box(ours, theirs) for theirs in servers.values()),
            )
            for name, ours in clients.items()
        ),
    )


def _range(line: Sequence[Generation]) -> str:
    first, last = line[0].version, line[-1].version
    return first if first == last else f"{first} to {last}"


def apart_table(view: View) -> Table:
    """Pairs that come to no TLS by themselves, and whether a version is what they
    lack; clients of which the same is true in one row."""
    natural, met = _natural(view), _met_when_pinned(view)
    rows: dict[tuple[str, ...], list[str]] = {}
    for client in view.clients:
        found: tuple[list[str], ...] = ([], [], [], [])
        default, never, form, other = found
        for server in view.servers:
            pair = client.id, server.id
            entry = natural.get(pair)
            if entry is None or entry.seen is None or entry.seen.version:
                continue
            hello = entry.seen.hello
            if not set(client.capabilities.natural) & set(server.capabilities.natural):
                (default if pair in met else never).append(server.id)
            else:
                old = hello is not None and hello.form == "sslv2"
                (form if old else other).append(server.id)
        if any(found):
            key = tuple(", ".join(each) or "-" for each in found)
            rows.setdefault(key, []).append(client.id)
    return Table(
        "skew-apart",
        "Who cannot meet whom",
        "Pairs that come to no TLS while neither side is pinned. Those that have no "
        "version in common by default, apart by whether they have one at the lowest "
        "setting: both sides pinned to it, policy lowered. And those that have one, "
        "and fail on something else.",
        "client",
        (
            "no version in common by default, one at the lowest setting",
            "none at the lowest setting either",
            "a hello in the SSLv2 form is refused",
            "something else is in the way",
        ),
        tuple(
            (", ".join(clients), tuple(map(text, said)))
            for said, clients in rows.items()
        ),
    )


def _met_when_pinned(view: View) -> set[tuple[str, str]]:
    """The pairs that spoke TLS with both sides pinned to one version."""
    return {
        (e.cell.client, e.cell.server)
        for e in view.entries
        if e.cell.scenario == "upgrade"
        and [name for name, _ in e.cell.axes] == ["tls"]
        and e.seen
        and e.seen.version
    }
