"""server_hello13 - what ServerHello and HelloRetryRequest of TLS 1.3 must be like."""

from __future__ import annotations

from functools import partial
from typing import Callable, Iterable

from matrix.checks import Link
from matrix.checks.client_hello13 import client_shares, groups
from matrix.checks.octets import Clause, of_links
from matrix.extensions import COOKIE, KEY_SHARE, PRE_SHARED_KEY, SUPPORTED_VERSIONS
from matrix.model import Hello, ServerHello
from matrix.shares import wrong_point, wrong_size
from matrix.vectors import names
from matrix.wire import SERVER_HELLO

_IN_SERVER_HELLO = frozenset(
    {PRE_SHARED_KEY, SUPPORTED_VERSIONS, KEY_SHARE}
)  # RFC 8446 4.2
_IN_RETRY = frozenset({SUPPORTED_VERSIONS, COOKIE, KEY_SHARE})
_HYBRIDS = (0x11EB, 0x11EC, 0x11ED)
Look = Callable[[ServerHello, Hello], "str | None"]


def _chosen(look: Look, link: Link) -> str | None:
    """A look at a ServerHello that chooses TLS 1.3, beside the hello."""
    answer, hellos = link.wire.server_hello, link.wire.hellos
    if answer is None or not hellos or answer.version != "1.3":
        return None
    return look(answer, hellos[-1])


def _retried(look: Look, link: Link) -> str | None:
    """A look at a HelloRetryRequest, beside the hello that it answers."""
    said: str | None = None
    retries = (each for each in link.wire.answers if each.retry)
    for retry, hello in zip(retries, link.wire.hellos):
        wrong = look(retry, hello)
        if wrong:
            return wrong
        said = wrong if said is None else said
    return said


def _legacy_version(answer: ServerHello, hello: Hello) -> str | None:
    number = answer.server_version
    return "" if number == 0x0303 else f"legacy_version is {number:#06x}"


def _selected(answer: ServerHello, hello: Hello) -> str | None:
    data = answer.extension(SUPPORTED_VERSIONS)
    if data == b"\x03\x04":
        return ""
    return f"supported_versions is {data.hex() if data is not None else 'not there'}"


def _compression(answer: ServerHello, hello: Hello) -> str | None:
    method = answer.compression_method
    return f"legacy_compression_method is {method}" if method else ""


def _echo(answer: ServerHello, hello: Hello) -> str | None:
    same = answer.session_id == hello.session_id
    return "" if same else "legacy_session_id_echo is not the client's"


def _belong(allowed: frozenset[int], answer: ServerHello, hello: Hello) -> str | None:
    for number, _ in answer.extensions:
        if number not in allowed:
            return f"{names.extension(number)} does not belong there"
    return ""


def _share(answer: ServerHello) -> tuple[int, bytes] | None:
    """Group and value of the server's share; None if it cannot be cut."""
    data = answer.extension(KEY_SHARE)
    if (
        data is None
        or len(data) < 4
        or int.from_bytes(data[2:4], "big") != len(data) - 4
    ):
        return None
    return int.from_bytes(data[:2], "big"), data[4:]


def _same_group(answer: ServerHello, hello: Hello) -> str | None:
    share = _share(answer)
    if share is None:
        return None
    if share[0] in [group for group, _ in client_shares(hello)]:
        return ""
    return f"a share of {names.group(share[0])}, of which the client sent none"


def _has_share(answer: ServerHello, hello: Hello) -> str | None:
    """RFC 8446 9.2: with certificates there is a share; with a PSK there may be."""
    if answer.extension(PRE_SHARED_KEY) is not None:
        return None
    return "" if answer.extension(KEY_SHARE) is not None else "key_share is not there"


def _size(only: Iterable[int], answer: ServerHello, hello: Hello) -> str | None:
    share = _share(answer)
    if share is None or (only and share[0] not in only):
        return None
    return wrong_size(share[0], share[1], "server")


def _point(answer: ServerHello, hello: Hello) -> str | None:
    share = _share(answer)
    return wrong_point(*share) if share else None


def _group(answer: ServerHello) -> int | None:
    data = answer.extension(KEY_SHARE)
    return int.from_bytes(data, "big") if data is not None and len(data) == 2 else None


def _retry_group(answer: ServerHello, hello: Hello) -> str | None:
    group = _group(answer)
    if group is None:
        return None
    if group in groups(hello):
        return ""
    return f"{names.group(group)} is asked for, which the client does not have"


def _retry_changes(answer: ServerHello, hello: Hello) -> str | None:
    """RFC 8446 4.1.4: a cookie, or a group that there is no share of."""
    group = _group(answer)
    if answer.extension(COOKIE) is not None:
        return ""
    if group is None:
        return "neither a group nor a cookie"
    if group in [each for each, _ in client_shares(hello)]:
        return f"{names.group(group)} is asked for, of which there is a share"
    return ""


