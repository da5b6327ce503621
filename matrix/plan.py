"""plan - which cells there are, and why each of them; before anything runs.

Every cell is planned, the ones that cannot run too: those say so and why.
The order of the plan is the order of the report.
"""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache, partial
from itertools import product
from typing import Iterable, Iterator, Mapping, Sequence
from zlib import crc32

from matrix import covering
from matrix.model import AXES, Capabilities, Cell, Peer, Value
from matrix.scenarios import VALUES, Grid, Scenario


ONLY = ("hello", "serverhello")  # what a peer may play that plays nothing else


def plan(
    clients: Sequence[Peer],
    servers: Sequence[Peer],
    scenarios: Mapping[str, Scenario],
    select: Sequence[str] = (),
) -> tuple[Cell, ...]:
    """All cells of these peers and scenarios, ids unique, in report order.

    ``select`` are patterns over cell ids, with ``*``; none selects everything.
    A pattern that matches no cell raises ValueError naming the nearest ids.
    """
    cells = {
        cell.id: cell
        for scenario in scenarios.values()
        if not scenario.examined
        for grid in scenario.grids
        for turn, axes in enumerate(_combinations(grid))
        for cell in _cells(clients, servers, scenario, grid, axes, turn)
    }
    rank = {name: i for i, name in enumerate(scenarios)}
    ordered = sorted(cells.values(), key=lambda cell: _key(cell, rank))
    return tuple(chosen(ordered, select))


def chosen(cells: Sequence[Cell], select: Sequence[str]) -> Iterator[Cell]:
    """The cells whose id one of the patterns matches; all if there is none.

    Raises ValueError for a pattern that matches nothing.
    """
    patterns = [pattern(text) for text in select]
    for text, compiled in zip(select, patterns):
        if not any(compiled.fullmatch(cell.id) for cell in cells):
            near = get_close_matches(text, [cell.id for cell in cells], n=3, cutoff=0.4)
            hint = f"nearest: {', '.join(near)}" if near else "see: interop plan"
            raise ValueError(f"no cell matches {text!r}; {hint}")
    for cell in cells:
        if not patterns or any(p.fullmatch(cell.id) for p in patterns):
            yield cell


@lru_cache(maxsize=4096)
def pattern(text: str) -> re.Pattern[str]:
    """A pattern over cell ids: ``*`` is any text, ``{a,b}`` one of these, all else is
    itself."""
    parts = re.split(r"([*]|\{[^{}]*\})", text)
    return re.compile("".join(map(_part, parts)), re.DOTALL)


def _part(text: str) -> str:
    if text == "*":
        return ".*"
    if text[:1] + text[-1:] != "{}":
        return re.escape(text)
    words = text[1:-1].split(",")
    return f"(?:{'|'.join(map(_words, words))})"


def _words(text: str) -> str:
    return ".*".join(map(re.escape, text.split("*")))


def alternatives(text: str) -> tuple[str, ...]:
    """The pattern with each word of its braces alone in turn; itself if it has none."""
    found = []
    for braces in re.finditer(r"\{([^{}]*)\}", text):
        before, behind = text[: braces.start()], text[braces.end() :]
        found += [f"{before}{word}{behind}" for word in braces[1].split(",")]
    return tuple(found) or (text,)


def _combinations(grid: Grid) -> Iterator[Mapping[str, str]]:
    """What the axes of a grid come to, a value each."""
    for values in product(*(values for _, values in grid.axes)):
        axes = dict(zip((name for name, _ in grid.axes), values))
        apart = axes.get("client-tls"), axes.get("server-tls")
        if not apart[0] or apart[0] != apart[1]:  # that is the axis "tls"
            yield axes


def _cells(
    clients: Sequence[Peer],
    servers: Sequence[Peer],
    scenario: Scenario,
    grid: Grid,
    axes: Mapping[str, str],
    turn: int,
) -> Iterator[Cell]:
    clients = [client for client in clients if _takes_part(client, scenario)]
    servers = [server for server in servers if _serves(server, scenario)]
    pairs: Iterable[tuple[Peer, Peer]] = product(clients, servers)
    if covering.is_due(clients, servers):
        able = partial(_able, scenario, axes)
        turn += crc32(scenario.name.encode())  # not the same versions in each of many
        pairs = covering.chosen(clients, servers, grid.eras, turn, able)
    if scenario.pairs == "self":
        pairs = ((c, s) for c, s in pairs if c.id == s.id and _plays(c, scenario))
    elif scenario.pairs == "hub":
        pairs = ((c, s) for c, s in pairs if c.id == s.id or _is_hub(c) or _is_hub(s))
    for client, server in pairs:
        yield cell(client, server, scenario, axes, grid.why)


