"""dates - which dated rule sets a command holds something against: the options that
say so, and how the sets are read.  No command itself."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Mapping, Sequence

from matrix import rulesets
from matrix.claims.personas import CONFORMANCE, nobody
from matrix.complaint import Complaint, unknown
from matrix.places import Places
from matrix.rulesets import RuleSet


def options(parser: argparse.ArgumentParser) -> None:
    """Those of everybody who reads rule sets."""
    parser.add_argument("--level", choices=CONFORMANCE, default="must")
    parser.add_argument(
        "--rules",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a rule set of your own (matrix/rules/sets/README.md)",
    )


def judging(parser: argparse.ArgumentParser, more: str) -> None:
    """Those of who judges by the rules of a date."""
    parser.add_argument(
        "--as",
        dest="rule_set",
        metavar="SET",
        help=f"judge by a dated rule set; {more}",
    )
    options(parser)


def read(places: Places, files: Sequence[Path]) -> dict[str, RuleSet]:
    """The suite's rule sets and those of more files, by name."""
    try:
        return rulesets.load(places.tables / "rules" / "sets", files)
    except ValueError as error:
        raise Complaint(str(error)) from None
    except OSError as error:
        raise Complaint(f"{error.filename}: {error.strerror}; --rules FILE") from None


def named(sets: Mapping[str, RuleSet], name: str, also: Sequence[str] = ()) -> RuleSet:
    """One of them; ``also`` is what else could have been said."""
    if name not in sets:
        raise unknown("rule set", name, (*sets, *also))
    return sets[name]


def followed(sets: Mapping[str, RuleSet], level: str) -> None:
    """Complains of a rule set that nobody can follow."""
    if why := nobody(sets.values(), level):
        raise Complaint(why)


def judged_by(places: Places, given: argparse.Namespace) -> dict[str, RuleSet]:
    """What --as names: one rule set, all of them, or nothing."""
    if not given.rule_set:
        if given.rules:
            raise Complaint("--rules needs --as SET: which set is to judge?")
        return {}
    sets = read(places, given.rules)
    if given.rule_set != "all":
        sets = {given.rule_set: named(sets, given.rule_set, ("all",))}
    followed(sets, given.level)
    return sets
