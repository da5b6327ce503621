"""server_answers - what a server could say to a hello, and the judgement on that."""

from __future__ import annotations

from dataclasses import replace

from matrix.flow import dump
from matrix.judge import judge
from matrix.model import Judgement, Run
from matrix.observe import observe
from matrix.vectors import codec
from sessions import ALL, LAW, NUMBERS, SCENARIOS, Session
from sessions import cell, certificate, extensions, key_exchange, message, peer
from sessions import record, vector

RI = (0xFF01, b"\0")
MARK = {"1.2": b"DOWNGRD\x01", "1.1": b"DOWNGRD\x00", "1.0": b"DOWNGRD\x00"}


def chosen(
    version: str,
    suite: int,
    pairs: tuple[tuple[int, bytes], ...] = (RI,),
    random: bytes = b"",
) -> bytes:
    """A ServerHello as a good server of today makes it."""
    session_id = b""
    if version == "1.3":
        pairs = ((43, b"\x03\x04"), (51, b"\0\x1d" + vector(b"p" * 32, 2)))
        session_id = codec.decode(SCENARIOS["hello.keyed"].octets).session_id
    random = random or b"S" * 24 + MARK.get(version, b"S" * 8)
    body = min(NUMBERS[version], 0x0303).to_bytes(2, "big") + random
    body += vector(session_id, 1) + suite.to_bytes(2, "big") + b"\0"
    flight = message(2, body + vector(extensions(pairs), 2))
    if version == "1.3":
        return record(22, flight) + record(20, b"\1") + record(23, b"x" * 40)
    number = NUMBERS[version]
    flight += certificate(suite) + key_exchange(suite, version) + message(14, b"")
    return record(22, flight, number) + record(20, b"\1", number)


def alert(number: int, level: int = 2, version: int = 0x0301) -> bytes:
    return record(21, bytes([level, number]), version)


def of(
    scenario: str,
    octets: bytes,
    version: str = "",
    suite: int = 0,
    tls: tuple[str, ...] = ALL,
    **client: str | None,
) -> Judgement:
    """The judgement on a server that said these octets; a version means that the
    handshake was completed and the message delivered."""
    hello = SCENARIOS[scenario].octets
    sni = b"mx.example" in hello
    named: dict[str, str | None] = {"tls.server-name": "mx.example" if sni else "-"}
    facts: dict[str, str | None] = {k.replace("_", "."): v for k, v in client.items()}
    session = Session(
        version=version or "1.2",
        suite=suite,
        hello=hello,
        answer=octets,
        client=facts,
        server=named,
        refused="" if version else "server",
    )
    return decided(scenario, session, answered=bool(octets), tls=tls)


def decided(
    scenario: str, session: Session, answered: bool = True, tls: tuple[str, ...] = ALL
) -> Judgement:
    """The judgement on one session of a scenario; without an answer no octet of the
    server's came."""
    at, texts = cell(scenario), []
    for flow in session.flows(1):
        kept = [
            t for t in flow.turns if answered or (t.sender, t.layer) != ("S", "tls")
        ]
        texts.append(dump(replace(flow, turns=tuple(kept))) + "= exit 0\n")
    seen = observe(Run(at.id, texts[0], texts[1], 0.0, 1.0))
    both = peer("client"), peer("server", tls)
    return judge(at, SCENARIOS[scenario], seen, *both, LAW)
