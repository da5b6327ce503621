"""classes - what kind of hello a vector is, computed from its octets, never said.

``names`` are those of the rule sets (vectors/README.md lists them): H for the TLS
form, V for the SSLv2 form, then the version.  The other fields are the axes on
which hellos differ; a scenario or a rule selects vectors by them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Sequence

from matrix.vectors import codec, reach
from matrix.vectors import names as registered
from matrix.vectors.codec import ClientHello

SSL2, SSL3, TLS12, TLS13 = 0x0002, 0x0300, 0x0303, 0x0304
RENEGOTIATION, FALLBACK = 0x00FF, 0x5600
SEGMENT = 1460  # octets of a TCP segment over Ethernet
_SERVER_NAME, _GROUPS, _SCHEMES, _EMS, _SHARE, _RI = 0, 10, 13, 23, 51, 0xFF01
_POST_QUANTUM = ("MLKEM", "mlkem", "Kyber")


@dataclass(frozen=True, slots=True)
class Classes:
    """One hello on every axis.  Words are lower case, "-" where there is none."""

    names: tuple[str, ...]  # "H4", "H4p", ...; () if it is no hello
    form: str  # "tls", "sslv2", "none"
    record: str  # "3.1"; "3.1+3.3" if they differ; "-" SSLv2
    version: str  # client_version: "3.3"
    supported: str  # supported_versions in order: "3.4,3.3"; "-"
    tls13: str  # "no", "dual", "only"
    extensions: str  # "none", "empty", "present"
    grease: str  # "no", "yes"
    scsv: str  # "-", "renegotiation", "fallback", "renegotiation+fallback"
    renegotiation: str  # how RFC 5746 is signalled: "none", "scsv", "extension", "both"
    ems: str  # extended_master_secret: "no", "yes"
    sni: str
    length: str  # octets on the wire: "-255", "256-511", "512-1460", "1461-"
    suites: str  # how many: "-64", "65-128", "129-"
    kinds: str  # CIPHER-KINDs of SSL 2.0: "no", "some", "only"
    records: str  # "one", "many"
    writes: str  # "one", "many"
    share: str  # "none", "classic", "post-quantum"
    session: str  # session_id: "no", "yes"

    def words(self) -> tuple[str, ...]:
        """ "axis=value" for each axis, the names apart."""
        return tuple(
            f"{f.name}={getattr(self, f.name)}"
            for f in fields(self)
            if f.name != "names"
        )


NOTHING = Classes((), "none", *["-"] * 17)


def classify(writes: Sequence[bytes]) -> Classes:
    """The classes of a hello sent in these writes; NOTHING if they are none."""
    octets = b"".join(writes)
    try:
        h = codec.decode(octets)
    except ValueError:
        return NOTHING
    versions = reach.versions(h)
    real = [v for v in versions if not registered.is_grease(v)]
    tls13 = "no" if TLS13 not in real else "only" if max(real) == min(real) else "dual"
    size = len(octets) - len(h.after)
    extension = h.extension
    scsv = [w for n, w in _SCSVS if n in h.suites]
    signal = extension(_RI) is not None, RENEGOTIATION in h.suites
    return Classes(
        names=_names(h, tls13, len(writes) > 1),
        form=h.form,
        record=_record(h),
        version=registered.dotted(h.version),
        supported=",".join(map(registered.dotted, versions)) or "-",
        tls13=tls13,
        extensions=_extensions(h),
        grease=_yes(_greasy(h)),
        scsv="+".join(scsv) or "-",
        renegotiation=_RENEGOTIATION[signal],
        ems=_yes(extension(_EMS) is not None),
        sni=_yes(bool(extension(_SERVER_NAME))),
        length=_bracket(size, (255, 511, SEGMENT)),
        suites=_bracket(len(h.specs), (64, 128)),
        kinds=_kinds(h),
        records="many" if len(h.records) > 1 else "one",
        writes="many" if len(writes) > 1 else "one",
        share=_share(h),
        session=_yes(bool(h.session_id)),
    )


_SCSVS = ((RENEGOTIATION, "renegotiation"), (FALLBACK, "fallback"))
_RENEGOTIATION = {
    (False, False): "none",
    (False, True): "scsv",
    (True, False): "extension",
    (True, True): "both",
}


def _names(h: ClientHello, tls13: str, pieces: bool) -> tuple[str, ...]:
    """What rule sets call it: a name, then its variants."""
    if h.form == "sslv2":
        name = {SSL2: "Vs", SSL3: "V0"}.get(h.version, f"V{h.version & 0xFF}")
        if h.version != SSL2 and h.version >> 8 != 3:
            return ("V?",)
        more = [name + "c"] if len(h.random) < 32 else []
        return (name, *more, *([name + "s"] if h.session_id else []))
    name = _tls_name(h, tls13)
    marks = (
        ("x", h.extensions is not None and name in ("H0", "H1", "H2")),
        ("n", h.extensions is None and name == "H3"),
        ("g", _greasy(h)),
        ("p", _share(h) == "post-quantum"),
        ("f", len(h.records) > 1 or pieces),
    )
    return (name, *(name + mark for mark, there in marks if there))


def _tls_name(h: ClientHello, tls13: str) -> str:
    if tls13 != "no":
        return "H4o" if tls13 == "only" else "H4"
    if h.version == SSL3:
        return "H0s" if h.session_id else "Hs"
    if h.version == 0x0301 and h.records[0][0] == SSL3:
        return "H0"
    if 0x0301 <= h.version <= TLS12:
        return f"H{h.version & 0xFF}"
    return "Hh" if h.version > TLS12 else "H?"


def _record(h: ClientHello) -> str:
    return "+".join(dict.fromkeys(registered.dotted(v) for v, _ in h.records)) or "-"


def _extensions(h: ClientHello) -> str:
    if h.extensions is None:
        return "none"
    return "present" if h.extensions else "empty"


def _greasy(h: ClientHello) -> bool:
    """RFC 8701 3.1: in suites, extensions, groups, schemes, versions, shares."""
    numbers = [*h.suites, *(n for n, _ in h.extensions or ())]
    for kind in (_GROUPS, _SCHEMES):
        data = h.extension(kind) or b""
        numbers += [data[i] << 8 | data[i + 1] for i in range(2, len(data) - 1, 2)]
    numbers += [*reach.versions(h), *reach.groups(h)]
    return any(map(registered.is_grease, numbers))


def _share(h: ClientHello) -> str:
    if h.extension(_SHARE) is None:
        return "none"
    shared = [registered.group(n) for n in reach.groups(h)]
    quantum = any(word in name for name in shared for word in _POST_QUANTUM)
    return "post-quantum" if quantum else "classic"


def _kinds(h: ClientHello) -> str:
    if len(h.suites) == len(h.specs):
        return "no"
    return "some" if set(h.suites) - {RENEGOTIATION, FALLBACK} else "only"


def _bracket(n: int, bounds: tuple[int, ...]) -> str:
    """Which of the ranges between some bounds a number lies in: "256-511"."""
    low = ""
    for bound in bounds:
        if n <= bound:
            return f"{low}-{bound}"
        low = str(bound + 1)
    return f"{low}-"


def _yes(truth: bool) -> str:
    return "yes" if truth else "no"
