/* scripts_tolerances.c - the ways of the playing server to be wrong about a
 * wrong client (serve.h): it is in these that a client's error is not found.
 */

#include <string.h>

#include "scripts.h"
#include "scripts_change.h"

/* clang-format off */
const struct script script_tolerances[] = {
	{ .name = "takes-finished", .flags = SERVE_TAKES_FINISHED,
	  .what = "any Finished (RFC 5246 7.4.9)" },
	{ .name = "takes-clear", .flags = SERVE_TAKES_CLEAR,
	  .what = "a Finished that is not protected (RFC 5246 7.4.9)" },
	{ .name = "takes-unopened", .flags = SERVE_TAKES_UNOPENED,
	  .what = "records with a wrong MAC or padding (RFC 5246 6.2.3)" },
	{ .name = "takes-order", .flags = SERVE_TAKES_ORDER,
	  .what = "messages left out, too many or not asked for (RFC 5246 7.3)" },
	{ .name = "takes-no-ccs", .flags = SERVE_TAKES_NO_CCS,
	  .what = "Finished without ChangeCipherSpec (RFC 5246 7.1)" },
	{ .name = "takes-premaster", .flags = SERVE_TAKES_PREMASTER,
	  .what = "any version and padding of a premaster secret (RFC 5246 7.4.7.1)" },
	{ .name = "takes-share", .flags = SERVE_TAKES_SHARE,
	  .what = "a Diffie-Hellman value that is none (RFC 8422 5.11)" },
	{ .name = "takes-retry", .flags = SERVE_TAKES_RETRY,
	  .what = "another hello than the HelloRetryRequest asked for (RFC 8446 4.1.2)" },
	{ .name = "forgets-ems", .errors = HANDSHAKE_ERROR_NO_EMS,
	  .what = "a master secret without the session hash (RFC 7627 4)" },
	{ .name = "hashes-length", .errors = HANDSHAKE_ERROR_TRANSCRIPT_LENGTH,
	  .what = "a transcript with the SSLv2 form's length (RFC 5246 E.2)" },
	{ .name = "challenge-left", .errors = HANDSHAKE_ERROR_CHALLENGE_LEFT,
	  .what = "a short challenge justified left (RFC 5246 E.2)" },
	{ .name = "takes-anonymous", .change = suite_anonymous,
	  .what = "an anonymous suite, if one is offered (RFC 5246 A.5)" },
	{ .name = NULL },
};
/* clang-format on */
