"""cli - the commands from the outside, over real programs of two libraries."""

from __future__ import annotations

import os
import pty
import re
import sqlite3
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
INTEROP = ROOT / "interop"
SECONDS = 120  # a bound: nothing here takes long


def interop(
    build: Path, *arguments: str, cwd: Path = ROOT, command: Path = INTEROP
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [command, "--build", build, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )


@pytest.fixture(scope="module")
def ids(build: Path) -> tuple[str, str]:
    """The peer ids of OpenSSL and GnuTLS, whatever their versions are here."""
    found = re.findall(
        r"^client  ((openssl|gnutls)-\S+) .*unpinned",
        interop(build, "peers").stdout,
        re.M,
    )
    by_family = {family: peer for peer, family in reversed(found)}  # the host's first
    return by_family["openssl"], by_family["gnutls"]


@pytest.fixture(scope="module")
def run(build: Path, ids: tuple[str, str]) -> subprocess.CompletedProcess[str]:
    """One run of some cells, which the tests below look at."""
    return interop(build, "run", f"upgrade/{ids[0]}/{ids[1]}/tls=*")


def test_peers_are_named_with_what_they_can_do(build: Path) -> None:
    told = interop(build, "peers")
    assert told.returncode == 0
    assert re.search(
        r"^client  openssl-3\S* +3\.\S+ .*TLS 1\.0 1\.1 1\.2 1\.3", told.stdout, re.M
    )
    assert re.search(r"^server  gnutls-3\S* ", told.stdout, re.M)


def test_a_missing_library_is_said_with_its_package(build: Path) -> None:
    told = interop(build, "peers").stdout
    line = "NSS (client) is not built; install libnss3-dev, then: make build"
    assert line in told.splitlines()


def test_probing_is_done_once(build: Path) -> None:
    interop(build, "peers")
    before = (build / "probe.json").stat().st_mtime_ns
    interop(build, "peers")
    assert (build / "probe.json").stat().st_mtime_ns == before


def test_plan_says_why(build: Path, ids: tuple[str, str]) -> None:
    cell = f"upgrade/{ids[0]}/{ids[1]}/tls=1.2"
    told = interop(build, "plan", cell)
    assert told.returncode == 0
    assert told.stdout.splitlines() == [
        f"{cell}  # both sides pinned to one version",
        "# 1 cell: 1 to run, 0 excluded",
    ]


def test_run_passes_and_says_where_it_is(
    build: Path, run: subprocess.CompletedProcess[str]
) -> None:
    assert run.returncode == 0, run.stdout + run.stderr
    first, last = run.stdout.splitlines()[0], run.stdout.splitlines()[-1]
    assert re.fullmatch(r"15 cells: 15 pass; no gaps", first), first
    assert last.endswith("more: interop report, interop show CELL")
    latest = build / "runs" / "latest.db"
    assert latest.is_symlink() and not os.path.isabs(os.readlink(latest))
    database = sqlite3.connect(latest)
    assert dict(database.execute("SELECT * FROM summary")) == {"pass": 15}
    database.close()


def test_progress_in_a_pipe_is_plain_lines(
    run: subprocess.CompletedProcess[str],
) -> None:
    lines = [line for line in run.stderr.splitlines() if " cells" in line]
    assert lines[0] == "0/15 cells"
    assert lines[-1].startswith("15/15 cells, 0 failed, 0 gaps, ")
    assert 3 <= len(lines) <= 12
    assert "\x1b" not in run.stderr and "\r" not in run.stderr


def test_quiet_says_only_the_result(
    build: Path, ids: tuple[str, str], tmp_path: Path
) -> None:
    cell, file = f"upgrade/{ids[0]}/{ids[0]}/tls=1.2", str(tmp_path / "run.db")
    told = interop(build, "run", "--quiet", cell, "--run", file)
    assert " a second" not in told.stderr
    assert told.stdout.startswith("1 cell: 1 pass; no gaps")


@pytest.mark.parametrize("no_color", ["", "1"])
def test_progress_on_a_terminal_is_one_live_line(
    build: Path, ids: tuple[str, str], tmp_path: Path, no_color: str
) -> None:
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [str(INTEROP), "--build", str(build), "run", f"upgrade/{ids[0]}/{ids[0]}/*"]
        + ["--run", str(tmp_path / "run.db")],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "NO_COLOR": no_color, "TERM": "xterm"},
        timeout=SECONDS,
    )
    os.close(theirs)
    told = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert done.returncode in (0, 1)
    live = [part for part in told.split("\r\x1b[2K") if " cells, " in part]
    assert live and live[-1].endswith("\r\n")
    assert told.count("\n") - sum("not built" in line for line in told.split("\n")) == 1
    if no_color:
        assert "\x1b[31m" not in told


