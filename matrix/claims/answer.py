"""answer - the question of 2001 and its answer, as the opening of every report.

A pure function of the rule sets and of what a run shows.  Every statement names a
cell that shows it, or says that none does.
"""

from __future__ import annotations

from collections import Counter
from typing import Iterator, Mapping, Sequence

from matrix.claims import challenge, costs, verdict
from matrix.claims.enumerate import KINDS, Claim, claim, claims
from matrix.claims.layers import LAYERS, MEANINGS
from matrix.claims.price import NO_PRICE, Price
from matrix.claims.safety import Shown
from matrix.claims.tables import READS
from matrix.claims.verdict import cell
from matrix.claims.witness import Cast, Evidence, Testimony, cast, testify
from matrix.report.blocks import Block, Break, Cell, Cited, Code, Grid, Heading
from matrix.report.blocks import Line, Paragraph, Points, Strong
from matrix.rulesets import RuleSet

HEAD = "The answer: old and new clients with old and new servers"
_ENDS = {
    "tls": "in the TLS form it works",
    "sslv2": "in the SSLv2 form it works",
    "FORM": "fails on the form",
    "REC": "fails on the record version",
    "VERS": "fails on the version",
    "RI": "fails on RFC 5746",
}
# The same in one letter, for the table of all sets.
LETTERS = {"tls": "t", "sslv2": "s", "FORM": "F", "REC": "C", "VERS": "V", "RI": "R"}


def opening(
    sets: Mapping[str, RuleSet],
    evidence: Evidence,
    price: Price = NO_PRICE,
    guards: Sequence[Shown] = (),
) -> tuple[Block, ...]:
    """The question, the answer, what shows it and what it costs; behind HEAD.

    ``sets`` are those of matrix/rules/sets, with any others; ``evidence`` is what
    ``witness.gather`` made of a run, ``price`` and ``guards`` what the gather of
    price.py and of safety.py did.
    """
    cast_ = cast(sets.values(), "must", False)
    return (
        *_question(),
        *_disagreements(evidence),
        *verdict.blocks(sets, cast_, evidence, price, guards),
        *_old_and_new(sets, cast_, evidence),
        *costs.blocks(price),
    )


def appendix(
    sets: Mapping[str, RuleSet], evidence: Evidence, whole: bool = True
) -> tuple[Block, ...]:
    """What backs it: all rule sets, what is not said, and the cells by number.  If
    not ``whole``, the cells for each two rule sets are left to the site."""
    cast_ = cast(sets.values(), "must", False)
    return (
        *_all(sets, cast_, evidence, whole),
        *_limits(evidence),
        Heading("The cells that are named by number", 3),
        Paragraph(("Each can be looked into: ", Code("./interop show CELL"), ".")),
        Cited(),
    )


def _question() -> Iterator[Block]:
    yield Paragraph(
        (
            "In 2001 the Last Call on STARTTLS for SMTP stopped at a question: may a "
            "client send its ClientHello in the SSLv2 form, must a server understand "
            "it, and does such a rule keep servers that followed the old one from "
            "working with new clients? The challenge was to find rules under which old "
            "and new clients work with old and new servers, without loss of security.",
        )
    )


def _disagreements(evidence: Evidence) -> Iterator[Block]:
    if not evidence.name:
        words = "No run was looked into: this is computed from the rules alone."
        yield Paragraph((Strong(words),))
    elif evidence.differing:
        yield Paragraph((Strong("Theory and experiment disagree:"),))
        yield Points(tuple(_contrary(evidence)))


def _contrary(evidence: Evidence) -> Iterator[Line]:
    for each in evidence.differing:
        reason = evidence.known.get(each.cell)
        known = f" Known: {reason}." if reason else ""
        said = f": {each.theory.because}; in the experiment: {each.how}.{known}"
        yield (Code(each.cell), said, " ", cell(each))


