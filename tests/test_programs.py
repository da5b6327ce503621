"""programs - each one is linked with the TLS library that its name says, and with
no other, and says which version of it is loaded."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from matrix import mutants
from sessions import SCENARIOS, TABLES

ROOT = Path(__file__).resolve().parents[1]
HOST = ROOT / "build" / "host"

# The shared objects that have a library's TLS code, as the loader names them.
TLS_CODE = {
    "openssl": r"/libssl\.so\.3$",
    "gnutls": r"/libgnutls\.so",
    "mbedtls": r"/libmbedtls\.so",
    "wolfssl": r"/libwolfssl\.so",
    "nss": r"/libssl3\.so",
    "bearssl": r"/libbearssl\.so",
    "boringssl": r"/android/libssl\.so",
}
PACKAGE = {  # what has the file that is loaded, as dpkg names it
    "openssl": "libssl3",
    "gnutls": "libgnutls30",
    "mbedtls": "libmbedtls14",
    "wolfssl": "libwolfssl35",
    "nss": "libnss3",
    "bearssl": "libbearssl0",
    "boringssl": "android-libboringssl",
}

PROGRAMS = sorted(
    path
    for path in HOST.glob("*-*")
    if path.name.split("-")[0] in ("client", "server")
    and path.name.split("-")[1] in TLS_CODE  # what replays and plays has none
    and os.access(path, os.X_OK)
)


def name(path: Path) -> str:
    return path.name


def family(path: Path) -> str:
    return path.name.partition("-")[2]


def loaded(path: Path) -> list[str]:
    """The files that the loader takes for a program."""
    told = subprocess.run(["ldd", path], capture_output=True, text=True, check=True)
    return re.findall(r"=> (/\S+) \(", told.stdout)


def answer(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [path, *arguments], capture_output=True, text=True, timeout=60
    )


def test_the_three_that_must_be_there_are() -> None:
    names = {path.name for path in PROGRAMS}
    for required in ("openssl", "gnutls", "mbedtls"):
        assert {f"client-{required}", f"server-{required}"} <= names


def test_every_program_has_its_other_half() -> None:
    names = {path.name for path in PROGRAMS}
    assert {n.replace("client", "server") for n in names} <= names
    assert {n.replace("server", "client") for n in names} <= names


@pytest.mark.parametrize("path", PROGRAMS, ids=name)
def test_linked_with_its_own_library_and_no_other(path: Path) -> None:
    files = loaded(path)
    found = {
        known
        for known, pattern in TLS_CODE.items()
        if any(re.search(pattern, file) for file in files)
    }
    assert found == {family(path)}, files


@pytest.mark.parametrize("path", PROGRAMS, ids=name)
def test_it_says_the_version_that_is_loaded(path: Path) -> None:
    """Against the headers it was compiled with, and the package of the very file
    that the loader takes."""
    said = answer(path, "--version").stdout.strip()
    number = re.match(r"\d+(\.\d+)+", said)
    assert number, said
    told = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Version}", PACKAGE[family(path)]],
        capture_output=True,
        text=True,
    )
    if told.returncode == 0:  # a system without dpkg has only the headers to ask
        upstream = told.stdout.partition(":")[2] or told.stdout
        assert upstream.startswith(number[0]), f"{said} is loaded from {told.stdout}"


@pytest.mark.parametrize("path", PROGRAMS, ids=name)
def test_version_and_capabilities_agree(path: Path) -> None:
    said = answer(path, "--version").stdout.strip()
    facts = answer(path, "--capabilities").stdout.splitlines()
    assert f"= library {family(path)} {said}" in facts


@pytest.mark.parametrize("path", PROGRAMS, ids=name)
@pytest.mark.parametrize(
    "words, status",
    [
        ("--fault no-such-fault", 89),
        ("--stimulus no-such-stimulus", 89),
        ("--tls-min 9.9", 89),
        ("--resume perhaps", 89),
        ("--no-such-option", 2),
        ("--tls-min", 2),
        ("", 2),
    ],
)
def test_what_it_cannot_do_it_says(path: Path, words: str, status: int) -> None:
    done = answer(path, *words.split())
    assert done.returncode == status
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "program, where, key",
    [
        ("client-replay", "client.replay.", "client_error"),
        ("server-player", "server.script.", "script"),
    ],
)
def test_what_stands_in_a_library_s_place_lists_what_it_is_asked_for(
    program: str, where: str, key: str
) -> None:
    asked = {getattr(scenario, key) for scenario in SCENARIOS.values()} - {""}
    rows = mutants.load(TABLES / "mutants.toml", SCENARIOS)
    asked |= {r.fault.removeprefix(where) for r in rows if r.fault.startswith(where)}
    listed = {
        line.split()[0] for line in answer(HOST / program, "--list").stdout.splitlines()
    }
    assert asked and asked <= listed, asked - listed
