/* scripts_lenient.c - what scripts do about the client's first octets without
 * looking whether they are a hello.
 *
 * They stand for a server that takes what it must refuse, or refuses what it
 * must take, each in the wrong way; so they show that the checks of a server's
 * reaction can fail (matrix/mutants.toml).
 */

#include <string.h>

#include "registry.h"
#include "scripts.h"

#define OCTETS(...)                                                            \
	((struct bytes){(const uint8_t[]){__VA_ARGS__},                        \
	    sizeof((const uint8_t[]){__VA_ARGS__})})
/* No random at all: whose hello this answers does not matter. */
#define RANDOM_8  0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a
#define RANDOM_32 RANDOM_8, RANDOM_8, RANDOM_8, RANDOM_8

enum { SSL_3_0 = 0x0300, FATAL = 2, INAPPROPRIATE_FALLBACK = 86 };

static int
enough(int r)
{
	return r != 0 ? r : SERVE_ENOUGH;
}

/* RFC 8446 4.1.3: TLS_AES_128_GCM_SHA256, supported_versions, and a share of
 * secp256r1 that is no point. */
int
answer_with_1_3(struct serve *s, struct bytes first)
{
	static const uint8_t head[] = {handshake, 3, 3, 0, 123, server_hello, 0,
	    0, 119, 3, 3, RANDOM_32, 0, 0x13, 0x01, 0, 0, 79, 0, 43, 0, 2, 3, 4,
	    0, 51, 0, 69, 0, 23, 0, 65, 4};
	uint8_t record[5 + 123] = {0};

	(void)first;
	memcpy(record, head, sizeof head);
	return enough(serve_raw(s, (struct bytes){record, sizeof record}));
}

/* RFC 5246 7.4.1.3: no session, no extensions. */
static int
answer_with_suite(struct serve *s, uint16_t suite)
{
	return enough(serve_record(s, handshake, TLS_1_2,
	    OCTETS(server_hello, 0, 0, 38, 3, 3, RANDOM_32, 0,
		(uint8_t)(suite >> 8), (uint8_t)suite, 0)));
}

/* TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 */
int
answer_with_1_2(struct serve *s, struct bytes first)
{
	(void)first;
	return answer_with_suite(s, 0xc02f);
}

/* TLS_RSA_WITH_AES_128_CBC_SHA */
int
answer_with_rsa(struct serve *s, struct bytes first)
{
	(void)first;
	return answer_with_suite(s, 0x002f);
}

/* TLS_DH_anon_WITH_AES_128_CBC_SHA */
int
answer_with_anonymous(struct serve *s, struct bytes first)
{
	(void)first;
	return answer_with_suite(s, 0x0034);
}

/* The row's errors are all that is wrong. */
int
answer_rightly(struct serve *s, struct bytes first)
{
	(void)s, (void)first;
	return 0;
}

int
answer_with_sslv2(struct serve *s, struct bytes first)
{
	(void)first;
	return before_sslv2(s);
}

int
answer_with_zeros(struct serve *s, struct bytes first)
{
	(void)first;
	return enough(serve_raw(s, OCTETS(0, 0, 0, 0, 0, 0, 0, 0)));
}

int
answer_with_alert(struct serve *s, struct bytes first)
{
	(void)s, (void)first;
	return internal_error;
}

int
answer_with_nothing(struct serve *s, struct bytes first)
{
	(void)s, (void)first;
	return SERVE_ENOUGH;
}

int
answer_sslv2_with_less(struct serve *s, struct bytes first)
{
	static const struct script less = {.version = TLS_1_0};

	if (first.p[0] & 0x80)
		serve_by(s, &less);
	return 0;
}

int
answer_fallback_in_old_record(struct serve *s, struct bytes first)
{
	(void)first;
	return enough(serve_record(
	    s, alert, SSL_3_0, OCTETS(FATAL, INAPPROPRIATE_FALLBACK)));
}

/* RFC 5246 E.1 has a server take any version 3.x there. */
int
mind_record_version(struct serve *s, struct bytes first)
{
	(void)s;
	return first.n >= 3 && first.p[0] == handshake &&
		       (first.p[1] != 3 || first.p[2] != 1)
		   ? protocol_version
		   : 0;
}
