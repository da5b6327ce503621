"""test_corpus - the table of clients whose hellos are recorded (ci/record-hellos)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hello_vectors import HELLO
from making import TOP

from matrix.vectors import corpus


def test_every_recorded_vector_has_its_client_in_the_table() -> None:
    """The command that stands in a vector is one that the table can give again."""
    table = (TOP / "ci/record/clients.toml").read_text()
    for name, v in HELLO.items():
        if v.flow.meta["source"] == "recorded":
            program = v.flow.meta["implementation"].split(",")[0]
            assert program in table, name
            assert "{port}" in v.flow.meta["recorded"], name


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "clients.toml"
    path.write_text(text)
    return path


ROW = """
[[client]]
program = "PROGRAM"
name = "NAME-{version}"
implementation = "a client"
version = { run = ["sh", "-c", "echo 9.9 lib 1.2.3p4"], after = "lib" }
library = { run = ["sh", "-c", "echo 3.4f"], name = "Lib" }
command = ["{program}", "{host}:{port}"]
variants = { "" = [], "-old" = ["--old", "{1}"] }
only = { "-old" = "b*" }
"""


def test_the_table(tmp_path: Path) -> None:
    for name in ("run-a", "run-b1"):
        (tmp_path / name).write_text("")
    row = ROW.replace("PROGRAM", "run-*").replace("NAME", "x-{1}")
    jobs, missing = corpus.load(table(tmp_path, row), tmp_path)
    assert [j.name for j in jobs] == ["x-a-1.2.3", "x-b1-1.2.3", "x-b1-1.2.3-old"]
    assert jobs[2].command == ("run-b1", "{host}:{port}", "--old", "b1")
    assert jobs[0].library == "Lib 3.4f" and not missing


def test_what_is_not_here_is_told(tmp_path: Path) -> None:
    row = ROW.replace("PROGRAM", "no-such-program-5f1c").replace("NAME", "x")
    none = ROW.replace("PROGRAM", "nothing/*").replace("NAME", "y")
    mute = ROW.replace("PROGRAM", "sh").replace('after = "lib"', 'after = "none"')
    jobs, missing = corpus.load(table(tmp_path, row + none + mute), tmp_path)
    assert not jobs
    assert [line.split(": ", 1)[1][:32] for line in missing] == [
        "no-such-program-5f1c is not inst",
        "no nothing/* (see ci/record/READ",
        "sh -c echo 9.9 lib 1.2.3p4 tells",
    ]


def test_a_name_twice(tmp_path: Path) -> None:
    row = ROW.replace("PROGRAM", "sh").replace("NAME", "x")
    with pytest.raises(ValueError, match="x-1.2.3 is there twice"):
        corpus.load(table(tmp_path, row + row), tmp_path)


def test_drift() -> None:
    """Random octets and GREASE do not count, everything else does."""
    before = HELLO["openssl-3.0.22"].flow
    assert corpus.drift(before, HELLO["keyed"].flow) == ""
    assert corpus.drift(before, HELLO["keyed-record-3.3"].flow) == (
        "was 'record handshake, version 3.1, 307 octets',"
        " is 'record handshake, version 3.3, 307 octets'"
    )
