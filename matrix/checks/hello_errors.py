"""hello_errors - what a server does about a client that errs behind its hello.

That it must not go on is one check for all of them (hello.py); here is what besides
it some clauses ask for: the alert.
"""

from __future__ import annotations

from functools import partial

from matrix import answer as answers
from matrix.alerts import BAD_RECORD_MAC, DECRYPT_ERROR, UNEXPECTED_MESSAGE
from matrix.checks import Finding, Seen
from matrix.checks import broken, kept, missed, of_cell, open_
from matrix.checks.hello import answer_of, error_refused, is_sslv2
from matrix.checks.refusal import alert_of
from matrix.model import Value
from matrix.registry import alert

# By rule: the alerts of the clause; RFC 8446 6.2 does not insist on any.
ALERTS = {
    "rfc2246-7.2.2-server-checks-mac": (BAD_RECORD_MAC,),
    "rfc5246-7.2.2-server-checks-mac": (BAD_RECORD_MAC,),
    "rfc5246-7.4-server-keeps-order": (UNEXPECTED_MESSAGE,),
    "rfc8446-4.4.4-server-checks-finished": (DECRYPT_ERROR,),
    "rfc8446-5-server-refuses-data-before-finished": (UNEXPECTED_MESSAGE,),
    "rfc8446-5.2-server-checks-records": (BAD_RECORD_MAC,),
}


def _refused(due: tuple[int, ...], seen: Seen) -> Finding | None:
    found = error_refused(seen)
    if found is None or found.value is Value.FAIL or not _made(seen):
        return found
    number = alert_of(seen.links[0], "server")
    if number is None:
        words = "the server refused without an alert that was seen"
        return missed("server", f"{words}; {alert(due[0])} was due")
    words = f"the server refused with {alert(number)}"
    if number in due:
        return kept(words)
    return broken("server", f"{words}; {alert(due[0])} was due")


def _made(seen: Seen) -> bool:
    link, found = seen.links[0], answer_of(seen)
    answered = found is not None and found.kind in (answers.SERVER_HELLO, answers.RETRY)
    return answered and link.fact("client", "tls.error-made") == "yes"


for _id, _due in ALERTS.items():
    of_cell(_id)(partial(_refused, _due))


@of_cell("rfc5246-7.4.7.1-server-is-no-oracle")
def is_no_oracle(seen: Seen) -> Finding | None:
    """What is wrong with the premaster secret shows at Finished and not before: the
    alert is one that a wrong Finished has."""
    found = error_refused(seen)
    if found is None or found.value is Value.FAIL or not _made(seen):
        return found
    number = alert_of(seen.links[0], "server")
    if number is None:
        return open_("the server refused without an alert that was seen")
    words = f"the server refused with {alert(number)}"
    if number in (BAD_RECORD_MAC, DECRYPT_ERROR):
        return kept(f"{words}, as for a wrong Finished")
    return broken("server", f"{words}, which tells what was wrong")


@of_cell("rfc5246-e.2-server-hashes-sslv2-hello")
def hashes_sslv2(seen: Seen) -> Finding | None:
    """From msg_type on, and with the challenge justified right: else the two have
    other keys, or another Finished."""
    found = answer_of(seen)
    if found is None or not is_sslv2(seen) or found.reach:
        return None
    if found.version in ("", "ssl3"):  # SSL 3.0 is what this client does not play
        return None
    if found.delivered:
        return kept(found.words())
    return broken("server", found.words())
