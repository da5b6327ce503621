"""flight - the server's first flight as far as it is in clear: its messages, and
with which hash its key exchange is signed.

Read from the octets alone, as in wire.py; whatever is cut or strange ends the
reading, and then less is known.
"""

from __future__ import annotations

from typing import Mapping

from matrix import registry
from matrix.hello import HANDSHAKE, Reader

SERVER_KEY_EXCHANGE = 12  # HandshakeType
# How a server proves that it has the certificate's key, below TLS 1.3.
NOTHING, MD5_SHA1, SHA1, NEWER = "nothing", "md5+sha1", "sha1", "newer"
UNKNOWN = ""  # TLS 1.3 encrypts it, or it was not seen
_NAMED_CURVE = 3  # ECCurveType
_SHA1 = 2  # HashAlgorithm, RFC 5246 7.4.1.4.1
_OLD = ("ssl3", "1.0", "1.1")


def messages(octets: bytes) -> Mapping[int, bytes]:
    """The handshake messages before anything else comes, by type; of two of one
    type the first."""
    reader, joined = Reader(octets), b""
    try:
        while reader.left:
            kind, _, body = reader.number(1), reader.number(2), reader.vector(2)
            if kind != HANDSHAKE:
                break
            joined += body
    except ValueError:
        pass  # the rest did not come
    found: dict[int, bytes] = {}
    while len(joined) >= 4:
        end = 4 + int.from_bytes(joined[1:4], "big")
        if len(joined) < end:
            break
        found.setdefault(joined[0], joined[4:end])
        joined = joined[end:]
    return found


def signed(octets: bytes, version: str, suite: int) -> str:
    """With which hash the server signed its part of the key exchange (RFC 5246
    7.4.3, RFC 4346 7.4.3, RFC 8422 5.4): one of the words above.

    NOTHING: with static RSA, or without a certificate, there is no signature.
    """
    exchange = registry.suite(suite).partition("_WITH_")[0].removeprefix("TLS_")
    if version not in (*_OLD, "1.2") or not exchange:
        return UNKNOWN
    if not exchange.startswith(("DHE_", "ECDHE_")):
        return NOTHING
    body = messages(octets).get(SERVER_KEY_EXCHANGE)
    if body is None:
        return UNKNOWN
    if version in _OLD:
        return MD5_SHA1 if exchange.endswith("_RSA") else SHA1
    try:
        return SHA1 if _hash(Reader(body), exchange) <= _SHA1 else NEWER
    except ValueError:
        return UNKNOWN


def _hash(r: Reader, exchange: str) -> int:
    """The first octet behind the key: HashAlgorithm, or 8 of a scheme of RFC 8446."""
    if exchange.startswith("ECDHE_"):
        if r.number(1) != _NAMED_CURVE:
            raise ValueError("no named curve")
        r.number(2)
        r.vector(1)
    else:
        for _ in ("p", "g", "public key"):
            r.vector(2)
    return r.number(1)
