"""rows_suites - authored hellos of the TLS form: suites, GREASE and SCSVs."""

from __future__ import annotations

from matrix.vectors.authored import Row
from matrix.vectors.bases import H1X, H2, H3, H3G, H3N
from matrix.vectors.changes import (
    count_suites,
    listed_first,
    only_suites,
    set_extension,
    suites_before,
    suites_behind,
    u16,
    vector8,
    vector16,
    with_extension,
    without_suite,
)
from matrix.vectors.names import dotted

_RI, _GROUPS, _SCHEMES = 0xFF01, 10, 13
_SCSV, _FALLBACK = 0x00FF, 0x5600

_SUITES = tuple(
    Row(f"suites-{n}-{where}", H3, f"{n} suites, {why}", count_suites(n, behind))
    for n, where, behind, why in (
        (65, "front", False, "the usable ones first"),
        (92, "behind", True, "the usable ones behind the first 64 (Exchange 2003)"),
        (129, "front", False, "the usable ones first"),
        (156, "behind", True, "the usable ones behind the first 128"),
        (1000, "behind", True, "the usable ones behind 972 others"),
    )
) + (
    Row(
        "grease-suite",
        H3,
        "a GREASE suite first (RFC 8701 3.1)",
        suites_before(0x2A2A),
    ),
    Row(
        "unknown-suites",
        H3,
        "unknown suites first: they must be ignored (RFC 5246 7.4.1.2)",
        suites_before(0xD101, 0xD102, 0xFFFF),
    ),
    Row(
        "anonymous-only",
        H3,
        "anonymous suites alone, which nobody may take unasked (RFC 5246 A.5)",
        only_suites(0x006C, 0x003A, 0x0034, 0xC019, 0xC018, 0x00FF),
    ),
    Row(
        "anonymous-first",
        H3,
        "anonymous suites before the others, not to be taken (RFC 5246 A.5)",
        suites_before(0x006C, 0x003A, 0x0034, 0xC019, 0xC018),
    ),
    Row(
        "dhe-only",
        H3,
        "DHE and RSA alone, and no group of RFC 7919: the server's own group",
        only_suites(0x009F, 0x009E, 0x006B, 0x0067, 0x0039, 0x0033, 0x00FF),
    ),
    Row(
        "dhe-only-ffdhe2048",
        "dhe-only",
        "the same with the group ffdhe2048 alone (RFC 7919)",
        set_extension(_GROUPS, vector16(u16(0x0100))),
    ),
    Row("suite-twice", H3, "the first suite twice", suites_before(0xC02C)),
    Row(
        "suites-tls13-only",
        H3,
        "suites of TLS 1.3 alone without supported_versions: nothing in common",
        only_suites(0x1302, 0x1303, 0x1301),
    ),
    Row(
        "grease-extension",
        H3,
        "a GREASE extension first (RFC 8701 3.1)",
        with_extension(0x3A3A, b"", 0),
    ),
    Row(
        "grease-group",
        H3,
        "a GREASE group first (RFC 8701 3.1)",
        lambda h: set_extension(_GROUPS, listed_first(h.extension(_GROUPS), 0x4A4A))(h),
    ),
    Row(
        "grease-scheme",
        H3,
        "a GREASE signature scheme first (RFC 8701 3.1)",
        lambda h: set_extension(_SCHEMES, listed_first(h.extension(_SCHEMES), 0x5A5A))(
            h
        ),
    ),
)


_SIGNALS = (
    Row(
        "scsv-none",
        H3,
        "no signal of RFC 5746 at all: a server may refuse it (RFC 5746 4.3)",
        without_suite(_SCSV),
    ),
    Row(
        "scsv-first",
        H3N,
        "the renegotiation SCSV as the first suite, no extensions (RFC 5746 3.3)",
        suites_before(_SCSV),
    ),
    Row(
        "scsv-and-extension",
        H3G,
        "both signals of RFC 5746, which a client need not send (RFC 5746 3.4)",
        suites_behind(_SCSV),
    ),
    Row(
        "scsv-alone", H3N, "a suite that is none: nothing in common", only_suites(_SCSV)
    ),
    Row(
        "renegotiation-nonempty",
        H3G,
        "renegotiation_info says a renegotiation in a first hello (RFC 5746 3.6)",
        set_extension(_RI, vector8(bytes(12))),
    ),
    *(
        Row(
            f"fallback-scsv-{dotted(n)}",
            base,
            f"TLS_FALLBACK_SCSV with client_version {dotted(n)}: {why} (RFC 7507 3)",
            suites_behind(_FALLBACK),
        )
        for n, base, why in (
            (0x0301, H1X, "inappropriate if the server knows a later version"),
            (0x0302, H2, "inappropriate if the server knows a later version"),
            (0x0303, H3, "inappropriate only at a server with TLS 1.3"),
        )
    ),
)

ROWS = (*_SUITES, *_SIGNALS)
