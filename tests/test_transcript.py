"""What the octets of a connection are shown as: records, steps and dumps."""

from __future__ import annotations

import pytest

import report_run
from matrix.model import Flow, Turn
from matrix.report import records
from matrix.report.transcript import dump, steps


def turns(*made: tuple[str, bytes, int]) -> Flow:
    return Flow({}, tuple(Turn(s, "tls", data, more) for s, data, more in made))


def test_records_of_a_handshake() -> None:
    flow = turns(("C", report_run.HELLO, 0), ("S", report_run.SERVER_HELLO, 0))
    (hello,), (answer,) = records.summarise(flow)
    assert hello == (
        "handshake client_hello, 77 octets; record version 1.0; "
        "offers 1.3 1.2; server_name mx.example"
    )
    assert "server_hello, 42 octets; chooses 1.2" in answer
    assert "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" in answer


def test_records_cut_anywhere_are_told_once_and_whole() -> None:
    whole = records.summarise(turns(("C", report_run.HELLO, 0)))[0]
    for at in range(1, len(report_run.HELLO)):
        first, second = records.summarise(
            turns(("C", report_run.HELLO[:at], 0), ("C", report_run.HELLO[at:], 0))
        )
        assert second == whole
        of = f" of {len(report_run.HELLO)}" if at >= 5 else ""
        assert first == (f"a record begins: {at}{of} octets",)


def test_records_after_change_cipher_spec_are_not_read() -> None:
    finished = bytes.fromhex("1603030010") + bytes(16)
    flow = turns(("C", bytes.fromhex("140303000101") + finished, 0))
    assert records.summarise(flow) == (
        ("change_cipher_spec", "handshake, encrypted, 16 octets"),
    )


def test_records_name_alerts() -> None:
    lines = records.summarise(
        turns(("S", report_run.ALERT, 0), ("S", b"\x15\x03\x03\0\x04abcd", 0))
    )
    assert lines[0] == ("alert fatal protocol_version(70)",)
    assert lines[1] == ("alert, malformed, 4 octets",)


def test_records_of_a_wrong_version_are_read_and_said() -> None:
    (lines,) = records.summarise(turns(("S", bytes.fromhex("15000000020246"), 0)))
    assert lines == ("alert fatal protocol_version(70); record version 0000",)


def test_records_go_on_behind_octets_that_are_not_listed() -> None:
    big = bytes.fromhex("1703031000") + b"x" * 251
    (one,) = records.summarise(turns(("C", big, 0x1000 - 251)))
    assert one == ("application_data, 4,096 octets",)
    lost, found = records.summarise(turns(("C", big, 9000), ("C", report_run.ALERT, 0)))
    assert lost == ("9,000 octets not listed",)
    assert found == ("alert fatal protocol_version(70)",)


def test_records_that_are_none() -> None:
    (said,) = records.summarise(turns(("C", b"EHLO x\x1b\r\n", 0)))
    assert said == (r'no TLS record, 9 octets: "EHLO x\x1b\r\n"',)


# client_version 3.1, two cipher specs, a challenge of 16 octets.
SSLV2 = bytes.fromhex("801f" "0103010006" "00000010" "00000a" "000005") + bytes(16)


def test_records_sslv2_form() -> None:
    (said,) = records.summarise(turns(("C", SSLV2, 0)))
    size = "handshake client_hello, 33 octets"
    assert said == (f"{size}; in the SSLv2 format; offers up to 1.0",)
    (said,) = records.summarise(turns(("C", SSLV2[:20], 13)))
    assert len(said) == 1 and said[0].startswith(f"{size}; cannot be read")


def test_the_sslv2_form_cut_anywhere_is_told_once_and_whole() -> None:
    """A server may take it octet by octet, and an alert in a record may follow."""
    (whole,) = records.summarise(turns(("C", SSLV2, 0)))
    for at in range(1, len(SSLV2)):
        cut = turns(("C", SSLV2[:at], 0), ("C", SSLV2[at:] + report_run.ALERT, 0))
        first, second = records.summarise(cut)
        of = f" of {len(SSLV2)}" if at >= 5 else ""
        assert first == (f"a record begins: {at}{of} octets",)
        assert second == (*whole, "alert fatal protocol_version(70)")
    single = records.summarise(turns(*(("C", bytes([n]), 0) for n in SSLV2)))
    assert single[-1] == whole and single[0] == ("a record begins: 1 octets",)


def test_the_sslv2_form_is_a_clients_and_comes_first() -> None:
    assert records.summarise(turns(("S", SSLV2, 0)))[0][0].startswith("no TLS record")
    behind = records.summarise(turns(("C", report_run.ALERT + SSLV2, 0)))
    assert behind[0][1].startswith("no TLS record")


@pytest.mark.parametrize("seed", range(40))
def test_records_never_raise(seed: int) -> None:
    """Every octet of a real hello changed: each turn still has a line."""
    for at in range(len(report_run.HELLO)):
        data = bytearray(report_run.HELLO + report_run.SERVER_HELLO)
        data[at] = (data[at] * 7 + seed * 13 + 1) % 256
        for lines in records.summarise(turns(("C", bytes(data), 0), ("S", data, 5))):
            assert lines and all(line.isprintable() for line in lines)


# --- transcripts ---


def test_steps_show_line_ends_only_where_they_are_unusual() -> None:
    flow = Flow({}, (Turn("S", "smtp", b"250-a\r\n250 b\n"), Turn("C", "smtp", b"QU")))
    assert [step.lines for step in steps(flow)] == [
        ("250-a", r"250 b\n"),
        ("QU  (no line end)",),
    ]


def test_steps_say_what_is_not_listed() -> None:
    flow = Flow({}, (Turn("C", "inside", b"a\r\nb", 8000),))
    assert steps(flow)[0].lines == ("a", "b", "... 8,000 octets not listed")


def test_dump() -> None:
    assert dump(b"\x16\x03<>" + bytes(13), limit=16) == (
        "0000  16 03 3c 3e 00 00 00 00 00 00 00 00 00 00 00 00  ..<>............",
    )
