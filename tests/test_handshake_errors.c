/* test_handshake_errors.c - every deliberate error of the handshake engine is
 * really made, and refused by libssl with an alert. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "play.h"
#include "registry.h"

/* Each error at a server and with a hello that give the occasion. */
struct wrong {
	enum handshake_error error;
	const char *suites; /* NULL: TLS 1.3 */
	enum hello_form form;
	size_t challenge;
	const char *group; /* TLS 1.3: the server's */
};

static void
assert_refused(const struct wrong *w)
{
	const struct group *x25519 = group_named("x25519");
	EVP_PKEY *key = group_generate(x25519);
	uint8_t secret[64];
	struct handshake_key half = {
	    x25519, {secret, secret_half(key, secret, sizeof secret)}};
	struct handshake_params p = {.keys = &half, .n_keys = 1};
	struct authored a = hello13(x25519, key);
	struct server s = {.suites = w->suites, .groups = w->group};

	s.version = w->suites == NULL ? TLS_1_3 : TLS_1_2;
	if (w->suites != NULL)
		a = (struct authored){.form = w->form,
		    .version = TLS_1_2,
		    .suites = play_suites,
		    .n_suites = PLAY_SUITES,
		    .challenge = w->challenge,
		    .ems = 1,
		    .groups = 1,
		    .schemes = 1};
	/* Without the error it is a lawful handshake. */
	if (!play_authored(&s, &a, p))
		fail_msg("error %#x: no occasion: %s", w->error, played.error);
	p.errors = w->error;
	if (play_authored(&s, &a, p))
		fail_msg("error %#x is not refused", w->error);
	assert_int_equal(erred, w->error);
	print_message("%#x %s: alert %d, %s\n", w->error,
	    w->suites != NULL ? w->suites : "TLS 1.3", played.alert_received,
	    played.error);
	assert_true(played.alert_received > 0);
	EVP_PKEY_free(key);
}

#define RSA   "AES128-SHA:@SECLEVEL=0"
#define GCM   "AES128-GCM-SHA256:@SECLEVEL=0"
#define DHE   "DHE-RSA-AES128-SHA:@SECLEVEL=0"
#define ECDHE "ECDHE-RSA-AES128-SHA:@SECLEVEL=0"

static void
test_errors(void **state)
{
	static const struct wrong rows[] = {
	    {HANDSHAKE_ERROR_PREMASTER_VERSION, RSA, HELLO_TLS, 0, NULL},
	    {HANDSHAKE_ERROR_PREMASTER_VERSION, RSA, HELLO_SSLV2, 0, NULL},
	    {HANDSHAKE_ERROR_PREMASTER_PADDING, RSA, HELLO_TLS, 0, NULL},
	    {HANDSHAKE_ERROR_TRANSCRIPT_LENGTH, RSA, HELLO_SSLV2, 0, NULL},
	    {HANDSHAKE_ERROR_CHALLENGE_LEFT, RSA, HELLO_SSLV2, 16, NULL},
	    {HANDSHAKE_ERROR_FINISHED, GCM, HELLO_TLS, 0, NULL},
	    {HANDSHAKE_ERROR_FINISHED, NULL, HELLO_TLS, 0, NULL},
	    {HANDSHAKE_ERROR_FINISHED_LABEL, GCM, HELLO_TLS, 0, NULL},
	    {HANDSHAKE_ERROR_FINISHED_LABEL, NULL, HELLO_TLS, 0, NULL},
	    {HANDSHAKE_ERROR_FINISHED_CLEAR, RSA, HELLO_TLS, 0, NULL},
	    {HANDSHAKE_ERROR_FINISHED_CLEAR, NULL, HELLO_TLS, 0, NULL},
	    {HANDSHAKE_ERROR_NO_FINISHED, RSA, HELLO_TLS, 0, NULL},
	    {HANDSHAKE_ERROR_NO_FINISHED, NULL, HELLO_TLS, 0, NULL},
	    {HANDSHAKE_ERROR_NO_CCS, RSA, HELLO_TLS, 0, NULL},
	    {HANDSHAKE_ERROR_NO_KEY_EXCHANGE, ECDHE, HELLO_TLS, 0, NULL},
	    {HANDSHAKE_ERROR_TWO_KEY_EXCHANGES, ECDHE, HELLO_TLS, 0, NULL},
	    {HANDSHAKE_ERROR_MAC, RSA, HELLO_TLS, 0, NULL},
	    {HANDSHAKE_ERROR_MAC, GCM, HELLO_TLS, 0, NULL},
	    {HANDSHAKE_ERROR_MAC, NULL, HELLO_TLS, 0, NULL},
	    {HANDSHAKE_ERROR_PADDING, RSA, HELLO_TLS, 0, NULL},
	    {HANDSHAKE_ERROR_SHARE, DHE, HELLO_TLS, 0, NULL},
	    {HANDSHAKE_ERROR_SHARE, ECDHE, HELLO_TLS, 0, NULL},
	    {HANDSHAKE_ERROR_SHARE, NULL, HELLO_TLS, 0, "P-384"},
	    {HANDSHAKE_ERROR_NO_EMS, RSA, HELLO_TLS, 0, NULL},
	    {HANDSHAKE_ERROR_CERTIFICATE, ECDHE, HELLO_TLS, 0, NULL},
	    {HANDSHAKE_ERROR_CERTIFICATE, NULL, HELLO_TLS, 0, NULL},
	    {HANDSHAKE_ERROR_RETRY_SUITE, NULL, HELLO_TLS, 0, "P-384"},
	    {HANDSHAKE_ERROR_RETRY_SHARE, NULL, HELLO_TLS, 0, "P-384"},
	    {HANDSHAKE_ERROR_RECORD_VERSION, RSA, HELLO_TLS, 0, NULL},
	    {HANDSHAKE_ERROR_CCS, RSA, HELLO_TLS, 0, NULL},
	    {HANDSHAKE_ERROR_CCS, NULL, HELLO_TLS, 0, NULL},
	};
	const struct handshake_error_name *e;
	unsigned all = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_refused(&rows[i]);
		all |= rows[i].error;
	}
	for (e = handshake_errors; e->name != NULL; e++)
		assert_true(all & e->error);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, server_setup, server_teardown);
}
