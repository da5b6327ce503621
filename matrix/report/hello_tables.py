"""hello_tables - what each server made of the recorded hellos, and of clients that
err in the handshake."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Mapping, Sequence

from matrix.model import Value, worst
from matrix.report.tables import Box, Item, Table, text
from matrix.report.view import Entry, View
from matrix.scenarios import Scenario
from matrix.vectors import codec, legality
from matrix.vectors.classes import classify

_MOST = 5  # different outcomes that a box tells apart
_KINDS: Mapping[str, str] = {
    "Vs": "SSLv2 form, SSL 2.0 alone",
    "V0": "SSLv2 form, up to SSL 3.0",
    "V1": "SSLv2 form, up to TLS 1.0",
    "V2": "SSLv2 form, up to TLS 1.1",
    "V3": "SSLv2 form, up to TLS 1.2",
    "V+": "SSLv2 form, above TLS 1.2",
    "Hs": "TLS form, up to SSL 3.0",
    "H1": "TLS form, up to TLS 1.0",
    "H2": "TLS form, up to TLS 1.1",
    "H3n": "TLS form, up to TLS 1.2, no extensions",
    "H3": "TLS form, up to TLS 1.2",
    "Hh": "TLS form, client_version above TLS 1.2",
    "H4": "TLS form, TLS 1.3 and others",
    "H4o": "TLS form, TLS 1.3 alone",
    "wrong-v": "SSLv2 form, something wrong in it",
    "wrong-h": "TLS form, something wrong in it",
    "none": "no ClientHello that can be cut",
}
_SAME = {"H0": "H1", "H0s": "Hs"}


def class_table(view: View) -> Table:
    """Every hello, by class, at every server as it is installed."""
    rows: dict[str, dict[str, list[Entry]]] = {name: {} for name in _KINDS}
    for entry in _entries(view, "hello."):
        if not entry.cell.axes:
            kind = kind_of(view.scenarios.get(entry.cell.scenario))
            rows[kind].setdefault(entry.cell.server, []).append(entry)
    servers = _servers(view)
    return Table(
        "hellos",
        "Hellos by class: how each server answered",
        "A row has all recorded and authored hellos of one class, each sent octet for "
        "octet after STARTTLS to each server as it is installed; in brackets, how many "
        "there are. A box has each outcome with its number and its worst verdict: a "
        "version alone means that the handshake was completed and the message "
        "delivered; a number after alert is its description; + means that a "
        "ServerHello came and nobody has the key to go on; broken off, that the "
        "handshake ended behind the ServerHello.",
        "hello ↓ server →",
        servers,
        tuple(
            (
                f"{words} ({max(map(len, rows[kind].values()))})",
                tuple(_outcomes(rows[kind].get(server, ())) for server in servers),
            )
            for kind, words in _KINDS.items()
            if rows[kind]
        ),
    )


def form_table(view: View) -> Table:
    """Every SSLv2-form hello that may be said, one row each."""
    found = {e.cell.id: e for e in _entries(view, "hello.")}
    servers = _servers(view)
    names = [
        name
        for name in dict.fromkeys(e.cell.scenario for e in found.values())
        if kind_of(view.scenarios.get(name)) in ("Vs", "V0", "V1", "V2", "V3", "V+")
    ]

    def box(name: str, server: str) -> Box:
        bare = f"{name}/replay/{server}"
        items = [
            Item(entry.verdict, after=_brief(entry), cell=entry.cell.id)
            for entry in (found.get(bare), found.get(f"{bare}/security=low"))
            if entry is not None
        ]
        same = len(items) == 2 and items[0].after == items[1].after
        same = same and items[0].value == items[1].value
        if len(items) == 2 and not same:
            low = items[1]
            items[1] = Item(low.value, "low:", low.after, low.cell)
        return tuple(items[:1] if same else items)

    return Table(
        "sslv2",
        "The SSLv2 form, hello by hello",
        "Each hello in the SSLv2 form that a client may have sent: with the server as "
        "it is installed and, where that makes a difference (low), without the policy "
        "that forbids old versions and SHA-1. Each was held against its twin in the "
        "TLS form at every server that reads the form (RFC 5246 E.2).",
        "hello ↓ server →",
        servers,
        tuple(
            (name[6:], tuple(box(name, server) for server in servers)) for name in names
        ),
    )


def error_table(view: View) -> Table:
    """Clients that err in the handshake."""
    found = {
        (e.cell.scenario, e.cell.server): e for e in _entries(view, "hello-error.")
    }
    servers = _servers(view)

    def box(name: str, server: str) -> Box:
        entry = found.get((name, server))
        if entry is None:
            return ()
        said = next(
            (
                c.because
                for c in entry.judgement.checks
                if c.id == "suite-error-refused"
            ),
            "",
        )
        alerts = (
            [str(n) for role, n in entry.seen.alerts if role == "server"]
            if (entry.seen)
            else []
        )
        words = f"alert {alerts[0]}" if alerts else ""
        if said.startswith("there was no occasion"):
            words = "no occasion"
        elif said.startswith("the server went on"):
            words = "went on"
        elif not alerts:
            words = "no alert"
        return (Item(entry.verdict, after=words, cell=entry.cell.id),)

    return Table(
        "errors",
        "Clients that err in the handshake",
        "One thing is wrong in what the client sends behind its hello, and no server "
        "may go on from it. No occasion: the server did not choose what the error "
        "needs, or did not read the hello.",
        "error ↓ server →",
        servers,
        tuple(
            (_title(view, name), tuple(box(name, server) for server in servers))
            for name in dict.fromkeys(name for name, _ in found)
        ),
    )


def place_table(view: View) -> Table:
    """Hellos at a place where none belongs."""
    entries = _entries(view, "session.")
    found = {(e.cell.scenario, e.cell.server): e for e in entries}
    servers = tuple(p.id for p in view.servers if p.id in {s for _, s in found})

    def box(name: str, server: str) -> Box:
        entry = found.get((name, server))
        if entry is None:
            return ()
        return (Item(entry.verdict, after=_brief(entry), cell=entry.cell.id),)

    return Table(
        "places",
        "Hellos out of place",
        "A hello with or straight behind STARTTLS, in its place, or before the "
        "greeting. What a server has read in clear by the time of its 220 it must not "
        "take for TLS, and then both wait: silent. A server that reads no further "
        "than the command leaves the hello to TLS.",
        "hello ↓ server →",
        servers,
        tuple(
            (_title(view, name), tuple(box(name, server) for server in servers))
            for name in dict.fromkeys(name for name, _ in found)
        ),
    )


def _title(view: View, name: str) -> str:
    scenario = view.scenarios.get(name)
    return scenario.title if scenario else name


def kind_of(scenario: Scenario | None) -> str:
    """Which row of the table a hello belongs to."""
    return _kind(scenario.octets) if scenario else "none"


@lru_cache(maxsize=4096)
def _kind(octets: bytes) -> str:
    try:
        hello = codec.decode(octets)
    except ValueError:
        return "none"
    sslv2 = hello.form == "sslv2"
    if legality.findings(octets):
        return "wrong-v" if sslv2 else "wrong-h"
    names = classify([octets]).names
    if "H3n" in names:
        return "H3n"
    name = _SAME.get(names[0], names[0])
    if name in _KINDS:
        return name
    return "V+" if sslv2 else "Hh"


def _entries(view: View, prefix: str) -> list[Entry]:
    return [e for e in view.entries if e.cell.scenario.startswith(prefix)]


def _servers(view: View) -> tuple[str, ...]:
    there = {e.cell.server for e in _entries(view, "hello")}
    return tuple(peer.id for peer in view.servers if peer.id in there)


def _brief(entry: Entry) -> str:
    return entry.seen.answer if entry.seen else ""


def _outcomes(entries: Sequence[Entry]) -> Box:
    """Each outcome with its worst verdict and its number, the most frequent first."""
    values: dict[str, list[Value]] = {}
    for entry in entries:
        values.setdefault(_brief(entry), []).append(entry.verdict)
    counts = Counter({words: len(found) for words, found in values.items()})
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    items = [
        Item(worst(values[words]), after=f"{words} ×{n}")
        for words, n in ordered[:_MOST]
    ]
    if rest := sum(n for _, n in ordered[_MOST:]):
        items += text(f"others ×{rest}")
    return tuple(items)
