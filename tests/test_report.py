"""RESULTS.md, the tables behind it, and what the terminal shows of a cell."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import report_run
from matrix.model import Cell, Judgement, Peer, Run, Value
from matrix.observe import observe
from matrix.report import blocks, contents, results_md, text, view, words
from matrix.report.escape import code, markdown, octets, plain
from matrix.report.groups import Reason, by_rule, causes, findings, reasons
from matrix.report.squares import pair_matrix
from matrix.report.view import View

MADE = report_run.made()
CONTROLS = re.compile(r"[^\x20-\x7e\n\u2190-\u21ff\u00d7]")


@pytest.fixture(scope="module")
def whole() -> View:
    return view.build(MADE, report_run.SCENARIOS)


@pytest.fixture(scope="module")
def results(whole: View) -> str:
    return results_md.render(whole)


def section(results: str, title: str) -> str:
    return results.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def rows(results: str, title: str) -> list[list[str]]:
    """The body of a section's table, box by box."""
    lines = [x for x in section(results, title).split("\n") if x.startswith("|")]
    cut = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines[2:]]
    return [[box.strip() for box in boxes] for boxes in cut]


# --- words ---


def test_every_verdict_has_a_letter_of_its_own_and_a_meaning() -> None:
    assert set(words.LETTERS) == set(words.MEANINGS) == set(Value)
    assert len(set(words.LETTERS.values())) == len(Value)
    assert "skipped" not in " ".join(words.MEANINGS.values())


# --- escaping ---


@pytest.mark.parametrize(
    "data, shown",
    [
        (b"250 ok", "250 ok"),
        (b"\x1b[2J\x07", r"\x1b[2J\x07"),
        (b"a\r\nb\t\x80\xff\\", r"a\r\nb\t\x80\xff\\"),
    ],
)
def test_octets(data: bytes, shown: str) -> None:
    assert octets(data) == shown


@pytest.mark.parametrize(
    "said, shown",
    [
        ("plain", "plain"),
        ("\x1b]0;x\x07", r"\x1b]0;x\x07"),
        ("a\nb", r"a\nb"),
        ("\u202egnp", r"\u{202e}gnp"),
        ("\x9b31m", r"\x9b31m"),
        ("\ud800", r"\u{d800}"),
    ],
)
def test_plain(said: str, shown: str) -> None:
    assert plain(said) == shown


def test_markdown_leaves_no_markup() -> None:
    assert markdown("a|b") == r"a\|b"
    assert markdown("<b>&`x`*y*[z](u)") == r"&lt;b&gt;&amp;\`x\`\*y\*\[z\](u)"
    assert markdown("protocol_version _x_") == r"protocol_version \_x\_"
    assert "http://" not in markdown("see http://evil.example")
    assert code("a`b|c") == r"`a'b\|c`"


# --- the view ---


def test_view_has_every_planned_cell_once(whole: View) -> None:
    assert [e.cell for e in whole.entries] == list(MADE.plan)
    assert sum(whole.counts().values()) == len(MADE.plan)


def test_view_of_a_cell_without_judgement_is_not_run(whole: View) -> None:
    lost = next(e for e in whole.entries if e.cell.id == report_run.LOST)
    assert lost.verdict is Value.NOT_RUN and lost.seen is None
    assert {e.cell.id for e in whole.gaps()} == {report_run.LOST, report_run.BROKEN}


def test_view_takes_the_alert_from_its_sender(whole: View) -> None:
    apart = [e for e in whole.entries if e.cell.axis("client-tls") and e.seen]
    assert apart and all(e.seen and e.seen.alerts == (("server", 70),) for e in apart)


@pytest.mark.parametrize("name", ["../x", "a/../b", "up grade", "", "A", "a/.", "é"])
def test_view_refuses_a_cell_that_is_no_path(name: str) -> None:
    with pytest.raises(ValueError, match="is the run file ours"):
        view.checked(Cell(name, "a", "b"))


def test_findings_are_grouped_and_the_worst_is_first(whole: View) -> None:
    fail, miss = findings(whole, (Value.FAIL, Value.STRICT_MISS))
    assert (fail.value, fail.check, fail.side) == (Value.FAIL, "tls-version", "server")
    assert fail.peer == "gnutls-3.7" and fail.cells == (report_run.FAILS,)
    assert fail.explained == "GnuTLS does <this>"
    assert (miss.value, miss.peer) == (Value.STRICT_MISS, "openssl-3.0")
    assert miss.known is None


def test_a_verdict_that_no_check_explains_is_a_finding(whole: View) -> None:
    bare = Judgement(whole.entries[0].cell.id, Value.FAIL, "it crashed", ())
    odd = replace(whole.entries[0], judgement=bare)
    (found,) = findings(replace(whole, entries=(odd,)), (Value.FAIL,))
    assert (found.check, found.because) == ("verdict", "it crashed")


