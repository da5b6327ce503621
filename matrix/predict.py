"""predict - what must come of a cell, computed before it is judged.

From the probed capabilities, the pins and the recorded hello: which version is
negotiated, or which side must refuse and with which alert.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Sequence

from matrix.alerts import BAD_CERTIFICATE, CERTIFICATE_EXPIRED, CERTIFICATE_REVOKED
from matrix.alerts import CERTIFICATE_UNKNOWN, HANDSHAKE_FAILURE, INSUFFICIENT_SECURITY
from matrix.alerts import PROTOCOL_VERSION, UNKNOWN_CA, UNSUPPORTED_CERTIFICATE
from matrix.model import VERSION_BY_NUMBER, VERSIONS, Capabilities, Cell, Hello
from matrix.model import Prediction
from matrix.due import react
from matrix.expect import expect
from matrix.scenarios import Scenario

# TLS_EMPTY_RENEGOTIATION_INFO_SCSV, TLS_FALLBACK_SCSV: not to be chosen.
_SIGNALS = (0x00FF, 0x5600)
# Alerts that are about a certificate, RFC 5246 7.2.2 and RFC 8446 6.2.
_CERTIFICATE_ALERTS = (
    *(BAD_CERTIFICATE, UNSUPPORTED_CERTIFICATE, CERTIFICATE_REVOKED),
    *(CERTIFICATE_EXPIRED, CERTIFICATE_UNKNOWN, UNKNOWN_CA),
)


def predict(
    cell: Cell,
    scenario: Scenario,
    client: Capabilities,
    server: Capabilities,
    hello: Hello | None,
) -> Prediction:
    """What must happen in this cell.

    ``hello`` is the client's first, as recorded; None if none came, and then
    what the client's capabilities make it offer is taken.
    """
    if scenario.hello:
        return expect(cell, scenario, server)
    if scenario.script:
        return react(scenario.script, scenario.due, cell, client, hello)
    policy = cell.axis("policy")
    if policy == "none":
        return Prediction(
            "plain", because="the client's policy is not to ask for TLS", clause=""
        )
    if scenario.outcome == "policy":
        return _by_policy(policy, scenario)
    if scenario.outcome == "deferred":
        return Prediction("deferred", because="no mail may pass in this scenario")
    version = _version(cell, client, server, hello)
    if version.outcome == "refused" and policy == "opportunistic":
        why = f"{version.because}; the client's policy lets it go on in clear"
        return replace(version, outcome="plain", because=why)
    if version.outcome != "tls" or scenario.outcome == "natural":
        return version
    return _bad_certificate(policy, scenario)


def _by_policy(policy: str, scenario: Scenario) -> Prediction:
    why = "answers 454" if scenario.starttls == "454" else "does not offer STARTTLS"
    if policy == "mandatory":
        return Prediction(
            "deferred",
            clause="RFC 3207 6",
            because=f"the server {why} and the client's policy requires TLS",
        )
    return Prediction(
        "plain",
        clause="RFC 3207 4",
        because=f"the server {why} and the client's policy lets it go on in clear",
    )


def _bad_certificate(policy: str, scenario: Scenario) -> Prediction:
    """The client must refuse; which alert fits best is advice, not a MUST."""
    first, what = UNKNOWN_CA, "by an authority that the client does not know"
    clause = "RFC 8446 4.4.2.4"
    if scenario.outcome == "wrong-name":
        first, what, clause = BAD_CERTIFICATE, "for another name", "RFC 6125 6.6.4"
    others = tuple(n for n in _CERTIFICATE_ALERTS if n != first)
    return Prediction(
        "refused" if policy == "mandatory" else "plain",
        side="client",
        alerts=(first, *others),
        clause=clause,
        because=f"the server's certificate is {what}",
    )


def _version(
    cell: Cell, client: Capabilities, server: Capabilities, hello: Hello | None
) -> Prediction:
    """The version both must come to, or who must refuse for want of one."""
    mine = _willing(cell.pin("client"), client)
    takes = _willing(cell.pin("server"), server)
    listed = hello.supported_versions if hello else _would_list(mine)
    highest = _highest(hello) if hello else max(mine, key=VERSIONS.index, default="")
    if listed and "1.3" in server.tls:
        return _by_list(takes, tuple(VERSION_BY_NUMBER.get(n, "") for n in listed))
    if highest == "1.3":  # RFC 8446 4.1.2: for TLS 1.3 the field stays at 1.2
        highest = "1.2"
    suites = _has_old_suites(hello) if hello else "1.3" not in mine or len(mine) > 1
    return _by_highest(takes, highest, mine, suites, client, server)


def _willing(pin: str, can: Capabilities) -> tuple[str, ...]:
    return (pin,) if pin else can.natural


def _would_list(versions: Sequence[str]) -> tuple[int, ...]:
    numbers = {name: number for number, name in VERSION_BY_NUMBER.items()}
    return tuple(numbers[v] for v in versions) if "1.3" in versions else ()


def _highest(hello: Hello) -> str:
    """client_version as a version; what is beyond 1.2 means 1.2 there."""
    number = min(hello.client_version, 0x0303)
    return VERSION_BY_NUMBER.get(number, "")


def _has_old_suites(hello: Hello) -> bool:
    """Is there a cipher suite that a server below TLS 1.3 could choose?"""
    return any(
        number >> 8 != 0x13 and number not in _SIGNALS and not _is_grease(number)
        for number in hello.cipher_suites
    )


def _is_grease(number: int) -> bool:
    """RFC 8701 2."""
    return number & 0x0F0F == 0x0A0A and number >> 8 == number & 0xFF


def _by_list(takes: Sequence[str], offered: Sequence[str]) -> Prediction:
    """RFC 8446 4.2.1: the server goes by supported_versions and nothing else."""
    common = [v for v in VERSIONS if v in takes and v in offered]
    if common:
        return _tls(common[-1], "supported_versions", "RFC 8446 4.2.1")
    return Prediction(
        "refused",
        side="server",
        # 6.2 says what protocol_version is for; 4.1.1 has the other two for
        # want of common parameters.  No MUST names one of them here.
        alerts=(PROTOCOL_VERSION, HANDSHAKE_FAILURE, INSUFFICIENT_SECURITY),
        # Without TLS 1.3 a server cannot be told from one older than RFC 8446,
        # which knows no supported_versions and answers by client_version.
        either="1.3" not in takes,
        clause="RFC 8446 4.2.1",
        because=f"the hello lists {_words(offered)} and the server takes"
        f" {_words(takes)}",
    )


def _by_highest(
    takes: Sequence[str],
    highest: str,
    mine: Sequence[str],
    suites: bool,
    client: Capabilities,
    server: Capabilities,
) -> Prediction:
    """RFC 5246 E.1: the server answers with its highest up to client_version."""
    lower = [v for v in VERSIONS if v in takes and _not_above(v, highest)]
    if lower and not suites:
        return Prediction(
            "refused",
            side="server",
            alerts=(HANDSHAKE_FAILURE, INSUFFICIENT_SECURITY, PROTOCOL_VERSION),
            clause="RFC 5246 7.4.1.3",
            because="the hello has cipher suites of TLS 1.3 only and the server"
            f" takes {_words(takes)}",
        )
    if not lower:
        return Prediction(
            "refused",
            side="server",
            alerts=(PROTOCOL_VERSION,),
            exact=True,
            clause="RFC 8446 D.2" if "1.3" in server.tls else "RFC 5246 E.1",
            because=f"the client goes up to {highest or '?'} and the server takes"
            f" only {_words(takes)}",
        )
    if lower[-1] in mine:
        return _tls(lower[-1], "client_version", "RFC 5246 E.1")
    return Prediction(
        "refused",
        side="client",
        alerts=(PROTOCOL_VERSION,),
        exact=True,
        clause="RFC 8446 D.1" if "1.3" in client.tls else "RFC 5246 E.1",
        because=f"the server answers with {lower[-1]} and the client takes only"
        f" {_words(mine)}",
    )


def _not_above(version: str, highest: str) -> bool:
    return highest in VERSIONS and VERSIONS.index(version) <= VERSIONS.index(highest)


def _tls(version: str, field: str, clause: str) -> Prediction:
    return Prediction(
        "tls",
        version=version,
        clause=clause,
        because=f"TLS {version} is the highest that both take, by {field}",
    )


def _words(versions: Sequence[str]) -> str:
    known = [v for v in versions if v] or ["nothing"]
    return " ".join(f"TLS {v}" if v in VERSIONS else v for v in known)
