"""flight12 - what follows ServerHello in clear, below TLS 1.3.

RFC 2246, RFC 4346 and RFC 5246 have the same order and the same messages; only RFC
5246 names the algorithms of a signature.
"""

from __future__ import annotations

from functools import lru_cache

from matrix.checks import Link
from matrix.checks.octets import Clause, of_links
from matrix.extensions import SIGNATURE_ALGORITHMS
from matrix.hello import Reader
from matrix.vectors import names

_OLD = ("1.0", "1.1", "1.2")
_HELLO_REQUEST, _SERVER_HELLO, _TICKET, _CERTIFICATE = 0, 2, 4, 11  # HandshakeType
_KEY_EXCHANGE, _REQUEST, _DONE, _STATUS = 12, 13, 14, 22
# RFC 5246 7.3; CertificateStatus: RFC 6066 8; NewSessionTicket: RFC 5077 3.3.
_ORDER = (
    *(_SERVER_HELLO, _CERTIFICATE, _STATUS, _KEY_EXCHANGE, _REQUEST, _DONE),
    _TICKET,
)
_NAMES = {
    **{_SERVER_HELLO: "ServerHello", _CERTIFICATE: "Certificate"},
    **{_KEY_EXCHANGE: "ServerKeyExchange", _REQUEST: "CertificateRequest"},
    **{_DONE: "ServerHelloDone", _TICKET: "NewSessionTicket"},
    _STATUS: "CertificateStatus",
}
# Object identifiers of public keys, as they stand in a certificate.
_RSA_KEY = bytes.fromhex("06092a864886f70d010101")
_EC_KEY = bytes.fromhex("06072a8648ce3d0201")
_RSA_SHA1, _ECDSA_SHA1 = 0x0201, 0x0203


@lru_cache(maxsize=None)
def _exchange(number: int) -> str:
    """The key exchange of a suite: "ECDHE_RSA"; "" its name tells none."""
    name = names.table("cipher-suites").get(number, "")
    return name.removeprefix("TLS_").partition("_WITH_")[0] if "_WITH_" in name else ""


def _types(link: Link) -> list[int]:
    """The server's messages in clear; [] if no version below TLS 1.3 was chosen."""
    if link.wire.version not in _OLD:
        return []
    return [kind for kind, _ in link.wire.flight if kind != _HELLO_REQUEST]


def _body(link: Link, number: int) -> bytes | None:
    return next((body for kind, body in link.wire.flight if kind == number), None)


def _in_order(link: Link) -> str | None:
    types = _types(link)
    if not types:
        return None
    at = -1
    for kind in types:
        if kind not in _ORDER:
            return f"handshake message {kind} is none of a server's"
        if _ORDER.index(kind) <= at:
            return f"{_NAMES[kind]} came late"
        at = _ORDER.index(kind)
    if _CERTIFICATE in types and link.tls and _DONE not in types:
        return "ServerHelloDone did not come"
    return ""


def _key_exchange(link: Link) -> str | None:
    """RFC 5246 7.4.3: there with keys of the moment, and only then."""
    types, kind = _types(link), _exchange(link.wire.cipher_suite)
    if _DONE not in types or not kind or "PSK" in kind or "SRP" in kind:
        return None
    due = kind.startswith(("DHE_", "ECDHE_", "DH_anon", "ECDH_anon"))
    there = _KEY_EXCHANGE in types
    if due == there or kind.endswith("_EXPORT"):
        return ""
    return f"ServerKeyExchange {'came' if there else 'did not come'} with {kind}"


def _certificate(link: Link) -> str | None:
    """RFC 5246 7.4.2: there, and of the kind that the suite signs or decrypts with."""
    types, kind = _types(link), _exchange(link.wire.cipher_suite)
    if _DONE not in types or not kind or "PSK" in kind or "SRP" in kind:
        return None
    if kind.endswith("_anon"):
        return "Certificate came without a key" if _CERTIFICATE in types else ""
    body = _body(link, _CERTIFICATE)
    if body is None:
        return "Certificate did not come"
    leaf = Reader(Reader(body).vector(3)).vector(3)
    due = _EC_KEY if kind.endswith("_ECDSA") else _RSA_KEY
    if kind.endswith("_DSS") or due in leaf:
        return ""
    return f"the certificate's key is none for {kind}"


def _done_empty(link: Link) -> str | None:
    body = _body(link, _DONE)
    if body is None or link.wire.version not in _OLD:
        return None
    return f"ServerHelloDone has {len(body)} octets" if body else ""


def signed(link: Link) -> int | None:
    """The SignatureAndHashAlgorithm of ServerKeyExchange; None there is none."""
    scheme = link.wire.scheme
    return scheme if scheme >= 0 and link.wire.version == "1.2" else None


def _schemes(link: Link) -> list[int] | None:
    """The client's signature_algorithms; None without."""
    hellos = link.wire.hellos
    data = hellos[-1].extension(SIGNATURE_ALGORITHMS) if hellos else None
    if data is None:
        return None
    octets = Reader(data).vector(2)
    return [int.from_bytes(octets[i : i + 2], "big") for i in range(0, len(octets), 2)]


def _scheme_offered(link: Link) -> str | None:
    scheme, offered = signed(link), _schemes(link)
    if scheme is None or offered is None:
        return None
    if scheme in offered:
        return ""
    return f"signed with {names.scheme(scheme)}, which was not offered"


def _scheme_default(link: Link) -> str | None:
    """RFC 5246 7.4.1.4.1: without the extension SHA-1 is meant."""
    scheme = signed(link)
    if scheme is None or _schemes(link) is not None:
        return None
    if scheme in (_RSA_SHA1, _ECDSA_SHA1):
        return ""
    return f"signed with {names.scheme(scheme)}, though the hello names none"


def _scheme_fits_key(link: Link) -> str | None:
    """RFC 5246 7.4.3; RSA keys sign with RSASSA-PSS too (RFC 8446 4.2.3)."""
    scheme, body = signed(link), _body(link, _CERTIFICATE)
    if scheme is None or body is None:
        return None
    leaf = Reader(Reader(body).vector(3)).vector(3)
    ecdsa = _EC_KEY in leaf
    if ecdsa == (scheme & 0xFF == 3 and scheme >> 8 < 8):
        return ""
    return f"signed with {names.scheme(scheme)} by another kind of key"


of_links(
    "server",
    (
        Clause(
            "rfc5246-7.4-server-flight-in-order",
            "the server's messages are in their order",
            _in_order,
        ),
        Clause(
            "rfc5246-7.4.3-server-key-exchange",
            "ServerKeyExchange fits the suite",
            _key_exchange,
        ),
        Clause(
            "rfc5246-7.4.2-server-certificate",
            "the certificate fits the suite",
            _certificate,
        ),
        Clause(
            "rfc5246-7.4.5-server-done-empty", "ServerHelloDone is empty", _done_empty
        ),
        Clause(
            "rfc5246-7.4.3-server-signature-offered",
            "the signature is by an algorithm that was offered",
            _scheme_offered,
        ),
        Clause(
            "rfc5246-7.4.1.4.1-server-default-signature",
            "without a list the signature is with SHA-1",
            _scheme_default,
        ),
        Clause(
            "rfc5246-7.4.3-server-signature-fits-key",
            "the signature is by the certificate's kind of key",
            _scheme_fits_key,
        ),
    ),
)
