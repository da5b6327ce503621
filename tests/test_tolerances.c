/* test_tolerances.c - the server side against a client that errs: what it
 * refuses and how, and that each tolerance takes the error it is for. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../servers/scripts.h"
#include "registry.h"
#include "scripted_server.h"

enum kind { ECDHE, CBC, NEW, RETRY, BY_RSA, SSLV2, KINDS };

/* In TLS 1.3 the client is done first, and an alert comes then. */
static int
one_octet(struct handshake *h)
{
	uint8_t c;

	return handshake_read(h, &c, 1) > 0;
}

/* 1: both went through the handshake.  done: the server did. */
static int
meet(const char *script, enum kind kind, unsigned errors, int *done)
{
	static const uint16_t new[] = {0x1301, 0x1303}, ecdhe[] = {0xc02f},
			      cbc[] = {0xc013}, rsa[] = {0x009c, 0x002f};
	struct authored a[KINDS] = {
	    [ECDHE] = {.suites = ecdhe, .n_suites = 1},
	    [CBC] = {.suites = cbc, .n_suites = 1},
	    [NEW] = {.suites = new, .n_suites = 2, .tls13 = 1},
	    [RETRY] = {.suites = new, .n_suites = 2, .tls13 = 1},
	    [BY_RSA] = {.suites = rsa, .n_suites = 2},
	    [SSLV2] = {.suites = rsa, .n_suites = 2, .challenge = 16},
	};
	struct authored *h = &a[kind];
	int r, waits;

	h->form = kind == SSLV2 ? HELLO_SSLV2 : HELLO_TLS;
	h->version = TLS_1_2;
	h->schemes = h->groups = h->ems = kind != SSLV2;
	if (kind == NEW) {
		h->share_group = 0x001d;
		h->share = scripted_share;
	}
	assert_non_null(script_find(script));
	waits = errors != 0 && (kind == NEW || kind == RETRY) &&
		script_find(script)->flags == 0;
	r = scripted_meet(script, h, errors, 500, waits ? one_octet : NULL);
	*done = scripted->done;
	return r && *done;
}

/* What the server is to make of an error, and the tolerance that takes it; 0:
 * any alert, as it hangs on what a wrong key makes of a record. */
static const struct {
	unsigned error;
	enum kind kind;
	int alert;
	const char *tolerance;
} rows[] = {
    {HANDSHAKE_ERROR_FINISHED, ECDHE, decrypt_error, "takes-finished"},
    {HANDSHAKE_ERROR_FINISHED, NEW, decrypt_error, "takes-finished"},
    {HANDSHAKE_ERROR_FINISHED_LABEL, CBC, decrypt_error, "takes-finished"},
    {HANDSHAKE_ERROR_FINISHED_LABEL, NEW, decrypt_error, "takes-finished"},
    {HANDSHAKE_ERROR_FINISHED_CLEAR, ECDHE, 0, "takes-clear"},
    {HANDSHAKE_ERROR_FINISHED_CLEAR, NEW, unexpected_message, "takes-clear"},
    {HANDSHAKE_ERROR_NO_FINISHED, ECDHE, unexpected_message, "takes-order"},
    {HANDSHAKE_ERROR_NO_FINISHED, NEW, unexpected_message, "takes-order"},
    {HANDSHAKE_ERROR_NO_CCS, ECDHE, 0, "takes-no-ccs"},
    {HANDSHAKE_ERROR_NO_KEY_EXCHANGE, ECDHE, unexpected_message, "takes-order"},
    {HANDSHAKE_ERROR_TWO_KEY_EXCHANGES, ECDHE, unexpected_message,
	"takes-order"},
    {HANDSHAKE_ERROR_CERTIFICATE, ECDHE, unexpected_message, "takes-order"},
    {HANDSHAKE_ERROR_MAC, ECDHE, bad_record_mac, "takes-unopened"},
    {HANDSHAKE_ERROR_MAC, CBC, bad_record_mac, "takes-unopened"},
    {HANDSHAKE_ERROR_MAC, NEW, bad_record_mac, "takes-unopened"},
    {HANDSHAKE_ERROR_PADDING, CBC, bad_record_mac, "takes-unopened"},
    {HANDSHAKE_ERROR_SHARE, ECDHE, illegal_parameter, "takes-share"},
    {HANDSHAKE_ERROR_SHARE, RETRY, illegal_parameter, "takes-share"},
    {HANDSHAKE_ERROR_NO_EMS, ECDHE, 0, "forgets-ems"},
    {HANDSHAKE_ERROR_RETRY_SUITE, RETRY, illegal_parameter, "takes-retry"},
    {HANDSHAKE_ERROR_RETRY_SHARE, RETRY, illegal_parameter, "takes-retry"},
    {HANDSHAKE_ERROR_PREMASTER_VERSION, BY_RSA, 0, "takes-premaster"},
    {HANDSHAKE_ERROR_PREMASTER_PADDING, BY_RSA, 0, "takes-premaster"},
    {HANDSHAKE_ERROR_TRANSCRIPT_LENGTH, SSLV2, decrypt_error, "hashes-length"},
    {HANDSHAKE_ERROR_CHALLENGE_LEFT, SSLV2, 0, "challenge-left"},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static void
test_without_an_error(void **state)
{
	int kind, done;

	(void)state;
	for (kind = 0; kind < KINDS; kind++)
		if (!meet("right", (enum kind)kind, 0, &done))
			fail_msg("kind %d: %s; %s", kind, played.error,
			    scripted->info.error);
}

static void
test_errors_are_refused(void **state)
{
	int i, done, came;

	(void)state;
	for (i = 0; i < ROWS; i++) {
		assert_false(meet("right", rows[i].kind, rows[i].error, &done));
		assert_int_equal(erred, rows[i].error);
		came = played.alert_received;
		if (done || came <= 0 ||
		    (rows[i].alert != 0 && came != rows[i].alert))
			fail_msg("error %#x, kind %d: %d, not %d (%s)",
			    rows[i].error, rows[i].kind, came, rows[i].alert,
			    scripted->info.error);
	}
}

static void
test_errors_are_taken(void **state)
{
	int i, done;

	(void)state;
	for (i = 0; i < ROWS; i++) {
		meet(rows[i].tolerance, rows[i].kind, rows[i].error, &done);
		if (!done)
			fail_msg("error %#x, kind %d, %s: %s", rows[i].error,
			    rows[i].kind, rows[i].tolerance,
			    scripted->info.error);
	}
}

/* Every error that a server can find, and every tolerance, has a row. */
static void
test_table(void **state)
{
	const struct handshake_error_name *e;
	const struct script *s;
	/* The player looks at neither; the checks of octets do. */
	unsigned all = HANDSHAKE_ERROR_RECORD_VERSION | HANDSHAKE_ERROR_CCS;
	int i, found;

	(void)state;
	for (i = 0; i < ROWS; i++)
		all |= rows[i].error;
	for (e = handshake_errors; e->name != NULL; e++)
		assert_true(all & e->error);
	for (s = script_tolerances; s->name != NULL; s++) {
		assert_ptr_equal(script_find(s->name), s);
		found = strcmp(s->name, "takes-anonymous") == 0;
		for (i = 0; i < ROWS; i++)
			found |= strcmp(s->name, rows[i].tolerance) == 0;
		assert_true(found);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_table),
	    cmocka_unit_test(test_without_an_error),
	    cmocka_unit_test(test_errors_are_refused),
	    cmocka_unit_test(test_errors_are_taken),
	};

	return cmocka_run_group_tests(tests, scripted_setup, scripted_teardown);
}
