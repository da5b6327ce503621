"""bench - how fast the suite is, as ratios within one run (make bench).

Everything is measured one after the other on the same machine in the same minute,
so that the ratios hold where the absolute figures do not.  Written to
build/bench.json; nothing tests a time.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import resource
import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Sequence

from matrix import options, suite
from matrix.model import Cell, Peer, Run
from matrix.places import Places
from matrix.plan import ONLY
from matrix.process import Program
from matrix.jobs import Job, jobs
from matrix.run import play
from matrix.store import Store

SECONDS = 120.0  # a bound, not a measure
LANES = (os.cpu_count() or 1) + 1
TOOL = "openssl"  # the command-line tool that is compared with
VERSION_OPTION = {"1.3": "-tls1_3", "1.2": "-tls1_2"}
REPLAYS = {  # hellos that are carried to the message, by form and key exchange
    "SSLv2 form, RSA": "openssl-1.0.1i-sslv2-rsa",
    "TLS form, ECDHE": "openssl-3.0.22-tls1.2",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One piece of work: sessions, wall seconds, and processor seconds of the
    harness and of the programs it started."""

    what: str
    sessions: int
    seconds: float
    own: float
    peers: float

    @property
    def rate(self) -> float:
        """Sessions a second."""
        return self.sessions / self.seconds

    @property
    def outside(self) -> float:
        """The share of processor time that is not spent in the two peers."""
        return self.own / (self.own + self.peers)


class _Stopwatch:
    """Wall and processor time, from its making on."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.monotonic(), _cpu()

    def measured(self, what: str, sessions: int) -> Measured:
        own, peers = (now - then for now, then in zip(_cpu(), self._cpu))
        return Measured(what, sessions, time.monotonic() - self._wall, own, peers)


def _cpu() -> tuple[float, float]:
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    own, children = (usage.ru_utime + usage.ru_stime for usage in usages)
    return own, children


def cells(what: str, work: Sequence[Job]) -> tuple[Measured, list[Run]]:
    """Plays and stores; judging is measured apart.  RuntimeError if a cell has no
    whole result: its time would mean nothing."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.create(Path(folder) / "bench.db", (), (), {})
        watch = _Stopwatch()
        runs = []
        for run in play(work, LANES):
            if run is None:
                store.tick()
                continue
            if run.trouble:
                raise RuntimeError(f"{run.cell}: {run.trouble}")
            store.add_run(run)
            runs.append(run)
        store.flush()
        measured = watch.measured(what, len(runs))
        store.close()
    return measured, runs


def tool(
    what: str, server: Peer, version: str, pki: Path, count: int, at_once: int
) -> Measured:
    """The same handshakes by ``openssl s_client -starttls smtp``, a process each,
    against the same server.  It sends no message, so it has less to do than a
    cell."""
    cell = Cell("upgrade", "", server.id, (("tls", version), ("cert", "ecdsa")))
    scenario = suite.read(Places()).scenarios["upgrade"]
    program = Program(
        (
            *server.program,
            *options.server_arguments(cell, scenario, pki),
            *("--listen", "127.0.0.1:0", "--tied"),
        )
    )

    def ended() -> bool:
        return len(program.records) >= count

    try:
        address = program.listens(SECONDS)
        reader = threading.Thread(target=program.wait_for, args=(ended, SECONDS))
        argv = [TOOL, "s_client", "-starttls", "smtp", "-connect", address]
        argv += ["-CAfile", str(pki / "ca-ecdsa.pem"), "-verify_return_error"]
        argv += ["-servername", "mx.example", VERSION_OPTION[version]]
        argv += ["-quiet", "-crlf"]
        watch = _Stopwatch()
        reader.start()
        with ThreadPoolExecutor(at_once) as pool:
            for done in pool.map(lambda _: _tool_once(argv), range(count)):
                if done.returncode:
                    raise RuntimeError(f"{TOOL}: {done.stderr.decode()[-300:]}")
        reader.join()
        program.close()
        program.wait(SECONDS)  # its processor time counts when it has ended
        return watch.measured(what, count)
    finally:
        program.kill()


