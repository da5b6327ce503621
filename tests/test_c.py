"""test_c - the unit tests in C and the kept corpora of the fuzz targets.

The programs are built by ``make check`` (or ``make unit`` and ``make fuzz``);
one that is not there fails here.
"""

from __future__ import annotations

import re
import subprocess

import pytest
from making import TOP, clean_environment, variable

from matrix import certificates


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a built program as make unit does, output and errors together."""
    assert (TOP / program).exists(), f"{program} is not built: run make check"
    options = {
        name: " ".join(variable(name)) for name in ("LSAN_OPTIONS", "UBSAN_OPTIONS")
    }
    return subprocess.run(
        [program, *arguments],
        cwd=TOP,
        env=clean_environment(
            CERTS=str(certificates.ensure(TOP / "build/certs")), **options
        ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=120,
    )


@pytest.mark.parametrize("program", variable("UNIT"))
def test_unit(program: str) -> None:
    done = run(program)
    assert done.returncode == 0, done.stdout
    passed = re.search(r"^\[  PASSED  \] (\d+) test", done.stdout, re.MULTILINE)
    assert passed is not None and int(passed[1]) > 0, done.stdout


@pytest.mark.parametrize("program", variable("FUZZERS"))
def test_corpus(program: str) -> None:
    """What the fuzzer once kept is still read without harm."""
    corpus = TOP / "tests" / "corpus" / program.rpartition("/fuzz_")[2]
    kept = sorted(corpus.iterdir()) if corpus.is_dir() else []
    assert kept, f"{corpus} is empty: keep what make fuzz finds"
    done = run(program, "-runs=0", str(corpus))
    assert done.returncode == 0, done.stdout[-4000:]


def test_every_library_is_tested() -> None:
    """On a machine that checks, no library is left out."""
    assert variable("HAVE") == variable("BACKENDS")
