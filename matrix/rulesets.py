"""rulesets - what the specifications of a date ask of a hello, as data.

A rule set is a file of matrix/rules/sets, or one of a user's own; README.md there
is its grammar.  This module reads the files, checks them and lays each set over
the one that it is based on.  What follows from a set is matrix/claims' business.
"""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping, Sequence

from matrix.model import VERSIONS
from matrix.ruletext import Source, is_name, read

# How strongly something is asked for, and what that leaves open (claims.personas).
LEVELS = ("must", "should", "may", "should-not", "must-not")
RECORDS = ("3.0", "3.1", "3.2", "3.3")
FOREIGN = ("silence", "alert")


@dataclass(frozen=True, slots=True)
class HelloClass:
    """One kind of first hello (vectors/README.md, "classes")."""

    form: str  # "tls" or "sslv2"
    version: str  # the highest that it offers
    record: str  # the record version that the class is about; "" any, "-" none
    words: str


# The hellos of a first contact.  Those that resume an SSL session, and SSL 2.0 and
# 3.0 themselves, are no class here: no rule set binds anybody to them.
HELLOS: Mapping[str, HelloClass] = {
    "H0": HelloClass("tls", "1.0", "3.0", "a TLS 1.0 hello in a record of version 3.0"),
    "H1": HelloClass("tls", "1.0", "3.1", "a plain TLS 1.0 hello"),
    "H1x": HelloClass("tls", "1.0", "3.1", "a TLS 1.0 hello with extensions"),
    "H2": HelloClass("tls", "1.1", "", "a TLS 1.1 hello"),
    "H3": HelloClass("tls", "1.2", "", "a TLS 1.2 hello"),
    "H4": HelloClass("tls", "1.3", "", "a TLS 1.3 hello that offers less as well"),
    "H4o": HelloClass("tls", "1.3", "", "a TLS 1.3 hello that offers nothing less"),
    "V1": HelloClass("sslv2", "1.0", "-", "an SSLv2-form hello of version 3.1"),
    "V2": HelloClass("sslv2", "1.1", "-", "an SSLv2-form hello of version 3.2"),
    "V3": HelloClass("sslv2", "1.2", "-", "an SSLv2-form hello of version 3.3"),
}

Levels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Document:
    """Something that a rule set can bind."""

    name: str
    date: str  # "2001-08"
    title: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClientRules:
    """What is asked of clients.  A name that is not there is "must-not": what
    the documents do not know, a client that follows them does not send."""

    versions: Levels
    hello: Levels  # by class
    record: Levels  # by record version, where the class leaves it open
    signals: str  # the renegotiation signal (RFC 5746 3.4)
    insists: str  # on an answer to it


