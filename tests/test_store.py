"""store - a run file gives back what was put in, says what is wrong with one that is
not good, and keeps what was finished whatever happens."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from matrix.model import Capabilities, Cell, Check, Judgement, Known, Peer, Prediction
from matrix.model import Run, Sight, Value
from matrix.store import SCHEMA_NUMBER, Store, StoreError

ROOT = Path(__file__).resolve().parents[1]

CELLS = (
    Cell("upgrade", "a-1.0", "b-2.0", (), "natural"),
    Cell("upgrade", "a-1.0", "b-2.0", (("tls", "1.2"), ("cert", "ecdsa")), "pinned"),
    Cell(
        "upgrade",
        "a-1.0",
        "b-2.0",
        (("tls", "1.3"),),
        "pinned",
        Value.UNSUPPORTED,
        "server b-2.0 cannot do TLS 1.3",
    ),
)
CAN = Capabilities(
    tls=("1.2",),
    natural=("1.2",),
    resume=("id", "ticket"),
    secrets=True,
    reasons=(("tls 1.3", "not built in"),),
    contradictions=("TLS 1.1 is declared, and not shown",),
)
PEERS = (
    Peer("a-1.0", "client", "a", "1.0.1", ("/x/client-a",), CAN, {"name": "A"}),
    Peer("b-2.0", "server", "b", "2.0", ("/x/server-b", "--very")),
)
JUDGEMENT = Judgement(
    CELLS[0].id,
    Value.STRICT_MISS,
    "it was late",
    (Check("c", Value.STRICT_MISS, "it was late", "server", "RFC 3207 4.2"),),
    Prediction(outcome="refused", side="server", alerts=(70, 40), because="so"),
    Known("*", "c", Value.STRICT_MISS, "why", "https://example.org/", "2027-01-01"),
)
ALIKE = Judgement(
    CELLS[1].id,
    Value.STRICT_MISS,
    "it was late",
    (*JUDGEMENT.checks, Check("d", Value.PASS, "good")),
    sight=Sight("H3", ("1.0", "1.2"), "1.0", True, "alert", 70, played=("client",)),
)


def make(folder: Path, name: str = "run.db") -> Store:
    return Store.create(folder / name, CELLS, PEERS, {"command": "interop run"})


def run(cell: str = CELLS[0].id, trouble: str = "") -> Run:
    return Run(cell, "connection: 1\n= exit 0\n", "= exit 1\n", 1e9, 2.5, trouble)


def test_everything_comes_back(tmp_path: Path) -> None:
    store = make(tmp_path)
    store.add_run(run())
    store.add_run(run(CELLS[1].id, "out of luck"))
    store.set_judgements([JUDGEMENT, ALIKE])
    store.set_about({"ended": "now"})
    store.close()
    store = Store.open(tmp_path / "run.db")
    assert store.cells() == CELLS
    assert store.peers() == PEERS
    assert store.about() == {"command": "interop run", "ended": "now"}
    assert store.finished() == [CELLS[0].id, CELLS[1].id]
    assert store.run(CELLS[0].id) == run()
    assert store.run(CELLS[2].id) is None
    assert list(store.runs()) == [run(), run(CELLS[1].id, "out of luck")]
    found = store.judgements()
    assert found == {CELLS[0].id: JUDGEMENT, CELLS[1].id: ALIKE}
    assert found[CELLS[1].id].checks[0] is found[CELLS[0].id].checks[0]
    store.close()


def test_what_is_judged_is_of_the_plan(tmp_path: Path) -> None:
    store = make(tmp_path)
    with pytest.raises(KeyError):
        store.set_judgements([Judgement("upgrade/x/y", Value.PASS, "good", ())])
    assert store.judgements() == {}
    store.close()


def test_records_are_read_whatever_they_were_packed_with(tmp_path: Path) -> None:
    cells = [Cell("upgrade", f"a-{number}", "b-2.0") for number in range(600)]
    store = Store.create(tmp_path / "run.db", cells, PEERS, {})
    runs = [
        Run(cell.id, f"C> tls\n  {number:04x}\n= exit 0\n", f"{number}", 0, 0)
        for number, cell in enumerate(cells)
    ]
    for result in runs[:400]:
        store.add_run(result)
    reader = Store.beside(tmp_path / "run.db")
    assert reader.run(runs[0].cell) == runs[0]
    for result in runs[400:]:
        store.add_run(result)
    store.close()
    assert reader.run(runs[-1].cell) == runs[-1]
    reader.close()
    database = sqlite3.connect(tmp_path / "run.db")
    used = list(database.execute("SELECT DISTINCT dictionary FROM run"))
    assert len(used) > 1
    database.close()
    store = Store.open(tmp_path / "run.db")
    assert list(store.runs()) == runs
    store.add_run(replace(runs[0], trouble="again"))
    store.close()
    store = Store.open(tmp_path / "run.db")
    assert store.run(runs[0].cell) == replace(runs[0], trouble="again")
    store.close()


def test_the_views_count_every_planned_cell(tmp_path: Path) -> None:
    store = make(tmp_path)
    store.add_run(run(CELLS[1].id))
    store.set_judgements([JUDGEMENT])
    store.close()
    database = sqlite3.connect(tmp_path / "run.db")
    assert dict(database.execute("SELECT verdict, cells FROM summary")) == {
        "strict-miss": 1,
        "not-run": 1,
        "unsupported": 1,
    }
    query = "SELECT cell, scenario, client, server, verdict, because FROM cell_verdict"
    told = {row[0]: row[1:] for row in database.execute(query)}
    assert told[CELLS[0].id] == (
        *("upgrade", "a-1.0", "b-2.0"),
        *("strict-miss", "it was late"),
    )
    assert told[CELLS[1].id][-1] == "it ran, and is not judged yet: interop judge"
    assert told[CELLS[2].id][-1] == "server b-2.0 cannot do TLS 1.3"
    database.close()


def test_judging_again_replaces(tmp_path: Path) -> None:
    store = make(tmp_path)
    store.set_judgements([JUDGEMENT])
    other = Judgement(CELLS[1].id, Value.PASS, "good", ())
    store.set_judgements([other])
    assert store.judgements() == {other.cell: other}
    store.close()


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "run.db").write_text("precious")
    with pytest.raises(StoreError, match="is there already; give another"):
        make(tmp_path)
    assert (tmp_path / "run.db").read_text() == "precious"


def test_no_such_run(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such run; see: interop run"):
        Store.open(tmp_path / "nothing.db")


@pytest.mark.parametrize("octets", [b"", b"not ours", b"SQLite format 3\0" + bytes(99)])
def test_not_ours(tmp_path: Path, octets: bytes) -> None:
    (tmp_path / "run.db").write_bytes(octets)
    with pytest.raises(StoreError, match="is not a run of this suite"):
        Store.open(tmp_path / "run.db")


def test_a_database_of_somebody_else(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "run.db")
    database.execute("CREATE TABLE run (cell TEXT)")
    database.close()
    with pytest.raises(StoreError, match="is not a run of this suite"):
        Store.open(tmp_path / "run.db")


@pytest.mark.parametrize("by, words", [(-1, "an older"), (1, "a newer")])
def test_another_schema(tmp_path: Path, by: int, words: str) -> None:
    make(tmp_path).close()
    database = sqlite3.connect(tmp_path / "run.db")
    database.execute(f"PRAGMA user_version = {SCHEMA_NUMBER + by}")
    database.commit()
    database.close()
    with pytest.raises(StoreError, match=f"is of {words} schema"):
        Store.open(tmp_path / "run.db")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_cut_short(tmp_path: Path, share: float) -> None:
    store = make(tmp_path)
    for number in range(300):
        text = "".join(f"{number * k * k:x}" for k in range(900))
        store.add_run(Run(f"cell/{number}", text, "", 0, 0))
    store.close()
    octets = (tmp_path / "run.db").read_bytes()
    (tmp_path / "run.db").write_bytes(octets[: int(len(octets) * share)])
    with pytest.raises(StoreError, match="is damaged .*; run it again"):
        store = Store.open(tmp_path / "run.db")
        list(store.runs())


def test_records_that_are_damaged(tmp_path: Path) -> None:
    store = make(tmp_path)
    store.add_run(run())
    store.close()
    database = sqlite3.connect(tmp_path / "run.db")
    database.execute("UPDATE run SET records = x'00ff'")
    database.commit()
    database.close()
    store = Store.open(tmp_path / "run.db")
    with pytest.raises(StoreError, match="is damaged"):
        store.run(CELLS[0].id)
    with pytest.raises(StoreError, match="is damaged"):
        list(store.runs())
    store.close()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE cell SET axes = '{'",
        "UPDATE cell SET axes = '[1]', excluded = 'nonsense'",
        "UPDATE peer SET value = '{}'",
        "UPDATE peer SET value = '[]'",
        "UPDATE judgement SET verdict = 'nonsense'",
        "UPDATE judgement SET checks = because",
        "UPDATE judgement SET sight = checks",
        "UPDATE judgement SET prediction = because",
        "DELETE FROM piece",
        "UPDATE piece SET value = 'x'",
        "UPDATE piece SET value = '{}'",
    ],
)
def test_values_that_are_not_ours(tmp_path: Path, change: str) -> None:
    store = make(tmp_path)
    store.set_judgements([JUDGEMENT, ALIKE])
    store.close()
    database = sqlite3.connect(tmp_path / "run.db")
    database.execute(change)
    database.commit()
    database.close()
    store = Store.open(tmp_path / "run.db")
    with pytest.raises(StoreError, match="is damaged"):
        store.cells(), store.peers(), store.judgements()
    store.close()


WRITER = """
import sys, time
from pathlib import Path
from matrix.model import Run
from matrix.store import Store
store = Store.create(Path(sys.argv[1]), (), (), {})
number = 0
while True:
    store.add_run(Run(f"cell/{number}", "x" * 5000, "", 0, 0))
    number += 1
    if number == 1000:
        print("enough", flush=True)
"""


def test_a_killed_writer_keeps_what_was_finished(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert writer.stdout and writer.stdout.readline() == b"enough\n"
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    store = Store.open(path)
    assert len(store.finished()) >= 1000 - 200  # all but the last batch
    store.close()


def test_a_full_disk_keeps_what_was_finished(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    limited = (
        "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20,) * 2)"
    )
    done = subprocess.run(
        [sys.executable, "-c", limited + WRITER, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    last = done.stderr.strip().splitlines()[-1]
    assert "cannot be written, the disk is full" in last
    assert "interop run --resume" in last
    store = Store.open(path)
    assert len(store.finished()) >= 200
    assert all(run.client == "x" * 5000 for run in store.runs())
    store.close()
