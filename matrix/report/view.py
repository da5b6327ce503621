"""view - the value that every page is made from, built once from a run's store.

A View holds what the tables need of each cell; the octets stay in the store.
Nothing in it depends on the clock, on this machine or on the order in which
cells ended: the same run file gives the same View.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Callable, Iterable, Iterator, Mapping, Protocol, Sequence

from matrix.model import (
    GAPS,
    VERSION_BY_NUMBER,
    Cell,
    Connection,
    Hello,
    Judgement,
    Observation,
    Peer,
    Run,
    Value,
    worst,
)
from matrix.answer import answer
from matrix.observe import observe
from matrix.plan import ONLY
from matrix.scenarios import Scenario

_CELL_ID = re.compile(r"[a-z0-9.+=-]+(/[a-z0-9.+=-]+){2,}")


class Source(Protocol):
    """What a report reads of a store (matrix/store.py)."""

    def cells(self) -> Sequence[Cell]:
        ...

    def peers(self) -> Sequence[Peer]:
        ...

    def runs(self) -> Iterator[Run]:
        ...

    def judgements(self) -> Mapping[str, Judgement]:
        ...

    def about(self) -> Mapping[str, str]:
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """What came out of a cell, as far as the tables need it."""

    version: str = ""  # negotiated; "" none
    resumed: bool = False
    alerts: tuple[tuple[str, int], ...] = ()  # ("client" or "server", description)
    mail: str = ""  # the client's last word on the message
    stage: str = ""  # how far the client got
    milliseconds: float = 0.0
    answer: str = ""  # to a recorded hello, in two words
    hello: Hello | None = None  # what a client sends that nobody told anything


@dataclass(frozen=True, slots=True)
class Entry:
    """A planned cell with its verdict and what was seen; ``seen`` is None if
    nothing ran."""

    cell: Cell
    judgement: Judgement
    seen: Seen | None = None

    @property
    def verdict(self) -> Value:
        return self.judgement.verdict


@dataclass(frozen=True, slots=True)
class View:
    """A whole run, ready to be shown."""

    entries: tuple[Entry, ...]  # in the plan's order
    clients: tuple[Peer, ...]
    servers: tuple[Peer, ...]
    about: Mapping[str, str]
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    replaying: tuple[Peer, ...] = ()  # clients that play what was recorded

    def counts(self) -> Mapping[Value, int]:
        """How many cells have each verdict."""
        return Counter(entry.verdict for entry in self.entries)

    def gaps(self) -> tuple[Entry, ...]:
        """The cells that have no result."""
        return tuple(e for e in self.entries if e.verdict in GAPS)

    def failures(self) -> tuple[Entry, ...]:
        """The cells that failed or missed a SHOULD, known ones included."""
        bad = (Value.FAIL, Value.STRICT_MISS)
        return tuple(e for e in self.entries if e.verdict in bad)

    def surprises(self) -> tuple[Entry, ...]:
        """Those of them that known.toml does not explain."""
        return tuple(e for e in self.failures() if e.judgement.known is None)

    def pairs(self) -> Mapping[tuple[str, str], tuple[Entry, ...]]:
        """The entries of each (client, server), in the plan's order."""
        pairs: dict[tuple[str, str], list[Entry]] = {}
        for entry in self.entries:
            pairs.setdefault((entry.cell.client, entry.cell.server), []).append(entry)
        return {pair: tuple(entries) for pair, entries in pairs.items()}


Take = Callable[[Entry, Run | None, Observation | None], None]


def build(
    source: Source, scenarios: Mapping[str, Scenario], takers: Sequence[Take] = ()
) -> View:
    """Reads a run.  ValueError if a cell's id is none (a run file is not ours)."""
    return read(source, assemble(source, scenarios), takers)


def assemble(source: Source, scenarios: Mapping[str, Scenario]) -> View:
    """The View of a run of which only the judgements were read; a cell without one
    is not-run."""
    judgements, peers = source.judgements(), source.peers()
    return View(
        entries=tuple(
            Entry(cell, judgements.get(checked(cell)) or _without(cell))
            for cell in source.cells()
        ),
        # One that only plays what was recorded or scripted is no peer of the pairs.
        clients=tuple(
            p for p in peers if p.role == "client" and p.about.get("plays") not in ONLY
        ),
        replaying=tuple(p for p in peers if p.about.get("plays") in ONLY),
        servers=tuple(
            p for p in peers if p.role == "server" and p.about.get("plays") not in ONLY
        ),
        about=dict(source.about()),
        scenarios=scenarios,
    )