@dataclass(frozen=True, slots=True)
class ServerRules:
    """What is asked of servers.  A class of hello that is not there is "may":
    a server that no document binds does as it likes."""

    versions: Levels
    hello: Levels
    strict_record: tuple[str, ...] | None  # accepted in the strict reading; None: any
    foreign_hello: str  # what a form that it does not understand may meet
    answers: str  # the renegotiation signal (RFC 5746 3.6)
    insists: str  # on the signal


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The specifications as of a date."""

    name: str
    title: str
    date: str
    documents: tuple[str, ...]  # all that bind, in the order of their dates
    notes: tuple[str, ...]  # how it is read where that is not plain
    client: ClientRules
    server: ServerRules


def load(folder: Path, more: Sequence[Path] = ()) -> dict[str, RuleSet]:
    """All rule sets of a folder, and those of more files, by name; by date.

    Raises ValueError, one line that names the file, the line in it and the key.
    """
    sources = [read(file) for file in (*sorted(folder.glob("*.toml")), *more)]
    documents = _documents(sources)
    named: dict[str, Source] = {}
    for source in sources:
        if source.rows("document") and "name" not in source.table:
            source.only(source.table, ("document",), "")
            continue
        name = source.text("name", is_name)
        if name in named:
            there = named[name].name
            raise source.mistake("name", f"{name!r} is in {there} already; rename one")
        named[name] = source
    if not named:
        raise ValueError(f"{folder}: no rule set there (*.toml with name = ...)")
    found = [_rule_set(source, named, documents) for source in named.values()]
    return {each.name: each for each in sorted(found, key=lambda s: s.date)}


def documents(folder: Path) -> dict[str, Document]:
    """The documents that the rule sets of a folder know, by name."""
    return _documents([read(file) for file in sorted(folder.glob("*.toml"))])


def _documents(sources: Sequence[Source]) -> dict[str, Document]:
    found: dict[str, Document] = {}
    for source in sources:
        for row in source.rows("document"):
            _add_document(source, row, found)
    for check in (_check_documents, _check_circles):
        for source in sources:
            check(source, found)
    return found


def _add_document(
    source: Source, row: Mapping[str, Any], documents: dict[str, Document]
) -> None:
    row = source.only(row, ("name", "date", "title", "needs"), "document")
    for key in ("name", "date", "title"):
        if not isinstance(row.get(key), str):
            raise source.mistake("document", f"every document needs its {key}")
    name = row["name"]
    if name in documents:
        raise source.mistake(name, f"document {name!r} is there twice; rename one")
    needs = source.strings(row, "needs")
    documents[name] = Document(name, source.date(row["date"]), row["title"], needs)


def _check_documents(source: Source, documents: Mapping[str, Document]) -> None:
    for row in source.rows("document"):
        for needed in documents[row["name"]].needs:
            _known(source, "needs", needed, documents)


def _check_circles(source: Source, documents: Mapping[str, Document]) -> None:
    for row in source.rows("document"):
        if circle := _circle([row["name"]], documents):
            said = " needs ".join(circle)
            raise source.mistake(row["name"], f"documents in a circle: {said}")


def _circle(walk: list[str], documents: Mapping[str, Document]) -> list[str] | None:
    """A way back to where the walk began, if there is one."""
    for name in documents[walk[-1]].needs:
        if name == walk[0]:
            return [*walk, name]
        if name not in walk and (found := _circle([*walk, name], documents)):
            return found
    return None


def _known(
    source: Source, key: str, name: str, documents: Mapping[str, Document]
) -> None:
    if name not in documents:
        raise source.mistake(
            key, f"no document {name!r}; add a [[document]] with its name"
        )


_KEYS = (
    *("name", "title", "date", "based-on", "documents", "replaces", "notes"),
    *("client", "server", "document"),
)
_CLIENT = (
    *("versions", "hello", "record"),
    *("signals-renegotiation", "insists-on-renegotiation"),
)
_SERVER = (
    *("versions", "hello", "strict-record", "foreign-hello"),
    *("answers-renegotiation", "insists-on-renegotiation"),
)


def _rule_set(
    source: Source, named: Mapping[str, Source], documents: Mapping[str, Document]
) -> RuleSet:
    """A set laid over those that it is based on."""
    lineage = _lineage(source, named)
    client: dict[str, Any] = {}
    server: dict[str, Any] = {}
    bound: set[str] = set()
    for each in lineage:
        each.only(each.table, _KEYS, "")
        _lay(client, each, "client", _CLIENT)
        _lay(server, each, "server", _SERVER)
        bound -= set(each.strings(each.table, "replaces"))
        for name in each.strings(each.table, "documents"):
            _known(each, "documents", name, documents)
            bound |= _with_needs(name, documents)
    date = source.date(source.text("date"))
    for name in sorted(bound):
        later = documents[name].date
        if later[: len(date)] > date[: len(later)]:
            raise source.mistake(
                "documents", f"{name} is of {later}, later than the set's date {date}"
            )
    if not bound:
        raise source.mistake("documents", "a rule set binds at least one document")
    for side, rules in (("client", client), ("server", server)):
        if not any(level in LEVELS[:3] for level in rules["versions"].values()):
            raise source.mistake(f"{side}.versions", "no version of TLS is allowed")
    return RuleSet(
        name=source.text("name", is_name),
        title=source.text("title"),
        date=date,
        documents=tuple(sorted(bound, key=lambda n: (documents[n].date, n))),
        notes=tuple(n for e in lineage for n in e.strings(e.table, "notes")),
        client=ClientRules(
            client["versions"],
            {name: client["hello"].get(name, "must-not") for name in HELLOS},
            client["record"] or {"3.1": "may"},
            client.get("signals-renegotiation", "must-not"),
            client.get("insists-on-renegotiation", "must-not"),
        ),
        server=ServerRules(
            server["versions"],
            {name: server["hello"].get(name, "may") for name in HELLOS},
            server.get("strict-record"),
            server.get("foreign-hello", "alert"),
            server.get("answers-renegotiation", "must-not"),
            server.get("insists-on-renegotiation", "must-not"),
        ),
    )


def _lineage(source: Source, named: Mapping[str, Source]) -> list[Source]:
    """The set with all that it is based on, the ground first."""
    line = [source]
    while "based-on" in line[0].table:
        base = line[0].text("based-on")
        if base not in named:
            raise line[0].mistake(
                "based-on", f"no rule set {base!r}; there are: {', '.join(named)}"
            )
        if named[base] in line:
            raise line[0].mistake("based-on", f"{base!r} is based on itself in the end")
        line.insert(0, named[base])
    return line


def _with_needs(name: str, documents: Mapping[str, Document]) -> set[str]:
    needs = (_with_needs(each, documents) for each in documents[name].needs)
    return {name}.union(*needs)


def _lay(rules: dict[str, Any], source: Source, side: str, keys: Sequence[str]) -> None:
    """Puts one file's half over what is there."""
    table = source.only(source.table.get(side, {}), keys, side)
    names = {"versions": VERSIONS, "hello": tuple(HELLOS), "record": RECORDS}
    for key in keys:
        if key in names:
            levels = _levels(source, table.get(key, {}), f"{side}.{key}", names[key])
            rules[key] = {**rules.get(key, {}), **levels}
        elif key == "strict-record" and key in table:
            rules[key] = _records(source, table[key], f"{side}.{key}")
        elif key in table:
            allowed = FOREIGN if key == "foreign-hello" else LEVELS
            rules[key] = source.one_of(table[key], f"{side}.{key}", allowed)


def _levels(
    source: Source, table: Mapping[str, Any], where: str, names: Sequence[str]
) -> Levels:
    """Levels by name; a * stands for any rest, and the more exact name beats it."""
    source.only(table, table if isinstance(table, dict) else (), where)
    found: dict[str, str] = {}
    for key in sorted(table, key=lambda key: ("*" not in key, len(key))):
        level = source.one_of(table[key], f"{where}.{key}", LEVELS)
        meant = fnmatch.filter(names, key)
        if not meant:
            what = {"hello": "hello class", "record": "record version"}
            word = what.get(where.rpartition(".")[2], "version")
            raise source.mistake(
                f"{where}.{key}", f"no {word} {key!r}; there are: {' '.join(names)}"
            )
        found.update((name, level) for name in meant)
    return found


def _records(source: Source, value: Any, where: str) -> tuple[str, ...] | None:
    if value == "any":
        return None
    if isinstance(value, list) and all(each in RECORDS for each in value):
        return tuple(value)
    raise source.mistake(where, f'use "any", or a list of {" ".join(RECORDS)}')
