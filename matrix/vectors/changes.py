"""changes - single changes of a hello, for the rows of authored vectors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable, Iterable, Sequence

from matrix.vectors import codec, names
from matrix.vectors.codec import ClientHello, Extension

Edit = Callable[[ClientHello], ClientHello]
PADDING = 21


def u16(*numbers: int) -> bytes:
    """Numbers of two octets."""
    return b"".join(n.to_bytes(2, "big") for n in numbers)


def vector8(octets: bytes) -> bytes:
    """Octets behind their length in one octet."""
    return bytes([len(octets)]) + octets


def vector16(octets: bytes) -> bytes:
    """Octets behind their length in two."""
    return u16(len(octets)) + octets


def server_name(host: str) -> bytes:
    """The data of server_name (RFC 6066 3)."""
    return vector16(b"\0" + vector16(host.encode("ascii")))


def listed_first(data: bytes | None, number: int) -> bytes:
    """A list behind a length of two octets, with one more entry at its front."""
    return vector16(u16(number) + (data or u16(0))[2:])


def refit(hello: ClientHello, **fields: Any) -> ClientHello:
    """Changed fields, and again one record (more from 2^14 octets on) of the
    version that the first one had."""
    changed = replace(hello, **fields)
    if hello.form == "sslv2":
        return changed
    return codec.frame(changed, hello.records[0][0])


def version(number: int) -> Edit:
    """client_version, nothing else."""
    return lambda h: refit(h, version=number)


def record_version(number: int) -> Edit:
    """The version of all records."""
    return lambda h: replace(h, records=tuple((number, n) for _, n in h.records))


def only_suites(*numbers: int) -> Edit:
    """These suites and no others, in either form."""
    return lambda h: refit(h, cipher_suites=_listed(h, numbers))


def suites_before(*numbers: int) -> Edit:
    """These suites, then those that are there."""
    return lambda h: refit(h, cipher_suites=_listed(h, numbers) + h.cipher_suites)


def suites_behind(*numbers: int) -> Edit:
    """Those that are there, then these."""
    return lambda h: refit(h, cipher_suites=h.cipher_suites + _listed(h, numbers))


def without_suite(number: int) -> Edit:
    """All but one of the suites that are there."""
    return lambda h: refit(
        h, cipher_suites=_listed(h, [n for n in h.specs if n != number])
    )


def _listed(h: ClientHello, numbers: Iterable[int]) -> bytes:
    size = 2 if h.form == "tls" else 3
    return b"".join(n.to_bytes(size, "big") for n in numbers)


def fillers(h: ClientHello, count: int) -> list[int]:
    """Registered suites that this hello does not offer and that nobody takes with
    a certificate of RSA or ECDSA: with PSK, SRP, GOST, anonymous, in that order."""
    table = names.table("cipher-suites")
    words = ("_PSK_", "_SRP_", "_GOST", "_anon_", "_DSS_", "_ECCPWD_", "_DH_RSA_")
    found = [
        n for word in words for n in table if word in table[n] and n not in h.suites
    ]
    if count > len(found):  # then code points that are not assigned
        found += [n for n in range(0xD100, 0xD100 + count) if n not in table]
    return list(dict.fromkeys(found))[:count]


def count_suites(total: int, behind: bool) -> Edit:
    """So many suites in all; those that were there in front, or behind the rest."""

    def edit(h: ClientHello) -> ClientHello:
        more = fillers(h, total - len(h.suites))
        return (suites_before if behind else suites_behind)(*more)(h)

    return edit


def extensions(*those: Extension) -> Edit:
    """These extensions and no others."""
    return lambda h: refit(h, extensions=tuple(those))


def no_extensions(h: ClientHello) -> ClientHello:
    """No block at all, which is not the same as an empty one."""
    return refit(h, extensions=None)


def with_extension(number: int, data: bytes, at: int | None = None) -> Edit:
    """One more extension, at a place among the others; None: the last."""

    def edit(h: ClientHello) -> ClientHello:
        there = list(h.extensions or ())
        there.insert(len(there) if at is None else at, (number, data))
        return refit(h, extensions=tuple(there))

    return edit


def set_extension(number: int, data: bytes) -> Edit:
    """Other data for an extension that is there."""

    def edit(h: ClientHello) -> ClientHello:
        if h.extension(number) is None:
            raise ValueError(f"{names.extension(number)} is not there")
        there = ((n, data if n == number else d) for n, d in h.extensions or ())
        return refit(h, extensions=tuple(there))

    return edit


def without_extension(number: int) -> Edit:
    """All extensions but one."""
    return lambda h: refit(
        h, extensions=tuple((n, d) for n, d in h.extensions or () if n != number)
    )


def extension_last(number: int) -> Edit:
    """The same extensions, one of them moved to the end."""
    return lambda h: with_extension(number, h.extension(number) or b"")(
        without_extension(number)(h)
    )


def padded(length: int) -> Edit:
    """A handshake message of so many octets, by padding (RFC 7685)."""

    def edit(h: ClientHello) -> ClientHello:
        missing = length - len(codec.message(h)) - 4
        return with_extension(PADDING, bytes(missing))(h)

    return edit


def chain(*edits: Edit) -> Edit:
    """Edits one after another, where one thing takes more than one."""

    def edit(h: ClientHello) -> ClientHello:
        for each in edits:
            h = each(h)
        return h

    return edit


def records(*lengths: int) -> Edit:
    """The message cut into records of these lengths, the rest in a last one."""

    def edit(h: ClientHello) -> ClientHello:
        rest = len(codec.message(h)) - sum(lengths)
        number = h.records[0][0]
        cut = [*lengths, rest] if rest else lengths
        return replace(h, records=tuple((number, n) for n in cut))

    return edit


def records_of(limit: int) -> Edit:
    """The message in records of so many octets."""
    return lambda h: codec.frame(h, h.records[0][0], limit)


def writes_of(*lengths: int) -> Callable[[ClientHello], Sequence[bytes]]:
    """The octets in writes of these lengths, the last length again and again."""

    def cut(h: ClientHello) -> Sequence[bytes]:
        octets, parts, sizes = codec.encode(h), [], list(lengths)
        while octets:
            size = sizes.pop(0) if len(sizes) > 1 else sizes[0]
            parts.append(octets[:size])
            octets = octets[size:]
        return parts

    return cut
