"""probe - finds out what the programs can do, instead of believing them.

A client is started, natural and pinned to each version, against a responder of
ours that speaks as far as the ClientHello, or one message further; a server is
sent those same recorded hellos.  No TLS library takes part.  What a program
declares and does not show, or shows and does not declare, is a contradiction.
"""

from __future__ import annotations

import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable, Mapping, Sequence

from matrix import hello, process
from matrix.alerts import PROTOCOL_VERSION
from matrix.model import VERSION_BY_NUMBER, VERSIONS, Capabilities, Hello
from matrix.raw import fatal_alert, send_hello, server_hello
from matrix.vectors.recorder import Recorder

SECONDS = 20.0  # a machine may be busy; who is slow must not pass for one that cannot
NO_SUCH = "no-such-thing-5f1c"  # a word that no fault, stimulus or value can be
UNSUPPORTED = 89
# RSA, ECDHE_RSA and ECDHE_ECDSA with AES-128-CBC, from TLS 1.0 to 1.2
_OF_EVERY_VERSION = (0x002F, 0xC013, 0xC009)
WORDS = 100  # characters of what a program said that are told


Program = tuple[str, Path]  # role and path

# "3.5.9", and more behind a blank.  A peer's name is made of it, so a warning that
# comes before it, or a loader's complaint instead of it, must not pass for one.
_VERSION = re.compile(r"\d[0-9A-Za-z.+~-]*( [ -~]*)?")


@dataclass(frozen=True, slots=True)
class Declared:
    """The answers to --version and --capabilities."""

    version: str
    facts: tuple[tuple[str, str], ...]
    doubts: tuple[str, ...]  # what is wrong with the answers themselves
    mute: str = ""  # why it cannot be a peer: it does not say its version

    def words(self, name: str) -> tuple[str, ...]:
        found = (value.split() for known, value in self.facts if known == name)
        return tuple(next(found, []))

    def reasons(self) -> tuple[tuple[str, str], ...]:
        pairs = []
        for name, value in self.facts:
            if name.startswith("cannot."):
                which, _, why = value.partition(" ")
                pairs.append((f"{name.removeprefix('cannot.')} {which}", why))
        return tuple(pairs)


def probe(said: Mapping[Program, Declared], pki: Path) -> dict[Program, Capabilities]:
    """What each of these programs, given as (role, path), is able to do; ``pki``
    is the folder of certificates.  All of them run, two at a time a core."""
    clients = [program for program in said if program[0] == "client"]
    servers = [program for program in said if program[0] == "server"]
    with ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
        shown = list(pool.map(lambda p: _client(p[1], said[p], pki), clients))
        hellos = _by_version(hello for _, sent in shown for hello in sent)
        found = dict(zip(clients, (capabilities for capabilities, _ in shown)))
        answers = pool.map(lambda p: _server(p[1], said[p], pki, hellos), servers)
        found.update(zip(servers, answers))
    return found


