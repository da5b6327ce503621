/* hello_view.c - what a ClientHello offers, the same for both forms, and its
 * TLS-form twin (hello.h). */

#include <string.h>

#include "hello.h"
#include "octets.h"
#include "registry.h"

int
extension_next(struct bytes *rest, struct extension *e)
{
	size_t type;

	if (rest->n == 0)
		return 0;
	if (take_int(rest, 2, &type) == -1 ||
	    take_vector(rest, 2, &e->data) == -1)
		return -1;
	e->type = (uint16_t)type;
	return 1;
}

int
hello_extension(const struct hello *h, uint16_t type, struct bytes *data)
{
	struct bytes rest = h->extensions;
	struct extension e;

	while (extension_next(&rest, &e) == 1)
		if (e.type == type) {
			*data = e.data;
			return 1;
		}
	return 0;
}

int
hello_lists(const struct hello *h, uint16_t type, size_t width, uint16_t v)
{
	struct bytes data, list;
	size_t i;

	if (!hello_extension(h, type, &data) ||
	    take_vector(&data, width, &list) == -1)
		return 0;
	for (i = 0; i + 1 < list.n; i += 2)
		if (octets2(list.p + i) == v)
			return 1;
	return 0;
}

int
hello_next_suite(const struct hello *h, struct bytes *rest, uint16_t *suite)
{
	struct bytes spec;

	if (h->form == HELLO_TLS) {
		if (take(rest, 2, &spec) == -1)
			return 0;
		*suite = octets2(spec.p);
		return 1;
	}
	while (take(rest, 3, &spec) == 0)
		/* RFC 5246 E.2: TLS suites have a first octet of 0. */
		if (spec.p[0] == 0) {
			*suite = octets2(spec.p + 1);
			return 1;
		}
	return 0;
}

int
hello_offers(const struct hello *h, uint16_t suite)
{
	struct bytes rest = h->cipher_suites;
	uint16_t s;

	while (hello_next_suite(h, &rest, &s))
		if (s == suite)
			return 1;
	return 0;
}

int
hello_next_share(const struct hello *h, struct bytes *rest, uint16_t *group,
    struct bytes *value)
{
	struct bytes data;
	size_t code;

	if (rest->p == NULL && (!hello_extension(h, key_share, &data) ||
				   take_vector(&data, 2, rest) == -1))
		return 0;
	if (take_int(rest, 2, &code) == -1)
		return 0;
	*group = (uint16_t)code;
	if (take_vector(rest, 2, value) == -1) {
		*value = *rest;
		rest->n = 0;
	}
	return 1;
}

int
hello_share(const struct hello *h, uint16_t group, struct bytes *value)
{
	struct bytes rest = {NULL, 0};
	uint16_t code;

	while (hello_next_share(h, &rest, &code, value))
		if (code == group)
			return 1;
	return 0;
}

void
hello_random(const struct hello *h, uint8_t out[32])
{
	size_t n = h->random.n;

	memset(out, 0, 32);
	/* RFC 2246 E.1: of a longer challenge only the last 32 are used. */
	if (n > 32)
		memcpy(out, h->random.p + n - 32, 32);
	else if (n > 0)
		memcpy(out + 32 - n, h->random.p, n);
}

int
hello_twin(struct hello *out, const struct hello *v2)
{
	uint8_t octets[5 + 4 + 2 + 32 + 1 + 2 + 65535 + 2];
	struct out o = {octets, 0, sizeof octets};
	struct bytes rest = v2->cipher_suites;
	size_t record, message, suites;
	uint8_t random[32];
	uint16_t suite;

	hello_random(v2, random);
	put_int(&o, 1, handshake);
	put_int(&o, 2, TLS_1_0);
	record = put_open(&o, 2);
	put_int(&o, 1, client_hello);
	message = put_open(&o, 3);
	put_int(&o, 2, v2->version);
	put(&o, random, sizeof random);
	put_int(&o, 1, 0);
	suites = put_open(&o, 2);
	while (hello_next_suite(v2, &rest, &suite))
		put_int(&o, 2, suite);
	put_close(&o, 2, suites);
	put_int(&o, 2, 0x0100); /* compression_methods: null */
	put_close(&o, 3, message);
	put_close(&o, 2, record);
	return hello_decode(out, (struct bytes){octets, o.n}) == 0 ? 0 : -1;
}
