"""rows_sslv2 - authored hellos of the SSLv2 form: every case that any suite has."""

from __future__ import annotations

from dataclasses import replace
from typing import Callable

from matrix.vectors import codec
from matrix.vectors.authored import Row
from matrix.vectors.bases import V1, V3, VS
from matrix.vectors.changes import (
    Edit,
    fillers,
    only_suites,
    suites_before,
    suites_behind,
    version,
    without_suite,
    writes_of,
)
from matrix.vectors.codec import ClientHello
from matrix.vectors.names import dotted

_SCSV, _FALLBACK = 0x00FF, 0x5600
_KINDS = (0x010080, 0x030080, 0x0700C0)  # CIPHER-KINDs of SSL 2.0
Octets = Callable[[ClientHello], bytes]


def _challenge(n: int) -> Edit:
    """A challenge of n octets: the base's last, or its octets again in front."""
    return lambda h: replace(h, random=(h.random * 2)[-n:] if n else b"")


def _head(change: int) -> Octets:
    """Another length in the header than the record has."""

    def edit(h: ClientHello) -> bytes:
        octets = codec.encode(h)
        head = int.from_bytes(octets[:2], "big") + change
        return head.to_bytes(2, "big") + octets[2:]

    return edit


def _padding(change: int) -> Octets:
    """Eight octets of padding, of which another number is announced."""

    def edit(h: ClientHello) -> bytes:
        octets = codec.encode(replace(h, header=3, padding=bytes(8)))
        return octets[:2] + bytes([8 + change]) + octets[3:]

    return edit


