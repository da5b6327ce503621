"""process - one program is started, fed, cut into records, bounded and ended."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from matrix.process import RECORD_LIMIT, Ended, Program

FAKE = str(Path(__file__).with_name("fake_peer.py"))
SECONDS = 20.0  # far more than any of this takes


def script(text: str) -> Program:
    return Program([sys.executable, "-c", text])


def records(program: Program, count: int) -> list[str]:
    assert program.wait_for(lambda: len(program.records) >= count, SECONDS)
    return program.records


def test_records_are_cut_at_the_line_of_the_parent() -> None:
    program = script(
        "import sys\n"
        "for line in sys.stdin:\n"
        "    print('connection: 1\\n  \"= exit 0\"\\n= exit ' + line, end='')\n"
        "    sys.stdout.flush()"
    )
    program.send("0")
    program.send("signal 11")
    first = 'connection: 1\n  "= exit 0"\n= exit 0\n'
    assert records(program, 2) == [first, first.replace("exit 0\n", "exit signal 11\n")]
    program.kill()
    program.close()


def test_a_record_may_come_in_any_pieces() -> None:
    text = "a: b\n= exit 0\n= exit 1\nc: d\n= exit 2\n"
    program = script(
        "import sys, os\n"
        f"for c in {text!r}: sys.stdin.readline(); os.write(1, c.encode())\n"
        "sys.stdin.read()"
    )
    for _ in text:
        program.send("")
    found = records(program, 3)
    assert found == ["a: b\n= exit 0\n", "= exit 1\n", "c: d\n= exit 2\n"]
    program.kill()
    program.close()


def test_what_it_was_saying_when_it_went_is_kept() -> None:
    program = script(
        "import sys; print('x: y'); print('sorry', file=sys.stderr); sys.exit(3)"
    )
    with pytest.raises(Ended, match="^ended: exit 3: sorry$"):
        program.wait_for(lambda: False, SECONDS)
    assert program.take_rest() == "x: y\n"
    assert program.gone()
    program.close()


def test_a_signal_is_told_from_an_exit() -> None:
    program = script("import os; os.kill(os.getpid(), 9)")
    with pytest.raises(Ended, match="^ended: signal 9$"):
        program.wait_for(lambda: False, SECONDS)
    program.close()


def test_work_for_one_that_is_gone() -> None:
    program = script("")
    program.kill()
    with pytest.raises(Ended):
        program.send("127.0.0.1:1")
    program.close()


def test_a_record_without_end_is_cut_off() -> None:
    program = script("while True: print('C> smtp')")
    with pytest.raises(Ended, match=str(RECORD_LIMIT)):
        program.wait_for(lambda: False, SECONDS)
    assert program.gone()
    program.close()


def test_octets_that_are_no_text_stay_visible() -> None:
    program = script("import os; os.write(1, b'\\xff\\x00\\n= exit 0\\n')")
    assert records(program, 1) == ["\\xff\x00\n= exit 0\n"]
    program.kill()
    program.close()


def test_many_words_at_the_end_are_bounded() -> None:
    program = script("import os, sys; os.write(2, b'x' * 60000); sys.exit(1)")
    with pytest.raises(Ended) as ended:
        program.wait_for(lambda: False, SECONDS)
    assert 300 < len(str(ended.value)) < 400
    program.close()


def test_a_server_says_where_it_listens() -> None:
    program = Program([sys.executable, FAKE, "server", "good"])
    assert program.listens(SECONDS).startswith("127.0.0.1:")
    assert program.listens(SECONDS) == program.address
    program.kill()
    program.close()


def test_a_server_that_says_something_else() -> None:
    program = Program([sys.executable, FAKE, "server", "babbles"])
    with pytest.raises(Ended, match="where it listens"):
        program.listens(SECONDS)
    assert program.gone()
    program.close()


def test_no_such_program() -> None:
    with pytest.raises(OSError):
        Program(["/nowhere/client-nothing"])


def test_waiting_has_an_end() -> None:
    program = script("import sys; sys.stdin.read()")
    assert program.wait_for(lambda: False, 0.05) is False
    program.kill()
    program.close()
