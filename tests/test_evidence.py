"""What a cell stands for, and what it shows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from standing import (
    ALL,
    FORM,
    LIBRARY,
    OLD_TLS,
    PLAIN,
    READS,
    REPLAY,
    ROLES,
    SETS,
    SSLV2,
    V1,
    cell,
    hello,
    look,
    seen,
    server,
    works,
)

from matrix.claims import witness
from matrix.claims.enumerate import claim
from matrix.claims.evidence import Shown, shown
from matrix.model import Capabilities, Flow, Hello
from matrix.model import Observation, Turn

CLAIM = claim(SETS["keith-2001"], SETS["keith-2001"])


def test_a_pinned_library_stands_for_a_client_and_a_server_of_one_version() -> None:
    found = look(OLD_TLS, works(hello(), "1.0"), LIBRARY, server("mbedtls-2.28"))
    assert found.client.hello == "H1x" and found.client.versions == ("1.0",)
    assert found.server.versions == ("1.0",)
    assert not found.server.reads_form("sslv2")
    assert found.agrees is True and found.result == "tls"


def test_an_unpinned_library_takes_what_it_was_found_to_take() -> None:
    first = hello(version=0x0303, listed=(0x0304, 0x0303))
    here = server("openssl-3.0", ("1.2", "1.3"))
    found = look("upgrade/bearssl-0.6/openssl-3.0", works(first, "1.3"), LIBRARY, here)
    assert (found.client.hello, found.client.versions) == ("H4", ("1.2", "1.3"))
    assert found.server.versions == ("1.2", "1.3")


def test_a_recorded_hello_is_played_by_our_own_client_and_marked_so() -> None:
    first = hello("sslv2")
    found = look(
        f"{V1}/replay/openssl-3.0/server-tls=1.0",
        works(first, "1.0"),
        REPLAY,
        server("openssl-3.0"),
    )
    assert found.client.hello == "V1" and found.own == "client"
    assert found.agrees is True


def test_the_hellos_are_told_apart_by_their_octets() -> None:
    cases = {
        "H0": hello(record=0x0300),
        "H1": hello(extensions=False),
        "H1x": hello(),
        "V1": hello("sslv2"),
        "V3": hello("sslv2", 0x0303),
        "H4o": hello(version=0x0303, listed=(0x0304,)),
        "H3": hello(version=0x0303),
    }
    for name, first in cases.items():
        here = f"{V1}/replay/openssl-3.0"
        found = look(here, works(first, "1.2"), REPLAY, server("openssl-3.0", ALL))
        assert found.client.hello == name


def test_the_signal_may_be_a_suite_or_an_extension() -> None:
    for first, signals in (
        (hello(suites=(0x2F,)), False),
        (hello(suites=(0x2F, 0xFF)), True),
        (replace(hello(suites=(0x2F,)), extensions=((0xFF01, b"\0"),)), True),
    ):
        found = look(OLD_TLS, works(first, "1.0"), LIBRARY, server("mbedtls-2.28"))
        assert found.client.signals is signals


@pytest.mark.parametrize(
    "what, result, agrees",
    [
        (seen(hello("sslv2"), end="eof(handshake)"), "refused", True),
        (seen(hello("sslv2"), alerts=(("S", 2, 10),)), "refused", True),
        (works(hello("sslv2"), "1.0"), "tls", False),
        (seen(hello("sslv2"), "1.0"), "answered", False),
    ],
)
def test_theory_says_that_the_form_is_not_understood(
    what: Observation, result: str, agrees: bool
) -> None:
    found = look(FORM, what, REPLAY, server("mbedtls-2.28"))
    assert found.theory.layer == "FORM"
    assert (found.result, found.agrees) == (result, agrees)


@pytest.mark.parametrize(
    "what, agrees",
    [
        (works(hello("sslv2"), "1.0"), True),
        (seen(hello("sslv2"), "1.0"), True),  # our client could not carry it on
        (works(hello("sslv2"), "1.1"), False),
        (seen(hello("sslv2"), alerts=(("S", 2, 70),)), False),
        (seen(hello("sslv2"), end="hang(handshake)"), False),
        # Suites and signatures are taken for granted: this is not about the form.
        (seen(hello("sslv2"), alerts=(("S", 2, 40),)), None),
    ],
)
def test_theory_says_that_it_works(what: Observation, agrees: bool | None) -> None:
    found = look(READS, what, REPLAY, server("openssl-3.0"))
    assert found.theory.layer == ""
    assert found.agrees is agrees


@pytest.mark.parametrize(
    "first, takes",
    [
        (hello(version=0x0303, listed=(0x0304, 0x0303)), ("1.2", "1.3")),
        (hello(version=0x0301, listed=(0x0301,)), ("1.0",)),
        (hello(version=0x0303), ("1.0", "1.1", "1.2")),
        # Of these no rule set says what they mean.
        (hello(version=0x0303, listed=(0x0301,)), None),
        (hello(version=0x0301, listed=(0x0304,)), None),
        (hello(version=0x0304), None),
        (hello(version=0x0303, listed=(0x7A7A,)), None),
    ],
)
def test_what_a_recorded_hello_takes(first: Hello, takes: tuple[str, ...]) -> None:
    here = cell(f"{V1}/replay/openssl-3.0")
    found = shown(here, works(first, "1.2"), REPLAY, server("openssl-3.0"), ROLES)
    assert (found.client.versions if isinstance(found, Shown) else None) == takes


def with_octets(octets: bytes) -> Observation:
    whole = seen(hello(extensions=False), "1.0")
    link = whole.connections[0]
    flow = Flow({}, (Turn("C", "tls", octets),), (("tls.handshake", "failed"),))
    return replace(whole, connections=(replace(link, client=flow),))


PLAIN_HELLO = (
    bytes.fromhex("0100002b0301") + bytes(32) + bytes.fromhex("000004002f00ff0100")
)


def records(*parts: bytes) -> bytes:
    return b"".join(b"\x16\3\1" + len(p).to_bytes(2, "big") + p for p in parts)


@pytest.mark.parametrize(
    "octets, said",
    [
        (records(PLAIN_HELLO), None),
        (records(PLAIN_HELLO) + records(b"\x10more"), None),
        (records(PLAIN_HELLO[:20], PLAIN_HELLO[20:]), "its hello comes in several rec"),
        (records(PLAIN_HELLO[:-1] + b"\1"), "its hello is illegal at every date"),
        (SSLV2, None),
        (SSLV2[:9] + b"\0\x21" + SSLV2[11:], "its hello is illegal at every date"),
    ],
)
def test_a_hello_that_is_odd_otherwise_says_nothing(
    octets: bytes, said: str | None
) -> None:
    here = cell(f"{V1}/replay/openssl-3.0")
    found = shown(here, with_octets(octets), REPLAY, server("openssl-3.0", ALL), ROLES)
    assert isinstance(found, Shown) if said is None else str(found).startswith(said)


def test_a_row_can_rule_a_cell_out() -> None:
    assert ROLES.cell(cell("hello.share-short/replay/openssl-3.0")) is None
    assert ROLES.cell(cell(f"{V1}/replay/openssl-3.0/security=low")) is not None


def test_a_lowered_server_takes_what_it_was_found_to_take_then() -> None:
    can = Capabilities(ALL, ("1.2", "1.3"), lowered=ALL)
    low = replace(server("openssl-3.0"), capabilities=can)
    for axes, takes in (("", ("1.2", "1.3")), ("/security=low", ALL)):
        id = f"{V1}/replay/openssl-3.0{axes}"
        found = look(id, seen(hello("sslv2"), "1.0"), REPLAY, low)
        assert found.server.versions == takes


def test_what_says_nothing_says_why() -> None:
    here, other = cell(READS), server("openssl-3.0")
    for what, said in (
        (seen(None), "no hello was seen in it"),
        (replace(works(hello(), "1.0"), trouble="no port"), "no port"),
        (replace(works(hello(), "1.0"), connections=()), "it has no connection"),
        (replace(works(hello(), "1.0"), client_exit="signal 11"), "a program crashed"),
        (seen(hello(version=0x0300)), "its hello is in no class"),
    ):
        found = shown(here, what, REPLAY, other, ROLES)
        assert isinstance(found, str) and found.startswith(said)


def test_a_server_that_nobody_knows_is_not_guessed_at() -> None:
    found = shown(
        cell(f"{V1}/replay/newssl-1.0"),
        works(hello("sslv2"), "1.0"),
        REPLAY,
        server("newssl-1.0"),
        ROLES,
    )
    assert found == "nobody says which forms newssl-1.0 reads (witnesses.toml)"


@pytest.mark.parametrize(
    "id",
    [
        "upgrade/bearssl-0.6/mbedtls-2.28/resume=id",
        "upgrade/bearssl-0.6/mbedtls-2.28/policy=opportunistic",
        "upgrade/bearssl-0.6/mbedtls-2.28/fault=server.flood",
        "upgrade.untrusted/bearssl-0.6/mbedtls-2.28",
        "switch.cut-off/bearssl-0.6/bearssl-0.6",
    ],
)
def test_a_cell_about_something_else_is_no_witness(id: str) -> None:
    assert ROLES.cell(cell(id)) is None


def test_openssl_4_reads_one_form_and_those_before_it_both() -> None:
    assert tuple(ROLES.server("openssl-4.0")["forms"]) == ("tls",)
    assert ROLES.server("openssl-1.0.1i") == ROLES.server("openssl-3.6")
    assert "insists-on-renegotiation" in ROLES.client("openssl-3.0")
    assert "insists-on-renegotiation" not in ROLES.client("openssl-1.1")


def test_a_server_without_rfc_5746_and_a_client_that_insists() -> None:
    """OpenSSL 3 ends a handshake with wolfSSL 4.6, and does not with its successor."""
    first = hello(version=0x0303)
    client = replace(LIBRARY, id="openssl-3.0", family="openssl")
    refused = seen(first, "1.2", alerts=(("C", 2, 40),))
    id = "upgrade/openssl-3.0/wolfssl-4.6/tls=1.2"
    found = look(id, refused, client, server("wolfssl-4.6", ALL))
    assert (found.theory.layer, found.theory.side) == ("RI", "client")
    assert found.result == "refused" and found.agrees is True
    new = look(id, works(first, "1.2"), client, server("wolfssl-5.5", ALL))
    assert new.theory.layer == "" and new.agrees is True
    meek = replace(LIBRARY, id="nss-3.87")
    assert look(id, works(first, "1.2"), meek, server("wolfssl-4.6", ALL)).agrees


def test_without_a_common_key_exchange_nothing_is_shown() -> None:
    here = cell("upgrade/deno-2.9/node-0.10/tls=1.2")
    for suites, said in (((0xC02F, 0xFF), str), ((0xC02F, 0x9C), Shown)):
        first = hello(version=0x0303, suites=suites)
        what = seen(first, end="eof(handshake)")
        other = server("node-0.10", ("1.0", "1.1", "1.2"))
        assert isinstance(shown(here, what, LIBRARY, other, ROLES), said)


def test_who_is_old_by_itself_is_shown_before_who_is_pinned() -> None:
    old = server("node-0.8", ("1.0",))
    client = replace(LIBRARY, id="node-0.8", capabilities=Capabilities(ALL, ("1.0",)))
    real = look("upgrade/node-0.8/node-0.8", works(hello(), "1.0"), client, old)
    cells = (PLAIN, replace(real, cell="upgrade/node-0.8/node-10.0"), real)
    testimony = witness.Testimony(CLAIM, {"tls": cells})
    assert testimony.witnesses("tls") == (cells[1], real, PLAIN)
    assert real.server.versions == ("1.0",) and real.server.reads_form("sslv2")


def test_a_hello_without_a_list_does_not_say_what_its_client_refuses() -> None:
    """JSSE has TLS 1.0 and 1.1 disabled, and in the SSLv2 form cannot say so."""
    first = hello("sslv2", version=0x0303)
    can = Capabilities(ALL[:3], ("1.2",))  # as the probe finds it
    client = replace(LIBRARY, id="jsse-17.0-sslv2", family="jsse", capabilities=can)
    refused = seen(first, "1.0", alerts=(("C", 2, 70),))
    old = server("node-0.8", ("1.0",))
    found = look("upgrade/jsse-17.0-sslv2/node-0.8", refused, client, old)
    assert found.client.versions == ("1.2",)
    assert (found.theory.layer, found.theory.side) == ("VERS", "client")
    assert found.agrees is True
