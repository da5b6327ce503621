"""skew and drift - versions in their order, what is so since when, and what changed
in a hello."""

from __future__ import annotations

from dataclasses import replace

from matrix import drift, extensions, skew
from matrix.hello import decode
from matrix.model import Hello, Peer
from report_run import HELLO
from sessions import peer


def some(family: str, *versions: str, loaded: str = "") -> list[Peer]:
    return [
        replace(
            peer("server", id=f"{family}-{version}"),
            family=family,
            version=version,
            about={"loaded": loaded.format(version), "independence": "openssl"},
        )
        for version in versions
    ]


def test_versions_come_in_the_order_of_their_release() -> None:
    versions = ["4.0.3", "1.0.2o", "3.0.22", "1.0.1i", "1.1.0h", "1.0.0m", "1.0.2"]
    versions += ["3.0.9", "1.1.1v+quic", "1.1.1w", "10.0"]
    assert sorted(versions, key=skew.age) == [
        *("1.0.0m", "1.0.1i", "1.0.2", "1.0.2o", "1.1.0h", "1.1.1v+quic", "1.1.1w"),
        *("3.0.9", "3.0.22", "4.0.3", "10.0"),
    ]


def test_a_library_inside_a_program_is_a_generation_of_the_library() -> None:
    peers = some("openssl", "3.0.22") + some("bun", "1.4", loaded="1.4 (BoringSSL fe7)")
    peers += some("node", "0.10.32", loaded="{} (OpenSSL 1.0.1i)")
    found = skew.lineages(peers)
    assert {k: [g.version for g in v] for k, v in found.items()} == {
        "bun": ["1.4"],
        "openssl": ["1.0.1i", "3.0.22"],
    }
    assert found["openssl"][0].peer.id == "node-0.10.32"


def test_versions_in_a_row_with_one_label_are_one_span() -> None:
    labels = [("1", "yes"), ("2", ""), ("3", "yes"), ("4", "no"), ("5", "yes")]
    assert skew.told(labels) == "1 to 3: yes; 4: no; 5: yes"
    assert skew.spans([]) == ()


def test_since_and_until_say_what_is_known_of_the_version_beside() -> None:
    labels = [("1", False), ("2", True), ("3", True), ("4", False)]
    assert skew.since(labels) == "2 (not in 1)"
    assert skew.until(labels) == "3 (not in 4)"
    assert skew.since(labels[1:]) == "2, the oldest here"
    assert skew.until(labels[:3]) == "3, the newest here"
    assert skew.since(labels[1:2]) == skew.until(labels[1:2]) == "2, the only one here"
    assert skew.since(labels[:1]) == skew.until(labels[:1]) == ""


def test_who_was_told_to_behave_in_another_way_is_no_newer_version() -> None:
    java = replace(peer("client"), family="jsse", version="17.0.15")
    told = replace(java, id="jsse-sslv2", version="17.0.15+sslv2hello")
    found = skew.lineages([told, java])
    assert list(found) == ["jsse", "jsse+sslv2hello"]
    assert [g.version for line in found.values() for g in line] == ["17.0.15"] * 2


OLD = decode(HELLO)


def change(new: Hello, *more: Hello) -> dict[str, drift.Change]:
    found = drift.changes(drift.profile([OLD]), drift.profile([new, *more]))
    return {c.field: c for c in found}


def test_the_same_hello_has_no_drift() -> None:
    assert not change(replace(OLD, random=b"\x07" * 32))


def test_what_came_and_went_has_its_registered_name() -> None:
    suites = change(replace(OLD, cipher_suites=(0x1301, 0xC02F)))["suites"]
    assert suites.came == ("TLS_AES_128_GCM_SHA256",)
    assert suites.went == ("TLS_RSA_WITH_AES_128_GCM_SHA256",)
    assert suites.words == ""
    swapped = change(replace(OLD, cipher_suites=OLD.cipher_suites[::-1]))["suites"]
    assert (swapped.came, swapped.went) == ((), ())
    assert swapped.words == "in another order"


def test_groups_shares_and_schemes_are_decoded() -> None:
    more = (
        (extensions.SUPPORTED_GROUPS, bytes.fromhex("00060a0a11ec001d")),
        (extensions.KEY_SHARE, bytes.fromhex("000a1a1a00010011ec0001ff")),
        (extensions.SIGNATURE_ALGORITHMS, bytes.fromhex("00020804")),
    )
    new = replace(OLD, extensions=OLD.extensions + more)
    found = change(new)
    assert found["groups"].came == ("GREASE", "X25519MLKEM768", "x25519")
    assert found["key shares"].came == ("GREASE", "X25519MLKEM768")
    assert found["signature schemes"].came == ("rsa_pss_rsae_sha256",)
    assert found["extensions"].came[0] == "supported_groups(10)"
    assert drift.profile([new]).post_quantum and not drift.profile([OLD]).post_quantum


def test_a_list_that_is_cut_off_is_no_crash() -> None:
    broken = replace(
        OLD, extensions=((extensions.SUPPORTED_GROUPS, b"\x00\x08\x00"), (51, b"\xff"))
    )
    assert drift.profile([broken]).groups == drift.profile([broken]).shares == ()


def test_an_order_by_chance_is_told_from_another_order() -> None:
    turned = replace(OLD, extensions=OLD.extensions[::-1])
    assert change(turned)["order of extensions"].words == "another one"
    both = change(OLD, turned)
    assert both["order of extensions"].words == "by chance now"
    assert set(both) == {"order of extensions"}


def test_form_version_and_length_are_told() -> None:
    other = replace(OLD, form="sslv2", octets=100, supported_versions=())
    found = change(other, replace(other, octets=120))
    assert found["form"].words == "tls before, sslv2 now"
    assert found["octets"].words == f"{OLD.octets}, now 100 to 120"
    assert found["supported_versions"].went == ("TLS 1.3", "TLS 1.2")
    assert change(replace(OLD, client_version=0x0301))["client_version"].words == (
        "3.3, now 3.1"
    )
