"""client_hello13 - what a hello that offers TLS 1.3 must be like, and a second one."""

from __future__ import annotations

from typing import Callable

from matrix.checks import Finding, Link, Seen, broken, kept, of_link
from matrix.checks.client_hello import new
from matrix.checks.octets import Clause, of_hellos, of_links
from matrix.extensions import (
    COOKIE,
    EARLY_DATA,
    KEY_SHARE,
    PADDING,
    PRE_SHARED_KEY,
    PSK_KEY_EXCHANGE_MODES,
    SIGNATURE_ALGORITHMS,
    SUPPORTED_GROUPS,
)
from matrix.hello import Reader
from matrix.model import Hello
from matrix.shares import read_shares, wrong_order, wrong_point, wrong_size
from matrix.vectors import names

_HYBRIDS = (0x11EB, 0x11EC, 0x11ED)
# RFC 8446 4.1.2: what must be the same in a second hello, and what may change.
_SAME = (
    *("client_version", "random", "session_id", "cipher_suites"),
    *("compression_methods", "extensions"),
)
_MAY_CHANGE = frozenset({KEY_SHARE, EARLY_DATA, COOKIE, PRE_SHARED_KEY, PADDING})


def _compression(hello: Hello) -> str | None:
    if not new(hello):
        return None
    methods = hello.compression_methods
    return "" if methods == b"\0" else f"compression_methods {methods.hex()}"


def _session_id(hello: Hello) -> str | None:
    """A session of before TLS 1.3 has an id of its server's making."""
    if not new(hello):
        return None
    n = len(hello.session_id)
    return "" if n in (0, 32) else f"legacy_session_id has {n} octets"


def groups(hello: Hello) -> list[int]:
    """supported_groups; [] without it."""
    data = hello.extension(SUPPORTED_GROUPS)
    if not data:
        return []
    octets = Reader(data).vector(2)
    return [int.from_bytes(octets[i : i + 2], "big") for i in range(0, len(octets), 2)]


def client_shares(hello: Hello) -> list[tuple[int, bytes]]:
    """The key shares; [] without key_share."""
    data = hello.extension(KEY_SHARE)
    return list(read_shares(data)) if data else []


def _in_groups(hello: Hello) -> str | None:
    """Each share's group is listed, and they are in the order of the list."""
    shared = [group for group, _ in client_shares(hello)]
    if not shared:
        return None
    listed = groups(hello)
    for group in shared:
        if group not in listed:
            return f"a share of {names.group(group)}, which is not listed"
    return ""


def _in_order(hello: Hello) -> str | None:
    listed = groups(hello)
    at = [listed.index(g) for g, _ in client_shares(hello) if g in listed]
    if not at:
        return None
    return "" if at == sorted(at) else "the shares are in another order than the groups"


def _share_once(hello: Hello) -> str | None:
    shared = [group for group, _ in client_shares(hello)]
    if not shared:
        return None
    return "" if len(shared) == len(set(shared)) else "two shares of one group"


Part = Callable[[int, bytes], "str | None"]


def _each_share(look: Part, only: tuple[int, ...], hello: Hello) -> str | None:
    """The first share with something wrong; None if the look has nothing to say."""
    said: str | None = None
    for group, value in client_shares(hello):
        wrong = look(group, value) if not only or group in only else None
        if wrong:
            return wrong
        said = wrong if said is None else said
    return said


def _size(group: int, value: bytes) -> str | None:
    return wrong_size(group, value, "client")


def _modes(hello: Hello) -> str | None:
    if hello.extension(PRE_SHARED_KEY) is None:
        return None
    there = hello.extension(PSK_KEY_EXCHANGE_MODES) is not None
    return "" if there else "pre_shared_key without psk_key_exchange_modes"


def _psk_last(hello: Hello) -> str | None:
    if hello.extension(PRE_SHARED_KEY) is None:
        return None
    last = hello.extensions[-1][0]
    return (
        ""
        if last == PRE_SHARED_KEY
        else f"behind pre_shared_key is {names.extension(last)}"
    )


def _early(hello: Hello) -> str | None:
    if hello.extension(EARLY_DATA) is None:
        return None
    there = hello.extension(PRE_SHARED_KEY) is not None
    return "" if there else "early_data without pre_shared_key"


def _whole(hello: Hello) -> str | None:
    """RFC 8446 9.2, for a hello without a PSK; with one, what goes together."""
    if not new(hello):
        return None
    there = {number for number, _ in hello.extensions}
    needs = (
        {SUPPORTED_GROUPS, KEY_SHARE}
        if {SUPPORTED_GROUPS, KEY_SHARE} & there
        else set()
    )
    if PRE_SHARED_KEY not in there:
        needs = {SIGNATURE_ALGORITHMS, SUPPORTED_GROUPS, KEY_SHARE}
    lost = sorted(needs - there)
    return f"{names.extension(lost[0])} is not there" if lost else ""


