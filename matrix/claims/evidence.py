"""evidence - what a cell of a run stands for, and what came of it.

The hello is read from the octets that the client sent; the versions that each side
takes come from its pin or its probed capabilities; what neither shows is said by
witnesses.toml.  So every cell has two personas, and theory says what they come to.
"""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping, Sequence

from matrix import sight
from matrix.claims.layers import Outcome, outcome
from matrix.claims.personas import ClientPersona, ServerPersona
from matrix.model import VERSIONS, Cell, Connection, Hello
from matrix.model import Observation, Peer
from matrix.registry import suite
from matrix.rulesets import HELLOS
from matrix.ruletext import Source, read

# What theory takes for granted can fail too; these alerts say that it did, or
# something near to it: nothing follows from them about form or version.
_PROTOCOL_VERSION, _UNEXPECTED_MESSAGE = 70, 10
NO_WITNESS = "it is about something else"


@dataclass(frozen=True, slots=True)
class Roles:
    """witnesses.toml: what is known of programs and of cells."""

    cells: tuple[Mapping[str, Any], ...]
    clients: tuple[Mapping[str, Any], ...]
    servers: tuple[Mapping[str, Any], ...]

    def cell(self, cell: Cell) -> Mapping[str, Any] | None:
        """The row of a cell that can be a witness; None if it cannot."""
        for row in self.cells:
            if fnmatch.fnmatchcase(cell.id, row["cells"]):
                fits = all(name in row.get("axes", ()) for name, _ in cell.axes)
                usable = fits and cell.excluded is None and "never" not in row
                return row if usable else None
        return None

    def client(self, peer: str) -> Mapping[str, Any]:
        """What is known of a client; {} if nobody said."""
        return _first(self.clients, peer) or {}

    def server(self, peer: str) -> Mapping[str, Any]:
        """What is known of a server; {} if nobody said."""
        return _first(self.servers, peer) or {}


def _first(rows: Sequence[Mapping[str, Any]], peer: str) -> Mapping[str, Any] | None:
    return next((r for r in rows if fnmatch.fnmatchcase(peer, r["peer"])), None)


def load(file: Path) -> Roles:
    """Reads witnesses.toml.  ValueError names the line and what is wrong there."""
    source = read(file)
    source.only(source.table, ("cells", "client", "server"), "")
    return Roles(
        _rows(source, "cells", ("cells",), ("axes", "own", "never", "because")),
        _rows(source, "client", ("peer",), _OF_CLIENT),
        _rows(source, "server", ("peer", "forms"), _OF_SERVER),
    )


_OF_CLIENT = ("insists-on-renegotiation", "because")
_OF_SERVER = ("answers-renegotiation", "exchange", "because")


