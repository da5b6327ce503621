"""judge - from an observation and the rules to a verdict; no I/O, no clock.

A cell's verdict is the worst of its checks'.  A crash, a hang or a missing
record never satisfies an expected failure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Iterator, Mapping, Sequence

from matrix.checks import OF_CELL, OF_LINK, ROLES, CellCheck, Finding, LinkCheck
from matrix.checks import Seen, link
from matrix.checks import answers as _answers
from matrix.checks import client as _client
from matrix.checks import client_hello as _client_hello
from matrix.checks import client_hello13 as _client_hello13
from matrix.checks import client_hello_sslv2 as _client_hello_sslv2
from matrix.checks import closing as _closing
from matrix.checks import decisions as _decisions
from matrix.checks import delivery as _delivery
from matrix.checks import first_flight as _first_flight
from matrix.checks import flight12 as _flight12
from matrix.checks import hello as _hello
from matrix.checks import hello_errors as _hello_errors
from matrix.checks import hello_refused as _hello_refused
from matrix.checks import hello_taken as _hello_taken
from matrix.checks import injected as _injected
from matrix.checks import manners as _manners
from matrix.checks import names as _names
from matrix.checks import negotiation as _negotiation
from matrix.checks import order as _order
from matrix.checks import practice as _practice
from matrix.checks import records as _records
from matrix.checks import refusal as _refusal
from matrix.checks import replies as _replies
from matrix.checks import server as _server
from matrix.checks import server_hello as _server_hello
from matrix.checks import server_hello13 as _server_hello13
from matrix.checks import serverhello as _serverhello
from matrix.checks import session as _session
from matrix.checks import signature as _signature
from matrix.checks import tamper as _tamper
from matrix.checks import witness as _witness
from matrix.known import explains
from matrix.model import VERSIONS, Capabilities, Cell, Check, Judgement, Known
from matrix.model import Observation, Peer, Prediction, Sight, Value, worst
from matrix.predict import predict
from matrix.rules import Rule
from matrix.scenarios import Scenario
from matrix.sight import see

# Importing them is what registers their checks.
MODULES = (
    *(_witness, _negotiation, _refusal, _delivery, _closing, _server, _client),
    *(_hello, _hello_refused, _hello_taken, _hello_errors, _first_flight),
    *(_serverhello, _session, _signature, _tamper, _injected),
    *(_decisions, _answers, _replies, _order, _manners, _names),
    *(_client_hello, _client_hello13, _client_hello_sslv2, _server_hello),
    *(_server_hello13, _flight12, _records, _practice),
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
    can = _player(cell) if server.family == "player" else server.capabilities
    offers = None if client.family == "replay" else client.capabilities
    links = tuple(link(i + 1, c) for i, c in enumerate(observation.connections))
    hellos = links[0].wire.hellos
    prediction = predict(
        cell,
        _tamper.untouched(scenario),
        client.capabilities,
        can,
        hellos[0] if hellos else None,
    )
    if scenario.tampered:
        prediction = _tamper.foreseen(cell, scenario, links, prediction)
    seen = Seen(cell, scenario, observation, prediction, links, can, offers)
    if _negotiation.unread(seen, links[0]):
        prediction = _unread(prediction)
        seen = replace(seen, prediction=prediction)
    due = _due(cell.scenario, scenario.tampered, rules)
    checks = tuple(_checks(seen, due))
    failed = any(check.value is Value.FAIL for check in checks)
    if not failed and (premise := _premise(seen, due, checks)):
        checks += (Check("suite-premise", Value.BLOCKED, premise),)
    return _judged(cell, checks, prediction, known, see(seen))


def _unread(due: Prediction) -> Prediction:
    """What stays due where a server did not answer the SSLv2 form."""
    why = "a server may understand the SSLv2 form or not"
    if due.outcome in ("tls", "refused"):
        return Prediction("open", clause="RFC 5246 E.2", because=why)
    if due.outcome == "plain" and due.side:  # whoever was to refuse had no occasion
        why += ", and the client's policy lets it go on in clear"
        return Prediction("plain", clause="RFC 5246 E.2", because=why)
    return due


def _player(cell: Cell) -> Capabilities:
    """A server that plays a script takes any version; where it plays in the place of
    one that is pinned, it is judged as one that has no other."""
    pin = cell.pin("server")
    can = (pin,) if pin else VERSIONS
    return Capabilities(tls=can, natural=can, lowered=can)


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


@dataclass(frozen=True, slots=True)
class _Due:
    """What a scenario's cells are held against."""

    rules: tuple[tuple[Rule, CellCheck | None, LinkCheck | None], ...]
    about: frozenset[str]  # ids of those that are for this scenario alone


