/* fuzz_hello.c - any octets as a ClientHello: what decodes is given back to
 * the octet, and nothing that reads it crashes. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hellos.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
encode_again(const struct hello *h, const uint8_t *p, size_t n)
{
	static uint8_t out[HELLO_OCTETS];

	if (hello_encode(h, out, sizeof out) != n || memcmp(out, p, n) != 0)
		abort();
}

static void
look(const struct hello *h)
{
	struct bytes rest = h->extensions, data;
	struct extension e;
	uint8_t random[32];
	const char *why;
	uint16_t suite;

	hello_legal(h, &why);
	hello_random(h, random);
	while (extension_next(&rest, &e) == 1)
		if (!hello_extension(h, e.type, &data))
			abort();
	for (rest = h->cipher_suites; hello_next_suite(h, &rest, &suite);)
		if (!hello_offers(h, suite))
			abort();
	hello_lists(h, 43, 1, 0x0304);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct hello h, twin;

	if (hello_decode(&h, (struct bytes){p, n}) != 0)
		return 0;
	encode_again(&h, p, n);
	/* Long lists make the look quadratic, and show nothing new. */
	if (n < 4096)
		look(&h);
	if (h.form == HELLO_SSLV2)
		hello_twin(&twin, &h);
	return 0;
}
