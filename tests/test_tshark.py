"""test_tshark - a second witness: tshark reads the vectors as we do."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

from hello_vectors import HELLO

from matrix.vectors import codec, reach
from matrix.vectors.codec import ClientHello

FIELDS = [
    "tls.record.version",
    "tls.handshake.version",
    "tls.handshake.random",
    "tls.handshake.session_id",
    "tls.handshake.ciphersuite",
    "tls.handshake.comp_method",
    "tls.handshake.extension.type",
    "tls.handshake.extensions.supported_version",
    "tls.handshake.extensions_key_share_group",
    "tls.handshake.cipherspec",
    "tls.handshake.cipher_spec_len",
    "tls.handshake.challenge_length",
]
# tshark takes records of versions it knows for TLS, and no others.
NOT_TAKEN = {"record-3.4", "record-3.255", "keyed-record-3.4", "sslv2-version-3.255"}
SEGMENT = 1400  # octets


def segments(octets: bytes, port: int) -> Iterator[bytes]:
    """IP packets that carry the octets of one connection."""
    for at in range(0, len(octets), SEGMENT):
        data = octets[at : at + SEGMENT]
        tcp = struct.pack(">HHIIBBHHH", port, 443, 1 + at, 1, 5 << 4, 24, 0, 0, 0)
        size = 20 + len(tcp) + len(data)
        ip = struct.pack(">BBHHHBBH", 0x45, 0, size, 0, 0, 64, 6, 0)
        yield ip + bytes([127, 0, 0, 1]) * 2 + tcp + data


def expected(h: ClientHello) -> dict[str, list[str]]:
    """What tshark should say: numbers as it writes them."""
    if h.form == "sslv2":
        return {
            "tls.handshake.version": [f"0x{h.version:04x}"],
            "tls.handshake.cipherspec": [f"0x{n:06x}" for n in h.specs],
            "tls.handshake.cipher_spec_len": [str(len(h.cipher_suites))],
            "tls.handshake.challenge_length": [str(len(h.random))],
        }
    return {
        "tls.record.version": list(
            dict.fromkeys(f"0x{version:04x}" for version, _ in h.records)
        ),
        "tls.handshake.version": [f"0x{h.version:04x}"],
        "tls.handshake.random": [h.random.hex()],
        "tls.handshake.session_id": [h.session_id.hex()] if h.session_id else [],
        "tls.handshake.ciphersuite": [f"0x{n:04x}" for n in h.suites],
        "tls.handshake.comp_method": [str(n) for n in h.compression_methods],
        "tls.handshake.extension.type": [str(n) for n, _ in h.extensions or ()],
        "tls.handshake.extensions.supported_version": [
            f"0x{n:04x}" for n in reach.versions(h)
        ],
        "tls.handshake.extensions_key_share_group": [str(n) for n in reach.groups(h)],
    }


def test_tshark_reads_the_same(tmp_path: Path) -> None:
    file = tmp_path / "hellos.pcap"
    octets = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
    ports = dict(enumerate(HELLO, 20000))
    for port, name in ports.items():
        for packet in segments(HELLO[name].octets, port):
            octets += struct.pack("<IIII", 0, 0, len(packet), len(packet)) + packet
    file.write_bytes(octets)
    done = subprocess.run(
        ["tshark", "-n", "-r", str(file), "-Y", "tls", "-T", "fields"]
        + ["-E", "separator=;", "-e", "tcp.srcport"]
        + [word for field in FIELDS for word in ("-e", field)],
        capture_output=True,
        text=True,
        check=True,
    )
    seen: dict[str, dict[str, list[str]]] = {}
    for line in done.stdout.splitlines():
        number, *values = line.split(";")
        told = dict(zip(FIELDS, (v.split(",") if v else [] for v in values)))
        told[FIELDS[0]] = list(dict.fromkeys(told[FIELDS[0]]))
        if any(told[field] for field in FIELDS[1:]):
            seen[ports[int(number)]] = told
    assert set(HELLO) - set(seen) == NOT_TAKEN
    for name, told in seen.items():
        for field, value in expected(codec.decode(HELLO[name].octets)).items():
            assert told[field] == value, (name, field)
