"""report_run - a small run made by hand, with what a report must cope with: every
verdict, both taps, a gap, and a peer that says hostile things."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Mapping

from matrix import scenarios
from matrix.flow import dump
from matrix.model import Capabilities, Cell, Check, Flow, Judgement, Known, Peer
from matrix.model import Prediction, Run, Turn, Value
from matrix.plan import plan

RECORDED = ("hello.openssl-1.0.1i-sslv2-rsa", "hello.openssl-3.0.22-no-name")
SCENARIOS = {
    name: scenario
    for name, scenario in scenarios.load(
        Path(scenarios.__file__).parent / "scenarios"
    ).items()
    # Nobody is between these two; and their octets are not what is recommended.
    if scenario.family not in ("tamper", "practice")
}
PLANNED = {
    name: scenario
    for name, scenario in SCENARIOS.items()
    if scenario.client != "replay" or name in RECORDED
}
HOSTILE = "<script>alert('x')</script> |`*_ \x1b[31m\x07\u202e"
HOSTILE_REPLY = b"250 <script>alert(1)</script>&\x1b]0;gotcha\x07\xff | `x`\r\n"

HELLO = bytes.fromhex(
    "160301004d010000490303" + "11" * 32 + "00" + "0004" + "c02f009c" + "0100"
    "001c"
    "0000000f000d00000a6d782e6578616d706c65"  # server_name mx.example
    "002b00050403040303"  # supported_versions 1.3 1.2
)
SERVER_HELLO = bytes.fromhex("160303002a020000260303" + "22" * 32 + "00c02f00")
ALERT = bytes.fromhex("15030300020246")  # fatal protocol_version

IDS = ("bearssl-0.6", "gnutls-3.7", "openssl-3.0")
TLS = {"bearssl-0.6": ("1.0", "1.1", "1.2")}
ALL = ("1.0", "1.1", "1.2", "1.3")


def peers() -> tuple[Peer, ...]:
    """Three libraries, and what replays a recorded hello."""
    program = ("build/host/client-replay",)
    replay = Peer("replay", "client", "replay", "3", program, about={"plays": "hello"})
    return replay, *(
        Peer(
            id=name,
            role=role,
            family=name.partition("-")[0],
            version=name.partition("-")[2] + ".9",
            program=(f"build/host/{role}-{name.partition('-')[0]}",),
            capabilities=Capabilities(
                tls=TLS.get(name, ALL),
                natural=TLS.get(name, ALL),
                resume=("id", "ticket"),
                reasons=(("tls 1.3", HOSTILE),) if name in TLS else (),
            ),
            about={"licence": "MIT"},
        )
        for role in ("client", "server")
        for name in IDS
    )


def flow(cell: Cell, hostile: bool) -> Flow:
    """A session that goes as far as the cell's scenario lets it."""
    refused = bool(cell.axis("client-tls"))
    hello = HOSTILE_REPLY if hostile else b"250-mx.example\r\n250 STARTTLS\r\n"
    turns = [
        Turn("S", "smtp", b"220 mx.example ESMTP\r\n"),
        Turn("C", "smtp", b"EHLO client.example\r\n"),
        Turn("S", "smtp", hello),
        Turn("C", "smtp", b"STARTTLS\r\n"),
        Turn("S", "smtp", b"220 2.0.0 go\r\n"),
        Turn("C", "tls", HELLO),
        Turn("S", "tls", ALERT if refused else SERVER_HELLO),
    ]
    facts = [("stage", "handshake" if refused else "close"), ("end", "closed")]
    if refused:
        facts += [("tls.handshake", "failed"), ("mail", "deferred")]
        facts += [("tls.error", HOSTILE if hostile else "refused")]
    else:
        turns += [
            Turn("C", "tls", bytes.fromhex("1703030100") + b"\x99" * 32, 0x100 - 32),
            Turn("C", "inside", b"EHLO client.example\r\n"),
        ]
        facts += [
            ("tls.handshake", "ok"),
            ("tls.version", cell.pin("client") or "1.2"),
            ("tls.suite", "c02f"),
            ("tls.secret", "CLIENT_RANDOM 11 22"),
            ("mail", "delivered-tls"),
        ]
    return Flow({"connection": "1"}, tuple(turns), tuple(facts))


