"""interop record - records the hello of any client and writes it as a vector."""

from __future__ import annotations

import argparse
import datetime
import sys
from pathlib import Path

from matrix import certificates
from matrix.complaint import GAPS, Complaint
from matrix.places import ROOT, Places
from matrix.vectors import annotate, capture, legality, vector

HELP = "record the hello of any client, and write it as a vector"


def options(parser: argparse.ArgumentParser) -> None:
    parser.usage = (
        "interop record [option ...] NAME [-- COMMAND with {host}, {port} and {ca}]"
    )
    parser.add_argument("name", help="of the vector: vectors/hello/NAME.flow")
    parser.add_argument("client", nargs="*", help="default: wait for one client")
    for name, what in (
        ("--implementation", "what the client is called"),
        ("--version", "which version of it"),
        ("--library", "its TLS library"),
    ):
        parser.add_argument(name, default="", metavar="WORDS", help=what)
    parser.add_argument(
        "--through",
        default="",
        metavar="HOST:PORT",
        help="relay to this server, so that a session can be resumed",
    )
    parser.add_argument(
        "--connection",
        type=int,
        default=1,
        metavar="N",
        help="whose hello; default 1, the first",
    )
    parser.add_argument(
        "--seconds", type=float, default=30.0, metavar="S", help="at most; default 30"
    )
    parser.add_argument(
        "--to",
        type=Path,
        default=ROOT / "vectors" / "hello",
        metavar="FOLDER",
        help="default: vectors/hello",
    )
    parser.add_argument("--replace", action="store_true", help="if it is there already")


def main(places: Places, given: argparse.Namespace) -> int:
    """0; 2 if the name is none or is taken, 3 if no hello came."""
    if not vector.NAME.fullmatch(given.name):
        raise Complaint(f"{given.name!r} is no name; use a-z, 0-9, '.', '+' and '-'")
    path = given.to / f"{given.name}.flow"
    if path.exists() and not given.replace:
        raise Complaint(f"{path} is there already; --replace writes it anew")
    if not given.to.is_dir():
        raise Complaint(f"{given.to} is no folder; make it, or choose another: --to")
    if given.client:
        octets = capture.capture(
            given.client,
            {"ca": str(certificates.ensure(places.certificates) / "ca-rsa.pem")},
            given.seconds,
            given.through,
            given.connection,
        )
    else:
        octets = capture.wait(given.seconds, _say, given.through)
    for finding in legality.findings(octets):
        print(f"interop: {finding}", file=sys.stderr)
    about = capture.provenance(
        given.implementation or (Path(given.client[0]).name if given.client else ""),
        given.version,
        given.library,
        given.client,
        datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
    )
    read = vector.recorded(octets, about)
    capture.replace(path, annotate.write(read))
    classes = vector.Vector(given.name, read).classes
    print(f"{path}: {len(octets)} octets, {' '.join(classes.names) or 'no hello'}")
    return 0 if classes.names else GAPS


def _say(address: str) -> None:
    print(f"waiting for a client at {address}", flush=True)
