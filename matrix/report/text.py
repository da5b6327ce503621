"""text - one cell for the terminal: ``interop show``.

Everything that comes from a peer goes through escape.py: no control character
of theirs reaches the terminal.
"""

from __future__ import annotations

import time
from typing import Iterator, Sequence

from matrix.model import (
    Cell,
    Connection,
    Flow,
    Judgement,
    Observation,
    Peer,
    Prediction,
    Run,
    Value,
)
from matrix import registry
from matrix.answer import SILENT, answer
from matrix.report import words
from matrix.report.escape import plain
from matrix.report.transcript import dump, fact_value, same, steps

_SIDES = {"client": "the client", "server": "the server"}


def show(
    cell: Cell,
    run: Run | None,
    observation: Observation | None,
    judgement: Judgement,
    peers: Sequence[Peer],
    commands: Sequence[str],
    *,
    octets: bool = False,
    hello: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> str:
    """Everything known of one cell, as text that ends in a newline.

    ``hello`` are the lines of the recorded hello that was replayed, ``notes`` say
    where the texts behind the verdict are in doubt.

    ``run`` and ``observation`` are None if nothing ran.  ``commands`` are the
    command lines that play the cell by hand.  ``octets`` adds dumps.
    """
    lines = [*_head(cell, run, judgement, peers), ""]
    lines += [*_verdict(judgement), *(f"  Note {note}" for note in notes), ""]
    if hello:
        lines += ["The recorded hello", *(f"  {plain(line)}" for line in hello), ""]
        lines += _answer(run, observation)
    if observation is not None:
        for number, connection in enumerate(observation.connections, 1):
            lines += _connection(number, connection, octets)
        lines += _exits(observation)
    lines += ["Again"]
    lines += [f"  ./interop run {cell.id} && ./interop show {cell.id}"]
    lines += [f"  {plain(command)}" for command in commands]
    if observation is not None and not octets:
        lines += [f"  ./interop show --hex {cell.id}    (with all octets)"]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _head(
    cell: Cell, run: Run | None, judgement: Judgement, peers: Sequence[Peer]
) -> Iterator[str]:
    letter = words.LETTERS[judgement.verdict]
    yield f"{cell.id}: {judgement.verdict.value} ({letter})"
    if cell.why:
        yield f"  why     {plain(cell.why)}"
    for role, name in (("client", cell.client), ("server", cell.server)):
        found = [p for p in peers if p.id == name and p.role == role]
        loaded = plain(found[0].version) if found else "not in the run file"
        yield f"  {role}  {plain(name)}, version {loaded}"
    if run is None:
        yield f"  ran     no: {plain(cell.reason) or 'no result arrived'}"
    else:
        yield f"  ran     {when(run.started)}, {run.milliseconds:.1f} ms"


def _answer(run: Run | None, observation: Observation | None) -> Iterator[str]:
    """How the hello was answered; of a silence how long it was."""
    if run is None or observation is None or not observation.connections:
        return
    found = answer(observation.connections[0])
    silence = f", {run.milliseconds:,.0f} ms" if found.kind == SILENT else ""
    yield f"Answered ({found.kind}): {plain(found.words())}{silence}"
    yield ""


def when(seconds: float) -> str:
    """Seconds since the epoch as "2026-11-23 14:02:54 UTC"."""
    try:
        return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds))
    except (OverflowError, ValueError, OSError):
        return "at a time that is none"


def predicted(prediction: Prediction) -> str:
    """A prediction in a sentence."""
    if prediction.outcome == "tls":
        said = f"TLS {prediction.version or '(any version)'} is negotiated"
    elif prediction.outcome == "refused":
        said = f"{_SIDES.get(prediction.side, 'one side')} refuses"
        if prediction.alerts:
            named = [registry.alert(number) for number in prediction.alerts]
            must = "must be" if prediction.exact else "may be"
            said += f"; the alert {must} {' or '.join(named)}"
    elif prediction.outcome == "plain":
        said = "the message goes in clear, as the policy allows"
    elif prediction.outcome == "open":
        said = "the server has the choice"
    elif prediction.outcome == "deferred":
        said = "the message is deferred, nothing goes in clear"
    else:
        said = plain(prediction.outcome)
    if prediction.because:
        said += f": {plain(prediction.because).rstrip('.')}"
    return said + (f" ({plain(prediction.clause)})." if prediction.clause else ".")


