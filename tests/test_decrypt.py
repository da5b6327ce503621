"""test_decrypt - a second witness: what the replay client completed, tshark decrypts
with the key log that it wrote."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

import pytest

from matrix.certificates import ensure
from matrix.flow import parse_record
from matrix.model import Flow

TOP = Path(__file__).resolve().parents[1]
HOST = TOP / "build" / "host"
SECONDS = 30
CLIENT, SERVER = 40000, 443


def played(hello: str, pki: Path) -> Flow:
    """One session of the replay client with OpenSSL's server, every octet listed."""
    ensure(pki)
    server = subprocess.Popen(
        [str(HOST / "server-openssl"), "--listen", "127.0.0.1:0", "--once", "--old"]
        + ["--tied", "--cert", str(pki / "rsa.pem"), "--key", str(pki / "rsa.key")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with server:
        assert server.stdout
        address = server.stdout.readline().split()[-1]
        client = subprocess.run(
            [str(HOST / "client-replay"), "--to", address, "--name", "", "--secrets"]
            + ["--hello", str(TOP / "vectors" / "hello" / f"{hello}.flow")]
            + ["--list-octets", "0"],
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        server.communicate(timeout=SECONDS)
    flows, status = parse_record(client.stdout)
    assert status == "0", client.stdout
    return flows[0]


def packets(flow: Flow) -> bytes:
    """The TLS octets of a flow as a pcap file of one TCP connection."""
    at = {"C": 1, "S": 1}
    octets = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
    for turn in flow.turns:
        if turn.layer != "tls":
            continue
        assert turn.more == 0
        other = "S" if turn.sender == "C" else "C"
        ports = (CLIENT, SERVER) if turn.sender == "C" else (SERVER, CLIENT)
        tcp = struct.pack(
            ">HHIIBBHHH", *ports, at[turn.sender], at[other], 5 << 4, 24, 4096, 0, 0
        )
        at[turn.sender] += len(turn.data)
        size = 20 + len(tcp) + len(turn.data)
        ip = struct.pack(">BBHHHBBH", 0x45, 0, size, 0, 0, 64, 6, 0)
        packet = ip + bytes([127, 0, 0, 1]) * 2 + tcp + turn.data
        octets += struct.pack("<IIII", 0, 0, len(packet), len(packet)) + packet
    return octets


@pytest.mark.parametrize(
    "hello, version",
    [
        ("openssl-1.0.1i-sslv2-rsa", "1.2"),
        ("openssl-1.0.1i-sslv2-rsa-3.1", "1.0"),
        ("keyed", "1.3"),
        ("jsse-17.0.15-tls1.2", "1.2"),
    ],
)
def test_tshark_decrypts_what_was_completed(
    hello: str, version: str, tmp_path: Path
) -> None:
    flow = played(hello, tmp_path / "certs")
    assert flow.fact("tls.handshake") == "ok", flow.fact("tls.error")
    assert flow.fact("tls.version") == version
    (tmp_path / "session.pcap").write_bytes(packets(flow))
    secrets = [value for name, value in flow.facts if name == "tls.secret"]
    (tmp_path / "keys").write_text("\n".join(secrets) + "\n")
    told = subprocess.run(
        ["tshark", "-n", "-q", "-r", str(tmp_path / "session.pcap")]
        + ["-o", f"tls.keylog_file:{tmp_path / 'keys'}", "-z", "follow,tls,ascii,0"],
        capture_output=True,
        text=True,
        timeout=SECONDS,
    ).stdout
    assert "MAIL FROM:<a@client.example>" in told
    assert "Subject: interop" in told
    assert "221 bye" in told
