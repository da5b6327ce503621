"""layers - what a client and a server come to on first contact, and if to nothing,
on which layer it ends.

Taken for granted: STARTTLS was answered with 220, there is a common cipher suite and
a certificate that the client accepts, and nothing is resumed.
"""

from __future__ import annotations

from dataclasses import dataclass

from matrix.claims.personas import ClientPersona, ServerPersona, span
from matrix.model import VERSIONS

# In the order in which a hello meets them.
LAYERS = ("FORM", "REC", "VERS", "RI")
MEANINGS = {
    "FORM": "the encoding of the hello",
    "REC": "the record version of the hello",
    "VERS": "the version of TLS",
    "RI": "the renegotiation indication (RFC 5746)",
}
_UNEXPECTED_MESSAGE, _HANDSHAKE_FAILURE, _PROTOCOL_VERSION = 10, 40, 70


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of a pair.  ``layer`` is "" if they speak TLS ``version``."""

    layer: str
    version: str  # that they speak, or that the client refuses; "" none
    side: str  # who ends it: "client", "server", ""
    alert: int  # that it ends it with; -1 none is asked for
    because: str


def outcome(client: ClientPersona, server: ServerPersona) -> Outcome:
    """What this client and this server come to."""
    if client.hello not in server.reads:
        form = "SSLv2" if client.form == "sslv2" else "TLS"
        if server.foreign == "silence":
            how, alert = "may stay silent until the client gives up", -1
        else:
            how, alert = "sends unexpected_message", _UNEXPECTED_MESSAGE
        why = f"the server does not understand this hello in the {form} form: it {how}"
        return Outcome("FORM", "", "server", alert, why)
    if (
        server.records is not None
        and client.form == "tls"
        and client.record not in server.records
    ):
        why = f"the server does not accept a record of version {client.record}"
        return Outcome("REC", "", "server", -1, why)
    version = _answer(client, server)
    if not version:
        why = (
            f"the server takes {span(server.versions)}, the hello goes up to TLS"
            f" {client.versions[-1]}: the server sends protocol_version"
        )
        return Outcome("VERS", "", "server", _PROTOCOL_VERSION, why)
    if version not in client.versions:
        why = (
            f"the server answers with TLS {version}, the client takes"
            f" {span(client.versions)} and sends protocol_version"
        )
        return Outcome("VERS", version, "client", _PROTOCOL_VERSION, why)
    if version != "1.3" and client.insists and not server.answers:
        why = "the server does not answer the renegotiation signal: the client sends"
        return _renegotiation("client", version, f"{why} handshake_failure")
    if version != "1.3" and server.insists and not client.signals:
        why = "the hello has no renegotiation signal: the server sends"
        return _renegotiation("server", version, f"{why} handshake_failure")
    return Outcome("", version, "", -1, f"they speak TLS {version}")


def _renegotiation(side: str, version: str, why: str) -> Outcome:
    return Outcome("RI", version, side, _HANDSHAKE_FAILURE, why)


def _answer(client: ClientPersona, server: ServerPersona) -> str:
    """The version that the server chooses; "" it can choose none."""
    if client.form == "tls" and "1.3" in client.versions and "1.3" in server.versions:
        return "1.3"  # RFC 8446 4.2.1: by supported_versions
    # RFC 5246 E.1: the server's highest that is not above client_version, which
    # for TLS 1.3 says 1.2; the SSLv2 form has nowhere to say more.
    highest = min(VERSIONS.index(client.versions[-1]), VERSIONS.index("1.2"))
    fitting = [v for v in server.versions if VERSIONS.index(v) <= highest]
    return fitting[-1] if fitting else ""
