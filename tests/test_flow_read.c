/* test_flow_read.c - .flow texts as data (lib/flow_read.c). */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "flow_read.h"
#include "octets.h"

static struct flow_text f;
static char *text;

/* In memory that ends with the text; it lasts until the next. */
static int
parse_octets(const char *s, size_t n)
{
	free(text);
	text = malloc(n > 0 ? n : 1);
	assert_non_null(text);
	memcpy(text, s, n);
	return flow_parse(&f, text, n);
}

static int
parse(const char *s)
{
	return parse_octets(s, strlen(s));
}

static void
assert_value(struct bytes b, const char *expected, size_t n)
{
	assert_int_equal(b.n, n);
	assert_memory_equal(b.p, expected, n);
}

static void
test_whole(void **state)
{
	(void)state;
	assert_int_equal(parse("# a vector\n"
			       "implementation: OpenSSL 3.0.22: s_client\n"
			       "key.x25519: 00 11\n"
			       "\n"
			       "S> smtp\n"
			       "  \"220 mx.example ESMTP\\r\\n\"\n"
			       "C> smtp\n"
			       "  \"STARTTLS\\r\\n\"\n"
			       "  \"\\\"\\\\\\x00\\xfF\"\n"
			       "C> tls\n"
			       "  1603 01 00 # the record, 1 of 1\n"
			       "  0A0b0c\n"
			       "# between\n"
			       "S> inside\n"
			       "  # only a note\n"
			       "  ... 1234\n"
			       "= tls.version 1.2\n"
			       "= end closed \\x41\n"
			       "C> tls\n"
			       "  15\n"),
	    0);
	assert_int_equal(f.n_metas, 2);
	assert_value(
	    *flow_find(&f, "implementation"), "OpenSSL 3.0.22: s_client", 24);
	assert_null(flow_find(&f, "none"));
	assert_int_equal(f.n_turns, 5);
	assert_int_equal(f.turns[0].sender, 'S');
	assert_int_equal(f.turns[0].layer, FLOW_SMTP);
	assert_value(f.turns[0].octets, "220 mx.example ESMTP\r\n", 22);
	assert_value(f.turns[1].octets, "STARTTLS\r\n\"\\\0\xff", 14);
	assert_value(f.turns[2].octets, "\x16\x03\x01\x00\x0a\x0b\x0c", 7);
	assert_int_equal(f.turns[2].line, 10);
	assert_int_equal(f.turns[3].layer, FLOW_INSIDE);
	assert_int_equal(f.turns[3].octets.n, 0);
	assert_int_equal(f.turns[3].more, 1234);
	assert_value(f.turns[4].octets, "\x15", 1);
	assert_int_equal(f.n_facts, 2);
	assert_string_equal(f.facts[0].name, "tls.version");
	assert_value(f.facts[0].value, "1.2", 3);
	assert_value(f.facts[1].value, "closed A", 8);
}

static void
test_errors(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
	} rows[] = {{"name:value\n", 1}, {"no colon\n", 1}, {": no name\n", 1},
	    {"a: 1\na: 2\n", 2}, {"a: 1", 1}, {"a:\n", 1},
	    {"C> tls\n  16\na: 1\n", 3}, {"= a b\na: 1\n", 2},
	    {"C> lts\n  16\n", 1}, {"C>tls\n  16\n", 1}, {"C> tls \n", 1},
	    {"  16\n", 1}, {"= a b\n  16\n", 2}, {"C> tls\n", 1},
	    {"C> tls\nS> tls\n  16\n", 2}, {"C> tls\n  1\n", 2},
	    {"C> tls\n  1g\n", 2}, {"C> tls\n  1 6\n", 2}, {"C> tls\n 16\n", 2},
	    {"C> tls\n  \n", 2}, {"C> tls\n  \"abc\n", 2},
	    {"C> tls\n  \"abc\" d\n", 2}, {"C> tls\n  \"\\q\"\n", 2},
	    {"C> tls\n  \"\\x4\"\n", 2}, {"C> tls\n  ...\n", 2},
	    {"C> tls\n  ... 1x\n", 2}, {"C> tls\n  ... 1234567890123456\n", 2},
	    {"=\n", 1}, {"= a\n", 1}, {"=a b\n", 1}, {"= a b\\\n", 1}};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (parse(rows[i].text) == 0)
			fail_msg("taken: %s", rows[i].text);
		assert_non_null(f.error);
		if (f.line != rows[i].line)
			fail_msg("line %u of: %s", f.line, rows[i].text);
	}
}

static void
repeat(const char *line, size_t n, int result)
{
	size_t k = strlen(line), i;
	char *s = malloc(n * (k + 8) + 8), *p = s;

	assert_non_null(s);
	for (i = 0; i < n; i++)
		p += sprintf(p, line, (int)i);
	assert_int_equal(parse_octets(s, (size_t)(p - s)), result);
	free(s);
}

static void
test_bounds(void **state)
{
	(void)state;
	repeat("n%d: v\n", FLOW_METAS, 0);
	repeat("n%d: v\n", FLOW_METAS + 1, -1);
	repeat("= n%d v\n", FLOW_FACTS, 0);
	repeat("= n%d v\n", FLOW_FACTS + 1, -1);
	repeat("C> tls\n  16\n", FLOW_TURNS, 0);
	assert_int_equal(f.n_turns, FLOW_TURNS);
	repeat("C> tls\n  16\n", FLOW_TURNS + 1, -1);
	repeat("\n", FLOW_TEXT, 0);
	repeat("\n", FLOW_TEXT + 1, -1);
}

/* What lib/flow.c writes is read back. */
static void
test_written(void **state)
{
	static char buffer[8192];
	uint8_t octets[256];
	struct flow w;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof octets; i++)
		octets[i] = (uint8_t)i;
	flow_init(&w, buffer, sizeof buffer);
	flow_meta(&w, "connection", "1");
	flow_write(&w, 'S', FLOW_SMTP, (struct bytes){octets, 256});
	flow_read(&w, 'C', FLOW_TLS, (struct bytes){octets, 256});
	flow_list(&w, 10);
	flow_write(&w, 'C', FLOW_TLS, (struct bytes){octets, 256});
	flow_fact(&w, "tls.error", "%s", "\"no\" \\ \r\n\x7f");
	assert_int_equal(w.lost, 0);
	assert_int_equal(parse_octets(buffer, w.n), 0);
	assert_value(f.turns[0].octets, (char *)octets, 256);
	assert_value(f.turns[1].octets, (char *)octets, 256);
	assert_value(f.turns[2].octets, (char *)octets, 10);
	assert_int_equal(f.turns[2].more, 246);
	assert_value(f.facts[0].value, "\"no\" \\ \r\n\x7f", 10);
}

static int
teardown(void **state)
{
	(void)state;
	free(text);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_whole),
	    cmocka_unit_test(test_errors),
	    cmocka_unit_test(test_bounds),
	    cmocka_unit_test(test_written),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
