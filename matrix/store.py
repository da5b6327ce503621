"""store - one run as one SQLite file.

``build/runs/<UTC time>.db``, write-ahead log, application id "stls", and the
schema's number in ``user_version``.  A row of ``run`` is written as its cell ends,
in batches of a fraction of a second, so that a killed run keeps what was finished.
The tables are described in schema.sql; ``cell_verdict`` and ``summary`` are for people.
"""

from __future__ import annotations

import sqlite3
import time
import zlib
from pathlib import Path
from typing import Any, Iterable, Iterator, Mapping

from matrix import packing, pieces, rows
from matrix.complaint import GAPS, Complaint
from matrix.model import Cell, Judgement, Peer, Run

APPLICATION = 0x73746C73  # "stls"
SCHEMA_NUMBER = 2
BATCH_SECONDS = 0.2  # what a killed harness may lose at most
BATCH_RUNS = 200
PAGE = 1 << 16  # octets: rows of some KB must not waste what is left of a page

SCHEMA = Path(__file__).with_name("schema.sql")


class StoreError(Complaint):
    """The file is not a run of ours, or cannot be read or written."""


class Store:
    """An open run.  Every method raises StoreError if the file fails it."""

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self.path = path
        self._database = database
        self._batch: list[Run] = []
        self._since = 0.0  # monotonic time of the oldest run in the batch
        self._samples = packing.Samples()
        self._dictionary = self._newest()
        self._enough = packing.SAMPLES * packing.GROWTH  # records for another one
        self._dictionaries: dict[int, packing.Parts] = {}  # that were read

    @classmethod
    def create(
        cls,
        path: Path,
        cells: Iterable[Cell],
        peers: Iterable[Peer],
        about: Mapping[str, str],
    ) -> Store:
        """A new run with its plan; the file must not be there yet."""
        if path.exists():
            raise StoreError(f"{path} is there already; give another --run FILE")
        with _failures(path, "make room, then run it again"):
            path.parent.mkdir(parents=True, exist_ok=True)
            database = _connect(path)
            try:
                _write_plan(database, cells, peers, about)
            except BaseException:  # half a plan is no run to go on with
                database.close()
                for suffix in ("", "-wal", "-shm"):
                    path.with_name(path.name + suffix).unlink(missing_ok=True)
                raise
            return cls(path, database)

    @classmethod
    def open(cls, path: Path) -> Store:
        """A run that is there."""
        if not path.is_file():
            raise StoreError(f"{path}: no such run; see: interop run")
        with _failures(path):
            database = _connect(path)
            (application,) = database.execute("PRAGMA application_id").fetchone()
            (number,) = database.execute("PRAGMA user_version").fetchone()
            if application != APPLICATION:
                raise StoreError(f"{path} is not a run of this suite")
            if number != SCHEMA_NUMBER:
                age = "an older" if number < SCHEMA_NUMBER else "a newer"
                raise StoreError(
                    f"{path} is of {age} schema ({number}, this suite has "
                    f"{SCHEMA_NUMBER}); run it again, or read it with that suite"
                )
            (state,) = database.execute("PRAGMA quick_check(1)").fetchone()
            if state != "ok":
                raise StoreError(f"{path} is damaged ({state}); run it again")
            return cls(path, database)

    @classmethod
    def beside(cls, path: Path) -> Store:
        """The same for another process to read while this one writes."""
        with _failures(path):
            return cls(path, _connect(path))

    def close(self) -> None:
        """Writes what is left; the file can be copied alone afterwards."""
        self.flush()
        with _failures(self.path):
            self._database.close()

    def about(self) -> dict[str, str]:
        """What is known of the run as a whole."""
        return {name: value for name, value in self._rows("SELECT * FROM about")}

    def set_about(self, about: Mapping[str, str]) -> None:
        """Adds to it, or replaces."""
        with _failures(self.path), self._database as database:
            database.executemany("REPLACE INTO about VALUES (?, ?)", about.items())

    def peers(self) -> tuple[Peer, ...]:
        """Clients and servers, by role and id."""
        found = self._rows("SELECT value FROM peer ORDER BY role, id")
        with _failures(self.path):
            return tuple(rows.peer(value) for (value,) in found)

    def cells(self) -> tuple[Cell, ...]:
        """The plan, in its order."""
        found = self._rows(
            "SELECT scenario, client, server, axes, why, excluded, reason"
            " FROM cell ORDER BY position"
        )
        with _failures(self.path):
            return tuple(rows.cell(*row) for row in found)

    def finished(self) -> list[str]:
        """The ids of the cells that have a result, as they came: in which order they
        are read fastest."""
        return [cell for (cell,) in self._rows("SELECT cell FROM run ORDER BY rowid")]

    def add_run(self, run: Run) -> tuple[str, ...]:
        """Takes a result; it is in the file at most BATCH_SECONDS later if
        ``tick`` is called meanwhile.  Gives the cells whose results came there now."""
        if not self._batch:
            self._since = time.monotonic()
        self._batch.append(run)
        return self.tick()

    def tick(self) -> tuple[str, ...]:
        """Writes the batch if it is due; gives the cells that were in it."""
        late = time.monotonic() - self._since >= BATCH_SECONDS
        if self._batch and (late or len(self._batch) >= BATCH_RUNS):
            return self.flush()
        return ()

    def flush(self) -> tuple[str, ...]:
        """Writes the batch; gives the cells that were in it."""
        if not self._batch:
            return ()
        taken = [packing.take_apart(rows.join(run)) for run in self._batch]
        for parts in taken:
            self._samples.add(parts)
        with _failures(self.path), self._database as database:
            number, common = self._common(database)
            database.executemany(
                "REPLACE INTO run VALUES (?, ?, ?, ?, ?, ?)",
                (
                    (
                        *(run.cell, run.started, run.milliseconds, run.trouble),
                        *(number, packing.pack(parts, common)),
                    )
                    for run, parts in zip(self._batch, taken)
                ),
            )
        self._dictionary = number, common  # now that it is in the file
        written = tuple(run.cell for run in self._batch)
        self._batch.clear()
        return written

    def _common(self, database: sqlite3.Connection) -> tuple[int, packing.Parts]:
        """The dictionary for what is written next; a new one if it is time."""
        number, common = self._dictionary
        if number and self._samples.count < self._enough:
            return number, common
        if number:
            self._enough *= packing.GROWTH
        number, common = number + 1, self._samples.common()
        database.execute("INSERT INTO dictionary VALUES (?, ?, ?)", (number, *common))
        return number, common

    def run(self, cell: str) -> Run | None:
        """The result of a cell, or None if it has none."""
        found = self._rows(f"{_SELECT_RUN} WHERE run.cell = ?", cell)
        with _failures(self.path):
            return self._run(found[0]) if found else None

    def runs(self) -> Iterator[Run]:
        """All results, in the order of the plan."""
        with _failures(self.path):
            for row in self._database.execute(
                f"{_SELECT_RUN} JOIN cell ON cell.id = run.cell ORDER BY position"
            ):
                yield self._run(row)

    def _run(self, row: tuple[str, float, float, str, int, bytes]) -> Run:
        cell, started, took, trouble, number, packed = row
        common = self._dictionaries.get(number)
        if common is None:
            query = "SELECT words, octets FROM dictionary WHERE number = ?"
            kept = self._database.execute(query, (number,)).fetchone()
            common = self._dictionaries[number] = packing.Parts(*kept)
        records = packing.unpack(packed, common)
        return rows.run(cell, started, took, trouble, records)

    def set_judgements(self, judgements: Iterable[Judgement]) -> None:
        """Replaces all judgements, which are of cells of the plan."""
        positions = dict(self._rows("SELECT id, position FROM cell"))
        written = pieces.Written()
        made = [written.row(positions[each.cell], each) for each in judgements]
        again = "make room, then: interop judge"
        with _failures(self.path, again), self._database as database:
            database.execute("DELETE FROM judgement")
            database.execute("DELETE FROM piece")
            database.executemany("INSERT INTO piece VALUES (?, ?)", written.pieces)
            database.executemany(
                "INSERT INTO judgement VALUES (?, ?, ?, ?, ?, ?, ?)", made
            )

    def judgements(self) -> dict[str, Judgement]:
        """The newest judgements by cell id."""
        read = pieces.Read(self._rows("SELECT number, value FROM piece"))
        found = self._rows(
            "SELECT id, judgement.* FROM judgement JOIN cell ON position = cell"
        )
        with _failures(self.path):
            return {row[0]: read.judgement(row[0], row[1:]) for row in found}

    def _newest(self) -> tuple[int, packing.Parts]:
        """The last dictionary; number 0 if there is none."""
        kept = self._rows("SELECT * FROM dictionary ORDER BY number DESC LIMIT 1")
        return (
            (kept[0][0], packing.Parts(*kept[0][1:])) if kept else (0, packing.NOTHING)
        )

    def _rows(self, query: str, *values: object) -> list[Any]:
        with _failures(self.path):
            return self._database.execute(query, values).fetchall()


