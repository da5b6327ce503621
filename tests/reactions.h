/* reactions.h - for a test: what the handshake engine makes of each script of
 * the server side. */
#ifndef REACTIONS_H
#define REACTIONS_H

#include "handshake.h"
#include "registry.h"

enum { TAKEN = 0, ENDS = -1 }; /* instead of an alert */

/* A script, how the engine answers it with either hello, and the error of a
 * client that takes it (or refuses it, if it is right), if there is one. */
struct row {
	const char *script;
	int new, old;
	unsigned error;
};

enum { NOT = -2 }; /* the script has no such side */

/* clang-format off */
static const struct row rows[] = {
	{ "right",                        TAKEN, TAKEN, 0 },
	{ "answer-1.2",                   TAKEN, TAKEN, 0 },
	{ "octet-records",                TAKEN, TAKEN, HANDSHAKE_REFUSES_LAWFUL },
	{ "short-records",                TAKEN, TAKEN, HANDSHAKE_REFUSES_LAWFUL },
	{ "octet-segments",               TAKEN, TAKEN, 0 },
	{ "no-ccs",                       TAKEN, NOT, 0 },
	{ "ccs-first",                    unexpected_message, unexpected_message, HANDSHAKE_TAKES_ORDER },
	{ "retry",                        TAKEN, NOT, HANDSHAKE_REFUSES_LAWFUL },
	{ "retry-cookie",                 TAKEN, NOT, HANDSHAKE_REFUSES_LAWFUL },
	{ "legacy-version-3.4",           TAKEN, NOT, HANDSHAKE_REFUSES_LAWFUL },
	{ "version-above",                protocol_version, protocol_version, HANDSHAKE_TAKES_VERSION },
	{ "version-3.4",                  protocol_version, NOT, HANDSHAKE_TAKES_VERSION },
	{ "version-below",                NOT, NOT, 0 },
	{ "extensions-absent",            TAKEN, TAKEN, 0 },
	{ "version-1.0",                  NOT, NOT, 0 },
	{ "version-ssl3",                 protocol_version, protocol_version, 0 },
	{ "sslv2",                        unexpected_message, unexpected_message, 0 },
	{ "supported-versions-1.2",       illegal_parameter, NOT, 0 },
	{ "supported-versions-unoffered", illegal_parameter, NOT, HANDSHAKE_TAKES_VERSION },
	{ "downgrade-1.2",                illegal_parameter, TAKEN, 0 },
	{ "downgrade-1.1",                NOT, illegal_parameter, HANDSHAKE_TAKES_VERSION },
	{ "suite-unoffered",              illegal_parameter, illegal_parameter, HANDSHAKE_TAKES_CHOICE },
	{ "suite-grease",                 illegal_parameter, illegal_parameter, 0 },
	{ "suite-of-other-version",       illegal_parameter, illegal_parameter, 0 },
	{ "compression",                  illegal_parameter, illegal_parameter, HANDSHAKE_TAKES_CHOICE },
	{ "session-id-wrong",             illegal_parameter, NOT, HANDSHAKE_TAKES_CHOICE },
	{ "session-id-long",              decode_error, decode_error, HANDSHAKE_TAKES_SYNTAX | HANDSHAKE_TAKES_CHOICE },
	{ "unasked-extension",            unsupported_extension, unsupported_extension, HANDSHAKE_TAKES_EXTENSION },
	{ "unasked-alpn",                 NOT, unsupported_extension, HANDSHAKE_TAKES_EXTENSION },
	{ "unasked-inside",               unsupported_extension, NOT, HANDSHAKE_TAKES_EXTENSION },
	{ "unasked-ems",                  NOT, TAKEN, 0 },
	{ "duplicate-extension",          illegal_parameter, illegal_parameter, HANDSHAKE_TAKES_EXTENSION },
	{ "renegotiation-info-absent",    NOT, TAKEN, 0 },
	{ "renegotiation-info-absent-1.1", NOT, TAKEN, 0 },
	{ "renegotiation-info-absent-1.0", NOT, TAKEN, 0 },
	{ "renegotiation-info-full",      NOT, handshake_failure, HANDSHAKE_TAKES_EXTENSION },
	{ "hello-long",                   decode_error, decode_error, HANDSHAKE_TAKES_SYNTAX },
	{ "hello-cut",                    decode_error, decode_error, 0 },
	{ "retry-twice",                  unexpected_message, NOT, 0 },
	{ "retry-shared",                 illegal_parameter, NOT, HANDSHAKE_TAKES_RETRY },
	{ "retry-unlisted",               illegal_parameter, NOT, 0 },
	{ "retry-nothing",                illegal_parameter, NOT, HANDSHAKE_TAKES_RETRY },
	{ "retry-other-suite",            illegal_parameter, NOT, HANDSHAKE_TAKES_CHOICE },
	{ "retry-then-1.2",               illegal_parameter, NOT, 0 },
	{ "share-missing",                missing_extension, NOT, 0 },
	{ "share-other-group",            illegal_parameter, NOT, 0 },
	{ "share-zeros",                  illegal_parameter, NOT, 0 },
	{ "alert-unrecognized-name",      TAKEN, TAKEN, 0 },
	{ "alert-handshake-failure",      ENDS, ENDS, HANDSHAKE_TAKES_ORDER },
	{ "alert-close-notify",           ENDS, ENDS, HANDSHAKE_TAKES_ORDER },
	{ "warnings",                     unexpected_message, unexpected_message, 0 },
	{ "smtp-reply",                   unexpected_message, unexpected_message, 0 },
	{ "application-data-first",       unexpected_message, unexpected_message, HANDSHAKE_TAKES_ORDER },
	{ "hello-done-first",             unexpected_message, unexpected_message, HANDSHAKE_TAKES_ORDER },
	{ "interleaved",                  unexpected_message, unexpected_message, 0 },
	{ "message-huge",                 decode_error, decode_error, 0 },
	{ "record-empty",                 unexpected_message, unexpected_message, 0 },
	{ "records-empty",                unexpected_message, unexpected_message, 0 },
	{ "record-long",                  record_overflow, record_overflow, 0 },
	{ "record-version-0.0",           protocol_version, protocol_version, HANDSHAKE_TAKES_VERSION },
	{ "record-version-4.0",           protocol_version, protocol_version, HANDSHAKE_TAKES_VERSION },
	{ "content-type-unknown",         unexpected_message, unexpected_message, HANDSHAKE_TAKES_ORDER },
	{ "ccs-early",                    NOT, unexpected_message, HANDSHAKE_TAKES_ORDER },
	{ "signature-wrong",              decrypt_error, decrypt_error, HANDSHAKE_TAKES_PROOF },
	{ "signature-sha1",               NOT, TAKEN, 0 },
	{ "finished-wrong",               decrypt_error, decrypt_error, HANDSHAKE_TAKES_PROOF },
};
/* clang-format on */

#endif
