"""options - a cell as options of the two programs (CONTRIBUTING.md).

Two cells with the same tuple need the same configuration, so that one started
process serves both.  The words --to, --jobs, --listen and --tied are the
runner's and not here.
"""

from __future__ import annotations

from pathlib import Path

from matrix import hellos
from matrix.model import Cell
from matrix.scenarios import Scenario

_OLD = ("1.0", "1.1")  # versions that need what a library's policy may forbid
_OCTETS = {"8kib": 8192, "1mib": 1 << 20}

_SILENT = ("silent-after-220", "starttls-never-tls", "answers-plain")
_SOON = ("--deadline", "1000")
# Some take the octets put in for a record's header and wait for the rest of it.
_HALF_READ = ("hello-to-sslv2", "reply-before-answer")
_COMES_AGAIN = "client.mail-in-clear"  # it falls back on a second connection


def client_arguments(cell: Cell, scenario: Scenario, pki: Path) -> tuple[str, ...]:
    """The client's options for a cell; ``pki`` is the folder of certificates."""
    signer = cell.axis("cert") if scenario.authority == "own" else "other"
    if scenario.script and cell.client == "replay":
        return tuple(_replay_to_script(cell, pki))
    words = [*_versions(cell.pin("client")), "--ca", str(pki / f"ca-{signer}.pem")]
    if scenario.hello:
        return tuple(words + _replay(scenario) + _fault(cell, "client"))
    if scenario.server_name:
        words += ["--name", scenario.server_name]
    if cell.axis("policy") != "mandatory":
        words += ["--policy", cell.axis("policy")]
    if cell.axis("message") != "8kib":
        words += ["--message", str(_OCTETS[cell.axis("message")])]
    if cell.axis("resume"):
        words += ["--resume", cell.axis("resume"), "--connections", "2"]
    if scenario.client_stimulus:
        words += ["--stimulus", scenario.client_stimulus]
    if scenario.tamper in _HALF_READ:
        words += _SOON
    return tuple(words + _fault(cell, "client"))


def server_arguments(cell: Cell, scenario: Scenario, pki: Path) -> tuple[str, ...]:
    """The server's options for a cell; ``pki`` is the folder of certificates."""
    cert = cell.axis("cert")
    words = [*_versions(cell.pin("server"))]
    if cell.axis("security") == "low" and "--old" not in words:
        words.append("--old")
    words += ["--cert", str(pki / f"{cert}.pem"), "--key", str(pki / f"{cert}.key")]
    if scenario.starttls != "offer":
        words += ["--starttls", scenario.starttls]
    if cell.axis("resume"):
        words += ["--resume", cell.axis("resume"), "--connections", "2"]
    elif scenario.server_connections != 1 or cell.axis("fault") == _COMES_AGAIN:
        words += ["--connections", "2"]
    if scenario.server_stimulus:
        words += ["--stimulus", scenario.server_stimulus]
    if scenario.script:
        words += ["--script", scenario.script]
    elif cell.server == "player":
        return tuple(words + _script_for_client(cell))
    return tuple(words + _fault(cell, "server"))


def _script_for_client(cell: Cell) -> list[str]:
    """What the playing server takes of a client that it has to refuse (mutants.toml):
    its faults there are scripts.  Without one it is right."""
    side, _, name = cell.axis("fault").partition(".")
    listed = ["--list-octets", "0"] if name else []
    return ["--script", name if side == "server" else "right", *listed]


def _replay(scenario: Scenario) -> list[str]:
    """A recorded hello names whom it names; and a server that does not answer it is
    not waited for as long."""
    words = ["--name", "", "--hello", scenario.path, *_SOON]
    if scenario.client_stimulus:
        words += ["--stimulus", scenario.client_stimulus]
    return words + (["--error", scenario.client_error] if scenario.client_error else [])


# Hellos whose handshake the replaying client can complete, by the client's pin.
_COMPLETE = {"": "keyed", "1.2": "openssl-3.0.22-tls1.2", "1.3": "versions-3.4"}


def _replay_to_script(cell: Cell, pki: Path) -> list[str]:
    """The client that is wrong on purpose about a server's hello (mutants.toml): its
    faults in the handshake are errors of the replay, others are every client's."""
    hello = hellos.named(_COMPLETE[cell.pin("client")])
    words = ["--ca", str(pki / "ca-rsa.pem"), "--name", "", "--hello", str(hello.path)]
    words += _fault(cell, "client")
    if "--fault" in words and not _waits(cell.axis("fault").partition(".")[2]):
        words[words.index("--fault")] = "--error"
    return words


def _versions(pin: str) -> tuple[str, ...]:
    if not pin:
        return ()
    old = ("--old",) if pin in _OLD else ()
    return ("--tls-min", pin, "--tls-max", pin, *old)


def _fault(cell: Cell, role: str) -> list[str]:
    side, _, name = cell.axis("fault").partition(".")
    if not name:
        return []
    # With a fault in the cell everything is listed, so that the octets tell who
    # changed what; and a peer that hangs on purpose is not waited for as long.
    words = ["--list-octets", "0", *(_SOON if _waits(name) else ())]
    return words + (["--fault", name] if side == role else [])


def _waits(fault: str) -> bool:
    return fault.startswith("hang-") or fault in (*_SILENT, "mail-in-clear")
