"""octets - how a clause about one message is held against it: a row of a table.

A row has the id of its check, what is said when the message is right, and a look at
the message, which gives what is wrong with it: "" nothing, None the clause says
nothing to this message.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Callable, Generic, Iterable, Sequence, TypeVar

from matrix.checks import Finding, Link, Seen, broken, kept, of_link
from matrix.model import Hello

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Clause(Generic[T]):
    """One clause about messages of one kind."""

    id: str
    right: str
    wrong: Callable[[T], str | None]


def of_hellos(clauses: Iterable[Clause[Hello]]) -> None:
    """Clauses on every hello of the client."""
    for each in clauses:
        of_link(each.id)(partial(_hellos, each, kept(each.right)))


def of_links(side: str, clauses: Iterable[Clause[Link]]) -> None:
    """Clauses on what one side said on a connection."""
    for each in clauses:
        of_link(each.id)(partial(_link, side, each, kept(each.right)))


def _hellos(
    clause: Clause[Hello], right: Finding, seen: Seen, link: Link
) -> Finding | None:
    return _worst("client", clause, right, link.wire.hellos)


def _link(
    side: str, clause: Clause[Link], right: Finding, seen: Seen, link: Link
) -> Finding | None:
    return _worst(side, clause, right, (link,))


def _worst(
    side: str, clause: Clause[T], right: Finding, messages: Sequence[T]
) -> Finding | None:
    found: Finding | None = None
    for message in messages:
        try:
            wrong = clause.wrong(message)
        except ValueError:
            continue  # what it is about cannot be cut, which is another clause's
        if wrong:
            return broken(side, wrong)
        if wrong is not None:
            found = right
    return found
