/* test_hello.c - properties of the ClientHello codec (lib/hello*.c): exact to
 * the octet both ways, no proper prefix taken, nothing crashes it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hello.h"
#include "hellos.h"
#include "octets.h"
#include "registry.h"

static struct hello h, twin;
static uint8_t buffer[HELLO_OCTETS + 1];

/* Authored from RFC 5246 E.2: TLS 1.0, NULL-SHA, the SCSV, two SSLv2 kinds. */
static const uint8_t sslv2[] = {0x80, 0x35, 0x01, 0x03, 0x01, 0x00, 0x0c, 0x00,
    0x00, 0x00, 0x20, 0x00, 0x00, 0x02, 0x00, 0x00, 0xff, 0x01, 0x00, 0x80,
    0x07, 0x00, 0xc0, 0x39, 0xc4, 0xce, 0x11, 0x0c, 0xa3, 0x0c, 0x85, 0x0e,
    0xb1, 0x10, 0xd3, 0xee, 0x73, 0xbc, 0x51, 0x05, 0x99, 0x8c, 0xaa, 0xe4,
    0x2c, 0x9d, 0x95, 0x2f, 0x78, 0x62, 0x36, 0x26, 0xf1, 0x2e, 0x61};

/* Decodes from memory that ends where the octets end. */
static int
decode(struct hello *to, const uint8_t *p, size_t n)
{
	uint8_t *tight = malloc(n > 0 ? n : 1);
	int r;

	assert_non_null(tight);
	if (n > 0)
		memcpy(tight, p, n);
	r = hello_decode(to, (struct bytes){tight, n});
	free(tight);
	return r;
}

static void
assert_exact(const uint8_t *p, size_t n)
{
	assert_int_equal(decode(&h, p, n), 0);
	assert_int_equal(hello_encode(&h, buffer, sizeof buffer), n);
	assert_memory_equal(buffer, p, n);
	/* Too small a buffer is not overrun, and the size still told. */
	assert_int_equal(hello_encode(&h, buffer, n / 2), n);
}

static void
assert_no_prefix(const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		assert_int_not_equal(decode(&h, p, i), 0);
}

static void
test_recorded(void **state)
{
	size_t i, n = hellos_load();
	const char *why;

	(void)state;
	for (i = 0; i < n; i++) {
		assert_exact(hellos[i].octets, hellos[i].n);
		assert_int_equal(h.form, HELLO_TLS);
		assert_int_equal(hello_legal(&h, &why), 0);
		assert_no_prefix(hellos[i].octets, hellos[i].n);
	}
}

static void
test_sslv2(void **state)
{
	uint8_t random[32];
	const char *why;

	(void)state;
	assert_exact(sslv2, sizeof sslv2);
	assert_int_equal(h.form, HELLO_SSLV2);
	assert_int_equal(h.version, TLS_1_0);
	assert_int_equal(h.header, 2);
	assert_int_equal(h.message.n, sizeof sslv2 - 2);
	assert_int_equal(h.message.p[0], client_hello);
	assert_int_equal(hello_legal(&h, &why), 0);
	assert_true(hello_offers(&h, 0x0002));
	assert_true(hello_offers(&h, TLS_EMPTY_RENEGOTIATION_INFO_SCSV));
	assert_false(hello_offers(&h, 0x0080)); /* 01 00 80 is no TLS suite */
	assert_false(hello_offers(&h, 0x00c0));
	hello_random(&h, random);
	assert_memory_equal(random, sslv2 + sizeof sslv2 - 32, 32);
	assert_no_prefix(sslv2, sizeof sslv2);
}

/* RFC 5246 E.2: right-justified, with leading zeros. */
static void
test_challenge(void **state)
{
	struct authored a = {.form = HELLO_SSLV2,
	    .version = TLS_1_2,
	    .suites = (const uint16_t[]){0x002f},
	    .n_suites = 1};
	static const uint8_t zeros[16];
	uint8_t octets[200], random[32];
	const char *why;
	size_t n, c;

	(void)state;
	for (c = 1; c <= 40; c++) {
		a.challenge = c;
		n = hello_author(&a, octets, sizeof octets);
		assert_exact(octets, n);
		hello_random(&h, random);
		if (c >= 32)
			assert_memory_equal(random, octets + n - 32, 32);
		else
			assert_memory_equal(random + 32 - c, octets + n - c, c);
		if (c <= 16)
			assert_memory_equal(random, zeros, 32 - 16);
		assert_int_equal(hello_legal(&h, &why),
		    c >= 16 && c <= 32 ? 0 : illegal_parameter);
	}
}

/* SSL 2.0 1.1: a header of three octets, padding behind the challenge. */
static void
test_header_of_three(void **state)
{
	uint8_t octets[3 + 53 + 3] = {0x00, 53 + 3, 3};
	const char *why;

	(void)state;
	memcpy(octets + 3, sslv2 + 2, 53);
	assert_exact(octets, sizeof octets);
	assert_int_equal(h.header, 3);
	assert_int_equal(h.padding.n, 3);
	assert_int_equal(h.escape, 0);
	assert_int_equal(hello_legal(&h, &why), unexpected_message);
	assert_no_prefix(octets, sizeof octets);
	octets[0] = 0x40;
	assert_exact(octets, sizeof octets);
	assert_int_equal(h.escape, 1);
}

