"""judge - from an observation and the rules to a verdict; no I/O, no clock.

A cell's verdict is the worst of its checks'.  A crash, a hang or a missing
record never satisfies an expected failure.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Iterator, Mapping, Sequence

from matrix.checks import OF_CELL, OF_LINK, ROLES, Finding, Seen, link
from matrix.checks import client as _client
from matrix.checks import closing as _closing
from matrix.checks import delivery as _delivery
from matrix.checks import hello as _hello
from matrix.checks import injected as _injected
from matrix.checks import negotiation as _negotiation
from matrix.checks import refusal as _refusal
from matrix.checks import server as _server
from matrix.checks import serverhello as _serverhello
from matrix.checks import tamper as _tamper
from matrix.checks import witness as _witness
from matrix.known import explains
from matrix.model import Cell, Check, Judgement, Known, Observation, Peer
from matrix.model import Prediction, Value, worst
from matrix.predict import predict
from matrix.rules import Rule
from matrix.scenarios import Scenario

# Importing them is what registers their checks.
MODULES = (
    *(_witness, _negotiation, _refusal, _delivery, _closing, _server, _client),
    *(_hello, _serverhello, _tamper, _injected),
)

_EXITS = {
    "1": "could not play its session",
    "2": "did not understand its options",
    "89": "refused its configuration (exit 89): its capabilities are not true",
}
_ORDER = {value: i for i, value in enumerate(Value)}


def judge(
    cell: Cell,
    scenario: Scenario,
    observation: Observation,
    client: Peer,
    server: Peer,
    rules: Mapping[str, Rule],
    known: Sequence[Known],
) -> Judgement:
    """The verdict on one cell, with every check it rests on.

    An excluded cell keeps what the plan said of it.  ``known`` entries that fit
    are named in the judgement; they never change it.
    """
    if cell.excluded is not None:
        return Judgement(cell.id, cell.excluded, cell.reason, ())
    if trouble := _trouble(observation):
        check = Check("suite-harness", Value.ERROR, trouble)
        return _judged(cell, (check,), None, known)
    links = tuple(link(i + 1, c) for i, c in enumerate(observation.connections))
    hellos = links[0].wire.hellos
    prediction = predict(
        cell,
        _tamper.untouched(scenario),
        client.capabilities,
        server.capabilities,
        hellos[0] if hellos else None,
    )
    if scenario.tampered:
        prediction = _tamper.foreseen(cell, scenario, links, prediction)
    seen = Seen(cell, scenario, observation, prediction, links, server.capabilities)
    if prediction.outcome in ("tls", "refused") and _negotiation.unread(seen, links[0]):
        why = "a server may understand the SSLv2 form or not"
        prediction = Prediction("open", clause="RFC 5246 E.2", because=why)
        seen = replace(seen, prediction=prediction)
    checks = tuple(_checks(seen, rules))
    failed = any(check.value is Value.FAIL for check in checks)
    if not failed and (premise := _premise(seen, rules, checks)):
        checks += (Check("suite-premise", Value.BLOCKED, premise),)
    return _judged(cell, checks, prediction, known)


def unfinished(cell: Cell) -> Judgement:
    """The judgement on a cell without a run: excluded, or not-run."""
    if cell.excluded is not None:
        return Judgement(cell.id, cell.excluded, cell.reason, ())
    return Judgement(cell.id, Value.NOT_RUN, "no result arrived", ())


def _trouble(observation: Observation) -> str:
    """What was wrong on our side; "" nothing."""
    if observation.trouble:
        return observation.trouble
    exits = {"client": observation.client_exit, "server": observation.server_exit}
    for role in ROLES:
        if not exits[role]:
            return f"no whole record of the {role} came"
        if why := _EXITS.get(exits[role]):
            return f"the {role} {why}"
    if not observation.connections:
        return "neither program tells of a connection"
    return ""


def _checks(seen: Seen, rules: Mapping[str, Rule]) -> Iterator[Check]:
    for rule in rules.values():
        name = seen.cell.scenario
        if rule.names(name) if seen.scenario.tampered else rule.applies(name):
            finding = _found(seen, rule)
            if finding is not None and not _scripted(seen, rule, finding):
                yield _weighed(rule, finding)


def _scripted(seen: Seen, rule: Rule, finding: Finding) -> bool:
    """A server that plays a script is not under test, and what its octets say may be
    wrong on purpose; but it must not crash."""
    if not seen.scenario.script or rule.id == "suite-no-crash":
        return False
    if finding.value is Value.INCONCLUSIVE and not finding.side:
        return seen.prediction.outcome != "tls"
    return rule.side == "server" or finding.side == "server"


# What must have been decided for a cell to be good, by predicted outcome.
_DECIDES: Mapping[str, frozenset[str]] = {
    "tls": frozenset({"suite-delivered-once", "suite-hello-completed"}),
    "refused": frozenset({*_serverhello.DECIDES, *_hello.REFUSALS}),
    "open": frozenset(
        {
            *("suite-hello-answer", "suite-handshake-succeeds"),
            *(*_serverhello.DECIDES, _injected.PRICE),
        }
    ),
    "plain": frozenset(
        {"rfc3207-4-client-decides-on-454", "rfc3207-6-client-follows-its-policy"}
    ),
    "deferred": frozenset(),
}


def _premise(seen: Seen, rules: Mapping[str, Rule], checks: Sequence[Check]) -> str:
    """Why a cell without a fault is not good either; "" it is.

    A cell is about something.  If the check for that had nothing to say, the
    session did not get there, and what else went well proves nothing.
    """
    spoke = {check.id for check in checks}
    decides = _DECIDES[seen.prediction.outcome]
    if decides and not decides & spoke:
        return f"nothing shows the outcome, which was to be {seen.prediction.outcome}"
    if seen.scenario.script:
        return ""  # which rule a script is about hangs on the hello: see due.py
    about = {rule.id for rule in rules.values() if _is_about(rule, seen)}
    if about and not about & spoke:
        return "the session did not get to what the scenario is about"
    return ""


def _is_about(rule: Rule, seen: Seen) -> bool:
    """Is the rule for this scenario alone, of those of its kind?"""
    mine = seen.cell.scenario
    kind = mine.partition(".")[0]
    named = [name for name in rule.scenario if name.partition(".")[0] == kind]
    return named == [mine]


def _found(seen: Seen, rule: Rule) -> Finding | None:
    """What the rule's check says; of several connections, the worst."""
    of_cell = OF_CELL.get(rule.id)
    if of_cell is not None:
        return of_cell(seen)
    of_link = OF_LINK[rule.id]
    found: Finding | None = None
    for each in seen.links:
        finding = of_link(seen, each)
        if finding is None:
            continue
        if found is None or _ORDER[finding.value] > _ORDER[found.value]:
            found = finding
            if each.number > 1:
                words = f"connection {each.number}: {finding.because}"
                found = replace(finding, because=words)
    return found


