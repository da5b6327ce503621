"""interop claims - does every client that follows one rule set work with every server
that follows another?  Computed from the rules, and held against a run."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import Iterator, Mapping, Sequence

from matrix import hellos
from matrix.claims import challenge, draft, evidence, pair, tables, witness
from matrix.claims.enumerate import KINDS, Claim, claim, claims
from matrix.claims.gathering import gather
from matrix.claims.price import NO_PRICE, Price
from matrix.claims.witness import NO_RUN, Evidence
from matrix.commands import dates
from matrix.complaint import Complaint
from matrix.places import Places
from matrix.rulesets import RuleSet
from matrix.ruletext import read
from matrix.store import Store

HELP = "what follows from the specifications of a date, and which cells show it"


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--client", metavar="SET", help="one pair, at length")
    parser.add_argument("--server", metavar="SET")
    dates.options(parser)
    parser.add_argument(
        "--strict-record-version",
        action="store_true",
        help="a server may insist on its own, where the text can be read so",
    )
    parser.add_argument("--run", type=Path, metavar="FILE", help="default: latest")


def main(places: Places, given: argparse.Namespace) -> int:
    """0 if theory and experiment agree, 1 if a cell shows the contrary."""
    sets = dates.read(places, given.rules)
    try:
        roles = evidence.load(places.tables / "claims" / "witnesses.toml")
    except ValueError as error:
        raise Complaint(str(error)) from None
    if bool(given.client) != bool(given.server):
        raise Complaint("a pair needs both: --client SET --server SET")
    chosen = [dates.named(sets, n) for n in (given.client, given.server) if n]
    dates.followed(sets, given.level)
    seen, paid = _gather(places, given.run, roles)
    strict = bool(given.strict_record_version)
    for line in _disagreements(seen):
        print(line)
    if given.client:
        mine, theirs = chosen
        found = claim(mine, theirs, given.level, strict)
        cast = witness.cast(chosen, given.level, strict)
        told = witness.testify(found, cast, seen)
        for line in pair.lines(told, seen, given.level, paid):
            print(line)
    else:
        made = claims(sets.values(), given.level, strict)
        for line in _overview(sets, made, seen, given.level, strict):
            print(line)
        for line in _drafts(sets, made, _own(given.rules)):
            print(line)
    return 1 if seen.unexplained else 0


def _gather(
    places: Places, file: Path | None, roles: evidence.Roles
) -> tuple[Evidence, Price]:
    """What a run shows; nothing if there is none and none was asked for."""
    path = file or places.latest
    if file is None and not path.exists():
        return NO_RUN, NO_PRICE
    store = Store.open(path)
    try:
        name = store.about().get("run", path.name)
        return gather(store, roles, hellos.recorded(), name)
    finally:
        store.close()


def _own(files: Sequence[Path]) -> set[str]:
    """The names of the rule sets of a user's own."""
    return {str(read(file).table.get("name", "")) for file in files}


def _drafts(
    sets: Mapping[str, RuleSet], made: Mapping[tuple[str, str], Claim], own: set[str]
) -> Iterator[str]:
    """What follows from them, so that nobody looks for their rows in the table."""
    for name in (each for each in sets if each in own):
        yield ""
        yield from draft.lines(sets[name], made, list(sets))


def _disagreements(seen: Evidence) -> Iterator[str]:
    """Where theory and experiment differ: the first thing that is said."""
    for each in seen.differing:
        reason = seen.known.get(each.cell, "")
        yield f"DISAGREEMENT in {each.cell}" + (f" (known: {reason})" if reason else "")
        yield f"  theory:     {each.theory.because}"
        yield f"  experiment: {each.how}"
        yield f"  client: {each.client.words}"
        yield f"  server: {each.server.words}"
        yield ""


def _overview(
    sets: Mapping[str, RuleSet],
    made: Mapping[tuple[str, str], Claim],
    seen: Evidence,
    level: str,
    strict: bool,
) -> Iterator[str]:
    kept = "every MUST" if level == "must" else "every MUST and SHOULD"
    reading = ", record versions read strictly" if strict else ""
    yield f"Clients and servers that keep {kept} of their rule set{reading}:"
    yield ""
    yield from tables.grid(made, list(sets), _width())
    yield ""
    yield from _challenge(sets)
    yield ""
    yield from _witnessed(sets, made, seen, level, strict)


def _challenge(sets: Mapping[str, RuleSet]) -> Iterator[str]:
    tried = sum(1 for _ in challenge.candidates())
    yield f"The challenge of 2001: {tried} rules for TLS 1.0 hellos tried. Which let"
    yield "old and new clients work with old and new servers, and restrict least?"
    for found in challenge.by_reading(sets[challenge.OLD]):
        yield f"  {found.words}, {len(found.solutions)} do; the least restrictive:"
        for each in found.best:
            names = [n for n, rules in sets.items() if challenge.of_set(rules) == each]
            sends, reads = (" ".join(sorted(s)) for s in (each.sends, each.understands))
            yield f"    clients send {sends}; servers understand {reads}:"
            yield f"    {', '.join(names) or 'no set here says so'}"
        never, ever = (" ".join(sorted(names)) for names in found.always())
        yield f"    none of them lets clients send {never}, all have servers understand"
        yield f"    {ever}"


def _witnessed(
    sets: Mapping[str, RuleSet],
    made: Mapping[tuple[str, str], Claim],
    seen: Evidence,
    level: str,
    strict: bool,
) -> Iterator[str]:
    if not seen.name:
        yield "No run to hold this against; make one: ./interop run"
        return
    cast = witness.cast(sets.values(), level, strict)
    told = [witness.testify(each, cast, seen) for each in made.values()]
    outcomes = [(t, end) for t in told for end in t.cells]
    shown = sum(bool(t.witnesses(end)) for t, end in outcomes)
    speaking = sum(each.agrees is not None for each in seen.shown)
    yield (
        f"Run {seen.name}: {speaking} cells speak about this,"
        f" {len(seen.differing)} of them against it."
    )
    if not speaking:
        yield "It has other cells only: --run FILE, or make one of all: ./interop run"
        return
    yield f"{shown} of {len(outcomes)} outcomes have a witness; for the others:"
    for end in KINDS:
        pairs = [t.claim for t, e in outcomes if e == end and not t.witnesses(end)]
        if pairs:
            yield (
                f"  {pair.WORKS.get(end, end)}: no witness in this run for {len(pairs)}"
                f" pairs, --client {pairs[0].client} --server {pairs[0].server} first"
            )
    yield "Whose cells they are: --client SET --server SET"
    for reason in sorted(set(seen.mute.values())):
        cells = [cell for cell, why in seen.mute.items() if why == reason]
        yield f"  {len(cells)} cells say nothing, {cells[0]} first: {reason}"
    if seen.waiting:
        yield f"  {seen.waiting} cells that could speak have no result"


def _width() -> int | None:
    """The terminal's width; None if there is none to be kept to."""
    if not sys.stdout.isatty():
        return None
    return shutil.get_terminal_size((80, 24)).columns
