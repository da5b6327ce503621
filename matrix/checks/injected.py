"""injected - what came of commands, replies, alerts and records that somebody in the
middle put in, changed, repeated or left out; and of the mail."""

from __future__ import annotations

from functools import partial

from matrix.alerts import BAD_RECORD_MAC, DECRYPTION_FAILED, UNEXPECTED_MESSAGE
from matrix.checks import Finding, Seen
from matrix.checks import broken, kept, missed, of_cell, open_
from matrix.checks.tamper import changed, sent_alert, version_of
from matrix.registry import alert

_CODE, _COMMAND = b"250 injected", "NOOP"  # what the relay puts in (tampers.c)
PRICE = "rfc3207-6-client-goes-on-without-tls"  # decides a cell without a mandate


@of_cell("rfc3207-4.2-server-executes-nothing-injected")
def executes_nothing(seen: Seen) -> Finding | None:
    link = changed(seen)
    if link is None or not link.server:
        return None
    for where in ("tls", "plain"):
        if _COMMAND in link.fact("server", f"smtp.commands.{where}").split():
            side = "inside TLS" if where == "tls" else "in clear"
            return broken("server", f"the command put in was executed {side}")
    return kept("the command put in was not executed")


@of_cell("rfc3207-4.2-client-believes-nothing-injected")
def believes_nothing(seen: Seen) -> Finding | None:
    link = changed(seen)
    if link is None or not link.client:
        return None
    said = link.inside("S", tap="client")
    heard = link.fact("client", "smtp.ehlo-tls.keywords")
    pending = link.fact("client", "smtp.pending") not in ("", "0")
    # A buffer kept over the switch has the reply where the EHLO's is due.
    kept_it = pending and heard == "-" and b"PIPELINING" in link.inside("S", "server")
    if _CODE in said or kept_it:
        return broken("client", "the reply put in was taken for the server's")
    return kept("the reply put in was not believed")


def _early(seen: Seen) -> Finding | None:
    """Application data before there are keys (RFC 5246 7.2.2, RFC 8446 5)."""
    link = changed(seen)
    if link is None or seen.crashed():
        return None
    role = _receiver(seen)
    number = sent_alert(link, role)
    if link.fact(role, "tls.handshake") == "ok":
        return broken(role, f"the {role} completed a handshake behind it")
    if number is None:
        return missed(role, f"the {role} refused without an alert")
    words = f"the {role} refused with {alert(number)}"
    return kept(words) if number == UNEXPECTED_MESSAGE else open_(words)


of_cell("rfc5246-7.2.2-no-data-before-keys")(_early)


def _receiver(seen: Seen) -> str:
    """Who gets what the relay changed."""
    name = seen.scenario.tamper
    return "client" if name.endswith(("-back", "-answer")) else "server"


# ---- protected records ----


def _opened(
    new: bool, seen: Seen, due: tuple[int, ...] = (BAD_RECORD_MAC,)
) -> Finding | None:
    """RFC 5246 6.2.3.3, RFC 8446 5.2: bad_record_mac."""
    link = changed(seen)
    if link is None or (version_of(seen, link) == "1.3") is not new or seen.crashed():
        return None
    role = _receiver(seen)
    if link.fact("client", "smtp.quit") == "221":
        return broken(role, f"the {role} did not notice: {seen.scenario.title}")
    number = sent_alert(link, role)
    if number is None:
        words = f"the {role} ended the session without an alert; bad_record_mac was due"
        return missed(role, words) if new else broken(role, words)
    words = f"the {role} ended the session with {alert(number)}"
    return kept(words) if number in due else broken(role, words)


@of_cell("rfc2246-7.2.2-receiver-opens-no-changed-record")
def opened_of_old(seen: Seen) -> Finding | None:
    """RFC 2246 7.2.2, RFC 4346 7.2.2: or decryption_failed, for its padding."""
    return _opened(False, seen, (BAD_RECORD_MAC, DECRYPTION_FAILED))


of_cell("rfc5246-6.2.3.3-receiver-opens-no-changed-record")(partial(_opened, False))
of_cell("rfc8446-5.2-receiver-opens-no-changed-record")(partial(_opened, True))


def _alert_in_clear(new: bool, seen: Seen) -> Finding | None:
    """RFC 5246 7.2, RFC 8446 6: an alert is as protected as all else."""
    link = changed(seen)
    if link is None or (version_of(seen, link) == "1.3") is not new or seen.crashed():
        return None
    role = _receiver(seen)
    if link.fact(role, "tls.close") in ("received", "both"):
        return broken(role, f"the {role} took a close_notify in clear for the other's")
    if link.fact("client", "smtp.quit") == "221":
        return broken(role, f"the {role} passed over an alert in clear")
    number = sent_alert(link, role)
    how = "without an alert" if number is None else f"with {alert(number)}"
    return kept(f"the {role} did not believe it and ended the session {how}")


of_cell("rfc5246-7.2-receiver-believes-no-alert-in-clear")(
    partial(_alert_in_clear, False)
)
of_cell("rfc8446-6-receiver-believes-no-alert-in-clear")(partial(_alert_in_clear, True))


# ---- what becomes of the mail ----


@of_cell("rfc5321-4.1.1.4-server-takes-no-truncated-message")
def takes_no_truncated(seen: Seen) -> Finding | None:
    link = changed(seen)
    if link is None or link.fact("server", "tls.handshake") != "ok":
        return None
    if any(mail.startswith("received") for mail in seen.delivered("server")):
        return broken("server", "the server took a message of which a part was missing")
    return kept("the server did not take the message, of which a part was missing")


@of_cell(PRICE)
def price(seen: Seen) -> Finding | None:
    """What a client does that may go on without TLS: shown, not judged, as long as it
    is one of the three that RFC 3207 6 has."""
    if seen.prediction.outcome != "open" or changed(seen) is None:
        return None
    mail = seen.delivered("client")
    if mail[-1] not in ("delivered-plain", "delivered-tls", "deferred", "rejected"):
        return broken(
            "client", "the message was neither delivered nor kept nor given back"
        )
    where = "a new connection" if len(mail) > 1 else "the same connection"
    if mail[-1] == "delivered-plain":
        return open_(f"the price: the message went in clear, on {where}")
    return open_(f"the message did not go in clear: it was {mail[-1] or 'lost'}")
