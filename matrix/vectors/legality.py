"""legality - what a client may not say in a ClientHello; structure is apart.

A hello that can be cut (codec.py) may still be illegal, and a replay sends it all
the same.  Clauses that forbid a form or a version as such are not here: they are
rules of a date (matrix/rules/), these hold at every date.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Callable

from matrix.alerts import DECODE_ERROR, HANDSHAKE_FAILURE, ILLEGAL_PARAMETER
from matrix.alerts import MISSING_EXTENSION, PROTOCOL_VERSION, RECORD_OVERFLOW
from matrix.alerts import UNEXPECTED_MESSAGE
from matrix.hello import HANDSHAKE
from matrix.shares import read_shares, wrong_point
from matrix.vectors import codec, names, reach, stream
from matrix.vectors.codec import ClientHello
from matrix.vectors.pieces import walked

_GROUPS, _SCHEMES, _PSK, _MODES, _SHARE = 10, 13, 41, 45, 51
_EARLY, _COOKIE, _RI = 42, 44, 0xFF01


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that may not be said, and the alert that fits it."""

    alert: int
    words: str  # with the clause at the end

    def __str__(self) -> str:
        return f"{self.words}: {names.alert(self.alert)}"


@lru_cache(maxsize=1024)  # one hello meets many servers
def findings(octets: bytes) -> tuple[Finding, ...]:
    """What is wrong with the octets a client sends first; () nothing is."""
    try:
        hello = codec.decode(octets)
    except ValueError as error:
        return (Finding(_structure(octets), f"cannot be cut: {error}"),)
    found = [
        Finding(alert, words)
        for form, alert, broken, words in ROWS
        if form in (hello.form, "both") and broken(hello)
    ]
    if hello.form == "tls":
        body = walked(codec.message(hello)[4:], 0, stream.client_hello)
        found += [
            Finding(DECODE_ERROR, f"{why} (RFC 8446 4.2)")
            for why in body.wrong
            if not why.startswith("cipher_suites")  # there is a rule for it
        ]
    return tuple(found)


def _structure(octets: bytes) -> int:
    """The alert for octets that are no ClientHello: RFC 5246 6 and RFC 8446 5 for a
    record or message that is another, RFC 8446 6.2 for one that cannot be cut."""
    if not octets:
        return DECODE_ERROR
    if octets[0] == HANDSHAKE:
        other = octets[5:6] not in (b"", b"\1") or _breaks_off(octets)
        return UNEXPECTED_MESSAGE if other else DECODE_ERROR
    return DECODE_ERROR if codec.is_sslv2(octets) else UNEXPECTED_MESSAGE


def _breaks_off(octets: bytes) -> bool:
    """Whether a record of another kind stands in the midst of the message."""
    at, joined = 0, b""
    while len(joined) < 4 + int.from_bytes(joined[1:4], "big"):
        if octets[at : at + 1] != bytes([HANDSHAKE]):
            return at < len(octets)
        end = at + 5 + int.from_bytes(octets[at + 3 : at + 5], "big")
        joined += octets[at + 5 : end]
        at = end
    return False


def _tls13(h: ClientHello) -> bool:
    return reach.TLS13 in reach.versions(h)


def _major(h: ClientHello) -> bool:
    """RFC 5246 E.2: the SSLv2 form may be a client's of SSL 2.0, which says so."""
    of_old = h.form == "sslv2" and h.version == 0x0002
    return h.version >> 8 != 3 and not of_old


def _suites_cut(h: ClientHello) -> bool:
    return len(h.cipher_suites) % (2 if h.form == "tls" else 3) != 0


def _twice(h: ClientHello) -> bool:
    numbers = [n for n, _ in h.extensions or ()]
    return len(numbers) != len(set(numbers))


def _psk_not_last(h: ClientHello) -> bool:
    return _PSK in [n for n, _ in (h.extensions or ())[:-1]]


def _bare(h: ClientHello) -> bool:
    """RFC 8446 9.2: what a hello without a PSK has to have."""
    needs = (_SCHEMES, _GROUPS, _SHARE)
    there = [n for n, _ in h.extensions or ()]
    return _tls13(h) and _PSK not in there and not all(n in there for n in needs)


def _shares_not_in_groups(h: ClientHello) -> bool:
    """RFC 8446 4.2.8: in supported_groups, and in its order."""
    data = h.extension(_GROUPS) or b""
    listed = [int.from_bytes(data[i : i + 2], "big") for i in range(2, len(data), 2)]
    shared = reach.groups(h)
    return not all(group in listed for group in shared)


def _share_twice(h: ClientHello) -> bool:
    return len(reach.groups(h)) != len(set(reach.groups(h)))


def _point_compressed(h: ClientHello) -> bool:
    try:
        shares = list(read_shares(h.extension(_SHARE) or b"\0\0"))
    except ValueError:
        return False
    return any(wrong_point(group, value) for group, value in shares)


