"""offers - whether a hello offers enough that no server has a reason left to refuse.

What counts as enough is what documents make mandatory, and what every library of
today has by default: then a refusal is the server's doing.  Where a hello offers
less, a refusal is lawful, and this says what was wanting.
"""

from __future__ import annotations

from typing import Iterator, Mapping

from matrix.extensions import (
    EC_POINT_FORMATS,
    KEY_SHARE,
    SIGNATURE_ALGORITHMS,
    SUPPORTED_GROUPS,
)
from matrix.hello import Reader
from matrix.vectors.codec import ClientHello

_P256 = 23  # RFC 8446 9.1: MUST be supported
# Octets of a key share by group (RFC 8446 4.2.8.2), of those that are common.
_SHARES = {23: 65, 24: 97, 25: 133, 29: 32, 30: 56}
# By version and certificate: one of these suites, and one of these schemes.
# RFC 8446 9.1; RFC 9325 4.2; and of old what CBC suites with ECDHE there are.
_TLS13 = (0x1301,)
_SUITES: Mapping[tuple[str, str], tuple[int, ...]] = {
    ("1.2", "rsa"): (0xC02F, 0xC030),
    ("1.2", "ecdsa"): (0xC02B, 0xC02C),
    ("1.1", "rsa"): (0xC013, 0xC014),
    ("1.1", "ecdsa"): (0xC009, 0xC00A),
    ("1.0", "rsa"): (0xC013, 0xC014),
    ("1.0", "ecdsa"): (0xC009, 0xC00A),
}
_PKCS1_SHA256, _PSS_SHA256, _P256_SHA256 = 0x0401, 0x0804, 0x0403
_SIGNED: Mapping[tuple[str, str], tuple[int, ...]] = {
    ("1.3", "rsa"): (_PSS_SHA256,),
    ("1.2", "rsa"): (_PKCS1_SHA256,),
    ("1.3", "ecdsa"): (_P256_SHA256,),
    ("1.2", "ecdsa"): (_P256_SHA256,),
}


def lacks(hello: ClientHello, version: str, cert: str) -> str:
    """What a hello does not offer of that for a version and kind of certificate, in
    words; "" if nothing is wanting."""
    suites = _TLS13 if version == "1.3" else _SUITES.get((version, cert), ())
    if not set(suites) & set(hello.suites):
        return "a cipher suite that every server has"
    schemes = _SIGNED.get((version, cert), ())
    if schemes and hello.extension(SIGNATURE_ALGORITHMS) is None:
        # RFC 5246 7.4.1.4.1 means SHA-1 then, which RFC 9155 4 forbids to use.
        return "signature_algorithms: SHA-1 would be meant, which policy may forbid"
    if schemes and not set(schemes) & set(_numbers(hello, SIGNATURE_ALGORITHMS, 2)):
        return "a signature scheme that every server has"
    if hello.extension(SUPPORTED_GROUPS) is None:
        return "supported_groups: a server may not guess one"
    if version == "1.3" and not all(_could_be(*share) for share in _shares(hello)):
        return "a key share that can be one"
    if _P256 not in _numbers(hello, SUPPORTED_GROUPS, 2):
        return "the group secp256r1"
    formats = hello.extension(EC_POINT_FORMATS)
    if version != "1.3" and formats is not None and 0 not in formats[1:]:
        return "uncompressed points"
    return ""


def _shares(hello: ClientHello) -> Iterator[tuple[int, bytes]]:
    """The key shares, as far as they can be cut."""
    try:
        reader = Reader(Reader(hello.extension(KEY_SHARE) or b"").vector(2))
        while reader.left:
            yield reader.number(2), reader.vector(2)
    except ValueError:
        pass


def _could_be(group: int, octets: bytes) -> bool:
    """Whether a share of a group that is known has its length and is not zero."""
    return group not in _SHARES or (len(octets) == _SHARES[group] and any(octets))


def _numbers(hello: ClientHello, extension: int, size: int) -> tuple[int, ...]:
    """A list of numbers behind its length of two octets; () if it cannot be cut."""
    try:
        reader = Reader(Reader(hello.extension(extension) or b"").vector(2))
        return tuple(reader.number(size) for _ in range(reader.left // size))
    except ValueError:
        return ()
