"""cli - the command ./interop: finds the command's module, and turns everything
that can go wrong into one line and an exit status.

0 as expected; 1 an unexpected verdict; 2 usage; 3 gaps: not run, or our error.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Mapping, NoReturn, Sequence

from matrix.complaint import GAPS, Complaint, unknown
from matrix.places import Places

COMMANDS = (
    *("peers", "plan", "run", "judge", "report", "show", "mutants"),
    *("hello", "record", "claims", "rules"),
)


class _Parser(argparse.ArgumentParser):
    """argparse, but an error is one line that says what to do."""

    def error(self, message: str) -> NoReturn:
        raise Complaint(f"{message}; see: {self.prog} --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; the exit status."""
    try:
        status = _command(sys.argv[1:] if arguments is None else list(arguments))
        sys.stdout.flush()
        return status
    except Complaint as complaint:
        return _say(str(complaint), complaint.status)
    except BrokenPipeError:
        # The reader has enough, as with "| head": not an error, and no more output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return _say("stopped", GAPS)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _say(f"{where}{error.strerror or error}", GAPS)


def _say(line: str, status: int) -> int:
    print(f"interop: {' '.join(line.split())}", file=sys.stderr)
    return status


def _command(arguments: list[str]) -> int:
    parser = _Parser(
        prog="interop",
        description="STARTTLS interoperability: real clients against real servers.",
        epilog="Exit status: 0 as expected, 1 an unexpected verdict, 2 usage, 3 gaps.",
        allow_abbrev=False,
    )
    parser.add_argument("--build", type=Path, metavar="FOLDER", help=argparse.SUPPRESS)
    below = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in COMMANDS:
        module = import_module(f"matrix.commands.{name}")
        said = f"{module.HELP[0].upper()}{module.HELP[1:]}."
        command = below.add_parser(
            name, help=module.HELP, description=said, allow_abbrev=False
        )
        module.options(command)
    _check_words(arguments, below.choices)
    given = parser.parse_args(arguments)
    places = Places(build=given.build.resolve()) if given.build else Places()
    module = import_module(f"matrix.commands.{given.command}")
    return int(module.main(places, given))


def _check_words(
    arguments: Sequence[str], commands: Mapping[str, argparse.ArgumentParser]
) -> None:
    """Unknown commands and options, before argparse says it at length."""
    words = [word for word in arguments if not word.startswith("-")]
    if "--build" in arguments:
        words.remove(arguments[arguments.index("--build") + 1])
    if not words:
        return
    if words[0] not in commands:
        raise unknown("command", words[0], commands)
    known = re.findall(r"--[a-z-]+", commands[words[0]].format_help())
    for word in arguments:
        name = word.partition("=")[0]
        if word == "--":
            return
        if re.match("-[^0-9]", word) and name not in (*known, "-h", "--build"):
            raise unknown("option", name, (*known, "--build"))


if __name__ == "__main__":
    sys.exit(main())
