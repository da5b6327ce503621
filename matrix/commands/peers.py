"""interop peers - which libraries are here, and what probing them showed."""

from __future__ import annotations

import argparse

from matrix import suite
from matrix.model import Peer
from matrix.places import Places

HELP = "the clients and servers of this machine, and what they can do"


def options(parser: argparse.ArgumentParser) -> None:
    """None but the common ones."""


def main(places: Places, given: argparse.Namespace) -> int:
    """Prints a line a peer; 1 if one contradicts itself."""
    found = suite.find(places, everything=True)
    for role, peers in (("client", found.clients), ("server", found.servers)):
        for peer in peers:
            print(_line(role, peer))
    for sentence in (*found.missing, *found.again):
        print(sentence)
    return 1 if any(peer.capabilities.contradictions for peer in found.all) else 0


def _line(role: str, peer: Peer) -> str:
    can = peer.capabilities
    return (
        f"{role}  {peer.id:<15} {peer.version:<10} "
        f"TLS {' '.join(can.tls) or 'none'} (unpinned {' '.join(can.natural)}), "
        f"certificates {' '.join(can.cert)}, "
        f"resumption {' '.join(can.resume) or 'none'}"
    )
