"""summary - what a run comes to: the lines that are printed and the exit status,
both from the same counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Iterable, Iterator, Sequence

from matrix.model import GAPS, Judgement, Value
from matrix.report.words import count

UNEXPECTED = frozenset({Value.FAIL, Value.STRICT_MISS})
SHOWN = 10  # cells that are listed


@dataclass(frozen=True, slots=True)
class Summary:
    """The judgements of a run, and what is wrong with known.toml."""

    judgements: Sequence[Judgement]
    problems: Sequence[str] = ()

    def unexpected(self) -> list[Judgement]:
        """Failed or missed, and no known deviation says so."""
        return [
            judgement
            for judgement in self.judgements
            if judgement.verdict in UNEXPECTED and judgement.known is None
        ]

    def gaps(self) -> list[Judgement]:
        return [j for j in self.judgements if j.verdict in GAPS]

    def status(self) -> int:
        """0 as expected, 1 an unexpected verdict, 3 gaps only."""
        if self.unexpected() or self.problems:
            return 1
        return 3 if self.gaps() else 0

    def lines(self) -> Iterator[str]:
        """For people: counts first, then what to look at."""
        counts = Counter(j.verdict for j in self.judgements)
        known = Counter(j.verdict for j in self.judgements if j.known)
        said = [
            f"{counts[value]:,} {value.value}"
            + (f" ({known[value]:,} known)" if known[value] else "")
            for value in Value
            if counts[value]
        ]
        gaps = len(self.gaps())
        yield (
            f"{count(len(self.judgements), 'cell')}: {', '.join(said) or 'none'}; "
            + (count(gaps, "gap") if gaps else "no gaps")
        )
        yield from _listed(self.unexpected())
        yield from _listed(self.gaps())
        yield from self.problems


def _listed(judgements: Iterable[Judgement]) -> Iterator[str]:
    ordered = list(judgements)
    for judgement in ordered[:SHOWN]:
        yield f"  {judgement.verdict.value}  {judgement.cell}: {judgement.because}"
    if len(ordered) > SHOWN:
        yield f"  and {len(ordered) - SHOWN:,} more; see: interop report"
