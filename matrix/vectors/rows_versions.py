"""rows_versions - authored hellos: supported_versions in every order and with gaps
(RFC 8446 4.2.1)."""

from __future__ import annotations

from itertools import chain, combinations, permutations

from matrix.vectors.authored import Row
from matrix.vectors.changes import Edit, set_extension, u16, vector8, with_extension
from matrix.vectors.names import dotted
from matrix.vectors.rows_tls13 import KEYED

_TLS = (0x0304, 0x0303, 0x0302, 0x0301)
_EXTENSION = 43


def _only(*versions: int) -> Edit:
    return set_extension(_EXTENSION, vector8(u16(*versions)))


def _name(versions: tuple[int, ...]) -> str:
    return "versions-" + "-".join(map(dotted, versions))


def _why(versions: tuple[int, ...]) -> str:
    numbers = [v & 0xFF for v in versions]
    span = max(numbers) - min(numbers) + 1
    order = "in order" if sorted(numbers)[::-1] == numbers else "out of order"
    gap = ", with a gap" if span > len(numbers) else ""
    return f"supported_versions {', '.join(map(dotted, versions))}: {order}{gap}"


_LISTS = dict.fromkeys(
    chain(
        (each for n in (1, 2, 3) for each in combinations(_TLS, n)),
        permutations(_TLS[:2]),
        permutations(_TLS[:3]),
        (_TLS[::-1], (0x0303, 0x0304, 0x0301, 0x0302)),
    )
)
# As the base has it: all four, in order.
_SEQUENCES = tuple(Row(_name(each), KEYED, _why(each), _only(*each)) for each in _LISTS)
_OTHERS = (
    Row(
        "versions-future-first",
        KEYED,
        "a later version first, to be ignored",
        _only(0x0305, 0x03FF, *_TLS),
    ),
    Row(
        "versions-future-only",
        KEYED,
        "only versions that nobody knows: protocol_version is due",
        _only(0x0305, 0x0306),
    ),
    Row(
        "versions-draft",
        KEYED,
        "a draft's number before TLS 1.3, to be ignored",
        _only(0x7F1C, *_TLS),
    ),
    Row("versions-twice", KEYED, "TLS 1.3 twice", _only(0x0304, *_TLS)),
    Row("versions-3.0", KEYED, "SSL 3.0 is all that is listed", _only(0x0300)),
    Row("versions-0.2", KEYED, "the number of SSL 2.0 is all that is listed", _only(2)),
    Row(
        "versions-many",
        KEYED,
        "as many versions as fit, the known ones last",
        _only(*range(0x0500, 0x0500 + 123), *_TLS),
    ),
    Row(
        "versions-empty",
        KEYED,
        "an empty list (RFC 8446 4.2.1 has at least one)",
        _only(),
    ),
    Row(
        "versions-odd",
        KEYED,
        "half a version at the end",
        set_extension(_EXTENSION, vector8(u16(*_TLS) + b"\3")),
    ),
    Row(
        "versions-extension-twice",
        KEYED,
        "supported_versions twice (RFC 8446 4.2)",
        with_extension(_EXTENSION, vector8(u16(0x0303))),
    ),
)
ROWS = (*_SEQUENCES, *_OTHERS)
