"""sight - what of a cell the rules of another date may judge otherwise: which hello
came, and how it was answered.

Pure, and read once when a cell is judged: a run is then held against any rule set
without its records (dated.py).
"""

from __future__ import annotations

from functools import lru_cache

from matrix import answer as answers
from matrix import expect
from matrix.checks import SENDER, Link, Seen
from matrix.extensions import RENEGOTIATION_INFO, SUPPORTED_GROUPS
from matrix.model import VERSION_BY_NUMBER, VERSIONS, Connection, Hello, Prediction
from matrix.model import Sight
from matrix.rulesets import HELLOS
from matrix.vectors import codec, legality, reach

SCSV = 0x00FF
_LEGACY = 0x0303  # client_version of a TLS 1.3 hello (RFC 8446 4.1.2)
_CHALLENGE = range(16, 33)  # octets that every server of the SSLv2 form reads
# Where a refusal was predicted for want of a common version.
_VERSION_CLAUSES = ("RFC 5246 E.1", "RFC 8446 D.1", "RFC 8446 D.2", "RFC 8446 4.2.1")
_FATAL = 2  # AlertLevel

# What the specifications disagree about: it leaves a server's part undecided.
SESSION = "session_id"  # in the SSLv2 form: TLS 1.0 has it, TLS 1.1 forbids it (A8)
CHALLENGE = "challenge"  # shorter than 16 octets or longer than 32 (A9)
LEGACY = "legacy_version"  # not 3.3 where TLS 1.3 is offered (A18, A19)


def see(seen: Seen) -> Sight | None:
    """What a cell shows; None if no hello was seen that came as it was sent."""
    if seen.scenario.tampered or not seen.links:
        return None
    link = seen.links[0]
    if not link.wire.hellos:
        return None
    hello = link.wire.hellos[0]
    offers = offered(hello)
    doubt = _doubt(hello, link)
    replayed = bool(seen.scenario.hello)
    usual = bool(offers) and not doubt and not (replayed and odd_in(link))
    kind, alert, version = _answer(link)
    return Sight(
        hello=(class_of(hello, offers) or "") if usual else "",
        offers=offers,
        record=record_of(hello),
        signals=signals(hello),
        answer=kind,
        alert=alert,
        version=version,
        echoes=RENEGOTIATION_INFO in link.wire.extensions,
        completed=link.tls,
        lacks=_lacks(hello, seen.prediction),
        apart=_apart(seen.prediction),
        doubt=doubt,
        played=_played(seen),
    )


def _played(seen: Seen) -> tuple[str, ...]:
    if seen.scenario.examined:
        return ()
    ours = (("client", seen.scenario.hello), ("server", seen.scenario.script))
    return tuple(side for side, plays in ours if plays)


def offered(hello: Hello) -> tuple[str, ...]:
    """The versions that a hello offers, old to new: those that it lists, or all up to
    its highest; () if it says so in a way that no rule set speaks of."""
    highest = VERSION_BY_NUMBER.get(hello.client_version, "")
    if hello.supported_versions:
        listed = [VERSION_BY_NUMBER.get(n, "") for n in hello.supported_versions]
        takes = tuple(v for v in VERSIONS if v in listed)
        # RFC 8446 4.1.2; a list without TLS 1.3 that says what the field says.
        usual = "1.2" if "1.3" in takes else "".join(takes[-1:])
        return takes if highest == usual else ()
    if highest not in ("1.0", "1.1", "1.2"):
        return ()
    return VERSIONS[: VERSIONS.index(highest) + 1]


def class_of(hello: Hello, takes: tuple[str, ...]) -> str | None:
    """The class of a hello (rulesets.HELLOS) that offers these versions."""
    number = {"1.0": "1", "1.1": "2", "1.2": "3", "1.3": "4"}[takes[-1]]
    name = ("H" if hello.form == "tls" else "V") + number
    if name == "H4":
        return "H4o" if len(takes) == 1 else "H4"
    if name == "H1":
        if hello.record_version == 0x0300:
            return "H0"
        return "H1x" if hello.extensions else "H1"
    return name if name in HELLOS else None


