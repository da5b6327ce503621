"""pytest matrix, the testers' front door, over the pairs of two libraries."""

from __future__ import annotations

import re
import subprocess
import sys

from making import TOP, clean_environment


def front_door(words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "matrix", "-k", words],
        cwd=TOP,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )


def test_two_libraries_play_everything_with_each_other() -> None:
    done = front_door("openssl and gnutls and upgrade")
    assert done.returncode == 0, done.stdout
    assert re.search(r"^2 passed, \d+ deselected", done.stdout, re.MULTILINE)


def test_words_that_choose_nothing_are_told() -> None:
    done = front_door("schannel")
    assert done.returncode == 5, done.stdout
    assert "deselected" in done.stdout
