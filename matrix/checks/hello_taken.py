"""hello_taken - what a server has to put up with in a hello, and go on.

Which hellos a clause is about, its rule's scenarios say.
"""

from __future__ import annotations

from functools import partial

from matrix import answer as answers
from matrix.alerts import HANDSHAKE_FAILURE, INSUFFICIENT_SECURITY
from matrix.checks import Finding, Seen
from matrix.checks import broken, kept, of_cell
from matrix.checks.hello import answer_of, completed, takes_13
from matrix.registry import suite

_STATIC_RSA = "TLS_RSA_WITH_"


@of_cell("rfc8446-5.1-server-joins-fragments")
def takes(seen: Seen) -> Finding | None:
    """As for every server; said by RFC 8446 to those that take TLS 1.3."""
    return completed(seen) if takes_13(seen) else None


@of_cell("rfc2246-6.2.1-server-joins-fragments")
def joins_fragments(seen: Seen) -> Finding | None:
    """A hello of old names no groups, and for want of them it may be refused; but
    not for its records."""
    found = answer_of(seen)
    if found is None or not seen.prediction.version or seen.crashed():
        return None
    if found.version:
        return kept(found.words())
    if found.alert in (HANDSHAKE_FAILURE, INSUFFICIENT_SECURITY):
        return None
    return broken("server", found.words())


@of_cell("rfc5246-e.1-server-takes-higher-version")
def takes_higher(seen: Seen) -> Finding | None:
    """A version that nobody has yet is answered with the server's highest; only
    RFC 8446 4.2.1 lets a server refuse it."""
    found, due = answer_of(seen), seen.prediction.version
    if found is None or not due or seen.crashed():
        return None
    if found.version == due:
        return kept(f"answered with TLS {due}")
    if not found.version and takes_13(seen):
        return None
    return broken("server", f"{found.words()}; TLS {due} was due")


@of_cell("rfc8446-4.2.1-server-no-tls13-without-list")
def no_tls13_without_list(seen: Seen) -> Finding | None:
    found = answer_of(seen)
    if found is None or not found.version:
        return None
    if found.version == "1.3":
        return broken("server", "TLS 1.3 was chosen, which the hello does not list")
    return kept(f"TLS {found.version} was chosen")


@of_cell("rfc8446-4.1.1-server-asks-for-share")
def asks_for_share(seen: Seen) -> Finding | None:
    """No share that can be used, but a group that can: HelloRetryRequest."""
    found = answer_of(seen)
    if found is None or not takes_13(seen) or seen.crashed():
        return None
    if found.kind == answers.RETRY:
        return kept("answered with HelloRetryRequest")
    return broken("server", f"{found.words()}; HelloRetryRequest was due")


@of_cell("rfc9325-3.1.1-server-prefers-tls13")
def prefers_13(seen: Seen) -> Finding | None:
    """Whatever the order of the list."""
    found = answer_of(seen)
    if found is None or not found.version or not takes_13(seen):
        return None
    if found.version == "1.3":
        return kept("TLS 1.3 was chosen")
    return broken("server", f"TLS {found.version} was chosen, and TLS 1.3 was offered")


def _deprecated(version: str, seen: Seen) -> Finding | None:
    """As the server is installed: what it is told to take is no default of its."""
    found = answer_of(seen)
    if found is None or seen.cell.pin("server") or seen.cell.axis("security"):
        return None
    if found.version == version:
        return broken(
            "server", f"TLS {version} was chosen, which nobody asked to allow"
        )
    return kept(found.words())


of_cell("rfc8996-4-server-no-tls1.0")(partial(_deprecated, "1.0"))
of_cell("rfc8996-5-server-no-tls1.1")(partial(_deprecated, "1.1"))


@of_cell("rfc9325-4.1-server-prefers-forward-secrecy")
def prefers_forward_secrecy(seen: Seen) -> Finding | None:
    """Where all is offered that an ephemeral exchange needs."""
    found = answer_of(seen)
    if found is None or seen.prediction.outcome != "tls" or found.suite < 0:
        return None
    name = suite(found.suite)
    if name.startswith(_STATIC_RSA):
        return broken("server", f"{name} was chosen, and ECDHE was offered")
    return kept(name)


@of_cell("rfc9325-4.1-server-no-static-rsa")
def no_static_rsa(seen: Seen) -> Finding | None:
    found = answer_of(seen)
    if found is None:
        return None
    if found.suite >= 0 and suite(found.suite).startswith(_STATIC_RSA):
        return broken("server", f"{suite(found.suite)} was chosen")
    return kept(found.words())
