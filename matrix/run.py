"""run - plays cells: starts the programs, hands out work, collects the records.

``play`` is one event loop over some lanes.  A lane has one server process and gives
its cells to clients one after another; clients wait in a pool for the next cell of
their configuration, since that does not depend on the server's port, and so do servers
for the next group of theirs.  While a lane's
cell waits for a deadline another lane works in its place.  Nothing is judged, nothing
is retried: what did not come is said in ``Run.trouble``.
"""

from __future__ import annotations

import selectors
import time
from collections import deque
from typing import Generator, Iterator, Sequence

from matrix.jobs import Job, groups
from matrix.meeting import stray, unmet
from matrix.model import Run
from matrix.process import Ended, Program

START = 10.0  # seconds a server has until it says where it listens
IDLE = 192  # programs that wait for work, at most
LEAVE = 1.0  # seconds that all programs together have to end by themselves
TICK = 0.1  # seconds between two looks at deadlines
LONG = 0.1  # seconds after which a cell is taken to wait for a deadline, not to work
MOST_LANES = 48  # with those that wait


def play(jobs: Sequence[Job], lanes: int = 3) -> Generator[Run | None, None, None]:
    """Plays all jobs, ``lanes`` at a time that do more than wait.  Yields each result
    as it is complete, and None now and then, so that the caller can look at the clock.
    Closing the iterator ends every process."""
    table = _Table(groups(jobs, lanes), lanes)
    try:
        yield from table.turn()
    finally:
        table.clear()


class _Table:
    """The event loop: lanes, the pool of waiting clients, and who is leaving."""

    def __init__(self, waiting: list[deque[Job]], lanes: int) -> None:
        self.waiting = waiting
        self.selector = selectors.DefaultSelector()
        self.idle: dict[int, Program] = {}  # by fileno, longest waiting first
        self.leaving: list[Program] = []
        self.done: deque[Run] = deque()
        self.count = lanes
        self.lanes = [_Lane(self) for _ in range(lanes)]

    def turn(self) -> Iterator[Run | None]:
        while any(lane.busy for lane in self.lanes):
            now = time.monotonic()
            for lane in self.lanes:
                while lane.due:
                    lane.step()
                if lane.busy and now > lane.until:
                    lane.late()
            self.open(now)
            waiting = any(lane.due for lane in self.lanes)
            for key, _ in self.selector.select(0 if waiting else TICK):
                if key.data is None:
                    self._drop(self.idle.pop(key.fd))  # nobody asked it anything
                elif key.fileobj in key.data.programs():
                    key.data.readable(key.fileobj)
            while self.done:
                yield self.done.popleft()
            self.leaving = [gone for gone in self.leaving if not gone.gone()]
            yield None

    def working(self, now: float) -> int:
        """The lanes that do something, or may soon."""
        return sum(lane.busy and not lane.waits(now) for lane in self.lanes)

    def open(self, now: float) -> None:
        """Opens lanes in the place of those that wait."""
        for _ in range(self.count - self.working(now)):
            if not self.waiting or sum(lane.busy for lane in self.lanes) >= MOST_LANES:
                break
            self.lanes = [lane for lane in self.lanes if lane.busy]
            self.lanes.append(_Lane(self))

    def start(self, argv: Sequence[str], lane: _Lane) -> Program:
        """Ended if it cannot be started."""
        try:
            program = Program(argv)
        except OSError as error:
            raise Ended(f"cannot be started: {error.strerror}") from None
        self.selector.register(program, selectors.EVENT_READ, lane)
        return program

    def take(self, argv: tuple[str, ...], lane: _Lane) -> Program:
        """A program of this configuration that waits, or a new one."""
        for fd, program in self.idle.items():
            if program.argv == argv:
                del self.idle[fd]
                self.selector.modify(program, selectors.EVENT_READ, lane)
                return program
        return self.start(argv, lane)

    def rest(self, program: Program) -> None:
        """Puts a program into the pool; the one that waited longest may go."""
        self.selector.modify(program, selectors.EVENT_READ, None)
        self.idle[program.fileno()] = program
        if len(self.idle) > IDLE:
            self._drop(self.idle.pop(next(iter(self.idle))))

    def end(self, program: Program, now: bool = False) -> None:
        """Ends a program: gently, or at once with its children."""
        if now:
            program.kill()
        self._drop(program)

    def _drop(self, program: Program) -> None:
        self.selector.unregister(program)
        program.close()
        self.leaving.append(program)

    def clear(self) -> None:
        """Ends everything; waits for none longer than a second."""
        for lane in self.lanes:
            for program in lane.programs():
                self.end(program, now=lane.busy)
        for program in list(self.idle.values()):
            self._drop(program)
        self.selector.close()
        until = time.monotonic() + LEAVE
        for program in self.leaving:
            if not program.wait(max(0.0, until - time.monotonic())):
                program.kill()


