"""conftest - what several tests need: a build folder of their own, in which the
programs that were built are, but of two libraries only."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # no test is about a time
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parents[1]
FAMILIES = ("openssl", "gnutls")


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for ``interop --build`` with copies of the programs, so that the
    processes of a test can be told by their path, and a build changes nothing."""
    folder = tmp_path_factory.mktemp("build")
    (folder / "host").mkdir()
    for role in ("client", "server"):
        for family in FAMILIES:
            program = ROOT / "build" / "host" / f"{role}-{family}"
            assert program.exists(), f"{program} is not there; first: make build"
            shutil.copy2(program, folder / "host" / program.name)
    return folder
