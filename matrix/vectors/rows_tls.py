"""rows_tls - authored hellos of the TLS form: versions, extensions, lengths."""

from __future__ import annotations

from matrix.vectors.authored import Row
from matrix.vectors.bases import H1, H1X, H3, H3G, SMALL
from matrix.vectors.changes import (
    chain,
    extension_last,
    extensions,
    no_extensions,
    padded,
    record_version,
    refit,
    server_name,
    set_extension,
    u16,
    vector16,
    version,
    with_extension,
    without_extension,
)
from matrix.vectors.names import dotted

_EMS, _GROUPS, _SCHEMES, _TICKET = 23, 10, 13, 35
_UNASSIGNED = 0x4E21  # in no registry, not GREASE

_RECORD_VERSIONS = tuple(
    Row(
        f"record-{dotted(n)}",
        base,
        f"record version {dotted(n)}: a server takes any 3.x (RFC 5246 E.1)",
        record_version(n),
    )
    for n, base in (
        (0x0300, H3G),
        (0x0301, H3G),
        (0x0302, H3G),
        (0x0303, H3),
        (0x0304, H3G),
        (0x03FF, H3G),
    )
) + (
    Row(
        "record-3.0-tls1.0",
        H1,
        'the "SSL 3.0 compatible" hello of the Last Call: record 3.0, version 3.1',
        record_version(0x0300),
    ),
    Row(
        "record-3.0-tls1.0-extensions",
        H1X,
        "the same with extensions, which a server of TLS 1.0 must ignore",
        record_version(0x0300),
    ),
    Row(
        "record-3.3-tls1.0",
        H1,
        "record version above client_version",
        record_version(0x0303),
    ),
    Row(
        "record-2.0",
        H3,
        "record version 2.0: not a version of this protocol",
        record_version(0x0200),
    ),
    Row(
        "record-4.0",
        H3,
        "record version 4.0: not a version of this protocol",
        record_version(0x0400),
    ),
)

_VERSIONS = tuple(
    Row(
        f"version-{dotted(n)}",
        base,
        f"client_version {dotted(n)}: {why}",
        version(n),
    )
    for n, base, why in (
        (0x0300, H3, "SSL 3.0 is all that is offered (RFC 7568)"),
        (0x0301, H3, "with suites of TLS 1.2 before those of TLS 1.0"),
        (0x0302, H3, "with suites of TLS 1.2 before those of TLS 1.1"),
        (0x0303, H1, "TLS 1.2 with the suites of TLS 1.0"),
        (0x0304, H3, "no supported_versions: TLS 1.2 (RFC 8446 4.2.1)"),
        (0x0305, H3, "a later version, to be answered by a lower one"),
        (0x03FF, H3, "a much later version, to be answered by a lower one"),
        (0x0400, H3, "a later major version"),
        (0x0002, H3, "the number of SSL 2.0 in the TLS form"),
    )
) + (
    Row(
        "version-3.0-session",
        H1,
        "an SSL 3.0 session resumed in its own protocol (RFC 2246 E)",
        lambda h: refit(
            record_version(0x0300)(version(0x0300)(h)), session_id=bytes(range(32))
        ),
    ),
)

_EXTENSIONS = (
    Row("no-extensions", H3, "no extension block (RFC 5246 7.4.1.4)", no_extensions),
    Row("no-extensions-tls1.0", H1X, "no extension block", no_extensions),
    Row("empty-extensions", H3, "an extension block of no octets", extensions()),
    Row("empty-extensions-tls1.0", H1, "an extension block of no octets", extensions()),
    Row(
        "unknown-extension",
        H3,
        "an extension that is in no registry must be ignored (RFC 5246 7.4.1.4)",
        with_extension(_UNASSIGNED, b"hello", 0),
    ),
    Row(
        "unknown-extension-empty-last",
        H3,
        "the last extension is unknown and has no data (WebSphere 7 refused it)",
        with_extension(_UNASSIGNED, b""),
    ),
    Row(
        "empty-last-extension",
        H3,
        "the last extension, extended_master_secret, has no data",
        extension_last(_EMS),
    ),
    Row(
        "heartbeat-extension",
        H3,
        "heartbeat made some servers ignore the whole hello (RFC 6520)",
        with_extension(15, b"\1"),
    ),
    Row(
        "raw-public-key-extension",
        H3,
        "server_certificate_type with a raw key first (RFC 7250 4.1)",
        with_extension(20, b"\2\2\0"),
    ),
    Row(
        "many-extensions",
        H3,
        "sixty-four unknown extensions more",
        chain(*(with_extension(0x4E00 + n, b"") for n in range(64))),
    ),
    Row(
        "extension-16k",
        H3,
        "an extension that makes the hello longer than a record",
        with_extension(_UNASSIGNED, bytes(16384)),
    ),
    Row(
        "no-groups",
        H3,
        "no supported_groups: any curve may be chosen (RFC 8422 4)",
        without_extension(_GROUPS),
    ),
    Row(
        "unknown-groups",
        H3,
        "groups of which no server knows one: ECDHE is out",
        set_extension(_GROUPS, vector16(u16(_UNASSIGNED))),
    ),
    Row(
        "no-signature-algorithms",
        H3,
        "SHA-1 is implied (RFC 5246 7.4.1.4.1) and forbidden (RFC 9155 4)",
        without_extension(_SCHEMES),
    ),
    Row(
        "sha1-signatures-only",
        H3,
        "rsa_pkcs1_sha1 and ecdsa_sha1 are all that is offered",
        set_extension(_SCHEMES, vector16(u16(0x0201, 0x0203))),
    ),
    Row(
        "no-ems",
        H3,
        "no extended_master_secret (RFC 7627 5.3)",
        without_extension(_EMS),
    ),
    Row(
        "unknown-server-name",
        H3,
        "a server_name that no certificate here has (RFC 6066 3)",
        set_extension(0, server_name("not-here.example")),
    ),
    Row("no-server-name", H3, "no server_name", without_extension(0)),
    Row(
        "session-id-unknown",
        H3,
        "a session that the server does not know: a full handshake",
        lambda h: refit(h, session_id=bytes(range(32))),
    ),
    Row(
        "ticket-unknown",
        H3,
        "a ticket that the server cannot read: a full handshake (RFC 5077 3.1)",
        with_extension(_TICKET, bytes(192)),
    ),
    Row(
        "compression-deflate",
        H3,
        "DEFLATE before null: a server takes null (RFC 3749, RFC 9325 3.3)",
        lambda h: refit(h, compression_methods=b"\1\0"),
    ),
)

_LENGTHS = tuple(
    Row(
        f"length-{n}",
        SMALL,
        f"a handshake message of {n} octets: {why} (RFC 7685)",
        padded(n),
    )
    for n, why in (
        (255, "the last before the range that hangs"),
        (256, "the first in the range that hangs"),
        (400, "in the range that hangs"),
        (511, "the last in the range that hangs"),
        (512, "what clients pad to"),
        (513, "one more than clients pad to"),
        (517, "what clients pad to, taken for the record's length"),
        (1455, "with its record header exactly a segment"),
        (1456, "one octet more than a segment"),
        (4096, "three segments"),
        (16384, "exactly a record"),
    )
)

ROWS = (*_RECORD_VERSIONS, *_VERSIONS, *_EXTENSIONS, *_LENGTHS)
