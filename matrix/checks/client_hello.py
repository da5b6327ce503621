"""client_hello - what a client may not say in any ClientHello of the TLS form."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Callable

from matrix.checks import Finding, Link, Seen, broken, kept, of_link
from matrix.checks.octets import Clause, of_hellos
from matrix.extensions import (
    EXTENDED_MASTER_SECRET,
    PADDING,
    RENEGOTIATION_INFO,
    SERVER_NAME,
    SIGNATURE_ALGORITHMS,
)
from matrix.hello import Reader
from matrix.model import VERSION_BY_NUMBER, VERSIONS, Hello
from matrix.vectors import names

RENEGOTIATION_SCSV, FALLBACK_SCSV = 0x00FF, 0x5600
SSL_3_0, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3 = 0x0300, 0x0301, 0x0302, 0x0303, 0x0304
RC4 = frozenset(
    n for n, name in names.table("cipher-suites").items() if "_RC4_" in name
)

Look = Callable[[Hello], "str | None"]


def old_enough(hello: Hello) -> bool:
    """Can a version below TLS 1.3 come of it?"""
    listed = hello.supported_versions
    return not listed or any(SSL_3_0 <= n < TLS_1_3 for n in listed)


def new(hello: Hello) -> bool:
    """Does it offer TLS 1.3?"""
    return TLS_1_3 in hello.supported_versions


def highest(hello: Hello) -> int:
    """The highest version that it offers and that has a name here."""
    listed = [n for n in hello.supported_versions if n in VERSION_BY_NUMBER]
    return max(listed, default=min(hello.client_version, TLS_1_2))


def _null(number: int, hello: Hello) -> str | None:
    if hello.form != "tls" or hello.client_version != number:
        return None
    methods = hello.compression_methods
    return "" if 0 in methods else f"compression_methods {methods.hex() or '(none)'}"


def _twice(hello: Hello) -> str | None:
    if not hello.extensions:
        return None
    numbers = [n for n, _ in hello.extensions]
    if len(numbers) == len(set(numbers)):
        return ""
    again = next(n for n in numbers if numbers.count(n) > 1)
    return f"{names.extension(again)} is there twice"


def _twice_13(hello: Hello) -> str | None:
    return _twice(hello) if new(hello) else None


def _schemes(hello: Hello) -> str | None:
    if hello.extension(SIGNATURE_ALGORITHMS) is None or hello.form != "tls":
        return None
    if highest(hello) >= TLS_1_2:
        return ""
    return f"signature_algorithms with client_version {hello.client_version:#06x}"


def _signals(hello: Hello) -> str | None:
    """RFC 5746 3.4; where no version below TLS 1.3 can come of it, it means nothing."""
    if not old_enough(hello):
        return None
    data = hello.extension(RENEGOTIATION_INFO)
    if data is not None:
        return "" if data == b"\0" else f"renegotiation_info is {data.hex()}"
    if RENEGOTIATION_SCSV in hello.cipher_suites:
        return ""
    return "neither renegotiation_info nor its SCSV"


def _first(hello: Hello) -> str | None:
    data = hello.extension(RENEGOTIATION_INFO)
    if data is None:
        return None
    return "" if data == b"\0" else f"renegotiation_info is {data.hex()}"


def _ems_empty(hello: Hello) -> str | None:
    data = hello.extension(EXTENDED_MASTER_SECRET)
    if data is None:
        return None
    return f"extended_master_secret has {len(data)} octets" if data else ""


def _padding(hello: Hello) -> str | None:
    data = hello.extension(PADDING)
    if data is None:
        return None
    return "padding is not zeros" if data.strip(b"\0") else ""


def _host_names(hello: Hello) -> list[bytes] | None:
    """RFC 6066 3: the names of type host_name; None without server_name."""
    data = hello.extension(SERVER_NAME)
    if not data:
        return None
    found = []
    names_ = Reader(Reader(data).vector(2))
    while names_.left:
        kind, name = names_.number(1), names_.vector(2)
        if kind == 0:
            found.append(name)
    return found


def _one_name(hello: Hello) -> str | None:
    found = _host_names(hello)
    if found is None:
        return None
    return "" if len(found) == 1 else f"{len(found)} names of type host_name"


def _no_address(hello: Hello) -> str | None:
    for name in _host_names(hello) or ():
        try:
            return f"the name is the address {ip_address(name.decode('ascii'))}"
        except ValueError:
            pass
    return "" if _host_names(hello) else None


def _no_dot(hello: Hello) -> str | None:
    found = _host_names(hello)
    if not found:
        return None
    for name in found:
        if name.endswith(b".") or not name.isascii():
            return f"the name is {name!r}"
    return ""


def _above_ssl2(hello: Hello) -> str | None:
    number = hello.client_version
    return "" if number >= SSL_3_0 else f"client_version is {number:#06x}"


def _not_ssl3(hello: Hello) -> str | None:
    number = hello.client_version
    return f"client_version is {number:#06x}" if number == SSL_3_0 else ""


def _not_up_to_ssl3(hello: Hello) -> str | None:
    number = hello.client_version
    return f"client_version is {number:#06x}" if number <= SSL_3_0 else ""


def _fallback_last(hello: Hello) -> str | None:
    if FALLBACK_SCSV not in hello.cipher_suites:
        return None
    behind = hello.cipher_suites[hello.cipher_suites.index(FALLBACK_SCSV) + 1 :]
    meant = [n for n in behind if n != RENEGOTIATION_SCSV and not names.is_grease(n)]
    return f"{len(meant)} suites stand behind TLS_FALLBACK_SCSV" if meant else ""


_NULL = "null is among the compression methods"
_ONCE = "no extension is there twice"
of_hellos(
    (
        Clause(
            "rfc2246-7.4.1.2-client-null-compression",
            _NULL,
            lambda h: _null(TLS_1_0, h),
        ),
        Clause(
            "rfc4346-7.4.1.2-client-null-compression",
            _NULL,
            lambda h: _null(TLS_1_1, h),
        ),
        Clause(
            "rfc5246-7.4.1.2-client-null-compression",
            _NULL,
            lambda h: _null(TLS_1_2, h),
        ),
        Clause("rfc5246-7.4.1.4-client-extensions-once", _ONCE, _twice),
        Clause("rfc8446-4.2-client-extensions-once", _ONCE, _twice_13),
        Clause(
            "rfc5246-7.4.1.4.1-client-schemes-of-1.2",
            "signature_algorithms comes with TLS 1.2 or above",
            _schemes,
        ),
        Clause(
            "rfc5746-3.4-client-signals", "secure renegotiation is signalled", _signals
        ),
        Clause("rfc5746-3.2-client-empty", "renegotiation_info is empty", _first),
        Clause(
            "rfc7627-5.1-client-empty", "extended_master_secret is empty", _ems_empty
        ),
        Clause("rfc7685-3-client-zeros", "padding is zeros", _padding),
        Clause("rfc6066-3-client-one-name", "one host_name", _one_name),
        Clause("rfc6066-3-client-no-address", "the name is no address", _no_address),
        Clause(
            "rfc6066-3-client-no-dot", "the name is ASCII without a last dot", _no_dot
        ),
        Clause(
            "rfc6176-3-client-version", "client_version is not of SSL 2.0", _above_ssl2
        ),
        Clause(
            "rfc7568-3-client-no-ssl3", "client_version is not of SSL 3.0", _not_ssl3
        ),
        Clause(
            "rfc8446-d.5-client-version", "client_version is of TLS", _not_up_to_ssl3
        ),
        Clause(
            "rfc7507-4-client-fallback-last",
            "TLS_FALLBACK_SCSV stands behind what is meant",
            _fallback_last,
        ),
    )
)


def _own_highest(seen: Seen) -> str:
    """The highest version that the client takes in this cell; "" not known."""
    if pin := seen.cell.pin("client") or seen.scenario.client_highest:
        return pin
    natural = seen.client.natural if seen.client else ()
    return max(natural, key=VERSIONS.index, default="")


@of_link("rfc5246-7.4.1.2-client-highest-version")
def highest_version(seen: Seen, link: Link) -> Finding | None:
    """A hello that resumes may stay at the session's version, and one after a
    refusal may fall back."""
    own = _own_highest(seen)
    if not own or not link.wire.hellos or link.number > 1:
        return None
    said = VERSION_BY_NUMBER.get(highest(link.wire.hellos[0]), "?")
    if said == own:
        return kept(f"the hello goes up to TLS {own}, as the client does")
    return broken("client", f"the hello goes up to TLS {said}, the client to TLS {own}")


@of_link("rfc7507-4-client-no-fallback-at-highest")
def no_fallback_at_highest(seen: Seen, link: Link) -> Finding | None:
    own = _own_highest(seen)
    if not own or not link.wire.hellos:
        return None
    hello = link.wire.hellos[0]
    if FALLBACK_SCSV not in hello.cipher_suites:
        return kept("TLS_FALLBACK_SCSV is not there")
    if VERSION_BY_NUMBER.get(highest(hello), "?") != own:
        return None
    return broken("client", f"TLS_FALLBACK_SCSV with TLS {own}, the client's highest")
