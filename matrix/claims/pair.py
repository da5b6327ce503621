"""pair - one claim at length, as text: the counterexamples, the cells of a run that
show them, and the price of each outcome."""

from __future__ import annotations

import textwrap
from typing import Iterator, Sequence

from matrix import flight
from matrix.claims.enumerate import Example
from matrix.claims.evidence import Shown
from matrix.claims.layers import MEANINGS
from matrix.claims.price import CLEAR, KEPT, NO_PRICE, POLICIES, Price
from matrix.claims.tables import READS
from matrix.claims.witness import Evidence, Testimony

_EXAMPLES = 5  # cells that are named; a number says how many there are
_WIDTH = 78
WORKS = {"tls": "it works", "sslv2": "it works with a hello in the SSLv2 form"}
# What a hello in the SSLv2 form cannot carry, and what follows (RFC 5246 E.2).
COST = (
    "no server name (RFC 6066), no signature_algorithms (so SHA-1 at TLS 1.2),"
    " no extended master secret (RFC 7627), no tickets, no groups, never TLS 1.3"
)


def lines(
    testimony: Testimony, evidence: Evidence, level: str, price: Price = NO_PRICE
) -> Iterator[str]:
    """The claim, in lines of text."""
    claim = testimony.claim
    kept = "every MUST" if level == "must" else "every MUST and SHOULD"
    yield f"{claim.client} clients and {claim.server} servers: {claim.words}"
    yield from _wrap(
        f"{READS[claim.verdict]}; {claim.pairs} pairs of personas that keep {kept}"
        f" were tried, {claim.failing} fail."
    )
    for end, example in claim.examples.items():
        yield ""
        yield f"{end}: {MEANINGS[end]}" if end in MEANINGS else WORKS[end]
        yield from _example(example)
        yield from _witnesses(testimony, end, evidence)
    if claim.failing:
        yield ""
        yield from _price(price, claim.layers)
    if any(e.client.form == "sslv2" for e in claim.examples.values()):
        yield ""
        yield from _cost(price)


def _example(example: Example) -> Iterator[str]:
    yield from _wrap(example.client.words, "  client  ")
    yield from _wrap(example.server.words, "  server  ")
    yield from _wrap(example.outcome.because, "  then    ")


def _witnesses(testimony: Testimony, end: str, evidence: Evidence) -> Iterator[str]:
    for each in testimony.cells.get(end, ()):
        if each.agrees is False:
            yield from _wrap(f"{each.cell}: {each.how}", "  CONTRADICTED BY ")
    yield from _wrap(witnessed(testimony.witnesses(end), evidence), "  seen    ")


def witnessed(found: Sequence[Shown], evidence: Evidence) -> str:
    """Which cells show it, or plainly that none does."""
    if not evidence.name:
        return "no run to look into; make one: ./interop run"
    if not found:
        return "no witness in this run"
    chosen = found[:_EXAMPLES]
    said = ", ".join(f"{each.cell} ({_how(each)})" for each in chosen)
    if more := len(found) - len(chosen):
        said += f", and {more} more"
    return said


def _how(each: Shown) -> str:
    played = f"; the {each.own} is our own program" if each.own else ""
    return f"{each.how}{played}"


def _price(price: Price, layers: Sequence[str]) -> Iterator[str]:
    """What became of the mail in cells that failed on these layers."""
    yield from _wrap(
        "where it fails, a client that need not have TLS may go on without (RFC 3207 6,"
        " RFC 7672 2.2); one that requires TLS keeps the mail.",
        "price   ",
    )
    for layer in layers:
        found = [price.of(layer, policy) for policy in POLICIES]
        if not any(found):
            yield from _wrap(f"{layer}: no cell of a run shows it here.", "        ")
        for policy, cells in zip(POLICIES, found):
            for mail, words in ((CLEAR, "went in clear"), (KEPT, "was kept")):
                if those := [each.cell for each in cells if each.mail == mail]:
                    yield from _wrap(
                        f"{layer}, {policy}: the mail {words} in {len(those)} of"
                        f" {len(cells)} cells, {those[0]} first.",
                        "        ",
                    )


def _cost(price: Price) -> Iterator[str]:
    """What sessions lack that begin in the SSLv2 form, by those that were seen."""
    yield from _wrap(f"what the SSLv2 form cannot ask for: {COST}.", "cost    ")
    begun = [m for low in (False, True) for m in price.sessions("sslv2", low)]
    if not begun:
        yield from _wrap("No cell of a run shows it here.", "        ")
        return
    named, ems = sum(m.name for m in begun), sum(m.ems for m in begun)
    weak = sum(m.signed in (flight.SHA1, flight.MD5_SHA1) for m in begun)
    bare = sum(m.signed == flight.NOTHING for m in begun)
    new = sum(m.version == "1.3" for m in begun)
    yield from _wrap(
        f"Of {len(begun)} sessions of this run, {named} name the server, {ems} have the"
        f" extended master secret, {new} are TLS 1.3;"
        f" {weak} are signed with SHA-1 or MD5, {bare} with nothing (static RSA);"
        f" {begun[0].cell} first.",
        "        ",
    )


def _wrap(text: str, head: str = "") -> list[str]:
    """Lines of 78 characters; cell ids are never broken."""
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )
