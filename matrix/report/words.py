"""words - the registry's and our own words for numbers and verdicts: tables only."""

from __future__ import annotations

from typing import Mapping

from matrix.model import Value
from matrix.vectors import names

# Letter and meaning of each verdict, in the order of the legend.
LETTERS: Mapping[Value, str] = {
    Value.PASS: "P",
    Value.STRICT_MISS: "S",
    Value.INFO: "i",
    Value.FAIL: "F",
    Value.UNSUPPORTED: "U",
    Value.NOT_APPLICABLE: ".",
    Value.BLOCKED: "B",
    Value.INCONCLUSIVE: "?",
    Value.ERROR: "E",
    Value.NOT_RUN: "-",
}
MEANINGS: Mapping[Value, str] = {
    Value.PASS: "What had to happen happened, and client, server and octets agree. "
    "A refusal that was required is a pass, and is shown with its alert.",
    Value.STRICT_MISS: "Every MUST was met; a SHOULD was not.",
    Value.INFO: "The specification leaves it open: what was seen is the result.",
    Value.FAIL: "A MUST was not met, or what was predicted did not happen.",
    Value.UNSUPPORTED: "A peer declares that it cannot do this, "
    "and a probe found that this is true.",
    Value.NOT_APPLICABLE: "The plan says that this has no meaning for this pair.",
    Value.BLOCKED: "A gap: something that had to come first failed.",
    Value.INCONCLUSIVE: "A gap: it ran, but client, server and octets "
    "do not tell one story.",
    Value.ERROR: "A gap: our own harness, build or machine failed.",
    Value.NOT_RUN: "A gap: it was planned and no result arrived.",
}

# What a result does not mean; each report says it, in these words.
NOT_MEANT: tuple[str, ...] = (
    "Both ends of these cells speak SMTP with our own engine. They show how TLS "
    "libraries work together behind STARTTLS; they say nothing on how any mail "
    "product follows RFC 3207.",
    "A pass is one session on one machine over the loopback, with the versions and "
    "the configuration listed here: it is evidence for that cell, not a proof of "
    "conformance or of security.",
    "A fail is a question. Its page has the octets, the clause and the command to "
    "repeat it; it may be the fault of a library, of its package, or of this suite.",
    "This is no league table. Libraries differ in what they set out to do: the "
    "counts of two of them cannot be compared, and none are added up by library.",
)

RECORDS: Mapping[int, str] = names.table("content-types")
HANDSHAKES: Mapping[int, str] = names.table("handshake-types")


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 cell", "1,900 cells"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