def _verdict(judgement: Judgement) -> Iterator[str]:
    if judgement.prediction is not None:
        yield f"Predicted: {predicted(judgement.prediction)}"
    yield f"Verdict: {judgement.verdict.value}: {plain(judgement.because)}"
    # What is no pass comes first: that is what a reader came for.
    for check in sorted(judgement.checks, key=lambda c: c.value is Value.PASS):
        side = f", {check.side}" if check.side else ""
        clause = f" [{plain(check.clause)}{side}]" if check.clause or side else ""
        said = f"{plain(check.id)}{clause}: {plain(check.because)}"
        yield f"  {words.LETTERS[check.value]} {said}"
    if judgement.known is not None:
        known = judgement.known
        yield f"Known until {plain(known.until)}: {plain(known.reason)}"
        if known.link:
            yield f"  see {plain(known.link)}"


def _connection(number: int, connection: Connection, octets: bool) -> Iterator[str]:
    yield f"Connection {number}"
    yield from _witnesses(connection)
    client, server = connection.client, connection.server
    if client is not None and server is not None:
        word = {True: "have the same octets", False: "DIFFER", None: "not compared"}
        yield f"  The taps of both ends: {word[connection.taps_agree]}."
        if connection.taps_agree is None and same(client, server):
            yield "  They list the same octets."
    for role, flow in (("client", client), ("server", server)):
        if flow is None:
            yield f"  The {role} left no record of it."
        else:
            yield ""
            yield f"  As the {role} recorded it"
            yield from _flow(flow, octets)
    for side, flow in (("client", connection.near), ("server", connection.far)):
        if flow is not None:
            yield ""
            yield f"  As the relay between them recorded it on the {side}'s side"
            yield from _flow(flow, octets)
    yield ""


def _witnesses(connection: Connection) -> Iterator[str]:
    wire = connection.wire
    if wire.trouble:
        yield f"  The octets cannot be read: {plain(wire.trouble)}"
    suite = registry.suite(wire.cipher_suite) if wire.cipher_suite >= 0 else "none"
    resumed = {True: "yes", False: "no", None: "not shown"}[wire.resumed]
    sent = (
        " ".join(f"{who}> {registry.alert(n)}" for who, _, n in wire.alerts) or "none"
    )
    yield f"  The octets say: version {plain(wire.version) or 'none'}, suite {suite},"
    yield f"    resumed {resumed}, alerts in clear {sent}."
    if wire.plain_after_switch:
        yield f"    SMTP in clear where TLS was due, from {wire.plain_after_switch}."


def _flow(flow: Flow, octets: bool) -> Iterator[str]:
    for step in steps(flow):
        for index, line in enumerate(step.lines):
            lead = f"{step.sender}> {step.layer}" if index == 0 else ""
            yield f"    {lead:<10}{line}"
        if octets and step.layer == "tls":
            yield from (f"              {line}" for line in dump(step.data))
            if step.more:
                yield f"              ... {words.count(step.more, 'octet')} not listed"
    secrets = 0
    for name, value in flow.facts:
        if name == "tls.secret":
            secrets += 1
            continue
        yield f"    = {name:<24} {fact_value(name, value)}"
    if secrets:
        yield f"    = {words.count(secrets, 'key log line')} not shown"


def _exits(observation: Observation) -> Iterator[str]:
    for role, value in (
        ("client", observation.client_exit),
        ("server", observation.server_exit),
    ):
        if value != "0":
            yield f"The {role} ended with: {plain(value) or 'no record'}"
    if observation.trouble:
        yield f"Trouble: {plain(observation.trouble)}"
    if observation.trouble or {observation.client_exit, observation.server_exit} != {
        "0"
    }:
        yield ""
