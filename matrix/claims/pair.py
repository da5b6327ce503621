"""pair - one claim at length, as text: the counterexamples, the cells of a run that
show them, and the price of each outcome."""

from __future__ import annotations

import textwrap
from typing import Iterator, Sequence

from matrix.claims.enumerate import Example
from matrix.claims.evidence import Shown
from matrix.claims.layers import MEANINGS
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


def lines(testimony: Testimony, evidence: Evidence, level: str) -> Iterator[str]:
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
        yield from _wrap(_price(evidence), "price   ")
    if any(e.client.form == "sslv2" for e in claim.examples.values()):
        yield ""
        yield from _wrap(
            f"what the SSLv2 form costs where it works: {COST}.", "cost    "
        )
        yield from _cost_seen(evidence)


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


def _price(evidence: Evidence) -> str:
    said = (
        "where it fails, a client that wants TLS when it can be had goes on without:"
        " a new connection, and the mail in clear (RFC 3207 6, RFC 7672 2.2); one that"
        " requires TLS keeps the mail."
    )
    if evidence.in_clear:
        many = f"{len(evidence.in_clear)} cells of this run show that after a refusal"
        return f"{said} {many} (of a certificate), {evidence.in_clear[0]} first."
    return f"{said} No cell of a run shows it here."


def _cost_seen(evidence: Evidence) -> Iterator[str]:
    sessions = [
        each
        for each in evidence.shown
        if each.client.form == "sslv2" and each.result != "refused"
    ]
    if sessions:
        yield from _wrap(
            f"{len(sessions)} cells of this run were answered after such a hello, "
            f"{sessions[0].cell} first.",
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
