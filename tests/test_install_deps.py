"""test_install_deps - ci/install-deps and ci/have on machines of all kinds.

The machines are made of small programs in a folder that is the whole PATH.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from making import TOP

TOOLS = "bash cat comm cut dirname env grep head mktemp rm sed sort tail uniq wc"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A folder with the tools that even a bare Debian has, and nothing else."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS.split():
        found = shutil.which(name)
        assert found is not None, name
        (folder / name).symlink_to(found)
    program(folder, "id", "echo 0")
    return folder


def program(path: Path, name: str, script: str) -> None:
    """Puts a shell script into the folder."""
    file = path / name
    file.write_text(f"#!{path}/bash\n{script}\n")
    file.chmod(0o755)


def debian(path: Path, *missing: str, apt: str = "exit 0") -> None:
    """dpkg has everything but some packages; apt-get notes what it was told."""
    hidden = "|".join(missing) or "-"
    program(
        path,
        "dpkg-query",
        f"format=$3; shift 3; for p; do case $p in {hidden}) continue;; esac\n"
        'case $format in *Version*) echo "installed 2:1.2.3-4+deb1";;\n'
        '*) echo "$p installed";; esac; done',
    )
    program(path, "apt-get", f'echo "$@" >>{path}/told\n{apt}')


def run(path: Path, tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [path / "bash", f"ci/{tool}", *arguments],
        cwd=TOP,
        env={"PATH": str(path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def told(path: Path) -> str:
    file = path / "told"
    return file.read_text() if file.exists() else ""


def test_nothing_missing_says_nothing_and_asks_nobody(path: Path) -> None:
    debian(path)
    done = run(path, "install-deps", "run", "check", "develop")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert told(path) == ""


def test_what_is_missing_is_named_and_installed(path: Path) -> None:
    debian(path, "libnss3-dev", "shellcheck")
    done = run(path, "install-deps", "run", "check")
    assert done.returncode == 0
    assert "  libnss3-dev               nss: a TLS library" in done.stderr
    assert done.stderr.endswith("installed 2 packages\n")
    update, install = told(path).splitlines()
    assert update.endswith(" update")
    assert install.endswith("--no-install-recommends libnss3-dev shellcheck")


def test_a_group_that_was_not_asked_for_is_left_alone(path: Path) -> None:
    debian(path, "shellcheck")
    assert run(path, "install-deps").returncode == 0
    assert told(path) == ""


def test_no_network(path: Path) -> None:
    debian(path, "make", apt="echo 'E: Could not resolve host' >&2; exit 100")
    done = run(path, "install-deps", "run")
    assert done.returncode == 3
    assert "E: Could not resolve host" in done.stderr
    assert "is there a network" in done.stderr.splitlines()[-1]


def test_neither_root_nor_sudo(path: Path) -> None:
    debian(path, "make", "gcc")
    program(path, "id", "echo 1000")
    done = run(path, "install-deps")
    assert done.returncode == 3
    assert done.stderr.endswith(
        "as root, run: apt-get install --no-install-recommends gcc make\n"
    )
    assert told(path) == ""


def test_sudo_is_used_and_asks_nothing_without_a_terminal(path: Path) -> None:
    debian(path, "make")
    program(path, "id", "echo 1000")
    program(path, "sudo", f'echo "sudo $1" >>{path}/told; shift; exec "$@"')
    assert run(path, "install-deps").returncode == 0
    assert told(path).splitlines()[0] == "sudo -n"


def test_not_debian(path: Path) -> None:
    done = run(path, "install-deps")
    assert done.returncode == 2
    assert "  libbearssl-dev            bearssl: a TLS library" in done.stderr
    assert "docker run" in done.stderr.splitlines()[-1]
    assert "debian:12" in done.stderr.splitlines()[-1]


def test_an_unknown_group(path: Path) -> None:
    done = run(path, "install-deps", "everything")
    assert done.returncode == 2
    assert done.stderr.startswith(
        'install-deps: no group "everything"; there are: run check bench '
    )


def test_list(path: Path) -> None:
    done = run(path, "install-deps", "--list", "develop")
    assert done.returncode == 0
    assert done.stdout == "gdb\n"


def test_have(path: Path) -> None:
    debian(path, "libnss3-dev")
    done = run(path, "have", "openssl", "nss")
    assert done.returncode == 1
    assert done.stdout == "openssl 1.2.3 2:1.2.3-4+deb1\n"
    assert done.stderr == (
        "missing: nss, so client-nss and server-nss are not built;"
        " ci/install-deps run installs libnss3-dev\n"
    )


def test_have_an_unknown_library(path: Path) -> None:
    debian(path)
    done = run(path, "have", "schannel")
    assert done.returncode == 2
    assert "schannel is in no line of ci/packages.txt" in done.stderr
