/* test_hello_legal.c - extensions present, empty and absent, and what a
 * ClientHello may not say (hello_legal.c). */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "flow_read.h"
#include "hello.h"
#include "hellos.h"
#include "registry.h"

static struct hello h;

/* No block, an empty one, and one with an empty extension all differ. */
static void
test_extensions(void **state)
{
	struct authored a = {.form = HELLO_TLS,
	    .version = TLS_1_2,
	    .suites = (const uint16_t[]){0x002f},
	    .n_suites = 1};
	uint8_t octets[200];
	struct bytes data;
	size_t n, bare;

	(void)state;
	bare = hello_author(&a, octets, sizeof octets);
	assert_true(hello_exact(&h, octets, bare));
	assert_int_equal(h.has_extensions, 0);
	a.extensions = 1;
	n = hello_author(&a, octets, sizeof octets);
	assert_int_equal(n, bare + 2);
	assert_true(hello_exact(&h, octets, n));
	assert_int_equal(h.has_extensions, 1);
	assert_int_equal(h.extensions.n, 0);
	a.ems = 1;
	n = hello_author(&a, octets, sizeof octets);
	assert_true(hello_exact(&h, octets, n));
	assert_true(hello_extension(&h, extended_master_secret, &data));
	assert_int_equal(data.n, 0);
	octets[n - 1] = 1; /* longer than the block */
	assert_int_equal(
	    hello_decode(&h, (struct bytes){octets, n}), decode_error);
}

/* One change to a lawful hello, and what is wrong with it then. */
struct change {
	size_t at; /* in the record of a bare TLS 1.2 hello */
	uint8_t value;
	int decodes, alert_due;
};

static void
test_legality(void **state)
{
	static const struct change changes[] = {
	    {0, 0x17, unexpected_message, 0}, /* content type */
	    {1, 2, 0, protocol_version},      /* record version */
	    {5, 2, unexpected_message, 0},    /* handshake type */
	    {8, 40, decode_error, 0},         /* message length */
	    {9, 2, 0, protocol_version},      /* client_version */
	    {43, 1, decode_error, 0},         /* session_id length */
	    {45, 3, 0, decode_error},         /* cipher suites, odd */
	    {49, 1, 0, illegal_parameter},    /* no null compression */
	};
	struct authored a = {.form = HELLO_TLS,
	    .version = TLS_1_2,
	    .suites = (const uint16_t[]){0x002f},
	    .n_suites = 1};
	uint8_t octets[200];
	const char *why;
	size_t n, i;

	(void)state;
	for (i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		n = hello_author(&a, octets, sizeof octets);
		assert_int_equal(n, 50);
		octets[changes[i].at] = changes[i].value;
		assert_int_equal(hello_decode(&h, (struct bytes){octets, n}),
		    changes[i].decodes);
		if (changes[i].decodes == 0)
			assert_int_equal(
			    hello_legal(&h, &why), changes[i].alert_due);
	}
}

static void
test_illegal_extensions(void **state)
{
	static const uint8_t twice[] = {0, 23, 0, 0, 0, 23, 0, 0};
	static const uint8_t early[] = {0, 41, 0, 0, 0, 23, 0, 0};
	const struct recorded *r = hello_named("openssl-rsa-cbc");
	const char *why;

	(void)state;
	assert_int_equal(hello_decode(&h, (struct bytes){r->octets, r->n}), 0);
	h.extensions = (struct bytes){twice, sizeof twice};
	assert_int_equal(hello_legal(&h, &why), illegal_parameter);
	h.extensions = (struct bytes){early, sizeof early};
	assert_int_equal(hello_legal(&h, &why), illegal_parameter);
	h.extensions.n = 4; /* the last one now, but how is it to be used? */
	assert_int_equal(hello_legal(&h, &why), missing_extension);
	h.extensions = (struct bytes){twice, 4};
	assert_int_equal(hello_legal(&h, &why), 0);
	h.cipher_suites.n = 1;
	assert_int_equal(hello_legal(&h, &why), decode_error);
	h.cipher_suites.n = 0;
	assert_int_equal(hello_legal(&h, &why), decode_error);
}

/* What the octets that a vector's client sends first may not say, a line. */
static int
judge(const char *file)
{
	static struct flow_text vector;
	static char text[FLOW_TEXT];
	static uint8_t octets[HELLO_OCTETS];
	const char *why = "cannot be cut";
	FILE *f = fopen(file, "rb");
	size_t n = 0, i;
	int r;

	if (f == NULL)
		return -1;
	i = fread(text, 1, sizeof text, f);
	fclose(f);
	if (flow_parse(&vector, text, i) == -1)
		return -1;
	for (i = 0; i < vector.n_turns; i++) {
		struct bytes b = vector.turns[i].octets;

		if (vector.turns[i].sender != 'C' || b.n > sizeof octets - n)
			return -1;
		memcpy(octets + n, b.p, b.n);
		n += b.n;
	}
	if ((r = hello_decode(&h, (struct bytes){octets, n})) == 0)
		r = hello_legal(&h, &why);
	printf("%d %s\n", r, why);
	return 0;
}

/* With the files of vectors, for tests/test_legality.py: what is wrong with
 * each. */
int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_extensions),
	    cmocka_unit_test(test_legality),
	    cmocka_unit_test(test_illegal_extensions),
	};

	if (argc > 1) {
		while (*++argv != NULL)
			if (judge(*argv) == -1)
				return 1;
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
