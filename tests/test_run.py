"""run - cells are played through programs that keep the contract or break it, and
no process is left behind."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Iterator

import pytest

from matrix.model import Run
from matrix.jobs import Job, groups
from matrix.run import play

FAKE = str(Path(__file__).with_name("fake_peer.py"))


def job(
    cell: str, client: str = "good", server: str = "good", seconds: float = 20
) -> Job:
    def argv(role: str, behaviour: str) -> tuple[str, ...]:
        return (sys.executable, "-S", "-E", FAKE, role, behaviour)

    return Job(cell, argv("client", client), argv("server", server), seconds)


def played(*jobs: Job, lanes: int = 2) -> dict[str, Run]:
    return {run.cell: run for run in play(jobs, lanes) if run}


def children() -> set[int]:
    """The pids of our children, zombies too."""
    found = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    return {int(pid) for pid in found.split()}


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    before = children()
    yield
    assert children() <= before


def test_every_cell_has_both_records() -> None:
    runs = played(*(job(f"cell/{i}") for i in range(40)), lanes=3)
    assert len(runs) == 40
    for run in runs.values():
        assert run.trouble == ""
        assert run.client.endswith("= exit 0\n") and run.server.endswith("= exit 0\n")
        assert run.milliseconds > 0
        local = run.client.split("connection.local ")[1].split("\n")[0]
        assert f"connection.remote {local}\n" in run.server


def test_a_client_process_serves_many_cells_and_servers() -> None:
    runs = played(
        *(job(f"a/{i}") for i in range(5)),
        *(job(f"b/{i}", server="other") for i in range(5)),
        lanes=1,
    )
    assert len(runs) == 10 and not any(run.trouble for run in runs.values())


def test_two_connections_of_a_client_are_both_waited_for() -> None:
    run = played(job("cell", client="twice"))["cell"]
    assert run.trouble == ""
    assert run.client.count("connection.local") == 2
    assert run.server.count("= exit 0") == 2


def test_a_crash_of_a_child_is_an_observation() -> None:
    runs = played(job("cell/1", client="crashes"), job("cell/2", client="crashes"))
    assert [run.trouble for run in runs.values()] == ["", ""]
    assert all(run.client.endswith("= exit signal 11\n") for run in runs.values())


def test_a_program_that_dies_costs_its_cell_only() -> None:
    runs = played(job("a", client="dies"), job("b"), job("c", client="dies"), lanes=1)
    assert runs["a"].trouble == "the client ended: signal 9: client: out of luck"
    assert runs["c"].trouble == runs["a"].trouble
    assert runs["b"].trouble == ""


@pytest.mark.parametrize("client, server", [("once", "good"), ("good", "dies-after")])
def test_a_program_that_ends_too_early_is_started_again(
    client: str, server: str
) -> None:
    # Whether the end is seen before the next cell is given out depends on chance;
    # a cell that met it says so, and nothing is lost or tried twice.
    jobs = [job(f"cell/{i}", client, server) for i in range(8)]
    runs = list(filter(None, play(jobs, 1)))
    assert sorted(run.cell for run in runs) == sorted(job.cell for job in jobs)
    assert all(" ended: exit " in run.trouble for run in runs if run.trouble)


def test_half_a_record_is_kept_and_said_to_be_half() -> None:
    run = played(job("cell", client="half"))["cell"]
    assert run.trouble == "the client ended: exit 3"
    assert run.client.startswith("connection: 1\n") and run.client.endswith("= exi")


@pytest.mark.parametrize(
    "client, server, missing",
    [("silent", "good", "client"), ("good", "keeps-silent", "server")],
)
def test_a_silent_program_is_given_up(client: str, server: str, missing: str) -> None:
    runs = played(job("a", client, server, seconds=0.3), job("b"), lanes=1)
    assert runs["a"].trouble == f"no whole record of the {missing} within 0.3 s"
    assert runs["b"].trouble == ""


def test_an_endless_record_is_cut_off() -> None:
    run = played(job("cell", client="endless"))["cell"]
    assert "more than" in run.trouble
    assert len(run.client) < 6 << 20


def test_a_server_that_refuses_costs_its_group_with_the_reason() -> None:
    runs = played(
        *(job(f"cell/{i}", server="refuses") for i in range(20)), job("b"), lanes=1
    )
    assert runs["b"].trouble == ""
    said = {run.trouble for cell, run in runs.items() if cell != "b"}
    assert said == {"the server ended: exit 89: server: this cannot be done"}


def test_a_server_that_says_nonsense() -> None:
    run = played(job("cell", server="babbles"))["cell"]
    assert run.trouble == "the server did not say first where it listens"


def test_a_connection_that_the_client_hides() -> None:
    runs = [run for run in play([job("a", client="hides"), job("b")], 1) if run]
    assert len(runs) == 2
    troubled = [run for run in runs if run.trouble]
    for run in troubled:
        assert "which the client did not" in run.trouble


def test_programs_that_are_not_there() -> None:
    good = job("a")
    runs = played(
        Job("a", ("/nowhere/client",), good.server, 20),
        Job("b", good.client, ("/nowhere/server",), 20),
    )
    no_file = "cannot be started: No such file or directory"
    assert runs["a"].trouble == f"the client {no_file}"
    assert runs["b"].trouble == f"the server {no_file}"


def test_many_clients_that_cannot_be_started() -> None:
    good = job("a")
    jobs = [Job(str(i), ("/nowhere",), good.server, 20) for i in range(3000)]
    assert len(played(*jobs, lanes=1)) == 3000


def test_closing_in_the_middle_ends_every_process() -> None:
    playing = play([job(f"cell/{i}") for i in range(100)], 3)
    first = next(run for run in playing if run)
    assert first.trouble == ""
    playing.close()  # nothing_is_left looks


def test_nothing_to_play() -> None:
    assert played() == {}


def test_groups_share_a_server_and_none_is_too_large() -> None:
    jobs = [job(f"a/{i}") for i in range(100)] + [job("b", server="other")]
    made = groups(jobs, lanes=2)
    assert sorted(len(group) for group in made) == sorted(map(len, made))
    assert max(map(len, made)) <= 16
    assert sum(map(len, made)) == 101
    for group in made:
        assert len({job.server for job in group}) == 1
