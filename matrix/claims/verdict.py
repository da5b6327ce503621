"""verdict - the answer in sentences that can be cited, each with the cells that show
it.  What a sentence says is computed; a sentence that would not be true of these rule
sets is not there."""

from __future__ import annotations

from typing import Iterator, Mapping, Sequence

from matrix.claims import challenge, safety
from matrix.claims.enumerate import ALL, claim
from matrix.claims.evidence import Shown
from matrix.claims.price import CLEAR, KEPT, Lost, Price
from matrix.claims.witness import Cast, Evidence, testify
from matrix.report.blocks import Block, Cell, Code, Line, Paragraph, Part, Points
from matrix.report.blocks import Strong
from matrix.rulesets import RuleSet

PROPOSED, ANSWER = "lastcall-2001", "robust-2001"
NEW_CLIENTS = (
    (PROPOSED, "new client, as proposed"),
    (ANSWER, "new client, as answered"),
)
SERVERS = (
    (challenge.OLD, "old server"),
    (PROPOSED, "new server, as proposed"),
    (ANSWER, "new server, as answered"),
)
_BANS_IT, _ADVISES = "rfc6176-2011", "rfc8446-2018"


def cell(each: Shown, label: str = "") -> Cell:
    """A cell as it is cited: who was in it, and what came of it."""
    played = f"; the {each.own} is this suite's own" if each.own else ""
    how = f"{each.client.words} / {each.server.words}: {each.how}{played}"
    return Cell(each.cell, how, label)


def blocks(
    sets: Mapping[str, RuleSet],
    cast_: Cast,
    evidence: Evidence,
    price: Price,
    guards: Sequence[safety.Shown],
) -> Iterator[Block]:
    """The sentences, numbered, and how far they are shown."""
    found = [
        *_proposal_breaks(sets, cast_, evidence),
        *_older_than_that(sets, cast_, evidence),
        *_servers_half(sets, cast_, evidence),
        *_theorem(sets),
        *safety.sentence(guards),
        *_since(sets),
        *_price(price),
    ]
    if found:
        yield Points(tuple(found), numbered=True)
    if evidence.name and not evidence.differing:
        number = sum(each.agrees is True for each in evidence.shown)
        yield Paragraph(
            (
                "What works with what is computed from the rule sets, the price is "
                f"counted: {number:,} cells of this run show what was computed, and "
                "none shows the contrary.",
            )
        )


def _there(sets: Mapping[str, RuleSet], *names: str) -> bool:
    return all(name in sets for name in names)


def _proposal_breaks(
    sets: Mapping[str, RuleSet], cast_: Cast, evidence: Evidence
) -> Iterator[Line]:
    """New client, old server."""
    if not _there(sets, PROPOSED, challenge.OLD):
        return
    made = claim(sets[PROPOSED], sets[challenge.OLD])
    if "FORM" not in made.examples:
        return
    refused = testify(made, cast_, evidence).witnesses("FORM")
    yield (
        Strong(
            "The objection was right: the proposed rule breaks servers that follow "
            "the old one."
        ),
        " ",
        Code(PROPOSED),
        " lets every client send the SSLv2 form, and RFC 2246 E.1 asks only a server "
        "that wishes to support SSL 2.0 clients to read it.",
        *_refusals(refused, evidence),
    )


def _refusals(refused: Sequence[Shown], evidence: Evidence) -> Iterator[Part]:
    """A server that does not read the form, and one that was asked in both."""
    if not refused:
        yield " No cell of this run shows it."
        return
    first = refused[0]
    yield f" Seen: a server that reads the TLS form only, {first.how} "
    yield cell(first)
    pairs = ((each, _twin(each, evidence)) for each in refused)
    for each, same in ((e, s) for e, s in pairs if s):
        if each is not first:
            yield f"; another, {each.how} "
            yield cell(each)
        yield f", and the same hello in the TLS form, {same.how} "
        yield cell(same)
        break
    yield "."


def _twin(each: Shown, evidence: Evidence) -> Shown | None:
    """The same hello in the TLS form, at the same server, if it worked there."""
    name, _, rest = each.cell.partition("/")
    wanted = f"{name}-twin/{rest}"
    found = (s for s in evidence.shown if s.cell == wanted and s.result == "tls")
    return next(found, None)


def _older_than_that(
    sets: Mapping[str, RuleSet], cast_: Cast, evidence: Evidence
) -> Iterator[Line]:
    """Old client by the letter, old server."""
    if not _there(sets, challenge.OLD):
        return
    made = claim(sets[challenge.OLD], sets[challenge.OLD])
    if "FORM" not in made.examples:
        return
    yield (
        Strong("The proposal was right that this failure is older."),
        " By the letter of RFC 2246 E a client that supports SSL 2.0 servers had to "
        "send that form in 1999, and the same servers were free not to read it: ",
        Code(f"{made.client} with {made.server}: {made.words}"),
        ". No new document can mend what an old client says to an old server.",
    )


