"""test_legality - both tables of what a client may not say (hello_legal.c and
matrix/vectors/legality.py) say the same of every vector."""

from __future__ import annotations

import re

from hello_vectors import ALL, FOLDER
from making import TOP
from test_c import run

from matrix.vectors import legality

# How an extension's own octets are built, only the Python table looks at.
BODIES = "(RFC 8446 4.2)"


def test_both_say_the_same_of_every_vector() -> None:
    names = sorted(ALL)
    files = [next(FOLDER.glob(f"*/{name}.flow")) for name in names]
    done = run("build/asan/tests/test_hello_legal", *map(str, files))
    assert done.returncode == 0, done.stdout
    said = done.stdout.splitlines()
    assert len(said) == len(names) > 400
    wrong = 0
    for name, line in zip(names, said):
        found = legality.findings(ALL[name].octets)
        first = next((f for f in found if not f.words.endswith(BODIES)), None)
        alert, _, words = line.partition(" ")
        assert int(alert) == (first.alert if first else 0), (name, line, first)
        assert words == (first.words.partition(":")[0] if first else ""), name
        wrong += first is not None
    assert wrong > 60


def test_both_have_the_same_rows() -> None:
    text = (TOP / "tests" / "hello_legal.c").read_text()
    table = text[text.index("rules[] = {") : text.index("hello_legal(const")]
    rows = re.findall(r'((?:"[^"]*"\s*)+)\}', table)
    joined = ["".join(re.findall(r'"([^"]*)"', row)) for row in rows]
    assert joined == [words for _, _, _, words in legality.ROWS]


def test_no_octets_and_no_record_at_all() -> None:
    """RFC 5246 6: what begins with no type of record is an unexpected message."""
    assert legality.findings(b"")[0].alert == 50
    assert legality.findings(b"\x80\0")[0].alert == 10
    assert legality.findings(b"\x80")[0].alert == 10
    assert legality.findings(b"\x16")[0].alert == 50
