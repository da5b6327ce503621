"""price - what it costs, read from the cells of a run: what became of the mail where
TLS did not come about, and what a session lacks that began in the SSLv2 form.

Nothing here is taken from theory but the name of a failure's layer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Collection, Iterator, Mapping

from matrix import flight
from matrix import answer as answers
from matrix.claims.evidence import Roles, Shown, shown
from matrix.claims.layers import LAYERS, MEANINGS
from matrix.claims.witness import Peers
from matrix.extensions import EXTENDED_MASTER_SECRET, SIGNATURE_ALGORITHMS
from matrix.model import Cell, Connection, Observation

# Why there was no TLS, in the order in which it is told.
CAUSES: Mapping[str, str] = {
    **{layer: f"the two disagree on {MEANINGS[layer]}" for layer in LAYERS},
    "suite": "they find no suite and no signature that both accept",
    "trust": "the client does not trust the server's certificate",
    "offer": "the server does not offer TLS, or has none to give (454)",
    "attack": "somebody in the middle takes it away",
}
POLICIES = ("opportunistic", "mandatory")
CLEAR, KEPT, TLS = "clear", "kept", "tls"
_MAIL = {"delivered-plain": CLEAR, "deferred": KEPT, "delivered-tls": TLS}
# What these scenarios are about; of all others the layer is asked for.
_ABOUT: Mapping[str, str] = {
    "upgrade.untrusted": "trust",
    "upgrade.fallback": "trust",
    "upgrade.no-starttls": "offer",
    "upgrade.starttls-454": "offer",
    "tamper.strip-starttls": "attack",
    "tamper.mask-starttls": "attack",
    "tamper.starttls-to-noop": "attack",
    "tamper.220-to-454": "attack",
    "tamper.alert-before-answer": "attack",
}
_OF_VERSIONS = "upgrade.fallback-version"  # as upgrade is, but for the policy


@dataclass(frozen=True, slots=True)
class Lost:
    """A cell in which TLS did not come about on the first connection."""

    cell: str
    cause: str  # one of CAUSES
    policy: str
    mail: str  # CLEAR, KEPT; "" it was refused, or lost


@dataclass(frozen=True, slots=True)
class Met:
    """What a recorded hello met at a server."""

    cell: str
    hello: str  # the vector's name
    server: str
    form: str
    answer: str  # in words
    version: str  # of the ServerHello; "" none came
    signed: str = ""  # flight.signed
    name: bool = False  # the hello says which server it wants
    schemes: bool = False  # it says which signatures it takes
    ems: bool = False  # both know the extended master secret
    lowered: bool = False  # the server's policy was lowered for it


@dataclass(frozen=True, slots=True)
class Price:
    """All such cells of a run."""

    lost: tuple[Lost, ...] = ()
    met: tuple[Met, ...] = ()

    def of(self, cause: str, policy: str) -> tuple[Lost, ...]:
        return tuple(x for x in self.lost if (x.cause, x.policy) == (cause, policy))

    def sessions(self, form: str, lowered: bool) -> tuple[Met, ...]:
        """Those that a server answered with a ServerHello."""
        of_form = (m for m in self.met if m.form == form and m.version)
        return tuple(m for m in of_form if m.lowered == lowered)

    def twins(self) -> Iterator[tuple[Met, Met]]:
        """What one client meets at one server in the SSLv2 form, at its highest
        version, and in the TLS form as the same program sends it by itself: the
        hellos NAME-sslv2-VERSION and NAME, with nothing pinned or lowered."""
        plain = {(m.hello, m.server): m for m in self.met if m.cell.count("/") == 2}
        highest: dict[tuple[str, str], Met] = {}
        for (name, server), each in sorted(plain.items()):
            base, form, _ = name.partition("-sslv2")
            if form and (base, server) in plain:
                highest[base, server] = each
        for usual, each in highest.items():
            yield each, plain[usual]


NO_PRICE = Price()


class Reckoning:
    """What the cells of a run cost, taken one after another; ``recorded`` are the
    hellos that real clients sent."""

    def __init__(self, peers: Peers, roles: Roles, recorded: Collection[str]) -> None:
        self._peers, self._roles, self._recorded = peers, roles, recorded
        self._lost: list[Lost] = []
        self._met: list[Met] = []

    @staticmethod
    def wants(cell: Cell) -> bool:
        """Whether a cell can cost anybody anything."""
        if cell.excluded is not None or cell.axis("fault"):
            return False
        family = cell.scenario.partition(".")[0]
        return cell.scenario in _ABOUT or family in ("upgrade", "hello")

    def take(self, cell: Cell, seen: Observation | None, found: Shown | str) -> None:
        """``found`` is what the cell shows as it is."""
        if seen is None or seen.trouble or not seen.connections or not self.wants(cell):
            return
        if cause := self._cause(cell, seen, found):
            self._lost.append(Lost(cell.id, cause, cell.axis("policy"), _mail(seen)))
        family, _, hello = cell.scenario.partition(".")
        again = cell.axis("policy") != "mandatory"
        if family == "hello" and hello in self._recorded and not again:
            self._met += _met(cell, hello, seen.connections[0])

    def price(self) -> Price:
        return Price(tuple(self._lost), tuple(self._met))

    def _cause(self, cell: Cell, seen: Observation, found: Shown | str) -> str:
        """Why TLS did not come about; "" it did, or that is not known."""
        if cell.axis("policy") not in POLICIES:
            return ""
        if about := _ABOUT.get(cell.scenario, ""):
            done = seen.connections[0].near
            missed = about == "attack" and done and done.fact("tamper.done") != "yes"
            return "" if missed else about
        if (bare := _bare(cell)) != cell:
            client = self._peers.get(("client", cell.client))
            server = self._peers.get(("server", cell.server))
            if client is None or server is None:
                return ""
            found = shown(bare, seen, client, server, self._roles)
        if not isinstance(found, Shown) or found.result != "refused":
            return ""
        return found.theory.layer or ("suite" if found.agrees is None else "")


def _bare(cell: Cell) -> Cell:
    """The cell that theory speaks of: the same without a policy."""
    family = "upgrade" if cell.scenario == _OF_VERSIONS else cell.scenario
    axes = tuple((name, value) for name, value in cell.axes if name != "policy")
    return replace(cell, scenario=family, axes=axes)


def _mail(seen: Observation) -> str:
    """What became of the message in the end."""
    said = [c.client.fact("mail") for c in seen.connections if c.client]
    return _MAIL.get(next((word for word in reversed(said) if word), ""), "")


def _met(cell: Cell, name: str, link: Connection) -> Iterator[Met]:
    answer = answers.answer(link)
    hello = link.wire.hellos[0] if link.wire.hellos else None
    if hello is None or link.client is None:
        return
    known = {number for number, _ in hello.extensions}
    octets = link.client.octets("S", "tls")
    yield Met(
        cell=cell.id,
        hello=name,
        server=cell.server,
        form=hello.form,
        answer=answer.words(),
        version=answer.version,
        signed=flight.signed(octets, answer.version, answer.suite),
        name=bool(hello.server_name),
        schemes=SIGNATURE_ALGORITHMS in known,
        ems=EXTENDED_MASTER_SECRET in known & set(answer.extensions),
        lowered=cell.axis("security") == "low",
    )
