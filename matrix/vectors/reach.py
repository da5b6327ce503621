"""reach - how far a replayed vector can get, computed from its octets and keys.

``finished``: the replay client can complete the handshake whichever of the offered
versions a server chooses.  ``server_hello``: not always; either the octets are no
ClientHello that can be cut, or a server that chooses TLS 1.3 from one of the
recorded key shares leaves us without the private half.
"""

from __future__ import annotations

from matrix.extensions import KEY_SHARE, SUPPORTED_VERSIONS
from matrix.hello import Reader
from matrix.model import Flow
from matrix.vectors import codec, names

FINISHED, SERVER_HELLO = "finished", "server_hello"
TLS13 = 0x0304
_ALSO = {"secp256r1": "p256", "secp384r1": "p384", "secp521r1": "p521"}


def reach(vector: Flow) -> str:
    """FINISHED or SERVER_HELLO."""
    try:
        hello = codec.decode(vector.octets("C", "tls"))
    except ValueError:
        return SERVER_HELLO
    if not set(hello.suites) - {0x00FF, 0x5600}:
        return SERVER_HELLO  # kinds of SSL 2.0 only, signals only: nothing to choose
    if TLS13 not in versions(hello):
        return FINISHED
    keys = {name[4:] for name in vector.meta if name.startswith("key.")}
    held = all(
        number not in names.table("groups")  # which no server chooses
        or names.group(number) in keys
        or _ALSO.get(names.group(number)) in keys
        for number in groups(hello)
    )
    return FINISHED if held else SERVER_HELLO


def versions(hello: codec.ClientHello) -> tuple[int, ...]:
    """What supported_versions lists (RFC 8446 4.2.1); () if it is not there or
    cannot be cut."""
    data = hello.extension(SUPPORTED_VERSIONS)
    if data is None:
        return ()
    try:
        listed = Reader(Reader(data).vector(1))
        return tuple(listed.number(2) for _ in range(listed.left // 2))
    except ValueError:
        return ()


def groups(hello: codec.ClientHello) -> tuple[int, ...]:
    """The groups of the key shares (RFC 8446 4.2.8); as far as it can be cut."""
    data, found = hello.extension(KEY_SHARE), []
    try:
        shares = Reader(Reader(data or b"\0\0").vector(2))
        while shares.left:
            found.append(shares.number(2))
            shares.vector(2)
    except ValueError:
        pass
    return tuple(found)
