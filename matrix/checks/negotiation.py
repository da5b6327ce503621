"""negotiation - what the hellos say, what was chosen, and resumption."""

from __future__ import annotations

from matrix.checks import ROLES, SENDER, Finding, Link, Seen
from matrix.checks import broken, kept, missed, of_cell, of_link, open_
from matrix.extensions import EXTENDED_MASTER_SECRET, PRE_SHARED_KEY, SESSION_TICKET
from matrix.model import Hello
from matrix.registry import is_anonymous, suite, suite_fits

_TLS_1_3 = 0x0304
# TLS_EMPTY_RENEGOTIATION_INFO_SCSV, TLS_FALLBACK_SCSV: no suites.
_SIGNALS = (0x00FF, 0x5600)
_WEAK = ("NULL", "EXPORT", "RC4_", "RC2_", "DES_CBC_", "DES40_")


def refuser(link: Link) -> str:
    """The role that ended the handshake; "" if nothing tells.

    An alert tells best, unless it is an answer to the end of the stream; without one,
    who closed while the other one was still reading.
    """
    for role, other in (("client", "server"), ("server", "client")):
        if link.fact(other, "tls.alert.received"):
            return role
    for role in ROLES:
        seen = any(sender == SENDER[role] for sender, _, _ in link.wire.alerts)
        answers = link.fact(role, "end").startswith("eof")
        if (seen or link.fact(role, "tls.alert.sent")) and not answers:
            return role
    closed = [role for role in ROLES if link.fact(role, "end") == "closed"]
    return closed[0] if len(closed) == 1 else ""


def unread(seen: Seen, link: Link) -> bool:
    """A library's hello in the SSLv2 form, and no ServerHello: RFC 5246 E.2 lets a
    server understand it or not, so that the rest of what is due has no occasion."""
    hello = _first_hello(link)
    if hello is None or seen.scenario.hello or seen.scenario.tampered:
        return False
    return hello.form == "sslv2" and not link.wire.version


@of_link("suite-handshake-succeeds")
def handshake_succeeds(seen: Seen, link: Link) -> Finding | None:
    if seen.prediction.outcome == "open" and unread(seen, link) and not seen.crashed():
        return open_(f"no ServerHello came; {seen.prediction.because}")
    if seen.prediction.outcome != "tls" or seen.crashed():
        return None
    if link.tls:
        return kept(f"the handshake succeeded: {seen.prediction.because}")
    if any(link.fact(role, "end").startswith(("hang", "flood")) for role in ROLES):
        return None  # that is a rule of its own
    side = refuser(link)
    words = (link.fact(side, "tls.error") if side else "") or "no reason given"
    if not any(link.fact(role, "tls.handshake") for role in ROLES):
        end = link.fact("client", "end") or "no word of the client"
        return broken("", f"TLS was not reached: {end}")
    who = f"the {side} ended the handshake" if side else "the handshake failed"
    return broken(side, f"{who}, though {seen.prediction.because}: {words}")


@of_link("rfc9325-3.1.1-both-take-tls1.2")
def take_1_2(seen: Seen, link: Link) -> Finding | None:
    """Where both are told to have nothing else."""
    return handshake_succeeds(seen, link) if seen.cell.axis("tls") == "1.2" else None


@of_link("suite-version-predicted")
def version_predicted(seen: Seen, link: Link) -> Finding | None:
    expected, chosen = seen.prediction.version, link.wire.version
    if not expected or not link.tls or not chosen:
        return None
    if chosen == expected:
        return kept(f"TLS {chosen}, as predicted")
    return broken(
        "server", f"TLS {chosen} was chosen, though {seen.prediction.because}"
    )


@of_link("rfc5246-7.4.1.3-server-picks-offered-suite")
def picks_offered_suite(seen: Seen, link: Link) -> Finding | None:
    number = link.wire.cipher_suite
    if number < 0 or not link.wire.hellos:
        return None
    if number in link.wire.hellos[-1].cipher_suites:
        return kept(f"{suite(number)} was offered")
    return broken("server", f"{suite(number)} was chosen and not offered")


@of_link("rfc5246-a.5-server-picks-no-anonymous-suite")
def picks_no_anonymous(seen: Seen, link: Link) -> Finding | None:
    """Nobody asks these libraries for it.  Before TLS 1.2 it was only advice."""
    number, offered = link.wire.cipher_suite, link.wire.hellos
    if number < 0 or not offered:
        return None
    if not any(is_anonymous(n) for n in offered[-1].cipher_suites):
        return None
    if not is_anonymous(number):
        return kept("no anonymous suite was chosen of those offered")
    words = f"{suite(number)} was chosen: nobody is authenticated"
    return broken("server", words) if link.wire.version == "1.2" else open_(words)


@of_link("suite-cipher-suite-fits")
def cipher_suite_fits(seen: Seen, link: Link) -> Finding | None:
    number, version = link.wire.cipher_suite, link.wire.version
    if number < 0 or is_anonymous(number):
        return None
    cert = seen.cell.axis("cert")
    fits = suite_fits(number, version, cert)
    words = f"{suite(number)} with TLS {version} and a certificate of kind {cert}"
    if fits is None:
        return open_(f"{words}: not in our table")
    return kept(words) if fits else broken("server", f"{words} do not go together")


