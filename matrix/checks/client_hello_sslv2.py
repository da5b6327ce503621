"""client_hello_sslv2 - what the SSLv2 form of a hello has to be like, at each date.

Whether it may be sent at all is another clause.  RFC 2246 E.1, RFC 4346 E.1, RFC
5246 E.2; what was meant for TLS 1.0 is held against hellos that led to it.
"""

from __future__ import annotations

from matrix.checks.octets import Clause, of_hellos
from matrix.model import Hello


def _session_id(sizes: tuple[int, ...], hello: Hello) -> str | None:
    if hello.form != "sslv2":
        return None
    n = len(hello.session_id)
    return "" if n in sizes else f"a session id of {n} octets"


def _challenge(least: int, most: int, hello: Hello) -> str | None:
    if hello.form != "sslv2":
        return None
    n = hello.challenge
    return "" if least <= n <= most else f"a challenge of {n} octets"


def _suites(hello: Hello) -> str | None:
    if hello.form != "sslv2":
        return None
    return "" if hello.cipher_suites else "no cipher suite of TLS is among the specs"


_NONE, _WHOLE = "the session id is empty", "the challenge has 32 octets"
of_hellos(
    (
        Clause(
            "rfc2246-e.1-client-session-id",
            "the session id is empty or of 16 octets",
            lambda h: _session_id((0, 16), h),
        ),
        Clause("rfc4346-e.1-client-session-id", _NONE, lambda h: _session_id((0,), h)),
        Clause("rfc2246-e.1-client-challenge", _WHOLE, lambda h: _challenge(32, 32, h)),
        Clause(
            "rfc5246-e.2-client-challenge-size",
            "the challenge has 16 to 32 octets",
            lambda h: _challenge(16, 32, h),
        ),
        Clause(
            "rfc5246-e.2-client-has-suites",
            "suites of TLS are among the specs",
            _suites,
        ),
    )
)
