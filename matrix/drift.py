"""drift - what differs between the ClientHellos of two versions of a library.

Pure.  Each version is known by several hellos, since some of what is in them is
chance: the order of extensions in newer clients, GREASE (RFC 8701), the padding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Iterator, Sequence

from matrix.extensions import KEY_SHARE, SIGNATURE_ALGORITHMS, SUPPORTED_GROUPS
from matrix.hello import Reader
from matrix.model import Hello
from matrix.vectors import names

GREASE = -1  # whatever value of it was sent
POST_QUANTUM = frozenset({0x0200, 0x0201, 0x0202, 0x11EB, 0x11EC, 0x11ED, 0x11EE})


@dataclass(frozen=True, slots=True)
class Profile:
    """What is the same in every hello of a version, and how long they are."""

    form: str
    record_version: int
    client_version: int
    versions: tuple[int, ...]
    suites: tuple[int, ...]
    extensions: tuple[int, ...]  # in order, or sorted if the order is chance
    in_order: bool
    groups: tuple[int, ...]
    shares: tuple[int, ...]
    schemes: tuple[int, ...]
    shortest: int
    longest: int

    @property
    def post_quantum(self) -> bool:
        """Whether it has a key share of a hybrid or post-quantum group."""
        return bool(POST_QUANTUM & set(self.shares))


@dataclass(frozen=True, slots=True)
class Change:
    """One field that is not what it was: what came and went of a list, and words."""

    field: str
    words: str = ""
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()


def profile(hellos: Sequence[Hello]) -> Profile:
    """The profile of one client's hellos, one at least."""
    first = hellos[0]
    orders = {tuple(_plain(n for n, _ in h.extensions)) for h in hellos}
    order = tuple(_plain(n for n, _ in first.extensions))
    lengths = [h.octets for h in hellos]
    return Profile(
        form=first.form,
        record_version=first.record_version,
        client_version=first.client_version,
        versions=tuple(_plain(first.supported_versions)),
        suites=tuple(_plain(first.cipher_suites)),
        extensions=order if len(orders) == 1 else tuple(sorted(order)),
        in_order=len(orders) == 1,
        groups=_listed(first, SUPPORTED_GROUPS),
        shares=_shares(first),
        schemes=_listed(first, SIGNATURE_ALGORITHMS),
        shortest=min(lengths),
        longest=max(lengths),
    )


def changes(old: Profile, new: Profile) -> tuple[Change, ...]:
    """What is different in the newer one, field by field."""
    return tuple(_changes(old, new))


def _changes(old: Profile, new: Profile) -> Iterator[Change]:
    if old.form != new.form:
        yield Change("form", f"{old.form} before, {new.form} now")
    for field, before, after in (
        ("record version", old.record_version, new.record_version),
        ("client_version", old.client_version, new.client_version),
    ):
        if before != after and old.form == new.form:
            yield Change(field, f"{names.dotted(before)}, now {names.dotted(after)}")
    for field, ours, theirs, name in (
        ("supported_versions", old.versions, new.versions, names.version),
        ("suites", old.suites, new.suites, names.suite),
        ("extensions", old.extensions, new.extensions, names.extension),
        ("groups", old.groups, new.groups, names.group),
        ("key shares", old.shares, new.shares, names.group),
        ("signature schemes", old.schemes, new.schemes, names.scheme),
    ):
        yield from _list(field, ours, theirs, name)
    if old.in_order and not new.in_order:
        yield Change("order of extensions", "by chance now")
    elif new.in_order and not old.in_order:
        yield Change("order of extensions", "fixed now")
    elif new.in_order and _moved(old.extensions, new.extensions):
        yield Change("order of extensions", "another one")
    if (old.shortest, old.longest) != (new.shortest, new.longest):
        yield Change("octets", f"{_length(old)}, now {_length(new)}")


def _list(
    field: str, old: Sequence[int], new: Sequence[int], name: Callable[[int], str]
) -> Iterator[Change]:
    came, went = (
        tuple(
            "GREASE" if number == GREASE else name(number)
            for number in dict.fromkeys(one)
            if number not in other
        )
        for one, other in ((new, old), (old, new))
    )
    moved = _moved(old, new) and field != "extensions"  # their order has its own row
    if came or went or moved:
        yield Change(field, "in another order" if moved else "", came, went)


def _moved(old: Sequence[int], new: Sequence[int]) -> bool:
    """Whether what both have comes in another order."""
    both = set(old) & set(new)
    return [n for n in old if n in both] != [n for n in new if n in both]


def _length(side: Profile) -> str:
    if side.shortest == side.longest:
        return str(side.shortest)
    return f"{side.shortest} to {side.longest}"


def _plain(numbers: Iterator[int] | Sequence[int]) -> Iterator[int]:
    """GREASE by one number, since which of its values comes is chance."""
    for number in numbers:
        yield GREASE if names.is_grease(number) else number


def _listed(hello: Hello, kind: int) -> tuple[int, ...]:
    """The two-octet entries of an extension that is a list; () none or not whole."""
    data = dict(hello.extensions).get(kind, b"")
    try:
        block = Reader(Reader(data).vector(2))
        numbers = [block.number(2) for _ in range(block.left // 2)]
    except ValueError:
        return ()
    return tuple(_plain(numbers))


def _shares(hello: Hello) -> tuple[int, ...]:
    """The groups of the key shares (RFC 8446 4.2.8)."""
    data = dict(hello.extensions).get(KEY_SHARE, b"")
    found: list[int] = []
    try:
        block = Reader(Reader(data).vector(2))
        while block.left:
            found.append(block.number(2))
            block.vector(2)
    except ValueError:
        pass  # as far as it can be cut
    return tuple(_plain(found))