def _once(link: Link) -> str | None:
    n = sum(each.retry for each in link.wire.answers)
    if not n:
        return None
    return "" if n == 1 else f"{n} HelloRetryRequests"


def _after_retry(
    look: Callable[[ServerHello, ServerHello], str], link: Link
) -> str | None:
    """ServerHello beside the HelloRetryRequest before it."""
    retry = next((each for each in link.wire.answers if each.retry), None)
    answer = link.wire.server_hello
    return look(retry, answer) if retry and answer else None


def _same_suite(retry: ServerHello, answer: ServerHello) -> str:
    same = retry.cipher_suite == answer.cipher_suite
    return "" if same else "another cipher suite than in HelloRetryRequest"


def _same_version(retry: ServerHello, answer: ServerHello) -> str:
    if answer.version == retry.version:
        return ""
    return f"TLS {answer.version} after a HelloRetryRequest of TLS {retry.version}"


def _asked_group(retry: ServerHello, answer: ServerHello) -> str:
    asked, share = _group(retry), _share(answer)
    if asked is None or share is None or share[0] == asked:
        return ""
    return f"a share of {names.group(share[0])}, not of {names.group(asked)}"


def _not_below(link: Link) -> str | None:
    """RFC 8446 4.2.1: below TLS 1.3 the old field says the version."""
    answer = link.wire.server_hello
    if answer is None or answer.version == "1.3":
        return None
    there = answer.extension(SUPPORTED_VERSIONS) is not None
    return f"supported_versions says TLS {answer.version}" if there else ""


def _alone(link: Link) -> str | None:
    """RFC 8446 5.1: keys change behind ServerHello, so nothing is with it in clear."""
    if link.wire.version != "1.3":
        return None
    strange = [kind for kind, _ in link.wire.flight if kind != SERVER_HELLO]
    return f"handshake message {strange[0]} in clear" if strange else ""


_OF_SERVER_HELLO: tuple[tuple[str, str, Look], ...] = (
    (
        "rfc8446-4.1.3-server-legacy-version",
        "legacy_version is 0x0303",
        _legacy_version,
    ),
    ("rfc8446-4.2.1-server-says-1.3", "supported_versions is 0x0304", _selected),
    (
        "rfc8446-4.1.3-server-compression",
        "legacy_compression_method is 0",
        _compression,
    ),
    ("rfc8446-4.1.3-server-echoes-session-id", "the session id is the client's", _echo),
    (
        "rfc8446-4.2-server-hello-extensions",
        "every extension belongs into a ServerHello",
        partial(_belong, _IN_SERVER_HELLO),
    ),
    (
        "rfc8446-4.2.8-server-share-of-clients",
        "the group is one of a share",
        _same_group,
    ),
    ("rfc8446-9.2-server-has-share", "key_share is there", _has_share),
    (
        "rfc8446-4.2.8-server-share-size",
        "the share has its group's length",
        partial(_size, ()),
    ),
    (
        "draft-ietf-tls-ecdhe-mlkem-server-share-size",
        "the share of the hybrid group has its length",
        partial(_size, _HYBRIDS),
    ),
    ("rfc8446-4.2.8.2-server-point", "the point is uncompressed", _point),
)
_OF_RETRY: tuple[tuple[str, str, Look], ...] = (
    ("rfc8446-4.2.8-server-retry-group", "the group is the client's", _retry_group),
    ("rfc8446-4.1.4-server-retry-changes", "it asks for a change", _retry_changes),
    (
        "rfc8446-4.2-retry-extensions",
        "every extension belongs into a HelloRetryRequest",
        partial(_belong, _IN_RETRY),
    ),
    (
        "rfc8446-4.1.4-server-retry-version",
        "HelloRetryRequest says TLS 1.3",
        _selected,
    ),
)
of_links(
    "server",
    (Clause(id, right, partial(_chosen, look)) for id, right, look in _OF_SERVER_HELLO),
)
of_links(
    "server",
    (Clause(id, right, partial(_retried, look)) for id, right, look in _OF_RETRY),
)
of_links(
    "server",
    (
        Clause("rfc8446-4.1.4-server-retries-once", "one HelloRetryRequest", _once),
        Clause(
            "rfc8446-4.1.4-server-keeps-suite",
            "the suite is that of HelloRetryRequest",
            partial(_after_retry, _same_suite),
        ),
        Clause(
            "rfc8446-4.1.4-server-keeps-version",
            "the version is that of HelloRetryRequest",
            partial(_after_retry, _same_version),
        ),
        Clause(
            "rfc8446-4.2.8-server-share-as-asked",
            "the share is of the group that was asked for",
            partial(_after_retry, _asked_group),
        ),
        Clause(
            "rfc8446-4.2.1-server-no-list-below-1.3",
            "supported_versions is not there",
            _not_below,
        ),
        Clause(
            "rfc8446-5.1-server-nothing-else-in-clear",
            "nothing but ServerHello is in clear",
            _alone,
        ),
    ),
)
