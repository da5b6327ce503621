"""records - what the headers of records may say, and what comes in clear in them."""

from __future__ import annotations

from functools import partial

from matrix.checks import SENDER, Link
from matrix.checks.octets import Clause, of_links
from matrix.model import VERSION_BY_NUMBER, VERSIONS, Record
from matrix.registry import alert
from matrix.wire import ALERT

_PLAIN = 1 << 14
# RFC 5246 6.2.3, RFC 8446 5.2: what encryption may add.
_PROTECTED = {"1.3": _PLAIN + 256}
_OLD_PROTECTED = _PLAIN + 2048
_NUMBERS = {name: number for number, name in VERSION_BY_NUMBER.items()}
_WARNING, _FATAL = 1, 2
# RFC 5246 7.2.2: each of these "is always fatal".
_ALWAYS_FATAL = frozenset({10, 20, 22, 30, 40, 47, 50, 51, 70, 71, 80})
# RFC 8446 6.1: these two are no errors; user_canceled is a warning.
_NO_ERRORS = frozenset({0, 90})


def _mine(side: str, link: Link) -> list[Record]:
    return [each for each in link.wire.records if each.sender == SENDER[side]]


def _length(side: str, link: Link) -> str | None:
    mine = _mine(side, link)
    if not mine:
        return None
    protected = _PROTECTED.get(link.wire.version, _OLD_PROTECTED)
    for record in mine:
        if record.length > (_PLAIN if record.clear else protected):
            return f"a record of {record.length} octets"
    return ""


def _version(side: str, link: Link) -> str | None:
    """Once a version is chosen every record has it; in TLS 1.3 that of TLS 1.2."""
    if link.wire.version not in VERSIONS:
        return None
    due = min(_NUMBERS[link.wire.version], 0x0303)
    mine = [each for each in _mine(side, link) if not each.first]
    if side == "client":  # what it does not take, it need not refuse in its version
        mine = [each for each in mine if not (each.clear and each.content == ALERT)]
    if not mine:
        return None
    for record in mine:
        if record.version != due:
            return f"a record of version {record.version:#06x}, not {due:#06x}"
    return ""


def _major(link: Link) -> str | None:
    """RFC 5246 E.1: the hello's records have some version 3.x."""
    first = [each for each in _mine("client", link) if each.first]
    if not first:
        return None
    for record in first:
        if record.version >> 8 != 3:
            return f"the hello's record has version {record.version:#06x}"
    return ""


def _change(side: str, link: Link) -> str | None:
    mine = [octets for sender, octets in link.wire.changes if sender == SENDER[side]]
    if not mine:
        return None
    for octets in mine:
        if octets != b"\1":
            return f"ChangeCipherSpec is {octets.hex()}"
    return ""


def _fatal(side: str, link: Link) -> str | None:
    return _level(side, link, _ALWAYS_FATAL)


def _fatal_13(side: str, link: Link) -> str | None:
    """RFC 8446 6.2: every alert of an error is fatal."""
    return _level(side, link, None) if link.wire.version == "1.3" else None


def _level(side: str, link: Link, which: frozenset[int] | None) -> str | None:
    said: str | None = None
    for sender, level, number in link.wire.alerts:
        if sender != SENDER[side]:
            continue
        if number not in which if which is not None else number in _NO_ERRORS:
            continue
        if level != _FATAL:
            return f"{alert(number)} came at level {level}"
        said = ""
    return said


_VERSION_KEPT = "every record has the version that was chosen"
for _side in ("client", "server"):
    of_links(
        _side,
        (
            Clause(
                f"rfc5246-6.2.1-{_side}-record-length",
                "no record is too long",
                partial(_length, _side),
            ),
            Clause(
                f"rfc5246-6.2.1-{_side}-keeps-version",
                _VERSION_KEPT,
                partial(_version, _side),
            ),
            Clause(
                f"rfc5246-7.1-{_side}-change-is-1",
                "ChangeCipherSpec is 1",
                partial(_change, _side),
            ),
            Clause(
                f"rfc5246-7.2.2-{_side}-fatal-is-fatal",
                "what is always fatal came as fatal",
                partial(_fatal, _side),
            ),
            Clause(
                f"rfc8446-6.2-{_side}-errors-fatal",
                "every error came as fatal",
                partial(_fatal_13, _side),
            ),
        ),
    )
of_links(
    "client",
    (
        Clause(
            "rfc5246-e.1-client-record-major",
            "the hello's record has a version 3.x",
            _major,
        ),
    ),
)
