-- schema 2 of a run file (matrix/store.py).  A change of a table needs a new number
-- there; a view may be changed freely, since it holds nothing.

-- what is known of the run as a whole: when, with which command, on what
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
-- the peers as they were: value is a JSON object (model.Peer)
CREATE TABLE peer (
    role TEXT NOT NULL, id TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (role, id)
) WITHOUT ROWID;
-- every planned cell, in the order of the plan; axes is a JSON list of pairs;
-- excluded is a verdict that the plan gave, NULL for a cell that is to be run
CREATE TABLE cell (
    position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, scenario TEXT NOT NULL,
    client TEXT NOT NULL, server TEXT NOT NULL, axes TEXT NOT NULL,
    why TEXT NOT NULL, excluded TEXT, reason TEXT NOT NULL
);
-- what many records have in it: the preset dictionaries (RFC 1950 2.2) that the two
-- parts of run.records are compressed with; there is a better one now and then
CREATE TABLE dictionary (
    number INTEGER PRIMARY KEY, words BLOB NOT NULL, octets BLOB NOT NULL
);
-- what came out of a cell; records is the client's record, NUL, the server's, and if
-- there was a relay NUL and its, compressed in two parts (packing.py);
-- started is seconds since 1970 UTC, trouble what went wrong on our side
CREATE TABLE run (
    cell TEXT PRIMARY KEY REFERENCES cell (id), started REAL NOT NULL,
    milliseconds REAL NOT NULL, trouble TEXT NOT NULL,
    dictionary INTEGER NOT NULL REFERENCES dictionary (number), records BLOB NOT NULL
);
-- what the newest judging made of the cell at a position of the plan: numbers of
-- pieces; checks is one that has the numbers of others (model.Judgement)
CREATE TABLE judgement (
    cell INTEGER PRIMARY KEY REFERENCES cell (position), verdict TEXT NOT NULL,
    because INTEGER NOT NULL REFERENCES piece (number),
    checks INTEGER NOT NULL REFERENCES piece (number),
    prediction INTEGER REFERENCES piece (number),
    known INTEGER REFERENCES piece (number), sight INTEGER REFERENCES piece (number)
);
-- what judgements are made of, each once: JSON (pieces.py)
CREATE TABLE piece (number INTEGER PRIMARY KEY, value TEXT NOT NULL);
CREATE VIEW cell_verdict AS
    SELECT cell.id AS cell, scenario, client, server,
        coalesce(judgement.verdict, excluded, 'not-run') AS verdict,
        coalesce(json_extract(piece.value, '$'), nullif(reason, ''),
            CASE WHEN run.cell IS NULL THEN 'no result arrived'
                ELSE 'it ran, and is not judged yet: interop judge' END) AS because
    FROM cell LEFT JOIN judgement ON judgement.cell = position
        LEFT JOIN piece ON piece.number = judgement.because
        LEFT JOIN run ON run.cell = cell.id
    ORDER BY position;
CREATE VIEW summary AS
    SELECT verdict, count(*) AS cells FROM cell_verdict GROUP BY verdict;