def _servers_half(
    sets: Mapping[str, RuleSet], cast_: Cast, evidence: Evidence
) -> Iterator[Line]:
    """Every old client at a new server."""
    if not _there(sets, PROPOSED, challenge.OLD):
        return
    made = claim(sets[challenge.OLD], sets[PROPOSED])
    if made.verdict != ALL:
        return
    found = testify(made, cast_, evidence).witnesses("sslv2")
    shown: tuple[Part, ...] = (" No cell of this run shows it.",)
    if found:
        shown = (" Seen: ", found[0].how, " ", cell(found[0]), ".")
    yield (
        Strong("Its duty for servers mends it wherever a server follows it"),
        ", and costs no old client anything: a server that understands both forms "
        "works with every old client.",
        *shown,
    )


def _theorem(sets: Mapping[str, RuleSet]) -> Iterator[Line]:
    if not _there(sets, challenge.OLD):
        return
    old = sets[challenge.OLD]
    firm, lenient = challenge.by_reading(old)
    tried = sum(1 for _ in challenge.candidates())
    for each in firm.best:
        names = [n for n, rules in sets.items() if challenge.of_set(rules) == each]
        also = sorted(set(lenient.best[0].sends) - set(each.sends))
        yield (
            Strong(
                "The least restrictive answer: clients send the TLS form only, "
                "servers understand both forms"
            ),
            " (",
            *_codes(names),
            f"). Of all {tried} rules that can be made of the four hellos of TLS 1.0, "
            f"{len(firm.solutions)} keep every combination working in which something "
            f"is new, {firm.words}, and this one forbids and demands least: clients "
            "send ",
            *_codes(sorted(each.sends)),
            ", servers understand ",
            *_codes(sorted(each.understands)),
            ".",
            *(_leniently(lenient, also) if also and each in lenient.solutions else ()),
        )


def _leniently(found: challenge.Found, also: list[str]) -> Iterator[Part]:
    """RFC 2246 can be read so that the answer is another one, by a hello."""
    never, ever = found.always()
    yield (
        f" RFC 2246 6.2.1 can be read either way: {found.words}, "
        f"{len(found.solutions)} rules do, this one among them, and the least "
        "restrictive leaves clients "
    )
    yield from _codes(also)
    yield " as well. In either reading none lets clients send "
    yield from _codes(sorted(never))
    yield ", and all have servers understand "
    yield from _codes(sorted(ever))
    yield "."


def _codes(names: list[str]) -> Iterator[Part]:
    for at, name in enumerate(names):
        if at:
            yield ", "
        yield Code(name)
    if not names:
        yield "no rule set here says so"


def _since(sets: Mapping[str, RuleSet]) -> Iterator[Line]:
    """What later documents made of the two halves."""
    if not _there(sets, _BANS_IT, _ADVISES):
        return
    sends = {sets[_BANS_IT].client.hello[name] for name in ("V1", "V3")}
    reads = {name: sets[name].server.hello["V3"] for name in (_BANS_IT, _ADVISES)}
    if sends != {"must-not"} or "must" in reads.values():
        return
    yield (
        Strong("The client's half has become law, the server's half never did."),
        " RFC 3207 (2002) has no word on the form; RFC 6176 (2011) forbids clients to "
        "send it and leaves servers free to read it; RFC 8446 D.5 (2018) advises them "
        "against it. A client that still sends the form is today at the mercy of the "
        "server's choice.",
    )


def _price(price: Price) -> Iterator[Line]:
    """What the two outcomes cost, in one sentence each."""
    lost, kept = price.of("FORM", "opportunistic"), price.of("FORM", "mandatory")
    begun = [m for low in (False, True) for m in price.sessions("sslv2", low)]
    if not lost and not begun:
        return
    said: list[Part] = [Strong("The price.")]
    if lost:
        clear = [each for each in lost if each.mail == CLEAR]
        said += [
            " Where the form was not understood, a client that need not have TLS "
            f"delivered the message in clear in {len(clear)} of {len(lost)} cells ",
            *_first(clear),
            ", and nobody is told;",
            f" one that requires TLS kept it in {_of_kept(kept)}.",
        ]
    if begun:
        named, ems = sum(m.name for m in begun), sum(m.ems for m in begun)
        new = sum(m.version == "1.3" for m in begun)
        said += [
            f" Where the form was understood, {named} of {len(begun)} sessions name "
            f"the server, {ems} have the extended master secret, {new} are TLS 1.3: "
            "what a hello without extensions cannot ask for, it does not get.",
        ]
    yield tuple(said)


def _first(lost: list[Lost]) -> Iterator[Part]:
    for each in lost[:1]:
        yield Cell(each.cell, "the form was not understood; the message went in clear")


def _of_kept(kept: tuple[Lost, ...]) -> str:
    number = sum(each.mail == KEPT for each in kept)
    return f"{number:,} of {len(kept):,}"
