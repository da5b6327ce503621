"""hello - what a server made of a recorded hello, and whether it may."""

from __future__ import annotations

from matrix import answer as answers
from matrix.alerts import UNEXPECTED_MESSAGE
from matrix.answer import Answer
from matrix.checks import Finding, Link, Seen
from matrix.checks import broken, kept, missed, of_cell, open_, unclear
from matrix.checks.refusal import alert_of
from matrix.expect import foreign_type, waits, willing
from matrix.extensions import RENEGOTIATION_INFO
from matrix.model import Connection
from matrix.registry import alert
from matrix.vectors import codec
from matrix.vectors.codec import ClientHello

_RENEGOTIATION_SCSV = 0x00FF
# What decides on a refusal, besides the alert of its clause.
REFUSALS = ("rfc5246-6-server-refuses-unknown-record", "suite-error-refused")
SAME = "rfc5246-e.2-server-same-in-both-forms"
_OF_OLD = ("ssl3", "1.0", "1.1", "1.2")


def answer_of(seen: Seen) -> Answer | None:
    """What came of the first connection; None without one."""
    link = seen.links[0] if seen.links else None
    if link is None or link.client is None or not link.fact("client", "smtp.starttls"):
        return None
    return answers.answer(
        Connection(link.client, link.server, link.wire, link.taps_agree)
    )


def _hello(seen: Seen) -> ClientHello | None:
    """The hello that is played; None if it cannot be cut."""
    try:
        return codec.decode(seen.scenario.octets)
    except ValueError:
        return None


def is_sslv2(seen: Seen) -> bool:
    return seen.scenario.octets[:1] >= b"\x80"


@of_cell("suite-hello-sent")
def sent(seen: Seen) -> Finding | None:
    """Octet for octet, as both ends saw it; a server may have stopped reading."""
    link = seen.links[0]
    if link.fact("client", "smtp.starttls") != "220":
        return None
    said = link.flow("client").octets("C", "tls")
    read = link.flow("server").octets("C", "tls")
    octets = seen.scenario.octets
    n = min(len(octets), len(read))
    if octets.startswith(said) and len(said) < len(octets) and _gone(link):
        return open_("the server had closed before the hello was out")
    if not said.startswith(octets):
        return broken("client", "what was sent is not the recorded hello")
    if read[:n] != octets[:n]:
        return unclear("what the server read is not the recorded hello")
    return kept(f"the recorded hello was sent, {len(octets)} octets")


def _gone(link: Link) -> bool:
    """Whether the connection ended on the client, by the server's doing."""
    return link.fact("client", "end").startswith(("eof", "reset"))


@of_cell("suite-hello-answer")
def answered(seen: Seen) -> Finding | None:
    """The answer itself.  A server must give one to a whole hello in the TLS form."""
    found = answer_of(seen)
    if found is None or seen.crashed():
        return None
    octets = seen.scenario.octets
    words = found.words()
    if found.kind in (answers.SMTP, answers.OTHER):
        return broken("server", f"the hello was answered with {words}")
    whole = not waits(octets)
    tls_form = octets[:1] == b"\x16" and _hello(seen) is not None
    if found.kind == answers.SILENT and whole and tls_form:
        return broken("server", f"the server was {words}")
    if seen.prediction.outcome == "open":
        return open_(f"{words}; {seen.prediction.because}")
    return kept(words)


@of_cell("suite-hello-completed")
def completed(seen: Seen) -> Finding | None:
    """What offers all that every server needs must lead to the message."""
    found = answer_of(seen)
    if found is None or seen.prediction.outcome != "tls" or seen.crashed():
        return None
    if found.delivered:
        return kept(f"completed: {seen.prediction.because}")
    chose = found.kind in (answers.SERVER_HELLO, answers.RETRY)
    if chose and found.reach:
        return kept("answered with a ServerHello, as far as this hello reaches")
    because = f"{found.words()}, though {seen.prediction.because}"
    return broken("server", f"{because}; the server: {_error(seen)}")


def _error(seen: Seen) -> str:
    return seen.links[0].fact("server", "tls.error") or "no reason given"


@of_cell("suite-hello-version")
def version(seen: Seen) -> Finding | None:
    """RFC 5246 E.1, 7.4.1.3; RFC 8446 4.2.1."""
    found, due = answer_of(seen), seen.prediction.version
    if found is None or not found.version or not due:
        return None
    if found.version == due:
        return kept(f"TLS {due} was chosen, as predicted")
    if due in _OF_OLD and found.version in _OF_OLD:
        return broken("server", f"TLS {found.version} was chosen, not {due}")
    return broken("server", f"TLS {found.version} was chosen, and {due} was due")


@of_cell("rfc8446-4.2.1-server-picks-listed-version")
def listed_version(seen: Seen) -> Finding | None:
    found, link = answer_of(seen), seen.links[0] if seen.links else None
    if found is None or link is None or not found.version or not link.wire.hellos:
        return None
    listed = link.wire.hellos[0].supported_versions
    if not listed or not takes_13(seen):
        return None  # it may not know the extension
    names = {f"1.{n - 0x0301}" for n in listed if 0x0301 <= n <= 0x0304}
    if found.version in names:
        return kept(f"TLS {found.version} is one of the versions listed")
    return broken("server", f"TLS {found.version} was chosen and is not listed")


def takes_13(seen: Seen) -> bool:
    return seen.server is not None and "1.3" in willing(seen.cell, seen.server)


