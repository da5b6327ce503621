"""practice - what is best current practice, of peers at their own settings.

RFC 9325 (BCP 195) and the documents beside it: RFC 8996, RFC 9155.  What a cell pins,
or lowers, is the cell's doing and not judged.
"""

from __future__ import annotations

from functools import partial
from typing import Callable

from matrix.checks import Finding, Link, Seen, broken, kept, of_link, open_
from matrix.checks.client_hello import RC4, RENEGOTIATION_SCSV
from matrix.checks.client_hello import old_enough
from matrix.extensions import (
    EARLY_DATA,
    EXTENDED_MASTER_SECRET,
    RENEGOTIATION_INFO,
    SIGNATURE_ALGORITHMS,
    TRUNCATED_HMAC,
)
from matrix.hello import Reader
from matrix.model import Hello
from matrix.vectors import names

_FIRST = 0xC02F  # TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
_SHA256 = frozenset({0x0401, 0x0403, 0x0804, 0x0809})
_WEAK_WORDS = ("_NULL_", "_RC4_", "_EXPORT", "_DES_CBC", "_DES40_", "_RC2_")


def _natural(seen: Seen) -> bool:
    cell = seen.cell
    pinned = cell.pin("client") or cell.pin("server")
    return not pinned and cell.axis("security") != "low"


Look = Callable[[Hello], "str | None"]
Choice = Callable[[Link], "str | None"]


def _offers(look: Look, right: Finding, seen: Seen, link: Link) -> Finding | None:
    """A look at the first hello of a client at its own settings."""
    if not link.wire.hellos or not _natural(seen):
        return None
    return _said("client", lambda: look(link.wire.hellos[0]), right)


def _chooses(look: Choice, right: Finding, seen: Seen, link: Link) -> Finding | None:
    """A look at what a server at its own settings chose."""
    if link.wire.server_hello is None or not _natural(seen):
        return None
    return _said("server", lambda: look(link), right)


def _said(side: str, look: Callable[[], str | None], right: Finding) -> Finding | None:
    try:
        wrong = look()
    except ValueError:
        return None  # it cannot be cut, which is another clause's
    if wrong is None:
        return None
    return broken(side, wrong) if wrong else right


_SUITES = names.table("cipher-suites")
_ANON = frozenset(n for n, name in _SUITES.items() if "_anon_" in name)
# No encryption, or less than 112 bits of it.
_WEAK = frozenset(
    n for n, name in _SUITES.items() if any(word in name for word in _WEAK_WORDS)
) | frozenset(
    {0xC0B4, 0xC0B5}
)  # RFC 9150: TLS 1.3 without encryption
# RFC 9325 4.1: keys of the moment.
_FORWARD = frozenset(
    n
    for n, name in _SUITES.items()
    if n >> 8 == 0x13 or name.startswith(("TLS_ECDHE_", "TLS_DHE_"))
)


def _version_not(number: int, hello: Hello) -> str | None:
    if hello.client_version == number:
        return f"client_version is {number:#06x}"
    return ""


def _schemes(hello: Hello) -> list[int] | None:
    data = hello.extension(SIGNATURE_ALGORITHMS)
    if data is None:
        return None
    octets = Reader(data).vector(2)
    return [int.from_bytes(octets[i : i + 2], "big") for i in range(0, len(octets), 2)]


def _has_schemes(hello: Hello) -> str | None:
    return "" if _schemes(hello) is not None else "no signature_algorithms"


def _no_weak_scheme(hello: Hello) -> str | None:
    found = _schemes(hello)
    if found is None:
        return None
    weak = [n for n in found if n >> 8 in (1, 2)]
    return f"{names.scheme(weak[0])} is offered" if weak else ""


def _sha256(hello: Hello) -> str | None:
    found = _schemes(hello)
    if found is None:
        return "no signature_algorithms"
    return "" if _SHA256 & set(found) else "SHA-256 is not among the signatures"


def _no_compression(hello: Hello) -> str | None:
    methods = hello.compression_methods
    return "" if methods == b"\0" else f"compression_methods {methods.hex()}"


def _ems(hello: Hello) -> str | None:
    if not old_enough(hello):
        return None
    there = hello.extension(EXTENDED_MASTER_SECRET) is not None
    return "" if there else "no extended_master_secret"


