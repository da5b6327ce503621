"""rows_frames - authored hellos cut over records, and over segments (a write each)."""

from __future__ import annotations

from dataclasses import replace

from matrix.vectors.authored import Row
from matrix.vectors.bases import H1, H3, H3N, PQ
from matrix.vectors.changes import records, records_of, writes_of
from matrix.vectors.codec import ClientHello


def _two_versions(h: ClientHello) -> ClientHello:
    (first, one), (_, two) = records(100)(h).records
    return replace(h, records=((first, one), (0x0303, two)))


# How the SSLv2 form begins: a record of 46 octets, CLIENT-HELLO, 3.3, seven cipher
# specs, no session_id, a challenge of 16.
_SSLV2 = bytes.fromhex("802e0103030015" "00000010")


def _like_sslv2(h: ClientHello) -> ClientHello:
    """A random that begins so; what is in front of it, msg_type to client_version, in
    a record of its own."""
    return records(6)(replace(h, random=_SSLV2 + h.random[len(_SSLV2) :]))


ROWS = (
    Row(
        "records-like-sslv2",
        H3,
        "a fragment that begins as the SSLv2 form does",
        _like_sslv2,
    ),
    Row(
        "records-segments-like-sslv2",
        H3,
        "the same, and a segment that begins with it: what a server peeks at",
        lambda h: writes_of(16, 1 << 16)(_like_sslv2(h)),
    ),
    Row("records-1", H3N, "a record an octet (RFC 5246 6.2.1)", records_of(1)),
    Row("records-2", H3, "cut inside the handshake header", records(2)),
    Row("records-4", H3, "cut behind the handshake header", records(4)),
    Row("records-6", H3, "cut behind client_version", records(6)),
    Row("records-half", H3, "cut in the middle", records(100)),
    Row("records-64", H3, "records of 64 octets", records_of(64)),
    Row("records-last", H3, "the last octet in a record of its own", records(197)),
    Row("records-1-tls1.0", H1, "a record an octet, TLS 1.0", records_of(1)),
    Row(
        "records-versions",
        H3,
        "two records of different versions",
        _two_versions,
    ),
    Row("segments-1", H3N, "a segment an octet", writes_of(1)),
    Row("segments-1-tls1.0", H1, "a segment an octet, TLS 1.0", writes_of(1)),
    Row("segments-2", H3, "cut inside the record header", writes_of(2, 1 << 16)),
    Row("segments-5", H3, "cut behind the record header", writes_of(5, 1 << 16)),
    Row("segments-9", H3, "cut behind both headers", writes_of(9, 1 << 16)),
    Row("segments-half", H3, "cut in the middle", writes_of(100, 1 << 16)),
    Row("segments-1460", PQ, "two segments, as Ethernet makes them", writes_of(1460)),
    Row("segments-536", PQ, "three segments of the smallest size", writes_of(536)),
    Row(
        "records-and-segments-1",
        H1,
        "a record an octet and a segment an octet",
        lambda h: writes_of(1)(records_of(1)(h)),
    ),
    Row(
        "records-segments-apart",
        H3,
        "two records, and segments that are cut elsewhere",
        lambda h: writes_of(60, 1 << 16)(records(100)(h)),
    ),
)