def _weighed(rule: Rule, finding: Finding) -> Check:
    """A SHOULD that was not kept is a strict-miss, not a failure."""
    value = finding.value
    if value is Value.FAIL and not rule.must:
        value = Value.STRICT_MISS
    return Check(rule.id, value, finding.because, finding.side, rule.clause)


# What explains other things comes first, what follows from them last.
_CAUSES = ("suite-no-crash", "suite-no-flood", "suite-no-hang")
_CONSEQUENCES = (
    "suite-handshake-succeeds",
    "suite-delivered-once",
    "suite-nothing-delivered",
    "rfc5321-4.1.1.10-server-answers-quit",
)


def _weight(check: Check) -> tuple[bool, bool, bool, bool]:
    """The least one is what a reader should be told of a cell's verdict: a
    check that names a side, a cause, a clause; of equals the first."""
    return (
        not check.side,
        check.id not in _CAUSES,
        check.id in _CONSEQUENCES,
        not check.clause,
    )


def _judged(
    cell: Cell,
    checks: tuple[Check, ...],
    prediction: Prediction | None,
    known: Sequence[Known],
) -> Judgement:
    verdict = worst([check.value for check in checks])
    deciding = [check for check in checks if check.value is verdict]
    decisive = min(deciding, key=_weight, default=None)
    because = decisive.because if decisive else "no rule had anything to say"
    if decisive and verdict is Value.PASS and prediction is not None:
        because = prediction.because
    entry = explains(known, cell.id, checks, decisive) if decisive else None
    return Judgement(cell.id, verdict, because, checks, prediction, entry)
