"""progress - says how far a run is: one live line on a terminal, plain lines
elsewhere, nothing when asked to be quiet."""

from __future__ import annotations

import os
import sys
import time
from typing import TextIO

from matrix.model import GAPS, Judgement, Value

REDRAW = 0.1  # seconds between two drawings of the live line
STEP = 10  # percent between two plain lines
RED, PLAIN, ERASE = "\x1b[31m", "\x1b[0m", "\r\x1b[2K"


class Progress:
    """Counts results and judgements of ``total`` cells, and tells ``stream``."""

    def __init__(
        self, total: int, stream: TextIO | None = None, quiet: bool = False
    ) -> None:
        self._stream = stream or sys.stderr
        self._total = total
        self._quiet = quiet
        self._live = self._stream.isatty() and os.environ.get("TERM") != "dumb"
        self._color = self._live and not os.environ.get("NO_COLOR")
        self._done = self._failed = self._gaps = 0
        self._began = self._drawn = time.monotonic()
        self._told = 0
        if not quiet and not self._live:
            self._print(f"0/{total} cells")

    def finished(self) -> None:
        """One more cell has its result."""
        self._done += 1

    def judged(self, judgement: Judgement) -> None:
        """One more cell has its verdict."""
        self._failed += judgement.verdict is Value.FAIL
        self._gaps += judgement.verdict in GAPS

    def tick(self) -> None:
        """Draws, if it is time to."""
        if self._quiet:
            return
        if self._live:
            now = time.monotonic()
            if now - self._drawn >= REDRAW:
                self._drawn = now
                self._stream.write(ERASE + self._line(self._color))
                self._stream.flush()
        else:
            percent = 100 * self._done // max(self._total, 1)
            if percent // STEP > self._told // STEP and self._done < self._total:
                self._told = percent
                self._print(self._line(False))

    def end(self) -> None:
        """The last line, which stays."""
        if self._quiet:
            return
        self._print((ERASE if self._live else "") + self._line(self._color))

    def _print(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()

    def _line(self, color: bool) -> str:
        seconds = max(time.monotonic() - self._began, 1e-6)
        rate = self._done / seconds
        failed = f"{self._failed} failed"
        if color and self._failed:
            failed = f"{RED}{failed}{PLAIN}"
        left = (self._total - self._done) / rate if rate else 0.0
        time_said = f"{left:.0f} s left" if self._done < self._total else _took(seconds)
        return (
            f"{self._done}/{self._total} cells, {failed}, {self._gaps} gaps, "
            f"{rate:.0f} a second, {time_said}"
        )


def _took(seconds: float) -> str:
    return f"{seconds:.1f} s"
