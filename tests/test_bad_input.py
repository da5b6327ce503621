"""bad input - everything that a user, a disk or a dying process can do to a run:
one line that says what and what to do, the documented status, nothing lost, and no
process left behind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from pathlib import Path
from typing import Iterator

import pytest

ROOT = Path(__file__).resolve().parents[1]
INTEROP = ROOT / "interop"
SECONDS = 120
GONE = 20  # seconds: more than any deadline of a phase


def interop(build: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [INTEROP, "--build", build, *arguments],
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )


def complaint(done: subprocess.CompletedProcess[str], status: int) -> str:
    """The one line that an error is."""
    lines = [line for line in done.stderr.splitlines() if "not built" not in line]
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("interop: ")
    assert done.returncode == status
    assert done.stdout == ""
    return lines[0].removeprefix("interop: ")


def processes(build: Path) -> set[int]:
    """The peers of this test that are alive: their path is below ``build``."""
    found = set()
    for folder in Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        except (OSError, IndexError):
            continue
        if words[0].startswith(f"{build}/host/".encode()) and state != "Z":
            found.add(int(folder.name))
    return found


def all_gone(build: Path) -> bool:
    until = time.monotonic() + GONE
    while processes(build):
        if time.monotonic() > until:
            return False
        os.sched_yield()
    return True


@pytest.fixture()
def folder(build: Path, tmp_path: Path) -> Iterator[Path]:
    """A build folder for one test, with the probed answers of ``build``."""
    interop(build, "peers")
    shutil.copytree(build / "host", tmp_path / "host")
    shutil.copytree(build / "certs", tmp_path / "certs")
    interop(tmp_path, "peers")
    yield tmp_path
    assert all_gone(tmp_path), "a process was left behind"


def begun(folder: Path, *options: str) -> subprocess.Popen[str]:
    """A run of all that two libraries alone can play, a third of it done."""
    playing = subprocess.Popen(
        [INTEROP, "--build", folder, "run", "upgrade*", "switch*", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert playing.stderr
    for line in playing.stderr:
        done, slash, planned = line.partition(" ")[0].partition("/")
        if slash and int(done) * 3 >= int(planned):
            return playing
    raise AssertionError("it never began")


def counts(file: Path) -> dict[str, int]:
    database = sqlite3.connect(file)
    try:
        return dict(database.execute("SELECT verdict, cells FROM summary"))
    finally:
        database.close()


@pytest.mark.parametrize(
    "words, told",
    [
        (["rnu"], "no command 'rnu'; nearest: run"),
        (["run", "--resum"], "no option '--resum'; nearest: --resume"),
        (["run", "--jobs"], "argument --jobs: expected one argument; see"),
        (["run", "--jobs", "many"], "argument --jobs: invalid int value: 'many'; see"),
        (["run", "--jobs", "-1"], "--jobs is 1 to 64"),
        (["run", "--resume", "upgrade*"], "--resume goes on with the plan of the run"),
        (["plan", "upgade/*"], "no scenario 'upgade'; nearest: upgrade"),
        (
            ["plan", "upgrade/opensll-3.0/*"],
            "no client 'opensll-3.0'; nearest: openssl",
        ),
        (["plan", "upgrade/*/gnutl-3.7"], "no server 'gnutl-3.7'; nearest: gnutls"),
        (["plan", "upgrade/*/*/tsl=1.2"], "no axis 'tsl'; nearest: tls"),
        (["plan", "upgrade/*/*/tls=1.4"], "no value of tls '1.4'; nearest: 1."),
        (["plan", "*/tls=9"], "no cell matches '*/tls=9'"),
        (["show"], "the following arguments are required: cell; see"),
        ([], "the following arguments are required: COMMAND; see"),
        (["judge", "nothing.db"], "nothing.db: no such run; see: interop run"),
        (["report", "nothing.db"], "nothing.db: no such run; see: interop run"),
        (["show", "a/b/c", "--run", "nothing.db"], "nothing.db: no such run"),
    ],
)
def test_words_that_are_not_known(build: Path, words: list[str], told: str) -> None:
    assert complaint(interop(build, *words), 2).startswith(told)


def test_no_programs(tmp_path: Path) -> None:
    done = interop(tmp_path, "run")
    line = complaint(done, 3)
    assert line.startswith("no programs in ") and line.endswith("make build")


@pytest.mark.parametrize("command", ["judge", "report", "show"])
def test_a_run_file_that_is_not_ours(build: Path, tmp_path: Path, command: str) -> None:
    (tmp_path / "run.db").write_bytes(os.urandom(5000))
    words = ["x", "--run"] if command == "show" else []
    done = interop(build, command, *words, str(tmp_path / "run.db"))
    assert complaint(done, 2).endswith("run.db is not a run of this suite")


def test_a_run_file_of_an_older_schema_and_one_cut_short(folder: Path) -> None:
    file = folder / "run.db"
    interop(folder, "run", "upgrade/*/*/tls=1.2", "--run", str(file))
    octets = file.read_bytes()
    file.write_bytes(octets[: len(octets) // 2])
    assert "run.db is damaged" in complaint(interop(folder, "judge", str(file)), 2)
    file.write_bytes(octets)
    database = sqlite3.connect(file)
    database.execute("PRAGMA user_version = 0")
    database.commit()
    database.close()
    for words in (["judge", str(file)], ["run", "--resume", "--run", str(file)]):
        assert "is of an older schema" in complaint(interop(folder, *words), 2)


def test_a_run_file_that_is_there_is_kept(build: Path, tmp_path: Path) -> None:
    (tmp_path / "run.db").write_text("precious")
    done = interop(build, "run", "--run", str(tmp_path / "run.db"))
    assert "is there already; give another --run FILE" in complaint(done, 2)
    assert (tmp_path / "run.db").read_text() == "precious"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_goes_on_where_it_was(
    folder: Path, number: signal.Signals
) -> None:
    playing = begun(folder)
    playing.send_signal(number)
    told, errors = playing.communicate(timeout=SECONDS)
    assert playing.returncode == 3
    last = errors.splitlines()[-1]
    assert last.startswith("interop: stopped; ")
    assert last.endswith("go on with: interop run --resume")
    assert told == ""
    assert all_gone(folder)
    latest = folder / "runs" / "latest.db"
    before = counts(latest)
    assert before["not-run"] > 0 and before["pass"] > 0
    done = interop(folder, "run", "--resume", "--quiet")
    assert done.returncode in (0, 1), done.stderr
    after = counts(latest)
    assert "not-run" not in after
    assert sum(after.values()) == sum(before.values())


def test_a_harness_that_is_killed_leaves_no_process_and_loses_nothing(
    folder: Path,
) -> None:
    playing = begun(folder)
    playing.kill()
    playing.communicate(timeout=SECONDS)
    assert all_gone(folder)
    latest = folder / "runs" / "latest.db"
    database = sqlite3.connect(latest)
    (kept,) = database.execute("SELECT count(*) FROM run").fetchone()
    (planned,) = database.execute("SELECT count(*) FROM cell").fetchone()
    database.close()
    assert 0 < kept < planned
    done = interop(folder, "run", "--resume", "--quiet")
    assert done.returncode in (0, 1), done.stderr
    assert "not-run" not in counts(latest)


def test_a_peer_that_is_killed_costs_its_cell_only(folder: Path) -> None:
    playing = begun(folder)
    killed = 0
    for pid in processes(folder):
        command = Path(f"/proc/{pid}/cmdline")
        try:
            if b"--listen" in command.read_bytes():
                os.kill(pid, signal.SIGKILL)
                killed += 1
        except OSError:
            continue  # it has ended meanwhile
    playing.communicate(timeout=SECONDS)
    assert killed
    after = counts(folder / "runs" / "latest.db")
    assert "not-run" not in after
    assert after.get("error", 0) <= killed
    assert after["pass"] > 100


def without_room(
    folder: Path, blocks: int, command: str
) -> subprocess.CompletedProcess[str]:
    """No file may get larger than so many KiB."""
    return subprocess.run(
        f"ulimit -f {blocks}; exec {INTEROP} --build {folder} {command}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )


def test_a_full_disk(folder: Path) -> None:
    line = complaint(without_room(folder, 1600, "run --quiet"), 3)
    assert "cannot be written, the disk is full" in line
    assert line.endswith("make room, then: interop run --resume")
    assert all_gone(folder)
    done = interop(folder, "run", "--resume", "--quiet")
    assert done.returncode in (0, 1), done.stderr
    assert "not-run" not in counts(folder / "runs" / "latest.db")


def test_a_disk_that_is_full_from_the_beginning(folder: Path) -> None:
    line = complaint(without_room(folder, 100, "run --quiet"), 3)
    assert "cannot be written, the disk is full" in line
    assert line.endswith("make room, then run it again")
    assert not list((folder / "runs").iterdir())
    done = interop(folder, "run", "upgrade/*", "--quiet")
    assert done.returncode in (0, 1), done.stderr


def test_a_judging_without_room(folder: Path) -> None:
    interop(folder, "run", "upgrade*", "--quiet")
    line = complaint(without_room(folder, 40, "judge"), 3)
    assert "cannot be written, the disk is full" in line
    assert line.endswith("make room, then: interop judge")
    done = interop(folder, "judge")
    assert done.returncode in (0, 1), done.stderr


def test_a_report_without_room(folder: Path) -> None:
    interop(folder, "run", "upgrade*", "--quiet")
    file = folder / "RESULTS.md"
    line = complaint(without_room(folder, 40, f"report --results {file}"), 3)
    assert "cannot be written" in line and "with --site FOLDER" in line
    assert not file.exists()
    site = (folder / "site" / "index.html").read_text("utf-8")
    assert "was not written to its end" in site


def test_a_folder_that_cannot_be_written(folder: Path) -> None:
    (folder / "runs").write_text("in the way")
    line = complaint(interop(folder, "run"), 3)
    assert str(folder / "runs") in line


def test_going_on_with_other_programs_is_refused(folder: Path) -> None:
    file = str(folder / "run.db")
    interop(folder, "run", "upgrade/*/*/tls=1.2", "--run", file)
    program = folder / "host" / "client-openssl"
    octets = program.read_bytes()
    program.unlink()
    program.write_bytes(octets + b"\0")
    program.chmod(0o755)
    done = interop(folder, "run", "--resume", "--run", file)
    assert "have changed since; start a new run" in complaint(done, 2)


def test_nothing_to_go_on_with(folder: Path) -> None:
    done = interop(folder, "run", "--resume")
    assert complaint(done, 2).endswith("no such run; see: interop run")


def test_a_program_that_says_nothing_sensible(folder: Path) -> None:
    program = folder / "host" / "server-gnutls"
    program.unlink()
    program.write_text("#!/bin/sh\necho good morning\n")
    program.chmod(0o755)
    why = "server-gnutls is no use: --version says 'good morning', which is no version"
    done = interop(folder, "peers")
    assert done.returncode == 1
    assert why in done.stdout
    done = interop(folder, "run", "upgrade/openssl-*/gnutls-*")
    assert done.returncode == 3
    assert f"not-run  upgrade/openssl-3.0/gnutls-unknown: {why}" in done.stdout


def test_a_port_in_use() -> None:
    taken = socket.create_server(("127.0.0.1", 0))
    where = "127.0.0.1:%d" % taken.getsockname()[1]
    pki = ROOT / "build" / "certs"
    subprocess.run(
        ["/usr/bin/python3", "-m", "matrix.certificates", pki], cwd=ROOT, check=True
    )
    done = subprocess.run(
        [f"{ROOT}/build/host/server-openssl", "--listen", where]
        + ["--cert", f"{pki}/ecdsa.pem", "--key", f"{pki}/ecdsa.key"],
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    taken.close()
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"cannot listen on {where}: Address already in use" in done.stderr