def _write_plan(
    database: sqlite3.Connection,
    cells: Iterable[Cell],
    peers: Iterable[Peer],
    about: Mapping[str, str],
) -> None:
    database.execute(f"PRAGMA page_size = {PAGE}")
    database.execute("PRAGMA journal_mode = WAL")
    with database:
        database.executescript(f"BEGIN;{SCHEMA.read_text()}")
        database.execute(f"PRAGMA application_id = {APPLICATION}")
        database.execute(f"PRAGMA user_version = {SCHEMA_NUMBER}")
        database.executemany("INSERT INTO about VALUES (?, ?)", about.items())
        database.executemany(
            "INSERT INTO peer VALUES (?, ?, ?)", (rows.of_peer(peer) for peer in peers)
        )
        database.executemany(
            "INSERT INTO cell VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (rows.of_cell(at, cell) for at, cell in enumerate(cells)),
        )


_SELECT_RUN = (
    "SELECT run.cell, started, milliseconds, trouble, dictionary, records FROM run"
)


class _failures:
    """Turns what SQLite and the file system say into one line."""

    def __init__(
        self, path: Path, full: str = "make room, then: interop run --resume"
    ) -> None:
        self.path = path
        self.full = full  # what to do if the disk is

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> None:
        if isinstance(error, (zlib.error, ValueError, TypeError, KeyError)):
            raise StoreError(
                f"{self.path} is damaged ({error}); run it again"
            ) from None
        if isinstance(error, OSError):
            raise StoreError(f"{self.path}: {error.strerror}", GAPS) from None
        if isinstance(error, sqlite3.ProgrammingError):
            return  # a bug of ours
        if isinstance(error, sqlite3.DatabaseError):
            words = str(error)
            if "full" in words or "disk I/O" in words:
                raise StoreError(
                    f"{self.path}: cannot be written, the disk is full ({words}); "
                    f"{self.full}",
                    GAPS,
                ) from None
            if "not a database" in words:
                raise StoreError(f"{self.path} is not a run of this suite") from None
            raise StoreError(
                f"{self.path} is damaged ({words}); run it again"
            ) from None


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=5)
    database.execute("PRAGMA synchronous = NORMAL")
    return database
