"""by_force - an enumeration of its own for the claims: no persona, no class table, no
shortcut of matrix/claims."""

from __future__ import annotations

import itertools
from typing import Iterator, Mapping

from matrix.rulesets import ClientRules, RuleSet, ServerRules

NUMBER = {"1.0": 1, "1.1": 2, "1.2": 3, "1.3": 4}
CLASSES = {  # form, highest version, record version if the class has one
    "H0": ("H", 1, "3.0"),
    "H1": ("H", 1, "3.1"),
    "H1x": ("H", 1, "3.1"),
    "H2": ("H", 2, None),
    "H3": ("H", 3, None),
    "H4": ("H", 4, None),
    "H4o": ("H", 4, None),
    "V1": ("V", 1, "-"),
    "V2": ("V", 2, "-"),
    "V3": ("V", 3, "-"),
}


def needed(word: str, level: str) -> bool:
    return word == "must" or (level == "should" and word == "should")


def barred(word: str, level: str) -> bool:
    return word == "must-not" or (level == "should" and word == "should-not")


def truths(word: str, level: str) -> list[bool]:
    return [
        value
        for value in (False, True)
        if not (value and barred(word, level)) and (value or not needed(word, level))
    ]


def exclusive(words: Mapping[str, str], level: str) -> set[str]:
    musts = {name for name, word in words.items() if word == "must"}
    shoulds = {name for name, word in words.items() if word == "should"}
    open_ = {name for name, word in words.items() if not barred(word, level)}
    return musts or (shoulds if level == "should" else set()) or open_


def version_sets(words: Mapping[str, str], level: str) -> Iterator[list[int]]:
    known = sorted(NUMBER[v] for v, word in words.items() if not barred(word, level))
    due = {NUMBER[v] for v, word in words.items() if needed(word, level)}
    for size in range(1, 5):
        for chosen in itertools.combinations(known, size):
            if due <= set(chosen):
                yield list(chosen)


Client = tuple[str, list[int], str, bool, bool]
Server = tuple[set[str], list[int], "list[str] | None", bool, bool]


def every_client(rules: ClientRules, level: str) -> Iterator[Client]:
    for versions in version_sets(rules.versions, level):
        fitting = {
            name: rules.hello[name]
            for name, (_, top, _) in CLASSES.items()
            if top == versions[-1]
            and not (name == "H4" and versions == [4])
            and not (name == "H4o" and versions != [4])
        }
        for name in exclusive(fitting, level):
            fixed = CLASSES[name][2]
            records = {fixed} if fixed else exclusive(rules.record, level)
            for record in records:
                for signals in truths(rules.signals, level):
                    for insists in truths(rules.insists, level):
                        if signals or not insists:
                            yield name, versions, record, signals, insists
                        elif versions == [4]:  # RFC 5746 has nothing to say there
                            yield name, versions, record, False, False


def every_server(
    rules: ServerRules, level: str, strict: bool, hellos: set[str]
) -> Iterator[Server]:
    due = {name for name in hellos if needed(rules.hello[name], level)}
    free = sorted(name for name in hellos - due if not barred(rules.hello[name], level))
    records: list[list[str] | None] = [None]
    if strict and rules.strict_record is not None:
        records.append(list(rules.strict_record))
    for versions in version_sets(rules.versions, level):
        for answers in truths(rules.answers, level):
            for insists in truths(rules.insists, level):
                for accepted in records:
                    for size in range(len(free) + 1):
                        for more in itertools.combinations(free, size):
                            reads = due | set(more)
                            yield reads, versions, accepted, answers, insists


def ends(client: Client, server: Server) -> str:
    name, mine, record, signals, wants = client
    reads, theirs, accepted, answers, demands = server
    form = CLASSES[name][0]
    if name not in reads:
        return "FORM"
    if accepted is not None and form == "H" and record not in accepted:
        return "REC"
    if form == "H" and 4 in mine and 4 in theirs:
        chosen = 4
    else:
        below = [n for n in theirs if n <= mine[-1] and n <= 3]
        if not below:
            return "VERS"
        chosen = max(below)
    if chosen not in mine:
        return "VERS"
    if chosen < 4 and ((wants and not answers) or (demands and not signals)):
        return "RI"
    return {"H": "tls", "V": "sslv2"}[form]


def by_force(client: RuleSet, server: RuleSet, level: str, strict: bool) -> set[str]:
    mine = list(every_client(client.client, level))
    hellos = {name for name, *_ in mine}
    theirs = list(every_server(server.server, level, strict, hellos))
    return {ends(c, s) for c in mine for s in theirs}


def answers_of(
    rules: ServerRules, level: str, hello: str, signals: bool, record: str = ""
) -> set[str | int]:
    """What servers of these rules may do with a hello that offers all versions up to
    its class's: a version, an alert, "silence", or "REC" (only if a record version is
    given, and read strictly)."""
    form, top, _ = CLASSES[hello]
    found: set[str | int] = set()
    for server in every_server(rules, level, bool(record), {hello}):
        reads, theirs, accepted, _, demands = server
        if hello not in reads:
            found.add("silence" if rules.foreign_hello == "silence" else 10)
        elif accepted is not None and form == "H" and record not in accepted:
            found.add("REC")
        else:
            usable = [n for n in theirs if n <= min(top, 3)]
            if form == "H" and top == 4 and 4 in theirs:
                found.add("1.3")
            elif not usable:
                found.add(70)
            elif demands and not signals and hello != "H4o":
                found.add(40)
            else:
                found.add(f"1.{max(usable) - 1}")
    return found
