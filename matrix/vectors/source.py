"""source - a hello out of whatever it is given in: hex text, raw octets, a capture
file, a flow."""

from __future__ import annotations

import re
from typing import Iterable

from matrix import flow
from matrix.vectors import codec, pcap
from matrix.vectors.vector import Vector

_SWITCH = re.compile(rb"STARTTLS[ \t]*\r?\n", re.IGNORECASE)
_FILLING = re.compile(rb"0x|[\s:,]+")
_COMMENT = re.compile(rb"#[^\n]*")


def writes(octets: bytes) -> tuple[bytes, ...]:
    """What a client sends first after the switch, a write each where that is known.
    Raises ValueError("... what to give instead") if there is no such thing."""
    if not octets:
        raise ValueError("it is empty")
    if octets[:4] == pcap.NG:
        raise ValueError("a pcapng file; make it pcap first: editcap -F pcap IN OUT")
    if pcap.is_pcap(octets):
        return (_from_streams(pcap.streams(octets)),)
    if (text := _hex(octets)) is not None:
        return (text,)
    if _is_text(octets):
        return _from_flow(octets.decode("ascii"))
    return (octets,)


def _is_text(octets: bytes) -> bool:
    return all(9 <= c <= 13 or 32 <= c < 127 for c in octets)


def _hex(octets: bytes) -> bytes | None:
    """Octets of a hex text: pairs of digits with blanks, colons, commas, 0x or
    line ends between them, comments behind #; None if it is something else."""
    try:
        digits = _FILLING.sub(b"", _COMMENT.sub(b"", octets)).decode("ascii")
        return bytes.fromhex(digits) or None
    except ValueError:
        return None


def _from_flow(text: str) -> tuple[bytes, ...]:
    read = flow.parse(text)
    if found := Vector("", read).writes:
        return found
    if hello := behind_switch(read.octets("C", "smtp")):
        return (hello,)
    raise ValueError("the flow has nothing of the client on tls")


def behind_switch(octets: bytes) -> bytes:
    """What stands behind a STARTTLS command; b"" if none does."""
    command = _SWITCH.search(octets)
    return octets[command.end() :] if command else b""


def _from_streams(streams: Iterable[bytes]) -> bytes:
    """The first hello that begins a stream, or stands behind its STARTTLS."""
    candidates = [(octets, behind_switch(octets)) for octets in streams]
    for octets in (o for pair in candidates for o in pair):
        try:
            hello = codec.decode(octets[: codec.LIMIT])
        except ValueError:
            continue
        size = len(octets[: codec.LIMIT]) - len(hello.after)
        return octets[:size]
    raise ValueError("no connection in this capture has a ClientHello")
