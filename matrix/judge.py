"""judge - from an observation and the rules to a verdict; no I/O, no clock.

A cell's verdict is the worst of its checks'.  A crash, a hang or a missing
record never satisfies an expected failure.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Iterator, Mapping, Sequence

from matrix.checks import ROLES, Finding, Link, LinkCheck, Seen, link
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
from matrix.law import Due, Law
from matrix.model import VERSIONS, Capabilities, Cell, Check, Judgement, Observation
from matrix.model import Peer, Prediction, Sight, Value, worst
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
    law: Law,
) -> Judgement:
    """The verdict on one cell, with every check it rests on.

    An excluded cell keeps what the plan said of it.  Entries about known deviations
    that fit are named in the judgement; they never change it.
    """
    if cell.excluded is not None:
        return Judgement(cell.id, cell.excluded, cell.reason, ())
    if trouble := _trouble(observation):
        check = Check("suite-harness", Value.ERROR, trouble)
        return _judged(cell, (check,), None, law)
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
    due = law.due(cell.scenario, scenario.tampered)
    checks = law.listed(_checks(seen, due))
    failed = any(check.value is Value.FAIL for check in checks)
    if not failed and (premise := _premise(seen, due, checks)):
        checks += (Check("suite-premise", Value.BLOCKED, premise),)
    return _judged(cell, checks, law.shared(prediction), law, law.shared(see(seen)))


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


def _checks(seen: Seen, due: Due) -> Iterator[Check]:
    """A rule for some versions of TLS says nothing to a session that negotiated
    another, or none."""
    of_versions: dict[tuple[str, ...], tuple[Link, ...]] = {(): seen.links}
    scripted = seen.scenario.script and not seen.scenario.examined
    for asked in due.asked:
        links = of_versions.get(asked.versions)
        if links is None:
            links = of_versions[asked.versions] = tuple(
                each for each in seen.links if each.wire.version in asked.versions
            )
        if not links:
            continue
        if asked.of_link is not None:
            finding = _worst(seen, links, asked.of_link)
        elif asked.of_cell is not None:
            finding = asked.of_cell(seen)
        if finding is None or scripted and _scripted(seen, asked.rule, finding):
            continue
        yield asked.check(finding)


def _scripted(seen: Seen, rule: Rule, finding: Finding) -> bool:
    """A server that plays a script is not under test, and what its octets say may be
    wrong on purpose; but it must not crash."""
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


def _premise(seen: Seen, due: Due, checks: Sequence[Check]) -> str:
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


def _worst(seen: Seen, links: Sequence[Link], check: LinkCheck) -> Finding | None:
    """What a check says; of several connections, the worst."""
    if len(links) == 1 and links[0].number == 1:
        return check(seen, links[0])
    found: Finding | None = None
    for each in links:
        finding = check(seen, each)
        if finding is None:
            continue
        if found is None or _ORDER[finding.value] > _ORDER[found.value]:
            found = finding
            if each.number > 1:
                words = f"connection {each.number}: {finding.because}"
                found = replace(finding, because=words)
    return found


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
    law: Law,
    sight: Sight | None = None,
) -> Judgement:
    verdict = worst([check.value for check in checks])
    deciding = [check for check in checks if check.value is verdict]
    decisive = min(deciding, key=_weight, default=None)
    because = decisive.because if decisive else "no rule had anything to say"
    if decisive and verdict is Value.PASS and prediction is not None:
        because = prediction.because
    entry = explains(law.known, cell.id, checks, decisive) if decisive else None
    return Judgement(cell.id, verdict, because, checks, prediction, entry, sight)
