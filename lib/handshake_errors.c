/* handshake_errors.c - the ways to be wrong on purpose (handshake.h). */

#include "handshake.h"

const struct handshake_error_name handshake_errors[] = {
    {HANDSHAKE_ERROR_PREMASTER_VERSION, "premaster-version",
	"RSA premaster secret with another version than was offered "
	"(RFC 5246 7.4.7.1)"},
    {HANDSHAKE_ERROR_PREMASTER_PADDING, "premaster-padding",
	"RSA premaster secret in a PKCS #1 block of type 1 "
	"(RFC 5246 7.4.7.1)"},
    {HANDSHAKE_ERROR_TRANSCRIPT_LENGTH, "transcript-length",
	"transcript with the SSLv2 form's length included (RFC 5246 E.2)"},
    {HANDSHAKE_ERROR_CHALLENGE_LEFT, "challenge-left",
	"short SSLv2 challenge justified left, not right (RFC 5246 E.2)"},
    {HANDSHAKE_ERROR_FINISHED, "finished",
	"one bit of Finished wrong (RFC 5246 7.4.9)"},
    {HANDSHAKE_ERROR_FINISHED_LABEL, "finished-label",
	"Finished made as the server's (RFC 5246 7.4.9)"},
    {HANDSHAKE_ERROR_FINISHED_CLEAR, "finished-clear",
	"Finished in clear (RFC 5246 7.4.9, RFC 8446 4.4.4)"},
    {HANDSHAKE_ERROR_NO_FINISHED, "no-finished",
	"application data instead of Finished (RFC 5246 7.4.9)"},
    {HANDSHAKE_ERROR_NO_CCS, "no-change-cipher-spec",
	"Finished without ChangeCipherSpec before it (RFC 5246 7.1)"},
    {HANDSHAKE_ERROR_NO_KEY_EXCHANGE, "no-key-exchange",
	"no ClientKeyExchange (RFC 5246 7.4.7)"},
    {HANDSHAKE_ERROR_TWO_KEY_EXCHANGES, "two-key-exchanges",
	"ClientKeyExchange twice (RFC 5246 7.3)"},
    {HANDSHAKE_ERROR_MAC, "mac",
	"the first protected record with a wrong MAC (RFC 5246 6.2.3)"},
    {HANDSHAKE_ERROR_PADDING, "padding",
	"the first protected record with wrong CBC padding "
	"(RFC 5246 6.2.3.2)"},
    {HANDSHAKE_ERROR_SHARE, "share",
	"Diffie-Hellman public value that is none: zero, or an octet short "
	"(RFC 5246 7.4.7.2, RFC 8446 4.2.8)"},
    {HANDSHAKE_ERROR_NO_EMS, "no-extended-master-secret",
	"master secret without the session hash that was negotiated "
	"(RFC 7627 4)"},
    {HANDSHAKE_ERROR_CERTIFICATE, "certificate",
	"Certificate that was not asked for (RFC 5246 7.4.6)"},
    {HANDSHAKE_ERROR_RETRY_SUITE, "retry-suite",
	"second ClientHello without the cipher suite chosen (RFC 8446 4.1.2)"},
    {HANDSHAKE_ERROR_RETRY_SHARE, "retry-share",
	"second ClientHello without the share asked for (RFC 8446 4.1.2)"},
    {HANDSHAKE_ERROR_RECORD_VERSION, "record-version",
	"records behind the first ClientHello with version 3.4, which no "
	"record has (RFC 5246 6.2.1, RFC 8446 5.1)"},
    {HANDSHAKE_ERROR_CCS, "change-cipher-spec",
	"ChangeCipherSpec with another value than 1 (RFC 5246 7.1, "
	"RFC 8446 5)"},
    {0, NULL, NULL},
};
