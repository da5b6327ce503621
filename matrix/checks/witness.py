"""witness - do client, server and octets tell one story, and a whole one?

These are the suite's own rules.  Where two witnesses agree against a third, the
third is wrong and named; where that cannot be said, the cell is inconclusive.
"""

from __future__ import annotations

from ipaddress import ip_address

from matrix.checks import OTHER, ROLES, SENDER, Finding, Link, Seen
from matrix.checks import broken, kept, of_cell, of_link, unclear
from matrix.checks.negotiation import unread
from matrix.registry import alert, suite
from matrix.wire import RECORD_VERSION

_MUCH = 8 << 20  # octets; the largest message is an eighth of it


@of_cell("suite-no-crash")
def no_crash(seen: Seen) -> Finding | None:
    role = seen.crashed()
    if role:
        return broken(role, f"the {role} was ended by {seen.exit(role)}")
    return kept("both programs ended by themselves")


@of_link("suite-no-hang")
def no_hang(seen: Seen, link: Link) -> Finding | None:
    """Who waits until a deadline says so; the other one owed the octets."""
    waiting = [r for r in ROLES if link.fact(r, "end").startswith("hang(")]
    if (
        seen.crashed()
        or unread(seen, link)
        or (seen.scenario.hello and _unanswered(link))
    ):
        return None  # what a silence means then, the hello's own rules say
    if waiting and seen.scenario.script:
        # The script was played to its end: what was due then was the client's.
        return broken("client", "the client neither went on nor refused")
    if len(waiting) == 1:
        role = waiting[0]
        where = link.fact(role, "end")[5:].rstrip(")")
        side = OTHER[role]
        return broken(side, f"the {role} waited for the {side} in vain: {where}")
    if waiting:
        return broken("", "both waited for the other until the deadline")
    return kept("nobody waited in vain")


def _unanswered(link: Link) -> bool:
    silent = not link.flow("client").octets("S", "tls")
    return silent and link.fact("client", "end") == "hang(handshake)"


@of_link("suite-no-flood")
def no_flood(seen: Seen, link: Link) -> Finding | None:
    for role in ROLES:
        count = link.fact(role, "wire.received").partition(" ")[0]
        much = count.isdecimal() and int(count[:20]) > _MUCH
        if much or link.fact(role, "end").startswith("flood("):
            side = OTHER[role]
            return broken(side, f"the {side} sent more than anybody should take")
    return kept("nobody was flooded")


@of_link("suite-taps-agree")
def taps_agree(seen: Seen, link: Link) -> Finding | None:
    if seen.crashed() or link.taps_agree is None:
        return None
    if link.taps_agree:
        return kept("both taps have the same octets")
    return unclear("the two taps do not have the same octets")


@of_link("suite-octets-readable")
def octets_readable(seen: Seen, link: Link) -> Finding | None:
    trouble = link.wire.trouble
    if seen.scenario.hello and not trouble.startswith("server"):
        trouble = ""  # what the client sends is the vector's
    if not trouble or RECORD_VERSION in trouble:
        return kept("the octets after the switch can be read")
    if link.tls:
        return unclear(f"both say TLS, the octets do not: {trouble}")
    side = next((role for role in ROLES if trouble.startswith(role)), "")
    return broken(side, f"what was sent is not TLS: {trouble}")


@of_link("rfc5246-6.2.1-server-record-version")
def record_version(seen: Seen, link: Link) -> Finding | None:
    if RECORD_VERSION in link.wire.trouble:
        return broken("server", link.wire.trouble.removeprefix("server: "))
    answered = link.wire.version or link.wire.alerts
    return kept("every record of the server is of SSL 3.0 or TLS") if answered else None


def _told(link: Link, name: str, wire: str, words: str) -> Finding | None:
    """Holds one fact of both sides against what the octets say."""
    if not link.tls:
        return None
    if not wire:
        return unclear(f"both say TLS, the octets show no {words}")
    said = {role: link.fact(role, name) for role in ROLES}
    wrong = [role for role in ROLES if said[role] not in ("", wire)]
    if not wrong:
        return kept(f"client, server and octets: {words} {wire}")
    side = wrong[0]
    if len(wrong) == 1 and said[OTHER[side]] == wire:
        return broken(
            side,
            f"the {side} says {words} {said[side]}; the octets and the"
            f" {OTHER[side]} say {wire}",
        )
    return unclear(
        f"{words}: the client says {said['client'] or 'nothing'}, the server"
        f" {said['server'] or 'nothing'}, the octets {wire}"
    )


@of_link("suite-version-told")
def version_told(seen: Seen, link: Link) -> Finding | None:
    return _told(link, "tls.version", link.wire.version, "TLS version")


@of_link("suite-cipher-suite-told")
def cipher_suite_told(seen: Seen, link: Link) -> Finding | None:
    number = link.wire.cipher_suite
    wire = f"{number:04x}" if number >= 0 else ""
    found = _told(link, "tls.suite", wire, "cipher suite")
    if found is not None and wire:
        return Finding(found.value, f"{found.because} ({suite(number)})", found.side)
    return found


@of_link("suite-resumption-told")
def resumption_told(seen: Seen, link: Link) -> Finding | None:
    resumed = link.wire.resumed
    if link.tls and resumed is None:
        return unclear("the octets do not show whether the session was resumed")
    return _told(link, "tls.resumed", "yes" if resumed else "no", "resumed")


@of_link("suite-alerts-told")
def alerts_told(seen: Seen, link: Link) -> Finding | None:
    """What one side says it sent, what the other one says it received, and what
    is in clear must not contradict.  Not every library tells, so silence is no
    contradiction."""
    told = False
    for role in ROLES:
        wire = [d for sender, _, d in link.wire.alerts if sender == SENDER[role]]
        sent = link.integer(role, "tls.alert.sent")
        received = link.integer(OTHER[role], "tls.alert.received")
        told |= bool(wire) or sent is not None or received is not None
        for who, fact in ((role, sent), (OTHER[role], received)):
            if wire and fact is not None and fact not in wire:
                return broken(
                    who,
                    f"the {who} says alert {alert(fact)} of the {role}, in"
                    f" clear stands {alert(wire[0])}",
                )
        if sent is not None and received is not None and sent != received:
            if {sent, received} <= set(wire):
                continue  # it sent both: one was told, the other one read first
            return unclear(
                f"the {role} says it sent {alert(sent)}, the {OTHER[role]} that it"
                f" received {alert(received)}"
            )
    return kept("nothing that is told of alerts contradicts") if told else None


@of_link("suite-server-name-told")
def server_name_told(seen: Seen, link: Link) -> Finding | None:
    if not link.tls or not link.wire.hellos:
        return None
    offered = link.wire.hellos[-1].server_name
    expected = seen.scenario.server_name or "mx.example"
    sslv2 = link.wire.hellos[-1].form == "sslv2"  # which has no place for a name
    if offered != expected and not seen.scenario.hello and not sslv2:
        return broken("client", f"the hello names {offered or 'nobody'}")
    told = link.fact("server", "tls.server-name")
    if told == "-" and _is_address(offered):  # which RFC 6066 3 does not permit
        return kept(f"{offered} is the name of no host: the server saw none")
    if told == "-" and link.wire.resumed:
        return kept(f"server name {offered} sent; the session resumed has it")
    if told != (offered or "-"):
        name = offered or "nobody"
        return broken("server", f"the hello names {name}, the server says {told}")
    return kept(f"server name {offered or '-'}, sent and seen")


def _is_address(name: str) -> bool:
    try:
        return bool(ip_address(name))
    except ValueError:
        return False
