"""rows_tls13 - authored hellos that offer TLS 1.3, with the private halves of their
key shares, so that a handshake can be completed."""

from __future__ import annotations

from matrix.vectors import shares
from matrix.vectors.authored import Row
from matrix.vectors.bases import H4, PQ
from matrix.vectors.changes import (
    Edit,
    chain,
    listed_first,
    no_extensions,
    padded,
    record_version,
    refit,
    set_extension,
    suites_before,
    suites_behind,
    u16,
    vector8,
    vector16,
    version,
    with_extension,
    without_extension,
    writes_of,
)
from matrix.vectors.codec import ClientHello

KEYED = "keyed"
_X25519, _P256 = shares.private("x25519"), shares.private("secp256r1")
_X_SHARE = u16(0x001D) + vector16(shares.x25519_public(_X25519))
_P_SHARE = u16(0x0017) + vector16(shares.secp256r1_public(_P256))
_GREASE_SHARE = u16(0x6A6A) + vector16(b"\0")
_FOREIGN_SHARE = u16(0x4E21) + vector16(bytes(32))
_SHARE, _VERSIONS, _GROUPS, _SCHEMES, _MODES, _COOKIE = 51, 43, 10, 13, 45, 44
_POST_HANDSHAKE, _RECORD_LIMIT, _ALPN, _EARLY = 49, 28, 16, 42


def key_share(*those: bytes) -> Edit:
    """These shares and no others (RFC 8446 4.2.8)."""
    return set_extension(_SHARE, vector16(b"".join(those)))


def _post_quantum_keyed(h: ClientHello) -> ClientHello:
    """The X25519 share that stands behind the post-quantum one, replaced."""
    data = h.extension(_SHARE) or b""
    at = data.index(u16(0x001D, 32), 1200)
    return set_extension(_SHARE, data[:at] + _X_SHARE)(h)


