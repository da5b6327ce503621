"""shares - how long the key shares of each group are, and how a point begins.

RFC 8446 4.2.8.1 and 4.2.8.2; the hybrids by draft-ietf-tls-ecdhe-mlkem: ML-KEM
first with X25519, last with the curves of NIST.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Iterator, Mapping

from matrix.hello import Reader
from matrix.vectors import names

_Q = 3329  # FIPS 203: the modulus of ML-KEM
_UNCOMPRESSED = 4


@dataclass(frozen=True, slots=True)
class Group:
    """Octets of a share, and where in it a point or a key of ML-KEM begins."""

    client: int
    server: int
    point: int = -1  # of the curves of NIST; -1 it has none
    mlkem: int = -1  # -1 it has none
    vectors: int = 0  # octets of the encapsulation key's polynomials


GROUPS: Mapping[int, Group] = {
    0x0017: Group(65, 65, point=0),
    0x0018: Group(97, 97, point=0),
    0x0019: Group(133, 133, point=0),
    0x001D: Group(32, 32),
    0x001E: Group(56, 56),
    0x0100: Group(256, 256),
    0x0101: Group(384, 384),
    0x0102: Group(512, 512),
    0x0103: Group(768, 768),
    0x0104: Group(1024, 1024),
    0x11EB: Group(65 + 1184, 65 + 1088, point=0, mlkem=65, vectors=1152),
    0x11EC: Group(1184 + 32, 1088 + 32, mlkem=0, vectors=1152),
    0x11ED: Group(97 + 1568, 97 + 1568, point=0, mlkem=97, vectors=1536),
}


def read_shares(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Group and value of each share in a client's key_share.  Raises ValueError."""
    shares = Reader(Reader(data).vector(2))
    while shares.left:
        yield shares.number(2), shares.vector(2)


def wrong_size(group: int, value: bytes, role: str) -> str | None:
    """What is wrong with a share's length; "" nothing, None the group is not known."""
    known = GROUPS.get(group)
    if known is None:
        return None
    due = known.client if role == "client" else known.server
    if len(value) == due:
        return ""
    return f"a share of {names.group(group)} has {len(value)} octets, not {due}"


def wrong_point(group: int, value: bytes) -> str | None:
    """RFC 8446 4.2.8.2: a point is uncompressed."""
    known = GROUPS.get(group)
    if known is None or known.point < 0:
        return None
    if value[known.point : known.point + 1] == bytes([_UNCOMPRESSED]):
        return ""
    return f"the point in a share of {names.group(group)} is not uncompressed"


@lru_cache(maxsize=256)
def wrong_order(group: int, value: bytes) -> str | None:
    """Whether the encapsulation key is not where it belongs: what is there has
    coefficients that no key has (FIPS 203 7.2), or the point is not there."""
    known = GROUPS.get(group)
    if known is None or known.mlkem < 0 or len(value) != known.client:
        return None
    key = value[known.mlkem : known.mlkem + known.vectors]
    bits = int.from_bytes(key, "little")
    if all((bits >> at & 0xFFF) < _Q for at in range(0, 8 * known.vectors, 12)):
        return wrong_point(group, value) or ""
    return f"no key of ML-KEM is where it belongs in {names.group(group)}"
