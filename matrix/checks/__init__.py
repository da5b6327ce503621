"""checks - one function a requirement, from what was seen to what that means.

A check has the id of its rule (matrix/rules).  It says what it found, or None
if the cell did not get to where the rule speaks.  Nothing here does anything
but look at values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Mapping

from matrix.model import Capabilities, Cell, Connection, Flow, Observation
from matrix.model import Prediction, Value, Wire
from matrix.scenarios import Scenario

ROLES = ("client", "server")
OTHER: Mapping[str, str] = {"client": "server", "server": "client"}
SENDER: Mapping[str, str] = {"client": "C", "server": "S"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; ``side`` is whose fault it is, "" nobody's."""

    value: Value
    because: str
    side: str = ""


def kept(because: str) -> Finding:
    """The rule was kept."""
    return Finding(Value.PASS, because)


def broken(side: str, because: str) -> Finding:
    """The rule was not kept; what that weighs is the rule's level's business."""
    return Finding(Value.FAIL, because, side)


def missed(side: str, because: str) -> Finding:
    """The MUST of the rule was met, but not what should be."""
    return Finding(Value.STRICT_MISS, because, side)


def open_(because: str) -> Finding:
    """The rule leaves it open; this is how it was."""
    return Finding(Value.INFO, because)


def unclear(because: str) -> Finding:
    """The witnesses do not tell one story."""
    return Finding(Value.INCONCLUSIVE, because)


@dataclass(frozen=True, slots=True)
class Link:
    """One connection, with both sides' facts at hand (the last of each name)."""

    number: int  # 1 is the first
    client: Flow | None
    server: Flow | None
    facts: Mapping[str, Mapping[str, str]]  # by role
    wire: Wire
    taps_agree: bool | None
    near: Flow | None = None  # the relay's, on the client's side
    far: Flow | None = None  # and on the server's

    def fact(self, role: str, name: str) -> str:
        """A fact of one side; "" if it was not reached."""
        return self.facts[role].get(name, "")

    def integer(self, role: str, name: str) -> int | None:
        """A fact that is a number; None if it was not reached or is none."""
        value = self.fact(role, name)
        return int(value) if value.isdecimal() and len(value) < 20 else None

    def flow(self, role: str) -> Flow:
        """A side's flow; an empty one if there is none."""
        return (self.client if role == "client" else self.server) or Flow()

    def inside(self, sender: str, tap: str) -> bytes:
        """What "C" or "S" said inside TLS, by the tap of a role."""
        return self.flow(tap).octets(sender, "inside")

    @property
    def tls(self) -> bool:
        """Do both sides say that the handshake succeeded?"""
        return all(self.fact(role, "tls.handshake") == "ok" for role in ROLES)


def link(number: int, connection: Connection) -> Link:
    """A connection made ready for the checks."""
    return Link(
        number=number,
        client=connection.client,
        server=connection.server,
        facts={
            "client": dict(connection.client.facts) if connection.client else {},
            "server": dict(connection.server.facts) if connection.server else {},
        },
        wire=connection.wire,
        taps_agree=connection.taps_agree,
        near=connection.near,
        far=connection.far,
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """A cell with everything that is known about what happened in it."""

    cell: Cell
    scenario: Scenario
    observation: Observation
    prediction: Prediction
    links: tuple[Link, ...]
    server: Capabilities | None = None  # what the server was seen to be able to do
    client: Capabilities | None = None  # and the client

    def exit(self, role: str) -> str:
        """How the program's child ended: "0", "signal 11", "" not known."""
        seen = self.observation
        return seen.client_exit if role == "client" else seen.server_exit

    def crashed(self) -> str:
        """The role whose child was ended by a signal; "" neither."""
        return next((r for r in ROLES if self.exit(r).startswith("signal")), "")

    def delivered(self, role: str) -> list[str]:
        """Per connection, the ``mail`` fact of one side."""
        return [link.fact(role, "mail") for link in self.links]


CellCheck = Callable[[Seen], "Finding | None"]
LinkCheck = Callable[[Seen, Link], "Finding | None"]

# By rule id.  Filled by the modules below, read by matrix/judge.py.
OF_CELL: dict[str, CellCheck] = {}
OF_LINK: dict[str, LinkCheck] = {}


def of_cell(id: str) -> Callable[[CellCheck], CellCheck]:
    """Registers a check that looks at a cell as a whole."""

    def register(check: CellCheck) -> CellCheck:
        OF_CELL[id] = check
        return check

    return register


def of_link(*ids: str) -> Callable[[LinkCheck], LinkCheck]:
    """Registers a check that looks at each connection by itself."""

    def register(check: LinkCheck) -> LinkCheck:
        for id in ids:
            OF_LINK[id] = check
        return check

    return register
