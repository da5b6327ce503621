/* test_message.c - the message that clients/message.c makes is the one it
 * counted, for every size. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../clients/message.h"
#include "bytes.h"

enum { CHUNK = 1000, MOST = 70000 };

static char sent[2 * MOST];

/* Makes a whole message into sent: its length there. */
static size_t
make(struct message *m, size_t octets, int stuff)
{
	size_t n = 0, k;

	message_start(m, octets, stuff);
	while ((k = message_next(m, sent + n, CHUNK)) > 0) {
		assert_true(k <= CHUNK);
		n += k;
		assert_true(n + CHUNK <= sizeof sent);
	}
	return n;
}

/* Undoes dot-stuffing as a server does; asserts that every line ends. */
static uint64_t
digest_unstuffed(size_t n, size_t *octets)
{
	uint64_t digest = FNV_START;
	size_t i = 0;

	*octets = 0;
	while (i < n) {
		char *end = memchr(sent + i, '\n', n - i);
		size_t from = i + (sent[i] == '.'), len;

		assert_non_null(end);
		assert_int_equal(end[-1], '\r');
		i = (size_t)(end - sent) + 1;
		len = i - from;
		digest = fnv_add(
		    digest, (struct bytes){(const uint8_t *)sent + from, len});
		*octets += len;
	}
	return digest;
}

static void
every_size_is_as_declared(void **state)
{
	struct message m;
	size_t size, octets, n;

	(void)state;
	for (size = 0; size < 600; size++) {
		n = make(&m, size, 1);
		assert_true(digest_unstuffed(n, &octets) == m.digest);
		assert_int_equal(octets, m.made);
		assert_int_equal(octets, message_size(size));
	}
	n = make(&m, 65536, 1);
	assert_true(digest_unstuffed(n, &octets) == m.digest);
	assert_int_equal(octets, message_size(65536));
}

static void
leading_dots_are_doubled(void **state)
{
	struct message m;
	size_t stuffed = make(&m, 8192, 1), plain;

	(void)state;
	plain = make(&m, 8192, 0);
	/* every seventh of 106 lines */
	assert_int_equal(stuffed - plain, 15);
}

static void
no_line_is_a_lone_dot(void **state)
{
	struct message m;
	size_t size, n;

	(void)state;
	for (size = 0; size < 600; size++) {
		n = make(&m, size, 1);
		sent[n] = '\0';
		assert_null(strstr(sent, "\r\n.\r\n"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_size_is_as_declared),
	    cmocka_unit_test(leading_dots_are_doubled),
	    cmocka_unit_test(no_line_is_a_lone_dot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
