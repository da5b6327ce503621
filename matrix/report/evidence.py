"""evidence - the facts and the transcript of a connection, as text for a page.

What is read in one glance, one line a fact and a turn.  A cell in which all is well
shows less: ``interop show`` has everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import groupby, takewhile
from typing import Iterable, Iterator, Sequence

from matrix import registry
from matrix.model import Connection, Flow
from matrix.report import words
from matrix.report.escape import plain
from matrix.report.transcript import Step, dump, fact_value, steps

# What a cell's section has at most; the terminal's show has all.
_DUMPED = 1024  # octets, of which a turn may take
_OF_A_TURN = 512
_STEPS = 30  # of a transcript, from its beginning; and half as many from its end
_LINES = 7  # of a turn in which all is well
# The facts that verdicts rest on, in the order in which they are shown.
_DECISIVE = (
    *("tls.handshake", "tls.version", "tls.suite", "tls.resumed", "tls.verified"),
    *("tls.server-name", "tls.alert.sent", "tls.alert.received", "tls.error"),
    *("tls.close", "mail", "mail.octets", "mail.digest", "stage", "end", "flow.lost"),
)
_SAID = frozenset({"mail.digest", "stage", "tls.handshake"})  # not if all is well
_LAYERS = {"smtp": "clear ", "tls": "tls   ", "inside": "inside"}
_OF_A_SESSION = ("connection.", "wire.")  # ports and digests: show has them
_HEADING = ("client", "server", "octets")


def facts(connection: Connection, calm: bool) -> str:
    """A line a fact: name, what the client says of it, the server, the octets; if all
    is well they do not contradict, and one line has what they say together."""
    said = (*map(_values, (connection.client, connection.server)), _wire(connection))
    there = dict.fromkeys(name for each in said for name in each)
    names = [name for name in _DECISIVE if name in there]
    if calm:
        together = (
            f"{name} {' / '.join(dict.fromkeys(s[name] for s in said if name in s))}"
            for name in names
            if name not in _SAID
        )
        return f"<p>{_text('; '.join(together))}</p>"
    names += [name for name in there if name not in _DECISIVE]
    rows: list[tuple[str, ...]] = [("", *_HEADING)]
    rows += [
        (name, *(each.get(name, "") for each in said))
        for name in names
        if not name.startswith(_OF_A_SESSION)
    ]
    return block("\n".join(map(_text, _aligned(rows))))


def block(text: str) -> str:
    """Lines as they are, in HTML; it may be wide, and then scrolls by keys too."""
    return f'<pre tabindex="0">{text}</pre>'


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Columns; one that would get wide for a single value does not."""
    columns = list(zip(*rows))[:-1]
    widths = [max(len(v) for v in column if len(v) <= 40) for column in columns]
    for *values, last in rows:
        padded = (value.ljust(width) for value, width in zip(values, widths))
        yield "  ".join((*padded, last)).rstrip()


def _values(flow: Flow | None) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for name, value in flow.facts if flow else ():
        if name != "tls.secret":
            found.setdefault(name, []).append(fact_value(name, value))
    return {plain(name): "; ".join(values) for name, values in found.items()}


def _wire(connection: Connection) -> dict[str, str]:
    wire = connection.wire
    sent = {"C": "client", "S": "server"}
    said = {
        "tls.version": plain(wire.version),
        "tls.suite": registry.suite(wire.cipher_suite)
        if wire.cipher_suite >= 0
        else "",
        "tls.resumed": {True: "yes", False: "no", None: ""}[wire.resumed],
        "tls.alert.sent": ", ".join(
            _counted(
                f"{sent.get(who, who)}: {registry.alert(number)}"
                for who, _, number in wire.alerts
            )
        ),
    }
    return {name: value for name, value in said.items() if value}


