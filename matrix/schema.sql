-- schema 1 of a run file (matrix/store.py).  A change of a table needs a new number
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
-- octets that the rows of a table have much of: the preset dictionary (RFC 1950 2.2)
-- that run.records and judgement.value are compressed with; name is the table's
CREATE TABLE dictionary (name TEXT PRIMARY KEY, octets BLOB NOT NULL);
-- what came out of a cell; records is zlib of the client's record, NUL,
-- the server's, and if there was a relay NUL and its;
-- started is seconds since 1970 UTC, trouble what went wrong on our side
CREATE TABLE run (
    cell TEXT PRIMARY KEY REFERENCES cell (id), started REAL NOT NULL,
    milliseconds REAL NOT NULL, records BLOB NOT NULL, trouble TEXT NOT NULL
);
-- what the newest judging made of it; value is zlib of a JSON object
-- (model.Judgement: the prediction and every check with its clause)
CREATE TABLE judgement (
    cell TEXT PRIMARY KEY REFERENCES cell (id), verdict TEXT NOT NULL,
    because TEXT NOT NULL, known INTEGER NOT NULL, value BLOB NOT NULL
) WITHOUT ROWID;
CREATE VIEW cell_verdict AS
    SELECT cell.id AS cell, scenario, client, server,
        coalesce(judgement.verdict, excluded, 'not-run') AS verdict,
        coalesce(judgement.because, nullif(reason, ''),
            CASE WHEN run.cell IS NULL THEN 'no result arrived'
                ELSE 'it ran, and is not judged yet: interop judge' END) AS because
    FROM cell LEFT JOIN judgement ON judgement.cell = cell.id
        LEFT JOIN run ON run.cell = cell.id
    ORDER BY position;
CREATE VIEW summary AS
    SELECT verdict, count(*) AS cells FROM cell_verdict GROUP BY verdict;
