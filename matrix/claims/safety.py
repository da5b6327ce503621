"""safety - what the answer does not cost: that nobody on the way can turn a hello into
another unnoticed, that SSL 2.0 is not spoken, and that both forms come to the same; by
what the checks of a run came to."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Iterator, Mapping, Sequence

from matrix.model import Judgement, Value
from matrix.report.blocks import Cell, Line, Part, Strong

_COVERS = (
    "rfc5246-7.4.9-finished-covers-handshake",
    "rfc8446-4.4.4-finished-covers-handshake",
)
_NO_SSL2 = "rfc6176-3-server-no-ssl2"


@dataclass(frozen=True, slots=True)
class Guard:
    """Something that has to hold, and the checks and scenarios that show it."""

    kept: str  # in words, of cells in which it held
    broken: str
    rules: tuple[str, ...]
    scenarios: str = "*"
    but: str = ""  # not these of them
    offered: bool = True  # False: what comes of hellos that offer no TLS at all, of
    # which nothing has to hold: no rule set lets a client send them

    def speaks(self, judgement: Judgement) -> bool:
        scenario = judgement.cell.partition("/")[0]
        fits = fnmatchcase(scenario, self.scenarios)
        offered = judgement.sight is None or bool(judgement.sight.offers)
        return fits and not fnmatchcase(scenario, self.but) and offered == self.offered


GUARDS = (
    Guard(
        "a hello that was rewritten into the other form on the way completed no "
        "handshake",
        "a hello that was rewritten into the other form on the way completed a "
        "handshake",
        _COVERS,
        "tamper.hello-to-*",
    ),
    Guard(
        "nor did one that was changed in another way, or whose answer was",
        "one that was changed in another way completed a handshake",
        _COVERS,
        "tamper.*",
        "tamper.hello-to-*",
    ),
    Guard(
        "no server went on with SSL 2.0 where TLS was offered",
        "a server went on with SSL 2.0 where TLS was offered",
        (_NO_SSL2,),
    ),
    Guard(
        "servers that read both forms came to the same result in both",
        "a server came to another result in the other form",
        ("rfc5246-e.2-server-same-in-both-forms",),
    ),
    Guard(
        "a hello that offers nothing but SSL 2.0 was not answered in it",
        "a hello that offers nothing but SSL 2.0 was answered in it",
        (_NO_SSL2,),
        offered=False,
    ),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A guard with the cells that kept and that broke it."""

    guard: Guard
    kept: tuple[str, ...]
    broken: tuple[str, ...]


def gather(judgements: Mapping[str, Judgement]) -> tuple[Shown, ...]:
    """What a run shows of each guard; one that no cell speaks of is left out."""
    found: list[Shown] = []
    for guard in GUARDS:
        cells: dict[Value, list[str]] = {Value.PASS: [], Value.FAIL: []}
        for id, judgement in judgements.items():
            if guard.speaks(judgement):
                for check in judgement.checks:
                    if check.id in guard.rules and check.value in cells:
                        cells[check.value].append(id)
        kept, broken = (tuple(each) for each in cells.values())
        if kept or broken:
            found.append(Shown(guard, kept, broken))
    return tuple(found)


def sentence(found: Sequence[Shown]) -> Iterator[Line]:
    """One sentence that can be cited, for what was shown; what did not hold first."""
    due = [each for each in found if each.guard.offered]
    broken = [each for each in due if each.broken]
    kept = [each for each in due if not each.broken]
    if not due:
        return
    said: list[Part] = [Strong("Security is not compromised.")]
    if broken:
        said = [Strong("Security may be compromised."), " ", *_told(broken), "."]
    if kept:
        said += [" What held: " if broken else " ", *_told(kept, not broken), "."]
    for each in (each for each in found if each not in due and each.broken):
        who = sorted({cell.split("/")[2] for cell in each.broken})
        said += [" ", *_told([each]), f", by {' and '.join(who)}."]
    yield tuple(said)


def _told(found: Sequence[Shown], upper: bool = True) -> Iterator[Part]:
    for at, each in enumerate(found):
        cells = each.broken or each.kept
        words = each.guard.broken if each.broken else each.guard.kept
        of = len(each.broken) + len(each.kept)
        first = words[0].upper() + words[1:] if upper and not at else words
        yield f"{'; ' if at else ''}{first}, in {len(cells):,} of {of:,} cells "
        yield Cell(cells[0], words)
