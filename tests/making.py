"""making - runs make and what make built, for the tests."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent


def clean_environment(**more: str) -> dict[str, str]:
    """Our environment without what an outer make left in it."""
    inner = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    inner.pop("MFLAGS", None)
    return inner | more


def make(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs make in the top folder; standard error is mixed into the output."""
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=TOP,
        env=clean_environment(**environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@cache
def variable(name: str) -> tuple[str, ...]:
    """The words of a variable of the Makefile, expanded."""
    done = make("-s", f"print-{name}")
    assert done.returncode == 0, done.stdout
    return tuple(done.stdout.split())
