/* test_flow.c - what lib/flow.c writes, and that it never writes past its
 * buffer. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "flow.h"

#define OCTETS(s) ((struct bytes){(const uint8_t *)(s), sizeof(s) - 1})

static char text[4096];
static struct flow f;

static int
fresh(void **state)
{
	(void)state;
	memset(text, '~', sizeof text);
	flow_init(&f, text, sizeof text);
	return 0;
}

static void
assert_text(const char *want)
{
	assert_int_equal(f.n, strlen(want));
	assert_memory_equal(text, want, strlen(want));
}

static void
writes_are_turns_and_reads_are_joined(void **state)
{
	(void)state;
	flow_write(&f, 'C', FLOW_SMTP, OCTETS("A\r\n"));
	flow_write(&f, 'C', FLOW_SMTP, OCTETS("B\r\n"));
	flow_read(&f, 'S', FLOW_TLS, OCTETS("\x16\x03"));
	flow_read(&f, 'S', FLOW_TLS, OCTETS("\x01"));
	assert_text("C> smtp\n  \"A\\r\\n\"\nC> smtp\n  \"B\\r\\n\"\n"
		    "S> tls\n  1603\n  01\n");
}

static void
strings_escape_everything_that_is_not_printable(void **state)
{
	(void)state;
	flow_write(&f, 'C', FLOW_SMTP, OCTETS("\"\\\x00\x1b\x80\n"));
	assert_text("C> smtp\n  \"\\\"\\\\\\x00\\x1b\\x80\\n\"\n");
}

static void
facts_escape_control_characters(void **state)
{
	(void)state;
	flow_fact(&f, "tls.error", "%s", "say \"no\"\n= mail delivered-tls");
	assert_text("= tls.error say \"no\"\\n= mail delivered-tls\n");
}

static void
a_fact_between_reads_begins_a_new_turn(void **state)
{
	(void)state;
	flow_read(&f, 'S', FLOW_TLS, OCTETS("\x01"));
	flow_fact(&f, "x", "1");
	flow_read(&f, 'S', FLOW_TLS, OCTETS("\x02"));
	assert_text("S> tls\n  01\n= x 1\nS> tls\n  02\n");
}

static void
long_turns_are_cut_where_asked_for(void **state)
{
	static const uint8_t octets[100] = {0};

	(void)state;
	flow_list(&f, 2);
	flow_write(&f, 'C', FLOW_TLS, (struct bytes){octets, 100});
	flow_write(&f, 'C', FLOW_SMTP, OCTETS("abc"));
	assert_text("C> tls\n  0000\n  ... 98\nC> smtp\n  \"abc\"\n");
}

static void
a_flood_leaves_room_for_facts_and_is_counted(void **state)
{
	static const uint8_t octets[8192] = {0};

	(void)state;
	flow_write(&f, 'S', FLOW_TLS, (struct bytes){octets, sizeof octets});
	assert_true(f.lost > 0);
	assert_true(f.n <= sizeof text - sizeof text / 4);
	flow_fact(&f, "end", "flood(ehlo)");
	assert_memory_equal(text + f.n - 18, "= end flood(ehlo)\n", 18);
	assert_int_equal(text[f.n - 19], '\n');
}

static void
nothing_is_written_past_the_buffer(void **state)
{
	char small[64 + 8];
	size_t len, i;

	(void)state;
	for (len = 0; len < 64; len++) {
		memset(small, '~', sizeof small);
		flow_init(&f, small, len);
		flow_meta(&f, "connection", "1");
		for (i = 0; i < 8; i++) {
			flow_read(&f, 'C', FLOW_TLS, OCTETS("\x01\x02"));
			flow_fact(&f, "x", "%s", "yz");
		}
		assert_true(f.n <= len);
		for (i = len; i < sizeof small; i++)
			assert_int_equal(small[i], '~');
		/* whole lines only */
		if (f.n > 0)
			assert_int_equal(small[f.n - 1], '\n');
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(
		writes_are_turns_and_reads_are_joined, fresh),
	    cmocka_unit_test_setup(
		strings_escape_everything_that_is_not_printable, fresh),
	    cmocka_unit_test_setup(facts_escape_control_characters, fresh),
	    cmocka_unit_test_setup(
		a_fact_between_reads_begins_a_new_turn, fresh),
	    cmocka_unit_test_setup(long_turns_are_cut_where_asked_for, fresh),
	    cmocka_unit_test_setup(
		a_flood_leaves_room_for_facts_and_is_counted, fresh),
	    cmocka_unit_test_setup(nothing_is_written_past_the_buffer, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
