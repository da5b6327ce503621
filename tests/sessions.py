"""sessions - records of sessions as our programs write them, made by hand, and
the octets of hellos, for the tests of what reads them."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Mapping, Sequence

import matrix
from matrix import rules, scenarios
from matrix.flow import dump
from matrix.judge import judge
from matrix.law import Law
from matrix.model import AXES, Capabilities, Cell, Check, Flow, Judgement, Peer
from matrix.model import Run, Turn
from matrix.observe import observe

TABLES = Path(matrix.__file__).parent
SCENARIOS = scenarios.load(TABLES / "scenarios")
RULES = rules.load(TABLES / "rules")
LAW = Law(RULES, ())
ALL = ("1.0", "1.1", "1.2", "1.3")
NUMBERS = {"1.0": 0x0301, "1.1": 0x0302, "1.2": 0x0303, "1.3": 0x0304}
SUITES = {"1.0": 0xC013, "1.1": 0xC013, "1.2": 0xC02F, "1.3": 0x1301}
RETRY = bytes.fromhex(
    "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
)
# As they stand in a certificate: the keys' object identifiers.
RSA_KEY = bytes.fromhex("06092a864886f70d010101")
EC_KEY = bytes.fromhex("06072a8648ce3d0201")
ECDSA = (0xC009, 0xC00A, 0xC023, 0xC024, 0xC02B, 0xC02C)
# Groups x25519 and secp256r1, a share of x25519, three signature schemes.
NEEDED = (
    (10, bytes.fromhex("0004001d0017")),
    (51, bytes.fromhex("0024001d0020") + b"k" * 32),
    (13, bytes.fromhex("0006040304010804")),
)
Facts = Mapping[str, str | None]


def vector(octets: bytes, size: int) -> bytes:
    return len(octets).to_bytes(size, "big") + octets


def record(kind: int, fragment: bytes, version: int = 0x0303) -> bytes:
    return struct.pack(">BHH", kind, version, len(fragment)) + fragment


def message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + vector(body, 3)


def extensions(pairs: Sequence[tuple[int, bytes]]) -> bytes:
    return b"".join(kind.to_bytes(2, "big") + vector(data, 2) for kind, data in pairs)


def server_name(name: str) -> bytes:
    return vector(b"\0" + vector(name.encode(), 2), 2)


def hello(
    version: int = 0x0303,
    listed: Sequence[int] = (),
    suites: Sequence[int] = (0x1301, 0xC02F, 0xC02B, 0xC013),
    name: str = "mx.example",
    session_id: bytes = b"",
    more: Sequence[tuple[int, bytes]] = (),
) -> bytes:
    """A ClientHello in one record; one for TLS 1.3 has what that needs."""
    pairs = [(0, server_name(name))] if name else []
    if listed:
        numbers = b"".join(v.to_bytes(2, "big") for v in listed)
        pairs.append((43, vector(numbers, 1)))
    if 0x0304 in listed:
        there = [number for number, _ in more]
        pairs += [pair for pair in NEEDED if pair[0] not in there]
    pairs += more
    body = version.to_bytes(2, "big") + b"R" * 32 + vector(session_id, 1)
    body += vector(b"".join(s.to_bytes(2, "big") for s in suites), 2) + b"\1\0"
    if pairs:
        body += vector(extensions(pairs), 2)
    return record(22, message(1, body), 0x0301)


def key_exchange(suite: int, version: str) -> bytes:
    """A ServerKeyExchange with a curve, if the suite has one."""
    if suite >> 8 not in (0xC0, 0xCC):
        return b""
    scheme = b"" if version != "1.2" else b"\4\3" if suite in ECDSA else b"\4\1"
    return message(12, b"\3\0\x1d" + vector(b"p" * 32, 1) + scheme + vector(b"s", 2))


def certificate(suite: int) -> bytes:
    """A Certificate with the key that the suite needs, and little else."""
    return message(11, vector(vector(EC_KEY if suite in ECDSA else RSA_KEY, 3), 3))


def server_hello(
    version: str,
    suite: int,
    resumed: bool = False,
    retry: bool = False,
    more: Sequence[tuple[int, bytes]] = (),
) -> bytes:
    """A ServerHello and what follows it in clear."""
    number = min(NUMBERS[version], 0x0303)
    body = number.to_bytes(2, "big") + (RETRY if retry else b"S" * 32)
    body += b"\0" + suite.to_bytes(2, "big") + b"\0"
    if version == "1.3":
        pairs = [(43, b"\x03\x04")] + ([(41, b"\0\0")] if resumed else [])
        pairs.append((51, b"\0\x17" if retry else b"\0\x1d" + vector(b"p" * 32, 2)))
        body += vector(extensions(pairs), 2)
        return record(22, message(2, body)) + (
            b"" if retry else record(20, b"\1") + record(23, b"x" * 40)
        )
    if more:
        body += vector(extensions(more), 2)
    flight = message(2, body)
    if not resumed:
        flight += certificate(suite) + key_exchange(suite, version) + message(14, b"")
    return record(22, flight, number) + record(20, b"\1", number)


@dataclass(frozen=True)
class Session:
    """One connection; facts of None are left out."""

    version: str = "1.3"
    suite: int = 0
    hello: bytes = b""
    answer: bytes = b""
    client_tls: bytes = b""  # after the hello
    client: Facts = field(default_factory=dict)  # facts that differ
    server: Facts = field(default_factory=dict)
    inside: Sequence[tuple[str, bytes]] = ()
    refused: str = ""  # by which role: the session ends in the handshake

    def flows(self, number: int) -> tuple[Flow, Flow]:
        suite = self.suite or SUITES[self.version]
        listed = (0x0304, 0x0303) if self.version == "1.3" else ()
        first = self.hello or hello(min(NUMBERS[self.version], 0x0303), listed)
        answer = self.answer or server_hello(self.version, suite)
        turns = [
            Turn("S", "smtp", b"220 mx.example ESMTP\r\n"),
            Turn("C", "smtp", b"EHLO client.example\r\n"),
            Turn("S", "smtp", b"250-mx.example\r\n250 STARTTLS\r\n"),
            Turn("C", "smtp", b"STARTTLS\r\n"),
            Turn("S", "smtp", b"220 go\r\n"),
            Turn("C", "tls", first),
            Turn("S", "tls", answer),
        ]
        if self.client_tls:
            turns.append(Turn("C", "tls", self.client_tls))
        turns += [Turn(sender, "inside", data) for sender, data in self.inside]
        meta = {"connection": str(number)}
        made = []
        for role, differ in (("client", self.client), ("server", self.server)):
            facts = self._facts(role, suite) | dict(differ)
            kept = tuple((k, v) for k, v in facts.items() if v is not None)
            made.append(Flow(meta, tuple(turns), kept))
        return made[0], made[1]

    def _facts(self, role: str, suite: int) -> dict[str, str | None]:
        start: dict[str, str | None] = {"smtp.pending": "0", "end": "closed"}
        if role == "client":
            start |= {"smtp.greeting": "220", "smtp.ehlo": "250"}
            start |= {"smtp.ehlo.keywords": "STARTTLS", "smtp.starttls": "220"}
        else:
            start |= {"smtp.commands.plain": "EHLO STARTTLS"}
        if self.refused:
            mail = "deferred" if role == "client" else "none"
            start |= {"tls.handshake": "failed", "mail": mail, "tls.close": "none"}
            return start | ({"mail.count": "0"} if role == "server" else {})
        start |= {"tls.handshake": "ok", "tls.version": self.version}
        start |= {"tls.suite": f"{suite:04x}", "tls.resumed": "no"}
        start |= {"tls.close": "both", "mail.octets": "12", "mail.digest": "ab"}
        if role == "client":
            start |= {"tls.verified": "yes", "mail": "delivered-tls"}
            start |= {"smtp.ehlo-tls": "250", "smtp.ehlo-tls.keywords": "PIPELINING"}
            return start | {"smtp.message": "250", "smtp.quit": "221"}
        start |= {"tls.verified": "unchecked", "tls.server-name": "mx.example"}
        start |= {"smtp.commands.tls": "EHLO MAIL RCPT DATA QUIT"}
        return start | {"mail": "received-tls", "mail.count": "1"}


def capabilities(tls: Sequence[str] = ALL) -> Capabilities:
    return Capabilities(tls=tuple(tls), natural=tuple(tls), resume=("id", "ticket"))


def peer(role: str, tls: Sequence[str] = ALL, id: str = "openssl-3.0") -> Peer:
    family, _, version = id.partition("-")
    return Peer(id, role, family, version, (f"{role}-{family}",), capabilities(tls))


def cell(scenario: str = "upgrade", **axes: str) -> Cell:
    """A cell of one library with itself; axes with _ for -."""
    named = {name.replace("_", "-"): value for name, value in axes.items()}
    kept = tuple((name, named[name]) for name in AXES if name in named)
    return Cell(scenario, "openssl-3.0", "openssl-3.0", kept)


def run(
    of: Cell, *sessions: Session, client_exit: str = "0", server_exit: str = "0"
) -> Run:
    """What the programs would have printed."""
    texts = ["", ""]
    for i, session in enumerate(sessions):
        for role, flow in enumerate(session.flows(i + 1)):
            texts[role] += dump(flow)
    ends = [f"= exit {end}\n" if end else "" for end in (client_exit, server_exit)]
    return Run(of.id, texts[0] + ends[0], texts[1] + ends[1], 0.0, 1.0)


def judged(
    of: Cell,
    *sessions: Session,
    client: Sequence[str] = ALL,
    server: Sequence[str] = ALL,
    **exits: str,
) -> Judgement:
    """The judgement on sessions of a cell between peers with these versions."""
    return judge(
        of,
        SCENARIOS[of.scenario],
        observe(run(of, *sessions, **exits)),
        peer("client", client),
        peer("server", server),
        LAW,
    )


def check(of: Judgement, id: str) -> Check:
    """The one check of that id."""
    (found,) = [c for c in of.checks if c.id == id]
    return found


# A client below the server, neither with TLS 1.3, and how it begins.
OLD = ALL[:3]
APART = {"client_tls": "1.1", "server_tls": "1.2"}
LOWER = Session(hello=hello(0x0302))


def refused(by: str, alert: int | None, session: Session = Session()) -> Session:
    """A session that one side ended in the handshake, with an alert in clear."""
    octets = record(21, bytes([2, alert])) if alert is not None else b""
    told: Facts = {} if alert is None else {"tls.alert.sent": str(alert)}
    heard: Facts = {} if alert is None else {"tls.alert.received": str(alert)}
    if by == "server":
        return replace(
            session, refused=by, answer=octets or b"", client=heard, server=told
        )
    return replace(session, refused=by, client_tls=octets, client=told, server=heard)