def test_show_has_both_sides_the_verdict_and_the_way_to_do_it_again(
    build: Path, ids: tuple[str, str], run: subprocess.CompletedProcess[str]
) -> None:
    cell = f"upgrade/{ids[0]}/{ids[1]}/tls=1.2"
    told = interop(build, "show", cell)
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith(f"{cell}: pass")
    assert "RFC 3207" in told.stdout and "STARTTLS" in told.stdout
    commands = [
        line.strip() for line in told.stdout.splitlines() if "--tls-min" in line
    ]
    assert len(commands) == 2
    assert "server-gnutls" in commands[0] and "--listen 127.0.0.1:2525" in commands[0]
    assert "client-openssl" in commands[1] and "--to 127.0.0.1:2525" in commands[1]


def test_the_commands_that_show_prints_do_it_again(
    build: Path, ids: tuple[str, str], run: subprocess.CompletedProcess[str]
) -> None:
    told = interop(build, "show", f"upgrade/{ids[0]}/{ids[1]}/tls=1.2").stdout
    lines = [line.strip() for line in told.splitlines() if "--tls-min" in line]
    server = subprocess.Popen(
        lines[0].replace(":2525", ":0"),
        shell=True,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout
    address = server.stdout.readline().split()[-1]
    client = subprocess.run(
        lines[1].replace("127.0.0.1:2525", address),
        shell=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert "= mail delivered-tls\n" in client.stdout and client.returncode == 0
    rest = server.stdout.read()
    server.stdout.close()
    assert server.wait(SECONDS) == 0
    assert "= mail received-tls\n" in rest


def test_judging_again_gives_the_same(
    build: Path, ids: tuple[str, str], tmp_path: Path
) -> None:
    file = str(tmp_path / "run.db")
    told = interop(build, "run", f"upgrade/{ids[1]}/{ids[1]}/tls=*", "--run", file)
    again = interop(build, "judge", file)
    assert again.returncode == told.returncode
    assert again.stdout.splitlines() == told.stdout.splitlines()[:-1]


def test_report_writes_both(
    build: Path, run: subprocess.CompletedProcess[str], tmp_path: Path
) -> None:
    results, site = tmp_path / "RESULTS.md", tmp_path / "site"
    told = interop(build, "report", "--results", str(results), "--site", str(site))
    assert told.returncode == 0, told.stderr
    assert "upgrade/" in results.read_text()
    assert (site / "index.html").is_file()


def test_it_works_from_anywhere_and_through_a_link(build: Path, tmp_path: Path) -> None:
    link = tmp_path / "starttls-interop"
    link.symlink_to(INTEROP)
    told = interop(build, "peers", cwd=tmp_path, command=link)
    assert told.returncode == 0
    assert told.stdout == interop(build, "peers").stdout


def test_a_reader_that_has_enough_is_no_error(build: Path) -> None:
    done = subprocess.run(
        f"{INTEROP} --build {build} plan | head -n 1; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0
    assert done.stderr == ""


@pytest.mark.parametrize("command", ["peers", "plan", "run", "judge", "report", "show"])
def test_every_command_explains_itself(build: Path, command: str) -> None:
    told = interop(build, command, "--help")
    assert told.returncode == 0 and told.stdout.startswith("usage: interop")
