"""rows_malformed - what is no ClientHello that may be said, and what stands before
one.  (A row elsewhere may come out malformed too: that is computed.)"""

from __future__ import annotations

from dataclasses import replace
from typing import Callable

from matrix.vectors import codec
from matrix.vectors.authored import Row
from matrix.vectors.bases import H1, H3, V3
from matrix.vectors.changes import (
    only_suites,
    refit,
    set_extension,
    u16,
    vector8,
    vector16,
    with_extension,
)
from matrix.vectors.codec import ClientHello

_GROUPS, _SCHEMES, _EMS, _PSK = 10, 13, 23, 41
_EMPTY_RECORD = bytes([22]) + u16(0x0301, 0)
_WARNING = bytes([21]) + u16(0x0301, 2) + b"\1\x5a"  # user_canceled
_FATAL = bytes([21]) + u16(0x0301, 2) + b"\2\x28"  # handshake_failure
_CHANGE = bytes([20]) + u16(0x0301, 1) + b"\1"
_DATA = bytes([23]) + u16(0x0301, 5) + b"EHLO "
_REQUEST = bytes([22]) + u16(0x0301, 4) + bytes(4)  # hello_request


def _before(octets: bytes) -> Callable[[ClientHello], bytes]:
    return lambda h: octets + codec.encode(h)


def _octets(octets: bytes) -> Callable[[ClientHello], bytes]:
    return lambda h: octets


def _first(n: int) -> Callable[[ClientHello], bytes]:
    return lambda h: codec.encode(h)[:n]


def _length(change: int) -> Callable[[ClientHello], bytes]:
    """Another length in the handshake header than the message has."""

    def edit(h: ClientHello) -> bytes:
        octets = codec.encode(h)
        length = int.from_bytes(octets[6:9], "big") + change
        return octets[:6] + length.to_bytes(3, "big") + octets[9:]

    return edit


def _block(change: int) -> Callable[[ClientHello], bytes]:
    """Another length of the extension block than it has."""

    def edit(h: ClientHello) -> bytes:
        octets = codec.encode(h)
        size = sum(4 + len(data) for _, data in h.extensions or ())
        at = len(octets) - size - 2
        return octets[:at] + u16(size + change) + octets[at + 2 :]

    return edit


_FIELDS = (
    Row("no-suites", H3, "an empty list of cipher suites", only_suites()),
    Row(
        "suites-cut",
        H3,
        "half a cipher suite at the end",
        lambda h: refit(h, cipher_suites=h.cipher_suites + b"\0"),
    ),
    Row(
        "compression-none",
        H3,
        "an empty list of compression methods",
        lambda h: refit(h, compression_methods=b""),
    ),
    Row(
        "compression-without-null",
        H3,
        "DEFLATE alone (RFC 5246 7.4.1.2)",
        lambda h: refit(h, compression_methods=b"\1"),
    ),
    Row(
        "session-id-33",
        H3,
        "a session_id of 33 octets",
        lambda h: refit(h, session_id=bytes(33)),
    ),
    Row(
        "extension-twice",
        H3,
        "an extension twice (RFC 5246 7.4.1.4)",
        with_extension(_EMS, b""),
    ),
    Row(
        "ems-with-data",
        H3,
        "extended_master_secret is not empty (RFC 7627 5.1)",
        set_extension(_EMS, b"\0"),
    ),
    Row("groups-empty", H3, "an empty list of groups", set_extension(_GROUPS, u16(0))),
    Row(
        "groups-odd",
        H3,
        "half a group at the end",
        set_extension(_GROUPS, vector16(u16(0x001D) + b"\0")),
    ),
    Row(
        "groups-without-list",
        H3,
        "supported_groups with no data",
        set_extension(_GROUPS, b""),
    ),
    Row(
        "schemes-empty",
        H3,
        "an empty list of signature schemes",
        set_extension(_SCHEMES, u16(0)),
    ),
    Row(
        "server-name-empty",
        H3,
        "server_name with an empty list",
        set_extension(0, u16(0)),
    ),
    Row(
        "server-name-twice",
        H3,
        "two host names (RFC 6066 3)",
        set_extension(0, vector16(2 * (b"\0" + vector16(b"mx.example")))),
    ),
    Row(
        "psk-not-last",
        "keyed",
        "pre_shared_key is not the last extension (RFC 8446 4.2.11)",
        with_extension(
            _PSK,
            vector16(vector16(b"ticket") + bytes(4)) + vector16(vector8(bytes(32))),
            0,
        ),
    ),
)
_LENGTHS = (
    Row("length-less", H3, "a message one octet shorter than it is", _length(-1)),
    Row("length-more", H3, "a message one octet longer than it is", _length(1)),
    Row(
        "length-2-24",
        H3,
        "a message of 2^24 - 1 octets announced",
        lambda h: (codec.encode(h)[:6] + b"\xff\xff\xff" + codec.encode(h)[9:]),
    ),
    Row("block-less", H3, "an extension block shorter than it is", _block(-1)),
    Row("block-more", H3, "an extension block longer than it is", _block(1)),
    Row(
        "surplus",
        H3,
        "octets behind the message in its record",
        lambda h: codec.encode(
            replace(h, surplus=bytes(4), records=((0x0301, h.records[0][1] + 4),))
        ),
    ),
    Row(
        "record-too-long",
        H3,
        "a record of 2^14 + 1 octets (RFC 5246 6.2.1)",
        lambda h: codec.frame(_grown(h), 0x0301, 1 << 15),
    ),
    Row("cut-after-5", H3, "a record header and no more", _first(5)),
    Row("cut-after-9", H3, "both headers and no more", _first(9)),
    Row("cut-in-the-middle", H3, "half of a hello and no more", _first(100)),
    Row("cut-before-the-last", H3, "all of a hello but one octet", _first(202)),
)


