"""hello_vectors - the committed vectors, for the tests."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

from making import TOP

from matrix.places import Places
from matrix.vectors import vector
from matrix.vectors.vector import Vector

FOLDER = TOP / "vectors"
HELLO = vector.load(FOLDER / "hello")
MALFORMED = vector.load(FOLDER / "malformed")
ALL: dict[str, Vector] = HELLO | MALFORMED


def files() -> list[Path]:
    """Every vector's file."""
    return sorted(FOLDER.glob("*/*.flow"))


def command(name: str, *arguments: str) -> int:
    """Runs one command of ./interop; its exit status."""
    module = import_module(f"matrix.commands.{name}")
    parser = argparse.ArgumentParser()
    module.options(parser)
    return int(module.main(Places(), parser.parse_args(arguments)))
