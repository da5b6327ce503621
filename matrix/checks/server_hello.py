"""server_hello - what a server may not choose or say in any ServerHello."""

from __future__ import annotations

from functools import partial
from typing import Callable

from matrix.checks import Link
from matrix.checks.client_hello import FALLBACK_SCSV
from matrix.checks.client_hello import RENEGOTIATION_SCSV
from matrix.checks.client_hello import TLS_1_2, highest
from matrix.checks.octets import Clause, of_links
from matrix.extensions import (
    ENCRYPT_THEN_MAC,
    EXTENDED_MASTER_SECRET,
    KEY_SHARE,
    PADDING,
    RENEGOTIATION_INFO,
    SERVER_NAME,
    SUPPORTED_VERSIONS,
)
from matrix.model import VERSION_BY_NUMBER, VERSIONS, Hello, ServerHello
from matrix.registry import suite
from matrix.vectors import names

_OLD = ("1.0", "1.1", "1.2")
_TLS_NULL_WITH_NULL_NULL = 0
Look = Callable[[ServerHello, Hello], "str | None"]


def _both(look: Look, link: Link) -> str | None:
    """A look at the ServerHello beside the hello that it answers."""
    answer, hellos = link.wire.server_hello, link.wire.hellos
    return look(answer, hellos[-1]) if answer and hellos else None


def _below_13(look: Look, answer: ServerHello, hello: Hello) -> str | None:
    return look(answer, hello) if answer.version in _OLD else None


def _random(answer: ServerHello, hello: Hello) -> str | None:
    return "its Random is the client's" if answer.random == hello.random else ""


def _compression(answer: ServerHello, hello: Hello) -> str | None:
    """RFC 5246 E.2: the SSLv2 form offers null alone."""
    if answer.compression_method in hello.compression_methods:
        return ""
    return f"compression method {answer.compression_method} was not offered"


def _not_null(answer: ServerHello, hello: Hello) -> str | None:
    if answer.cipher_suite == _TLS_NULL_WITH_NULL_NULL:
        return "TLS_NULL_WITH_NULL_NULL was chosen"
    return ""


def _no_signal(answer: ServerHello, hello: Hello) -> str | None:
    """RFC 5746 3.3, RFC 7507 2: signals are no suites."""
    if answer.cipher_suite in (RENEGOTIATION_SCSV, FALLBACK_SCSV):
        return f"{suite(answer.cipher_suite)} was chosen"
    return ""


def _not_above(answer: ServerHello, hello: Hello) -> str | None:
    # Who knows no supported_versions goes by the old field.
    number = max(highest(hello), min(hello.client_version, TLS_1_2))
    offered = VERSION_BY_NUMBER.get(number, "")
    if offered not in VERSIONS:
        return None
    if answer.version in VERSIONS[: VERSIONS.index(offered) + 1]:
        return ""
    return f"TLS {answer.version} was chosen, and TLS {offered} is the highest offered"


def _session_id(answer: ServerHello, hello: Hello) -> str | None:
    n = len(answer.session_id)
    return "" if n <= 32 else f"a session_id of {n} octets"


def _asked(hello: Hello) -> set[int]:
    """What the hello asks for: the SCSV stands for an extension (RFC 5746 3.4)."""
    found = {number for number, _ in hello.extensions}
    if RENEGOTIATION_SCSV in hello.cipher_suites:
        found.add(RENEGOTIATION_INFO)
    return found


def _only_asked(answer: ServerHello, hello: Hello) -> str | None:
    asked = _asked(hello)
    for number, _ in answer.extensions:
        if number not in asked:
            return f"{names.extension(number)} was not asked for"
    return ""


def _once(answer: ServerHello, hello: Hello) -> str | None:
    numbers = [number for number, _ in answer.extensions]
    for number in numbers:
        if numbers.count(number) > 1:
            return f"{names.extension(number)} is there twice"
    return ""


def _answers_signal(answer: ServerHello, hello: Hello) -> str | None:
    """RFC 5746 3.6: asked for in either way, it is there; else it is not."""
    there = answer.extension(RENEGOTIATION_INFO) is not None
    if RENEGOTIATION_INFO in _asked(hello):
        return "" if there else "renegotiation_info is not in the ServerHello"
    return "renegotiation_info came without being asked for" if there else None