def record_of(hello: Hello) -> str:
    """The record version; "-" the SSLv2 form has none."""
    if hello.form != "tls":
        return "-"
    return f"{hello.record_version >> 8}.{hello.record_version & 0xFF}"


def signals(hello: Hello) -> bool:
    """Does it signal RFC 5746?  The SCSV is as good as the extension (3.3)."""
    return SCSV in hello.cipher_suites or any(
        number == RENEGOTIATION_INFO for number, _ in hello.extensions
    )


def odd_in(link: Link) -> str:
    """Why a replayed hello is not about form and version alone; "" it is."""
    octets = link.client.octets("C", "tls") if link.client else b""
    return odd(octets) if octets else ""


def odd(octets: bytes) -> str:
    """The same of the octets that begin with a hello."""
    if octets[:1] == b"\x16":
        end = 5 + int.from_bytes(octets[3:5], "big")
        if 5 + 4 + int.from_bytes(octets[6:9], "big") > end:
            return "its hello comes in several records: no rule set speaks of that"
    else:
        end = 2 + (int.from_bytes(octets[:2], "big") & 0x7FFF)
    return _peculiar(octets[:end])


# Groups that were there before ML-KEM: a server knows one of them, or of no group.
_CLASSICAL = frozenset({*range(1, 31), *range(0x0100, 0x0105)})


@lru_cache(maxsize=4096)
def _peculiar(octets: bytes) -> str:
    """What no class of hello is about; the same hello goes to every server."""
    if legality.findings(octets):
        return "its hello is illegal at every date"
    hello = codec.decode(octets)
    if hello.form == "sslv2":
        return ""
    if octets[1] != 3 or octets[2] > 3:
        return "the record of its hello has a version that there is not"
    if wrong := expect.oddity(hello):
        return f"its hello is for servers that do not look: {wrong}"
    data = hello.extension(SUPPORTED_GROUPS) or b""
    groups = {int.from_bytes(data[at : at + 2], "big") for at in range(2, len(data), 2)}
    if groups and not groups & _CLASSICAL:
        return "its hello has groups of ML-KEM only"
    listed = {VERSION_BY_NUMBER.get(n, "") for n in reach.versions(hello)}
    places = sorted(VERSIONS.index(v) for v in listed & set(VERSIONS))
    if places and places[-1] - places[0] >= len(places):
        return "its hello lists versions with a gap between"
    return ""


def _doubt(hello: Hello, link: Link) -> str:
    if hello.form == "sslv2":
        if hello.session_id:
            return SESSION
        octets = link.flow("client").octets("C", "tls")
        size = int.from_bytes(octets[9:11], "big") if octets else 32
        return "" if size in _CHALLENGE else CHALLENGE
    listed = {VERSION_BY_NUMBER.get(n, "") for n in hello.supported_versions}
    return LEGACY if "1.3" in listed and hello.client_version != _LEGACY else ""


def _lacks(hello: Hello, prediction: Prediction) -> str:
    """Why a refusal may be about neither form nor version.  In the SSLv2 form
    something is always wanting, and its refusal tells by its alert."""
    if hello.form == "sslv2":
        return ""
    if prediction.outcome == "refused" and not _apart(prediction):
        return prediction.because
    return f"the hello lacks {prediction.lacks}" if prediction.lacks else ""


def _apart(prediction: Prediction) -> bool:
    """Is a refusal due for want of a common version?"""
    return prediction.outcome == "refused" and prediction.clause in _VERSION_CLAUSES


def _answer(link: Link) -> tuple[str, int, str]:
    """Kind, alert and version of the server's answer."""
    wire = link.wire
    if wire.version:
        return answers.SERVER_HELLO, -1, wire.version
    if wire.retried:
        return answers.RETRY, -1, "1.3"
    for sender, level, number in wire.alerts:
        if sender == SENDER["server"] and level == _FATAL:
            return answers.ALERT, number, ""
    found = answers.answer(Connection(link.client, link.server, wire, link.taps_agree))
    return found.kind, found.alert, ""
