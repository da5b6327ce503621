"""the tables of old and new: what each version did is read off its cells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matrix.hello import decode
from matrix.model import Cell, Hello, Judgement, Peer, Value
from matrix.report import contents, drift, results_md, skew, skew_page
from matrix.report.site import environment
from matrix.report.tables import Box, Table
from matrix.report.view import Entry, Seen, View
from report_run import HELLO, SCENARIOS
from sessions import ALL, peer

PLAIN = decode(HELLO)
OLD_FORM = replace(PLAIN, form="sslv2")
READS = "hello.openssl-1.0.1i-sslv2"  # SSLv2 form, TLS 1.2


def peers(role: str, *versions: str, era: str = "sid") -> tuple[Peer, ...]:
    return tuple(
        replace(
            peer(role, id=f"openssl-{version}"),
            family="openssl",
            version=version,
            about={"era": era} if era and version != "3.0" else {},
            capabilities=replace(
                peer(role).capabilities, natural=ALL[:1] if version == "1.0" else ALL
            ),
        )
        for version in versions
    )


def entry(
    name: str, seen: Seen | None = None, axes: tuple[tuple[str, str], ...] = ()
) -> Entry:
    scenario, client, server = name.split("/")
    cell = Cell(scenario, client, server, axes)
    return Entry(cell, Judgement(cell.id, Value.PASS, "", ()), seen)


def natural(client: str, server: str, version: str, hello: Hello = PLAIN) -> Entry:
    name = f"upgrade/openssl-{client}/openssl-{server}"
    return entry(name, Seen(version=version, hello=hello))


def view(*entries: Entry, era: str = "sid") -> View:
    versions = ("1.0", "3.0", "3.6", "4.0")
    return View(
        entries,
        peers("client", *versions, era=era),
        peers("server", *versions, era=era),
        {},
        SCENARIOS,
    )


def said(box: Box) -> str:
    return " ".join(f"{item.before} {item.after}".strip() for item in box)


def rows(table: Table) -> dict[str, list[str]]:
    return {name: [said(box) for box in boxes] for name, boxes in table.rows}


def answers(**by_server: str) -> tuple[Entry, ...]:
    return tuple(
        entry(
            f"{READS}/replay/openssl-{name[1:].replace('_', '.')}",
            Seen(answer=words),
            (("security", "low"),),
        )
        for name, words in by_server.items()
    )


def test_a_run_of_this_machine_alone_has_none_of_them() -> None:
    alone = view(natural("3.0", "3.0", "1.3"), era="")
    assert contents.old_and_new(alone) == ()
    assert not list(skew_page.pages(alone, (), environment("x")))


def test_since_and_until_when_the_sslv2_form_is_read() -> None:
    found = answers(v1_0="alert 70", v3_0="1.2", v3_6="1.2+", v4_0="closed")
    live = natural("3.0", "3.6", "1.2", OLD_FORM), natural("3.0", "4.0", "", OLD_FORM)
    assert rows(skew.sslv2_table(view(*found, *live))) == {
        "openssl": [
            "3.0 (not in 1.0)",
            "3.6 (not in 4.0)",
            "1.0: alert 70; 4.0: closed",
            "openssl-3.0 with 3.6: 1.2; 4.0: refused",
        ]
    }
    none = rows(skew.sslv2_table(view(*answers(v3_0="silent", v3_6="silent"))))
    assert none["openssl"][:3] == ["no version here", "-", "3.0 to 3.6: silent"]


def test_works_since_is_read_off_the_cells() -> None:
    cells = (
        natural("1.0", "3.0", "1.0"),
        natural("1.0", "4.0", ""),
        natural("4.0", "3.0", "1.3"),
        entry(
            "upgrade/openssl-4.0/openssl-4.0", Seen(version="1.0"), (("tls", "1.0"),)
        ),
        entry("upgrade/openssl-3.6/openssl-3.6", None, (("tls", "1.0"),)),
    )
    found = rows(skew.versions_table(view(*cells)))
    assert found["openssl server"] == [
        "3.0: 1.3; 4.0: none",
        "3.0: yes; 4.0: no",
        "3.6: cannot; 4.0: yes",
        "-",
    ]
    assert found["openssl client"][0] == "1.0: 1.0; 4.0: 1.3"


def test_who_cannot_meet_whom() -> None:
    pinned = (("tls", "1.0"),)
    cells = (
        natural("1.0", "3.0", "", OLD_FORM),
        natural("1.0", "3.6", ""),
        natural("1.0", "4.0", ""),
        natural("3.0", "3.6", ""),
        natural("3.6", "3.6", ""),
        natural("4.0", "3.6", "1.3"),
        entry("upgrade/openssl-1.0/openssl-3.6", Seen(version="1.0"), pinned),
        entry("upgrade/openssl-1.0/openssl-4.0", Seen(), pinned),
    )
    made = view(*cells)
    newer = tuple(
        replace(p, capabilities=replace(p.capabilities, natural=ALL[2:]))
        if p.version in ("3.6", "4.0")
        else p
        for p in made.servers
    )
    assert rows(skew.apart_table(replace(made, servers=newer))) == {
        "openssl-1.0": ["openssl-3.6", "openssl-4.0", "openssl-3.0", "-"],
        "openssl-3.0, openssl-3.6": ["-", "-", "-", "openssl-3.6"],
    }


def test_oldest_to_newest_and_back() -> None:
    cells = natural("1.0", "4.0", ""), natural("4.0", "1.0", "1.0")
    assert rows(skew.meeting_table(view(*cells))) == {
        "openssl 1.0 to 4.0": ["↗ none ↘ 1.0"]
    }


def test_drift_is_told_from_version_to_version() -> None:
    suites = tuple(range(0x1301, 0x1306)) + (0xC02B, 0xC02C, 0xC030)
    more = replace(PLAIN, cipher_suites=PLAIN.cipher_suites + suites)
    one = replace(PLAIN, cipher_suites=PLAIN.cipher_suites + suites[:1])
    cells = [natural("3.0", "3.0", "1.3"), natural("3.6", "3.0", "1.3", one)]
    cells.append(natural("4.0", "3.0", "1.3", more))
    short, whole = (rows(f(view(*cells))) for f in (drift.brief, drift.whole))
    row = "openssl-3.0 → openssl-3.6"
    assert short[row][0] == whole[row][0] == "+AES_128_GCM_SHA256"
    assert short["openssl-3.6 → openssl-4.0"][0] == "+7 -0"
    assert "+ECDHE_RSA_WITH_AES_256_GCM_SHA384" in whole["openssl-3.6 → openssl-4.0"][0]
    assert short[row][1:] == ["same"] * 5


def test_what_was_told_to_behave_in_another_way_drifts_by_itself() -> None:
    told = {version: f"{version}+sslv2hello" for version in ("3.0", "4.0")}
    both = [
        replace(p, id=f"{p.id}-sslv2", version=told[p.version])
        for p in peers("client", *told)
    ]
    cells = [natural(version, "3.0", "1.3") for version in told]
    cells += [natural(f"{version}-sslv2", "3.0", "1.3", OLD_FORM) for version in told]
    seen = view(*cells)
    found = rows(drift.brief(replace(seen, clients=(*seen.clients, *both))))
    assert found == {
        "openssl-3.0 → openssl-4.0": ["same"] * 6,
        "openssl-3.0-sslv2 → openssl-4.0-sslv2": ["same"] * 6,
    }


def test_the_page_and_the_squares_of_the_host_alone() -> None:
    cells = natural("3.0", "3.0", "1.3"), natural("3.0", "4.0", "1.3")
    made = contents.old_and_new(seen := view(*cells))
    ((path, page),) = skew_page.pages(seen, made, environment("x"))
    assert path == skew_page.PATH and "Every version with every version" in page
    text = results_md.render(seen)
    assert "## The SSLv2 form: which servers read it" in text
    pairs = text[text.index("## Pairs") : text.index("## All cells by family")]
    assert "openssl-3.0" in pairs and "openssl-4.0" not in pairs


@pytest.mark.parametrize(
    "name, counted",
    [
        ("keyed-post-quantum", True),
        ("post-quantum-short", False),  # who knows the group may refuse these
        ("post-quantum-reversed", False),
        ("keyed", False),
    ],
)
def test_a_hybrid_share_counts_if_it_is_one(name: str, counted: bool) -> None:
    assert skew.has_hybrid(SCENARIOS[f"hello.{name}"].octets) is counted
