"""dated - a judged cell held against the specifications of another date.

A verdict is a function of the rule set, the requirement and what was seen.  Of the
checks of a cell those count whose document binds in the set; what the first hello may
be and how it is to be answered the set itself says: for each of the servers that
follow it (claims.personas) theory tells the answer (claims.layers), and one that none
of them gives is against the rules.  So the same silence is lawful in 2002 and a
failure in 2008.

The verdict of today (judge.py) is another one, and stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Iterator, Mapping

from matrix import answer as answers
from matrix import sight as sights
from matrix.alerts import INAPPROPRIATE_FALLBACK, PROTOCOL_VERSION, UNEXPECTED_MESSAGE
from matrix.claims.layers import Outcome, outcome
from matrix.claims.personas import ClientPersona, clients, servers, span
from matrix.model import VERSIONS, Check, Judgement, Sight, Value, worst
from matrix.registry import alert
from matrix.rulesets import HELLOS, RuleSet

# What a rule set says itself, as ids of checks; their clause is the set's name.
CLIENT_HELLO, CLIENT_TAKES = "dated-client-hello", "dated-client-takes"
SERVER_ANSWER, SERVER_SIGNAL = "dated-server-answer", "dated-server-renegotiation"
NOT_ASKED = "dated-not-asked"

SUITE = "suite"  # asks of its own witnesses, at every date
# Its checks that rest on what was predicted: by a clause that may not bind.
_PREDICTED = frozenset(
    {
        *("suite-handshake-succeeds", "suite-version-predicted"),
        *("suite-delivered-once", "suite-nothing-delivered"),
        *("suite-hello-answer", "suite-hello-completed", "suite-hello-version"),
    }
)
_PREMISE = "suite-premise"
_FORM_OR_VERSION = (UNEXPECTED_MESSAGE, PROTOCOL_VERSION)
_ANSWERED = (answers.SERVER_HELLO, answers.RETRY)
_REFUSED = (*answers.NO_TLS, answers.ALERT)
_SILENCE = -1  # no alert is asked for: whatever refuses will do
_STRICT = -2  # a refusal that only the strict reading of record versions has

# How a server may answer: ("1.2", 0) with that version, ("", alert) with a refusal.
Answer = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Dated:
    """The verdict on a cell under one rule set."""

    verdict: Value
    because: str
    checks: tuple[Check, ...]

    @property
    def sides(self) -> tuple[str, ...]:
        """Who is at fault, if anybody is."""
        found = {c.side for c in self.checks if c.value is self.verdict and c.side}
        bad = self.verdict in (Value.FAIL, Value.STRICT_MISS)
        return tuple(sorted(found)) if bad else ()


class Reading:
    """A rule set, kept at a level: "must", or "should" for every SHOULD too."""

    __slots__ = (
        *("rules", "level", "_documents", "_prefixes"),
        *("_lawful", "_emitted"),
    )

    def __init__(self, rules: RuleSet, level: str) -> None:
        self.rules, self.level = rules, level
        self._documents = frozenset((*rules.documents, SUITE))
        # Of the ids of their rules (rules.py); a draft's name has hyphens too.
        self._prefixes = tuple(f"{name}-" for name in self._documents)
        self._lawful: dict[tuple[object, ...], frozenset[Answer]] = {}
        self._emitted: dict[str, frozenset[tuple[str, str]]] = {}

    def judge(self, judgement: Judgement, about: frozenset[str] = frozenset()) -> Dated:
        """``about``: the documents that ask for what the cell's scenario is about."""
        if not judgement.checks:
            return Dated(judgement.verdict, judgement.because, ())
        checks = tuple(map(self._weighed, self._checks(judgement, about)))
        if any(check.value is Value.FAIL for check in checks):
            # Who failed needs no more to be shown (judge.py).
            checks = tuple(check for check in checks if check.id != _PREMISE)
        verdict = worst([check.value for check in checks])
        deciding = [check for check in checks if check.value is verdict]
        first = min(deciding, key=_weight)
        return Dated(verdict, first.because, checks)

    def _weighed(self, check: Check) -> Check:
        """Who keeps every SHOULD has missed none."""
        if self.level == "should" and check.value is Value.STRICT_MISS:
            return replace(check, value=Value.FAIL)
        return check

    def _checks(self, judgement: Judgement, about: frozenset[str]) -> Iterator[Check]:
        if judgement.sight is not None:
            yield from self._client(judgement.sight)
            if "server" not in judgement.sight.played:
                yield from self._server(judgement.sight)
        if about and not about & self._documents:
            because = f"what this is about is asked for by {', '.join(sorted(about))}"
            yield self._check(NOT_ASKED, Value.INFO, because)
        for check in judgement.checks:
            if self._speaks(check, judgement):
                yield check

    def _speaks(self, check: Check, judgement: Judgement) -> bool:
        """Does its document bind?  And what was predicted, by one that does?"""
        predicted = judgement.prediction
        if check.id in _PREDICTED and predicted is not None and predicted.clause:
            return document_of(predicted.clause) in self._documents
        return check.id.startswith(self._prefixes)

    def _check(self, id: str, value: Value, because: str, side: str = "") -> Check:
        return Check(id, value, because, side, self.rules.name)

    # The client's part.

    def _client(self, sight: Sight) -> Iterator[Check]:
        played = "client" in sight.played
        if sight.hello:
            check = self._hello(sight)
            if played and check.value in (Value.FAIL, Value.STRICT_MISS):
                words = f"{check.because}; it is played by our own client"
                check = replace(check, value=Value.INFO, because=words, side="")
            yield check
        if sight.completed and not played:
            yield from self._takes(sight)

    def _hello(self, sight: Sight) -> Check:
        """May a client send this first?"""
        kind = HELLOS[sight.hello]
        said = f"the hello is {kind.words} ({sight.hello})"
        if kind.version not in self.rules.client.versions:
            because = f"{said}; no document of the set knows TLS {kind.version}"
            return self._check(CLIENT_HELLO, Value.INFO, because)
        for level, value in (("must", Value.FAIL), ("should", Value.STRICT_MISS)):
            if wrong := self._unsendable(sight, level):
                return self._check(CLIENT_HELLO, value, f"{said}; {wrong}", "client")
        return self._check(CLIENT_HELLO, Value.PASS, f"{said}, as it may be")

    def _unsendable(self, sight: Sight, level: str) -> str:
        """Why no client that keeps the set at this level sends it; "" one does."""
        kept = "" if level == "must" else " that keep every SHOULD"
        theirs = self.emitted(level)
        if sight.hello not in {hello for hello, _ in theirs}:
            hellos = " ".join(sorted({hello for hello, _ in theirs}))
            return f"clients of this set{kept} send {hellos}"
        if not HELLOS[sight.hello].record and (sight.hello, sight.record) not in theirs:
            return f"clients{kept} send no record of version {sight.record} then"
        due = self.rules.client.signals in ("must", level)
        if due and not sight.signals and sight.offers[0] != "1.3":
            return f"clients of this set{kept} signal RFC 5746"
        return ""

    def emitted(self, level: str) -> frozenset[tuple[str, str]]:
        """What the clients that follow the set send first: class, record version."""
        found = self._emitted.get(level)
        if found is None:
            theirs = clients(self.rules, level)
            found = frozenset((client.hello, client.record) for client in theirs)
            self._emitted[level] = found
        return found

    def _takes(self, sight: Sight) -> Iterator[Check]:
        """May a client go on with this answer?"""
        client, version = self.rules.client, sight.version
        word = client.versions.get(version, "may")
        if word in ("must-not", "should-not"):
            value = Value.FAIL if word == "must-not" else Value.STRICT_MISS
            because = f"the client went on with TLS {version}, which it {_not(word)} do"
            yield self._check(CLIENT_TAKES, value, because, "client")
        if sight.echoes or not sight.signals or version not in VERSIONS[:3]:
            return
        if client.insists in ("must", "should"):
            value = Value.FAIL if client.insists == "must" else Value.STRICT_MISS
            because = (
                "the client went on though its renegotiation signal was not answered"
            )
            yield self._check(CLIENT_TAKES, value, because, "client")

    # The server's part.

    def _server(self, sight: Sight) -> Iterator[Check]:
        if sight.answer not in (*_ANSWERED, *_REFUSED):
            return  # the client was the first to close, or it is another rule's
        if sight.doubt:
            yield self._in_doubt(sight)
        elif sight.hello and sight.answer in _ANSWERED:
            yield self._answered(sight)
        elif sight.hello:
            yield self._refused(sight)
        if (
            self.rules.server.answers in ("must", "should")
            and sight.answer in _ANSWERED
            and sight.version in VERSIONS[:3]
            and sight.signals
            and not sight.echoes
        ):
            must = self.rules.server.answers == "must"
            because = "the server does not answer the renegotiation signal"
            value = Value.FAIL if must else Value.STRICT_MISS
            yield self._check(SERVER_SIGNAL, value, because, "server")

    def _in_doubt(self, sight: Sight) -> Check:
        """Where the documents contradict each other nobody is wrong."""
        value, because = _DOUBTS[sight.doubt]
        if sight.doubt == sights.LEGACY and "rfc8996" not in self._documents:
            value = Value.INFO
        return self._check(SERVER_ANSWER, value, because)

    def _answered(self, sight: Sight) -> Check:
        word = self.rules.server.versions.get(sight.version)
        said = f"the server answered with TLS {sight.version}"
        if word is None:
            because = f"{said}, which no document of the set knows"
            return self._check(SERVER_ANSWER, Value.INFO, because)
        return self._placed(sight, (sight.version, 0), said)

    def _refused(self, sight: Sight) -> Check:
        said = f"the server refused: {_words(sight)}"
        if _about_else(sight):
            why = sight.lacks or "cipher suites and signatures are no part of a set"
            return self._check(SERVER_ANSWER, Value.INFO, f"{said}; {why}")
        found = self._placed(sight, ("", sight.alert), said)
        strict = not sight.apart and ("", _STRICT) in self.lawful(sight, True)
        if found.value is Value.FAIL and strict:
            because = (
                f"{said}; whether a server may insist on the version of a record can be"
                " read either way (RFC 2246 6.2.1, Appendix E; A2)"
            )
            return self._check(SERVER_ANSWER, Value.INCONCLUSIVE, because)
        return found

    def _placed(self, sight: Sight, answer: Answer, said: str) -> Check:
        """An answer among those that servers of this set give."""
        musts = self.lawful(sight, level="must")
        if not _is_in(answer, musts):
            because = f"{said}; a server of this set {_due(musts)}"
            return self._check(SERVER_ANSWER, Value.FAIL, because, "server")
        shoulds = self.lawful(sight, level="should")
        if not _is_in(answer, shoulds):
            because = f"{said}; a server that keeps every SHOULD {_due(shoulds)}"
            return self._check(SERVER_ANSWER, Value.STRICT_MISS, because, "server")
        mine = shoulds if self.level == "should" else musts
        answering = {bool(version) for version, _ in mine}
        if len(answering) == 2:
            because = f"{said}; to answer it or not is the server's choice"
            return self._check(SERVER_ANSWER, Value.INFO, because)
        return self._check(SERVER_ANSWER, Value.PASS, f"{said}, as was due")

    def lawful(
        self, sight: Sight, strict: bool = False, level: str = "must"
    ) -> frozenset[Answer]:
        """How the servers that follow this set answer such a hello."""
        key = (
            *(sight.hello, sight.offers, sight.record, sight.signals),
            *(strict, level),
        )
        found = self._lawful.get(key)
        if found is None:
            client = ClientPersona(
                sight.hello, sight.offers, sight.record, sight.signals, False
            )
            theirs = servers(self.rules, level, strict)
            found = frozenset(_of(outcome(client, server)) for server in theirs)
            self._lawful[key] = found
        return found


