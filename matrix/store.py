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
from typing import Any, Iterable, Iterator, Mapping, Sequence

from matrix import rows
from matrix.complaint import GAPS, Complaint
from matrix.model import Cell, Judgement, Peer, Run

APPLICATION = 0x73746C73  # "stls"
SCHEMA_NUMBER = 1
BATCH_SECONDS = 0.2  # what a killed harness may lose at most
BATCH_RUNS = 200
PAGE = 1 << 16  # octets: rows of some KB must not waste what is left of a page
WINDOW = 1 << 15  # octets that deflate can look back
SAMPLES = 4  # records that a dictionary is made of

SCHEMA = Path(__file__).with_name("schema.sql")


def _samples(batch: Sequence[Run]) -> bytes:
    """What records have in common: the longest of each of some servers, the ends of
    them, since peers differ in how they say the same."""
    longest = {run.cell.split("/")[:3][-1]: run for run in sorted(batch, key=_length)}
    chosen = list(longest.values())[-SAMPLES:]
    return b"".join(rows.join(run)[-WINDOW // len(chosen) :] for run in chosen)


def _length(run: Run) -> int:
    return len(run.client) + len(run.server)


class StoreError(Complaint):
    """The file is not a run of ours, or cannot be read or written."""


class Store:
    """An open run.  Every method raises StoreError if the file fails it."""

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self.path = path
        self._database = database
        self._batch: list[Run] = []
        self._since = 0.0  # monotonic time of the oldest run in the batch
        self._dictionary = self._common("run")

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
        with _failures(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            database = _connect(path)
            database.execute(f"PRAGMA page_size = {PAGE}")
            database.execute("PRAGMA journal_mode = WAL")
            with database:
                database.executescript(f"BEGIN;{SCHEMA.read_text()}")
                database.execute(f"PRAGMA application_id = {APPLICATION}")
                database.execute(f"PRAGMA user_version = {SCHEMA_NUMBER}")
                database.executemany("INSERT INTO about VALUES (?, ?)", about.items())
                database.executemany(
                    "INSERT INTO peer VALUES (?, ?, ?)",
                    (rows.of_peer(peer) for peer in peers),
                )
                database.executemany(
                    "INSERT INTO cell VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (rows.of_cell(at, cell) for at, cell in enumerate(cells)),
                )
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

    def finished(self) -> set[str]:
        """The ids of the cells that have a result."""
        return {cell for (cell,) in self._rows("SELECT cell FROM run")}

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
        dictionary = self._dictionary
        with _failures(self.path), self._database as database:
            if not dictionary:
                dictionary = _samples(self._batch)
                database.execute(
                    "INSERT INTO dictionary VALUES ('run', ?)", (dictionary,)
                )
            database.executemany(
                "REPLACE INTO run VALUES (?, ?, ?, ?, ?)",
                (rows.of_run(run, dictionary) for run in self._batch),
            )
        self._dictionary = dictionary  # now that it is in the file
        written = tuple(run.cell for run in self._batch)
        self._batch.clear()
        return written

    def run(self, cell: str) -> Run | None:
        """The result of a cell, or None if it has none."""
        found = self._rows(f"{_SELECT_RUN} WHERE run.cell = ?", cell)
        if not self._dictionary:  # it came with the first result
            self._dictionary = self._common("run")
        with _failures(self.path):
            return rows.run(found[0], self._dictionary) if found else None

    def runs(self) -> Iterator[Run]:
        """All results, in the order of the plan."""
        with _failures(self.path):
            for row in self._database.execute(
                f"{_SELECT_RUN} JOIN cell ON cell.id = run.cell ORDER BY position"
            ):
                yield rows.run(row, self._dictionary)

    def set_judgements(self, judgements: Iterable[Judgement]) -> None:
        """Replaces all judgements."""
        made = [(judgement, rows.text_of(judgement)) for judgement in judgements]
        common = max((text for _, text in made), key=len, default=b"")[-WINDOW:]
        with _failures(self.path), self._database as database:
            database.execute(
                "REPLACE INTO dictionary VALUES ('judgement', ?)", (common,)
            )
            database.execute("DELETE FROM judgement")
            database.executemany(
                "INSERT INTO judgement VALUES (?, ?, ?, ?, ?)",
                (rows.of_judgement(j, rows.pack(text, common)) for j, text in made),
            )

    def judgements(self) -> dict[str, Judgement]:
        """The newest judgements by cell id."""
        common = self._common("judgement")
        found = self._rows("SELECT value FROM judgement")
        with _failures(self.path):
            made = [rows.judgement(rows.unpack(value, common)) for (value,) in found]
        return {judgement.cell: judgement for judgement in made}

    def _common(self, what: str) -> bytes:
        """The dictionary that rows of this table are packed with."""
        kept = self._rows("SELECT octets FROM dictionary WHERE name = ?", what)
        return bytes(kept[0][0]) if kept else b""

    def _rows(self, query: str, *values: object) -> list[Any]:
        with _failures(self.path):
            return self._database.execute(query, values).fetchall()


_SELECT_RUN = "SELECT run.cell, started, milliseconds, records, trouble FROM run"


class _failures:
    """Turns what SQLite and the file system say into one line."""

    def __init__(self, path: Path) -> None:
        self.path = path

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
                    "make room, then: interop run --resume",
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
