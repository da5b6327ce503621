"""ietf - an implementation report after RFC 5657: title, author, summary, methodology,
exceptions and detail, as plain ASCII of 72 columns.

Made from a run, and nothing that the run does not show is attested.
"""

from __future__ import annotations

from typing import Iterator, Mapping, Sequence

from matrix.coverage import Entry as Omission
from matrix.kinship import SUITE, Kinship, genealogy
from matrix.model import GAPS, Peer
from matrix.report.ascii import centred, wrapped
from matrix.report.ietf_detail import detail, exceptions, heading, number_of
from matrix.report.proof import Proof, by_document, proofs
from matrix.report.view import View, run_name
from matrix.rules import Rule
from matrix.rulesets import Document

NOBODY = "not named; give it with --author"
# What a report of this kind is asked for by, and what it would have to attest.
_STANDARD = "RFC 2026 4.1.2 and RFC 6410 2.2"


def render(
    view: View,
    rules: Mapping[str, Rule],
    omitted: Sequence[Omission],
    documents: Mapping[str, Document],
    author: str = "",
) -> str:
    """The report.  ``omitted`` is the ledger of what no rule decides."""
    kin = Kinship.of((*view.clients, *view.replaying, *view.servers))
    found = {
        name: each
        for name, each in by_document(proofs(view.entries, rules)).items()
        if name.startswith("rfc")
    }
    shown = [proof for each in found.values() for proof in each]
    lines = [
        *_title(found),
        *_head(view, author),
        *heading("1", "Summary"),
        *_summary(view, shown, kin, author),
        *heading("2", "Methodology"),
        *_methodology(view),
        *heading("3", "Exceptions"),
        *exceptions(shown, kin),
        *heading("4", "Detail"),
        *_implementations(view),
        *detail(found, kin, documents, omitted),
        *_considerations(view),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _title(found: Mapping[str, Sequence[Proof]]) -> Iterator[str]:
    numbers = ", ".join(name[3:] for name in found if name != "rfc3207")
    yield from centred("Implementation Report for the SMTP Service Extension")
    yield from centred("for Secure SMTP over TLS (STARTTLS), RFC 3207,")
    yield from centred(f"with clauses of RFC {numbers or '-'}")
    yield ""


def _head(view: View, author: str) -> Iterator[str]:
    about = view.about
    fields = (
        ("Author", author or NOBODY),
        ("Date", about.get("ended") or about.get("started", "")),
        ("Run", run_name(view)),
        ("Suite", about.get("commit", "")),
        ("Command", about.get("command", "")),
        ("Host", ", ".join(filter(None, map(about.get, ("host", "system"))))),
    )
    for name, value in fields:
        yield from wrapped(value or "not recorded", f"{name + ':':<10}")
    yield ""


def _summary(
    view: View, shown: Sequence[Proof], kin: Kinship, author: str
) -> Iterator[str]:
    """The statement that RFC 5657 asks for, as far as a run can bear it."""
    spoken = [proof for proof in shown if proof.spoken]
    twice = [proof for proof in spoken if proof.independent(kin)]
    tls = [p for p in spoken if p.rule.layer != "smtp"]
    smtp = [p for p in spoken if p.rule.layer == "smtp"]
    gaps = len(view.gaps())
    ran = sum(bool(entry.judgement.checks) for entry in view.entries)
    who = author or "The author of this report"
    yield from wrapped(
        f"{who} attests that in the run named above "
        f"{number_of(twice, 'clause')} {'was' if len(twice) == 1 else 'were'} kept by "
        "at least two independent implementations with each other, a client and a "
        "server of different code bases, in every cell in which they met. "
        f"{len(spoken)} clauses were tested, in {ran:,} cells, between "
        f"{number_of(view.clients, 'client')} and {number_of(view.servers, 'server')} "
        f"of {len(_codes(view))} code bases of TLS.",
        "   ",
    )
    yield ""
    yield from wrapped(
        f"By layer: {_twice(tls, kin)} of the {len(tls)} clauses on TLS and "
        f"certificates, and {_twice(smtp, kin)} of the {len(smtp)} on SMTP. "
        + _on_smtp(view)
        + f" {_STANDARD} ask for every feature, and for operational experience: this "
        "report names the features that were not shown (Section 3), and says nothing "
        "about deployment, which no run can show.",
        "   ",
    )
    if gaps:
        yield ""
        yield from wrapped(
            f"{gaps:,} of the planned cells have no result; a run with gaps proves "
            "nothing about them.",
            "   ",
        )


def _twice(found: Sequence[Proof], kin: Kinship) -> int:
    return sum(bool(proof.independent(kin)) for proof in found)


def _on_smtp(view: View) -> str:
    peers = (*view.clients, *view.servers)
    if any(genealogy(peer, "smtp") != SUITE for peer in peers):
        return (
            "On SMTP only pairs of mail programs count in which neither side is this "
            "suite's own engine."
        )
    return (
        "All programs of this run speak SMTP with this suite's own engine, so that it "
        "proves no clause on SMTP; what it shows of them is that the engine keeps them "
        "over every TLS library."
    )


def _codes(view: View) -> set[str]:
    peers = (*view.clients, *view.servers)
    return {genealogy(peer, "tls") for peer in peers} - {SUITE}


def _methodology(view: View) -> Iterator[str]:
    for text in (
        "Every client was run against every server over the loopback of one machine: "
        "greeting, EHLO, STARTTLS, handshake, EHLO, one message, QUIT; besides with "
        "recorded hellos of other clients, with scripted servers, and with a relay "
        "between them that changes octets. What had to come of each cell was computed "
        "before it was judged, from what the programs declare and were probed to be "
        "able to do.",
        "A clause is kept in a cell only if client, server and the octets that both "
        "recorded say so. Each check has been made to fail by a fault put into the "
        "suite's own client or server, or is told as unproven. Two implementations are "
        "independent if nobody's TLS code is in both; a fork counts as its origin. A "
        "pair counts for a clause if it kept it in every cell in which it was asked "
        "to, and neither side is the suite's own code on the layer of that clause.",
        "Results are facts about these versions, built and configured as listed; they "
        "are no judgement of a product.",
    ):
        yield from wrapped(text, "   ")
        yield ""
    yield from wrapped("To see it again:", "   ")
    yield ""
    yield "      ./interop run && ./interop report --ietf -"


def _implementations(view: View) -> Iterator[str]:
    yield from heading("4.1", "Implementations")
    both: dict[str, list[Peer]] = {}
    for peer in (*view.clients, *view.servers, *view.replaying):
        both.setdefault(peer.id, []).append(peer)
    for name, peers in sorted(both.items()):
        about = peers[0].about
        roles = " and ".join(peer.role for peer in peers)
        versions = dict.fromkeys(peer.version for peer in peers)
        code = genealogy(peers[0], "tls")
        yield from wrapped(
            f"{about.get('name', peers[0].family)} {' / '.join(versions)}, {roles}. "
            f"Code base: {code}"
            + (f" ({about['genealogy']})" if about.get("genealogy") else "")
            + f". SMTP: {genealogy(peers[0], 'smtp')}.",
            f"   {name + ' ':<18}",
        )
    yield ""


def _considerations(view: View) -> Iterator[str]:
    """What RFC 5657 3 would have a detail section say besides."""
    tampered = [e for e in view.entries if e.cell.scenario.startswith("tamper.")]
    ran = [e for e in tampered if e.seen or e.judgement.checks]
    fell = [e for e in ran if e.judgement.verdict.value == "fail"]
    blank = [e for e in ran if e.verdict in GAPS]
    yield from heading("4.4", "Considerations")
    yield from wrapped(
        f"Security: in {len(ran):,} cells somebody between client and server changed, "
        f"added or took away octets; {len(fell):,} of them came to something that a "
        f"clause forbids, and {len(blank):,} have no result. Section 3 has them.",
        "   ",
    )
    yield ""
    yield from wrapped(
        "Internationalization: the extension has no text for people; nothing was "
        "tested. Management: none is specified. IANA: the keyword STARTTLS and the "
        "reply codes were used as registered.",
        "   ",
    )
