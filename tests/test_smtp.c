/* test_smtp.c - lines, replies and the switch (lib/smtp.c), over lib/wire.c on
 * a socket pair. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "smtp.h"

/* A backend that carries octets as they are, so that the switch shows. */
static struct wire *below;

static ssize_t
clear_read(struct tls *t, void *buf, size_t len)
{
	(void)t;
	return wire_read(below, buf, len);
}

static ssize_t
clear_write(struct tls *t, const void *buf, size_t len)
{
	(void)t;
	return wire_write(below, buf, len);
}

const struct tls_backend tls_backend = {
    .name = "clear", .read = clear_read, .write = clear_write};

static int fds[2];
static struct wire wire;
static struct smtp smtp;
static struct flow flow;
static char text[65536];

static int
fresh(void **state)
{
	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	flow_init(&flow, text, sizeof text);
	wire_init(&wire, fds[0], 'C', &flow);
	wire_phase(&wire, "test", 2000);
	smtp_init(&smtp, &wire);
	below = &wire;
	return 0;
}

static int
gone(void **state)
{
	(void)state;
	close(fds[0]);
	close(fds[1]);
	return 0;
}

static void
receive(const char *s)
{
	assert_int_equal(write(fds[1], s, strlen(s)), strlen(s));
}

static void
assert_line(const char *want)
{
	struct bytes line;

	assert_int_equal(smtp_line(&smtp, SMTP_LINE, &line), SMTP_OK);
	assert_int_equal(line.n, strlen(want));
	assert_memory_equal(line.p, want, line.n);
}

static void
only_crlf_ends_a_line(void **state)
{
	(void)state;
	receive("a\nb\rc\r\r\nd\r\n");
	assert_line("a\nb\rc\r");
	assert_line("d");
}

static void
a_line_may_come_octet_by_octet(void **state)
{
	(void)state;
	receive("2");
	receive("20");
	receive(" x\r");
	receive("\n");
	assert_line("220 x");
}

static void
a_long_line_is_taken_and_told(void **state)
{
	char line[1200];
	struct bytes got;

	(void)state;
	memset(line, 'x', sizeof line);
	memcpy(line + sizeof line - 3, "\r\n", 3);
	receive(line);
	receive("next\r\n");
	assert_int_equal(smtp_line(&smtp, SMTP_LINE, &got), SMTP_LONG);
	assert_line("next");
}

static void
the_limit_counts_crlf(void **state)
{
	char line[SMTP_LINE + 2];
	struct bytes got;

	(void)state;
	memset(line, 'x', sizeof line);
	memcpy(line + SMTP_LINE - 2, "\r\n", 3);
	receive(line);
	assert_int_equal(smtp_line(&smtp, SMTP_LINE, &got), SMTP_OK);
	assert_int_equal(got.n, SMTP_LINE - 2);
	memset(line, 'x', sizeof line);
	memcpy(line + SMTP_LINE - 1, "\r\n", 3);
	receive(line);
	assert_int_equal(smtp_line(&smtp, SMTP_LINE, &got), SMTP_LONG);
}

static void
an_end_inside_a_line_is_an_end(void **state)
{
	struct bytes got;

	(void)state;
	receive("220 half");
	shutdown(fds[1], SHUT_WR);
	assert_int_equal(smtp_line(&smtp, SMTP_LINE, &got), SMTP_END);
	assert_int_equal(wire.end, WIRE_EOF);
}

static void
silence_ends_with_the_deadline(void **state)
{
	struct bytes got;

	(void)state;
	wire_phase(&wire, "greeting", 20);
	assert_int_equal(smtp_line(&smtp, SMTP_LINE, &got), SMTP_END);
	assert_int_equal(wire.end, WIRE_TIMEOUT);
}

static void
an_ehlo_reply_gives_its_keywords(void **state)
{
	struct reply r;

	(void)state;
	receive("250-mx.example hello\r\n250-SIZE 1000\r\n250-starttls\r\n"
		"250 AUTH PLAIN LOGIN\r\n");
	assert_int_equal(smtp_reply(&smtp, &r), SMTP_OK);
	assert_int_equal(r.code, 250);
	assert_string_equal(r.keywords, "SIZE=1000 starttls AUTH=PLAIN=LOGIN");
	assert_true(smtp_offers(r.keywords, "STARTTLS"));
	assert_true(smtp_offers(r.keywords, "SIZE"));
	assert_false(smtp_offers(r.keywords, "START"));
	assert_false(smtp_offers(r.keywords, "PLAIN"));
}

static void
keywords_cannot_smuggle_characters(void **state)
{
	struct reply r;

	(void)state;
	receive("250-mx\r\n250 X\x1b[2J\x80Y\r\n");
	assert_int_equal(smtp_reply(&smtp, &r), SMTP_OK);
	assert_string_equal(r.keywords, "X?[2J?Y");
}

static void
what_is_no_reply_is_bad(void **state)
{
	static const char *const bad[] = {"hello\r\n", "25 x\r\n", "2500 x\r\n",
	    "199 x\r\n", "600 x\r\n", "25O x\r\n", "\r\n", "250_x\r\n",
	    "250-a\r\n251 b\r\n"};
	struct reply r;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		receive(bad[i]);
		assert_int_equal(smtp_reply(&smtp, &r), SMTP_BAD);
	}
}

static void
a_reply_without_text_is_a_reply(void **state)
{
	struct reply r;

	(void)state;
	receive("220\r\n");
	assert_int_equal(smtp_reply(&smtp, &r), SMTP_OK);
	assert_int_equal(r.code, 220);
}

