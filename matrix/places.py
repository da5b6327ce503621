"""places - where things are: the suite's own tables, and what a build leaves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Places:
    """``tables`` is the suite's own folder matrix/; ``build`` has the programs, and
    takes certificates, probed answers and runs."""

    tables: Path = ROOT / "matrix"
    build: Path = ROOT / "build"

    @property
    def ci(self) -> Path:
        """Has the eras' files; not there where the suite is installed."""
        return self.tables.parent / "ci"

    @property
    def certificates(self) -> Path:
        return self.build / "certs"

    @property
    def relay(self) -> Path:
        """The program that stands between a client and a server."""
        return self.build / "host" / "relay"

    @property
    def runs(self) -> Path:
        return self.build / "runs"

    @property
    def latest(self) -> Path:
        """A link to the newest run."""
        return self.runs / "latest.db"

    @property
    def known(self) -> Path:
        return self.tables / "known.toml"