def _is_hub(peer: Peer) -> bool:
    """This machine's OpenSSL, which the other libraries meet where every pair would
    be too many."""
    return peer.family == "openssl" and "era" not in peer.about


def _plays(peer: Peer, scenario: Scenario) -> bool:
    """Peers with an SMTP engine of their own say what they have no part in."""
    return scenario.family in peer.about.get("plays", scenario.family).split()


def _takes_part(client: Peer, scenario: Scenario) -> bool:
    """A client that only replays has scenarios of its own, and only these."""
    if scenario.client:
        return client.family == scenario.client
    return client.about.get("plays") not in ONLY


def _serves(server: Peer, scenario: Scenario) -> bool:
    """A server that only plays scripts has scenarios of its own, and only these."""
    if scenario.server:
        return server.family == scenario.server
    return server.about.get("plays") not in ONLY


def _able(scenario: Scenario, axes: Mapping[str, str], peer: Peer) -> bool:
    return cell(peer, peer, scenario, axes, "").excluded is None


def cell(
    client: Peer, server: Peer, scenario: Scenario, axes: Mapping[str, str], why: str
) -> Cell:
    """One cell, with what the peers cannot do found out.

    ``axes`` may have defaults in it; the cell's id leaves them out.
    """
    kept = tuple(
        (name, axes[name]) for name in AXES if name in axes and axes[name] != AXES[name]
    )
    bare = Cell(scenario.name, client.id, server.id, kept, why)
    for peer in (client, server):
        if missing := peer.about.get("missing"):  # it was asked for and is not here
            return replace(bare, excluded=Value.NOT_RUN, reason=missing)
    reason = _cannot(bare, client) or _cannot(bare, server)
    if not reason and (reason := _lacks(bare, client, scenario)):
        return replace(bare, excluded=Value.NOT_APPLICABLE, reason=reason)
    if not reason:
        return bare
    return replace(bare, excluded=Value.UNSUPPORTED, reason=reason)


def _cannot(cell: Cell, peer: Peer) -> str:
    """Why this peer cannot play its part in the cell; "" it can."""
    if peer.about.get("plays") in ONLY:
        return ""  # what it plays was chosen for the cell
    can = peer.capabilities
    pin, cert, resume = cell.pin(peer.role), cell.axis("cert"), cell.axis("resume")
    if pin and pin not in can.tls:
        return _because(peer, can, f"tls {pin}", f"TLS {pin}")
    if cert not in can.cert:
        return _because(peer, can, f"cert {cert}", f"{cert.upper()} certificates")
    signal = cell.axis("renegotiation") if peer.role == "server" else ""
    if signal and signal not in can.renegotiation:
        what = "to refuse who does not signal RFC 5746"
        return _because(
            peer, can, f"renegotiation {signal}", f"what it is told: {what}"
        )
    if resume and resume not in can.resume:
        what = "session ids" if resume == "id" else "tickets"
        return _because(peer, can, f"resume {resume}", f"resumption by {what}")
    return ""


def _lacks(cell: Cell, client: Peer, scenario: Scenario) -> str:
    """Why the scenario says nothing to what this client offers; "" it does."""
    pin = cell.pin("client")
    offered = (pin,) if pin else client.capabilities.natural
    if not scenario.needs or scenario.needs in offered or not offered:
        return ""
    return f"client {client.id} does not offer TLS {scenario.needs}"


def _because(peer: Peer, can: Capabilities, key: str, what: str) -> str:
    reason = dict(can.reasons).get(key, "")
    said = f": {reason}" if reason else ""
    return f"{peer.role} {peer.id} cannot do {what}{said}"


_Key = tuple[int, str, str, tuple[tuple[int, int, str], ...]]
_AXIS_RANK = {name: i for i, name in enumerate(AXES)}


def _key(cell: Cell, rank: Mapping[str, int]) -> _Key:
    axes = tuple(
        (
            _AXIS_RANK[name],
            VALUES[name].index(value) if value in VALUES.get(name, ()) else 0,
            value,
        )
        for name, value in cell.axes
    )
    return rank[cell.scenario], cell.client, cell.server, axes
