"""answer - the question of 2001 and its answer, as the opening of RESULTS.md.

A pure function of the rule sets and of what a run shows.  Every statement names a
cell that shows it, or says that none does.
"""

from __future__ import annotations

from typing import Iterable, Iterator, Mapping, Sequence

from matrix.claims import challenge
from matrix.claims.enumerate import ALL, NONE, Claim, claims
from matrix.claims.layers import LAYERS, MEANINGS
from matrix.claims.pair import COST
from matrix.claims.witness import Cast, Evidence, Testimony, cast, testify
from matrix.report.escape import code, markdown
from matrix.rulesets import RuleSet

_PROPOSED, _ANSWER = "lastcall-2001", "robust-2001"
_ENDS = {
    "tls": "works",
    "sslv2": "works in the SSLv2 form",
    "FORM": "fails on the form",
    "REC": "fails on the record version",
    "VERS": "fails on the version",
    "RI": "fails on RFC 5746",
}


def render(sets: Mapping[str, RuleSet], evidence: Evidence) -> str:
    """The section as Markdown.

    ``sets`` are those of matrix/rules/sets, with any others; ``evidence`` is what
    ``witness.gather`` made of a run.
    """
    cast_ = cast(sets.values(), "must", False)
    lines = [
        "## Old and new clients, old and new servers",
        "",
        *_question(),
        *_disagreements(evidence),
        *_old_and_new(sets, cast_, evidence),
        *_theorem(sets),
        *_price(evidence),
        *_all(sets, cast_, evidence),
        *_limits(evidence),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _question() -> Iterator[str]:
    yield (
        "In 2001 the Last Call on STARTTLS for SMTP stopped at a question: may a "
        "client send its hello in the SSLv2 form, must a server understand it, and "
        "would such a rule keep servers that followed the old one from working with "
        "new clients? The challenge was to find rules under which old and new clients "
        "work with old and new servers, without loss of security."
    )
    yield ""
    yield (
        "**The answer.** The objection was right that the proposed rule breaks old "
        "servers: a new client may send what a server of TLS 1.0 need not "
        "understand. The proposal was right that the old rules, by the letter, had "
        "that failure already (RFC 2246 Appendix E), and that its duty for servers "
        "mends it wherever it is followed. Taking the objection's half for clients "
        "and the proposal's half for servers meets the challenge "
        f"({code(_ANSWER)}): **clients send the TLS form only, servers understand "
        "both.** No less restrictive rule does. An old client that sends the SSLv2 "
        "form to an old server that does not read it is beyond the reach of any new "
        "document."
    )
    yield ""


def _disagreements(evidence: Evidence) -> Iterator[str]:
    if not evidence.name:
        yield "**No run was looked into: this is computed from the rules alone.**"
    elif not evidence.differing:
        number = sum(each.agrees is True for each in evidence.shown)
        yield (
            f"What follows is computed from the rules. {number:,} cells of this run "
            "show what it says, and none shows the contrary."
        )
    else:
        yield "**Theory and experiment disagree:**"
        yield ""
        for each in evidence.differing:
            reason = evidence.known.get(each.cell)
            known = f" Known: {markdown(reason)}." if reason else ""
            yield (
                f"- {code(each.cell)}: {markdown(each.theory.because)}; in the "
                f"experiment: {markdown(each.how)}.{known}"
            )
    yield ""


def _old_and_new(
    sets: Mapping[str, RuleSet], cast_: Cast, evidence: Evidence
) -> Iterator[str]:
    old = code(challenge.OLD)
    for new, title in ((_PROPOSED, "as proposed"), (_ANSWER, "as answered")):
        if not {new, *(name for name, _ in challenge.OLD_CLIENTS)} <= set(sets):
            continue
        yield f"### The new rule {title}: {code(new)}"
        yield ""
        rows = challenge.two_by_two(sets, new)
        yield from _rows(
            ("", f"old server ({old})", f"new server ({code(new)})"),
            (
                (
                    f"{words} ({code(left.client)})",
                    _box(left, cast_, evidence),
                    _box(right, cast_, evidence),
                )
                for words, left, right in rows
            ),
        )
        yield ""


def _box(found: Claim, cast_: Cast, evidence: Evidence) -> str:
    """A claim with a cell for each of its outcomes."""
    testimony = testify(found, cast_, evidence)
    said = [_outcome(testimony, end) for end in found.examples]
    return f"**{found.words}**" + "".join(f"<br>{each}" for each in said)


def _outcome(testimony: Testimony, end: str) -> str:
    found = testimony.witnesses(end)
    if not found:
        return f"{_ENDS[end]}: no witness in this run"
    played = " (our own client)" if found[0].own else ""
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return f"{_ENDS[end]}: {code(found[0].cell)}{played}{more}"


def _theorem(sets: Mapping[str, RuleSet]) -> Iterator[str]:
    if challenge.OLD not in sets:
        return
    old = sets[challenge.OLD]
    found = challenge.solutions(old)
    best = challenge.least_restrictive(found)
    tried = sum(1 for _ in challenge.candidates())
    yield (
        f"All {tried} rules that can be made of the four hellos of TLS 1.0 "
        f"({', '.join(code(name) for name in challenge.CLASSES)}) were tried against "
        f"{code(old.name)}: {len(found)} work in every combination in which something "
        "is new, however strictly record versions are read."
    )
    for each in best:
        names = [n for n, rules in sets.items() if challenge.of_set(rules) == each]
        yield (
            "The one that forbids and demands least lets clients send "
            f"{_codes(each.sends)} and has servers understand "
            f"{_codes(each.understands)}: {_codes(names) or 'no set here says so'}."
        )
    lenient = challenge.least_restrictive(challenge.solutions(old, (False,)))
    if lenient != best:
        yield (
            "Where a server of TLS 1.0 is sure to accept a record of version 3.0 "
            "(RFC 2246 6.2.1 can be read either way), clients could be left "
            f"{_codes(sorted(lenient[0].sends - best[0].sends))} as well."
        )
    yield ""


def _codes(names: Iterable[str]) -> str:
    return ", ".join(code(name) for name in sorted(names))


def _price(evidence: Evidence) -> Iterator[str]:
    yield "### What it costs"
    yield ""
    shown = (
        f"{len(evidence.in_clear):,} cells show what it does after a refusal (there, "
        f"of a certificate), {code(evidence.in_clear[0])} first"
        if evidence.in_clear
        else "no witness in this run"
    )
    yield (
        "- **Where a pair fails**, a client that takes TLS when it can be had opens a "
        "new connection and sends the mail in clear (RFC 3207 6, RFC 7672 2.2): "
        f"{shown}. A disagreement about the form of a hello so removes the encryption, "
        "and nobody is told. A client that requires TLS keeps the mail."
    )
    sessions = [
        each
        for each in evidence.shown
        if each.client.form == "sslv2" and each.result != "refused"
    ]
    seen = (
        f"{len(sessions):,} cells were answered after such a hello, "
        f"{code(sessions[0].cell)} first"
        if sessions
        else "no witness in this run"
    )
    yield f"- **Where the SSLv2 form works** it has {COST}: {seen}."
    yield (
        "- **What it does not cost**: Finished covers the hello in either form, so "
        "nobody on the way can turn one into the other unnoticed (RFC 5246 E.2), as "
        "long as SSL 2.0 itself is never negotiated. Cells that try are not counted "
        "here."
    )
    yield ""


def _all(sets: Mapping[str, RuleSet], cast_: Cast, evidence: Evidence) -> Iterator[str]:
    yield "### Every rule set with every other"
    yield ""
    layers = ", ".join(f"{name} {MEANINGS[name]}" for name in LAYERS)
    yield (
        "Clients are rows, servers are columns, all keep every MUST. ALL: every "
        "conforming pair speaks TLS; SOME: it depends on what the rules leave open; "
        f"NONE: no pair does. Pairs fail on: {layers}. Behind it, how many cells of "
        "this run show one of the outcomes; 0 means that there is no witness in it. "
        "`./interop claims --client SET --server SET` names them all, with the "
        "counterexamples; `--level should` is for those who keep every SHOULD too."
    )
    yield ""
    made = claims(sets.values())
    told = {pair: testify(each, cast_, evidence) for pair, each in made.items()}
    yield from _rows(
        ("", *map(code, sets)),
        (
            (code(mine), *(_counted(told[mine, theirs]) for theirs in sets))
            for mine in sets
        ),
    )
    yield ""


def _counted(testimony: Testimony) -> str:
    found = testimony.claim
    number = sum(len(testimony.witnesses(end)) for end in testimony.cells)
    words = f"**{found.words}**" if found.verdict in (ALL, NONE) else found.words
    return f"{words} {number}"


def _limits(evidence: Evidence) -> Iterator[str]:
    yield (
        "A claim is about the first contact: STARTTLS was answered with 220, a cipher "
        "suite and a certificate fit, nothing is resumed. A cell stands for a client "
        "and a server that are like its own in form and versions; that today's "
        "libraries also send RFC 5746's signal, which those of 1999 could not know, "
        "changes no outcome that it is counted for."
    )
    if evidence.waiting:
        yield ""
        yield f"{evidence.waiting:,} cells that could speak about this have no result."
    for reason in sorted(set(evidence.mute.values())):
        number = sum(why == reason for why in evidence.mute.values())
        yield ""
        yield f"{number:,} cells say nothing about it: {markdown(reason)}."
    yield ""


def _rows(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
