"""campaign - one whole run: plays a plan into a store, judges beside it, and can
be stopped and gone on with at any moment."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
import signal
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Sequence

from matrix import eras
from matrix.complaint import Complaint
from matrix.judging import Judging, complete
from matrix.known import problems
from matrix.model import Cell, Judgement
from matrix.peers import digest
from matrix.places import Places
from matrix.progress import Progress
from matrix.jobs import jobs
from matrix.run import play
from matrix.store import Store
from matrix.suite import Found, Suite
from matrix.summary import Summary


class Stop:
    """Whether somebody asked the run to stop (Ctrl-C, SIGTERM), within ``with``."""

    def __init__(self) -> None:
        self.asked = False
        self._before: dict[int, object] = {}

    def __enter__(self) -> Stop:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True


def begin(
    places: Places,
    found: Found,
    cells: Sequence[Cell],
    command: str,
    selection: Sequence[str],
    path: Path | None,
) -> Store:
    """A new run file with its plan; build/runs/latest.db points at it, unless a
    path was given."""
    now = datetime.datetime.now(datetime.timezone.utc)
    about = {
        "started": now.isoformat(timespec="seconds"),
        "command": command,
        "selection": " ".join(selection),
        "commit": _commit(places),
        "host": platform.freedesktop_os_release().get("PRETTY_NAME", "unknown"),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "programs": digest(found.all),
        "missing": " ".join(found.missing),
        "untested": _untested(places, found),
    }
    made = path or _fresh(places.runs, now)
    about["run"] = made.stem
    store = Store.create(made, cells, found.all, about)
    if path is None:
        _point(places.latest, made)
    return store


def _untested(places: Places, found: Found) -> str:
    """The eras that nobody has run here; only where any era was asked for."""
    if not any("era" in peer.about for peer in found.all):
        return ""
    titles = [era.title for era in eras.load(places.ci) if not era.tested]
    return f"{', '.join(titles)}: described in ci/eras.d, and no part of the plan"


def _commit(places: Places) -> str:
    """What the suite itself is: its commit, and whether files differ from it."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12"],
            cwd=places.tables,
            capture_output=True,
            text=True,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return done.stdout.strip() or "unknown"


def go_on(path: Path, found: Found) -> Store:
    """A run that was not finished.  Complaint if the programs are others now: half
    a run of each would be no run of either."""
    store = Store.open(path)
    if store.about().get("programs") != digest(found.all):
        store.close()
        raise Complaint(
            f"{path}: the programs or libraries have changed since; start a new run"
        )
    return store


def finish(
    store: Store,
    suite: Suite,
    places: Places,
    progress: Progress,
    lanes: int,
    today: datetime.date,
) -> tuple[Summary, bool]:
    """Plays what has no result yet and judges everything: the summary, and whether
    it was stopped before its end."""
    suite = suite.among(store.peers())
    cells = store.cells()
    done = store.finished()
    there = set(done)
    left = [cell for cell in cells if cell.id not in there]
    judged: dict[str, Judgement] = {}
    ground = suite.ground(cells, store.peers())
    with Stop() as stop, Judging(ground, store.path) as judging:
        playing = play(
            jobs(
                left,
                suite.scenarios,
                store.peers(),
                places.certificates,
                places.relay,
            ),
            lanes,
        )
        try:
            for result in playing:
                if result:
                    judging.add(store.add_run(result))
                    progress.finished()
                else:
                    judging.add(store.tick())
                    for judgement in judging.ready():
                        judged[judgement.cell] = judgement
                        progress.judged(judgement)
                    progress.tick()
                if stop.asked:
                    break
        finally:
            playing.close()
            judging.add(store.flush())
        judging.add(done)
        for judgement in judging.rest():
            judged[judgement.cell] = judgement
            progress.judged(judgement)
    progress.end()
    everything = complete(cells, judged, suite.known)
    store.set_judgements(everything)
    if not stop.asked:
        now = datetime.datetime.now(datetime.timezone.utc)
        store.set_about({"ended": now.isoformat(timespec="seconds")})
    summary = summarise(store, suite, everything, today)
    if digest(store.peers()) != store.about()["programs"]:
        sentence = "the programs were built anew while they ran; run it again"
        summary = replace(summary, problems=(*summary.problems, sentence))
    return summary, stop.asked


def summarise(
    store: Store, suite: Suite, judgements: Sequence[Judgement], today: datetime.date
) -> Summary:
    """With what is wrong in known.toml, which only a whole plan can tell."""
    if store.about().get("selection"):
        return Summary(judgements)
    everything = any("era" in peer.about for peer in store.peers())
    return Summary(judgements, problems(suite.known, judgements, today, everything))


def _fresh(folder: Path, now: datetime.datetime) -> Path:
    name = now.strftime("%Y%m%dT%H%M%SZ")
    path, number = folder / f"{name}.db", 1
    while path.exists():
        number += 1
        path = folder / f"{name}-{number}.db"
    return path


def _point(link: Path, target: Path) -> None:
    made = link.with_name(f"{link.name}.{os.getpid()}")
    made.unlink(missing_ok=True)
    made.symlink_to(target.name)
    os.replace(made, link)