def read(source: Source, bare: View, takers: Sequence[Take]) -> View:
    """The same View with what was seen.  Every result is read once, and whoever needs
    more of a cell than the View keeps takes it then: those with a result in the order
    of the plan, then those without."""
    entries = {entry.cell.id: entry for entry in bare.entries}
    for run in source.runs():
        if run.cell in entries:
            cell, judgement = entries[run.cell].cell, entries[run.cell].judgement
            observation = observe(run)
            entry = Entry(cell, judgement, see(run, observation))
            entries[run.cell] = entry
            for take in takers:
                take(entry, run, observation)
    for entry in entries.values():
        if entry.seen is None:
            for take in takers:
                take(entry, None, None)
    return replace(bare, entries=tuple(entries.values()))


def checked(cell: Cell) -> str:
    """The id of a cell, which is also the path of its page.  ValueError if it
    could lead anywhere else."""
    if not _CELL_ID.fullmatch(cell.id) or {"", ".", ".."} & set(cell.id.split("/")):
        raise ValueError(f"not a cell id: {cell.id[:80]!r}; is the run file ours?")
    return cell.id


def _without(cell: Cell) -> Judgement:
    """The judgement of a cell that nobody judged."""
    if cell.excluded is not None:
        return Judgement(cell.id, cell.excluded, cell.reason, ())
    return Judgement(cell.id, Value.NOT_RUN, "planned, and no result arrived", ())


def see(run: Run, observation: Observation) -> Seen:
    """What the tables need of a cell that ran."""
    flows = [c.client for c in observation.connections if c.client is not None]
    return Seen(
        version=next(filter(known_version, _versions(observation)), ""),
        resumed=any(flow.fact("tls.resumed") == "yes" for flow in flows),
        alerts=tuple(
            alert
            for connection in observation.connections
            for alert in alerts(connection)
        ),
        mail=next((f.fact("mail") for f in reversed(flows) if f.fact("mail")), ""),
        stage=next((f.fact("stage") for f in reversed(flows) if f.fact("stage")), ""),
        milliseconds=run.milliseconds,
        answer=_answer(run, observation),
        hello=_natural_hello(run, observation),
    )


def _versions(observation: Observation) -> Iterator[str]:
    """Of the handshakes that came to their end: as the client says; an old one that
    cannot is helped out by the octets."""
    for connection in observation.connections:
        if connection.client and connection.client.fact("tls.handshake") == "ok":
            yield connection.client.fact("tls.version") or connection.wire.version


def _natural_hello(run: Run, observation: Observation) -> Hello | None:
    """Of a pair's cell without axes."""
    name, *rest = run.cell.split("/")
    if name != "upgrade" or len(rest) != 2 or not observation.connections:
        return None
    return next(iter(observation.connections[0].wire.hellos), None)


def _answer(run: Run, observation: Observation) -> str:
    if not run.cell.startswith(("hello", "session")) or not observation.connections:
        return ""
    return answer(observation.connections[0]).brief()


def known_version(text: str) -> bool:
    """Whether a peer's word for a version is one of ours."""
    return text in VERSION_BY_NUMBER.values()


def alerts(connection: Connection) -> tuple[tuple[str, int], ...]:
    """Who sent which alert: by the sender's own word, else the other's, else as
    far as the octets show it in clear.  close_notify is none."""
    said = []
    for role, own, other in (
        ("client", connection.client, connection.server),
        ("server", connection.server, connection.client),
    ):
        word = own.fact("tls.alert.sent") if own else ""
        word = word or (other.fact("tls.alert.received") if other else "")
        if word.isdecimal() and len(word) < 4:
            said.append((role, int(word)))
            continue
        said += [
            (role, number)
            for sender, _, number in connection.wire.alerts
            if sender == role[0].upper() and number != 0
        ][:1]
    return tuple(said)


def tally(entries: Iterable[Entry]) -> Mapping[Value, int]:
    """How many of some entries have each verdict, worst last."""
    counts = Counter(entry.verdict for entry in entries)
    return {value: counts[value] for value in Value if counts[value]}


def worst_of(entries: Iterable[Entry]) -> Value:
    """The worst verdict of some entries."""
    return worst([entry.verdict for entry in entries])


# What is known of a run, in the order in which it is read; the rest by name.
_ABOUT = ("started", "date", "ended", "commit", "command", "host", "system", "python")


def about_lines(view: View) -> tuple[tuple[str, str], ...]:
    """What is known of the run as a whole, as (name, value)."""
    names = sorted(view.about, key=lambda n: (n not in _ABOUT, _order(n), n))
    return tuple((name, view.about[name]) for name in names if view.about[name])


def _order(name: str) -> int:
    return _ABOUT.index(name) if name in _ABOUT else 0


def run_name(view: View) -> str:
    """How the run is called: its file's name, else when it began."""
    for name in ("run", "name", "started", "date"):
        if view.about.get(name):
            return view.about[name]
    return "without a name"
