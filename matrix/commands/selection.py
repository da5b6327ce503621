"""selection - which cells a command is about: the options that say so.  No command
itself."""

from __future__ import annotations

import argparse


def options(parser: argparse.ArgumentParser) -> None:
    """Those of everybody who plans."""
    parser.add_argument(
        "pattern", nargs="*", help="cells, with * and {a,b} (default: all)"
    )
    parser.add_argument(
        "--all",
        action="store_true",
        help="with the peers of make eras and make period too",
    )
