"""test_build - the Makefile builds and installs what it says."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from making import TOP, clean_environment, make, variable


def libcrypto(program: str) -> list[str]:
    """The libcrypto that the loader finds for a program."""
    done = subprocess.run(
        ["ldd", TOP / "build/host" / program], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return re.findall(r"=> (\S+/libcrypto\.\S+)", done.stdout)


@pytest.mark.parametrize("role", ["client", "server"])
def test_openssl_and_boringssl_never_meet(role: str) -> None:
    """Both call their library libcrypto, and their symbols are the same."""
    (openssl,) = libcrypto(f"{role}-openssl")
    (boringssl,) = libcrypto(f"{role}-boringssl")
    assert "/android/" in boringssl
    assert "/android/" not in openssl


def test_nothing_is_built_twice() -> None:
    first, second = make("build"), make("build")
    assert first.returncode == second.returncode == 0, first.stdout + second.stdout
    assert second.stdout == "", "a second make build must have nothing to do"


def test_a_missing_library_is_named_and_the_others_are_built(tmp_path: Path) -> None:
    hide = tmp_path / "dpkg-query"
    hide.write_text(
        "#!/bin/bash\n"
        '[[ " $* " == *" libnss3-dev "* ]] && exit 1\n'
        f'PATH=${{PATH#{tmp_path}:}} exec dpkg-query "$@"\n'
    )
    hide.chmod(0o755)
    path = f"{tmp_path}:/usr/local/bin:/usr/bin:/bin"
    assert make("-s", "print-HAVE", PATH=path).stdout.split() == [
        name for name in variable("BACKENDS") if name != "nss"
    ]
    plan = make("-n", "build", PATH=path).stdout
    assert "client-nss" not in plan
    assert "ci/have openssl gnutls mbedtls wolfssl nss bearssl boringssl" in plan


def test_install(tmp_path: Path) -> None:
    done = make("install", f"DESTDIR={tmp_path}", "PREFIX=/opt/suite")
    assert done.returncode == 0, done.stdout
    command = tmp_path / "opt/suite/bin/interop"
    peers = subprocess.run(
        [command, "peers"],
        cwd=tmp_path,
        env=clean_environment(INTEROP_BUILD=str(tmp_path / "state")),
        capture_output=True,
        text=True,
    )
    assert peers.returncode == 0, peers.stderr
    assert "openssl-3." in peers.stdout


def test_help_has_a_line_for_every_target() -> None:
    done = make("help")
    assert done.returncode == 0
    assert re.search(r"^  make matrix +\S", done.stdout, re.M)
    assert re.search(r"^  make check +\S", done.stdout, re.M)