def test_reasons_have_every_cell(whole: View) -> None:
    left_out = reasons(whole, (Value.UNSUPPORTED,))
    assert sum(len(r.cells) for r in left_out) == whole.counts()[Value.UNSUPPORTED]


def test_tables_have_a_box_for_each_column(whole: View) -> None:
    made = contents.contents(whole).tables
    assert made and contents.pairs(whole) and contents.hellos(whole)
    more = (*contents.pairs(whole), *contents.hellos(whole))
    for table in (pair_matrix(whole), *made, *more):
        assert table.reading.endswith(".")
        for _, boxes in table.rows:
            assert len(boxes) == len(table.columns), table.slug


def test_tables_of_a_run_of_one_cell(whole: View) -> None:
    small = replace(whole, entries=whole.entries[:1])
    assert [table.slug for table in contents.contents(small).tables] == ["scenarios"]
    assert "## Gaps\n\n0 of 1 planned cell" in results_md.render(small)
    assert results_md.render(replace(whole, entries=()))


# --- RESULTS.md ---


def test_results_say_first_that_they_are_generated(results: str) -> None:
    first = results.split("\n", 1)[0]
    assert first.startswith("<!-- Generated by `./interop report` from the run 2026")


def test_results_are_the_same_each_time(results: str) -> None:
    assert results_md.render(view.build(MADE, report_run.SCENARIOS)) == results


def test_results_begin_with_what_they_are_given(whole: View) -> None:
    shown = blocks.Cell(report_run.FAILS, "failed")
    opening = (blocks.Heading("The answer"), blocks.Paragraph(("Because ", shown)))
    behind = (blocks.Heading("Backed by"), blocks.Cited())
    text = results_md.render(whole, opening, behind)
    heads = [line for line in text.split("\n") if line.startswith("## ")]
    assert heads[:2] == ["## The answer", "## The run"]
    assert heads[-2:] == ["## Backed by", "## See a cell, and run it again"]
    assert "Because [\\[1\\]](#cell-1)" in text
    assert f'<a id="cell-1"></a>1 | `{report_run.FAILS}` | failed |' in text


def test_results_are_short_and_say_what_they_do_not_mean(results: str) -> None:
    assert results.count("\n") < 600
    assert "## What a result does not mean" in results
    assert "league table" in results


def test_results_count_with_denominator_and_gaps(results: str) -> None:
    passed = sum(judged.verdict is Value.PASS for judged in MADE.verdicts.values())
    words = f"{passed} of {len(MADE.plan)} planned cells pass; 2 fail or strict-miss "
    assert passed > 300 and f"{words}(1 of them not explained); 2 gaps." in results
    legend = rows(results, "Totals, and what the letters mean")
    numbers = {row[1]: int(row[2].replace(",", "")) for row in legend}
    assert numbers.pop("all") == sum(numbers.values()) == len(MADE.plan)


def test_results_matrix_has_version_and_worst_verdicts(results: str) -> None:
    body = {row[0]: row[1:] for row in rows(results, "Pairs")}
    assert list(body) == list(report_run.IDS)
    assert body["openssl-3.0"] == ["1.2 `P`", "1.2 `F` 1 `S` 1", "1.2 `P`"]
    assert body["gnutls-3.7"][1:] == ["1.2 `-` 1", "1.2 `?` 1"]


def test_results_have_every_version_on_both_sides(results: str) -> None:
    body = rows(results, "One version on both sides")
    assert len(body) == 3
    assert "1.1 `F` `P`" in body[2][2] and body[2][2].startswith("1.0 `P` `P`")
    assert body[0][1].endswith("1.3 `U` `U`")


def test_results_refusals_name_side_and_alert(results: str) -> None:
    body = {
        r[0]: r[1:] for r in rows(results, "Refusals: pinned to different versions")
    }
    assert len(body) == 12
    assert body["1.2 / 1.0"][:2] == ["`P` 8 `S` 1", "protocol_version(70) ×9"]
    assert body["1.2 / 1.0"][2:] == ["no alert", "0"]


def test_results_findings_have_example_and_reason(results: str) -> None:
    """What nothing explains comes first."""
    miss, fail = rows(results, "Findings")
    assert fail[2] == "server: gnutls-3.7 1" and fail[4] == f"`{report_run.FAILS}`"
    assert fail[5] == "GnuTLS does &lt;this&gt;"
    assert miss[5] == "**no**"


def test_findings_of_several_peers_are_one_rule(whole: View) -> None:
    fail, miss = findings(whole, (Value.FAIL, Value.STRICT_MISS))
    other = replace(fail, peer="nss-3.61", cells=("a/b/c", "a/b/d"))
    (rule,) = by_rule([fail, other])
    assert rule.peers == (("nss-3.61", 2), ("gnutls-3.7", 1)) and rule.cells == 3
    assert [each.first for each in by_rule([fail, miss, other])] == [miss, other]
    assert len(by_rule([fail, replace(other, known=None)])) == 2


