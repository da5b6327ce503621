"""eras - other generations of the libraries: what their peers are called, that each
program runs with its own suite's library and no other, and that what is missing is
said."""

from __future__ import annotations

import itertools
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from making import TOP, clean_environment, make
from matrix import eras, peers, process, suite
from matrix.eras import Era, Program
from matrix.model import Peer, Value
from matrix.places import Places
from matrix.plan import plan
from sessions import SCENARIOS, peer

ERAS = eras.load(TOP / "ci")
SUITES = [era for era in ERAS if era.make == "eras"]
FOLDER = TOP / "matrix" / "peers"
STABLE = "trixie"


# What is written.


def test_the_eras_have_an_order_and_their_families_a_description() -> None:
    ranks = [era.rank for era in ERAS]
    assert len(set(ranks)) == len(ranks) >= 5 and min(ranks) > 0
    described = peers.descriptions(FOLDER)
    for era in ERAS:
        assert {program.family for program in era.programs} <= set(described)
        assert era.title and era.programs


def test_every_suite_unpacks_what_its_peers_are_built_with() -> None:
    lines = (TOP / "ci" / "packages.txt").read_text().splitlines()
    package = {
        line.split()[1].rstrip(":"): line.split()[0] for line in lines if ":" in line
    }
    for era in (era for era in SUITES if era.tested):  # older ones had other names
        text = (TOP / "ci" / "eras.d" / f"{era.name}.era").read_text()
        row = next(line for line in text.splitlines() if line.startswith("packages"))
        for program in era.programs:
            assert package[program.family] in row, (era.name, program.family)


def test_the_script_and_the_harness_read_the_same() -> None:
    said = run_eras("--list").stdout.splitlines()
    assert said == [
        f"{era.name} {'tested' if era.tested else 'untested'} {era.title}"
        for era in SUITES
    ]


def test_names_hold_for_the_versions_they_were_given_for() -> None:
    assert named("3.5", "3.5.9") == "openssl-3.5"
    assert named("1.1", "1.1.1w") == "openssl-1.1"
    assert named("3.8.13", "3.8.13") == "openssl-3.8.13"
    assert named("3.8.1", "3.8.13") == "openssl-3.8.13"  # not 3.8.1
    assert named("3.6", "4.1.0") == "openssl-4.1.0"  # the suite has moved on
    assert named("3.0", "3.0.9") == "openssl-3.0.9"  # the host has that name
    assert "no second peer" in named("3.0", "3.0.22")


def named(part: str, version: str) -> str:
    """What a peer is called where the host has OpenSSL 3.0.22."""
    made = replace(peer("client", id=""), family="openssl", version=version)
    host = replace(peer("client"), version="3.0.22")
    got = eras.name(made, Program("openssl", "openssl", part), [host])
    return got if isinstance(got, str) else got.id


VERSIONS = st.builds(
    lambda a, b, c: f"{a}.{b}.{c}",
    st.integers(1, 3),
    st.integers(0, 3),
    st.integers(0, 3),
)


@given(st.lists(st.tuples(VERSIONS, VERSIONS), max_size=6))
def test_no_two_versions_have_one_name(rows: list[tuple[str, str]]) -> None:
    taken: list[Peer] = []
    for part, version in rows:
        made = replace(peer("server", id=""), family="f", version=version)
        got = eras.name(made, Program("f", "f", part.rpartition(".")[0]), taken)
        if isinstance(got, Peer):
            taken.append(got)
    assert len({p.id for p in taken}) == len({p.version for p in taken}) == len(taken)


def test_names_do_not_hang_on_which_eras_are_there() -> None:
    loaded = {"a": "1.1.1w", "b": "3.5.9", "c": "3.6.5", "d": "4.0.3"}
    for there in itertools.chain.from_iterable(
        itertools.combinations(loaded, n) for n in range(5)
    ):
        taken: list[Peer] = [replace(peer("client"), version="3.0.22")]
        for era in there:
            part = loaded[era].rpartition(".")[0]
            made = replace(peer("client", id=""), family="openssl", version=loaded[era])
            got = eras.name(made, Program("openssl", "openssl", part), taken)
            assert isinstance(got, Peer) and got.id == f"openssl-{part}"
            taken.append(got)


