/* handshake_tolerances.c - the ways to be wrong about a wrong server
 * (handshake.h). */

#include "handshake.h"

const struct handshake_error_name handshake_tolerances[] = {
    {HANDSHAKE_TAKES_VERSION, "takes-version",
	"any version, and marks of a downgrade (RFC 8446 4.1.3, 4.2.1)"},
    {HANDSHAKE_TAKES_CHOICE, "takes-choice",
	"a cipher suite, compression or session that was not offered "
	"(RFC 8446 4.1.3)"},
    {HANDSHAKE_TAKES_EXTENSION, "takes-extension",
	"any extension, and more than once (RFC 8446 4.2)"},
    {HANDSHAKE_TAKES_RETRY, "takes-retry",
	"any HelloRetryRequest, and more than one (RFC 8446 4.1.4)"},
    {HANDSHAKE_TAKES_PROOF, "takes-proof",
	"a wrong signature and a wrong Finished (RFC 8446 4.4)"},
    {HANDSHAKE_TAKES_SYNTAX, "takes-syntax",
	"a ServerHello of the wrong length (RFC 8446 6)"},
    {HANDSHAKE_TAKES_ORDER, "takes-order",
	"records and messages that are not due: it drops them "
	"(RFC 8446 4, 5)"},
    {HANDSHAKE_REFUSES_LAWFUL, "refuses-lawful",
	"refuses fragments, HelloRetryRequest and what TLS 1.3 says is to be "
	"ignored (RFC 8446 4.1.4, 5, 5.1)"},
    {HANDSHAKE_WRONG_ALERT, "wrong-alert",
	"refuses with another alert than is due (RFC 8446 6.2)"},
    {HANDSHAKE_NO_ALERT, "no-alert", "refuses without an alert (RFC 8446 6.2)"},
    {HANDSHAKE_ALERT_LEVEL, "alert-level",
	"every alert at the level of a warning (RFC 5246 7.2.2, RFC 8446 6.2)"},
    {0, NULL, NULL},
};