def _empty(number: int, due: bytes, answer: ServerHello, hello: Hello) -> str | None:
    data = answer.extension(number)
    if data is None:
        return None
    return "" if data == due else f"{names.extension(number)} is {data.hex()}"


def _ems(answer: ServerHello, hello: Hello) -> str | None:
    if hello.extension(EXTENDED_MASTER_SECRET) is None:
        return None
    there = answer.extension(EXTENDED_MASTER_SECRET) is not None
    return "" if there else "extended_master_secret is not in the ServerHello"


def _block_cipher(answer: ServerHello, hello: Hello) -> str | None:
    if answer.extension(ENCRYPT_THEN_MAC) is None:
        return None
    name = suite(answer.cipher_suite)
    return "" if "_CBC_" in name else f"encrypt_then_mac with {name}"


def _no_padding(answer: ServerHello, hello: Hello) -> str | None:
    if hello.extension(PADDING) is None:
        return None
    there = answer.extension(PADDING) is not None
    return "padding is in the ServerHello" if there else ""


def _no_grease(answer: ServerHello, hello: Hello) -> str | None:
    """RFC 8701 3.2: in the suite, the version, the extensions and the group."""
    share = answer.extension(KEY_SHARE) or b""
    chosen = [answer.cipher_suite, answer.server_version]
    chosen += [number for number, _ in answer.extensions]
    chosen.append(int.from_bytes(share[:2], "big"))
    chosen.append(int.from_bytes(answer.extension(SUPPORTED_VERSIONS) or b"", "big"))
    found = next((n for n in chosen if names.is_grease(n)), None)
    return f"0x{found:04X} was chosen, which means nothing" if found else ""


def _not_ssl3(answer: ServerHello, hello: Hello) -> str | None:
    if answer.server_version <= 0x0300:
        return f"server_version is {answer.server_version:#06x}"
    return ""


_CLAUSES: tuple[tuple[str, str, Look], ...] = (
    (
        "rfc5246-7.4.1.3-server-random",
        "the server's Random is its own",
        _random,
    ),
    (
        "rfc5246-7.4.1.3-server-compression",
        "the compression method was offered",
        partial(_below_13, _compression),
    ),
    (
        "rfc5246-a.5-server-not-null",
        "what was chosen protects",
        _not_null,
    ),
    (
        "rfc5746-3.3-server-chooses-no-signal",
        "what was chosen is a suite",
        _no_signal,
    ),
    (
        "rfc5246-e.1-server-not-above-client",
        "the version is not above the client's",
        _not_above,
    ),
    (
        "rfc5246-7.4.1.3-server-session-id",
        "the session_id has at most 32 octets",
        _session_id,
    ),
    (
        "rfc5246-7.4.1.4-server-extensions-asked",
        "every extension was asked for",
        _only_asked,
    ),
    (
        "rfc5246-7.4.1.4-server-extensions-once",
        "no extension is there twice",
        _once,
    ),
    (
        "rfc5746-3.6-server-answers-signal",
        "renegotiation_info is there if it was asked for",
        partial(_below_13, _answers_signal),
    ),
    (
        "rfc5746-3.2-server-empty",
        "renegotiation_info is empty",
        partial(_empty, RENEGOTIATION_INFO, b"\0"),
    ),
    (
        "rfc7627-5.1-server-empty",
        "extended_master_secret is empty",
        partial(_empty, EXTENDED_MASTER_SECRET, b""),
    ),
    (
        "rfc7627-5.2-server-answers",
        "extended_master_secret was asked for and is there",
        partial(_below_13, _ems),
    ),
    (
        "rfc6066-3-server-name-empty",
        "server_name is empty",
        partial(_empty, SERVER_NAME, b""),
    ),
    (
        "rfc7366-3-server-block-cipher-only",
        "encrypt_then_mac has a MAC to come after",
        partial(_below_13, _block_cipher),
    ),
    ("rfc7685-3-server-no-padding", "padding does not come back", _no_padding),
    (
        "rfc8701-3.2-server-chooses-no-grease",
        "what was chosen has a meaning",
        _no_grease,
    ),
    ("rfc8446-d.5-server-version", "the version is not SSL 3.0", _not_ssl3),
)
of_links(
    "server",
    (Clause(id, right, partial(_both, look)) for id, right, look in _CLAUSES),
)
