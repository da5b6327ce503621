"""observe - from the records of a run to what was seen; nothing is judged.

There are three witnesses of a connection: what the client says, what the
server says, and the octets, of which both sides kept a tap.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import Iterable

from matrix import meeting, wire
from matrix.flow import parse_record
from matrix.model import Connection, Flow, Observation, Run


def observe(run: Run) -> Observation:
    """Reads the records of a run.

    A record that cannot be read, and whatever the runner itself had trouble
    with, is told in ``Observation.trouble``; nothing is raised.
    """
    client, client_exit, client_trouble = _record("client", run.client)
    server, server_exit, server_trouble = _record("server", run.server)
    relay, _, relay_trouble = _record("relay", run.relay)
    trouble = [run.trouble, client_trouble, server_trouble, relay_trouble]
    met: Iterable[meeting.Meeting] = (
        meeting.joined(client, relay, server)
        if run.relay
        else ((c, None, None, s) for c, s in zip_longest(client, server))
    )
    return Observation(
        cell=run.cell,
        connections=tuple(_connection(*each) for each in met),
        client_exit=client_exit,
        server_exit=server_exit,
        trouble="; ".join(text for text in trouble if text),
    )


def _record(role: str, text: str) -> tuple[tuple[Flow, ...], str, str]:
    if not text:
        return (), "", ""
    try:
        flows, end = parse_record(text)
    except ValueError as e:
        return (), "", f"the {role}'s record cannot be read: {e}"
    return flows, end, ""


def _connection(
    client: Flow | None, near: Flow | None, far: Flow | None, server: Flow | None
) -> Connection:
    if near:
        return Connection(
            client=client,
            server=server,
            wire=wire.read(
                _after_switch("C", near, client), _after_switch("S", client, near)
            ),
            taps_agree=_taps_agree(client, near) and _taps_agree(far, server),
            near=near,
            far=far,
        )
    return Connection(
        client=client,
        server=server,
        wire=wire.read(
            _after_switch("C", server, client), _after_switch("S", client, server)
        ),
        taps_agree=_taps_agree(client, server),
    )


def _after_switch(sender: str, receiver: Flow | None, writer: Flow | None) -> bytes:
    """What ``sender`` sent where TLS was due, up to the first gap.

    Where it was due the receiver knows: a writer that goes on in clear does
    not call it TLS.  How much was sent the writer knows: a receiver may have
    stopped reading.
    """
    received = _listed(receiver, sender, ("tls",))[0] if receiver else b""
    if received and not wire.looks_like_tls(received):
        return received
    sent = _listed(writer, sender, ("tls",))[0] if writer else b""
    return max(received, sent, key=len)


def _listed(flow: Flow, sender: str, layers: tuple[str, ...]) -> tuple[bytes, bool]:
    """The octets of these layers up to the first gap, and if that is all."""
    parts: list[bytes] = []
    for turn in flow.turns:
        if turn.sender == sender and turn.layer in layers:
            parts.append(turn.data)
            if turn.more:
                return b"".join(parts), False
    return b"".join(parts), not flow.fact("flow.lost")


def _taps_agree(client: Flow | None, server: Flow | None) -> bool | None:
    """Do both taps have the same octets?  None: one of them is not there."""
    if client is None or server is None:
        return None
    calm = all(
        flow.fact("end") == "closed" and flow.fact("tls.close") == "both"
        for flow in (client, server)
    )
    return _same_way("C", client, server, calm) and _same_way("S", server, client, calm)


def _same_way(sender: str, writer: Flow, reader: Flow, calm: bool) -> bool:
    """One direction.  What was read must be the beginning of what was written,
    and all of it if the session came to its good end on both sides (``calm``).

    Whoever refuses need not read on: less may arrive than was sent.
    """
    sent, sent_all = _listed(writer, sender, ("smtp", "tls"))
    received, received_all = _listed(reader, sender, ("smtp", "tls"))
    n = min(len(sent), len(received))
    if sent[:n] != received[:n] or (sent_all and len(received) > len(sent)):
        return False
    if calm and received_all and len(sent) > len(received):
        return False
    return _same_count(writer.fact("wire.sent"), reader.fact("wire.received"), calm)


def _same_count(sent: str, received: str, calm: bool) -> bool:
    """Octets and digest of everything, as both sides counted."""
    if not sent or not received or sent == received:
        return True
    try:
        gone, arrived = (int(text.split(" ", 1)[0]) for text in (sent, received))
    except ValueError:
        return False
    return arrived < gone and not calm