def _rows(
    source: Source, name: str, due: tuple[str, ...], more: tuple[str, ...]
) -> tuple[Mapping[str, Any], ...]:
    rows = source.rows(name)
    for row in rows:
        source.only(row, (*due, *more), name)
        if missing := [key for key in due if key not in row]:
            raise source.mistake(name, f"a row needs {missing[0]} = ...")
        for value in row.get("forms", ()):
            source.one_of(value, f"{name}.forms", ("tls", "sslv2"))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as a witness.  ``agrees``: theory and experiment say the same; None:
    the experiment says nothing about it."""

    cell: str
    client: ClientPersona
    server: ServerPersona
    theory: Outcome
    result: str  # "tls", "answered" (a ServerHello, not carried on), "refused"
    version: str  # spoken or answered; ""
    how: str  # in words: "TLS 1.0, mail delivered", "refused: the server closed"
    agrees: bool | None
    own: str = ""  # the side that is played by our own code


def shown(
    cell: Cell, seen: Observation, client: Peer, server: Peer, roles: Roles
) -> Shown | str:
    """What a cell shows, or why it can show nothing."""
    row = roles.cell(cell)
    if row is None:
        return NO_WITNESS
    if seen.trouble or not seen.connections:
        return seen.trouble or "it has no connection"
    link = seen.connections[0]
    if not link.wire.hellos:
        return "no hello was seen in it"
    hello = link.wire.hellos[0]
    if row.get("own") == "client" and (odd := _odd(link)):
        return odd
    about = roles.client(client.id)
    takes = _takes(cell, hello, client, own=row.get("own") == "client")
    insists = bool(about.get("insists-on-renegotiation"))
    mine = client_persona(hello, takes, insists)
    if mine is None:
        return "its hello is in no class that a rule set speaks of"
    known = roles.server(server.id)
    if not known and mine.form == "sslv2":
        return f"nobody says which forms {server.id} reads (witnesses.toml)"
    if exchange := known.get("exchange"):
        if not _offers(hello, exchange):
            return f"its hello has no cipher suite with the {exchange} of {server.id}"
    other = _server_persona(cell, server, known)
    if not other.versions:
        return f"nothing says which versions {server.id} takes"
    theory = outcome(mine, other)
    result, version, how = _result(link)
    if "signal" in seen.client_exit + seen.server_exit:
        return "a program crashed in it"
    agrees = _agrees(theory, result, version, link)
    own = str(row.get("own", ""))
    return Shown(cell.id, mine, other, theory, result, version, how, agrees, own)


def _odd(link: Connection) -> str:
    """Why a recorded or authored hello is not about form and version alone."""
    octets = link.client.octets("C", "tls") if link.client else b""
    return sight.odd(octets) if octets else ""


def client_persona(
    hello: Hello, takes: tuple[str, ...], insists: bool
) -> ClientPersona | None:
    """The persona behind a hello; None if no class fits."""
    if not takes:
        return None
    name = sight.class_of(hello, takes)
    if name is None:
        return None
    signals = sight.signals(hello) and takes[0] != "1.3"
    record = sight.record_of(hello)
    return ClientPersona(name, takes, record, signals, insists and signals)


def _takes(cell: Cell, hello: Hello, client: Peer, own: bool) -> tuple[str, ...]:
    """The versions that the client takes, old to new; () if its hello offers them
    in a way that no rule set speaks of."""
    offers = sight.offered(hello)
    if hello.supported_versions or not offers:
        return offers
    if cell.pin("client") and not own:
        return (cell.pin("client"),)
    # Such a hello says the highest only.  Our own client carries on with every
    # version below it, a library with those it was found to take.
    below = VERSIONS if own else client.capabilities.natural
    return tuple(v for v in offers if v in below)


def _offers(hello: Hello, exchange: str) -> bool:
    """Has it a cipher suite of this key exchange below TLS 1.3?"""
    suites = map(suite, hello.cipher_suites)
    return any(name.startswith(f"TLS_{exchange}_WITH_") for name in suites)


def _server_persona(
    cell: Cell, server: Peer, known: Mapping[str, Any]
) -> ServerPersona:
    pin, can = cell.pin("server"), server.capabilities
    forms = known.get("forms", ("tls",))
    natural = can.lowered if cell.axis("security") == "low" else can.natural
    takes = (pin,) if pin else natural
    return ServerPersona(
        frozenset(name for name, kind in HELLOS.items() if kind.form in forms),
        tuple(v for v in VERSIONS if v in takes),
        None,
        bool(known.get("answers-renegotiation", True)),
        bool(cell.axis("renegotiation")),
        "alert",
    )


def _result(link: Connection) -> tuple[str, str, str]:
    """What came of a connection: result, version, words."""
    facts = dict(link.client.facts) if link.client else {}
    told = dict(link.server.facts) if link.server else {}
    version = link.wire.version or facts.get("tls.version", "")
    if facts.get("tls.handshake") == told.get("tls.handshake") == "ok":
        mail = facts.get("mail", "") == "delivered-tls"
        said = "mail delivered" if mail else "no mail delivered"
        return "tls", version, f"TLS {version}, {said}"
    alerts = {
        sender: f"alert {number} by the {'client' if sender == 'C' else 'server'}"
        for sender, level, number in reversed(link.wire.alerts)
        if level == 2
    }
    if link.wire.version and not alerts:
        return "answered", version, f"the server answered with TLS {version}"
    if link.wire.retried and not alerts:  # RFC 8446 4.1.4: that is its answer too
        return "answered", "1.3", "the server answered with a HelloRetryRequest"
    hung = any(f.get("end", "").startswith("hang(handshake") for f in (facts, told))
    how = "silence" if hung else "closed, no alert"
    if link.wire.version or "S" in alerts:
        first = next(iter(alerts.values()))
        return "refused", version, f"refused: {alerts.get('S', first)}"
    # It was the server that refused, whatever the client said to that.
    more = f"; then {alerts['C']}" if alerts else ""
    return "refused", version if alerts else "", f"refused: {how}{more}"


def _agrees(
    theory: Outcome, result: str, version: str, link: Connection
) -> bool | None:
    """Do theory and experiment say the same?"""
    if theory.layer:
        if result == "refused":
            return True
        if result == "answered" and theory.side == "client":
            return None  # the server did its part, and then our client went on
        return False
    if result != "refused":
        return version == theory.version
    reasons = {number for _, level, number in link.wire.alerts if level == 2}
    if reasons - {_PROTOCOL_VERSION, _UNEXPECTED_MESSAGE}:
        return None  # suites, signatures, certificates: theory takes them as given
    return False
