"""model - the words of the suite as values; nothing here does anything.

Data flows one way, and every arrow is one of these types:

    peers + scenarios --plan--> Cell --run--> Run --observe--> Observation
        --judge (Prediction, rules)--> Judgement --report--> pages

All values are frozen; ``plan``, ``predict``, ``observe`` and ``judge`` are pure
functions between them: no process, no socket, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Mapping, Sequence

# TLS versions as the suite writes them, old to new (RFC 2246 .. RFC 8446).
VERSIONS: tuple[str, ...] = ("1.0", "1.1", "1.2", "1.3")
VERSION_BY_NUMBER: Mapping[int, str] = {
    0x0300: "ssl3",
    0x0301: "1.0",
    0x0302: "1.1",
    0x0303: "1.2",
    0x0304: "1.3",
}

# Axes in the order in which a cell's id has them, with their defaults.
# "" means: no default is written, the axis is simply absent.
AXES: Mapping[str, str] = {
    "tls": "",
    "client-tls": "",
    "server-tls": "",
    "cert": "rsa",
    "resume": "",
    "message": "8kib",
    "policy": "mandatory",
    "security": "",
    "renegotiation": "",
    "fault": "",
}


class Value(str, Enum):
    """What a check or a cell comes to.  Ordered from best to worst: a cell's
    verdict is the worst of its checks' (see ``worst``)."""

    NOT_APPLICABLE = "not-applicable"  # said by the plan, before running
    UNSUPPORTED = "unsupported"  # declared absent, and the probe agrees
    PASS = "pass"
    INFO = "info"  # the clause leaves it open: the observation is the result
    STRICT_MISS = "strict-miss"  # MUST met, SHOULD missed
    FAIL = "fail"
    BLOCKED = "blocked"  # a premise failed
    INCONCLUSIVE = "inconclusive"  # ran, but the witnesses do not tell one story
    ERROR = "error"  # our harness, build or machine failed
    NOT_RUN = "not-run"  # planned, no result arrived

    __hash__ = str.__hash__  # equal to its word; and Enum's own takes ten times as long


_WORST_FIRST = tuple(reversed(Value))
GAPS = frozenset({Value.BLOCKED, Value.INCONCLUSIVE, Value.ERROR, Value.NOT_RUN})


def worst(values: Sequence[Value]) -> Value:
    """The worst of some values; NOT_RUN for none at all."""
    return next((value for value in _WORST_FIRST if value in values), Value.NOT_RUN)


@dataclass(frozen=True, slots=True)
class Turn:
    """Octets that one side put on one layer; ``more`` octets are not listed."""

    sender: str  # "C" or "S"
    layer: str  # "smtp", "tls" or "inside"
    data: bytes
    more: int = 0


