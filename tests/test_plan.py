"""Tests of matrix/plan.py, scenarios.py, options.py: which cells, told how."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matrix import scenarios
from matrix.model import AXES, Cell, Peer, Value
from matrix.options import client_arguments, server_arguments
from matrix.plan import pattern, plan
from sessions import ALL, SCENARIOS, capabilities, cell, peer

PKI = Path("pki")
IDS: tuple[str, ...] = (
    *("bearssl-0.6", "boringssl-13.0", "gnutls-3.7", "mbedtls-2.28"),
    *("nss-3.87", "openssl-3.0", "wolfssl-5.5"),
)
LACKS = {"bearssl-0.6": ALL[:3], "mbedtls-2.28": ALL[:3], "wolfssl-5.5": ALL[1:]}


def peers(role: str, ids: tuple[str, ...] = IDS) -> list[Peer]:
    return [peer(role, LACKS.get(id, ALL), id) for id in ids]


def whole() -> tuple[Cell, ...]:
    return plan(peers("client"), peers("server"), SCENARIOS)


def test_the_default_plan() -> None:
    cells = whole()
    assert len(cells) > 1500
    assert len({c.id for c in cells}) == len(cells)
    upgrade = {(c.client, c.server) for c in cells if c.scenario == "upgrade"}
    assert upgrade == {(c, s) for c in IDS for s in IDS}
    assert all(c.why for c in cells)
    assert all(pattern("*/*").fullmatch(c.id) for c in cells)
    ids = "".join(c.id for c in cells)
    assert set(ids) <= set("abcdefghijklmnopqrstuvwxyz0123456789.+=-/")


SUBSETS = st.lists(st.sampled_from(IDS), unique=True, min_size=1)


@settings(deadline=None)
@given(SUBSETS, SUBSETS)
def test_the_order_does_not_hang_on_the_order_of_peers(
    clients: list[str], servers: list[str]
) -> None:
    mine, theirs = peers("client", tuple(clients)), peers("server", tuple(servers))
    a = plan(mine, theirs, SCENARIOS)
    assert a == plan(mine[::-1], theirs[::-1], SCENARIOS)
    order = list(SCENARIOS)
    ranks = [(order.index(c.scenario), c.client, c.server) for c in a]
    assert ranks == sorted(ranks)
    assert len({c.id for c in a}) == len(a)
    natural = {(c.client, c.server) for c in a if c.scenario == "upgrade"}
    assert natural == {(c, s) for c in clients for s in servers}


def test_axes_come_in_their_order_and_without_defaults() -> None:
    for each in whole():
        names = [name for name, _ in each.axes]
        assert names == [name for name in AXES if name in names]
        assert all(value != AXES[name] for name, value in each.axes)


def test_a_pair_has_every_version_and_every_refusal() -> None:
    ids = {c.id for c in whole() if c.client == c.server == "openssl-3.0"}
    start = "upgrade/openssl-3.0/openssl-3.0"
    assert {start, f"{start}/cert=ecdsa", f"{start}/message=1mib"} <= ids
    for v in ALL:
        assert {f"{start}/tls={v}", f"{start}/tls={v}/cert=ecdsa"} <= ids
        assert f"{start}/tls={v}/resume=ticket" in ids
        assert (f"{start}/tls={v}/resume=id" in ids) is (v != "1.3")
        for w in ALL:
            assert (f"{start}/client-tls={v}/server-tls={w}" in ids) is (v != w)


def test_what_a_peer_cannot_is_planned_with_the_reason() -> None:
    can = replace(
        capabilities(ALL[:3]),
        cert=("rsa",),
        resume=("id",),
        reasons=(("tls 1.3", "not built in"), ("resume ticket", "none kept")),
    )
    lacking = replace(peer("server"), capabilities=can)
    cells = plan([peer("client")], [lacking], SCENARIOS, ["upgrade/*"])
    excluded = {c.id.split("/", 3)[3]: c.reason for c in cells if c.excluded}
    assert all(c.excluded in (None, Value.UNSUPPORTED) for c in cells)
    assert excluded["tls=1.3"] == "server openssl-3.0 cannot do TLS 1.3: not built in"
    assert "ECDSA" in excluded["cert=ecdsa"]
    assert "tickets: none kept" in excluded["tls=1.2/resume=ticket"]
    assert "tls=1.2/resume=id" not in excluded
    assert "client-tls=1.3/server-tls=1.0" not in excluded


def test_a_selection() -> None:
    clients, servers = peers("client"), peers("server")
    select = ["upgrade/*/nss-3.87/tls=1.2", "switch.cut-off/*"]
    cells = plan(clients, servers, SCENARIOS, select)
    assert len(cells) == 7 + 7
    one = "upgrade/openssl-3.0/gnutls-3.7/tls=1.2"
    assert [c.id for c in plan(clients, servers, SCENARIOS, [one])] == [one]


@pytest.mark.parametrize(
    "wrong, near",
    [
        ("upgrade/openssl-3.0/gnutls-3.7/tls=1.4", "/gnutls-3.7/tls=1."),
        ("upgrade/openssl/gnutls-3.7", "upgrade/openssl-3.0/gnutls-3.7"),
        ("#", "interop plan"),
    ],
)
def test_a_selection_of_nothing_names_the_nearest(wrong: str, near: str) -> None:
    with pytest.raises(ValueError, match="no cell matches") as caught:
        plan(peers("client"), peers("server"), SCENARIOS, ["upgrade/*", wrong])
    assert near in str(caught.value)


def test_a_pattern_is_text_but_for_the_star() -> None:
    assert pattern("a.b/*").fullmatch("a.b/c/d")
    assert not pattern("a.b/*").fullmatch("aXb/c")


FORM = "hello.openssl-1.0.1i-sslv2-rsa-3.1"


def test_options_of_a_pinned_pair() -> None:
    of = cell(client_tls="1.1", server_tls="1.2")
    told = client_arguments(of, SCENARIOS["upgrade"], PKI)
    assert told == ("--tls-min", "1.1", "--tls-max", "1.1", "--old") + (
        "--ca",
        "pki/ca-rsa.pem",
    )
    told = server_arguments(of, SCENARIOS["upgrade"], PKI)
    assert told == ("--tls-min", "1.2", "--tls-max", "1.2") + (
        *("--cert", "pki/rsa.pem"),
        *("--key", "pki/rsa.key"),
    )


@pytest.mark.parametrize(
    "of, client, server",
    [
        (cell(cert="ecdsa"), "--ca pki/ca-ecdsa.pem", "--cert pki/ecdsa.pem"),
        (cell(message="1mib"), "--message 1048576", ""),
        (cell(resume="id"), "--resume id --connections 2", "--resume id --conn"),
        (cell("upgrade.untrusted"), "--ca pki/ca-other.pem", ""),
        (cell("upgrade.wrong-name"), "--name wrong.example", ""),
        (cell("upgrade.starttls-454"), "", "--starttls 454"),
        (cell("upgrade.no-starttls", policy="none"), "--policy none", "absent"),
        (cell("upgrade.fallback", policy="opportunistic"), "--po", "--connections 2"),
        (cell(FORM, policy="opportunistic"), "--po", "--connections 2 --deadline"),
        (cell("switch.cut-off"), "--stimulus cut-off", ""),
        (cell("switch.multiline-220"), "", "--stimulus multiline-220"),
        (cell(fault="server.keeps-ehlo"), "--list-octets 0", "--fault keeps-ehlo"),
        (cell(fault="client.hang-mail"), "--fault hang-mail", "--deadline 1000"),
    ],
)
def test_options_of_the_other_axes(of: Cell, client: str, server: str) -> None:
    scenario = SCENARIOS[of.scenario]
    assert client in " ".join(client_arguments(of, scenario, PKI))
    assert server in " ".join(server_arguments(of, scenario, PKI))
    assert "--fault" not in " ".join(client_arguments(cell(), scenario, PKI))


def test_pairs_share_configurations() -> None:
    """What makes a run cheap: few different server processes a library."""
    told = {
        server_arguments(c, SCENARIOS[c.scenario], PKI)
        for c in whole()
        if c.server == "openssl-3.0" and not c.excluded
    }
    assert len(told) < 60


def test_the_scenarios_of_the_suite() -> None:
    assert list(SCENARIOS)[0] == "upgrade"
    assert {s.family for s in SCENARIOS.values()} >= {"upgrade", "switch", "hello"}
    assert all(name.startswith(s.family) for name, s in SCENARIOS.items())


@pytest.mark.parametrize(
    "text, word",
    [
        ("", "no scenarios"),
        ("[[scenario]\n", "x.toml"),
        ("# caf\xe9\n", "x.toml: .* codec can't decode"),
        ('[[scenario]]\nname = "x"\n', "'asks' is missing"),
        ('NAME\ncolour = "red"\n', "'colour' is not a key"),
        ('NAME\npairs = "some"\n', "pairs"),
        ("NAME\n", "at least one"),
        ('NAME\n[[scenario.grid]]\ncert = ["rsa"]\n', "why"),
        ('NAME\n[[scenario.grid]]\nwhy = "w"\ncert = ["dsa"]\n', "cert = 'dsa'"),
        ('NAME\n[[scenario.grid]]\nwhy = "w"\nkey = ["rsa"]\n', "not an axis"),
        (
            'NAME\n[[scenario.grid]]\nwhy = "w"\nNAME\n[[scenario.grid]]\nwhy = "w"',
            "tw",
        ),
    ],
)
def test_a_wrong_scenario_is_named(tmp_path: Path, text: str, word: str) -> None:
    row = '[[scenario]]\nname = "x"\ntitle = "t"\nasks = "a"'
    (tmp_path / "x.toml").write_text(text.replace("NAME", row), "latin-1")
    with pytest.raises(ValueError, match=word):
        scenarios.load(tmp_path)
