"""skew - what becomes of the same thing from one version of a library to the next.

Pure.  A generation is a peer seen as the version of the library whose TLS code it
has: OpenSSL 1.0.1i inside Node.js 0.10 is one of OpenSSL's generations.  Who was told
to behave in another way ("17.0.15+sslv2hello") is no newer version: a line of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import Iterable, Mapping, Sequence

from matrix.model import Peer

_INSIDE = re.compile(r"\((\w+) (\d[^ )]*)")  # "0.10.32 (OpenSSL 1.0.1i)"


@dataclass(frozen=True, slots=True)
class Generation:
    """A peer as one version of a library."""

    library: str  # "openssl", "jsse+sslv2hello"
    version: str  # of the library: "1.0.1i"
    peer: Peer


@dataclass(frozen=True, slots=True)
class Span:
    """Versions in a row of which the same is true."""

    first: str
    last: str
    label: str

    def words(self) -> str:
        versions = self.first if self.first == self.last else self._both()
        return f"{versions}: {self.label}"

    def _both(self) -> str:
        return f"{self.first} to {self.last}"


def generation(peer: Peer) -> Generation:
    """What library a peer is, and which version of it."""
    inside = _INSIDE.search(peer.about.get("loaded", ""))
    shared = peer.about.get("independence", "")
    version, plus, told = peer.version.partition("+")
    library = peer.family
    if inside and inside[1].lower() == shared != peer.family:
        library, version = shared, inside[2]
    return Generation(f"{library}{plus}{told}", version, peer)


def lineages(peers: Iterable[Peer]) -> Mapping[str, tuple[Generation, ...]]:
    """The generations of each library, old to new; libraries by name."""
    found: dict[str, list[Generation]] = {}
    for peer in peers:
        made = generation(peer)
        found.setdefault(made.library, []).append(made)
    return {
        library: tuple(
            sorted(found[library], key=lambda g: (age(g.version), g.peer.id))
        )
        for library in sorted(found)
    }


def age(version: str) -> tuple[tuple[int, str], ...]:
    """A key by which versions come in their order: 1.0.2o, 1.1.0h, 1.1.1w, 3.0.22."""
    parts = re.findall(r"\d+|[a-z]+", version.lower())
    return tuple((int(p), "") if p.isdecimal() else (-1, p) for p in parts)


def spans(labels: Sequence[tuple[str, str]]) -> tuple[Span, ...]:
    """Versions (old to new) with a label each, put together where it stays the same.
    A version without a label ("") was not asked, and breaks nothing."""
    asked = [(version, label) for version, label in labels if label]
    found = []
    for label, rows in groupby(asked, key=lambda row: row[1]):
        versions = [version for version, _ in rows]
        found.append(Span(versions[0], versions[-1], label))
    return tuple(found)


def told(labels: Sequence[tuple[str, str]]) -> str:
    """The spans in one line."""
    return "; ".join(span.words() for span in spans(labels))


def since(labels: Sequence[tuple[str, bool]]) -> str:
    """From which version on something is so: the first that has it, and whether an
    older one is known that has not.  "" none has it."""
    for at, (version, so) in enumerate(labels):
        if so:
            return (
                f"{version} (not in {labels[at - 1][0]})"
                if at
                else f"{version}, the {_end(labels, 'oldest')}"
            )
    return ""


def until(labels: Sequence[tuple[str, bool]]) -> str:
    """The same for the last version that has it."""
    for at in range(len(labels) - 1, -1, -1):
        version, so = labels[at]
        if so:
            more = labels[at + 1][0] if at + 1 < len(labels) else ""
            if more:
                return f"{version} (not in {more})"
            return f"{version}, the {_end(labels, 'newest')}"
    return ""


def _end(labels: Sequence[object], word: str) -> str:
    return f"{word} here" if len(labels) > 1 else "only one here"
