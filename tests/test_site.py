"""The static site: well-formed, closed in itself, harmless."""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Iterator
from urllib.parse import unquote, urljoin, urlsplit

import pytest

import report_run
from matrix.report import site
from pages import BOOK, CHAPTER, MADE, Page, page_of, played, written


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with written() as site:
        yield site


@pytest.fixture(scope="module")
def pages(folder: Path) -> dict[str, Page]:
    return {
        str(path.relative_to(folder)): Page(path.read_text("utf-8"))
        for path in sorted(folder.rglob("*.html"))
    }


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_page_a_pair_a_recorded_hello_and_the_rest(pages: dict[str, Page]) -> None:
    pairs = {f"pair/{cell.client}/{cell.server}.html" for cell in MADE.plan}
    recorded = {f"scenario/{c.scenario}.html" for c in MADE.plan if played(c)}
    rest = {"index.html", "tables.html", "peers.html", "scenarios.html", CHAPTER.path}
    assert set(pages) == rest | recorded | pairs and recorded


def test_the_id_of_a_cell_is_its_fragment(pages: dict[str, Page]) -> None:
    for cell in MADE.plan:
        assert cell.id in pages[page_of(cell.id)].ids
    listed = pages["pair/replay/gnutls-3.7.html"].attributes("href")
    there = [cell.id for cell in MADE.plan if played(cell)]
    for id in there:
        if id.split("/")[2] == "gnutls-3.7":
            assert f"../../{page_of(id)}#{id}" in listed


def test_a_check_that_failed_leads_to_its_clause(pages: dict[str, Page]) -> None:
    page = pages[page_of(report_run.FAILS)]
    assert "../../clause/told.html#part" in page.attributes("href")


def test_a_chapter_is_found_from_every_chapter_and_the_index(
    pages: dict[str, Page]
) -> None:
    assert CHAPTER.path in pages["index.html"].attributes("href")
    told = pages[CHAPTER.path]
    assert f"../{page_of(report_run.FAILS)}#{report_run.FAILS}" in told.attributes(
        "href"
    )
    assert "part" in told.ids and "cell-1" in told.ids and "[1]" in told.text
    assert "<script>alert" in told.text and ("script", {}) not in told.tags


def test_pages_are_well_formed(pages: dict[str, Page]) -> None:
    assert {name: page.trouble for name, page in pages.items() if page.trouble} == {}


def test_pages_are_small(folder: Path) -> None:
    cells = sum(path.stat().st_size for path in (folder / "pair").rglob("*.html"))
    assert cells < 3_000 * len(MADE.plan)
    assert (folder / "index.html").stat().st_size < 300_000


