"""rows_session - authored session flows: a hello at a place where none belongs.

What the server says stands there as it would be said to a hello in its place; what
it does say is for the scenario to see.
"""

from __future__ import annotations

from matrix.model import Turn
from matrix.vectors.authored import Session
from matrix.vectors.bases import H3, V3

_GREETING = (
    Turn("S", "smtp", b"220 mx.example ESMTP\r\n"),
    Turn("C", "smtp", b"EHLO client.example\r\n"),
    Turn("S", "smtp", b"250-mx.example\r\n250 STARTTLS\r\n"),
)
_COMMAND = b"STARTTLS\r\n"
_READY = Turn("S", "smtp", b"220 2.0.0 Ready to start TLS\r\n")


def _same_segment(hello: bytes) -> tuple[Turn, ...]:
    """One turn is one write, so command and hello are in one."""
    return (*_GREETING, Turn("C", "smtp", _COMMAND + hello), _READY)


def _before_the_reply(hello: bytes) -> tuple[Turn, ...]:
    return (
        *_GREETING,
        Turn("C", "smtp", _COMMAND),
        Turn("C", "tls", hello),
        _READY,
    )


def _without_starttls(hello: bytes) -> tuple[Turn, ...]:
    return (*_GREETING, Turn("C", "tls", hello))


def _at_once(hello: bytes) -> tuple[Turn, ...]:
    return (Turn("C", "tls", hello), _GREETING[0])


SESSIONS = tuple(
    Session(f"{name}-{form}", base, f"{why}, {words}", turns)
    for form, base, words in (("tls", H3, "TLS form"), ("sslv2", V3, "SSLv2 form"))
    for name, why, turns in (
        (
            "same-segment",
            "the hello in the segment of STARTTLS: fed to TLS or dropped, not obeyed",
            _same_segment,
        ),
        (
            "before-the-220",
            "the hello behind STARTTLS, before its 220 was read (RFC 3207 4)",
            _before_the_reply,
        ),
        (
            "without-starttls",
            "the hello without STARTTLS, to a server that speaks SMTP",
            _without_starttls,
        ),
        (
            "at-once",
            "the hello before the greeting, as on a port of implicit TLS (RFC 8314)",
            _at_once,
        ),
    )
)