def _old_and_new(
    sets: Mapping[str, RuleSet], cast_: Cast, evidence: Evidence
) -> Iterator[Block]:
    rows = (*challenge.OLD_CLIENTS, *verdict.NEW_CLIENTS)
    columns = tuple(name for name, _ in verdict.SERVERS)
    if not {*(name for name, _ in rows), *columns} <= set(sets):
        return
    yield Heading("Old and new, by rule set", 3)
    yield Paragraph(
        (
            "Clients down, servers across; all of them keep every MUST of their rule "
            "set. ALL: every such pair speaks TLS. SOME: it depends on what the rules "
            "leave open, and pairs fail on what stands in brackets. Each outcome has a "
            "cell that shows it.",
        )
    )
    yield Grid(
        "Old and new clients and servers",
        (("",), *((words, Break(), Code(name)) for name, words in verdict.SERVERS)),
        tuple(
            (
                (words, Break(), Code(name)),
                *(
                    _box(claim(sets[name], sets[other]), cast_, evidence)
                    for other in columns
                ),
            )
            for name, words in rows
        ),
    )


def _box(found: Claim, cast_: Cast, evidence: Evidence) -> Line:
    """A claim with a cell for each of its outcomes."""
    testimony = testify(found, cast_, evidence)
    said: Line = (Strong(found.words),)
    for end in found.examples:
        said += (Break(), *_outcome(testimony, end))
    return said


def _outcome(testimony: Testimony, end: str) -> Line:
    found = testimony.witnesses(end)
    if not found:
        return (f"{_ENDS[end]}: no witness in this run",)
    more = f" and {len(found) - 1:,} more" if len(found) > 1 else ""
    return (f"{_ENDS[end]} ", cell(found[0]), more)


def _all(
    sets: Mapping[str, RuleSet], cast_: Cast, evidence: Evidence, whole: bool
) -> Iterator[Block]:
    yield Heading("Every rule set with every other")
    layers = ", ".join(f"{name} {MEANINGS[name]}" for name in LAYERS)
    reads = ", ".join(f"{name} {words}" for name, words in READS.items())
    letters = ", ".join(f"{LETTERS[end]} {_ENDS[end]}" for end in KINDS)
    yield Paragraph(
        (
            f"Clients are rows, servers are columns, all keep every MUST: {reads}. "
            f"Pairs fail on {layers}. ",
            f"Each letter behind it is an outcome and leads to a cell of this run that "
            f"shows it ({letters}); in brackets are those that no cell of this run "
            "shows. "
            if whole
            else f"Letters behind it are outcomes that no cell of this run shows "
            f"({letters}); the site has a cell for each of the others. ",
            Code("./interop claims --client SET --server SET"),
            " has the counterexamples and all such cells; ",
            Code("--level should"),
            " is for those who keep every SHOULD too.",
        )
    )
    made = claims(sets.values())
    yield Grid(
        "Every rule set with every other",
        (("",), *((Code(name),) for name in sets)),
        tuple(
            (
                (Code(mine),),
                *(
                    _letters(testify(made[mine, theirs], cast_, evidence), whole)
                    for theirs in sets
                ),
            )
            for mine in sets
        ),
    )


def _letters(testimony: Testimony, whole: bool) -> Line:
    said: list[Cell | str] = []
    unseen = ""
    for end in testimony.claim.examples:
        if found := testimony.witnesses(end):
            said += [" ", cell(found[0], LETTERS[end])] if whole else []
        else:
            unseen += LETTERS[end]
    words = testimony.claim.words
    rest = (f" ({unseen})",) if unseen else ()
    return (Strong(words) if " " not in words else words, *said, *rest)


def _limits(evidence: Evidence) -> Iterator[Block]:
    yield Heading("What it does not say", 3)
    yield Paragraph(
        (
            "A claim is about the first contact: STARTTLS was answered with 220, a "
            "cipher suite and a certificate fit, nothing is resumed. A cell stands for "
            "a client and a server that are like its own in form and versions; that "
            "today's libraries also send RFC 5746's signal, which those of 1999 could "
            "not know, changes no outcome that it is counted for.",
        )
    )
    points = [
        f"{number:,} cells say nothing about it: {reason}."
        for reason, number in sorted(Counter(evidence.mute.values()).items())
    ]
    if evidence.waiting:
        points.append(
            f"{evidence.waiting:,} cells that could speak about this have no result."
        )
    if points:
        yield Points(tuple((each,) for each in points))