@pytest.mark.parametrize(
    "text", ["", "title = 1", "[peers]\n", "title = 'x'\nrank = 'y'"]
)
def test_a_file_that_is_wrong_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "eras.d").mkdir()
    (tmp_path / "eras.d" / "wrong.era").write_text(text)
    with pytest.raises(ValueError, match="wrong.era|invalid literal"):
        eras.load(tmp_path)


# What is missing.


def test_a_missing_era_is_planned_and_not_run(tmp_path: Path) -> None:
    era = Era(
        "next", "the next one", 1, True, (Program("openssl", "openssl", "9.9"),), "eras"
    )
    host = [peer("client"), peer("server")]
    found, sentences, again = eras.find(tmp_path, [era], FOLDER, host)
    assert again == ()
    assert [p.id for p in found] == ["openssl-9.9", "openssl-9.9"]
    assert "make eras" in sentences[0]
    cells = plan([host[0], found[0]], [host[1], found[1]], SCENARIOS, ["upgrade*"])
    missing = [c for c in cells if "openssl-9.9" in (c.client, c.server)]
    assert missing and all(c.excluded is Value.NOT_RUN for c in missing)
    assert all("make eras" in c.reason for c in missing)
    assert all(c.excluded is not Value.NOT_RUN for c in cells if c not in missing)


def test_a_program_whose_folder_was_moved_is_missing(tmp_path: Path) -> None:
    program = tmp_path / "next" / "client-openssl"
    program.parent.mkdir()
    program.write_text("#!/no/such/loader\n")
    program.chmod(0o755)
    row = Program("openssl", "openssl", "9.9", ("client",))
    for tested in (True, False):
        era = Era("next", "the next one", 1, tested, (row,), "eras")
        (found,), (sentence,), _ = eras.find(tmp_path, [era], FOLDER, [])
        assert found.about["missing"] in sentence
        assert "cannot be started: No such file or directory; if the" in sentence
        assert sentence.endswith("build it again: make eras")


def test_an_era_that_nobody_tests_is_in_no_plan_until_it_is_built(
    tmp_path: Path,
) -> None:
    era = Era(
        "old", "long ago", 1, False, (Program("openssl", "openssl", "0.9"),), "eras"
    )
    assert eras.find(tmp_path, [era], FOLDER, []) == ((), (), ())


def test_the_default_is_the_host(build: Path) -> None:
    places = Places(build=build)
    alone = suite.find(places)
    assert {p.about.get("era", "host") for p in alone.all} == {"host"}
    with_all = suite.find(places, everything=True)
    assert {p.id for p in alone.all} < {p.id for p in with_all.all}
    assert all("no second peer" in said for said in with_all.again)
    assert not any("no second peer" in said for said in with_all.missing)
    some = suite.find(places, named=["openssl-4*"])
    assert {p.id for p in some.all} - {p.id for p in alone.all} == {"openssl-4.0"}


# The script.


