"""pcap - TCP payloads out of a capture file (classic pcap), for finding hellos.

Read are Ethernet, Linux cooked, null and raw captures with IPv4 or IPv6 (without
extension headers).  Streams are put together by sequence number; a gap ends one.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Iterator

_MAGICS = {
    b"\xd4\xc3\xb2\xa1": "<",
    b"\x4d\x3c\xb2\xa1": "<",
    b"\xa1\xb2\xc3\xd4": ">",
    b"\xa1\xb2\x3c\x4d": ">",
}
NG = b"\n\r\r\n"  # pcapng
_LINKS = {0: 4, 1: 14, 113: 16, 276: 20, 101: 0, 12: 0, 228: 0, 229: 0}
_IP4, _IP6, _TCP = 4, 6, 6
_SYN = 2
LIMIT = 1 << 20  # octets of a stream that are looked at


@dataclass(slots=True)
class _Stream:
    """One direction of a connection: segments by their distance from the first."""

    first: int
    segments: dict[int, bytes] = field(default_factory=dict)

    def octets(self) -> bytes:
        joined = b""
        for at in sorted(self.segments):
            data = self.segments[at]
            if at > len(joined):
                break  # a gap
            joined += data[len(joined) - at :]
            if len(joined) > LIMIT:
                break
        return joined


def is_pcap(octets: bytes) -> bool:
    """Whether these are the first octets of a classic capture file."""
    return octets[:4] in _MAGICS


def streams(octets: bytes) -> list[bytes]:
    """Each direction of each connection, in the order in which they begin.
    Raises ValueError for a file that is cut or of a link type not known."""
    found: dict[tuple[bytes, bytes, int, int], _Stream] = {}
    for packet in _packets(octets):
        segment = _segment(packet)
        if segment is None:
            continue
        key, sequence, flags, data = segment
        if key not in found:
            found[key] = _Stream(sequence + (1 if flags & _SYN else 0))
        at = (sequence - found[key].first) & 0xFFFFFFFF
        if data and at < LIMIT:
            old = found[key].segments.get(at, b"")
            found[key].segments[at] = max(old, data, key=len)
    return [stream.octets() for stream in found.values()]


def _packets(octets: bytes) -> Iterator[bytes]:
    """The IP packets of a capture file."""
    order = _MAGICS[octets[:4]]
    if len(octets) < 24:
        raise ValueError("the capture file is cut")
    link = struct.unpack_from(order + "I", octets, 20)[0] & 0xFFFF
    if link not in _LINKS:
        raise ValueError(f"captures of link type {link} are not read")
    at = 24
    while at + 16 <= len(octets):
        length = struct.unpack_from(order + "I", octets, at + 8)[0]
        packet = octets[at + 16 : at + 16 + length]
        yield packet[_LINKS[link] + _tag(packet, link) :]
        at += 16 + length


def _tag(packet: bytes, link: int) -> int:
    """Octets of a VLAN tag in an Ethernet header (IEEE 802.1Q)."""
    return 4 if link == 1 and packet[12:14] == b"\x81\x00" else 0


def _segment(
    packet: bytes,
) -> tuple[tuple[bytes, bytes, int, int], int, int, bytes] | None:
    """(addresses and ports, sequence number, flags, payload) of a TCP segment."""
    kind = packet[0] >> 4 if packet else 0
    if kind == _IP4 and len(packet) >= 20 and packet[9] == _TCP:
        head = 4 * (packet[0] & 15)
        end = int.from_bytes(packet[2:4], "big") or len(packet)
        ends = (packet[12:16], packet[16:20])
    elif kind == _IP6 and len(packet) >= 40 and packet[6] == _TCP:
        head, end = 40, 40 + int.from_bytes(packet[4:6], "big")
        ends = (packet[8:24], packet[24:40])
    else:
        return None
    tcp = packet[head:end]
    if len(tcp) < 20:
        return None
    source, target, sequence = struct.unpack_from(">HHI", tcp)
    return (*ends, source, target), sequence, tcp[13], tcp[4 * (tcp[12] >> 4) :]
