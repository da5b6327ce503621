"""options - a cell as options of the two programs (CONTRIBUTING.md).

Two cells with the same tuple need the same configuration, so that one started
process serves both.  The words --to, --jobs, --listen and --tied are the
runner's and not here.
"""

from __future__ import annotations

from pathlib import Path

from matrix import hellos
from matrix.model import VERSIONS, Cell
from matrix.scenarios import Scenario

_OLD = ("1.0", "1.1")  # versions that need what a library's policy may forbid
_OCTETS = {"8kib": 8192, "1mib": 1 << 20}

_SILENT = ("silent-after-220", "starttls-never-tls", "answers-plain")
_SOON = ("--deadline", "1000")
_NEVER = ("patient", "flushes-input")  # faults after which somebody is waited for
# Some take the octets put in for a record's header and wait for the rest of it.
_HALF_READ = ("hello-to-sslv2", "reply-before-answer")
_NO_ERROR = "client.lies-error"  # it says that it made one
# They fall back on a second connection.
_COMES_AGAIN = ("client.mail-in-clear", "client.falls-back")


def client_arguments(cell: Cell, scenario: Scenario, pki: Path) -> tuple[str, ...]:
    """The client's options for a cell; ``pki`` is the folder of certificates."""
    signer = cell.axis("cert") if scenario.authority == "own" else "other"
    error = _instead(cell, "client.replay.")
    if (scenario.script and cell.client == "replay") or error:
        return tuple(_replay_to_script(cell, scenario, pki))
    trust = ["--ca", str(pki / f"ca-{signer}.pem")]
    if scenario.hello:  # which says its versions itself, whatever the cell pins
        words = [*trust, *_replay(cell, scenario), *_policy(cell)]
        return tuple(words + _fault(cell, "client"))
    words = [*_versions(cell.pin("client")), *trust]
    if scenario.client_highest:
        words += [
            "--tls-min",
            VERSIONS[0],
            "--tls-max",
            scenario.client_highest,
            "--old",
        ]
    if scenario.server_name:
        words += ["--name", scenario.server_name]
    words += _policy(cell)
    if cell.axis("message") != "8kib":
        words += ["--message", str(_OCTETS[cell.axis("message")])]
    if cell.axis("resume"):
        words += ["--resume", cell.axis("resume"), "--connections", "2"]
    if scenario.client_stimulus:
        words += ["--stimulus", scenario.client_stimulus]
    if scenario.tamper in _HALF_READ or scenario.server_stimulus in _SILENT:
        words += _SOON
    return tuple(words + _fault(cell, "client"))


def server_arguments(cell: Cell, scenario: Scenario, pki: Path) -> tuple[str, ...]:
    """The server's options for a cell; ``pki`` is the folder of certificates."""
    cert = cell.axis("cert")
    script = _instead(cell, "server.script.") or scenario.script
    # A script says its version itself.
    words = [] if script else [*_versions(cell.pin("server"))]
    if cell.axis("security") == "low" and "--old" not in words:
        words.append("--old")
    if cell.axis("renegotiation"):
        words.append("--safe-renegotiation")
    file = f"name-{scenario.certificate}" if scenario.certificate else cert
    words += ["--cert", str(pki / f"{file}.pem"), "--key", str(pki / f"{cert}.key")]
    if scenario.starttls != "offer":
        words += ["--starttls", scenario.starttls]
    if cell.axis("resume"):
        words += ["--resume", cell.axis("resume"), "--connections", "2"]
    elif scenario.hello and _policy(cell):
        # It comes again only if it was refused: it is not waited for as long, but
        # longer than it waits itself.
        words += ["--connections", "2", "--deadline", "2000"]
    elif scenario.server_connections != 1 or cell.axis("fault") in _COMES_AGAIN:
        words += ["--connections", "2"]
    if scenario.server_stimulus:
        words += ["--stimulus", scenario.server_stimulus]
    if script:
        words += ["--script", script]
    return tuple(words + _fault(cell, "server"))


def _policy(cell: Cell) -> list[str]:
    policy = cell.axis("policy")
    return ["--policy", policy] if policy != "mandatory" else []


def relay_arguments(cell: Cell) -> tuple[str, ...]:
    """What the one between them is told besides its work: how to be wrong."""
    fault = _instead(cell, "relay.")
    return ("--fault", fault) if fault else ()


def _replay(cell: Cell, scenario: Scenario) -> list[str]:
    """A recorded hello names whom it names; and a server that does not answer it is
    not waited for as long."""
    other = _instead(cell, "client.hello.")
    path = str(hellos.named(other).path) if other else scenario.path
    words = ["--name", "", "--hello", path, *_SOON]
    if scenario.client_stimulus:
        words += ["--stimulus", scenario.client_stimulus]
    if not scenario.client_error or cell.axis("fault") == _NO_ERROR:
        return words
    return [*words, "--error", scenario.client_error]


# Hellos whose handshake the replaying client can complete, by the client's pin.
_COMPLETE = {
    "": "keyed",
    "1.0": "openssl-3.0.22-tls1.0",
    "1.1": "openssl-3.0.22-tls1.1",
    "1.2": "openssl-3.0.22-tls1.2",
    "1.3": "versions-3.4",
}


def _replay_to_script(cell: Cell, scenario: Scenario, pki: Path) -> list[str]:
    """The client that is wrong on purpose about a server's hello (mutants.toml): its
    faults in the handshake are errors of the replay, others are every client's."""
    path = scenario.path or str(hellos.named(_COMPLETE[cell.pin("client")]).path)
    words = ["--ca", str(pki / "ca-rsa.pem"), "--name", "", "--hello", path]
    words += _fault(cell, "client")
    if error := _instead(cell, "client.replay."):
        return [*words, "--error", error]
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
    if name.startswith(("hello.", "script.", "replay.")):
        return words
    return words + (["--fault", name] if side == role else [])


def _instead(cell: Cell, kind: str) -> str:
    """What a fault of this kind has played instead: a hello, a script; "" nothing."""
    fault = cell.axis("fault")
    return fault.removeprefix(kind) if fault.startswith(kind) else ""


def _waits(fault: str) -> bool:
    return fault.startswith("hang-") or fault in (*_SILENT, *_NEVER, "mail-in-clear")