def record(cell: Cell, role: str, hostile: bool) -> str:
    made = flow(cell, hostile)
    alert = {"client": "received", "server": "sent"}[role]
    facts = list(made.facts)
    if cell.axis("client-tls"):
        facts.append((f"tls.alert.{alert}", "70"))
    if role == "server":
        facts = [(n, "received-tls" if v == "delivered-tls" else v) for n, v in facts]
    return dump(Flow(made.meta, made.turns, tuple(facts))) + "= exit 0\n"


@dataclass(frozen=True)
class Made:
    """A store that is no file."""

    plan: tuple[Cell, ...]
    results: tuple[Run, ...]
    verdicts: Mapping[str, Judgement]
    facts: Mapping[str, str]

    def cells(self) -> tuple[Cell, ...]:
        return self.plan

    def peers(self) -> tuple[Peer, ...]:
        return peers()

    def runs(self) -> Iterator[Run]:
        return iter(self.results)

    def judgements(self) -> Mapping[str, Judgement]:
        return self.verdicts

    def about(self) -> Mapping[str, str]:
        return self.facts


FAILS = "upgrade/openssl-3.0/gnutls-3.7/tls=1.1"
MISSES = "upgrade/openssl-3.0/gnutls-3.7/client-tls=1.2/server-tls=1.0"
OPEN = "upgrade/gnutls-3.7/openssl-3.0/client-tls=1.0/server-tls=1.2"
LOST = "upgrade/gnutls-3.7/gnutls-3.7/message=1mib"
BROKEN = "upgrade/gnutls-3.7/openssl-3.0/cert=ecdsa"
HOSTILE_CELL = "upgrade/openssl-3.0/gnutls-3.7"


def judged(cell: Cell) -> Judgement:
    refused = cell.axis("client-tls")
    prediction = Prediction(
        *("refused" if refused else "tls", "" if refused else "1.2"),
        side="server" if refused else "",
        alerts=(70, 40) if refused else (),
        clause="RFC 5246 E.1",
        because="that is what both can do",
    )
    odd = {
        FAILS: Check(
            "tls-version", Value.FAIL, f"negotiated {HOSTILE}", "server", "RFC 5246 E.1"
        ),
        MISSES: Check("alert-fits", Value.STRICT_MISS, "alert 40", "client"),
        OPEN: Check("alert-open", Value.INFO, "no alert at all", "server"),
        BROKEN: Check("taps-agree", Value.INCONCLUSIVE, "the taps differ"),
    }
    fine = Check("mail-delivered", Value.PASS, "one message, whole", "", "RFC 3207 4")
    extra = (odd[cell.id],) if cell.id in odd else ()
    decisive = extra[0] if extra else fine
    known = Known(
        "upgrade/*/gnutls-3.7/*",
        "tls-version",
        Value.FAIL,
        "GnuTLS does <this>",
        "https://example.org/1",
        "2027-01-01",
    )
    return Judgement(
        cell.id,
        cell.excluded or decisive.value,
        cell.reason or decisive.because,
        () if cell.excluded else (fine, *extra),
        prediction,
        known if cell.id == FAILS else None,
    )


def made() -> Made:
    """The run: three libraries, every scenario, one cell of each odd verdict."""
    both = peers()
    cells = plan(
        [p for p in both if p.role == "client"],
        [p for p in both if p.role == "server"],
        PLANNED,
    )
    return Made(
        plan=cells,
        results=tuple(
            Run(
                cell.id,
                record(cell, "client", cell.id == HOSTILE_CELL),
                record(cell, "server", cell.id == HOSTILE_CELL),
                1795442574.25,
                12.345,
            )
            for cell in cells
            if cell.excluded is None and cell.id != LOST
        ),
        verdicts={cell.id: judged(cell) for cell in cells if cell.id != LOST},
        facts={
            "run": "20261123T140254Z.db",
            "started": "2026-11-23 14:02:54 UTC",
            "command": "./interop run",
            "host": f"Debian {HOSTILE}",
        },
    )