@of_cell("rfc5246-6-server-refuses-unknown-record")
def unknown_record(seen: Seen) -> Finding | None:
    """The SSLv2 form at a server that does not understand it, and whatever else
    begins with no type of record: an alert, not silence (A12)."""
    found = answer_of(seen)
    at, first = foreign_type(seen.scenario.octets)
    if found is None or waits(seen.scenario.octets) or first is None:
        return None
    if found.kind in answers.NO_TLS:
        return broken("server", f"{found.words()}; unexpected_message was due")
    if at > 0 and found.kind in (answers.SERVER_HELLO, answers.RETRY):
        words = f"it was taken for a part of the hello: {found.words()}"
        return broken("server", words)
    if found.kind != answers.ALERT:
        return None
    if found.alert == UNEXPECTED_MESSAGE:
        return kept(f"refused with {alert(found.alert)}")
    if at == 0 and first & 0x80:
        return None  # it understood the form, and had another reason
    words = f"refused with {alert(found.alert)}"
    return broken("server", f"{words}; unexpected_message was due")


@of_cell("rfc6176-3-server-no-ssl2")
def no_ssl2(seen: Seen) -> Finding | None:
    found = answer_of(seen)
    if found is None or not is_sslv2(seen):
        return None
    if found.kind == answers.SSLV2_HELLO:
        return broken("server", f"the answer is {found.words()}")
    if found.kind == answers.SSLV2_ERROR:
        return open_(f"refused in the words of SSL 2.0: {found.words()}")
    hello = _hello(seen)
    if hello and hello.version < 0x0300 and found.version:
        return broken("server", f"an SSL 2.0 hello led to TLS {found.version}")
    return kept("no SSL 2.0")


@of_cell("rfc8446-d.5-server-no-tls13-from-sslv2")
def no_tls13_from_sslv2(seen: Seen) -> Finding | None:
    found = answer_of(seen)
    if found is None or not is_sslv2(seen) or not found.version:
        return None
    if found.version == "1.3":
        return broken("server", "the SSLv2 form led to TLS 1.3")
    return kept(f"the SSLv2 form led to TLS {found.version}")


@of_cell(SAME)
def same_in_both_forms(seen: Seen) -> Finding | None:
    """By itself a cell says nothing about its twin: see relations.py."""
    return None


@of_cell("rfc5746-3.6-server-echoes")
def echoes_renegotiation(seen: Seen) -> Finding | None:
    """Also RFC 5746 3.3: the SCSV stands for the empty extension."""
    found, hello = answer_of(seen), _hello(seen)
    if found is None or hello is None or found.version not in _OF_OLD:
        return None
    if (
        _RENEGOTIATION_SCSV not in hello.suites
        and hello.extension(RENEGOTIATION_INFO) is None
    ):
        if RENEGOTIATION_INFO in found.extensions:
            return broken("server", "renegotiation_info came without being asked for")
        return None
    if RENEGOTIATION_INFO in found.extensions:
        return kept("renegotiation_info is in the ServerHello")
    return broken("server", "renegotiation_info is not in the ServerHello")


@of_cell("rfc5746-3.3-server-reads-signal-in-sslv2")
def echoes_in_sslv2(seen: Seen) -> Finding | None:
    """The form has no extensions: there the signal is the SCSV."""
    return echoes_renegotiation(seen) if is_sslv2(seen) else None


@of_cell("rfc8446-4.1.3-server-marks-downgrade")
def marks_downgrade(seen: Seen) -> Finding | None:
    """A server that would take TLS 1.3 and chooses less says so in its Random."""
    found = answer_of(seen)
    if found is None or found.version not in ("1.0", "1.1", "1.2"):
        return None
    if not takes_13(seen):
        return None
    due = "1.2" if found.version == "1.2" else "1.1"
    if found.downgrade == due:
        return kept("the Random of the ServerHello says that it is a downgrade")
    return broken("server", f"no sign of a downgrade to TLS {found.version}")


@of_cell("rfc8446-6.2-server-says-why")
def says_why(seen: Seen) -> Finding | None:
    """An error is followed by an alert that says which."""
    found = answer_of(seen)
    if found is None or seen.scenario.octets[:1] != b"\x16" or not _knows_13(seen):
        return None
    if found.kind == answers.ALERT:
        return kept(f"the server says why: {alert(found.alert)}")
    if found.kind in (answers.CLOSE, answers.RESET):
        return missed("server", f"{found.words()}: {_error(seen)}")
    return None


def _knows_13(seen: Seen) -> bool:
    return seen.server is not None and "1.3" in seen.server.tls


@of_cell("suite-error-refused")
def error_refused(seen: Seen) -> Finding | None:
    """A client that errs in the handshake must not get through."""
    link, found = seen.links[0], answer_of(seen)
    if not seen.scenario.client_error or found is None or seen.crashed():
        return None
    made = link.fact("client", "tls.error-made") == "yes"
    if not made or found.kind not in (answers.SERVER_HELLO, answers.RETRY):
        return open_(f"there was no occasion for the error: {found.words()}")
    took = link.fact("server", "mail").startswith("received")
    if link.fact("server", "tls.handshake") == "ok" or took:
        return broken("server", f"the server went on, though {seen.prediction.because}")
    if link.fact("client", "end").startswith("hang"):
        return None  # that is a rule of its own
    return _alert_fits(seen, link)


def _alert_fits(seen: Seen, link: Link) -> Finding:
    number, due = alert_of(link, "server"), seen.scenario.alerts
    if number is None:
        return open_("the server refused without an alert that was seen")
    if not due or number in due:
        return kept(f"the server refused with {alert(number)}")
    return open_(f"the server refused with {alert(number)}; {alert(due[0])} fits")
