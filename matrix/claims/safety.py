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


@dataclass(frozen=True, slots=True)
class Guard:
    """Something that has to hold, and the checks and scenarios that show it."""

    kept: str  # in words, of cells in which it held
    broken: str
    rules: tuple[str, ...]
    scenarios: str = "*"
    but: str = ""  # not these of them

    def speaks(self, scenario: str) -> bool:
        fits = fnmatchcase(scenario, self.scenarios)
        return fits and not fnmatchcase(scenario, self.but)


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
        "no server went on with SSL 2.0",
        "a server went on with SSL 2.0",
        ("rfc6176-3-server-no-ssl2",),
    ),
    Guard(
        "servers that read both forms came to the same result in both",
        "a server came to another result in the other form",
        ("rfc5246-e.2-server-same-in-both-forms",),
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
            if guard.speaks(id.partition("/")[0]):
                for check in judgement.checks:
                    if check.id in guard.rules and check.value in cells:
                        cells[check.value].append(id)
        kept, broken = (tuple(each) for each in cells.values())
        if kept or broken:
            found.append(Shown(guard, kept, broken))
    return tuple(found)


def sentence(found: Sequence[Shown]) -> Iterator[Line]:
    """One sentence that can be cited, for what was shown."""
    if not found:
        return
    broken = any(each.broken for each in found)
    said: list[Part] = [
        Strong(
            "Security may be compromised:" if broken else "Security is not compromised."
        ),
        " ",
    ]
    for at, each in enumerate(found):
        cells = each.broken or each.kept
        words = each.guard.broken if each.broken else each.guard.kept
        of = len(each.broken) + len(each.kept)
        first = words[0].upper() + words[1:] if not at and not broken else words
        said += ["; "] if at else []
        said += [f"{first}, in {len(cells):,} of {of:,} cells ", Cell(cells[0], words)]
    yield (*said, ".")
