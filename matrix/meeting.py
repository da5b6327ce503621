"""meeting - who met whom: connections by the addresses that the programs tell.

Pure: read from the text of records, while they come and when they are there.  With
a relay between them client and server each met only it; its record has a pair of
flows for a connection, the client's first.
"""

from __future__ import annotations

import re
from typing import Iterable, Sequence

from matrix.model import Flow

LOCAL = re.compile(r"^= connection\.local (\S+)$", re.MULTILINE)
REMOTE = re.compile(r"^= connection\.remote (\S+)$", re.MULTILINE)

# A connection by client, relay (to the client, to the server) and server.
Meeting = tuple[Flow | None, Flow | None, Flow | None, Flow | None]


def unmet(client: str, relay: Iterable[str] | None, server: Iterable[str]) -> set[str]:
    """The addresses of connections that one side has told of and the other has not
    yet: the client's of the server's, or with a relay (None: there is none) of the
    relay's, and the relay's of the server's."""
    made, met = set(LOCAL.findall(client)), set(REMOTE.findall("".join(server)))
    if relay is None:
        return made - met
    # Two connections to two ports may well come from one port: each half by itself.
    told = "".join(relay)
    return (made - _inward(told)) | (_onward(told) - met)


def stray(client: str, relay: str | None, server: str) -> str:
    """A connection that only the far side speaks of, in words; "" there is none."""
    strays = set(REMOTE.findall(server)) - set(LOCAL.findall(client))
    who, other = "server", "client"
    if relay is not None:
        strays = set(REMOTE.findall(server)) - _onward(relay)
        other = "relay"
        if not strays:
            strays = _inward(relay) - set(LOCAL.findall(client))
            who, other = "relay", "client"
    if not strays:
        return ""
    return (
        f"the {who} recorded a connection from {min(strays)}, which the {other} did not"
    )


def _onward(relay: str) -> set[str]:
    """The relay's own addresses of its connections to the server."""
    return {local for side, local, _ in _sides(relay) if side == "server"}


def _inward(relay: str) -> set[str]:
    """The addresses of the clients that came to the relay."""
    return {remote for side, _, remote in _sides(relay) if side == "client"}


_SIDE = re.compile(
    r"^side: (client|server)\n= connection\.local (\S+)\n= connection\.remote (\S+)$",
    re.MULTILINE,
)


def _sides(relay: str) -> list[tuple[str, str, str]]:
    return _SIDE.findall(relay)


def joined(
    client: Sequence[Flow], relay: Sequence[Flow], server: Sequence[Flow]
) -> list[Meeting]:
    """Each connection with what all three recorded of it, in the client's order;
    what the client does not tell of comes last."""
    nears = {_remote(f): i for i, f in enumerate(relay) if _side(f) == "client"}
    servers = {_remote(flow): flow for flow in server}
    found: list[Meeting] = []
    for flow in client:
        at = nears.pop(flow.fact("connection.local"), None)
        found.append((flow, *_beyond(relay, at, servers)))
    found += [(None, *_beyond(relay, at, servers)) for at in nears.values()]
    return found + [(None, None, None, flow) for flow in servers.values()]


def _beyond(
    relay: Sequence[Flow], at: int | None, servers: dict[str, Flow]
) -> tuple[Flow | None, Flow | None, Flow | None]:
    """The relay's two flows of a connection, and the server's of the second."""
    if at is None:
        return None, None, None
    far = relay[at + 1] if at + 1 < len(relay) else None
    if far is None or _side(far) != "server":
        return relay[at], None, None
    return relay[at], far, servers.pop(far.fact("connection.local"), None)


def _side(flow: Flow) -> str:
    return flow.meta.get("side", "")


def _remote(flow: Flow) -> str:
    return flow.fact("connection.remote")
