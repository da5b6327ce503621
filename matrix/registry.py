"""registry - what the registered numbers that are met here are called and mean.

The names are those of matrix/vectors/registry (names.py).
"""

from __future__ import annotations

from typing import Mapping

from matrix.model import VERSIONS
from matrix.vectors import names

ALERTS: Mapping[int, str] = names.table("alerts")
alert = names.alert
suite = names.suite

# How the key exchange of a suite's name ends, by the kind of certificate it takes.
_TAKES = {"rsa": "_RSA", "ecdsa": "_ECDSA"}
_OF_TLS13 = (0x00C6, 0x00C7)  # RFC 8998 3, besides those of RFC 8446 B.4


def is_anonymous(number: int) -> bool:
    """RFC 5246 A.5: nobody is authenticated."""
    return "_anon_" in suite(number)


def suite_fits(number: int, version: str, cert: str) -> bool | None:
    """Can this suite come of this version with this kind of certificate?

    ``version`` is one of VERSIONS, ``cert`` "rsa" or "ecdsa"; None if the suite
    is not registered.  RFC 5246 A.5: suites with SHA256, SHA384 or an AEAD are for
    TLS 1.2 only; RFC 8446 B.4: those of TLS 1.3 for TLS 1.3 only.
    """
    name = names.table("cipher-suites").get(number)
    if name is None or version not in VERSIONS:
        return None
    key_exchange, with_, cipher = name.partition("_WITH_")
    if not with_:
        return version == "1.3" and (number >> 8 == 0x13 or number in _OF_TLS13)
    if (
        not key_exchange.removesuffix("_EXPORT").endswith(_TAKES[cert])
        or version == "1.3"
    ):
        return False
    return version == "1.2" or cipher.endswith(("_SHA", "_MD5"))