@of_link("rfc9325-4.1-server-no-weak-suite")
def no_weak_suite(seen: Seen, link: Link) -> Finding | None:
    """Less than 112 bits, or a cipher that is no more: by the suite's name."""
    if link.wire.cipher_suite < 0:
        return None
    name = suite(link.wire.cipher_suite)
    weak = next((word for word in _WEAK if f"_{word}" in name), "")
    return broken("server", f"{name} was chosen") if weak else kept(name)


@of_link("rfc7465-2-server-no-rc4")
def no_rc4(seen: Seen, link: Link) -> Finding | None:
    if link.wire.cipher_suite < 0:
        return None
    name = suite(link.wire.cipher_suite)
    return broken("server", f"{name} was chosen") if "_RC4_" in name else kept(name)


def _first_hello(link: Link) -> Hello | None:
    return link.wire.hellos[0] if link.wire.hellos else None


@of_link("rfc8446-4.1.2-client-legacy-version")
def legacy_version(seen: Seen, link: Link) -> Finding | None:
    hello = _first_hello(link)
    if hello is None or _TLS_1_3 not in hello.supported_versions:
        return None
    if hello.client_version == 0x0303:
        return kept("legacy_version is 0x0303")
    return broken("client", f"legacy_version is {hello.client_version:#06x}")


@of_link("rfc8446-5.1-client-record-version")
def record_version(seen: Seen, link: Link) -> Finding | None:
    hello = _first_hello(link)
    if hello is None or _TLS_1_3 not in hello.supported_versions:
        return None
    if hello.record_version in (0x0301, 0x0303):
        # Both are allowed; the lower one is what should be (A16).
        return kept(f"the hello's record has version {hello.record_version:#06x}")
    return missed("client", f"the hello's record: {hello.record_version:#06x}")


@of_link("rfc8446-d.5-client-no-sslv2-hello")
def no_sslv2_hello(seen: Seen, link: Link) -> Finding | None:
    hello = _first_hello(link)
    if hello is None:
        return None
    if hello.form == "tls":
        return kept("the hello is in a TLS record")
    return broken("client", "the hello has the SSLv2 form")


def _offer(hello: Hello) -> str:
    """How a hello asks for resumption: "psk", "ticket", "id", "" not at all."""
    extensions = dict(hello.extensions)
    if PRE_SHARED_KEY in extensions:
        return "psk"
    if extensions.get(SESSION_TICKET):
        return "ticket"
    # Where TLS 1.3 is offered a session id may be there for middleboxes only.
    newest = 0x0304 in hello.supported_versions
    return "id" if hello.session_id and not newest else ""


def _gains_ems(first: Link, second: Link) -> bool:
    """RFC 7627 5.3: such a session is not resumed by who knows the extension.  In the
    SSLv2 form no hello can have it."""
    had, has = (
        each.wire.hellos[0].extension(EXTENDED_MASTER_SECRET) is not None
        for each in (first, second)
    )
    knows = second.wire.answers[-1:]
    answered = knows and knows[0].extension(EXTENDED_MASTER_SECRET) is not None
    return has and not had and bool(answered)


@of_cell("suite-resumed-as-asked")
def resumed_as_asked(seen: Seen) -> Finding | None:
    asked = seen.cell.axis("resume")
    if seen.prediction.outcome != "tls" or not seen.links or not seen.links[0].tls:
        return None
    if seen.links[0].wire.resumed:
        return broken("server", "the first connection was resumed, from nothing")
    if not asked:
        return kept("a full handshake, as asked")
    if len(seen.links) < 2 or not seen.links[1].wire.hellos:
        return broken("", "there is no second connection to be resumed")
    second = seen.links[1]
    offer = _offer(second.wire.hellos[0])
    wanted = "psk" if second.wire.version == "1.3" else asked
    if offer != wanted:
        said = f"by {offer}" if offer else "not at all"
        return broken(
            "client", f"the second hello asks for resumption {said}, not by {wanted}"
        )
    if offer == "id" and _gains_ems(seen.links[0], second):
        why = "the hello has extended_master_secret and the session has not"
        if second.wire.resumed:
            return broken("server", f"resumed, though {why}")
        return kept(f"a full handshake, since {why}")
    if second.wire.resumed:
        return kept(f"the second connection was resumed by {wanted}")
    return broken("server", f"resumption by {wanted} was asked for and not granted")


@of_link("rfc7672-8.2-client-offers-authenticated-suites")
def offers_authenticated(seen: Seen, link: Link) -> Finding | None:
    if not link.wire.hellos:
        return None
    offered = link.wire.hellos[0].cipher_suites
    if any(not is_anonymous(number) for number in offered if number not in _SIGNALS):
        return kept("the hello offers suites with which a server shows who it is")
    return missed("client", "the hello offers no suite with which a server shows it")
