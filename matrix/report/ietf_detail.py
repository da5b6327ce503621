"""ietf_detail - the long parts of an implementation report: what was not as it should
be, and each clause with who kept it with whom."""

from __future__ import annotations

from collections import Counter
from typing import Iterator, Mapping, Sequence, Sized

from matrix.coverage import Entry as Omission
from matrix.kinship import Kinship
from matrix.model import Cell
from matrix.report import words
from matrix.report.ascii import wrapped
from matrix.report.proof import Broken, Proof
from matrix.rulesets import Document

_OMITTED = {
    "not-built": "could be decided, and is not yet",
    "untestable": "do not show over a socket",
    "scope": "bind somebody who is not played here",
    "policy": "bind a configuration or an operator",
    "certificates": "need a policy on certificates",
    "open": "leave it open: nothing can be wrong",
    "words": "ask for nothing",
}


def number_of(things: Sized, one: str) -> str:
    """ "7 clients"."""
    return words.count(len(things), one)


def heading(number: str, text: str) -> Iterator[str]:
    """A section's head, with blank lines about it."""
    yield ""
    yield f"{number}.  {text}" if number.isdecimal() else f"{number}  {text}"
    yield ""


def exceptions(shown: Sequence[Proof], kin: Kinship) -> Iterator[str]:
    """The clauses that somebody did not keep, and those that no independent pair
    showed."""
    broken = [proof for proof in shown if proof.broken]
    kept = sum(1 for proof in shown if proof.kept and not proof.broken)
    yield from wrapped(
        f"{kept} clauses were kept in every cell in which they were asked for. The "
        f"{len(broken)} below were not, or a SHOULD among them was missed, by the "
        "implementations named.",
        "   ",
    )
    yield ""
    for proof in broken:
        rule = proof.rule
        yield from wrapped(
            f"{rule.clause} ({rule.level}): {rule.asks}", "   ", "      "
        )
        for group in _culprits(proof.broken):
            yield from _culprit(group)
        yield ""
    yield from _not_shown(shown, kin)


def _culprits(broken: Sequence[Broken]) -> list[list[Broken]]:
    groups: dict[str, list[Broken]] = {}
    for each in broken:
        groups.setdefault(each.peer or "nobody named", []).append(each)
    return [groups[name] for name in sorted(groups)]


def _culprit(group: Sequence[Broken]) -> Iterator[str]:
    first = group[0]
    yield from wrapped(
        f"{first.peer or 'nobody is named'}, {number_of(group, 'cell')}: "
        f"{first.check.because}; {first.cell.id}",
        "      - ",
        "        ",
    )
    if first.known:
        yield from wrapped(f"expected: {first.known}", "        ")


def _not_shown(shown: Sequence[Proof], kin: Kinship) -> Iterator[str]:
    """By the reason why no two independent implementations showed it together."""
    groups: dict[str, list[str]] = {}
    for proof in shown:
        if why := unshown(proof, kin):
            groups.setdefault(why, []).append(proof.rule.id)
    for why, ids in groups.items():
        yield from wrapped(
            f"{number_of(ids, 'clause')} not shown by an independent pair: {why}:",
            "   ",
        )
        yield ""
        for id in ids:
            yield from wrapped(id, "      ")
        yield ""


def unshown(proof: Proof, kin: Kinship) -> str:
    """Why no independent pair showed a clause; "" one did."""
    if proof.independent(kin):
        return ""
    if not proof.spoken:
        return "no cell of this run speaks of it"
    if not proof.kept:
        return "it was not kept in any cell, or left open"
    layer = proof.rule.layer
    if layer == "smtp" and not (
        proof.codes("client", kin) and proof.codes("server", kin)
    ):
        return "on SMTP one side or both is this suite's own engine"
    if not proof.codes("client", kin):
        return "the client is this suite's own, which plays what was recorded"
    if not proof.codes("server", kin):
        return "the server is this suite's own, which plays scripts"
    if any(kin.independent(*pair, layer) for pair in proof.pairs()):
        return "every independent pair that kept it somewhere broke it elsewhere"
    return "it was kept between implementations of one code base only"


def detail(
    found: Mapping[str, Sequence[Proof]],
    kin: Kinship,
    documents: Mapping[str, Document],
    omitted: Sequence[Omission],
) -> Iterator[str]:
    """Every clause by document, then what is not decided."""
    yield from heading("4.2", "Clauses")
    yield from wrapped(
        "For each clause: the implementations that kept it as client and as server "
        "(and their code bases on its layer), the independent pairs that always kept "
        "it with each other, of all pairs that kept it, and the cells that show it.",
        "   ",
    )
    for name, proofs in found.items():
        title = documents[name].title if name in documents else ""
        yield ""
        yield from wrapped(f"RFC {name[3:]}" + (f", {title}" if title else ""), "   ")
        for proof in proofs:
            yield ""
            yield from _clause(proof, kin)
    yield from heading("4.3", "Clauses that are not tested")
    yield from _omissions(found, omitted)


def _clause(proof: Proof, kin: Kinship) -> Iterator[str]:
    rule = proof.rule
    yield from wrapped(rule.id, "   ")
    yield from wrapped(
        f"{rule.clause}, {rule.level}, {rule.side}: {rule.asks}", "      "
    )
    if not proof.spoken:
        yield from wrapped("No cell of this run speaks of it.", "      ")
        return
    for role in ("client", "server"):
        codes = proof.codes(role, kin)
        said = (
            f" of {number_of(codes, 'code base')} ({', '.join(codes)})" if codes else ""
        )
        yield from wrapped(
            f"As {role}: {number_of(proof.who(role), 'implementation')}"
            + (said or ", this suite's own code on this layer"),
            "      ",
            "         ",
        )
    pairs = proof.independent(kin)
    why = unshown(proof, kin)
    yield from wrapped(
        f"Independent pairs: {len(pairs)} of {len(proof.pairs())}"
        + (f"; {why}" if why else ""),
        "      ",
        "         ",
    )
    yield from wrapped(_evidence(proof), "      ", "         ")


def _evidence(proof: Proof) -> str:
    said = f"Evidence: kept in {number_of(proof.kept, 'cell')}"
    if proof.kept:
        said += f", as {_example(proof.kept)}"
    if proof.broken:
        cells = [each.cell for each in proof.broken]
        said += f"; contradicted by {len(cells):,}, as {_example(cells)}"
    if proof.open:
        said += f"; left open by {len(proof.open):,}"
    return said


def _example(cells: Sequence[Cell]) -> str:
    """The cell with the shortest name, and of several the first: it is to be read."""
    return min((cell.id for cell in cells), key=len)


def _omissions(
    found: Mapping[str, Sequence[Proof]], omitted: Sequence[Omission]
) -> Iterator[str]:
    left = [each for each in omitted if each.kind]
    counted = Counter(each.kind for each in left)
    yield from wrapped(
        f"Of what these documents and others ask for, {number_of(left, 'requirement')} "
        "are left to a ledger with the reason: "
        + ", ".join(
            f"{number} {_OMITTED[kind]}" for kind, number in counted.most_common()
        )
        + ". Those of the documents above:",
        "   ",
    )
    for name in found:
        mine = Counter(each.kind for each in left if each.document == name)
        said = ", ".join(f"{number} {kind}" for kind, number in mine.most_common())
        yield from wrapped(said or "none", f"   {'RFC ' + name[3:] + ':':<12}")
    yield ""
    yield from wrapped(
        "./interop rules DOCUMENT names them, each with its reason.", "   "
    )