def remarks(connection: Connection) -> Iterator[str]:
    """What else is to be known of a connection, a sentence each."""
    if connection.client is None or connection.server is None:
        missing = "client" if connection.client is None else "server"
        yield f"The {missing} left no record of this connection."
    if connection.taps_agree is False:
        yield "The taps of both ends do not have the same octets."
    near = connection.near
    if near and near.fact("tamper.done") == "yes":
        took, gave = near.fact("tamper.took"), near.fact("tamper.gave")
        yield f"The relay between them took {took} (octets, hex), and gave {gave}."
    if connection.wire.trouble:
        yield f"The octets cannot be read: {connection.wire.trouble}"
    if connection.wire.retried:
        yield "The server asked for another hello (HelloRetryRequest)."
    if connection.wire.plain_after_switch:
        who = {"C": "client", "S": "server"}[connection.wire.plain_after_switch]
        yield f"The {who} sent SMTP in clear where TLS was due."


@dataclass(frozen=True, slots=True)
class Transcript:
    """What passed, as a list of turns, each one line or more."""

    title: str
    turns: tuple[str, ...]

    def beside(self, other: Transcript) -> tuple[int, int]:
        """How many turns at the beginning are those of the other, and at the end."""
        before = _alike(self.turns, other.turns)
        behind = _alike(self.turns[:before:-1], other.turns[:before:-1])
        return before, behind


def transcripts(connection: Connection, calm: bool) -> Iterator[Transcript]:
    """What passed, by each tap that has something to tell, the client's first.

    If all is well one is enough, and turns that are only encrypted are left out where
    what they carried stands beside them.
    """
    flows = [("client", connection.client), ("server", connection.server)]
    changed = connection.near and connection.near.fact("tamper.done") == "yes"
    if calm and not changed and connection.taps_agree is True:
        shown, title = (
            steps(connection.client or Flow()),
            "What passed, as both recorded it",
        )
        if any(step.layer == "inside" for step in shown):
            shown = tuple(step for step in shown if not _only_encrypted(step))
        yield Transcript(title, _turns(shown, _LINES))
        return
    for role, flow in flows:
        if flow is not None:
            title = f"What passed, as the {role} recorded it"
            yield Transcript(title, _turns(steps(flow), _LINES if calm else 0))


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many turns at the beginning are the same."""
    return sum(1 for _ in takewhile(lambda both: both[0] == both[1], zip(one, other)))


def octets(connection: Connection) -> str:
    """The octets of TLS turns in which there is something to be read, as far as there
    is room: the client's tap, or the server's."""
    flow = connection.client or connection.server
    lines: list[str] = []
    left = _DUMPED
    for step in steps(flow) if flow else ():
        if step.layer != "tls" or all(_opaque(line) for line in step.lines):
            continue
        shown = step.data[: min(left, _OF_A_TURN)]
        left -= len(shown)
        if not shown:
            break
        size = words.count(len(shown), "octet")
        if len(shown) < len(step.data) + step.more:
            size += f" of {len(step.data) + step.more:,}"
        lines += [f"{step.sender} {size}", *dump(shown)]
    return escape("\n".join(lines))


def _turns(shown: Sequence[Step], most: int) -> tuple[str, ...]:
    """The turns of a transcript; the middle of a very long one is left out."""
    if len(shown) <= 2 * _STEPS:
        return tuple(_turn(step, most) for step in shown)
    left_out = len(shown) - _STEPS - _STEPS // 2
    return (
        *(_turn(step, most) for step in shown[:_STEPS]),
        f"... {left_out} turns are left out here; ./interop show has them",
        *(_turn(step, most) for step in shown[-(_STEPS // 2) :]),
    )


def _turn(step: Step, most: int) -> str:
    lines = list(_counted(step.lines))
    if most and len(lines) > most + 1:  # no line is left out to say that one is
        lines[most:] = [f"... {len(lines) - most} more lines"]
    lead = f"{step.sender} {_LAYERS[step.layer]} "
    return lead + "\n         ".join(map(_text, lines))


def _counted(lines: Iterable[str]) -> Iterator[str]:
    """The same line several times in a row as one with their number."""
    for line, group in groupby(lines):
        number = len(list(group))
        yield f"{line} ×{number}" if number > 1 else line


def _opaque(line: str) -> bool:
    """Whether there is nothing to be read in the octets of such a record."""
    return line.startswith(("application_data", "change_cipher_spec")) or (
        ", encrypted, " in line
    )


def _only_encrypted(step: Step) -> bool:
    return step.layer == "tls" and all(
        line.startswith(("application_data", "alert, encrypted")) for line in step.lines
    )


def _text(value: str) -> str:
    return escape(plain(value), quote=False)
