"""names - which names in a certificate a client takes for the server's (RFC 6125,
RFC 7817, RFC 9525)."""

from __future__ import annotations

from functools import partial

from matrix.checks import Finding, Seen
from matrix.checks import broken, kept, of_cell

TAKES = ("rfc7817-3-client-knows-dns-names",)
REFUSES = (
    "rfc6125-6.4.3-client-wants-wildcards-leftmost",
    "rfc6125-6.4.3-client-takes-wildcards-for-one-label",
    "rfc6125-6.4.4-client-ignores-common-name-beside-others",
    "rfc7817-3-client-ignores-uris",
    "rfc9525-6.3-client-wants-wildcards-whole",
    "rfc9525-a-client-ignores-common-name",
)


def _named(takes: bool, seen: Seen) -> Finding | None:
    link = seen.links[0]
    said = link.fact("client", "tls.handshake")
    if said not in ("ok", "failed") or seen.crashed():
        return None
    took = said == "ok" and link.fact("client", "tls.verified") == "yes"
    words = f"{'took' if took else 'refused'} it: {seen.scenario.title}"
    if took is takes:
        return kept(f"the client {words}")
    return broken("client", f"the client {words}")


for _ids, _takes in ((TAKES, True), (REFUSES, False)):
    for _id in _ids:
        of_cell(_id)(partial(_named, _takes))
