"""personas - the clients and servers that follow a rule set: one for each way of
using what it leaves open.

One simplification, without loss: of the hellos of one form that a server is free to
understand, it understands all or none.  Who understands more fails with fewer
clients, who understands less with more, and these two are the ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from typing import Iterable, Iterator, Sequence

from matrix.model import VERSIONS
from matrix.rulesets import HELLOS, RECORDS, ClientRules, Levels, RuleSet
from matrix.rulesets import ServerRules

CONFORMANCE = ("must", "should")  # every MUST; every MUST and every SHOULD


@dataclass(frozen=True, slots=True)
class ClientPersona:
    """A client as the first contact shows it."""

    hello: str  # class
    versions: tuple[str, ...]  # that it takes, old to new
    record: str  # record version of the hello; "-" the SSLv2 form has none
    signals: bool  # sends the renegotiation signal
    insists: bool  # on an answer to it, below TLS 1.3

    @property
    def form(self) -> str:
        return HELLOS[self.hello].form

    @property
    def words(self) -> str:
        """ "a plain TLS 1.0 hello; takes TLS 1.0"."""
        said = f"{HELLOS[self.hello].words} ({self.hello})"
        if self.record not in ("-", HELLOS[self.hello].record, "3.1"):
            said += f" in a record of version {self.record}"
        said += f"; takes {span(self.versions)}"
        if self.insists:
            return said + "; insists on RFC 5746"
        return said + ("; signals RFC 5746" if self.signals else "")


@dataclass(frozen=True, slots=True)
class ServerPersona:
    """A server as the first contact shows it."""

    reads: frozenset[str]  # classes of hello that it understands
    versions: tuple[str, ...]  # that it takes, old to new
    records: tuple[str, ...] | None  # record versions that it accepts; None: any
    answers: bool  # the renegotiation signal
    insists: bool  # on the signal, below TLS 1.3
    foreign: str  # "silence" or "alert": what a form unknown to it may meet

    def reads_form(self, form: str) -> bool:
        return any(HELLOS[name].form == form for name in self.reads)

    @property
    def words(self) -> str:
        """ "reads the TLS form only; takes TLS 1.0"."""
        forms = tuple(filter(self.reads_form, ("tls", "sslv2")))
        said = _READS[forms]
        if self.records is not None:
            said += f" in records of version {' or '.join(self.records)}"
        said += f"; takes {span(self.versions)}"
        if self.insists:
            return said + "; insists on RFC 5746"
        return said + ("; answers RFC 5746" if self.answers else "")


_READS = {
    (): "reads no hello",
    ("tls",): "reads the TLS form only",
    ("sslv2",): "reads the SSLv2 form only",
    ("tls", "sslv2"): "reads both forms",
}


def span(versions: Sequence[str]) -> str:
    """ "TLS 1.0 only", "TLS 1.0 to 1.2", "TLS 1.0 and 1.2"."""
    if len(versions) == 1:
        return f"TLS {versions[0]} only"
    start = VERSIONS.index(versions[0])
    if tuple(versions) == VERSIONS[start : start + len(versions)]:
        return f"TLS {versions[0]} to {versions[-1]}"
    return "TLS " + " and ".join(versions)


def clients(rules: RuleSet, level: str, strict: bool = False) -> list[ClientPersona]:
    """Every client that follows a rule set at a level ("must" or "should"); the
    plainest first.  In the strict reading and the other one they are the same."""
    return list(_clients(rules.client, level))


def servers(rules: RuleSet, level: str, strict: bool = False) -> list[ServerPersona]:
    """Every server that follows a rule set; the plainest first.  ``strict``: a
    server may insist on a record version where the text can be read so (A2)."""
    return list(_servers(rules.server, level, strict))


def nobody(sets: Iterable[RuleSet], level: str) -> str:
    """What is wrong with a rule set that nobody can follow, and of whom everything
    would be true; "" nothing."""
    for rules in sets:
        for side, found in (("client", clients), ("server", servers)):
            if not found(rules, level):
                return (
                    f"rule set {rules.name!r}: no {side} can follow it; look at the"
                    f" levels of {side}.versions and {side}.hello"
                )
    return ""


def _clients(rules: ClientRules, level: str) -> Iterator[ClientPersona]:
    for versions in _takes(rules.versions, level):
        top, alone = versions[-1], len(versions) == 1
        offers = {
            name: rules.hello[name]
            for name, kind in HELLOS.items()
            if kind.version == top and (top != "1.3" or (name == "H4o") == alone)
        }
        for name in sorted(_chosen(offers, level), key=_PLAIN.index):
            yield from _signalling(rules, level, name, versions)


# Which hello to show first, where several would do.
_PLAIN = ("H1", "H1x", "H0", "H2", "H3", "H4", "H4o", "V1", "V2", "V3")


def _signalling(
    rules: ClientRules, level: str, name: str, versions: tuple[str, ...]
) -> Iterator[ClientPersona]:
    fixed = HELLOS[name].record
    records = [fixed] if fixed else sorted(_chosen(rules.record, level), key=_record)
    below = versions[0] != "1.3"  # else RFC 5746 has nothing to do
    for record, signals, insists in product(
        records,
        _choices(rules.signals, level) if below else (False,),
        _choices(rules.insists, level) if below else (False,),
    ):
        if signals or not insists:
            yield ClientPersona(name, versions, record, signals, insists)


def _record(version: str) -> tuple[bool, int]:
    return version != "3.1", RECORDS.index(version)


def _servers(rules: ServerRules, level: str, strict: bool) -> Iterator[ServerPersona]:
    records: list[tuple[str, ...] | None] = [None]
    if strict and rules.strict_record is not None:
        records.append(rules.strict_record)
    for versions in _takes(rules.versions, level):
        below = versions[0] != "1.3"
        for answers, insists, accepted, reads in product(
            _choices(rules.answers, level) if below else (False,),
            _choices(rules.insists, level) if below else (False,),
            records,
            _readings(rules.hello, level),
        ):
            yield ServerPersona(
                reads, versions, accepted, answers, insists, rules.foreign_hello
            )


def _readings(hello: Levels, level: str) -> list[frozenset[str]]:
    """The sets of hellos that a server may come to understand."""
    due = frozenset(n for n, word in hello.items() if _choices(word, level) == (True,))
    free = {
        form: frozenset(
            name
            for name, word in hello.items()
            if HELLOS[name].form == form and len(_choices(word, level)) == 2
        )
        for form in ("tls", "sslv2")
    }
    options: list[list[frozenset[str]]] = [
        [frozenset(), names] if names else [frozenset()] for names in free.values()
    ]
    return [due.union(*chosen) for chosen in product(*options)]


def _choices(word: str, level: str) -> tuple[bool, ...]:
    """What a level leaves open about doing a thing: the plainest first."""
    if word == "must" or (word == "should" and level == "should"):
        return (True,)
    if word == "must-not" or (word == "should-not" and level == "should"):
        return (False,)
    return (False, True)


def _chosen(words: Levels, level: str) -> Iterable[str]:
    """Which of several things that exclude each other may be done: what must be,
    if something must; else what should be, for who keeps that; else what is open."""
    for due in ("must", "should") if level == "should" else ("must",):
        if found := [name for name, word in words.items() if word == due]:
            return found
    return [name for name, word in words.items() if True in _choices(word, level)]


def _takes(words: Levels, level: str) -> Iterator[tuple[str, ...]]:
    """The sets of versions that may be taken: the smallest first, of equals the
    newest; holes are nobody's plan, but no document forbids them."""
    known = [v for v in VERSIONS if v in words and True in _choices(words[v], level)]
    due = {v for v in known if _choices(words[v], level) == (True,)}
    for length in range(1, len(known) + 1):
        for chosen in combinations(reversed(known), length):
            if due <= set(chosen):
                yield chosen[::-1]