def _tool_once(argv: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(argv, input=b"QUIT\n", capture_output=True, timeout=SECONDS)


def main() -> int:
    """Prints a table and writes build/bench.json."""
    parser = argparse.ArgumentParser(prog="bench", description="how fast it is")
    parser.add_argument("--cells", type=int, default=2000, help="for each figure")
    parser.add_argument("--tool", type=int, default=200, help="runs of s_client")
    given = parser.parse_args()
    places = Places()
    tables, found = suite.read(places), suite.find(places)
    openssl = next(p for p in found.servers if p.family == "openssl")
    rows = []

    def play_copies(what: str, patterns: Sequence[str]) -> None:
        chosen = suite.select(tables, found, patterns)
        work = jobs(chosen, tables.scenarios, found.all, places.certificates)
        rows.append(cells(what, _copies(work, given.cells))[0])

    for version in VERSION_OPTION:
        pair = f"{openssl.id} with itself, ECDSA, TLS {version}"
        play_copies(
            pair, [f"upgrade/{openssl.id}/{openssl.id}/tls={version}/cert=ecdsa"]
        )
        for at_once, words in ((1, "one by one"), (LANES, f"{LANES} at a time")):
            what = f"{TOOL} s_client, a process each, {words}"
            pki, count = places.certificates, given.tool
            rows.append(tool(what, openssl, version, pki, count, at_once))
    natural = [
        f"upgrade/{client.id}/{server.id}/cert=ecdsa"
        for client, server in itertools.product(found.clients, found.servers)
        if client.about.get("plays") not in ONLY
        and server.about.get("plays") not in ONLY
    ]
    play_copies("all pairs, unpinned, ECDSA", natural)
    for form, hello in REPLAYS.items():
        what = f"replays to {openssl.id}, RSA-2048, {form}"
        play_copies(what, [f"hello.{hello}/replay/{openssl.id}/security=low"])
    everything = suite.select(tables, found, ["upgrade*"])
    work = jobs(everything, tables.scenarios, found.all, places.certificates)
    measured, runs = cells("the upgrade family", work)
    rows.append(measured)
    watch = _Stopwatch()
    ground = tables.ground(everything, found.all)
    for run in runs:
        ground.judge(run)
    rows.append(watch.measured("judging those, on one core", len(runs)))
    _tell(rows, places)
    return 0


def _copies(work: Sequence[Job], count: int) -> list[Job]:
    """So many jobs, in turn, each under a name of its own."""
    many = itertools.islice(itertools.cycle(work), count)
    return [replace(job, cell=f"{job.cell}#{at}") for at, job in enumerate(many)]


def _tell(rows: Sequence[Measured], places: Places) -> None:
    print(f"{'':50} {'sessions':>8} {'a second':>9} {'CPU ms each':>12} {'outside':>8}")
    for row in rows:
        each = (row.own + row.peers) / row.sessions * 1000
        print(
            f"{row.what:50} {row.sessions:8,} {row.rate:9.1f} {each:12.2f} "
            f"{row.outside:8.0%}"
        )
    ratios = {}
    for at, version in enumerate(VERSION_OPTION):
        ours, one_by_one, at_once = rows[3 * at : 3 * at + 3]
        ratios[f"TLS {version}, one by one"] = ours.rate / one_by_one.rate
        ratios[f"TLS {version}, {LANES} at a time"] = ours.rate / at_once.rate
    for name, ratio in ratios.items():
        print(f"cells a second to s_client processes a second, {name}: {ratio:.1f}")
    print("outside: the share of processor time that is not in the two peers")
    value = {"rows": [asdict(row) for row in rows], "ratios": ratios}
    (places.build / "bench.json").write_text(json.dumps(value, indent=1) + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