def test_links_lead_to_pages_and_places(folder: Path, pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        for link in page.attributes("href") + page.attributes("src"):
            to = urlsplit(urljoin(f"http://site/{name}", link))
            assert to.netloc == "site", (name, link)
            path = unquote(to.path).lstrip("/")
            assert (folder / path).is_file(), (name, link)
            state = "=" in to.fragment and "/" not in to.fragment  # for filter.js
            if to.fragment and not state:
                assert unquote(to.fragment) in pages[path].ids, (name, link)


def test_nothing_is_loaded_from_elsewhere(folder: Path, pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        loads = [
            found.get("src", found.get("href", ""))
            for tag, found in page.tags
            if tag in ("script", "link", "img", "iframe", "object", "embed", "source")
        ]
        assert all(not urlsplit(link).scheme for link in loads), name
        assert not any(link.startswith("//") for link in loads), name
    for name in ("style.css", "filter.js"):
        said = (folder / name).read_text("utf-8")
        assert not re.search(r"https?:|url\(|@import|fetch\(|XMLHttp|import\(", said)


def test_every_page_has_a_policy_and_no_inline_code(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        (policy,) = [
            found["content"]
            for tag, found in page.tags
            if found.get("http-equiv") == "Content-Security-Policy"
        ]
        assert policy.startswith("default-src 'none'"), name
        assert "unsafe" not in policy
        for tag, found in page.tags:
            assert not [a for a in found if a.startswith("on") or a == "style"], name
            assert tag != "style" and (tag != "script" or "src" in found), name


def test_tables_are_tables(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        names = [tag for tag, _ in page.tags]
        assert names.count("table") == names.count("caption"), name
        heads = [found for tag, found in page.tags if tag == "th"]
        assert all(found.get("scope") in ("row", "col") for found in heads), name
        assert names.count("h1") == names.count("main") == 1, name
        assert ("html", {"lang": "en"}) in page.tags, name


def test_a_box_that_leads_to_a_cell_keeps_its_words(folder: Path) -> None:
    raw = (folder / "tables.html").read_text("utf-8")
    link = r'<a class="i" href="scenario/hello[^"]+"><span[^>]+>.</span> ([^<]+)</a>'
    assert set(re.findall(link, raw[raw.index('id="sslv2"') :])) == {"1.2"}


def test_findings_of_one_rule_name_every_library(tmp_path: Path) -> None:
    other = "upgrade/openssl-3.0/openssl-3.0/tls=1.1"
    failed = replace(MADE.verdicts[report_run.FAILS], cell=other)
    run = replace(MADE, verdicts={**MADE.verdicts, other: failed})
    site.write(run, tmp_path, report_run.SCENARIOS)
    raw = (tmp_path / "index.html").read_text("utf-8")
    assert "<summary>server: 2 libraries</summary>" in raw
    for name in ("gnutls-3.7", "openssl-3.0"):
        assert re.search(rf'<li><a href="[^"]+tls=1.1">{name}</a> 1</li>', raw)


def test_hostile_octets_are_text(folder: Path, pages: dict[str, Page]) -> None:
    name = page_of(report_run.HOSTILE_CELL)
    raw = (folder / name).read_text("utf-8")
    assert "<script>alert" not in raw
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in raw
    assert r"250 <script>alert(1)</script>&\x1b]0;gotcha\x07\xff" in pages[name].text
    for path in folder.rglob("*.html"):
        said = path.read_text("utf-8")
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", said), path
        for script in re.findall(r"<script[^>]*>", said):
            assert re.fullmatch(r'<script src="[./]*filter\.js" defer>', script), path


def test_matrix_has_words_letters_and_links(pages: dict[str, Page]) -> None:
    index = pages["index.html"]
    assert "not-run" in index.text and "inconclusive" in index.text
    assert f"2 of {len(report_run.made().plan)} cells have no result" in index.text
    assert "pair/openssl-3.0/gnutls-3.7.html" in index.attributes("href")
    cells = dict(
        zip(
            [a for a in index.attributes("href") if a.startswith("pair/")],
            index.attributes("data-cells"),
        )
    )
    said = cells["pair/openssl-3.0/gnutls-3.7.html"].split(";")
    assert "fail upgrade 1" in said and "strict-miss upgrade 1" in said
    total = sum(
        int(part.split(" ")[2]) for c in cells.values() for part in c.split(";")
    )
    assert total == len([cell for cell in MADE.plan if not played(cell)])


def test_cell_page_has_evidence(pages: dict[str, Page]) -> None:
    said = pages[page_of(report_run.FAILS)].text
    for part in (
        "predicted",
        "tls-version",
        "RFC 5246 E.1",
        "Known until 2027-01-01",
        "as the client recorded it",
        "as the server recorded it",
        "handshake client_hello, 77 octets",
        "0000  16 03 01 00 4d",
        f"./interop run {report_run.FAILS} && ./interop show {report_run.FAILS}",
    ):
        assert part in said, part
    assert "CLIENT_RANDOM" not in said


def test_cell_page_of_what_did_not_run(pages: dict[str, Page]) -> None:
    assert "no result arrived" in pages[page_of(report_run.LOST)].text
    excluded = next(cell for cell in MADE.plan if cell.excluded)
    assert "cannot do TLS 1.3" in pages[page_of(excluded.id)].text


def test_same_run_same_bytes(folder: Path, tmp_path: Path) -> None:
    site.write(MADE, tmp_path / "again", report_run.SCENARIOS, BOOK)
    assert digest(folder) == digest(tmp_path / "again")


def test_writing_again_leaves_nothing_old(tmp_path: Path) -> None:
    site.write(MADE, tmp_path, report_run.SCENARIOS)
    before = digest(tmp_path)
    (tmp_path / "pair" / "old.html").write_text("old")
    site.write(MADE, tmp_path, report_run.SCENARIOS)
    assert digest(tmp_path) == before


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "cell").mkdir()
    (tmp_path / "cell" / "mine.txt").write_text("mine")
    with pytest.raises(ValueError, match="give an empty folder"):
        site.write(MADE, tmp_path, report_run.SCENARIOS)
    assert (tmp_path / "cell" / "mine.txt").read_text() == "mine"


def test_a_site_cut_short_says_so_and_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(site.UNFINISHED)
    (tmp_path / "scenario").mkdir()
    site.write(MADE, tmp_path, report_run.SCENARIOS)
    assert "was not written" not in (tmp_path / "index.html").read_text("utf-8")


# --- colours ---

PAIRS = [
    *[(ink, "page") for ink in ("ink", "quiet", "link", "info")],
    *[(ink, "raised") for ink in ("ink", "quiet", "link")],
    *[(ink, "head") for ink in ("ink", "quiet", "link")],
    *[(ink, "tls-bg") for ink in ("ink", "quiet")],
    *[("good", "good-bg"), ("bad", "bad-bg"), ("gap", "gap-bg"), ("ink", "miss-bg")],
]


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb" (WCAG 2.1)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else math.pow((part + 0.055) / 1.055, 2.4)
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ink, paper", PAIRS)
def test_contrast_is_enough_to_read(
    folder: Path, theme: int, ink: str, paper: str
) -> None:
    """AA: 4.5 to 1, in both themes."""
    said = (folder / "style.css").read_text("utf-8")
    block = re.findall(r":root \{(.*?)\}", said, re.DOTALL)[theme]
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
    one, other = sorted(luminance(colours[name]) for name in (ink, paper))
    assert (other + 0.05) / (one + 0.05) >= 4.5