static void
a_reply_without_end_is_bad(void **state)
{
	struct reply r;
	int i;

	(void)state;
	for (i = 0; i < SMTP_REPLY + 1; i++)
		receive("250-more\r\n");
	assert_int_equal(smtp_reply(&smtp, &r), SMTP_BAD);
}

static void
the_switch_drops_what_is_pending(void **state)
{
	struct reply r;

	(void)state;
	receive("220 go\r\n250 injected\r\n");
	assert_int_equal(smtp_reply(&smtp, &r), SMTP_OK);
	assert_int_equal(smtp_pending(&smtp).n, strlen("250 injected\r\n"));
	smtp_switch(&smtp, (struct tls *)&below); /* never looked into */
	assert_int_equal(smtp_pending(&smtp).n, 0);
	receive("250 real\r\n");
	assert_line("250 real");
	assert_non_null(strstr(text, "S> inside\n  \"250 real\\r\\n\"\n"));
}

static void
octet_by_octet_nothing_is_pending(void **state)
{
	char got[8];

	(void)state;
	smtp.by_octet = 1;
	receive("220 go\r\nTLS");
	assert_line("220 go");
	assert_int_equal(smtp_pending(&smtp).n, 0);
	assert_int_equal(wire_read(&wire, got, sizeof got), 3);
	assert_memory_equal(got, "TLS", 3);
}

static void
something_pending_is_awaited(void **state)
{
	(void)state;
	receive("a\r\n");
	assert_line("a");
	receive("b");
	assert_int_equal(smtp_await(&smtp), 0);
	assert_int_equal(smtp_pending(&smtp).n, 1);
	assert_int_equal(smtp_await(&smtp), 0); /* that one will do */
	assert_int_equal(smtp_pending(&smtp).n, 1);
}

static int
note_order(void *arg)
{
	char got[2];

	*(int *)arg += 1;
	return wire_read(&wire, got, 1) == 1 && got[0] == 'a' ? 0 : -1;
}

static void
what_is_first_is_called_once_before_a_read(void **state)
{
	int called = 0;
	char got[8];

	(void)state;
	receive("abc");
	wire.first = note_order;
	wire.first_arg = &called;
	assert_int_equal(wire_read(&wire, got, sizeof got), 2);
	assert_int_equal(got[0], 'b');
	assert_int_equal(called, 1);
	wire.first = note_order; /* which is not content */
	receive("x");
	assert_int_equal(wire_read(&wire, got, sizeof got), -1);
	assert_int_equal(called, 2);
}

static void
written_ahead_is_counted_and_told(void **state)
{
	static const struct bytes command = {(const uint8_t *)"A\r\n", 3};
	char got[8];

	(void)state;
	assert_int_equal(wire_write_ahead(&wire, command), 0);
	wire.layer = FLOW_TLS;
	assert_int_equal(wire_write(&wire, "\x16", 1), 1);
	assert_int_equal(recv(fds[1], got, 4, MSG_WAITALL), 4);
	assert_memory_equal(got, "A\r\n\x16", 4);
	assert_int_equal(wire.sent, 4);
	assert_non_null(strstr(text, "C> smtp\n  \"A\\r\\n\"\nC> tls\n  16\n"));
	wire.end = WIRE_EOF;
	assert_int_equal(wire_write_ahead(&wire, command), -1);
}

static void
unread_octets_come_first(void **state)
{
	static const uint8_t kept[] = "ab";
	char got[8];

	(void)state;
	wire_unread(&wire, (struct bytes){kept, 2});
	receive("cd");
	assert_int_equal(wire_read(&wire, got, 1), 1);
	assert_int_equal(got[0], 'a');
	assert_int_equal(wire_read(&wire, got, sizeof got), 1);
	assert_int_equal(got[0], 'b');
	assert_int_equal(wire_read(&wire, got, sizeof got), 2);
	assert_int_equal(got[0], 'c');
}

static void
both_digests_of_one_stream_are_equal(void **state)
{
	struct wire other;
	char got[64];

	(void)state;
	wire_init(&other, fds[1], 'S', NULL);
	wire_phase(&other, "test", 2000);
	assert_int_equal(smtp_printf(&smtp, "EHLO %s\r\n", "x"), 0);
	assert_int_equal(smtp_write(&smtp, "QUIT\r\n", 6), 0);
	while (other.received < wire.sent)
		assert_true(wire_read(&other, got, 5) > 0);
	assert_true(other.received_digest == wire.sent_digest);
	assert_true(wire.sent_digest != FNV_START);
}

#define T(f) cmocka_unit_test_setup_teardown(f, fresh, gone)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(only_crlf_ends_a_line),
	    T(a_line_may_come_octet_by_octet),
	    T(a_long_line_is_taken_and_told),
	    T(the_limit_counts_crlf),
	    T(an_end_inside_a_line_is_an_end),
	    T(silence_ends_with_the_deadline),
	    T(an_ehlo_reply_gives_its_keywords),
	    T(keywords_cannot_smuggle_characters),
	    T(what_is_no_reply_is_bad),
	    T(a_reply_without_text_is_a_reply),
	    T(a_reply_without_end_is_bad),
	    T(the_switch_drops_what_is_pending),
	    T(octet_by_octet_nothing_is_pending),
	    T(something_pending_is_awaited),
	    T(what_is_first_is_called_once_before_a_read),
	    T(written_ahead_is_counted_and_told),
	    T(unread_octets_come_first),
	    T(both_digests_of_one_stream_are_equal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