_FIELDS = (
    *(
        Row(
            f"sslv2-version-{dotted(n)}",
            V3,
            f"version {dotted(n)}: {why}",
            version(n),
        )
        for n, why in (
            (0x0304, "must not lead to TLS 1.3 (RFC 8446 D.5)"),
            (0x03FF, "a much later version, to be answered by a lower one"),
            (0x0400, "a later major version"),
            (0x0002, "SSL 2.0 is all that is offered (RFC 6176 3)"),
            (0x0200, "SSL 2.0 as RFC 6176 writes it"),
        )
    ),
    *(
        Row(
            f"sslv2-challenge-{n}",
            V3,
            f"a challenge of {n} octets: {why}",
            _challenge(n),
        )
        for n, why in (
            (0, "none"),
            (15, "below the least (RFC 5246 E.2)"),
            (16, "the least, right-justified in the random"),
            (24, "between the bounds"),
            (31, "one less than a client should send"),
            (33, "one too many: only the last 32 count (RFC 2246 E.1)"),
            (48, "too many: only the last 32 count (RFC 2246 E.1)"),
        )
    ),
    Row(
        "sslv2-challenge-zeros",
        V3,
        "a challenge of zeros only",
        lambda h: replace(h, random=bytes(32)),
    ),
    Row(
        "sslv2-session-16",
        V3,
        "a session_id of 16 octets, which only SSL 2.0 had (RFC 4346 E.1)",
        lambda h: replace(h, session_id=bytes(range(16))),
    ),
    Row(
        "sslv2-session-8",
        V3,
        "a session_id of 8 octets",
        lambda h: replace(h, session_id=bytes(range(8))),
    ),
    Row(
        "sslv2-session-32",
        V3,
        "a session_id of TLS's length",
        lambda h: replace(h, session_id=bytes(range(32))),
    ),
)
_SUITES = (
    Row(
        "sslv2-dhe-3.2",
        "openssl-1.0.1i-sslv2-dhe",
        "suites with DHE, up to TLS 1.1",
        version(0x0302),
    ),
    Row(
        "sslv2-kinds-only",
        V3,
        "kinds of SSL 2.0 are all that is offered: nothing in common",
        only_suites(*_KINDS),
    ),
    Row(
        "sslv2-kinds-only-3.1",
        VS,
        "a client of SSL 2.0 that says it knows TLS 1.0",
        version(0x0301),
    ),
    Row(
        "sslv2-kinds-first",
        V3,
        "kinds of SSL 2.0 before the suites, to be ignored",
        suites_before(*_KINDS),
    ),
    Row(
        "sslv2-no-kinds",
        V3,
        "suites of TLS and nothing else",
        lambda h: only_suites(*h.suites)(h),
    ),
    Row(
        "sslv2-tls-suites-only-0.2",
        VS,
        "SSL 2.0 with a suite of TLS instead of its kinds",
        only_suites(0x2F),
    ),
    Row("sslv2-no-suites", V3, "an empty list of cipher specs", only_suites()),
    Row(
        "sslv2-suites-cut",
        V3,
        "the last cipher spec has one octet",
        lambda h: replace(h, cipher_suites=h.cipher_suites + b"\0"),
    ),
    Row(
        "sslv2-many-suites",
        V3,
        "more than 128 cipher specs, the usable ones last",
        lambda h: suites_before(*fillers(h, 130))(h),
    ),
    Row("sslv2-grease", V3, "a GREASE suite first (RFC 8701)", suites_before(0x8A8A)),
    Row(
        "sslv2-tls13-suite",
        V3,
        "a suite of TLS 1.3 first, which this form cannot have",
        suites_before(0x1301),
    ),
    Row(
        "sslv2-scsv-none",
        V3,
        "no renegotiation SCSV: a server may refuse it (RFC 5746 4.3)",
        without_suite(_SCSV),
    ),
    Row(
        "sslv2-scsv-none-3.1",
        V1,
        "no renegotiation SCSV, TLS 1.0",
        without_suite(_SCSV),
    ),
    Row(
        "sslv2-fallback-scsv",
        V3,
        "TLS_FALLBACK_SCSV with version 3.3: nothing fell back (RFC 7507)",
        suites_behind(_FALLBACK),
    ),
    Row(
        "sslv2-fallback-scsv-3.1",
        V1,
        "TLS_FALLBACK_SCSV with version 3.1: inappropriate_fallback (RFC 7507 3)",
        suites_behind(_FALLBACK),
    ),
)
_FRAME = (
    Row(
        "sslv2-header-3",
        V3,
        "a header of three octets, no padding (RFC 5246 E.2 forbids it)",
        lambda h: replace(h, header=3),
    ),
    Row(
        "sslv2-padding-8",
        V3,
        "a header of three octets and eight of padding",
        lambda h: replace(h, header=3, padding=bytes(8)),
    ),
    Row(
        "sslv2-padding-255",
        V3,
        "a header of three octets and as much padding as there can be",
        lambda h: replace(h, header=3, padding=bytes(255)),
    ),
    Row(
        "sslv2-escape",
        V3,
        "the security escape bit (SSL 2.0, 1.1)",
        lambda h: replace(h, header=3, escape=True),
    ),
    Row("sslv2-padding-less", V3, "less padding announced than there is", _padding(-1)),
    Row("sslv2-padding-more", V3, "more padding announced than there is", _padding(1)),
    Row("sslv2-length-less", V3, "a record one octet shorter than it is", _head(-1)),
    Row("sslv2-length-more", V3, "a record one octet longer than it is", _head(1)),
    Row(
        "sslv2-surplus",
        V3,
        "eight octets behind the challenge, in the record",
        lambda h: _head(8)(replace(h, after=bytes(8))),
    ),
    Row("sslv2-segments-1", V3, "a segment an octet", writes_of(1)),
    Row("sslv2-segments-1-3.1", V1, "a segment an octet, TLS 1.0", writes_of(1)),
    Row("sslv2-segments-2", V3, "cut behind the header", writes_of(2, 1 << 16)),
    Row("sslv2-segments-5", V3, "cut behind the version", writes_of(5, 1 << 16)),
    Row(
        "sslv2-segments-11",
        V3,
        "cut behind the fixed fields, as many as a server peeks at",
        writes_of(11, 1 << 16),
    ),
)
ROWS = (*_FIELDS, *_SUITES, *_FRAME)
