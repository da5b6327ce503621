"""test_tree - the rules of the house that a program can check."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from making import TOP, variable

LINES = 400
NOT_OURS = {".git", "build", "node_modules", ".hypothesis"}
BINARY = {".png", ".db", ".gz"}
LIST = (TOP / "ci/packages.txt").read_text()
PACKAGES = {
    line.split()[0] for line in LIST.splitlines() if line and line[0] not in "#["
}
# The package that brings a module which is not in Python's own library.
MODULES = {
    "cryptography": "python3-cryptography",
    "hypothesis": "python3-hypothesis",
    "jinja2": "python3-jinja2",
    "markupsafe": "python3-jinja2",
    "pytest": "python3-pytest",
}
GENERATED = ["RESULTS.md"]


def files(folder: Path = TOP) -> Iterator[Path]:
    """What belongs to the suite: everything but what is built or cached."""
    for path in sorted(folder.iterdir()):
        if path.name in NOT_OURS or path.name.endswith("cache") or path.is_symlink():
            continue
        if path.is_dir():
            if path.name != "__pycache__":
                yield from files(path)
        else:
            yield path


ALL = [path for path in files() if path.suffix not in BINARY]
CORPUS = TOP / "tests" / "corpus"
TEXT = [path for path in ALL if CORPUS not in path.parents]
PYTHON = [path for path in TEXT if path.suffix == ".py" or path == TOP / "interop"]
C = [path for path in TEXT if path.suffix in {".c", ".h"}]
CODE = [path for path in TEXT if path.suffix not in {".md", ".flow", ".json"}]
HERE = Path(__file__).resolve()


def shown(path: Path) -> str:
    return str(path.relative_to(TOP))


def found(pattern: str, paths: list[Path]) -> list[str]:
    """ "file:line: text" of every line that the pattern is in."""
    return [
        f"{shown(path)}:{number}: {line.strip()}"
        for path in paths
        if path != HERE
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(pattern, line)
    ]


def is_script(path: Path) -> bool:
    return path.read_text().startswith(("#!/bin/bash", "#!/bin/sh"))


def test_no_file_is_long() -> None:
    code = [*PYTHON, *C, *filter(is_script, CODE)]
    long = {shown(p): n for p in code if (n := len(p.read_text().splitlines())) > LINES}
    assert not long, f"over {LINES} lines; a file does one thing"


@pytest.mark.parametrize("path", C, ids=shown)
def test_c_says_what_it_is(path: Path) -> None:
    first = path.read_text().splitlines()[0]
    assert re.match(rf"/\* {re.escape(path.name)} - \S", first), first


@pytest.mark.parametrize("path", PYTHON, ids=shown)
def test_python_says_what_it_is(path: Path) -> None:
    text = path.read_text()
    said = ast.get_docstring(ast.parse(text)) or ""
    if path.name.startswith("test_"):
        assert said
    elif text:
        name = path.parent.name if path.stem == "__init__" else path.stem
        assert re.match(rf"(interop )?{re.escape(name)} - \S", said), said[:80]


def test_scripts_say_what_they_are_and_are_checked() -> None:
    scripts = [path for path in CODE if is_script(path)]
    for path in scripts:
        second = path.read_text().splitlines()[1]
        assert re.match(rf"# {re.escape(path.name)} - \S", second), shown(path)
        assert path.stat().st_mode & 0o111, f"{shown(path)} cannot be executed"
    assert sorted(map(shown, scripts)) == sorted(variable("SCRIPTS"))


def test_no_path_of_one_machine() -> None:
    assert not found(r"(?<![\w.$}/])/(work|root|home|tmp)/", CODE)


def test_nothing_sleeps() -> None:
    assert not found(r"\b(sleep|usleep|nanosleep)\s*\(|\bsleep [0-9$]", CODE)


def test_nothing_is_skipped() -> None:
    """Style 9: what cannot run is reported with the reason, by name."""
    assert not found(r"pytest\.(importor)?skip|mark\.(skip|xfail)|\.xfail", PYTHON)
    ours = [p for p in CODE if p.suffix in {".py", ".c", ".h", ".toml", ".sql"}]
    assert not found("skipped", [p for p in ours if TOP / "tests" not in p.parents])


def test_every_import_has_a_package() -> None:
    ours = {"matrix"} | {path.stem for path in PYTHON if path.parent == TOP / "tests"}
    for path in PYTHON:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            else:
                continue
            for name in (name.partition(".")[0] for name in names):
                if name not in ours and name not in sys.stdlib_module_names:
                    assert MODULES.get(name) in PACKAGES, f"{shown(path)}: {name}"


def test_every_package_that_is_named_is_listed() -> None:
    pattern = r"\b(?:lib[a-z0-9.+-]+-dev|android-[a-z]+-dev|python3-[a-z0-9]+)\b"
    for path in TEXT:
        if path.suffix == ".era":  # other suites' packages: unpacked, not installed
            continue
        for name in re.findall(pattern, path.read_text()):
            assert name in PACKAGES, f"{shown(path)}: {name}"


def test_a_group_lists_a_package_once() -> None:
    for group in LIST.split("\n[")[1:]:
        names = [line.split()[0] for line in group.splitlines()[1:] if line]
        assert len(names) == len(set(names)), group


def test_nothing_calls_what_only_developers_have() -> None:
    """What make check and make matrix run must be installed by them."""
    for name in variable("DEVELOP"):
        assert not found(rf"[\"']{re.escape(name)}[\"']", PYTHON)


def test_every_library_has_a_backend_and_a_package() -> None:
    backends = sorted(variable("BACKENDS"))
    assert backends == sorted(path.stem for path in (TOP / "lib/tls").glob("*.c"))
    listed = re.findall(r"^\S+-dev +(\w+): a TLS library", LIST, re.MULTILINE)
    assert backends == sorted(listed)


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_file_says_so(name: str) -> None:
    path = TOP / name
    assert path.exists(), f"{name} is not there: run make matrix"
    assert re.search(r"[Gg]enerated by", path.read_text()[:400])


def test_the_words_of_the_house() -> None:
    vague = {"util", "utils", "helper", "helpers", "common", "misc", "base", "manager"}
    assert not [
        shown(p)
        for p in [*C, *PYTHON]
        if vague & set(re.split(r"[_.-]", p.stem.lower()))
    ]
    assert not found(r"^\s*class \w*(Manager|Base|Helper|Util)s?\b", PYTHON)


def test_links_lead_somewhere() -> None:
    for path in TEXT:
        if path.suffix == ".md":
            for link in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", path.read_text()):
                if "://" not in link:
                    assert (path.parent / link).exists(), f"{shown(path)}: {link}"


def test_every_target_is_explained() -> None:
    makefile = (TOP / "Makefile").read_text()
    phony = re.findall(r"^\.PHONY: ([a-z ]+)", makefile, re.M)
    explained = re.findall(r"^([a-z]+):.*## \S", makefile, re.M)
    assert sorted(" ".join(phony).split()) == sorted(explained)
    readme = (TOP / "README.md").read_text()
    assert not [target for target in explained if f"make {target}" not in readme]