def test_what_several_peers_cannot_do_is_one_cause(results: str) -> None:
    why = "{} cannot do TLS 1.3: it has none"
    said = [("client a", 1), ("server a", 2), ("client b", 3), ("nobody here", 4)]
    found = [
        Reason(Value.UNSUPPORTED, why.format(who), (f"x/y/{n}",) * n) for who, n in said
    ]
    one, other = causes(found)
    assert one.who == {"client": ("a", "b"), "server": ("a",)}
    assert one.because == "cannot do TLS 1.3: it has none" and len(one.cells) == 6
    assert other.because == why.format("nobody here")
    assert other.who == {"client": (), "server": ()}
    rest = rows(results, "Not run, and why that is no gap")
    assert any(row[3:] == ["bearssl-0.6", "bearssl-0.6"] for row in rest)


FAMILIES = "All cells by family of scenarios"


def test_what_is_only_a_list_is_on_the_site(results: str) -> None:
    assert "- All cells by scenario\n" in results
    assert "## All cells by scenario" not in results
    families = {row[0]: int(row[2]) for row in rows(results, FAMILIES)}
    assert sum(families.values()) == len(MADE.plan)


def test_results_show_gaps_even_if_there_are_none(whole: View, results: str) -> None:
    words = f"2 of {len(MADE.plan)} planned cells have no result"
    assert words in section(results, "Gaps")
    fine = replace(whole, entries=whole.entries[:2])
    assert "0 of 2 planned cells: none is" in results_md.render(fine)


def test_results_hold_nothing_hostile(results: str) -> None:
    assert not CONTROLS.search(results.replace("↓", "").replace("→", ""))
    body = results.split("\n", 1)[1]
    assert not re.search(r"<(?!br>)", body)


def test_results_tables_are_even(results: str) -> None:
    """Each row has as many boxes as its head: nobody's | broke out."""
    width = 0
    for line in results.split("\n"):
        if not line.startswith("|"):
            width = 0
            continue
        boxes = len(re.split(r"(?<!\\)\|", line))
        width = width or boxes
        assert boxes == width, line


# --- show ---


def shown(cell_id: str, octets: bool = False) -> str:
    cell = next(c for c in MADE.plan if c.id == cell_id)
    run = next((r for r in MADE.results if r.cell == cell_id), None)
    return text.show(
        cell,
        run,
        observe(run) if run else None,
        MADE.verdicts.get(cell_id, Judgement(cell_id, Value.NOT_RUN, "none", ())),
        MADE.peers(),
        ["build/host/server-gnutls --listen 127.0.0.1:0"],
        octets=octets,
    )


def test_show_has_prediction_transcripts_verdict_and_command() -> None:
    said = shown(report_run.FAILS)
    assert said.startswith(f"{report_run.FAILS}: fail (F)\n")
    assert (
        "Predicted: TLS 1.2 is negotiated: that is what both can do (RFC 5246 E.1)."
        in said
    )
    assert "As the client recorded it" in said and "As the server recorded it" in said
    assert "C> smtp   STARTTLS" in said
    assert "F tls-version [RFC 5246 E.1, server]" in said
    assert "Known until 2027-01-01: GnuTLS does <this>" in said
    assert f"./interop run {report_run.FAILS} && ./interop show" in said
    assert "build/host/server-gnutls --listen" in said
    assert "CLIENT_RANDOM" not in said and "1 key log line not shown" in said


def test_show_lets_no_control_character_through() -> None:
    for cell in (report_run.HOSTILE_CELL, report_run.FAILS):
        for hexed in (False, True):
            assert not CONTROLS.search(shown(cell, octets=hexed))
    assert r"250 <script>alert(1)</script>&\x1b]0;gotcha\x07\xff" in shown(
        report_run.HOSTILE_CELL
    )


def test_show_dumps_on_request() -> None:
    line = "0000  16 03 01 00 4d"
    assert line not in shown(report_run.FAILS)
    assert line in shown(report_run.FAILS, octets=True)


def test_show_of_what_did_not_run() -> None:
    assert "ran     no: no result arrived" in shown(report_run.LOST)
    excluded = next(c for c in MADE.plan if c.excluded)
    assert "cannot do TLS 1.3" in shown(excluded.id)


def test_show_of_records_that_cannot_be_read() -> None:
    cell = Cell("upgrade", "a", "b")
    run = Run(cell.id, "C> tls\n  zz\n", "", 1e300, 1.0, "killed \x1b[1m")
    judgement = Judgement(cell.id, Value.ERROR, "ours", ())
    peer = Peer("a", "client", "a", "1\x1b", ())
    said = text.show(cell, run, observe(run), judgement, [peer], [])
    assert "Trouble: killed" in said and not CONTROLS.search(said)
    assert "not in the run file" in said and "a time that is none" in said
