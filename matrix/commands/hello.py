"""interop hello - explains a ClientHello: its structure, what it offers, what in it
may not be said, and its classes."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from matrix.complaint import Complaint
from matrix.places import Places
from matrix.vectors import source
from matrix.vectors.explain import explain

HELP = "explain a ClientHello: hex text, octets, a pcap file or a flow"
MOST = 64 << 20  # octets of a file


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="or - for standard input")


def main(places: Places, given: argparse.Namespace) -> int:
    """0; 2 if there is no hello in it."""
    if given.file == "-":
        octets = sys.stdin.buffer.read(MOST)
    else:
        try:
            with open(Path(given.file), "rb") as file:
                octets = file.read(MOST)
        except OSError as error:
            raise Complaint(f"{given.file}: {error.strerror}; give a file, or -")
    try:
        writes = source.writes(octets)
        if not any(writes):
            raise ValueError("it is empty")
    except ValueError as error:
        raise Complaint(f"no hello in {given.file}: {error}") from None
    print(explain(writes), end="")
    return 0
