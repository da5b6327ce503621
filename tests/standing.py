"""standing - cells with what came of them, made up: stand-ins for personas."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from matrix import rulesets
from matrix.claims import evidence
from matrix.claims.evidence import Shown, shown
from matrix.claims.witness import Evidence
from matrix.model import AXES, Capabilities, Cell, Connection, Flow, Hello
from matrix.model import Observation, Peer, Run, Wire
from matrix.places import ROOT
from matrix.store import Store

SETS = rulesets.load(ROOT / "matrix" / "rules" / "sets")
ROLES = evidence.load(ROOT / "matrix" / "claims" / "witnesses.toml")
ALL = ("1.0", "1.1", "1.2", "1.3")
SSLV2 = bytes.fromhex("802c01030100030000002000002f") + bytes(32)
LIBRARY = Peer(
    "bearssl-0.6", "client", "bearssl", "0.6", ("x",), Capabilities(ALL, ALL)
)
REPLAY = replace(LIBRARY, id="replay", family="replay")
V1 = "hello.jsse-17.0.15-sslv2-3.1"


def server(name: str, natural: tuple[str, ...] = ("1.2", "1.3")) -> Peer:
    return Peer(
        name, "server", name.split("-")[0], "1", ("x",), Capabilities(ALL, natural)
    )


def cell(id: str) -> Cell:
    scenario, client, name, *axes = id.split("/")
    pairs = dict(axis.split("=") for axis in axes)
    return Cell(
        scenario, client, name, tuple((n, pairs[n]) for n in AXES if n in pairs)
    )


def hello(
    form: str = "tls",
    version: int = 0x0301,
    listed: tuple[int, ...] = (),
    record: int = 0x0301,
    suites: tuple[int, ...] = (0x2F, 0xFF),
    extensions: bool = True,
) -> Hello:
    more = ((0, b""),) if extensions and form == "tls" else ()
    return Hello(form, record, version, bytes(32), b"", suites, more, listed, "", 100)


def seen(
    first: Hello | None,
    answered: str = "",
    alerts: tuple[tuple[str, int, int], ...] = (),
    handshake: str = "failed",
    mail: str = "deferred",
    exits: str = "0",
    end: str = "closed",
) -> Observation:
    told = (("tls.handshake", handshake), ("mail", mail), ("end", end))
    flow = Flow({}, (), told)
    wire = Wire((first,) if first else (), answered, -1, None, False, alerts, "")
    return Observation("x", (Connection(flow, flow, wire, True),), exits, "0")


def works(first: Hello, version: str) -> Observation:
    return seen(first, version, handshake="ok", mail="delivered-tls")


def look(id: str, what: Observation, client: Peer, other: Peer) -> Shown:
    found = shown(cell(id), what, client, other, ROLES)
    assert isinstance(found, Shown), found
    return found


OLD_TLS = "upgrade/bearssl-0.6/mbedtls-2.28/tls=1.0"
FORM = f"{V1}/replay/mbedtls-2.28/server-tls=1.0"
READS = f"{V1}/replay/openssl-3.0/server-tls=1.0"


BROKEN = look(
    FORM, seen(hello("sslv2"), end="eof(handshake)"), REPLAY, server("mbedtls-2.28")
)
WORKING = look(READS, works(hello("sslv2"), "1.0"), REPLAY, server("openssl-3.0"))
PLAIN = look(OLD_TLS, works(hello(), "1.0"), LIBRARY, server("mbedtls-2.28"))
CONTRARY = look(FORM, works(hello("sslv2"), "1.0"), REPLAY, server("mbedtls-2.28"))


def run_of(*found: Shown) -> Evidence:
    return Evidence("a run", found)


def record(number: str, first: bytes) -> str:
    """A program's record of a session whose client sent these octets."""
    return (
        f"connection: {number}\nC> tls\n  {first.hex()}\n= smtp.starttls 220\n"
        "= tls.handshake failed\n= end eof(handshake)\n= mail deferred\n= exit 0\n"
    )


def store_of(folder: Path, first: bytes = SSLV2) -> Path:
    path = folder / "run.db"
    cells = [cell(FORM), cell(READS)]
    peers = [REPLAY, server("mbedtls-2.28"), server("openssl-3.0")]
    store = Store.create(path, cells, peers, {"run": "made up"})
    text = record("1", first)
    store.add_run(Run(FORM, text, text, 0.0, 1.0))
    store.close()
    return path