def _no_early_data(hello: Hello) -> str | None:
    return "early_data is there" if hello.extension(EARLY_DATA) is not None else ""


def _none_of(which: frozenset[int], hello: Hello) -> str | None:
    found = next((n for n in hello.cipher_suites if n in which), None)
    return "" if found is None else f"{names.suite(found)} is offered"


def _has_forward(hello: Hello) -> str | None:
    there = not _FORWARD.isdisjoint(hello.cipher_suites)
    return "" if there else "no suite with forward secrecy is offered"


def _first(hello: Hello) -> str | None:
    """Of those below TLS 1.3, which it is about."""
    old = [n for n in hello.cipher_suites if "_WITH_" in _SUITES.get(n, "")]
    if not old:
        return None
    if old[0] == _FIRST:
        return ""
    return f"{names.suite(old[0])} is the first proposal, not {names.suite(_FIRST)}"


def _no_truncated_hmac(hello: Hello) -> str | None:
    there = hello.extension(TRUNCATED_HMAC) is not None
    return "truncated_hmac is there" if there else ""


_OFFERS: tuple[tuple[str, str, Look], ...] = (
    (
        "rfc8996-4-client-no-tls10",
        "client_version is not of TLS 1.0",
        partial(_version_not, 0x0301),
    ),
    (
        "rfc8996-5-client-no-tls11",
        "client_version is not of TLS 1.1",
        partial(_version_not, 0x0302),
    ),
    ("rfc9155-2-client-has-schemes", "signature_algorithms is there", _has_schemes),
    ("rfc9155-2-client-no-weak-schemes", "neither MD5 nor SHA-1", _no_weak_scheme),
    ("rfc9325-4.5-client-sha256", "SHA-256 is among the signatures", _sha256),
    ("rfc9325-3.3-client-no-compression", "no compression", _no_compression),
    ("rfc9325-3.5-client-ems", "extended_master_secret is there", _ems),
    ("rfc9325-3.10-client-no-early-data", "no early_data", _no_early_data),
    (
        "rfc9325-4.1-client-no-weak-suite",
        "no weak suite is offered",
        partial(_none_of, _WEAK),
    ),
    (
        "rfc5246-a.5-client-no-anon",
        "no suite without authentication is offered",
        partial(_none_of, _ANON),
    ),
    ("rfc7465-2-client-no-rc4", "no RC4 is offered", partial(_none_of, RC4)),
    ("rfc9325-4.1-client-forward-secrecy", "forward secrecy is offered", _has_forward),
    ("rfc9325-4.2.1-client-first-suite", "the suite that comes first", _first),
    (
        "rfc9325-4.6-client-no-truncated-hmac",
        "no truncated_hmac",
        _no_truncated_hmac,
    ),
)


def _answers_ems(link: Link) -> str | None:
    answer, hellos = link.wire.server_hello, link.wire.hellos
    if answer is None or not hellos or link.wire.version != "1.2":
        return None
    if hellos[-1].extension(EXTENDED_MASTER_SECRET) is None:
        return None
    there = answer.extension(EXTENDED_MASTER_SECRET) is not None
    return "" if there else "no extended_master_secret"


_CHOOSES: tuple[tuple[str, str, Choice], ...] = (
    ("rfc9325-3.5-server-ems", "extended_master_secret is there", _answers_ems),
)
for _id, _right, _look in _OFFERS:
    of_link(_id)(partial(_offers, _look, kept(_right)))
for _id, _right, _choice in _CHOOSES:
    of_link(_id)(partial(_chooses, _choice, kept(_right)))


@of_link("rfc9325-3.5-client-renegotiation")
def renegotiation(seen: Seen, link: Link) -> Finding | None:
    """RFC 5746 lets the SCSV stand for the extension that is asked for here."""
    if not link.wire.hellos or not _natural(seen):
        return None
    hello = link.wire.hellos[0]
    if not old_enough(hello):
        return None
    if hello.extension(RENEGOTIATION_INFO) is not None:
        return kept("renegotiation_info is there")
    if RENEGOTIATION_SCSV in hello.cipher_suites:
        return open_("the SCSV stands for renegotiation_info")
    return broken("client", "no renegotiation_info")
