"""signature - what the server's part of a key exchange is signed with."""

from __future__ import annotations

from matrix.checks import Finding, Link, Seen
from matrix.checks import broken, kept, of_link, open_

# Hashes of RFC 5246 7.4.1.4.1, the first octet of a scheme of TLS 1.2.
_WEAK = {1: "MD5", 2: "SHA-1"}


@of_link("rfc9155-4-server-signs-without-sha1")
def signs_without_sha1(seen: Seen, link: Link) -> Finding | None:
    """A client that says nothing of schemes means SHA-1 (RFC 5246 7.4.1.4.1), and that
    is no excuse any more; static RSA has nothing to sign."""
    scheme = link.wire.scheme
    if scheme < 0:
        return None
    if weak := _WEAK.get(scheme >> 8):
        words = f"the server signed its key exchange with {weak} ({scheme:#06x})"
        if seen.cell.axis("security") == "low":
            return open_(f"{words}, which its policy, lowered here, allows")
        return broken("server", words)
    return kept(f"the key exchange is signed with scheme {scheme:#06x}")
