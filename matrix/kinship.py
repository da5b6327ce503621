"""kinship - whose code a peer is, on the layer that a clause speaks of.

Two implementations are independent if nobody's code is in both.  On the TLS layer
that is said by ``independence`` of a peer's description; on the SMTP layer by
``smtp``, and who has none speaks SMTP with this suite's own engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Mapping, Sequence

from matrix.model import Peer

SUITE = "this suite"
_KEYS: Mapping[str, str] = {
    "smtp": "smtp",
    "tls": "independence",
    "x509": "independence",
}


def genealogy(peer: Peer, layer: str) -> str:
    """The code base of a peer on a layer of rules.LAYERS."""
    return peer.about.get(_KEYS[layer], "") or SUITE


@dataclass(frozen=True, slots=True)
class Kinship:
    """The peers of a run, by role and id."""

    peers: Mapping[tuple[str, str], Peer]

    @classmethod
    def of(cls, peers: Sequence[Peer]) -> Kinship:
        return cls({(peer.role, peer.id): peer for peer in peers})

    def code(self, role: str, id: str, layer: str) -> str:
        """The code base of a peer; one that the run does not know is nobody's."""
        peer = self.peers.get((role, id))
        return genealogy(peer, layer) if peer else SUITE

    def independent(self, client: str, server: str, layer: str) -> bool:
        """Are these two of different origin, and neither of them ours?"""
        codes = self.code("client", client, layer), self.code("server", server, layer)
        return SUITE not in codes and codes[0] != codes[1]
