/* hello_legal.c - what a client may not say in a ClientHello (hello.h). */

#include "hello.h"
#include "octets.h"
#include "registry.h"

/* One thing that may not be said; it is of one form or of both. */
struct rule {
	int forms;
	int description;
	int (*broken)(const struct hello *);
	const char *why;
};

static int
no_major_3(const struct hello *h)
{
	return h->version >> 8 != 3;
}

static int
no_suites(const struct hello *h)
{
	return h->cipher_suites.n == 0;
}

static int
suites_cut(const struct hello *h)
{
	return h->cipher_suites.n % (h->form == HELLO_TLS ? 2 : 3) != 0;
}

static int
id_too_long(const struct hello *h)
{
	return h->session_id.n > 32;
}

static int
no_null_compression(const struct hello *h)
{
	size_t i;

	for (i = 0; i < h->compression_methods.n; i++)
		if (h->compression_methods.p[i] == 0)
			return 0;
	return 1;
}

static int
compresses_1_3(const struct hello *h)
{
	return hello_lists(h, supported_versions, 1, TLS_1_3) &&
	       h->compression_methods.n != 1;
}

static int
extension_twice(const struct hello *h)
{
	uint8_t seen[1 << 13] = {0};
	struct bytes rest = h->extensions;
	struct extension e;

	while (extension_next(&rest, &e) == 1) {
		if (seen[e.type >> 3] & 1 << (e.type & 7))
			return 1;
		seen[e.type >> 3] |= (uint8_t)(1 << (e.type & 7));
	}
	return 0;
}

static int
psk_not_last(const struct hello *h)
{
	struct bytes rest = h->extensions;
	struct extension e;
	int psk = 0;

	while (extension_next(&rest, &e) == 1) {
		if (psk)
			return 1;
		psk = e.type == pre_shared_key;
	}
	return 0;
}

static int
record_not_3(const struct hello *h)
{
	size_t i;

	for (i = 0; i < h->records; i++)
		if (h->record[i].version >> 8 != 3)
			return 1;
	return 0;
}

static int
record_too_long(const struct hello *h)
{
	size_t i;

	for (i = 0; i < h->records; i++)
		if (h->record[i].length > 1 << 14)
			return 1;
	return 0;
}

static int
record_empty(const struct hello *h)
{
	size_t i;

	for (i = 0; i < h->records; i++)
		if (h->record[i].length == 0)
			return 1;
	return 0;
}

static int
has_surplus(const struct hello *h)
{
	return h->surplus.n != 0;
}

static int
header_of_three(const struct hello *h)
{
	return h->header != 2;
}

static int
id_not_0_or_16(const struct hello *h)
{
	return h->session_id.n != 0 && h->session_id.n != 16;
}

static int
challenge_length(const struct hello *h)
{
	return h->random.n < 16 || h->random.n > 32;
}

enum { BOTH = HELLO_TLS | HELLO_SSLV2 };

static const struct rule rules[] = {
    /* The frame. */
    {HELLO_TLS, protocol_version, record_not_3,
	"record version is not 3.x (RFC 5246 E.1)"},
    {HELLO_TLS, record_overflow, record_too_long,
	"record longer than 2^14 (RFC 5246 6.2.1)"},
    {HELLO_TLS, unexpected_message, record_empty,
	"empty handshake record (RFC 5246 6.2.1)"},
    {HELLO_TLS, unexpected_message, has_surplus,
	"octets behind the message in its record"},
    {HELLO_SSLV2, unexpected_message, header_of_three,
	"SSLv2 header of three octets (RFC 5246 E.2)"},
    /* The fields. */
    {BOTH, protocol_version, no_major_3, "client_version is not 3.x"},
    {BOTH, decode_error, no_suites, "no cipher suite (RFC 5246 7.4.1.2)"},
    {BOTH, decode_error, suites_cut, "the last cipher suite is cut"},
    {HELLO_TLS, decode_error, id_too_long,
	"session_id longer than 32 (RFC 5246 7.4.1.2)"},
    {HELLO_SSLV2, illegal_parameter, id_not_0_or_16,
	"session_id is neither 0 nor 16 octets (RFC 2246 E.1)"},
    {HELLO_SSLV2, illegal_parameter, challenge_length,
	"challenge is not 16 to 32 octets (RFC 5246 E.2)"},
    {BOTH, illegal_parameter, no_null_compression,
	"no null compression (RFC 5246 7.4.1.2)"},
    {HELLO_TLS, illegal_parameter, compresses_1_3,
	"more than null compression (RFC 8446 4.1.2)"},
    /* The extensions. */
    {HELLO_TLS, illegal_parameter, extension_twice,
	"an extension twice (RFC 5246 7.4.1.4)"},
    {HELLO_TLS, illegal_parameter, psk_not_last,
	"pre_shared_key is not the last extension (RFC 8446 4.2.11)"},
};

int
hello_legal(const struct hello *h, const char **why)
{
	size_t i;

	for (i = 0; i < sizeof rules / sizeof rules[0]; i++)
		if (rules[i].forms & (int)h->form && rules[i].broken(h)) {
			*why = rules[i].why;
			return rules[i].description;
		}
	*why = "";
	return 0;
}