def _renegotiates(h: ClientHello) -> bool:
    return h.extension(_RI) not in (None, b"\0")


def _early_without_psk(h: ClientHello) -> bool:
    return h.extension(_EARLY) is not None and h.extension(_PSK) is None


def _psk_without_modes(h: ClientHello) -> bool:
    return h.extension(_PSK) is not None and h.extension(_MODES) is None


ROWS: tuple[tuple[str, int, Callable[[ClientHello], bool], str], ...] = (
    (
        "tls",
        PROTOCOL_VERSION,
        lambda h: any(v >> 8 != 3 for v, _ in h.records),
        "record version is not 3.x (RFC 5246 E.1)",
    ),
    (
        "tls",
        RECORD_OVERFLOW,
        lambda h: any(n > 1 << 14 for _, n in h.records),
        "record longer than 2^14 (RFC 5246 6.2.1)",
    ),
    (
        "tls",
        UNEXPECTED_MESSAGE,
        lambda h: any(n == 0 for _, n in h.records),
        "empty handshake record (RFC 5246 6.2.1)",
    ),
    (
        "tls",
        UNEXPECTED_MESSAGE,
        lambda h: bool(h.surplus),
        "octets behind the message in its record (RFC 8446 5.1)",
    ),
    (
        "sslv2",
        UNEXPECTED_MESSAGE,
        lambda h: h.header != 2,
        "SSLv2 header of three octets (RFC 5246 E.2)",
    ),
    ("both", PROTOCOL_VERSION, _major, "client_version is not 3.x (RFC 5246 E.1)"),
    (
        "both",
        DECODE_ERROR,
        lambda h: not h.cipher_suites,
        "no cipher suite (RFC 5246 7.4.1.2)",
    ),
    ("both", DECODE_ERROR, _suites_cut, "the last cipher suite is cut"),
    (
        "tls",
        DECODE_ERROR,
        lambda h: len(h.session_id) > 32,
        "session_id longer than 32 octets (RFC 5246 7.4.1.2)",
    ),
    (
        "sslv2",
        ILLEGAL_PARAMETER,
        lambda h: len(h.session_id) not in (0, 16),
        "session_id is neither 0 nor 16 octets (RFC 2246 E.1)",
    ),
    (
        "sslv2",
        ILLEGAL_PARAMETER,
        lambda h: not 16 <= len(h.random) <= 32,
        "challenge is not 16 to 32 octets (RFC 5246 E.2)",
    ),
    (
        "tls",
        ILLEGAL_PARAMETER,
        lambda h: 0 not in h.compression_methods,
        "no null compression (RFC 5246 7.4.1.2)",
    ),
    (
        "tls",
        ILLEGAL_PARAMETER,
        lambda h: _tls13(h) and len(h.compression_methods) > 1,
        "more than null compression with TLS 1.3 (RFC 8446 4.1.2)",
    ),
    (
        "tls",
        PROTOCOL_VERSION,
        lambda h: _tls13(h) and h.version != 0x0303,
        "legacy_version of a TLS 1.3 hello is not 3.3 (RFC 8446 4.1.2)",
    ),
    (
        "tls",
        ILLEGAL_PARAMETER,
        _shares_not_in_groups,
        "a key share of a group that supported_groups has not (RFC 8446 4.2.8)",
    ),
    (
        "tls",
        ILLEGAL_PARAMETER,
        _share_twice,
        "two key shares of a group (RFC 8446 4.2.8)",
    ),
    (
        "tls",
        ILLEGAL_PARAMETER,
        _point_compressed,
        "a point that is not uncompressed (RFC 8446 4.2.8.2)",
    ),
    (
        "tls",
        HANDSHAKE_FAILURE,
        _renegotiates,
        "a renegotiation in a first hello (RFC 5746 3.6)",
    ),
    (
        "tls",
        ILLEGAL_PARAMETER,
        _early_without_psk,
        "early_data without pre_shared_key (RFC 8446 4.2.10)",
    ),
    (
        "tls",
        ILLEGAL_PARAMETER,
        lambda h: h.extension(_COOKIE) is not None,
        "a cookie in a first hello (RFC 8446 4.2.2)",
    ),
    ("tls", ILLEGAL_PARAMETER, _twice, "an extension twice (RFC 5246 7.4.1.4)"),
    (
        "tls",
        ILLEGAL_PARAMETER,
        _psk_not_last,
        "pre_shared_key is not last (RFC 8446 4.2.11)",
    ),
    (
        "tls",
        MISSING_EXTENSION,
        _psk_without_modes,
        "no psk_key_exchange_modes (RFC 8446 4.2.9)",
    ),
    (
        "tls",
        MISSING_EXTENSION,
        _bare,
        "TLS 1.3 without signature_algorithms, supported_groups or key_share"
        " (RFC 8446 9.2)",
    ),
)
