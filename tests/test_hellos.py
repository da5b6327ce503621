"""Tests of matrix/hellos.py, offers.py, expect.py, and of how they become cells."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from matrix import hellos, scenarios
from matrix.expect import expect, foreign_type, waits
from matrix.hellos import TWIN, Material
from matrix.model import Capabilities, Cell, Peer, Prediction
from matrix.offers import lacks
from matrix.options import client_arguments, server_arguments
from matrix.plan import plan
from matrix.predict import predict
from matrix.vectors import codec
from sessions import ALL, RULES, SCENARIOS, capabilities, cell, peer

PKI = Path("pki")
OLD = ALL[:3]
SSLV2, SSLV2_31 = "openssl-1.0.1i-sslv2-rsa", "openssl-1.0.1i-sslv2-rsa-3.1"
FORMS = {s.hello: s for n, s in SCENARIOS.items() if n.startswith("hello.")}
REPLAY = replace(peer("client", (), "replay"), about={"plays": "hello"})


def expected(
    vector: str, tls: tuple[str, ...] = ALL, octets: bytes = b"", **axes: str
) -> Prediction:
    scenario = SCENARIOS[f"hello.{vector}"]
    if octets:
        scenario = replace(scenario, octets=octets)
    return expect(cell(f"hello.{vector}", **axes), scenario, capabilities(tls))


def test_every_vector_is_a_scenario() -> None:
    there = {**hellos.load("hello"), **hellos.load("malformed")}
    assert set(FORMS) == set(there) and len(there) > 120
    for name, material in there.items():
        scenario = FORMS[name]
        assert scenario.octets == material.octets and scenario.client == "replay"
        assert Path(scenario.path).is_file()
        assert scenario.grids[0].axes == ()  # every one at the server as it is


def test_twins_have_their_hellos() -> None:
    twins = [name for name in FORMS if name.endswith(TWIN)]
    assert len(twins) > 20
    for name in twins:
        twin, bare = (hellos.named(n) for n in (name, name.removesuffix(TWIN)))
        assert (twin.classes.form, bare.classes.form) == ("tls", "sslv2")
        assert twin.classes.version == bare.classes.version
        assert twin.classes.extensions == "none"


def test_what_fits() -> None:
    found = hellos.named(SSLV2_31)
    assert found.source == "recorded" and found.lawful
    assert found.fits("form=sslv2 version=3.1") and found.fits("name=openssl-1.0.*")
    assert not found.fits("form=sslv2 version=3.3") and not found.fits("form=tls")
    with pytest.raises(KeyError):
        found.fits("colour=red")


def test_a_selection_that_means_nothing_is_named(tmp_path: Path) -> None:
    row = '[[scenario]]\nname = "x"\ntitle = "t"\nasks = "a"\nclient = "replay"\n'
    file = tmp_path / "x.toml"
    file.write_text(row + 'hello = "nothing"\n[[scenario.grid]]\nwhy = "w"\n')
    with pytest.raises(ValueError, match="no vector 'nothing'"):
        scenarios.load(tmp_path)
    where = 'vectors = ["hello"]\n[[scenario.grid]]\nwhy = "w"\nwhere = ["color=x"]\n'
    file.write_text(row + where)
    with pytest.raises(ValueError, match="'color' is not an axis of a hello"):
        scenarios.load(tmp_path)


def test_no_vectors_at_all(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no vectors in"):
        hellos.load("hello", tmp_path)


def test_only_the_replaying_client_replays() -> None:
    clients = [peer("client"), REPLAY]
    cells = plan(clients, [peer("server")], SCENARIOS)
    replays = {n: s.client == "replay" for n, s in SCENARIOS.items()}
    assert all(replays[c.scenario] == (c.client == "replay") for c in cells)
    assert len({c.id for c in cells}) == len(cells)
    assert any(c.axis("security") == "low" for c in cells)


def test_the_programs_are_told() -> None:
    scenario = SCENARIOS[f"hello.{SSLV2}"]
    at = cell(f"hello.{SSLV2}", security="low")
    words = client_arguments(at, scenario, PKI)
    assert words[words.index("--hello") + 1] == scenario.path
    assert words[words.index("--name") + 1] == ""
    assert words[words.index("--deadline") + 1] == "1000"
    assert server_arguments(at, scenario, PKI)[0] == "--old"
    pinned = server_arguments(cell(at.scenario, server_tls="1.0"), scenario, PKI)
    assert pinned.count("--old") == 1
    erring = SCENARIOS["hello-error.finished-1.3"]
    words = client_arguments(cell(erring.name), erring, PKI)
    assert words[words.index("--error") + 1] == "finished"


def test_every_error_has_its_control() -> None:
    """Without the error the same hello is played at the same server."""
    cells = plan([REPLAY], [peer("server")], SCENARIOS)
    ids = {c.id for c in cells}
    errors = [c for c in cells if c.scenario.startswith("hello-error.")]
    assert len(errors) > 18
    for each in errors:
        vector = SCENARIOS[each.scenario].hello
        assert replace(each, scenario=f"hello.{vector}").id in ids


@pytest.mark.parametrize(
    "octets, whole",
    [
        (b"\x16\x03\x01\x00", False),
        (b"\x16\x03\x01\x00\x04\x01\x00\x00\x00", True),
        (b"\x16\x03\x01\x00\x04\x01\x00\x00\x01", False),
        (b"\x16\x03\x01\x00\x05\x01\x00\x00\x00", False),
        (b"\x80\x03\x01\x03\x01", True),
        (b"\x80\x04\x01\x03\x01", False),
        (b"EHLO x\r\n", True),
        (b"", False),
    ],
)
def test_what_is_only_a_beginning(octets: bytes, whole: bool) -> None:
    assert waits(octets) is not whole


def test_every_whole_vector_is_whole_and_no_prefix_is() -> None:
    for material in hellos.load("hello").values():
        assert not waits(material.octets), material.name
        for n in (1, 5, len(material.octets) // 2, len(material.octets) - 1):
            assert waits(material.octets[:n]), (material.name, n)


def test_what_a_hello_lacks() -> None:
    def wanting(name: str, version: str, cert: str = "rsa") -> str:
        return lacks(codec.decode(hellos.named(name).octets), version, cert)

    assert wanting("openssl-3.0.22", "1.3") == wanting("openssl-3.0.22", "1.2") == ""
    assert wanting("openssl-3.0.22", "1.3", "ecdsa") == ""
    assert "signature_algorithms" in wanting("no-signature-algorithms", "1.2")
    assert "cipher suite" in wanting(SSLV2, "1.2")
    assert "key share" in wanting("share-zero", "1.3")
    assert "supported_groups" in wanting("no-groups", "1.2")


def test_the_sslv2_form_is_the_server_s_choice() -> None:
    due = expected(SSLV2)
    assert (due.outcome, due.version, due.clause) == ("open", "1.2", "RFC 5246 E.2")
    assert expected(SSLV2_31, ("1.0", "1.1")).version == "1.0"
    assert "takes only" in expected(SSLV2_31, ("1.2",)).because
    only = expected("openssl-1.0.1i-sslv2-only")
    assert (only.outcome, only.side, only.clause) == ("refused", "server", "RFC 6176 3")


def test_a_whole_offer_must_lead_to_tls() -> None:
    assert expected("openssl-3.0.22").outcome == "tls"
    assert expected("openssl-3.0.22").version == "1.3"
    assert expected("openssl-3.0.22", OLD).version == "1.2"
    assert expected("openssl-3.0.22", server_tls="1.2").version == "1.2"
    tls10 = expected("openssl-3.0.22-tls1.0", ("1.2", "1.3"))
    assert (tls10.alerts[0], tls10.exact, tls10.clause) == (70, True, "RFC 8446 D.2")
    assert expected("openssl-3.0.22-tls1.0", ("1.2",)).clause == "RFC 5246 E.1"
    assert expected("openssl-3.0.22-tls1.0", OLD).outcome == "tls"


def test_a_lowered_policy_counts_for_that_cell_alone() -> None:
    can = Capabilities(tls=ALL, natural=("1.2", "1.3"), lowered=ALL)
    scenario = SCENARIOS["hello.openssl-3.0.22-tls1.0"]
    at = cell(scenario.name)
    assert expect(at, scenario, can).outcome == "refused"
    low = replace(at, axes=(("security", "low"),))
    assert expect(low, scenario, can).outcome == "tls"


def test_versions_are_listed_in_any_order() -> None:
    assert expected("versions-3.4-3.3").version == "1.3"
    assert expected("versions-3.3-3.4").outcome == "open"
    assert expected("versions-3.1", ("1.2", "1.3")).clause == "RFC 8446 4.2.1"
    assert "may not know" in expected("versions-3.4", OLD).because
    assert "may abort" in expected("version-3.4").because


def test_falling_back_is_refused_where_it_was_not_needed() -> None:
    due = expected("fallback-scsv-3.2")
    assert (due.alerts, due.exact, due.clause) == ((86,), True, "RFC 7507 3")
    assert expected("fallback-scsv-3.2", ("1.1",)).outcome != "refused"
    assert 86 in expected("fallback-scsv-3.2", ("1.2",)).alerts


def test_what_is_wrong_with_a_hello() -> None:
    assert expected("http-instead").alerts == (10,)
    assert expected("http-instead").clause == "RFC 5246 6"
    assert expected("block-more").alerts == (50,)
    assert expected("renegotiation-nonempty").clause == "RFC 5746 3.6"
    assert expected("cut-in-the-middle").outcome == "open"
    assert expected("keyed-cookie").outcome == "open"
    assert "hello is wrong" in expected("keyed-cookie").because


def test_nothing_that_a_client_can_send_breaks_it() -> None:
    """Every prefix, and every single octet changed, of a hello in either form."""
    for name in (SSLV2, "keyed"):
        octets = hellos.named(name).octets
        for n in range(1, len(octets)):
            expected(name, octets=octets[:n])
            expected(
                name, octets=octets[:n] + bytes([octets[n] ^ 0xFF]) + octets[n + 1 :]
            )


def test_predict_asks_expect() -> None:
    scenario = SCENARIOS[f"hello.{SSLV2}"]
    at = cell(scenario.name)
    can = capabilities()
    assert predict(at, scenario, can, can, None) == expect(at, scenario, can)


def test_every_rule_of_hellos_has_a_scenario() -> None:
    mine = [rule for rule in RULES.values() if "hello.*" in rule.scenario]
    assert len(mine) > 12
    names = list(SCENARIOS)
    assert all(any(rule.applies(name) for name in names) for rule in mine)
    for rule in RULES.values():
        if "!hello*" in rule.scenario:
            assert not rule.applies(f"hello.{SSLV2}") and rule.applies("upgrade")


def test_material_is_what_was_read() -> None:
    found = hellos.named("keyed")
    assert isinstance(found, Material) and found.octets[0] == 0x16
    assert isinstance(REPLAY, Peer) and isinstance(cell("hello.keyed"), Cell)


@pytest.mark.parametrize(
    "name, at, found",
    [
        ("sslv2-behind-a-fragment", 105, 0x80),  # where the rest was due
        ("sslv2-around-tls", 0, 0x80),
        ("smtp-instead", 0, ord("E")),
        ("records-like-sslv2", 203 + 5, None),  # it only looks so
        ("cut-in-the-middle", None, None),
        ("change-first", 0, None),  # a type of record, if not the right one
    ],
)
def test_where_a_hello_goes_on_with_no_record(
    name: str, at: int | None, found: int | None
) -> None:
    octets = hellos.named(name).octets
    where, kind = foreign_type(octets)
    assert kind == found and (at is None or where == at)
    due = expect(cell(f"hello.{name}"), FORMS[name], capabilities())
    refused = found is not None and (where > 0 or not found & 0x80)
    assert (due.clause == "RFC 5246 6") is refused


@pytest.mark.parametrize(
    "vector, tls, outcome",
    [
        ("gnutls-3.7.9-cli-bare-tls1.0", OLD, "refused"),
        ("sslv2-scsv-none-3.1-twin", OLD, "refused"),
        ("sslv2-scsv-none-3.1", OLD, "deferred"),  # the form may not be understood
        ("wolfssl-5.5.4", OLD, "refused"),
        ("wolfssl-5.5.4", ALL, "tls"),  # RFC 5746 has nothing to do with TLS 1.3
        ("openssl-3.0.22-tls1.2", OLD, "tls"),  # it signals by the SCSV
        ("renegotiation-nonempty", OLD, "refused"),  # a signal, and a wrong one
    ],
)
def test_a_server_that_insists_on_the_signal(
    vector: str, tls: tuple[str, ...], outcome: str
) -> None:
    due = expected(vector, tls, renegotiation="required")
    assert due.outcome == outcome
    without = expected(vector, tls)
    assert (due == without) == ("5746 4.3" not in due.clause)


def test_who_has_no_common_version_is_refused_for_that() -> None:
    due = expected("sslv2-scsv-none-3.1-twin", ("1.3",), renegotiation="required")
    assert due == expected("sslv2-scsv-none-3.1-twin", ("1.3",))
    assert due.alerts[0] == 70
