"""shares - the public halves of key shares, for hellos that we author.

X25519 as in RFC 7748 5; secp256r1 as in SEC 1 2.3.3 with the curve of SEC 2 2.4.2.
Slow and not constant in time: the private halves stand in the vectors for all to
read, so that a replayed handshake can be completed.
"""

from __future__ import annotations

from hashlib import sha256

_P25519 = 2**255 - 19
_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
_Point = tuple[int, int] | None  # None: the point at infinity


def private(label: str) -> bytes:
    """A private half that is always the same for a label, of 32 octets."""
    return sha256(label.encode("ascii")).digest()


def x25519_public(secret: bytes) -> bytes:
    """RFC 7748 5: the scalar times the base point 9."""
    k = int.from_bytes(secret, "little")
    k = k & ~7 & (1 << 255) - 1 | 1 << 254
    x2, z2, x3, z3, swap = 1, 0, 9, 1, 0
    for t in range(254, -1, -1):
        bit = k >> t & 1
        if swap ^ bit:
            x2, z2, x3, z3 = x3, z3, x2, z2
        swap = bit
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a, b * b, d * a, c * b
        e = aa - bb
        x3, z3 = (da + cb) ** 2 % _P25519, 9 * (da - cb) ** 2 % _P25519
        x2, z2 = aa * bb % _P25519, e * (aa + 121665 * e) % _P25519
    if swap:
        x2, z2 = x3, z3
    return (x2 * pow(z2, -1, _P25519) % _P25519).to_bytes(32, "little")


def secp256r1_public(secret: bytes) -> bytes:
    """An uncompressed point of 65 octets.  The secret must be below the order."""
    k = int.from_bytes(secret, "big")
    if not 0 < k < _N:
        raise ValueError("no private key of secp256r1")
    sum_: _Point = None
    power: _Point = _G
    while k:
        if k & 1:
            sum_ = _add(sum_, power)
        power, k = _add(power, power), k >> 1
    assert sum_ is not None  # k is below the order of the base point
    return b"\x04" + sum_[0].to_bytes(32, "big") + sum_[1].to_bytes(32, "big")


def _add(a: _Point, b: _Point) -> _Point:
    """Affine addition on y^2 = x^3 - 3x + b."""
    if a is None or b is None:
        return a or b
    if a[0] == b[0]:
        if (a[1] + b[1]) % _P == 0:
            return None
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, _P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, _P)
    x = (slope * slope - a[0] - b[0]) % _P
    return x, (slope * (a[0] - x) - a[1]) % _P
