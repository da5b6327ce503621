"""costs - the price of an outcome as a text: what became of the mail, and what a
session in the SSLv2 form lacks."""

from __future__ import annotations

from typing import Callable, Iterator, Sequence

from matrix import flight
from matrix.claims.price import CAUSES, CLEAR, KEPT, POLICIES, Lost, Met, Price
from matrix.report.blocks import (
    Block,
    Break,
    Cell,
    Code,
    Grid,
    Heading,
    Line,
    Paragraph,
)
from matrix.report.blocks import Part, Strong

_OUTCOMES = ((CLEAR, "in clear"), (KEPT, "kept"), ("", "lost or refused"))
_OLD = ("1.0", "1.1")


def blocks(price: Price) -> Iterator[Block]:
    """The tables of the price; what no cell shows is said to be so."""
    yield Heading("What it costs", 3)
    if not price.lost and not price.met:
        yield Paragraph(("No cell of a run was looked into for it.",))
        return
    yield Paragraph(
        (
            "Where TLS does not come about, what becomes of the mail is the client's "
            "policy: an opportunistic one may deliver in clear (RFC 3207 6, RFC 7672 "
            "2.2), a mandatory one keeps it. The clients here speak SMTP with this "
            "suite's own engine, which does so; what a mail server in the field does, "
            "its configuration says.",
        )
    )
    yield Grid(
        "What became of the mail where TLS did not come about",
        (("why there was no TLS",), *((f"{p} client",) for p in POLICIES)),
        tuple(
            ((words,), *(_fate(price.of(cause, p)) for p in POLICIES))
            for cause, words in CAUSES.items()
            if any(price.of(cause, p) for p in POLICIES)
        ),
    )
    yield Paragraph(
        (
            "Where a server does understand the SSLv2 form, the session is the same "
            "TLS, protected by the same Finished (RFC 5246 E.2). What it lacks is what "
            "a hello without extensions cannot ask for. Below are the hellos of real "
            "clients that a server answered with a ServerHello, as far as in clear.",
        )
    )
    yield _sessions(price)
    yield from _twins(price)


def _fate(found: Sequence[Lost]) -> Line:
    """How many messages went which way, each with a cell."""
    said: list[Line] = []
    for mail, words in _OUTCOMES:
        cells = [each for each in found if each.mail == mail]
        if cells:
            bold: Part = Strong(words) if mail == CLEAR else words
            said.append((bold, f": {len(cells):,} of {len(found):,} ", _cell(cells[0])))
    return _joined(said) if said else ("no cell in this run",)


def _cell(lost: Lost) -> Cell:
    went = dict(_OUTCOMES)[lost.mail]
    return Cell(lost.cell, f"{CAUSES[lost.cause]}; the message: {went}")


def _joined(lines: Sequence[Line]) -> Line:
    joined: Line = ()
    for line in lines:
        joined += (Break(), *line) if joined else line
    return joined


_Test = Callable[[Met], bool]
_LACKS: Sequence[tuple[str, _Test, _Test]] = (
    # what is counted, of which sessions, and when it is true
    (
        "the server is told which name is wanted (RFC 6066)",
        lambda m: True,
        lambda m: m.name,
    ),
    (
        "the server is told which signatures are taken",
        lambda m: True,
        lambda m: m.schemes,
    ),
    (
        "extended master secret, below TLS 1.3 (RFC 7627)",
        lambda m: m.version != "1.3",
        lambda m: m.ems,
    ),
    ("TLS 1.3", lambda m: True, lambda m: m.version == "1.3"),
    (
        "nothing signed, below TLS 1.3: static RSA, no forward secrecy",
        lambda m: m.version != "1.3",
        lambda m: m.signed == flight.NOTHING,
    ),
    (
        "signed with SHA-1, in TLS 1.2 (forbidden by RFC 9155)",
        lambda m: m.version == "1.2",
        lambda m: m.signed == flight.SHA1,
    ),
    (
        "signed with SHA-256 or better, in TLS 1.2",
        lambda m: m.version == "1.2",
        lambda m: m.signed == flight.NEWER,
    ),
    (
        "signed with MD5 and SHA-1, in TLS 1.0 and 1.1",
        lambda m: m.version in _OLD,
        lambda m: m.signed in (flight.MD5_SHA1, flight.SHA1),
    ),
)
_COLUMNS = (
    ("SSLv2 form", "sslv2", False),
    ("SSLv2 form, the server's policy lowered", "sslv2", True),
    ("TLS form", "tls", False),
)


def _sessions(price: Price) -> Grid:
    return Grid(
        "What sessions have, by the form of the hello",
        (("of the sessions",), *((words,) for words, _, _ in _COLUMNS)),
        tuple(
            (
                (what,),
                *(
                    _share([m for m in price.sessions(form, low) if of(m)], true)
                    for _, form, low in _COLUMNS
                ),
            )
            for what, of, true in _LACKS
        ),
    )


def _share(of: Sequence[Met], true: _Test) -> Line:
    cells = [met for met in of if true(met)]
    if not of:
        return ("no cell in this run",)
    said = f"{len(cells):,} of {len(of):,}"
    shown = _session(cells[0] if cells else of[0])
    return (said if cells else Strong(said), " ", shown)


def _session(met: Met) -> Cell:
    return Cell(met.cell, f"{met.answer}; {lacking(met)}")


def lacking(met: Met) -> str:
    """What a session has, in words: "no name, no ems, signed with SHA-1"."""
    signed = {
        flight.NOTHING: "nothing signed (static RSA)",
        flight.SHA1: "signed with SHA-1",
        flight.MD5_SHA1: "signed with MD5 and SHA-1",
        flight.NEWER: "signed with SHA-256 or better",
    }
    words = ["server named" if met.name else "server not named"]
    if met.version and met.version != "1.3":
        words.append(
            "extended master secret" if met.ems else "no extended master secret"
        )
    if met.signed:
        words.append(signed[met.signed])
    return ", ".join(words)


def _twins(price: Price) -> Iterator[Block]:
    groups: dict[tuple[str, str, str], list[tuple[Met, Met]]] = {}
    for mine, other in price.twins():
        same = other.hello, _brief(mine), _brief(other)
        groups.setdefault(same, []).append((mine, other))
    if not groups:
        return
    yield Paragraph(
        (
            "The same program at the same server: with the SSLv2 form enabled, and as "
            "it is by itself; servers that came to the same stand together.",
        )
    )
    yield Grid(
        "One client at one server, in both forms",
        (("client",), ("servers",), ("SSLv2 form",), ("as the client is by itself",)),
        tuple(
            (
                (Code(client),),
                _servers([mine for mine, _ in pairs]),
                (form, " ", _session(pairs[0][0])),
                (usual, " ", _session(pairs[0][1])),
            )
            for (client, form, usual), pairs in groups.items()
        ),
    )


def _servers(found: Sequence[Met]) -> Line:
    names: list[Part] = []
    for met in found:
        names += [", ", Code(met.server)] if names else [Code(met.server)]
    return tuple(names)


def _brief(met: Met) -> str:
    if not met.version:
        return met.answer
    return f"TLS {met.version}: {lacking(met)}"
