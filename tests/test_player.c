/* test_player.c - every script of the server side against the handshake engine:
 * what it refuses and how, and that it goes on where it is told to take it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../servers/scripts.h"
#include "reactions.h"
#include "registry.h"
#include "scripted_server.h"

enum { NEW, OLD }; /* a hello of TLS 1.3 and 1.2, or of 1.2 */
/* No errors: the hello is without. */
enum { NO_EMS = 1 << 30, NO_SHARE = 1 << 29 };

static int
echoes(struct handshake *h)
{
	return play_echo(h, SCRIPTED_MESSAGE) && handshake_shutdown(h) == 0;
}

/* The engine meets a script: TAKEN, ENDS or the alert it sends. */
static int
meet(const char *script, int old, int session, unsigned errors)
{
	static const uint16_t suites[] = {
	    0x1301, 0x1303, 0xc02f, 0xc030, 0xc013, 0x00ff};
	struct authored a = {.form = HELLO_TLS,
	    .version = TLS_1_2,
	    .suites = old ? suites + 2 : suites,
	    .n_suites = old ? 4 : 6,
	    .schemes = 1,
	    .groups = 1,
	    .ems = !(errors & NO_EMS),
	    .etm = 1,
	    .session = session,
	    .tls13 = !old,
	    .share_group = 0x001d,
	    .share = old || (errors & NO_SHARE) ? NULL : scripted_share};

	errors &= ~(unsigned)(NO_EMS | NO_SHARE);
	if (scripted_meet(script, &a, errors, 5000, echoes))
		return TAKEN;
	return played.alert_sent > 0 ? played.alert_sent : ENDS;
}

enum { ROWS = sizeof rows / sizeof rows[0] };

static void
assert_met(const char *script, int old, int due)
{
	int session, came;

	for (session = 0; session < 2; session++) {
		came = meet(script, old, session, 0);
		if (came != due)
			fail_msg("%s, %s%s: %d, not %d (%s; %s)", script,
			    old ? "TLS 1.2" : "TLS 1.3",
			    session ? " with a session_id" : "", came, due,
			    played.error, scripted->info.error);
		if (due > 0 && scripted->went_on)
			fail_msg("%s: it went on", script);
		if (due == TAKEN) {
			assert_true(scripted->done);
			assert_int_equal(
			    scripted->info.version, played.version);
		}
	}
}

static void
test_scripts(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ROWS; i++) {
		if (rows[i].new != NOT)
			assert_met(rows[i].script, NEW, rows[i].new);
		if (rows[i].old != NOT)
			assert_met(rows[i].script, OLD, rows[i].old);
	}
}

/* What is taken on purpose is taken to the end: nothing else is wrong. */
static void
test_errors(void **state)
{
	const struct handshake_error_name *e;
	unsigned all =
	    HANDSHAKE_WRONG_ALERT | HANDSHAKE_NO_ALERT | HANDSHAKE_ALERT_LEVEL;
	size_t i;
	int old, came, due;

	(void)state;
	for (i = 0; i < ROWS; i++) {
		all |= rows[i].error;
		for (old = NEW; old <= OLD && rows[i].error != 0; old++) {
			due = old ? rows[i].old : rows[i].new;
			if (due == NOT)
				continue;
			came = meet(rows[i].script, old, 1, rows[i].error);
			if ((came == TAKEN) == (due == TAKEN))
				fail_msg("%s, error %#x: %d (%s; %s)",
				    rows[i].script, rows[i].error, came,
				    played.error, scripted->info.error);
		}
	}
	for (e = handshake_tolerances; e->name != NULL; e++)
		assert_true(all & e->error);
}

static void
test_alerts(void **state)
{
	(void)state;
	assert_int_equal(meet("suite-unoffered", NEW, 1, HANDSHAKE_WRONG_ALERT),
	    internal_error);
	assert_int_equal(
	    meet("suite-unoffered", NEW, 1, HANDSHAKE_NO_ALERT), ENDS);
	assert_int_equal(erred, HANDSHAKE_NO_ALERT);
	assert_false(scripted->went_on);
	assert_int_equal(
	    meet("unasked-ems", OLD, 0, NO_EMS), unsupported_extension);
	assert_int_not_equal(meet("retry-twice", NEW, 1, HANDSHAKE_TAKES_RETRY),
	    unexpected_message);
	assert_true(scripted->went_on);
}

/* A retry that asks for no group leaves the player without a share. */
static void
test_no_share(void **state)
{
	(void)state;
	assert_int_equal(meet("retry-cookie", NEW, 1, NO_SHARE), ENDS);
	assert_non_null(strstr(scripted->info.error, "share"));
	assert_int_equal(meet("retry", NEW, 1, NO_SHARE), TAKEN);
}

/* What a client does about it no clause says, and others go on. */
static void
test_meaningless(void **state)
{
	(void)state;
	assert_met("etm-with-aead", OLD, TAKEN);
}

static void
test_table(void **state)
{
	const struct script *s;
	size_t i;

	(void)state;
	for (s = scripts, i = 0; s->name != NULL; s++) {
		assert_true(s->what[0] != '\0');
		assert_ptr_equal(script_find(s->name), s);
		if (s->instead != NULL)
			continue; /* it answers what this client never says */
		assert_true(i < ROWS);
		assert_string_equal(s->name, rows[i++].script);
	}
	assert_int_equal(i, ROWS);
	assert_null(script_find("no such script"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_table),
	    cmocka_unit_test(test_scripts),
	    cmocka_unit_test(test_errors),
	    cmocka_unit_test(test_alerts),
	    cmocka_unit_test(test_no_share),
	    cmocka_unit_test(test_meaningless),
	};

	return cmocka_run_group_tests(tests, scripted_setup, scripted_teardown);
}
