"""explain - a hello for people: field by field, then what it offers, what is wrong
with it, and its classes."""

from __future__ import annotations

from typing import Iterator, Sequence

from matrix.extensions import SIGNATURE_ALGORITHMS, SUPPORTED_GROUPS
from matrix.vectors import codec, legality, names, reach
from matrix.vectors.classes import TLS13, Classes, classify
from matrix.vectors.codec import ClientHello
from matrix.vectors.stream import pieces

_SHOWN = 8  # octets of a field on its line


def explain(writes: Sequence[bytes]) -> str:
    """All that the octets of a hello say, as text of several lines."""
    octets = b"".join(writes)
    found = legality.findings(octets)
    classes = classify(writes)
    lines = [*_structure(writes), ""]
    try:
        lines += [*_offers(codec.decode(octets), classes), ""]
    except ValueError:
        pass  # the findings say so
    lines += [f"Not lawful: {finding}." for finding in found]
    if not found:
        lines.append("Lawful, as far as one hello can show.")
    lines += ["", f"Classes: {' '.join(classes.names) or 'none'}"]
    lines += [f"  {word}" for word in classes.words()]
    return "".join(f"{line}\n" for line in lines)


def _structure(writes: Sequence[bytes]) -> Iterator[str]:
    at = 0
    for number, part in enumerate(pieces(writes), 1):
        if len(writes) > 1:
            yield f"write {number}"
        for piece in part:
            octets = piece.octets[:_SHOWN].hex(" ")
            more = ".." if len(piece.octets) > _SHOWN else ""
            yield f"{at:5}  {octets + more:<26} {'  ' * piece.depth}{piece.note}"
            at += len(piece.octets)


def _offers(h: ClientHello, classes: Classes) -> Iterator[str]:
    """What is offered, a sentence each."""
    yield _form(h)
    yield _versions(h)
    real = [n for n in h.suites if n not in (0xFF, 0x5600) and not names.is_grease(n)]
    yield (
        f"It offers {len(real)} cipher suites of TLS"
        + (f", {names.suite(real[0])} first" if real else "")
        + ("." if classes.kinds == "no" else ", and kinds of SSL 2.0.")
    )
    if h.extensions is None:
        if h.form == "tls":
            yield "It has no extensions."
        yield "So neither a server name, groups nor signature algorithms are told."
    else:
        yield from _extensions(h, classes)
    signals = {
        "none": "It does not say that renegotiation is secure (RFC 5746).",
        "scsv": "It signals secure renegotiation by the SCSV (RFC 5746 3.3).",
        "extension": "It signals secure renegotiation by the extension (RFC 5746).",
        "both": "It signals secure renegotiation twice (RFC 5746 3.4).",
    }
    yield signals[classes.renegotiation]
    if "fallback" in classes.scsv:
        yield "It says that it fell back from a later version (RFC 7507)."
    if classes.grease == "yes":
        yield "It has GREASE values, to be ignored (RFC 8701)."


def _form(h: ClientHello) -> str:
    size = len(codec.message(h))
    if h.form == "sslv2":
        return f"A ClientHello of {size} octets in the SSLv2 form (RFC 5246 E.2)."
    count = len(h.records)
    return (
        f"A ClientHello of {size} octets in {count} TLS record{'s' * (count > 1)}"
        f" of version {names.dotted(h.records[0][0])}."
    )


def _versions(h: ClientHello) -> str:
    listed = reach.versions(h)
    if not listed:
        return f"It offers {names.version(h.version)} and what is below it."
    words = ", ".join(names.version(v) for v in listed)
    aside = "" if TLS13 in listed else ", though not TLS 1.3"
    return f"It offers exactly {words} (supported_versions){aside}."


def _extensions(h: ClientHello, classes: Classes) -> Iterator[str]:
    yield f"It has {len(h.extensions or ())} extensions."
    if classes.sni == "no":
        yield "It does not name the server."
    for number, words, name in (
        (SUPPORTED_GROUPS, "groups", names.group),
        (SIGNATURE_ALGORITHMS, "signature schemes", names.scheme),
    ):
        data = h.extension(number)
        if data is None:
            yield f"It lists no {words}."
        elif len(data) >= 4:
            first = name(int.from_bytes(data[2:4], "big"))
            yield f"It lists {len(data) // 2 - 1} {words}, {first} first."
    if shared := reach.groups(h):
        yield f"It has key shares of {', '.join(map(names.group, shared))}."
    if classes.ems == "no" and classes.tls13 != "only":
        yield "It does not offer the extended master secret (RFC 7627)."
