"""corpus - records the hellos of the real clients of this machine, from a table.

ci/record-hellos runs this over ci/record/clients.toml.  A row there is a client:
how it is started, how it tells its version and its TLS library's, and in which
variants.  What is not installed is told in a sentence, never left out in silence.
"""

from __future__ import annotations

import argparse
import datetime
import re
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from shutil import which
from typing import Any, Iterator, Mapping, Sequence

from matrix import certificates, process
from matrix.complaint import GAPS, Complaint
from matrix.model import Flow
from matrix.places import ROOT
from matrix.vectors import annotate, capture, vector
from matrix.vectors.stream import pieces

SECONDS = 30.0
_NUMBER = re.compile(r"\d+(?:\.\d+)+(?:[a-z](?![a-z0-9]))?")
_GREASE = re.compile(r"GREASE[ (][0-9a-f]+")


@dataclass(frozen=True, slots=True)
class Job:
    """One hello to be recorded.  Words in braces are filled in when it runs."""

    name: str
    implementation: str
    version: str
    library: str
    command: tuple[str, ...]
    server: tuple[str, ...] = ()  # a real server behind a relay; () none
    connection: int = 1
    environment: tuple[tuple[str, str], ...] = ()


def load(path: Path, root: Path = ROOT) -> tuple[tuple[Job, ...], tuple[str, ...]]:
    """What can be recorded here, and a sentence about each client that cannot.
    Raises ValueError for a broken table or a name twice."""
    with open(path, "rb") as file:
        rows = tomllib.load(file)["client"]
    jobs: dict[str, Job] = {}
    missing: list[str] = []
    for row in rows:
        try:
            for job in _jobs(row, root):
                if job.name in jobs:
                    raise ValueError(f"{path.name}: {job.name} is there twice")
                jobs[job.name] = job
        except FileNotFoundError as error:
            missing.append(f"{row['implementation']}: {error}")
    return tuple(jobs.values()), tuple(missing)


def _jobs(row: Mapping[str, Any], root: Path) -> Iterator[Job]:
    """The jobs of a row: one for each program it names and each variant."""
    programs = list(_programs(row, root))
    if not programs:
        raise FileNotFoundError(f"no {row['program']} (see ci/record/README.md)")
    for places in programs:
        version, library = (_told(row[key], places) for key in ("version", "library"))
        places = {**places, "version": version, "library": library.split()[-1]}
        command = [capture.fill(word, places) for word in row["command"]]
        for suffix, more in row.get("variants", {"": []}).items():
            if not _wanted(places, row.get("only", {}).get(suffix, "*")):
                continue
            yield Job(
                name=capture.fill(row["name"], places) + suffix,
                implementation=capture.fill(row["implementation"], places),
                version=version,
                library=library,
                command=(*command, *(capture.fill(word, places) for word in more)),
                server=tuple(row.get("servers", {}).get(suffix, ())),
                connection=2 if suffix in row.get("servers", {}) else 1,
                environment=tuple(row.get("environment", {}).items()),
            )


def _wanted(places: Mapping[str, str], patterns: str) -> bool:
    """Whether what the program's * stands for is one of some patterns."""
    return any(fnmatchcase(places.get("1", ""), p) for p in patterns.split())


def _programs(row: Mapping[str, Any], root: Path) -> Iterator[dict[str, str]]:
    """What stands for {program}, {1} and {2}: of each file that the glob in
    ``program`` finds, or of the one command of that name."""
    word = row["program"]
    if "*" not in word and "/" not in word:
        if which(word) is None:
            raise FileNotFoundError(f"{word} is not installed")
        yield {"program": word}
        return
    pattern = re.compile(re.escape(word).replace(r"\*", "([^/]+)"))
    top = Path("/") if word.startswith("/") else root
    for path in sorted(top.glob(word.lstrip("/"))):
        near = str(path if top != root else path.relative_to(root))
        if found := pattern.fullmatch(near):
            parts = {str(n): part for n, part in enumerate(found.groups(), 1)}
            yield {"program": near, **parts}


