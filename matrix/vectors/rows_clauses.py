"""rows_clauses - hellos that break one clause on their sender each, where no other
vector does: what the checks of a client's hello are seen to fail by."""

from __future__ import annotations

from matrix.vectors import shares
from matrix.vectors.authored import Row
from matrix.vectors.bases import H1, H2, H3
from matrix.vectors.changes import (
    Edit,
    chain,
    refit,
    server_name,
    set_extension,
    suites_before,
    suites_behind,
    u16,
    vector8,
    vector16,
    with_extension,
    without_extension,
)
from matrix.vectors.codec import ClientHello

_KEYED, _PQ = "keyed", "keyed-post-quantum"
_TRUNCATED_HMAC, _PADDING, _PSK, _MODES, _SHARE, _EMS = 4, 21, 41, 45, 51, 23
_OFFER = vector16(vector16(b"ticket") + bytes(4)) + vector16(vector8(bytes(32)))
_MLKEM, _X25519 = 1184, 32  # octets of the two halves of a share of X25519MLKEM768


def _without_null(h: ClientHello) -> ClientHello:
    return refit(h, compression_methods=b"\1")


def _share(code: int, name: str) -> bytes:
    public = shares.x25519_public if name == "x25519" else shares.secp256r1_public
    return u16(code) + vector16(public(shares.private(name)))


def _post_quantum(*parts: slice) -> Edit:
    """The share of X25519MLKEM768 made of pieces of itself; those behind it stay."""

    def edit(h: ClientHello) -> ClientHello:
        data = h.extension(_SHARE) or b""
        at = data.index(u16(0x11EC, _MLKEM + _X25519)) + 4
        value, rest = data[at:][: _MLKEM + _X25519], data[at + _MLKEM + _X25519 :]
        made = b"".join(value[part] for part in parts)
        entry = data[2 : at - 4] + u16(0x11EC) + vector16(made)
        return set_extension(_SHARE, vector16(entry + rest))(h)

    return edit


ROWS = (
    Row(
        "compression-without-null-tls1.0",
        H1,
        "DEFLATE alone in a hello of TLS 1.0 (RFC 2246 7.4.1.2)",
        _without_null,
    ),
    Row(
        "compression-without-null-tls1.1",
        H2,
        "DEFLATE alone in a hello of TLS 1.1 (RFC 4346 7.4.1.2)",
        _without_null,
    ),
    Row(
        "server-name-address",
        H3,
        "an address where a name belongs (RFC 6066 3)",
        set_extension(0, server_name("192.0.2.1")),
    ),
    Row(
        "server-name-dot",
        H3,
        "a name with a dot at its end (RFC 6066 3)",
        set_extension(0, server_name("mx.example.")),
    ),
    Row(
        "padding-nonzero",
        H3,
        "padding that is not zero (RFC 7685 3)",
        with_extension(_PADDING, b"\1" * 16),
    ),
    Row(
        "fallback-scsv-first",
        H3,
        "TLS_FALLBACK_SCSV before the suites that are meant (RFC 7507 4)",
        suites_before(0x5600),
    ),
    Row(
        "suites-rc4",
        H3,
        "RC4 among the suites (RFC 7465 2)",
        suites_behind(0x0005),
    ),
    Row(
        "suites-null",
        H3,
        "a suite without encryption (RFC 9325 4.1)",
        suites_behind(0x003B),
    ),
    Row(
        "suites-export",
        H3,
        "a suite of forty bits (RFC 9325 4.1)",
        suites_behind(0x0003),
    ),
    Row(
        "suites-anon",
        H3,
        "a suite without authentication (RFC 5246 A.5)",
        suites_behind(0x0034),
    ),
    Row(
        "truncated-hmac",
        H3,
        "truncated_hmac (RFC 9325 4.6)",
        with_extension(_TRUNCATED_HMAC, b""),
    ),
    Row(
        "keyed-extension-twice",
        _KEYED,
        "an extension twice with TLS 1.3 offered (RFC 8446 4.2)",
        with_extension(_EMS, b""),
    ),
    Row(
        "psk-without-modes",
        _KEYED,
        "pre_shared_key without psk_key_exchange_modes (RFC 8446 4.2.9)",
        chain(without_extension(_MODES), with_extension(_PSK, _OFFER)),
    ),
    Row(
        "share-order",
        _KEYED,
        "key shares in another order than the groups (RFC 8446 4.2.8)",
        set_extension(
            _SHARE,
            vector16(_share(0x0017, "secp256r1") + _share(0x001D, "x25519")),
        ),
        {"x25519": shares.private("x25519"), "secp256r1": shares.private("secp256r1")},
    ),
    Row(
        "share-point",
        "keyed-secp256r1",
        "a point that is not uncompressed (RFC 8446 4.2.8.2)",
        set_extension(
            _SHARE,
            vector16(u16(0x0017) + vector16(b"\2" + _share(0x0017, "secp256r1")[5:])),
        ),
        {},
    ),
    Row(
        "post-quantum-short",
        _PQ,
        "a share of X25519MLKEM768 that is an octet short",
        _post_quantum(slice(0, _MLKEM + _X25519 - 1)),
    ),
    Row(
        "post-quantum-reversed",
        _PQ,
        "a share of X25519MLKEM768 with its halves in the wrong order",
        _post_quantum(slice(_MLKEM, None), slice(0, _MLKEM)),
    ),
)
