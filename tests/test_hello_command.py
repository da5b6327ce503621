"""test_hello_command - ./interop hello takes a hello in any clothing, and explains."""

from __future__ import annotations

import io
import struct
import sys
from pathlib import Path

import pytest
from hello_vectors import ALL, FOLDER, HELLO, command

from matrix.complaint import Complaint
from matrix.vectors import pcap, shares, source
from matrix.vectors.explain import explain

V3 = HELLO["openssl-1.0.1i-sslv2-rsa"].octets
H4 = HELLO["openssl-3.0.22"].octets


def told(tmp_path: Path, octets: bytes) -> tuple[bytes, ...]:
    file = tmp_path / "given"
    file.write_bytes(octets)
    assert command("hello", str(file)) == 0
    return source.writes(octets)


def captured(
    octets: bytes, segments: list[tuple[int, int]], link: int = 1, start: int = 1000
) -> bytes:
    """A pcap file with these (start, end) segments of a stream, in this order."""
    file = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
    head = {1: b"\0" * 12 + b"\x08\0", 101: b""}[link]
    for first, last in segments:
        data = octets[first:last]
        sequence = (start + first) & 0xFFFFFFFF
        tcp = struct.pack(">HHIIBBHHH", 40000, 25, sequence, 1, 5 << 4, 24, 0, 0, 0)
        size = 20 + len(tcp) + len(data)
        ip = struct.pack(">BBHHHBBH", 0x45, 0, size, 0, 0, 64, 6, 0) + bytes(8)
        packet = head + ip + tcp + data
        file += struct.pack("<IIII", 0, 0, len(packet), len(packet)) + packet
    return file


@pytest.mark.parametrize("octets", [V3, H4], ids=["sslv2", "tls"])
def test_every_clothing(tmp_path: Path, octets: bytes) -> None:
    spaced = "\n".join(octets[i : i + 16].hex(" ") for i in range(0, len(octets), 16))
    session = b"EHLO client.example\r\nSTARTTLS\r\n" + octets
    for given in (
        octets,
        octets.hex().encode(),
        spaced.upper().encode(),
        ":".join(f"{o:02x}" for o in octets).encode(),
        ", ".join(f"0x{o:02x}" for o in octets).encode(),
        b"# a comment\n" + octets.hex().encode() + b" # and one\n",
        captured(octets, [(0, len(octets))]),
        captured(session, [(0, 21), (21, 31), (31, len(session))]),
        captured(session, [(0, 31), (40, len(session)), (31, 60)], link=101),
        captured(session, [(0, 31), (31, len(session))], start=0xFFFFFFF0),
    ):
        assert told(tmp_path, given) == (octets,)


@pytest.mark.parametrize("name", ["segments-2", "keyed", "sslv2-segments-1"])
def test_a_flow_keeps_its_writes(tmp_path: Path, name: str) -> None:
    text = (FOLDER / "hello" / f"{name}.flow").read_bytes()
    assert told(tmp_path, text) == HELLO[name].writes


def test_a_session_flow(tmp_path: Path) -> None:
    """Also where the hello is in the same turn as STARTTLS."""
    for name in ("same-segment-sslv2", "before-the-220-sslv2"):
        text = (FOLDER / "session" / f"{name}.flow").read_bytes()
        assert told(tmp_path, text) == (V3,)


def test_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(V3.hex().encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert command("hello", "-") == 0
    assert "in the SSLv2 form (RFC 5246 E.2)" in capsys.readouterr().out


@pytest.mark.parametrize(
    "octets, words",
    [
        (b"", "it is empty"),
        (pcap.NG + bytes(40), "editcap"),
        (captured(b"HELO x\r\n", [(0, 8)]), "no connection in this capture"),
        (captured(H4, [(0, 9)]), "no connection in this capture"),
        (captured(H4, [(0, 9)])[:20], "the capture file is cut"),
        (b"source: recorded\n", "nothing of the client"),
        (b"hello world", "line 1"),
    ],
)
def test_no_hello(tmp_path: Path, octets: bytes, words: str) -> None:
    file = tmp_path / "given"
    file.write_bytes(octets)
    with pytest.raises(Complaint, match=words) as raised:
        command("hello", str(file))
    assert raised.value.status == 2 and "\n" not in str(raised.value)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(Complaint, match="No such file or directory; give a file"):
        command("hello", str(tmp_path / "none"))


@pytest.mark.parametrize("name", sorted(ALL))
def test_all_vectors_can_be_explained(name: str) -> None:
    text = explain(ALL[name].writes)
    assert text.isascii() and "Classes: " in text
    assert ("Not lawful" in text) != ("Lawful, as far as" in text)


def test_what_it_says() -> None:
    text = explain([V3])
    for line in (
        "    0  80 7d                      SSLv2 record, 125 octets",
        "A ClientHello of 125 octets in the SSLv2 form (RFC 5246 E.2).",
        "It offers TLS 1.2 and what is below it.",
        "It signals secure renegotiation by the SCSV (RFC 5746 3.3).",
        "Classes: V3",
    ):
        assert line in text.splitlines()
    text = explain([H4])
    assert "It offers exactly TLS 1.3, TLS 1.2, TLS 1.1, TLS 1.0" in text
    assert "It has key shares of x25519." in text
    text = explain(ALL["sslv2-challenge-15"].writes)
    assert "challenge is not 16 to 32 octets (RFC 5246 E.2)" in text


def test_public_halves() -> None:
    """RFC 7748 5.2 (one iteration) and RFC 5903 8.1."""
    assert shares.x25519_public(b"\x09" + bytes(31)).hex() == (
        "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"
    )
    secret = "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433"
    assert shares.secp256r1_public(bytes.fromhex(secret)).hex() == (
        "04dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180"
        "5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3"
    )
    assert len(shares.private("x")) == 32 and shares.private("x") != shares.private("y")