def _told(how: Mapping[str, Any], places: Mapping[str, str]) -> str:
    """A version as a program tells it: the first number after a word, behind a
    name.  Raises FileNotFoundError if it does not."""
    command = [capture.fill(word, places) for word in how["run"]]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            cwd=ROOT,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FileNotFoundError(f"{command[0]}: {error}") from None
    text = done.stdout.decode("ascii", "replace")
    at = text.find(how.get("after", ""))
    if at < 0 or (found := _NUMBER.search(text, at)) is None:
        raise FileNotFoundError(f"{' '.join(command)} tells no version")
    return f"{capture.fill(how.get('name', ''), places)} {found[0]}".strip()


def record(job: Job, date: str, seconds: float = SECONDS) -> Flow:
    """Records one hello.  Raises Complaint if none came."""
    pki = certificates.ensure(ROOT / "build" / "certs")
    places = {"ca": str(pki / "ca-rsa.pem"), "pki": str(pki), "root": str(ROOT)}
    about = capture.provenance(
        job.implementation, job.version, job.library, job.command, date
    )
    environment = {k: capture.fill(v, places) for k, v in job.environment}
    if not job.server:
        octets = capture.capture(job.command, places, seconds, environment=environment)
        return vector.recorded(octets, about)
    server = process.Program([capture.fill(word, places) for word in job.server])
    try:
        octets = capture.capture(
            job.command,
            places,
            seconds,
            server.listens(seconds),
            job.connection,
            environment,
        )
    finally:
        server.kill()
        server.close()
    about["recorded"] += f"; connection {job.connection} through " + " ".join(
        job.server
    )
    return vector.recorded(octets, about)


def shape(read: Flow) -> tuple[str, ...]:
    """What a hello is but for its random octets: the notes of its pieces."""
    writes = [t.data for t in read.turns if t.sender == "C" and t.layer == "tls"]
    notes = (piece.note for part in pieces(writes) for piece in part)
    return tuple(_GREASE.sub("GREASE", note) for note in notes)


def drift(before: Flow, now: Flow) -> str:
    """The first place where two hellos of one client differ, or "".  Another order
    of the same pieces is none: some clients shuffle their extensions."""
    a, b = shape(before), shape(now)
    if sorted(a) == sorted(b):
        return ""
    for was, is_ in zip(a, b):
        if was != is_:
            return f"was {was!r}, is {is_!r}"
    return "" if len(a) == len(b) else f"had {len(a)} pieces, has {len(b)}"


def main(arguments: Sequence[str]) -> int:
    """Records what the patterns choose; 3 if one could not be."""
    parser = argparse.ArgumentParser(
        prog="ci/record-hellos", description=(__doc__ or "").split("\n")[0][9:]
    )
    parser.add_argument("patterns", nargs="*", help="of vector names, with *")
    parser.add_argument("--list", action="store_true", help="the names only")
    parser.add_argument(
        "--to", type=Path, default=ROOT / "build/record/hello", metavar="FOLDER"
    )
    given = parser.parse_args(arguments)
    jobs, missing = load(ROOT / "ci/record/clients.toml")
    chosen = [
        job
        for job in jobs
        if not given.patterns or any(fnmatchcase(job.name, p) for p in given.patterns)
    ]
    if given.list:
        print(*(job.name for job in chosen), sep="\n")
        return 0
    given.to.mkdir(parents=True, exist_ok=True)
    there = vector.load(ROOT / "vectors/hello") | vector.load(
        ROOT / "vectors/malformed"
    )
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    with ThreadPoolExecutor(4) as pool:
        gaps = sum(
            pool.map(lambda job: _record_one(job, today, given.to, there), chosen)
        )
    for sentence in missing:
        print(f"not recorded: {sentence}")
    return GAPS if gaps or missing else 0


def _record_one(
    job: Job, date: str, folder: Path, there: Mapping[str, vector.Vector]
) -> bool:
    """Whether it could not be recorded."""
    try:
        read = record(job, date)
    except Complaint as complaint:
        print(f"{job.name}: {complaint}", file=sys.stderr)
        return True
    capture.replace(folder / f"{job.name}.flow", annotate.write(read))
    words = "new"
    if job.name in there:
        words = drift(there[job.name].flow, read) or "as it was"
    print(f"{job.name}: {words}", flush=True)
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