class _Lane:
    """One server process and the cell that it is playing.

    ``due`` says that the lane has something to start; ``step`` starts it.
    """

    def __init__(self, table: _Table) -> None:
        self.table = table
        self.busy = self.due = True
        self.jobs: deque[Job] = deque()
        self.server: Program | None = None
        self.client: Program | None = None
        self.relay: Program | None = None
        self.address = ""  # of the server, once it has said so
        self.door = ""  # of the relay
        self.wall = self.began = self.until = 0.0

    def waits(self, now: float) -> bool:
        """Whether the cell takes so long that it cannot be work."""
        return self.client is not None and now - self.began > LONG

    def programs(self) -> list[Program]:
        """Those that are running for this lane."""
        return [p for p in (self.client, self.server, self.relay) if p]

    def step(self) -> None:
        """Starts the next thing: a group's server, a relay, or a cell."""
        self.due = False
        if not self.jobs:
            self.next_group()
        elif self.server is None:
            self.start_server()
        elif self.jobs[0].relay and not self.has_relay():
            self.start_relay()
        else:
            self.start_cell()

    def next_group(self) -> None:
        if self.server:
            self.table.rest(self.server)
            self.server = None
        others = self.table.working(time.monotonic()) - 1
        enough = others >= self.table.count
        self.busy = self.due = bool(self.table.waiting) and not enough
        if self.busy:
            self.jobs = self.table.waiting.pop()

    def start_server(self) -> None:
        self.until = time.monotonic() + START
        try:
            self.server = self.table.take(self.jobs[0].server, self)
            self.address = self.server.address
            self.due = bool(self.address)
        except Ended as ended:
            self.address = ""
            self.give_up(f"the server {ended}")

    def has_relay(self) -> bool:
        """Whether the one that runs is the one that the cell needs."""
        return self.relay is not None and self.relay.argv == self.jobs[0].relay

    def start_relay(self) -> None:
        if self.relay:
            self.table.end(self.relay)
        self.door = ""
        self.until = time.monotonic() + START
        try:
            self.relay = self.table.start(self.jobs[0].relay, self)
        except Ended as ended:
            self.give_up(f"the relay {ended}")

    def start_cell(self) -> None:
        job = self.jobs[0]
        self.wall, self.began = time.time(), time.monotonic()
        self.until = self.began + job.seconds
        who = "relay"
        try:
            if self.relay and job.relay:
                self.relay.send(f"{self.address} {job.tamper}")
            who = "client"
            self.client = self.table.take(job.client, self)
            self.client.send(self.door if job.relay else self.address)
        except Ended as ended:
            self.finish(f"the {who} {ended}", met=False)

    def readable(self, program: Program) -> None:
        """Something came from a program of this lane."""
        ended = ""
        try:
            program.feed()
            if program is self.server and not self.address:
                self.address = program.address = program.take_listen()
                self.due = bool(self.address)
            elif program is self.relay and not self.door:
                self.door = program.take_listen()
                self.due = bool(self.door)
        except Ended as gone:
            names = {id(self.server): "server", id(self.relay): "relay"}
            ended = f"the {names.get(id(program), 'client')} {gone}"
        if ended and not (self.address and (self.door or not self.relay)):
            self.give_up(ended)
        elif self.client and (self.complete() or ended):
            self.finish(ended)
        elif ended:  # between two cells: start another
            self.table.end(program, now=True)
            if program is self.server:
                self.server = None
            else:
                self.relay = None

    def complete(self) -> bool:
        """The client's record is there, and the server's of every connection
        that the client made."""
        if not (self.client and self.client.records and self.server):
            return False
        relay = self.relay.records if self.relay and self.jobs[0].relay else None
        return not unmet(self.client.records[0], relay, self.server.records)

    def late(self) -> None:
        """The deadline passed: what came is kept, both programs go."""
        if not self.address or (self.relay and not self.door):
            who = "relay" if self.address else "server"
            self.give_up(f"the {who} did not listen within {START:g} s")
            return
        missing = "server" if self.client and self.client.records else "client"
        seconds = self.jobs[0].seconds
        self.finish(f"no whole record of the {missing} within {seconds:g} s")

    def give_up(self, trouble: str) -> None:
        """A server that does not start costs its whole group."""
        for job in self.jobs:
            self.table.done.append(Run(job.cell, "", "", time.time(), 0.0, trouble))
        self.jobs.clear()
        self.drop_both()
        self.due = True

    def drop_both(self) -> None:
        """Server and relay may still print what belongs to another cell."""
        for program in (self.server, self.relay):
            if program:
                self.table.end(program, now=True)
        self.server = self.relay = None

    def finish(self, trouble: str = "", met: bool = True) -> None:
        """Hands in the cell.  After trouble neither program is used again, as it
        might still print what belongs to this cell; unless the two never met."""
        job = self.jobs.popleft()
        milliseconds = (time.monotonic() - self.began) * 1000
        client = _text(self.client, bool(trouble))
        server = _text(self.server, bool(trouble))
        relay = _text(self.relay if job.relay else None, bool(trouble))
        trouble = trouble or stray(client, relay if job.relay else None, server)
        run = Run(job.cell, client, server, self.wall, milliseconds, trouble, relay)
        self.table.done.append(run)
        if self.client and trouble:
            self.table.end(self.client, now=True)
        elif self.client:
            self.table.rest(self.client)
        if trouble and met:
            self.drop_both()
        self.client = None
        self.due = True


def _text(program: Program | None, everything: bool) -> str:
    """The records a program has printed; with what is left of an unfinished one."""
    if program is None:
        return ""
    text = "".join(program.records) + (program.take_rest() if everything else "")
    program.records.clear()
    return text