of_hellos(
    (
        Clause(
            "rfc8446-4.1.2-client-compression",
            "null is the only compression method",
            _compression,
        ),
        Clause(
            "rfc8446-4.2.8-client-shares-listed",
            "each share's group is listed",
            _in_groups,
        ),
        Clause(
            "rfc8446-4.2.8-client-shares-in-order",
            "the shares are in the order of the groups",
            _in_order,
        ),
        Clause("rfc8446-4.2.8-client-shares-once", "a share a group", _share_once),
        Clause(
            "rfc8446-4.2.8-client-share-size",
            "each share has its group's length",
            lambda h: _each_share(_size, (), h),
        ),
        Clause(
            "rfc8446-4.2.8.2-client-point",
            "the points are uncompressed",
            lambda h: _each_share(wrong_point, (), h),
        ),
        Clause(
            "draft-ietf-tls-ecdhe-mlkem-client-share-size",
            "the share of the hybrid group has its length",
            lambda h: _each_share(_size, _HYBRIDS, h),
        ),
        Clause(
            "draft-ietf-tls-ecdhe-mlkem-client-share-order",
            "the key of ML-KEM is where it belongs",
            lambda h: _each_share(wrong_order, _HYBRIDS, h),
        ),
        Clause(
            "rfc8446-4.2.9-client-psk-modes", "psk_key_exchange_modes is there", _modes
        ),
        Clause("rfc8446-4.2.11-client-psk-last", "pre_shared_key is last", _psk_last),
        Clause(
            "rfc8446-4.2.10-client-early-data", "early_data comes with a PSK", _early
        ),
        Clause(
            "rfc8446-9.2-client-whole-hello",
            "what TLS 1.3 cannot do without is there",
            _whole,
        ),
    )
)


@of_link("rfc8446-4.1.2-client-session-id")
def session_id(seen: Seen, link: Link) -> Finding | None:
    """A session of before TLS 1.3 has an id of its server's making, so only a first
    connection tells."""
    if not link.wire.hellos or link.number > 1:
        return None
    wrong = _session_id(link.wire.hellos[0])
    if wrong is None:
        return None
    return broken("client", wrong) if wrong else kept("legacy_session_id is as it may")


@of_link("rfc8446-4.2.2-client-no-first-cookie")
def no_first_cookie(seen: Seen, link: Link) -> Finding | None:
    if not link.wire.hellos or not new(link.wire.hellos[0]):
        return None
    if link.wire.hellos[0].extension(COOKIE) is not None:
        return broken("client", "a cookie is in the first hello")
    return kept("no cookie is in the first hello")


def _two(link: Link) -> tuple[Hello, Hello] | None:
    """The hellos before and after a HelloRetryRequest; None without one."""
    hellos = link.wire.hellos
    return (hellos[0], hellos[1]) if link.wire.retried and len(hellos) > 1 else None


def _rest(hello: Hello) -> tuple[object, ...]:
    kept_ = tuple(each for each in hello.extensions if each[0] not in _MAY_CHANGE)
    return (
        *(hello.client_version, hello.random, hello.session_id),
        *(hello.cipher_suites, hello.compression_methods, kept_),
    )


@of_link("rfc8446-4.1.2-client-same-hello-again")
def same_hello_again(seen: Seen, link: Link) -> Finding | None:
    two = _two(link)
    if two is None:
        return None
    for word, first, second in zip(_SAME, _rest(two[0]), _rest(two[1])):
        if first != second:
            return broken("client", f"{word} is another one in the second hello")
    return kept("the second hello is the first but for what may change")


def _as_asked(link: Link) -> str | None:
    """One share, of the group that HelloRetryRequest names."""
    two = _two(link)
    asked = link.wire.answers[0].extension(KEY_SHARE) if two else None
    if two is None or asked is None or len(asked) != 2:
        return None
    shared = [group for group, _ in client_shares(two[1])]
    if shared == [int.from_bytes(asked, "big")]:
        return ""
    said = " ".join(map(names.group, shared)) or "no group"
    return f"shares of {said} in the second hello"


of_links(
    "client",
    (
        Clause(
            "rfc8446-4.2.8-client-shares-what-was-asked",
            "the second hello has one share, of the group that was asked for",
            _as_asked,
        ),
    ),
)


@of_link("rfc8446-5.1-client-second-record-version")
def second_record_version(seen: Seen, link: Link) -> Finding | None:
    two = _two(link)
    if two is None:
        return None
    if two[1].record_version == 0x0303:
        return kept("the second hello's record has version 0x0303")
    return broken("client", f"the second hello's record: {two[1].record_version:#06x}")