def run_eras(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [TOP / "ci" / "eras", *words],
        env=clean_environment(**environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def test_an_era_that_there_is_not() -> None:
    done = run_eras("potato")
    assert done.returncode == 2
    assert done.stderr.startswith('eras: no era "potato"; there are: ')


def test_no_network_is_said(tmp_path: Path) -> None:
    done = run_eras(
        STABLE, ERAS_BUILD=str(tmp_path), ERAS_MIRROR="http://127.0.0.1:9/x"
    )
    assert done.returncode == 3
    last = done.stderr.splitlines()[-1]
    assert (
        last.startswith(f"eras: {STABLE} could not be unpacked") and "network" in last
    )
    assert not (tmp_path / STABLE).exists()


def test_a_suite_of_the_archive_needs_its_address(tmp_path: Path) -> None:
    for era in SUITES:
        if not era.tested:
            done = run_eras(era.name, ERAS_BUILD=str(tmp_path), ERAS_ARCHIVE="")
            assert done.returncode == 3
            assert f"ERAS_ARCHIVE=URL ci/eras {era.name}" in done.stderr


# Another era for real: unpacked, built, run.


@pytest.fixture(scope="session")
def stable() -> Path:
    """build/trixie with all its programs, and the root of the suite."""
    done = make("-s", "eras-install")
    assert done.returncode == 0, done.stdout
    done = run_eras(STABLE)
    assert done.returncode == 0, done.stderr
    done = make("-s", f"era-{STABLE}")
    assert done.returncode == 0, done.stdout
    return TOP / "build" / STABLE


def unpacked(era: str) -> dict[str, str]:
    """Upstream versions of the packages of an unpacked era."""
    lines = (TOP / "build" / "eras" / era / ".packages").read_text().splitlines()
    return {line.split()[0]: line.split()[1] for line in lines}


def mapped(pid: int) -> set[str]:
    """The files that a process has mapped as code."""
    lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
    return {line.split()[-1] for line in lines if "/" in line and " r-xp " in line}


STABLE_FAMILIES = [
    program.family for era in SUITES if era.name == STABLE for program in era.programs
]


@pytest.mark.parametrize("family", STABLE_FAMILIES)
def test_a_program_runs_with_its_own_suite_and_says_so(
    stable: Path, family: str
) -> None:
    build = TOP / "build"
    pki = build / "certs"
    server = stable / f"server-{family}"
    said = subprocess.run([server, "--version"], capture_output=True, text=True)
    lines = (TOP / "ci" / "packages.txt").read_text().splitlines()
    package = next(line.split()[0] for line in lines if f" {family}: " in line)
    assert said.stdout.split()[0] == unpacked(STABLE)[package]
    program = process.Program(
        [
            *(str(server), "--listen", "127.0.0.1:0", "--tied"),
            *("--cert", str(pki / "rsa.pem"), "--key", str(pki / "rsa.key")),
        ]
    )
    try:
        assert program.listens(10)
        code = mapped(program.pid)
    finally:
        program.kill()
        program.close()
    root = str(build / "eras" / STABLE)
    assert all(path.startswith((root, str(stable))) for path in code), code
    assert any(f"/{NAMES[family]}" in path for path in code), code


NAMES = {
    "openssl": "libssl.so.3",
    "gnutls": "libgnutls.so",
    "mbedtls": "libmbedtls.so",
    "wolfssl": "libwolfssl.so",
    "nss": "libssl3.so",
    "bearssl": "libbearssl.so",
    "boringssl": "android/libssl.so",
}


def test_it_reads_the_configuration_of_its_own_suite(stable: Path) -> None:
    """The host's openssl.cnf is the host's policy."""
    client = str(stable / "client-openssl")
    text = subprocess.run(["strings", client], capture_output=True, text=True).stdout
    assert f"{TOP}/build/eras/{STABLE}/usr/lib/ssl/openssl.cnf" in text
    environment = os.environ | {"OPENSSL_CONF": "/nowhere/openssl.cnf"}
    done = subprocess.run([client, "--capabilities"], env=environment)
    assert done.returncode == 0


def test_its_folder_has_no_link_out_of_it(stable: Path) -> None:
    root = TOP / "build" / "eras" / STABLE
    links = [path for path in root.rglob("*") if path.is_symlink()]
    assert links and not [path for path in links if os.readlink(path).startswith("/")]


def test_old_and_new_meet(stable: Path, tmp_path: Path) -> None:
    """A cell of the era with the host, each way, through the whole harness."""
    cells = ["upgrade/openssl-3.5/openssl-3.0", "upgrade/openssl-3.0/openssl-3.5"]
    done = subprocess.run(
        [TOP / "interop", "run", "--quiet", "--run", tmp_path / "run.db", *cells],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("2 cells: 2 pass; no gaps")