def _weight(check: Check) -> tuple[bool, bool, bool]:
    """The least one is what a reader should be told: who is at fault, then the answer
    to the hello, then the hello."""
    return not check.side, check.id != SERVER_ANSWER, check.id != CLIENT_HELLO


def document_of(clause: str) -> str:
    """ "rfc5246" of "RFC 5246 E.1"."""
    return "".join(clause.split()[:2]).lower()


def _of(result: Outcome) -> Answer:
    """The server's part of what a pair comes to."""
    if not result.layer or result.side == "client":
        return result.version, 0
    return "", _STRICT if result.layer == "REC" else result.alert


def _is_in(answer: Answer, lawful: frozenset[Answer]) -> bool:
    return answer in lawful or (not answer[0] and ("", _SILENCE) in lawful)


def _about_else(sight: Sight) -> bool:
    """Is a refusal about something that the rules of a hello take for granted?"""
    if sight.alert in _FORM_OR_VERSION:
        return False
    if sight.alert == INAPPROPRIATE_FALLBACK:
        return True  # RFC 7507 3: the versions would have met
    if HELLOS[sight.hello].form == "sslv2":
        return sight.answer == answers.ALERT
    return bool(sight.lacks)


def _words(sight: Sight) -> str:
    if sight.answer == answers.ALERT:
        return alert(sight.alert)
    return answers.Answer(sight.answer).words()


