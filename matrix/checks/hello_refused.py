"""hello_refused - what a server must not take for a hello, and how it says so.

Which hellos a clause is about, its rule's scenarios say; here stand the alerts that
it names.  RFC 8446 6.2 leaves it to a server whether to send one, but then it is
that one; RFC 5246 7.2.2 has it sent.  Which of the two binds a server the versions
tell that it takes in the cell.
"""

from __future__ import annotations

from functools import partial

from matrix import answer as answers
from matrix.alerts import DECODE_ERROR, HANDSHAKE_FAILURE, ILLEGAL_PARAMETER
from matrix.alerts import INAPPROPRIATE_FALLBACK, INSUFFICIENT_SECURITY
from matrix.alerts import MISSING_EXTENSION, PROTOCOL_VERSION, RECORD_OVERFLOW
from matrix.alerts import UNEXPECTED_MESSAGE
from matrix.checks import Finding, Seen
from matrix.checks import broken, kept, missed, of_cell
from matrix.checks.hello import answer_of, takes_13
from matrix.registry import alert

_ANY = tuple(range(256))  # the clause names none
# By rule: the alerts of the clause.
OF_TLS13 = {
    "rfc8446-4-server-refuses-wrong-order": (UNEXPECTED_MESSAGE,),
    "rfc8446-4.1.1-server-refuses-without-overlap": (
        *(HANDSHAKE_FAILURE, INSUFFICIENT_SECURITY),
    ),
    "rfc8446-4.1.2-server-checks-lengths": (DECODE_ERROR,),
    "rfc8446-4.1.2-server-refuses-compression": (ILLEGAL_PARAMETER,),
    "rfc8446-4.2.11-server-refuses-psk-before-others": (ILLEGAL_PARAMETER,),
    "rfc8446-5-server-refuses-unexpected-record": (UNEXPECTED_MESSAGE,),
    "rfc8446-5.1-server-refuses-long-record": (RECORD_OVERFLOW,),
    "rfc8446-6-server-refuses-malformed-hello": (DECODE_ERROR,),
    "rfc8446-7.4.2-server-refuses-zeros": _ANY,
    "rfc8446-9.2-server-refuses-lacking-hello": (MISSING_EXTENSION,),
    "rfc8446-d.5-server-refuses-ssl3": (PROTOCOL_VERSION,),
}
OF_OLD = {
    "rfc5246-6-server-refuses-unexpected-record": (UNEXPECTED_MESSAGE,),
    "rfc5246-7.2.2-server-refuses-long-record": (RECORD_OVERFLOW,),
    "rfc5246-7.2.2-server-refuses-malformed-hello": (DECODE_ERROR,),
    "rfc5246-7.4-server-refuses-wrong-order": (UNEXPECTED_MESSAGE,),
}


def _refuses(alerts: tuple[int, ...], new: bool, seen: Seen) -> Finding | None:
    if takes_13(seen) is not new:
        return None
    return _refused(alerts, new, seen)


def _refused(alerts: tuple[int, ...], lenient: bool, seen: Seen) -> Finding | None:
    found = answer_of(seen)
    if found is None or found.kind == answers.NONE or seen.crashed():
        return None
    due = alert(alerts[0])
    if found.kind == answers.ALERT:
        words = f"refused with {alert(found.alert)}"
        if found.alert in alerts:
            return kept(words)
        return broken("server", f"{words}; {due} was due")
    if alerts == _ANY:
        due = "a refusal"
    words = f"{found.words()}; {due} was due"
    if found.kind in (answers.CLOSE, answers.RESET) and alerts == _ANY:
        return kept("refused without an alert")
    if found.kind in (answers.CLOSE, answers.RESET) and lenient:
        return missed("server", words)
    return broken("server", words)


for _id, _alerts in OF_TLS13.items():
    of_cell(_id)(partial(_refuses, _alerts, True))
for _id, _alerts in OF_OLD.items():
    of_cell(_id)(partial(_refuses, _alerts, False))
# A document of its own has it for every version.
of_cell("rfc7568-3-server-refuses-ssl3")(
    partial(_refused, (PROTOCOL_VERSION, INAPPROPRIATE_FALLBACK), False)
)


@of_cell("rfc7568-3-server-no-ssl3")
def no_ssl3(seen: Seen) -> Finding | None:
    found = answer_of(seen)
    if found is None or not found.version:
        return None
    if found.version == "ssl3":
        return broken("server", "SSL 3.0 was chosen")
    return kept(f"TLS {found.version} was chosen")


def _not_led_on(form: str, seen: Seen) -> Finding | None:
    """A form that a server of TLS 1.3 does not take."""
    found = answer_of(seen)
    if found is None or not takes_13(seen):
        return None
    if found.version:
        return broken("server", f"{form} led to TLS {found.version}")
    return kept(found.words())


of_cell("rfc8446-d.5-server-refuses-record-of-ssl2")(
    partial(_not_led_on, "a hello in such a record")
)
of_cell("rfc8446-d.5-server-takes-no-sslv2-form")(
    partial(_not_led_on, "the SSLv2 form")
)


@of_cell("rfc5246-7.2.2-server-says-why")
def says_why(seen: Seen) -> Finding | None:
    """RFC 5246 7.2.2: the alert goes out before the connection is closed."""
    found = answer_of(seen)
    if found is None or takes_13(seen) or seen.scenario.octets[:1] != b"\x16":
        return None
    if found.kind == answers.ALERT:
        return kept(f"the server says why: {alert(found.alert)}")
    if found.kind in (answers.CLOSE, answers.RESET):
        reason = seen.links[0].fact("server", "tls.error") or "no reason given"
        return broken("server", f"{found.words()}: {reason}")
    return None


def _ends(new: bool, seen: Seen) -> Finding | None:
    """A fatal alert of the client before its hello: no handshake is begun behind it."""
    found = answer_of(seen)
    if found is None or takes_13(seen) is not new:
        return None
    if found.kind in (answers.SERVER_HELLO, answers.RETRY):
        return broken("server", f"behind a fatal alert: {found.words()}")
    if found.kind == answers.SILENT:
        return broken("server", "a fatal alert did not end the connection")
    return kept(f"a fatal alert was the end: {found.words()}")


of_cell("rfc5246-7.2.2-server-ends-on-fatal-alert")(partial(_ends, False))
of_cell("rfc8446-6.2-server-ends-on-fatal-alert")(partial(_ends, True))


@of_cell("rfc7507-3-server-alert-in-known-record")
def alert_in_known_record(seen: Seen) -> Finding | None:
    """Like a ServerHello's would be, or like the record of the hello."""
    found, octets = answer_of(seen), seen.scenario.octets
    if found is None or found.alert != INAPPROPRIATE_FALLBACK or octets[0] & 0x80:
        return None
    said = seen.links[0].flow("client").octets("S", "tls")[1:3]
    words = f"inappropriate_fallback came in a record of version 0x{said.hex()}"
    # client_version stands behind the headers of record and message
    known = said in (octets[1:3], octets[9:11])
    return kept(words) if known else broken("server", words)