# By the identity of the rules and by scenario: thousands of cells ask the same.
_dues: dict[int, tuple[Mapping[str, Rule], dict[tuple[str, bool], _Due]]] = {}
_RULE_SETS = 64  # of which it is remembered


def _due(scenario: str, tampered: bool, rules: Mapping[str, Rule]) -> _Due:
    kept = _dues.get(id(rules))
    if kept is None or kept[0] is not rules:
        if len(_dues) >= _RULE_SETS:
            _dues.clear()
        kept = _dues[id(rules)] = (rules, {})
    due = kept[1].get((scenario, tampered))
    if due is None:
        due = kept[1][scenario, tampered] = _Due(
            tuple(
                (rule, OF_CELL.get(rule.check), OF_LINK.get(rule.check))
                for rule in rules.values()
                if (rule.names(scenario) if tampered else rule.applies(scenario))
            ),
            frozenset(rule.id for rule in rules.values() if _is_about(rule, scenario)),
        )
    return due


def _checks(seen: Seen, due: _Due) -> Iterator[Check]:
    for rule, of_cell, of_link in due.rules:
        finding = _found(seen, rule, of_cell, of_link)
        if finding is not None and not _scripted(seen, rule, finding):
            yield _weighed(rule, finding)


def _scripted(seen: Seen, rule: Rule, finding: Finding) -> bool:
    """A server that plays a script is not under test, and what its octets say may be
    wrong on purpose; but it must not crash."""
    if not seen.scenario.script or seen.scenario.examined:
        return False
    if rule.id == "suite-no-crash":
        return False
    if finding.value is Value.INCONCLUSIVE and not finding.side:
        return seen.prediction.outcome != "tls"
    return rule.side == "server" or finding.side == "server"


# What must have been decided for a cell to be good, by predicted outcome.
_DECIDES: Mapping[str, frozenset[str]] = {
    "tls": frozenset({"suite-delivered-once", "suite-hello-completed"}),
    "refused": frozenset({*_serverhello.DECIDES, *_hello.REFUSALS, *_names.REFUSES}),
    "open": frozenset(
        {
            *("suite-hello-answer", "suite-handshake-succeeds", _session.EARLY),
            *(*_serverhello.DECIDES, _injected.PRICE),
        }
    ),
    "plain": frozenset(
        {"rfc3207-4-client-decides-on-454", "rfc3207-6-client-follows-its-policy"}
    ),
    "deferred": frozenset(),
}


def _premise(seen: Seen, due: _Due, checks: Sequence[Check]) -> str:
    """Why a cell without a fault is not good either; "" it is.

    A cell is about something.  If the check for that had nothing to say, the
    session did not get there, and what else went well proves nothing.
    """
    spoke = {check.id for check in checks}
    decides = _DECIDES[seen.prediction.outcome]
    if decides and not decides & spoke:
        return f"nothing shows the outcome, which was to be {seen.prediction.outcome}"
    if seen.scenario.script or seen.scenario.family == "hello":
        return ""  # what they are about hangs on the other side: due.py, expect.py
    if due.about and not due.about & spoke:
        return "the session did not get to what the scenario is about"
    return ""


def _is_about(rule: Rule, mine: str) -> bool:
    """Is the rule for this scenario alone, of those of its kind, and whatever version
    is negotiated?"""
    if rule.versions or mine not in rule.scenario:
        return False
    kind = mine.partition(".")[0]
    named = [name for name in rule.scenario if name.partition(".")[0] == kind]
    return named == [mine]


def _found(
    seen: Seen, rule: Rule, of_cell: CellCheck | None, of_link: LinkCheck | None
) -> Finding | None:
    """What the rule's check says; of several connections, the worst.  A rule for some
    versions of TLS says nothing to a session that negotiated another, or none."""
    links = seen.links
    if rule.versions:
        links = tuple(each for each in links if each.wire.version in rule.versions)
    if of_cell is not None:
        return of_cell(seen) if links else None
    if of_link is None:
        raise KeyError(rule.check)
    found: Finding | None = None
    for each in links:
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
    *("rfc2487-5.1-client-decides", "rfc2487-7-client-checks-result"),
    *("rfc3207-4.1-client-decides", "rfc3207-6-client-checks-result"),
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
    sight: Sight | None = None,
) -> Judgement:
    verdict = worst([check.value for check in checks])
    deciding = [check for check in checks if check.value is verdict]
    decisive = min(deciding, key=_weight, default=None)
    because = decisive.because if decisive else "no rule had anything to say"
    if decisive and verdict is Value.PASS and prediction is not None:
        because = prediction.because
    entry = explains(known, cell.id, checks, decisive) if decisive else None
    return Judgement(cell.id, verdict, because, checks, prediction, entry, sight)
