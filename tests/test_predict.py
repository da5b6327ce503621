"""Tests of matrix/predict.py: what must happen, from pins, hellos, clauses."""

from __future__ import annotations

from types import ModuleType
from typing import Sequence

import pytest

from matrix import alerts, extensions
from matrix.hello import decode
from matrix.model import Hello, Prediction
from matrix.predict import predict
from matrix.vectors import names
from sessions import ALL, NUMBERS, SCENARIOS, capabilities, cell, hello

OLD = ALL[:3]  # a library without TLS 1.3


def of_pins(
    client: str,
    server: str,
    hello: Hello | None = None,
    knows: Sequence[str] = ALL,
    server_knows: Sequence[str] = ALL,
) -> Prediction:
    where = cell(client_tls=client, server_tls=server)
    if client == server:
        where = cell(tls=client)
    can, could = capabilities(knows), capabilities(server_knows)
    return predict(where, SCENARIOS["upgrade"], can, could, hello)


def plain(version: str) -> Hello:
    return decode(hello(NUMBERS[version], suites=(0xC013, 0xC02F)))


def listing(*versions: str, suites: Sequence[int] = (0x1301, 0xC02F)) -> Hello:
    return decode(hello(0x0303, [NUMBERS[v] for v in versions], suites))


@pytest.mark.parametrize("version", ALL)
def test_equal_pins_meet(version: str) -> None:
    seen = listing("1.3") if version == "1.3" else plain(version)
    for first in (seen, None):
        due = of_pins(version, version, first)
        assert (due.outcome, due.version) == ("tls", version)


@pytest.mark.parametrize(
    "mine, theirs, first, version",
    [
        (ALL, ALL, listing(*ALL), "1.3"),
        (ALL, OLD, listing(*ALL), "1.2"),
        (OLD, ALL, plain("1.2"), "1.2"),
        (ALL, ("1.0",), listing(*ALL), "1.0"),
        (ALL, ALL, listing("1.2", "1.1"), "1.2"),  # what the hello says counts
        (ALL, ALL, None, "1.3"),
        (OLD, ALL, None, "1.2"),
    ],
)
def test_natural_versions_meet_at_the_highest(
    mine: Sequence[str], theirs: Sequence[str], first: Hello | None, version: str
) -> None:
    can, could = capabilities(mine), capabilities(theirs)
    due = predict(cell(), SCENARIOS["upgrade"], can, could, first)
    assert (due.outcome, due.version) == ("tls", version)


@pytest.mark.parametrize("client", ALL)
@pytest.mark.parametrize("server", ALL)
@pytest.mark.parametrize("knows", [ALL, OLD])
def test_unequal_pins_are_refused_by_the_right_side(
    client: str, server: str, knows: Sequence[str]
) -> None:
    """RFC 5246 E.1: the server refuses lower clients, the client lower servers;
    RFC 8446 4.2.1: a list is the server's business, if it knows TLS 1.3."""
    if client == server or server not in knows:
        return
    first = listing("1.3") if client == "1.3" else plain(client)
    due = of_pins(client, server, first, ALL, knows)
    assert due.outcome == "refused" and due.alerts[0] == 70
    by_list = client == "1.3" and "1.3" in knows
    lower = ALL.index(client) < ALL.index(server)
    assert due.side == ("server" if lower or by_list else "client")
    assert due.exact is not by_list
    if lower:
        assert due.clause == ("RFC 8446 D.2" if "1.3" in knows else "RFC 5246 E.1")
    elif by_list:
        assert due.clause == "RFC 8446 4.2.1"
    else:
        assert due.clause == "RFC 8446 D.1"


def test_a_client_without_tls_1_3_refuses_by_the_older_clause() -> None:
    assert of_pins("1.2", "1.1", plain("1.2"), OLD).clause == "RFC 5246 E.1"


def test_suites_of_tls_1_3_only_leave_an_older_server_none() -> None:
    only = listing("1.3", suites=(0x1301, 0x1302, 0x00FF, 0x5600, 0x2A2A))
    due = of_pins("1.3", "1.2", only, ALL, OLD)
    assert (due.side, due.alerts[0]) == ("server", 40)
    assert due.clause == "RFC 5246 7.4.1.3"


def test_a_hello_that_goes_too_far_means_tls_1_2() -> None:
    first = decode(hello(0x0304, suites=(0xC02F,)))
    assert of_pins("1.2", "1.2", first).version == "1.2"


def test_a_hello_below_tls_1_0_is_refused() -> None:
    first = decode(hello(0x0300, suites=(0x002F,)))
    assert of_pins("1.0", "1.0", first).outcome == "refused"


@pytest.mark.parametrize(
    "scenario, policy, outcome, side, alert",
    [
        ("upgrade.untrusted", "mandatory", "refused", "client", 48),
        ("upgrade.wrong-name", "mandatory", "refused", "client", 42),
        ("upgrade.fallback", "opportunistic", "plain", "client", 48),
        ("upgrade.starttls-454", "mandatory", "deferred", "", None),
        ("upgrade.starttls-454", "opportunistic", "plain", "", None),
        ("upgrade.no-starttls", "mandatory", "deferred", "", None),
        ("upgrade.no-starttls", "opportunistic", "plain", "", None),
        ("upgrade.no-starttls", "none", "plain", "", None),
        ("switch.cut-off", "mandatory", "deferred", "", None),
        ("switch.multiline-220", "mandatory", "tls", "", None),
    ],
)
def test_scenarios(
    scenario: str, policy: str, outcome: str, side: str, alert: int | None
) -> None:
    where = cell(scenario) if policy == "mandatory" else cell(scenario, policy=policy)
    can = capabilities()
    due = predict(where, SCENARIOS[scenario], can, can, listing(*ALL))
    assert (due.outcome, due.side) == (outcome, side)
    assert (due.alerts[0] if due.alerts else None) == alert
    assert not due.exact and due.because


def test_an_opportunistic_client_goes_on_in_clear_without_a_common_version() -> None:
    where = cell("upgrade.fallback-version", policy="opportunistic")
    mine, theirs = capabilities(("1.0",)), capabilities(("1.2",))
    scenario = SCENARIOS["upgrade.fallback-version"]
    due = predict(where, scenario, mine, theirs, plain("1.0"))
    assert (due.outcome, due.side, due.alerts) == ("plain", "server", (70,))
    assert "in clear" in due.because


def test_no_common_version_goes_before_the_certificate() -> None:
    where = cell("upgrade.untrusted")
    mine, theirs = capabilities(("1.0",)), capabilities(("1.2",))
    due = predict(where, SCENARIOS["upgrade.untrusted"], mine, theirs, plain("1.0"))
    assert (due.side, due.alerts) == ("server", (70,))


@pytest.mark.parametrize(
    "module, table", [(alerts, "alerts"), (extensions, "extensions")]
)
def test_what_has_a_registered_name_has_its_number(
    module: ModuleType, table: str
) -> None:
    known = {name.upper(): number for number, name in names.table(table).items()}
    named = {k: v for k, v in vars(module).items() if k.isupper()}
    assert named.items() <= known.items() and len(named) > 10