_BOTH = {"x25519": _X25519, "secp256r1": _P256}
ROWS = (
    Row(
        KEYED,
        H4,
        "the private half of its key share is known",
        key_share(_X_SHARE),
        {"x25519": _X25519},
    ),
    Row(
        "keyed-secp256r1",
        H4,
        "a share of secp256r1 instead of x25519",
        key_share(_P_SHARE),
        {"secp256r1": _P256},
    ),
    Row(
        "keyed-both",
        H4,
        "shares of x25519 and secp256r1",
        key_share(_X_SHARE, _P_SHARE),
        _BOTH,
    ),
    Row(
        "keyed-post-quantum",
        PQ,
        "the private half of its X25519 share is known; the server may want the other",
        _post_quantum_keyed,
        {"x25519": _X25519},
    ),
    Row(
        "share-none",
        KEYED,
        "no key share: a HelloRetryRequest is due (RFC 8446 4.2.8)",
        key_share(),
        {},
    ),
    Row(
        "share-grease-first",
        KEYED,
        "a share of a GREASE group first (RFC 8701 3.1)",
        chain(
            lambda h: set_extension(
                _GROUPS, listed_first(h.extension(_GROUPS), 0x6A6A)
            )(h),
            key_share(_GREASE_SHARE, _X_SHARE),
        ),
    ),
    Row(
        "share-unknown-only",
        KEYED,
        "a share of an unknown group alone: a HelloRetryRequest is due",
        chain(
            lambda h: set_extension(
                _GROUPS, listed_first(h.extension(_GROUPS), 0x4E21)
            )(h),
            key_share(_FOREIGN_SHARE),
        ),
        {},
    ),
    Row(
        "share-group-not-listed",
        KEYED,
        "a share of a group that supported_groups has not (RFC 8446 4.2.8)",
        set_extension(_GROUPS, vector16(u16(0x0017))),
    ),
    Row(
        "share-twice",
        KEYED,
        "two shares of one group (RFC 8446 4.2.8)",
        key_share(_X_SHARE, _X_SHARE),
    ),
    Row(
        "share-zero",
        KEYED,
        "an X25519 share that is zero (RFC 7748 6.1)",
        key_share(u16(0x001D) + vector16(bytes(32))),
        {},
    ),
    Row(
        "share-short",
        KEYED,
        "an X25519 share of 31 octets (RFC 8446 4.2.8.2)",
        key_share(u16(0x001D) + vector16(bytes(range(31)))),
        {},
    ),
    Row(
        "share-missing",
        KEYED,
        "TLS 1.3 without key_share (RFC 8446 9.2)",
        without_extension(_SHARE),
    ),
    Row(
        "groups-missing",
        KEYED,
        "TLS 1.3 without supported_groups (RFC 8446 9.2)",
        without_extension(_GROUPS),
    ),
    Row(
        "schemes-missing",
        KEYED,
        "TLS 1.3 without signature_algorithms (RFC 8446 9.2)",
        without_extension(_SCHEMES),
    ),
    Row(
        "keyed-no-extensions",
        KEYED,
        "the extensions taken away: TLS 1.2 is left",
        no_extensions,
        {},
    ),
    Row(
        "session-id-empty",
        KEYED,
        "no middlebox compatibility: an empty session_id (RFC 8446 D.4)",
        lambda h: refit(h, session_id=b""),
    ),
    Row(
        "session-id-16",
        KEYED,
        "a session_id of 16 octets, to be echoed (RFC 8446 4.1.3)",
        lambda h: refit(h, session_id=bytes(range(16))),
    ),
    Row(
        "keyed-record-3.3",
        KEYED,
        "record version 3.3 (RFC 8446 5.1)",
        record_version(0x0303),
    ),
    Row(
        "keyed-record-3.4",
        KEYED,
        "record version 3.4, to be ignored (RFC 8446 5.1)",
        record_version(0x0304),
    ),
    Row(
        "keyed-legacy-3.1",
        KEYED,
        "legacy_version 3.1 with TLS 1.3 offered (RFC 8446 4.1.2, RFC 8996 5)",
        version(0x0301),
    ),
    Row(
        "keyed-legacy-3.4",
        KEYED,
        "legacy_version 3.4 with TLS 1.3 offered (RFC 8446 4.1.2, RFC 9846)",
        version(0x0304),
    ),
    Row(
        "keyed-fallback-scsv",
        KEYED,
        "TLS_FALLBACK_SCSV in a hello that fell back from nothing (RFC 7507 4)",
        suites_behind(0x5600),
    ),
    Row(
        "keyed-grease",
        KEYED,
        "GREASE in suites, extensions, groups and versions, as browsers do (RFC 8701)",
        chain(
            suites_before(0x1A1A),
            lambda h: set_extension(
                _GROUPS, listed_first(h.extension(_GROUPS), 0x2A2A)
            )(h),
            lambda h: set_extension(
                _VERSIONS, vector8(u16(0x3A3A) + (h.extension(_VERSIONS) or b"")[1:])
            )(h),
            with_extension(0x4A4A, b"", 0),
            with_extension(0x5A5A, b"\0"),
        ),
    ),
    Row(
        "keyed-compression",
        KEYED,
        "DEFLATE beside null with TLS 1.3 offered (RFC 8446 4.1.2)",
        lambda h: refit(h, compression_methods=b"\1\0"),
    ),
    Row(
        "keyed-psk-ke-only",
        KEYED,
        "psk_ke alone and no session: a full handshake, no ticket of use",
        set_extension(_MODES, vector8(b"\0")),
    ),
    Row(
        "keyed-cookie",
        KEYED,
        "a cookie in a first hello (RFC 8446 4.2.2)",
        with_extension(_COOKIE, vector16(b"cookie")),
    ),
    Row(
        "keyed-early-data",
        KEYED,
        "early_data without a session (RFC 8446 4.2.10)",
        with_extension(_EARLY, b""),
    ),
    Row(
        "keyed-alpn-smtp",
        KEYED,
        "a protocol name that SMTP servers do not know (RFC 7301 3.2)",
        with_extension(_ALPN, vector16(vector8(b"smtp"))),
    ),
    Row(
        "keyed-record-limit-64",
        KEYED,
        "record_size_limit 64, the smallest (RFC 8449 4)",
        with_extension(_RECORD_LIMIT, u16(64)),
    ),
    Row(
        "keyed-post-handshake-auth",
        KEYED,
        "post_handshake_auth: a server may ask for a certificate later",
        with_extension(_POST_HANDSHAKE, b""),
    ),
    Row(
        "keyed-length-1700",
        KEYED,
        "as long as a post-quantum hello, by padding (RFC 7685)",
        padded(1700),
    ),
    Row(
        "keyed-segments-1460",
        "keyed-length-1700",
        "two segments, as a post-quantum hello",
        writes_of(1460),
    ),
    Row(
        "keyed-segments-100",
        KEYED,
        "cut in the middle",
        writes_of(100, 1 << 16),
    ),
)
