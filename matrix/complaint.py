"""complaint - an error as the user reads it: one line, and an exit status."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Iterable

USAGE = 2  # the user asked for something that is not there
GAPS = 3  # not everything that was planned has a result


class Complaint(Exception):
    """What is wrong and what to do, in one line."""

    def __init__(self, line: str, status: int = USAGE) -> None:
        super().__init__(line)
        self.status = status


def unknown(what: str, word: str, known: Iterable[str]) -> Complaint:
    """No such thing: with the nearest names, or all of them if they are few."""
    names = sorted(set(known))
    near = get_close_matches(word, names, n=3, cutoff=0.4)
    if near:
        hint = f"nearest: {', '.join(near)}"
    elif len(names) <= 12:
        hint = f"there are: {', '.join(names) or 'none'}"
    else:
        hint = f"for example: {', '.join(names[:3])}"
    return Complaint(f"no {what} {word!r}; {hint}")
