"""tables - reads a file of tables (TOML); whatever is wrong with it is said with its
name."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any


def read(file: Path) -> dict[str, Any]:
    """Its tables.  ValueError if it is not TOML in UTF-8."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{file.name}: {error}") from None