def _ask(path: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit status, output and the last line of the complaints of a program that is
    to answer at once; status -1 if it did not run to its end."""
    try:
        done = subprocess.run(
            [path, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
        )
    except OSError as error:
        return -1, "", f"it cannot be started: {error.strerror}"
    except subprocess.TimeoutExpired:
        return -1, "", f"it does not answer within {SECONDS:g} s"
    text = done.stdout.decode("ascii", "backslashreplace")
    words = done.stderr.decode("ascii", "backslashreplace").strip()
    return done.returncode, text, words.rpartition("\n")[2][:WORDS]


def version(path: Path) -> tuple[str, str]:
    """The version that a program prints, and "" ; or "unknown" and why."""
    status, text, words = _ask(path, "--version")
    said = text.strip()
    if status == 0 and _VERSION.fullmatch(said):
        return said, ""
    if status == 0:
        return "unknown", f"--version says {ascii(said[:WORDS])}, which is no version"
    return "unknown", words or f"--version ends with {status}"


def declared(program: Program, pki: Path) -> Declared:
    """What a program says of itself."""
    role, path = program
    said, mute = version(path)
    if mute:
        return Declared(said, (), (), mute)
    doubts = []
    status, text, _ = _ask(
        path, *(_cert(pki) if role == "server" else ()), "--capabilities"
    )
    if status != 0:
        doubts.append("--capabilities does not end with 0")
    facts = []
    for line in text.splitlines():
        name, _, value = line.removeprefix("= ").partition(" ")
        facts.append((name, value))
    library = dict(facts).get("library", "").partition(" ")[2]
    if library != said:
        doubts.append(f"--version says {said}, --capabilities {library}")
    return Declared(said, tuple(facts), tuple(doubts))


def _honest(path: Path, usual: Sequence[str]) -> list[str]:
    """A program that accepts any word cannot say what it is unable to do."""
    doubts = []
    for option in ("--fault", "--stimulus", "--tls-min"):
        status, _, _ = _ask(path, *usual, option, NO_SUCH)
        if status != UNSUPPORTED:
            doubts.append(f"{option} {NO_SUCH} ends with {status}, not {UNSUPPORTED}")
    return doubts


def _capabilities(
    said: Declared,
    natural: Iterable[str],
    doubts: Sequence[str],
    lowered: Iterable[str] = (),
) -> Capabilities:
    natural, lowered = set(natural), set(lowered)
    return Capabilities(
        tls=tuple(v for v in VERSIONS if v in said.words("can.tls")),
        natural=tuple(v for v in VERSIONS if v in natural),
        lowered=tuple(v for v in VERSIONS if v in lowered),
        cert=said.words("can.cert") or Capabilities().cert,
        resume=_list(said, "can.resume"),
        renegotiation=_list(said, "can.renegotiation"),
        secrets=said.words("can.secrets") == ("yes",),
        reasons=said.reasons(),
        contradictions=(*said.doubts, *doubts),
    )


def _list(said: Declared, name: str) -> tuple[str, ...]:
    return tuple(word for word in said.words(name) if word != "-")


def _cert(pki: Path) -> tuple[str, ...]:
    return ("--cert", str(pki / "rsa.pem"), "--key", str(pki / "rsa.key"))


def _pin(version: str) -> tuple[str, ...]:
    old = ("--old",) if version in ("1.0", "1.1") else ()
    return ("--tls-min", version, "--tls-max", version, *old)


def offered(seen: Hello, declared: Sequence[str]) -> set[str]:
    """The versions a hello offers.  Without supported_versions these are all that
    the client has up to client_version (RFC 5246 E.1, RFC 8446 4.2.1)."""
    if seen.supported_versions:
        named = {VERSION_BY_NUMBER.get(n, "") for n in seen.supported_versions}
        return named & set(VERSIONS)
    highest = VERSION_BY_NUMBER.get(seen.client_version, "")
    if highest not in VERSIONS:
        return set()
    return set(VERSIONS[: VERSIONS.index(highest) + 1]) & set(declared)


def _client(
    path: Path, said: Declared, pki: Path
) -> tuple[Capabilities, list[tuple[str, bytes]]]:
    """What a client shows, and its pinned hellos by version."""
    tls = said.words("can.tls")
    doubts = _honest(path, ("--to", "127.0.0.1:1"))
    hellos = []
    for version in VERSIONS:
        octets = _hello_of(path, (*_pin(version), "--ca", str(pki / "ca-rsa.pem")))
        shown = _offers(octets, (version,)) == {version}
        if shown:
            hellos.append((version, octets))
        if shown != (version in tls):
            doubts.append(_contradiction(version, shown))
    takes, form = said.words("can.natural") or tls, said.words("can.form") or ("tls",)
    usual = ("--ca", str(pki / "ca-rsa.pem"))
    octets = _hello_of(path, usual)
    natural = _offers(octets, takes)
    natural -= {v for v in _unsaid(octets, natural) if _minds(path, usual, octets, v)}
    if not natural:
        doubts.append("sends no ClientHello when no version is pinned")
    elif (shown_form := hello.decode(octets).form) not in form:
        doubts.append(f"the form {form[0]} is declared, and {shown_form} shown")
    return _capabilities(said, natural, doubts), hellos


def _offers(octets: bytes, declared: Sequence[str]) -> set[str]:
    try:
        return offered(hello.decode(octets), declared)
    except ValueError:
        return set()


def _unsaid(octets: bytes, offered: set[str]) -> list[str]:
    """The versions of an offer that the client may not mean: a hello without
    supported_versions names the highest, and no lowest."""
    if not offered or hello.decode(octets).supported_versions:
        return []
    return [v for v in VERSIONS if v in offered and v != max(offered)]


def _minds(path: Path, usual: Sequence[str], octets: bytes, version: str) -> bool:
    """Whether a client that sent this hello refuses that version, when a server
    chooses it, with the alert of RFC 5246 E.1."""
    suites = hello.decode(octets).cipher_suites
    suite = next((n for n in _OF_EVERY_VERSION if n in suites), _OF_EVERY_VERSION[0])
    number = next(n for n, name in VERSION_BY_NUMBER.items() if name == version)
    with Recorder(SECONDS, answer=server_hello(number, suite)) as recorder:
        _ask(path, "--to", f"127.0.0.1:{recorder.port}", *usual)
        recorder.rest()
        return fatal_alert(recorder.reaction) == PROTOCOL_VERSION


def _contradiction(version: str, shown: bool) -> str:
    if shown:
        return f"TLS {version} is not declared, and shown"
    return f"TLS {version} is declared, and not shown"


def _hello_of(path: Path, arguments: Sequence[str]) -> bytes:
    """The first octets after STARTTLS of a client started so; b"" none came."""
    with Recorder(SECONDS) as recorder:
        _ask(path, "--to", f"127.0.0.1:{recorder.port}", *arguments)
        return recorder.rest()


def _by_version(hellos: Iterable[tuple[str, bytes]]) -> dict[str, list[bytes]]:
    sorted_out: dict[str, list[bytes]] = {version: [] for version in VERSIONS}
    for version, octets in hellos:
        sorted_out[version].append(octets)
    return sorted_out


def _server(
    path: Path, said: Declared, pki: Path, hellos: Mapping[str, Sequence[bytes]]
) -> Capabilities:
    """What a server answers to hellos that offer exactly one version."""
    tls = said.words("can.tls")
    cert = _cert(pki)
    doubts = _honest(path, (*cert, "--listen", "127.0.0.1:0"))
    for version in VERSIONS:
        one = {version: hellos[version]}
        shown = _accepted(path, (*cert, *_pin(version)), one) == {version}
        if not hellos[version] and version in tls:
            doubts.append(f"TLS {version} is declared; no client offers it to be asked")
        elif shown != (version in tls):
            doubts.append(_contradiction(version, shown))
    natural = _accepted(path, cert, hellos)
    if not natural:
        doubts.append("accepts no version when none is pinned")
    lowered = _accepted(path, (*cert, "--old"), hellos)
    return _capabilities(said, natural, doubts, lowered)


def _accepted(
    path: Path, arguments: Sequence[str], hellos: Mapping[str, Sequence[bytes]]
) -> set[str]:
    """The versions of which a server, started so, accepts at least one hello: a
    library may miss a cipher suite or group in one client's hello only."""
    program = process.Program(
        [str(path), *arguments, "--listen", "127.0.0.1:0", "--tied"]
    )
    accepted = set()
    try:
        if address := program.listens(SECONDS):
            for version, known in hellos.items():
                if any(_answers(program, address, h) == version for h in known):
                    accepted.add(version)
    except process.Ended:
        pass  # exit 89: it cannot be configured so
    finally:
        program.kill()
        program.close()
    return accepted


def _answers(program: process.Program, address: str, hello: bytes) -> str:
    """The version that a server chooses.  Its records are taken and dropped: a
    server whose output nobody takes comes to a stop."""
    chosen = send_hello(address, hello, SECONDS)
    program.feed()
    program.records.clear()
    return chosen
