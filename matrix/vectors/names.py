"""names - numbers as the registries call them, read from registry/*.tsv.

A table's line is a code point in hex, a tab, the registered name.  What is in no
table has no name here: it is shown as its code point, never guessed.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Mapping

_FOLDER = Path(__file__).parent / "registry"
GREASE = frozenset(n << 12 | 0x0A00 | n << 4 | 0x0A for n in range(16))  # RFC 8701
_TWO_OCTETS = ("cipher-suites", "extensions", "groups", "versions", "signature-schemes")


@cache
def table(name: str) -> Mapping[int, str]:
    """A registry as code point -> name.  Raises ValueError for a broken line."""
    rows: dict[int, str] = {}
    lines = (_FOLDER / f"{name}.tsv").read_text("ascii").splitlines()
    for number, line in enumerate(lines, 1):
        if line.startswith("#"):
            continue
        code, tab, words = line.partition("\t")
        if not tab or not words or int(code, 16) in rows:
            raise ValueError(f"{name}.tsv, line {number}: no new CODE, tab, NAME")
        rows[int(code, 16)] = words
    return rows


def is_grease(number: int) -> bool:
    """RFC 8701 2: one of the sixteen values that mean nothing."""
    return number in GREASE


def named(registry: str, number: int, digits: int = 4) -> str:
    """The name of a code point; "GREASE"; or the code point itself in hex."""
    words = table(registry).get(number)
    if words is not None:
        return words
    if registry in _TWO_OCTETS and is_grease(number):
        return f"GREASE {number:04x}"
    return f"{number:0{digits}x}"


def suite(number: int) -> str:
    """A cipher suite, as two octets."""
    return named("cipher-suites", number)


def spec(number: int) -> str:
    """A cipher spec of the SSLv2 form: three octets, the first 0 for a suite of
    TLS (RFC 5246 E.2), else a CIPHER-KIND of SSL 2.0."""
    if number < 0x10000:
        return suite(number)
    return named("sslv2-cipher-kinds", number, 6)


def extension(number: int) -> str:
    """An extension with its number: "server_name(0)"."""
    if number in table("extensions"):
        return f"{table('extensions')[number]}({number})"
    return f"GREASE({number})" if is_grease(number) else f"unknown({number})"


def group(number: int) -> str:
    """A named group."""
    return named("groups", number)


def scheme(number: int) -> str:
    """A signature scheme; what TLS 1.2 has besides is a hash and a signature
    algorithm (RFC 5246 7.4.1.4.1)."""
    if number in table("signature-schemes") or is_grease(number):
        return named("signature-schemes", number)
    hashes, signatures = table("hash-algorithms"), table("signature-algorithms")
    high, low = number >> 8, number & 0xFF
    if high in hashes and low in signatures:
        return f"{signatures[low]} with {hashes[high]}"
    return f"{number:04x}"


def version(number: int) -> str:
    """A version: "TLS 1.2"."""
    return named("versions", number)


def alert(number: int) -> str:
    """An alert description with its number: "unknown_ca(48)"."""
    return f"{table('alerts').get(number, 'unassigned')}({number})"


def dotted(number: int) -> str:
    """A version as its two octets: 0x0301 is "3.1"."""
    return f"{number >> 8}.{number & 0xFF}"