@dataclass(frozen=True, slots=True)
class Flow:
    """One connection as one side saw it (vectors/README.md)."""

    meta: Mapping[str, str] = field(default_factory=dict)
    turns: tuple[Turn, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()

    def fact(self, name: str, default: str = "") -> str:
        """The last fact of that name, or ``default``."""
        for known, value in reversed(self.facts):
            if known == name:
                return value
        return default

    def octets(self, sender: str, *layers: str) -> bytes:
        """What ``sender`` put on these layers, joined."""
        return b"".join(
            t.data for t in self.turns if t.sender == sender and t.layer in layers
        )


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a peer can do.  ``declared`` comes from ``--capabilities``, the
    rest from probing it; a difference is a contradiction, never hidden."""

    tls: tuple[str, ...] = ()  # versions it can be pinned to
    natural: tuple[str, ...] = ()  # versions it takes part in unpinned
    lowered: tuple[str, ...] = ()  # a server: the same, its policy lowered (--old)
    cert: tuple[str, ...] = ("rsa", "ecdsa")
    resume: tuple[str, ...] = ()  # "id", "ticket"
    renegotiation: tuple[str, ...] = ()  # a server: "required"
    secrets: bool = False
    reasons: tuple[tuple[str, str], ...] = ()  # ("tls 1.3", "not built in")
    contradictions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Peer:
    """A client or server under test: one implementation, version and role."""

    id: str  # "openssl-3.0"
    role: str  # "client" or "server"
    family: str  # "openssl": the key of matrix/peers/FAMILY.toml
    version: str  # "3.0.22", as loaded
    program: tuple[str, ...]  # how it is started
    capabilities: Capabilities = Capabilities()
    about: Mapping[str, str] = field(default_factory=dict)  # genealogy, licence, ...


@dataclass(frozen=True, slots=True)
class Cell:
    """One thing to be run: scenario x client x server [x axes]."""

    scenario: str
    client: str  # peer ids
    server: str
    axes: tuple[tuple[str, str], ...] = ()  # in the order of AXES, no defaults
    why: str = ""  # the reason it is in the plan
    excluded: Value | None = None  # NOT_APPLICABLE or UNSUPPORTED: not to be run
    reason: str = ""  # why it is excluded

    @property
    def id(self) -> str:
        parts = [self.scenario, self.client, self.server]
        return "/".join(parts + [f"{name}={value}" for name, value in self.axes])

    def axis(self, name: str) -> str:
        """The value of an axis, or its default."""
        return dict(self.axes).get(name, AXES[name])

    def pin(self, role: str) -> str:
        """The version one role is pinned to, or "" (natural)."""
        return self.axis("tls") or self.axis(f"{role}-tls")


@dataclass(frozen=True, slots=True)
class Run:
    """What came out of a cell: the records of both programs as text."""

    cell: str
    client: str  # record of the client's session; "" none came
    server: str
    started: float  # seconds since the epoch, UTC
    milliseconds: float
    trouble: str = ""  # our side failed: why (verdict error)
    relay: str = ""  # record of the one between them; "" nobody was


@dataclass(frozen=True, slots=True)
class Hello:
    """What a ClientHello offers, read from its octets."""

    form: str  # "tls" or "sslv2"
    record_version: int
    client_version: int
    random: bytes
    session_id: bytes
    cipher_suites: tuple[int, ...]
    extensions: tuple[tuple[int, bytes], ...]  # in order; duplicates kept
    supported_versions: tuple[int, ...]  # () if the extension is absent
    server_name: str
    octets: int  # length on the wire
    compression_methods: bytes = b"\0"
    kinds: tuple[int, ...] = ()  # the SSLv2 form: cipher kinds of SSL 2.0
    challenge: int = 0  # the SSLv2 form: octets of the challenge as it was sent

    def extension(self, number: int) -> bytes | None:
        """The data of the first extension of that type; None: there is none."""
        return next((data for kind, data in self.extensions if kind == number), None)


@dataclass(frozen=True, slots=True)
class ServerHello:
    """What a ServerHello says, or a HelloRetryRequest, which has the same form."""

    server_version: int  # legacy_version in RFC 8446
    random: bytes
    session_id: bytes
    cipher_suite: int
    compression_method: int
    extensions: tuple[tuple[int, bytes], ...]  # in order; duplicates kept
    version: str  # chosen by it: "1.2"
    retry: bool  # it is a HelloRetryRequest (RFC 8446 4.1.3)

    def extension(self, number: int) -> bytes | None:
        """The data of the first extension of that type; None: there is none."""
        return next((data for kind, data in self.extensions if kind == number), None)


@dataclass(frozen=True, slots=True)
class Record:
    """A record's header; what is in it may be encrypted."""

    sender: str  # "C" or "S"
    content: int  # ContentType
    version: int
    length: int
    clear: bool  # before there were keys, as far as is known
    first: bool = False  # it has the client's first hello in it, or a part of it


@dataclass(frozen=True, slots=True)
class Wire:
    """What the octets of one connection say by themselves."""

    hellos: tuple[Hello, ...]  # two after a HelloRetryRequest
    version: str  # chosen by the ServerHello; "" none came
    cipher_suite: int  # -1 none
    resumed: bool | None  # as far as the octets show it; None: they do not
    retried: bool  # a HelloRetryRequest came
    alerts: tuple[tuple[str, int, int], ...]  # in clear: (sender, level, description)
    plain_after_switch: str  # "C" or "S": who sent SMTP where TLS was due; ""
    trouble: str = ""  # why the octets could not be read, if so
    extensions: tuple[int, ...] = ()  # of the ServerHello
    scheme: int = -1  # SignatureScheme of a ServerKeyExchange of TLS 1.2; -1 none
    answers: tuple[ServerHello, ...] = ()  # all of them, HelloRetryRequest too
    # The server's handshake messages in clear, of any type, in order.
    flight: tuple[tuple[int, bytes], ...] = ()
    records: tuple[Record, ...] = ()  # the client's, then the server's
    changes: tuple[tuple[str, bytes], ...] = ()  # ChangeCipherSpec: sender, octets

    @property
    def server_hello(self) -> ServerHello | None:
        """The last that is no HelloRetryRequest; None: none came."""
        answers = (each for each in reversed(self.answers) if not each.retry)
        return next(answers, None)


@dataclass(frozen=True, slots=True)
class Connection:
    """The three witnesses of one connection."""

    client: Flow | None
    server: Flow | None
    wire: Wire
    taps_agree: bool | None  # both taps have the same octets; None: only one tap
    # With a relay between them: what it recorded on the client's side, which is what
    # ``wire`` is read from, and on the server's.
    near: Flow | None = None
    far: Flow | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """Facts of a cell; nothing judged."""

    cell: str
    connections: tuple[Connection, ...]
    client_exit: str  # "0", "89", "signal 11", "" (no record)
    server_exit: str
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the capabilities and the recorded hello say must happen."""

    outcome: str  # "tls", "refused", "plain", "deferred"; "open": its own choice
    version: str = ""  # tls: negotiated version
    side: str = ""  # refused: "client" or "server" must refuse
    alerts: tuple[int, ...] = ()  # refused: descriptions that fit, first = the MUST
    exact: bool = False  # a MUST names the first one
    either: bool = False  # refused: by the other side would be lawful too
    clause: str = ""  # "RFC 5246 E.1"
    because: str = ""  # in one sentence
    lacks: str = ""  # open: what the hello does not offer


@dataclass(frozen=True, slots=True)
class Sight:
    """What the rules of a date can turn on: the first hello and how it was answered
    (sight.py).  ``played`` has the sides that are not under test."""

    hello: str  # its class (rulesets.HELLOS); "" none that a rule set speaks of
    offers: tuple[str, ...]  # versions, old to new
    record: str  # record version; "-" the SSLv2 form has none
    signals: bool  # has the renegotiation signal (RFC 5746 3.4)
    answer: str  # a kind of matrix/answer.py
    alert: int = -1  # description of the fatal alert that was the answer
    version: str = ""  # answered
    echoes: bool = False  # the answer has renegotiation_info
    completed: bool = False  # by both
    lacks: str = ""  # why a refusal may be about neither form nor version
    apart: bool = False  # the server takes no version that is offered
    doubt: str = ""  # what the specifications disagree about, if this hello meets it
    played: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One requirement held against one observation."""

    id: str  # "rfc3207-4.2-server-forgets-client"
    value: Value
    because: str
    side: str = ""  # whose fault a fail is: "client", "server", ""
    clause: str = ""  # "RFC 3207 4.2"

    def __reduce__(self) -> tuple[type[Check], tuple[object, ...]]:
        """What dataclasses make themselves asks for the fields of each value; some
        forty checks a cell come from the processes that judge (judging.py)."""
        return Check, (self.id, self.value, self.because, self.side, self.clause)


@dataclass(frozen=True, slots=True)
class Known:
    """A deviation that is expected of an implementation (known.toml)."""

    cells: str  # pattern over cell ids, with *
    check: str
    value: Value
    reason: str
    link: str
    until: str  # ISO date
    seen: str = "*"  # pattern over the check's sentence: the observation it explains
    peer: str = "*"  # pattern over "FAMILY VERSION" of a peer: it holds if one is there
    eras: bool = False  # of peers that a run of this machine alone does not have


@dataclass(frozen=True, slots=True)
class Judgement:
    """A cell's verdict with what it rests on."""

    cell: str
    verdict: Value
    because: str  # the decisive check's sentence
    checks: tuple[Check, ...]
    prediction: Prediction | None = None
    known: Known | None = None  # explains the verdict, never changes it
    sight: Sight | None = None  # what another date's rules may judge otherwise