def _grown(h: ClientHello) -> ClientHello:
    missing = (1 << 14) + 1 - len(codec.message(h)) - 4
    return with_extension(21, bytes(missing))(h)


_BEFORE = (
    Row("empty-record-first", H3, "an empty record before it", _before(_EMPTY_RECORD)),
    Row("warning-first", H3, "a warning before it", _before(_WARNING)),
    Row("fatal-first", H3, "a fatal alert before it", _before(_FATAL)),
    Row("warnings-first", H3, "twenty warnings before it", _before(20 * _WARNING)),
    Row("change-first", H3, "a change_cipher_spec before it", _before(_CHANGE)),
    Row("data-first", H3, "application data before it", _before(_DATA)),
    Row("request-first", H3, "a hello_request before it", _before(_REQUEST)),
    Row(
        "sslv2-empty-record-first",
        V3,
        "an empty TLS record before the SSLv2 form",
        _before(_EMPTY_RECORD),
    ),
    Row(
        "sslv2-warning-first", V3, "a warning before the SSLv2 form", _before(_WARNING)
    ),
    Row(
        "sslv2-empty-first",
        V3,
        "an empty SSLv2 record before it",
        _before(u16(0x8000)),
    ),
    Row(
        "sslv2-in-record",
        V3,
        "the SSLv2 form inside a TLS record",
        lambda h: bytes([22]) + u16(0x0301) + vector16(codec.message(h)),
    ),
    Row(
        "sslv2-two-records",
        V3,
        "the SSLv2 form cut over two SSLv2 records",
        lambda h: _two_records(codec.message(h)),
    ),
    Row(
        "sslv2-around-tls",
        H3,
        "a ClientHello of the TLS form inside an SSLv2 record",
        lambda h: _sslv2_record(codec.message(h)),
    ),
    Row(
        "sslv2-around-tls-two-records",
        H3,
        "a ClientHello of the TLS form cut over two SSLv2 records",
        lambda h: _two_records(codec.message(h)),
    ),
    Row(
        "sslv2-behind-a-fragment",
        H3,
        "the first half in a TLS record, the rest in an SSLv2 record",
        lambda h: bytes([22])
        + u16(0x0301)
        + vector16(codec.message(h)[:100])
        + _sslv2_record(codec.message(h)[100:]),
    ),
    Row(
        "sslv2-cut-over-records",
        V3,
        "the SSLv2 form cut over two TLS records",
        lambda h: b"".join(
            bytes([22]) + u16(0x0301) + vector16(part)
            for part in (codec.message(h)[:60], codec.message(h)[60:])
        ),
    ),
)


def _two_records(message: bytes) -> bytes:
    half = len(message) // 2
    parts = (message[:half], message[half:])
    return b"".join(_sslv2_record(part) for part in parts)


def _sslv2_record(octets: bytes) -> bytes:
    return u16(0x8000 | len(octets)) + octets


_OTHER = (
    Row("sslv2-empty", V3, "an empty SSLv2 record and no more", _octets(u16(0x8000))),
    Row(
        "sslv2-type-0",
        V3,
        "an SSLv2 record of type 0 alone",
        _octets(u16(0x8001) + b"\0"),
    ),
    Row(
        "sslv2-type-1",
        V3,
        "an SSLv2 record of type 1 alone",
        _octets(u16(0x8001) + b"\1"),
    ),
    Row(
        "sslv2-version-alone",
        V3,
        "type and version alone",
        _octets(u16(0x8003) + b"\1" + u16(0x0303)),
    ),
    Row("sslv2-cut", V3, "half of an SSLv2 hello and no more", _first(60)),
    Row(
        "sslv2-client-master-key",
        V3,
        "SSLv2 message 2 instead of 1",
        lambda h: (codec.encode(h)[:2] + b"\2" + codec.encode(h)[3:]),
    ),
    Row(
        "smtp-instead",
        H3,
        "a command in clear instead of a hello",
        _octets(b"EHLO client.example\r\n"),
    ),
    Row(
        "http-instead",
        H3,
        "a request of HTTP instead of a hello",
        _octets(b"GET / HTTP/1.0\r\n\r\n"),
    ),
    Row("zeros-instead", H3, "a hundred zeros instead of a hello", _octets(bytes(100))),
    Row(
        "server-hello-instead",
        H1,
        "handshake message 2 instead of 1",
        lambda h: (codec.encode(h)[:5] + b"\2" + codec.encode(h)[6:]),
    ),
    Row(
        "finished-instead",
        H1,
        "handshake message 20 instead of 1",
        lambda h: (codec.encode(h)[:5] + b"\x14" + codec.encode(h)[6:]),
    ),
)
ROWS = (*_FIELDS, *_LENGTHS, *_BEFORE, *_OTHER)
