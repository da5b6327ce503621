"""cell_page - what the page of one cell shows, from the values of that cell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Iterable, Iterator, Mapping, Sequence

from markupsafe import Markup

from matrix import registry
from matrix.model import Cell, Connection, Flow, Judgement, Observation, Run, Value
from matrix.report import words
from matrix.report.escape import plain
from matrix.report.text import predicted, when
from matrix.report.transcript import Step, dump, fact_value, steps

# What one page has at most; the terminal's show has all.
_DUMPED = 1024  # octets, of which a turn may take
_OF_A_TURN = 512
_STEPS = 30  # of a transcript, from its beginning; and half as many from its end
# The facts that verdicts rest on, in the order in which they are shown.
_DECISIVE = (
    *("tls.handshake", "tls.version", "tls.suite", "tls.resumed", "tls.verified"),
    *("tls.server-name", "tls.alert.sent", "tls.alert.received", "tls.error"),
    *("tls.close", "mail", "mail.octets", "mail.digest", "stage", "end", "flow.lost"),
)
_CALM = (Value.PASS, Value.INFO, Value.STRICT_MISS)
_LAYERS = {"smtp": "clear", "tls": "tls", "inside": "inside"}


@dataclass(slots=True)
class _Room:
    """How many octets the page may still dump."""

    left: int = _DUMPED


def context(
    cell: Cell,
    judgement: Judgement,
    versions: Mapping[tuple[str, str], str],
    asks: str,
    run: Run | None,
    observation: Observation | None,
) -> dict[str, object]:
    """The values of templates/cell.html.  ``versions`` are by (role, peer id);
    ``run`` and ``observation`` are None if nothing ran."""
    room = _Room()
    brief = judgement.verdict in _CALM
    connections = observation.connections if observation else ()
    exits = (
        [("client", observation.client_exit), ("server", observation.server_exit)]
        if observation
        else []
    )
    return {
        "root": "../" * cell.id.count("/") + "../",
        "cell": cell,
        "judgement": judgement,
        "odd": [c for c in judgement.checks if c.value is not Value.PASS],
        "passed": _rows(
            _row(check.id, check.clause, check.because)
            for check in judgement.checks
            if check.value is Value.PASS
        ),
        "passed_count": words.count(
            sum(check.value is Value.PASS for check in judgement.checks), "check"
        ),
        "asks": asks,
        "predicted": predicted(judgement.prediction) if judgement.prediction else "",
        "versions": {
            "client": versions.get(("client", cell.client), "not known"),
            "server": versions.get(("server", cell.server), "not known"),
        },
        "ran": f"{when(run.started)}, {run.milliseconds:.1f} ms"
        if run
        else "no: " + (cell.reason or "no result arrived"),
        "exits": [(role, end or "no record") for role, end in exits if end != "0"],
        "trouble": observation.trouble if observation else "",
        "connections": [_connection(c, brief, room) for c in connections],
    }


def _connection(connection: Connection, brief: bool, room: _Room) -> dict[str, object]:
    """``brief``: one transcript is enough if both taps have the same octets."""
    flows = [("client", connection.client), ("server", connection.server)]
    if connection.near and connection.near.fact("tamper.done") == "yes":
        brief = False  # what the one recorded is not what the other did
    there = [(role, flow) for role, flow in flows if flow is not None]
    one = brief and connection.taps_agree is True
    facts, other_facts = _facts(connection)
    return {
        "facts": facts,
        "other_facts": other_facts,
        "secrets": any(flow.fact("tls.secret") for _, flow in there),
        "remarks": list(_remarks(connection)),
        "taps": [
            _tap(role, steps(flow), one, room)
            for role, flow in (there[:1] if one else there)
        ],
    }


def _tap(
    role: str, all_steps: Sequence[Step], one: bool, room: _Room
) -> dict[str, object]:
    """A transcript.  If all is well (``one``), turns that are only encrypted are
    left out where what they carried stands beside them."""
    title = f"What passed, as the {role} recorded it."
    shown = all_steps
    if one:
        title += " The server's tap has the same octets."
        if any(step.layer == "inside" for step in all_steps):
            shown = [step for step in all_steps if not _only_encrypted(step)]
    if len(shown) < len(all_steps):
        number = words.count(len(all_steps) - len(shown), "turn")
        title += f" {number} of application_data alone left out: see inside."
    return {"title": title, "rows": _transcript(shown, room)}


def _facts(connection: Connection) -> tuple[Markup, Markup]:
    """The rows of the facts that verdicts rest on, and those of all others: name,
    client's, server's, what the octets show."""
    client, server = _values(connection.client), _values(connection.server)
    wire = _wire(connection)
    found = dict.fromkeys((*client, *server, *wire))
    decisive = [name for name in _DECISIVE if name in found]
    main, rest = (
        _rows(
            _row(name, *(said.get(name, "") for said in (client, server, wire)))
            for name in names
        )
        for names in (decisive, [name for name in found if name not in _DECISIVE])
    )
    return main, rest


def _values(flow: Flow | None) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for name, value in flow.facts if flow else ():
        if name != "tls.secret":
            found.setdefault(name, []).append(fact_value(name, value))
    return {name: "; ".join(values) for name, values in found.items()}


def _wire(connection: Connection) -> dict[str, str]:
    wire = connection.wire
    sent = {"C": "client", "S": "server"}
    said = {
        "tls.version": wire.version,
        "tls.suite": registry.suite(wire.cipher_suite)
        if wire.cipher_suite >= 0
        else "",
        "tls.resumed": {True: "yes", False: "no", None: ""}[wire.resumed],
        "tls.alert.sent": ", ".join(
            f"{sent.get(who, who)}: {registry.alert(number)}"
            for who, _, number in wire.alerts
        ),
    }
    return {name: value for name, value in said.items() if value}


def _remarks(connection: Connection) -> Iterator[str]:
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


def _transcript(all_steps: Sequence[Step], room: _Room) -> Markup:
    """The rows of a transcript; the middle of a very long one is left out."""
    if len(all_steps) <= 2 * _STEPS:
        return _rows(_step(step, room) for step in all_steps)
    left_out = len(all_steps) - _STEPS - _STEPS // 2
    gap = f"... {left_out} turns are left out here; ./interop show has them"
    return _rows(
        (
            *(_step(step, room) for step in all_steps[:_STEPS]),
            f'<tr><th scope="row"></th><td></td><td>{gap}</td></tr>',
            *(_step(step, room) for step in all_steps[-(_STEPS // 2) :]),
        )
    )


def _opaque(line: str) -> bool:
    """Whether there is nothing to be read in the octets of such a record."""
    return line.startswith(("application_data", "change_cipher_spec")) or (
        ", encrypted, " in line
    )


def _only_encrypted(step: Step) -> bool:
    return step.layer == "tls" and all(
        line.startswith("application_data") for line in step.lines
    )


# From here on HTML is written without Jinja, which takes three times as long: a run
# has some 100,000 such rows.  What is filled in is made printable and escaped.


def _rows(rows: Iterable[str]) -> Markup:
    return Markup("\n".join(rows))


def _row(name: str, *values: str) -> str:
    boxes = "".join(f"<td>{_text(value)}</td>" for value in values)
    return f'<tr><th scope="row">{_text(name)}</th>{boxes}</tr>'


def _step(step: Step, room: _Room) -> str:
    layer = _LAYERS[step.layer]
    lines = "".join(f"<code>{_text(line)}</code>" for line in step.lines)
    return (
        f'<tr class="{_text(step.sender)} {layer}">'
        f'<th scope="row">{_text(step.sender)}</th><td>{layer}</td>'
        f"<td>{lines}{_dump(step, room)}</td></tr>"
    )


def _dump(step: Step, room: _Room) -> str:
    """The octets of a step that are not just encrypted ones, while there is room."""
    if step.layer != "tls" or all(_opaque(line) for line in step.lines):
        return ""
    shown = step.data[: min(room.left, _OF_A_TURN)]
    room.left -= len(shown)
    if not shown:
        return ""
    summary = words.count(len(shown), "octet")
    if len(shown) < len(step.data) + step.more:
        summary += f" of {len(step.data) + step.more:,}"
    text = escape("\n".join(dump(shown)))
    return f"<details><summary>{summary}</summary><pre>{text}</pre></details>"


@lru_cache(maxsize=4096)  # most of what is said, every session says
def _text(value: str) -> str:
    return escape(plain(value), quote=True)
