"""extensions - the pieces of an extension's data, for those that mail clients send.

One row a type.  What has no row is shown as octets.  The shapes are those of the
ClientHello; the few that differ in a ServerHello have rows of their own.
"""

from __future__ import annotations

from typing import Callable, Mapping

from matrix.vectors import names
from matrix.vectors.pieces import Walk, octets

Shape = Callable[[Walk], None]


def shape(number: int, server: bool = False) -> Shape:
    """How the data of that extension is walked."""
    if server and number in _SERVER:
        return _SERVER[number]
    return _SHAPES.get(number, _opaque)


def _opaque(w: Walk) -> None:
    if w.left:
        w.take(w.left, "data")


def _nothing(w: Walk) -> None:
    """An extension that is empty."""


def _numbers(size: int, width: int, what: str, name: Callable[[int], str]) -> Shape:
    """A list behind its length of ``size`` octets, ``width`` octets an entry."""

    def entries(w: Walk) -> None:
        while w.left:
            w.number(width, name)

    def walk(w: Walk) -> None:
        w.inside(size, lambda n: f"{what}, {n // width}", entries)

    return walk


def _registered(registry: str) -> Callable[[int], str]:
    return lambda number: names.named(registry, number, 2)


def _server_names(w: Walk) -> None:
    """RFC 6066 3."""

    def entries(w: Walk) -> None:
        types: list[int] = []
        while w.left:
            types.append(
                w.number(1, lambda n: "host_name" if n == 0 else f"name type {n}")
            )
            if len(types) != len(set(types)):
                raise ValueError("two names of one type")
            length = w.number(2, lambda n: octets(n))
            host = w.reader.take(length)
            w.put(host, _printable(host))

    w.inside(2, lambda n: f"server_name_list, {octets(n)}", entries)


def _printable(data: bytes) -> str:
    text = data.decode("latin-1")
    shown = all(" " < c < "\x7f" for c in text) and len(text) <= 64
    return f'"{text}"' if shown else octets(len(data))


def _protocols(w: Walk) -> None:
    """RFC 7301 3.1."""

    def entries(w: Walk) -> None:
        while w.left:
            length = w.number(1, lambda n: octets(n))
            name = w.reader.take(length)
            w.put(name, _printable(name))

    w.inside(2, lambda n: f"protocol_name_list, {octets(n)}", entries)


def _status_request(w: Walk) -> None:
    """RFC 6066 8."""
    if w.number(1, lambda n: "ocsp" if n == 1 else f"status type {n}") == 1:
        w.vector(2, "responder_id_list")
        w.vector(2, "request_extensions")


def _shares(w: Walk) -> None:
    """RFC 8446 4.2.8."""

    def entries(w: Walk) -> None:
        while w.left:
            _share(w)

    length = w.number(2, lambda n: f"client_shares, {octets(n)}")
    w.within(length, entries, "client_shares")


def _share(w: Walk) -> None:
    w.number(2, names.group)
    if w.left:  # a HelloRetryRequest has the group alone
        w.vector(2, "key_exchange")


def _pre_shared(w: Walk) -> None:
    """RFC 8446 4.2.11."""

    def identities(w: Walk) -> None:
        while w.left:
            w.vector(2, "identity")
            w.take(4, "obfuscated_ticket_age", 1)

    def binders(w: Walk) -> None:
        while w.left:
            w.vector(1, "binder")

    w.inside(2, lambda n: f"identities, {octets(n)}", identities)
    w.inside(2, lambda n: f"binders, {octets(n)}", binders)


def _renegotiation(w: Walk) -> None:
    """RFC 5746 3.2."""
    w.vector(1, "renegotiated_connection")


def _padding(w: Walk) -> None:
    """RFC 7685 3."""
    if w.left:
        w.take(w.left, "padding")


def _ticket(w: Walk) -> None:
    """RFC 5077 3.2."""
    if w.left:
        w.take(w.left, "ticket")


def _cookie(w: Walk) -> None:
    w.vector(2, "cookie")


def _one(size: int, name: Callable[[int], str]) -> Shape:
    def walk(w: Walk) -> None:
        w.number(size, name)

    return walk


_SHAPES: Mapping[int, Shape] = {
    0: _server_names,
    1: _one(1, lambda n: f"2^{n + 8} octets" if 1 <= n <= 4 else f"code {n}"),
    5: _status_request,
    10: _numbers(2, 2, "named_group_list", names.group),
    11: _numbers(1, 1, "ec_point_format_list", _registered("point-formats")),
    13: _numbers(2, 2, "supported_signature_algorithms", names.scheme),
    16: _protocols,
    19: _numbers(1, 1, "client_certificate_types", _registered("certificate-types")),
    20: _numbers(1, 1, "server_certificate_types", _registered("certificate-types")),
    21: _padding,
    22: _nothing,
    23: _nothing,
    27: _numbers(1, 2, "algorithms", lambda n: f"algorithm {n}"),
    28: _one(2, lambda n: f"{n} octets a record"),
    35: _ticket,
    41: _pre_shared,
    43: _numbers(1, 2, "versions", names.version),
    44: _cookie,
    45: _numbers(1, 1, "ke_modes", _registered("psk-key-exchange-modes")),
    49: _nothing,
    50: _numbers(2, 2, "supported_signature_algorithms", names.scheme),
    51: _shares,
    0xFF01: _renegotiation,
}
_SERVER: Mapping[int, Shape] = {
    0: _nothing,
    5: _nothing,
    41: _one(2, lambda n: f"selected_identity {n}"),
    43: _one(2, names.version),
    51: _share,
}
