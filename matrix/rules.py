"""rules - the requirements that a cell is held against, as data.

A rule is a row of matrix/rules/*.toml in our own words; the check of the same
id (matrix/checks) decides it, or the one that it names: what TLS 1.0 asked for in
RFC 2246 and TLS 1.2 asks for in RFC 5246 is two rules and one check.  A rule without
a fault that breaks it would be a check that cannot fail (make mutants).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Mapping

from matrix import tables
from matrix.model import VERSIONS

# As printed, or "states" where the text says how it is without such a word.
# Lower-case words count like capital ones (rule-sets: ambiguity A3).
LEVELS = (
    *("MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY"),
    *("must", "must not", "should", "may", "required", "states"),
)
SIDES = ("client", "server", "both")
LAYERS = ("smtp", "tls", "x509")
_ID = re.compile(r"[a-z0-9.+-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rule:
    """One requirement; ``document`` is "rfc3207", or "suite" for our own."""

    id: str
    document: str
    section: str
    level: str
    side: str
    layer: str
    asks: str
    scenario: tuple[str, ...]  # names; * at the end any rest, ! before it: not these
    faults: tuple[str, ...] = ()  # "server.keeps-ehlo": must turn it to fail
    check: str = ""  # what decides it, where several clauses ask for the same
    versions: tuple[str, ...] = ()  # of TLS, as negotiated; () whatever came of it

    @property
    def clause(self) -> str:
        """ "RFC 3207 4.2"; "" for a rule of the suite itself."""
        if not self.document.startswith("rfc"):
            return ""
        return f"RFC {self.document[3:]} {self.section}"

    @property
    def must(self) -> bool:
        """Is missing it a failure, not just a pity?"""
        return self.level.lower() not in ("should", "should not", "may")

    def applies(self, scenario: str) -> bool:
        """Does this rule say anything about that scenario?"""
        return _matches(self.scenario, scenario)

    def names(self, scenario: str) -> bool:
        """Does it so in more than ``*``?  Where somebody changes what passes, what
        holds for every scenario need not hold."""
        patterns = tuple(pattern for pattern in self.scenario if pattern != "*")
        return _matches(patterns, scenario)


@lru_cache(maxsize=4096)
def _matches(patterns: tuple[str, ...], name: str) -> bool:
    """A pattern that begins with ! takes away what it fits."""
    if any(_fits(p[1:], name) for p in patterns if p.startswith("!")):
        return False
    return any(_fits(p, name) for p in patterns)


def _fits(pattern: str, name: str) -> bool:
    if pattern.endswith("*"):
        return name.startswith(pattern[:-1])
    return name == pattern


def load(folder: Path) -> dict[str, Rule]:
    """Reads all rules of a folder, by id, in the order of files and rows; the
    suite's own come first.  Raises ValueError naming the file and the rule."""
    found: dict[str, Rule] = {}
    files = sorted(folder.glob("*.toml"), key=lambda f: (f.stem != "suite", f.stem))
    for file in files:
        for row in tables.read(file).get("rule", []):
            rule = _rule(row, file)
            if rule.id in found:
                raise ValueError(f"{file.name}: {rule.id} is there twice")
            found[rule.id] = rule
    if not found:
        raise ValueError(f"{folder}: no rules there (*.toml with [[rule]])")
    return found


def _rule(row: Mapping[str, Any], file: Path) -> Rule:
    where = f"{file.name}: rule {row.get('id', '(no id)')}"
    known = {f.name for f in fields(Rule)} - {"document"}
    if extra := sorted(set(row) - known):
        raise ValueError(f"{where}: {extra[0]!r} is not a key; use {sorted(known)}")
    if missing := sorted(known - {"faults", "check", "versions"} - set(row)):
        raise ValueError(f"{where}: {missing[0]!r} is missing")
    prefix = f"{file.stem}-" + (f"{row['section'].lower()}-" if row["section"] else "")
    if not _ID.fullmatch(row["id"]) or not row["id"].startswith(prefix):
        raise ValueError(f"{where}: its id must be {prefix}WORDS in a-z 0-9 . + -")
    for key, values in (("level", LEVELS), ("side", SIDES), ("layer", LAYERS)):
        if row[key] not in values:
            raise ValueError(f"{where}: {key} = {row[key]!r}; use {list(values)}")
    if unknown := sorted(set(row.get("versions", ())) - set(VERSIONS)):
        raise ValueError(f"{where}: versions has {unknown[0]!r}; use {list(VERSIONS)}")
    lists = {
        key: tuple(row.get(key, ())) for key in ("scenario", "faults", "versions")
    }  # TOML has arrays
    check = {"check": row.get("check", row["id"])}
    return Rule(document=file.stem, **{**row, **lists, **check})
