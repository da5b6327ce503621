"""jobs - a cell as what must be started for it, and which cells share a server.

Pure: nothing is started here.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable, Mapping, Sequence

from matrix import options
from matrix.model import Cell, Peer
from matrix.scenarios import Scenario

PHASES = 9  # connect greeting ehlo starttls handshake ehlo-tls mail quit close
MARGIN = 5.0  # seconds on top of what the programs allow themselves
REPLAYED = 16  # cells of recorded hellos: some servers are silent for a second each
_PORT = ("--listen", "127.0.0.1:0")
DEADLINE = 5000  # milliseconds: the programs' own default (--deadline)


@dataclass(frozen=True, slots=True)
class Job:
    """A cell with what must be started for it."""

    cell: str
    client: tuple[str, ...]  # argv
    server: tuple[str, ...]
    seconds: float  # after which it is given up
    relay: tuple[str, ...] = ()  # between them; () none
    tamper: str = ""  # what it is told to do
    setting: tuple[str, ...] = ()  # the server's options, whichever server it is


def jobs(
    cells: Iterable[Cell],
    scenarios: Mapping[str, Scenario],
    peers: Iterable[Peer],
    pki: Path,
    relay: Path = Path("relay"),
) -> tuple[Job, ...]:
    """What is to be started for cells that are not excluded; ``relay`` is the program
    for those that have one.  KeyError if a cell names a scenario or a peer that is
    not there."""
    by_role = {(peer.role, peer.id): peer for peer in peers}
    made = []
    for cell in cells:
        if cell.excluded is not None:
            continue
        scenario = scenarios[cell.scenario]
        client = options.client_arguments(cell, scenario, pki)
        server = options.server_arguments(cell, scenario, pki)
        made.append(
            Job(
                cell.id,
                (*by_role["client", cell.client].program, *client, "--jobs"),
                (
                    *by_role["server", cell.server].program,
                    *server,
                    *(*_PORT, "--tied"),
                ),
                PHASES * max(_allowed(client), _allowed(server)) + MARGIN,
                (str(relay), *options.relay_arguments(cell), *_PORT, "--jobs")
                if scenario.tamper
                else (),
                scenario.tamper,
                server,
            )
        )
    return tuple(made)


def _allowed(arguments: Sequence[str]) -> float:
    """Seconds that a program allows one phase, times its connections."""
    given = dict(zip(arguments, arguments[1:]))
    milliseconds = int(given.get("--deadline", DEADLINE))
    return milliseconds / 1000 * int(given.get("--connections", 1))


def groups(jobs: Sequence[Job], lanes: int) -> list[deque[Job]]:
    """Jobs by server configuration, divided so that no lane is busy with one while
    the others have nothing to do.  They are taken from the end: the replayed hellos
    before the rest, as some servers are silent for a second each; and of them all
    servers have the same few before any has the next, so that a client, which is
    another one for each hello, can wait for its next server.  Of the rest the servers
    of one configuration follow one another, since it is with them that the clients of
    one configuration have to do; the configuration with the fewest cells is the last.
    """
    by_server: dict[tuple[bool, tuple[str, ...]], list[Job]] = {}
    turn: dict[tuple[str, ...], int] = {}  # of a client's configuration
    for job in jobs:
        turn.setdefault(job.client, len(turn))
        by_server.setdefault(("--hello" in job.client, job.server), []).append(job)
    most = max(16, -(-len(jobs) // (lanes * 4)))
    cells = Counter(job.setting for job in jobs)
    parts: list[tuple[bool, int, tuple[str, ...], int, deque[Job]]] = []
    for (replayed, _), group in by_server.items():
        size = min(most, REPLAYED) if replayed else most
        for at in range(0, len(group), size):
            part = deque(group[at : at + size])
            setting = part[0].setting
            rank = turn[part[0].client] if replayed else cells[setting]
            kind = () if replayed else setting
            parts.append((replayed, rank, kind, len(part), part))
    return [part for *_, part in sorted(parts, key=lambda part: part[:4])]
