/* test_player.c - every script of the server side against the handshake engine:
 * what it refuses and how, and that it goes on where it is told to take it. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../servers/scripts.h"
#include "play.h"
#include "reactions.h"
#include "registry.h"
#include "scripted_server.h"
#include "wire.h"

enum { NEW, OLD }; /* a hello of TLS 1.3 and 1.2, or of 1.2 */
/* No errors: the hello is without. */
enum { NO_EMS = 1 << 30, NO_SHARE = 1 << 29 };

static EVP_PKEY *share_key;
static uint8_t secret[64];
static size_t secret_size;

/* 1: the message came back unchanged. */
static int
echo(struct handshake *h)
{
	static uint8_t out[SCRIPTED_MESSAGE], in[SCRIPTED_MESSAGE];
	size_t n = 0;
	ssize_t k = 1;

	memset(out, 'm', sizeof out);
	if (handshake_write(h, out, sizeof out) != (ssize_t)sizeof out)
		return 0;
	for (; n < sizeof in && k > 0; n += (size_t)k)
		k = handshake_read(h, in + n, sizeof in - n);
	return n == sizeof in && memcmp(in, out, n) == 0 &&
	       handshake_shutdown(h) == 0;
}

static size_t
author(int old, int session, unsigned without, uint8_t *out, size_t len)
{
	static const uint16_t suites[] = {
	    0x1301, 0x1303, 0xc02f, 0xc030, 0xc013, 0x00ff};
	struct authored a = {.form = HELLO_TLS,
	    .version = TLS_1_2,
	    .suites = old ? suites + 2 : suites,
	    .n_suites = old ? 4 : 6,
	    .schemes = 1,
	    .groups = 1,
	    .ems = !(without & NO_EMS),
	    .session = session,
	    .tls13 = !old,
	    .share_group = 0x001d,
	    .share = old || (without & NO_SHARE) ? NULL : share_key};

	return hello_author(&a, out, len);
}

/* The engine meets a script: TAKEN, ENDS or the alert it sends. */
static int
meet(const char *name, int old, int session, unsigned errors)
{
	struct handshake_key half = {
	    group_named("x25519"), {secret, secret_size}};
	struct handshake_params p = {
	    .errors = errors & ~(unsigned)(NO_EMS | NO_SHARE),
	    .keys = &half,
	    .n_keys = 1};
	const struct script *script = script_find(name);
	static struct hello hello;
	uint8_t octets[HELLOS_OCTETS];
	struct handshake *h;
	struct wire w;
	int r, fd, status;
	pid_t pid;

	assert_non_null(script);
	pid = scripted_start(script, &fd);
	wire_init(&w, fd, 'C', NULL);
	wire_phase(&w, "handshake", 5000);
	p.wire = &w;
	p.octets = (struct bytes){
	    octets, author(old, session, errors, octets, sizeof octets)};
	assert_int_equal(hello_decode(&hello, p.octets), 0);
	p.hello = &hello;
	h = handshake_new(&p);
	assert_non_null(h);
	r = handshake_run(h) == 0 && echo(h) ? TAKEN : ENDS;
	handshake_info(h, &played);
	erred = handshake_erred(h);
	handshake_free(h);
	wire_linger(&w);
	close(fd);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("%s: the server's child ended with %#x", name,
		    (unsigned)status);
	return r == TAKEN              ? TAKEN
	       : played.alert_sent > 0 ? played.alert_sent
				       : ENDS;
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

static int
setup(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	if (handshake_init() == -1)
		return -1;
	scripted_setup();
	share_key = group_generate(group_named("x25519"));
	secret_size = secret_half(share_key, secret, sizeof secret);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	scripted_teardown();
	EVP_PKEY_free(share_key);
	return 0;
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
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
