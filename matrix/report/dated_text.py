"""dated_text - what cells come to by the rules of a date, as lines for a terminal."""

from __future__ import annotations

from typing import Iterable, Iterator, Sequence

from matrix.dated import Dated, Reading
from matrix.model import Check, Value
from matrix.profiles import Profile, tally
from matrix.report.dated import COLUMNS, counted
from matrix.report.escape import plain
from matrix.rulesets import RuleSet

_SHOWN = 12  # findings that are listed of a rule set
_KEPT = {"must": "every MUST", "should": "every MUST and SHOULD"}
_BAD = (Value.FAIL, Value.STRICT_MISS)


def overview(
    found: Sequence[Profile], sets: Iterable[RuleSet], level: str
) -> list[str]:
    """All rule sets, a line each."""
    rows = [(s.name, *map(str, counted(tally(found, s, level)))) for s in sets]
    head = ("rule set", *(name for name, _, _ in COLUMNS))
    used = [n for n in range(len(head)) if not n or any(r[n] != "0" for r in rows)]
    wide = {n: max(len(row[n]) for row in (head, *rows)) for n in used}
    lines = [f"By the rules of each date, for who keeps {_KEPT[level]}:"]
    for row in (head, *rows):
        first, *rest = (row[n].ljust(wide[n]) if not n else row[n].rjust(wide[n])
                        for n in used)  # fmt: skip
        lines.append("  ".join(("", first, *rest)).rstrip())
    return lines


def findings(found: Sequence[Profile], rules: RuleSet, level: str) -> Iterator[str]:
    """One rule set: its counts, and what fails by it."""
    counts = zip(COLUMNS, counted(tally(found, rules, level)))
    said = ", ".join(f"{number:,} {name}" for (name, _, _), number in counts if number)
    yield f"By {rules.name} ({rules.title}), for who keeps {_KEPT[level]}: {said}"
    failing: dict[tuple[str, str, str], list[str]] = {}
    reading = Reading(rules, level)
    for profile in found:
        dated = reading.judge(profile.first, profile.about)
        for check in dated.checks if dated.verdict in _BAD else ():
            if check.value is dated.verdict:
                key = check.value.value, check.id, check.because
                failing.setdefault(key, []).extend(profile.cells)
    ordered = sorted(failing.items(), key=lambda item: (-len(item[1]), item[0]))
    for (value, id, because), cells in ordered[:_SHOWN]:
        more = f" and {len(cells) - 1:,} more" if len(cells) > 1 else ""
        yield f"  {value}  {id}: {because}: {cells[0]}{more}"
    if len(ordered) > _SHOWN:
        yield f"  and {len(ordered) - _SHOWN:,} more findings"


def of_cell(dated: Dated, rules: RuleSet, level: str) -> Iterator[str]:
    """One cell by one rule set: every check that its documents have for it."""
    yield f"By {rules.name} ({rules.title}), for who keeps {_KEPT[level]}"
    yield f"  {dated.verdict.value}: {plain(dated.because)}"
    for check in dated.checks:
        yield from _check(check)
    if dated.checks:
        yield f"  Documents that bind: {', '.join(rules.documents)}."
        yield "  How they are read:"
        yield from (f"    {note}" for note in rules.notes)


def of_cell_briefly(dated: Dated, rules: RuleSet) -> str:
    """The same in a line."""
    side = f" ({' and '.join(dated.sides)})" if dated.sides else ""
    said = f"{dated.verdict.value}{side}: {plain(dated.because)}"
    return f"  {rules.name:<14} {said}"


def _check(check: Check) -> Iterator[str]:
    side = f" ({check.side})" if check.side else ""
    clause = f" [{check.clause}]" if check.clause else ""
    because = plain(check.because)
    yield f"    {check.value.value:<14} {check.id}{clause}{side}: {because}"