def _due(lawful: frozenset[Answer]) -> str:
    """ "answers with TLS 1.0", "answers with TLS 1.2, or refuses with ..."."""
    versions = [v for v in VERSIONS if (v, 0) in lawful]
    said = [f"answers with {span(versions)}".replace(" only", "")] if versions else []
    alerts = sorted(number for version, number in lawful if not version)
    if _SILENCE in alerts:
        said.append("refuses")
    elif alerts:
        said.append("refuses with " + " or ".join(map(alert, alerts)))
    return ", or ".join(said)


def _not(word: str) -> str:
    return word.replace("-", " ")


_DOUBTS: Mapping[str, tuple[Value, str]] = {
    sights.SESSION: (
        Value.INCONCLUSIVE,
        "a session_id in the SSLv2 form is allowed by RFC 2246 and forbidden by RFC"
        " 4346: whatever the server does, one of them has it so (A8)",
    ),
    sights.CHALLENGE: (
        Value.INFO,
        "a challenge of fewer than 16 or more than 32 octets may be refused or taken"
        " (A9)",
    ),
    sights.LEGACY: (
        Value.INCONCLUSIVE,
        "RFC 8446 4.2.1 does not look at this client_version, RFC 8996 and RFC 9846"
        " have it refused: whatever the server does, one of them has it so (A18, A19)",
    ),
}