static void
test_twin(void **state)
{
	const char *why;
	struct bytes data;

	(void)state;
	assert_int_equal(decode(&h, sslv2, sizeof sslv2), 0);
	assert_int_equal(hello_twin(&twin, &h), 0);
	assert_int_equal(twin.form, HELLO_TLS);
	assert_int_equal(twin.version, h.version);
	assert_int_equal(twin.cipher_suites.n, 4);
	assert_int_equal(twin.has_extensions, 0);
	assert_int_equal(twin.session_id.n, 0);
	assert_memory_equal(twin.random.p, h.random.p, 32);
	assert_int_equal(hello_legal(&twin, &why), 0);
	assert_false(hello_extension(&twin, renegotiation_info, &data));
}

/* Fragments down to one octet, empty ones among them, and what follows. */
static void
test_framing(void **state)
{
	const struct recorded *r = hello_named("openssl-default");
	uint8_t octets[7 * HELLOS_OCTETS];
	size_t limit, n;

	(void)state;
	for (limit = 1; limit < r->n; limit = limit * 3 + 1) {
		assert_int_equal(decode(&h, r->octets, r->n), 0);
		hello_frame(&h, TLS_1_2, limit);
		n = hello_encode(&h, octets, sizeof octets);
		assert_int_equal(n, r->n - 5 + 5 * h.records);
		assert_exact(octets, n);
		assert_int_equal(h.record[0].version, TLS_1_2);
		assert_no_prefix(octets, n);
	}
	/* An empty record ahead, surplus in the last, an alert behind. */
	assert_int_equal(decode(&h, r->octets, r->n), 0);
	memmove(&h.record[1], &h.record[0], sizeof h.record[0]);
	h.record[0].length = 0;
	h.records = 2;
	h.surplus = (struct bytes){sslv2, 7};
	h.record[1].length = (uint16_t)(h.record[1].length + 7);
	h.after = (struct bytes){sslv2, 9};
	n = hello_encode(&h, octets, sizeof octets);
	assert_int_equal(n, r->n + 5 + 7 + 9);
	assert_exact(octets, n);
	assert_int_equal(h.records, 2);
	assert_int_equal(h.surplus.n, 7);
	assert_int_equal(h.after.n, 9);
	/* Records that do not hold the message. */
	h.record[1].length--;
	assert_int_equal(hello_encode(&h, octets, sizeof octets), 0);
}

/* What decodes after any change is given back exactly, whatever it is. */
static void
test_mutations(void **state)
{
	uint8_t octets[HELLOS_OCTETS];
	const char *why;
	size_t i, k, n, m, all = hellos_load();
	unsigned seed = 20010401;

	(void)state;
	for (i = 0; i < 60000; i++) {
		const struct recorded *r = &hellos[i % all];

		n = i % 5 == 0 ? sizeof sslv2 : r->n;
		memcpy(octets, i % 5 == 0 ? sslv2 : r->octets, n);
		for (k = 1 + i % 3; k > 0; k--) {
			seed = seed * 1103515245 + 12345;
			/* Lengths are near the start. */
			m = k == 1 ? 64 : n;
			octets[(seed >> 8) % (m < n ? m : n)] =
			    (uint8_t)(seed >> 24);
		}
		if (decode(&h, octets, n) != 0)
			continue;
		hello_legal(&h, &why);
		assert_int_equal(hello_encode(&h, buffer, sizeof buffer), n);
		assert_memory_equal(buffer, octets, n);
	}
}

static void
test_limits(void **state)
{
	const struct recorded *r = hello_named("openssl-default");
	uint8_t *big = calloc(1, HELLO_OCTETS + 6);
	size_t i;

	(void)state;
	assert_non_null(big);
	/* Nothing but empty records, as many as there can be. */
	for (i = 0; i + 5 <= HELLO_OCTETS; i += 5)
		memcpy(big + i, (const uint8_t[]){22, 3, 1, 0, 0}, 5);
	assert_int_equal(decode(&h, big, i), decode_error);
	assert_int_equal(decode(&h, big, HELLO_OCTETS + 1), decode_error);
	/* A message of 2^24 - 1 octets. */
	memcpy(big, (const uint8_t[]){22, 3, 1, 0, 4, 1, 255, 255, 255}, 9);
	assert_int_equal(decode(&h, big, 9), decode_error);
	/* Empty records ahead of a hello. */
	for (i = 0; i < 1000; i++)
		memcpy(big + 5 * i, (const uint8_t[]){22, 3, 1, 0, 0}, 5);
	memcpy(big + 5000, r->octets, r->n);
	assert_exact(big, 5000 + r->n);
	free(big);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_recorded),
	    cmocka_unit_test(test_sslv2),
	    cmocka_unit_test(test_challenge),
	    cmocka_unit_test(test_header_of_three),
	    cmocka_unit_test(test_twin),
	    cmocka_unit_test(test_framing),
	    cmocka_unit_test(test_mutations),
	    cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
