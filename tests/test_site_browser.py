"""The static site in a browser: its script, its style, and its policy for both."""

from __future__ import annotations

import shutil
import subprocess
import zlib
from pathlib import Path
from typing import Iterator

import pytest

import report_run
from pages import MADE, Page, page_of, played, written


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with written() as site:
        yield site


def chromium(home: Path, *arguments: str) -> str:
    """What headless chromium prints."""
    program = shutil.which("chromium")
    assert program, "chromium is missing; see ci/packages.txt"
    done = subprocess.run(
        [
            *(program, "--headless", "--no-sandbox", "--disable-gpu"),
            *("--disable-background-networking", "--disable-dev-shm-usage"),
            *(f"--user-data-dir={home / 'home'}", "--virtual-time-budget=2000"),
            *arguments,
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout


def dom(home: Path, folder: Path, page: str) -> Page:
    """The page as chromium makes it, its script included."""
    return Page(chromium(home, "--dump-dom", f"{folder.as_uri()}/{page}"))


def classes(page: Page, tag: str, name: str) -> list[dict[str, str]]:
    return [
        found
        for this, found in page.tags
        if this == tag and name in found.get("class", "").split()
    ]


def test_browser_filters_the_matrix_by_the_fragment(
    folder: Path, tmp_path: Path
) -> None:
    page = dom(tmp_path, folder, "index.html#verdict=fail&scenario=upgrade")
    assert "1 cell in 1 pair" in page.text
    assert len(classes(page, "td", "dim")) == 8
    assert [f for tag, f in page.tags if tag == "form" and "hidden" not in f]
    links = page.attributes("href")
    for cell in MADE.plan:
        box = f"/pair/{cell.client}/{cell.server}.html#verdict=fail&scenario=upgrade"
        assert played(cell) or [link for link in links if link.endswith(box)]


def test_browser_filters_the_cells_of_a_pair(folder: Path, tmp_path: Path) -> None:
    page = dom(tmp_path, folder, "pair/openssl-3.0/gnutls-3.7.html#verdict=fail")
    rows = classes(page, "details", "cell")
    assert [f["class"] for f in rows if "hidden" not in f] == ["cell fail"]
    assert "1 cell" in page.text


def test_browser_opens_the_cell_of_the_address(folder: Path, tmp_path: Path) -> None:
    """And tells its command; all others stay as they were."""
    id = report_run.MISSES
    page = dom(tmp_path, folder, f"{page_of(id)}#{id}")
    rows = classes(page, "details", "cell")
    assert [f["id"] for f in rows if "open" in f] == [id]
    assert page.text.count("Copy command") == 1
    assert f"./interop run {id} && ./interop show {id}" in page.text


def test_browser_narrows_by_text(folder: Path, tmp_path: Path) -> None:
    page = dom(tmp_path, folder, "scenarios.html#text=untrusted")
    rows = [found for tag, found in page.tags if tag == "tr"]
    shown = len([f for f in rows if "hidden" not in f]) - 1  # but the heading
    assert 0 < shown < len(rows) - 1
    assert f"{shown} scenario" in page.text


def test_browser_applies_the_style_of_the_folder(folder: Path, tmp_path: Path) -> None:
    """The page's policy lets its own style in, opened without a server."""
    copy = tmp_path / "site"
    shutil.copytree(folder, copy)
    (copy / "style.css").write_text("html { background: #123456 }")
    picture = tmp_path / "page.png"
    chromium(tmp_path, f"--screenshot={picture}", f"{copy.as_uri()}/index.html")
    assert first_pixel(picture.read_bytes()) == b"\x12\x34\x56"


def first_pixel(png: bytes) -> bytes:
    """Red, green and blue of the upper left corner (which no PNG filter changes)."""
    data, at = b"", 8
    while at < len(png):
        size = int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + size]
        at += 12 + size
    return zlib.decompress(data)[1:4]
