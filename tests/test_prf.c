/* test_prf.c - the key derivations against known answers (lib/prf.c). */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>

#include "flow_read.h"
#include "prf.h"

static uint8_t decoded[512];
static size_t used;

/* Octets of a hex string; of the last few at a time. */
static struct bytes
hex(const char *s)
{
	size_t n = strlen(s) / 2;
	struct bytes b;

	if (used + n > sizeof decoded)
		used = 0;
	b = (struct bytes){decoded + used, n};
	assert_int_equal(flow_hex((struct bytes){(const uint8_t *)s, strlen(s)},
			     decoded + used, n),
	    n);
	used += n;
	return b;
}

static void
assert_octets(const uint8_t *got, const char *expected)
{
	struct bytes b = hex(expected);

	assert_memory_equal(got, b.p, b.n);
}

/* RFC 5246 5 has no vectors; this one was agreed on the TLS working group's
 * list for P_SHA256. */
static void
test_sha256(void **state)
{
	uint8_t out[100];

	(void)state;
	assert_int_equal(
	    prf(EVP_sha256(), hex("9bbe436ba940f017b17652849a71db35"),
		"test label", hex("a0ba9f936cda311827a6f796ffd5198c"), out,
		sizeof out),
	    0);
	assert_octets(out,
	    "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a"
	    "6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab"
	    "4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701"
	    "87347b66");
}

/* The same from libcrypto, which was written by others. */
static void
theirs(const char *digest, struct bytes secret, const char *label,
    struct bytes seed, uint8_t *out, size_t n)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS1-PRF", NULL);
	EVP_KDF_CTX *c = EVP_KDF_CTX_new(kdf);
	OSSL_PARAM p[] = {OSSL_PARAM_construct_utf8_string(
			      "digest", (char *)(uintptr_t)digest, 0),
	    OSSL_PARAM_construct_octet_string(
		"secret", (void *)(uintptr_t)secret.p, secret.n),
	    OSSL_PARAM_construct_octet_string(
		"seed", (void *)(uintptr_t)label, strlen(label)),
	    OSSL_PARAM_construct_octet_string(
		"seed", (void *)(uintptr_t)seed.p, seed.n),
	    OSSL_PARAM_construct_end()};

	assert_int_equal(EVP_KDF_derive(c, out, n, p), 1);
	EVP_KDF_CTX_free(c);
	EVP_KDF_free(kdf);
}

/* RFC 2246 5 with MD5-SHA1 (odd secrets share an octet), RFC 5246 5. */
static void
test_second_opinion(void **state)
{
	const EVP_MD *mds[] = {EVP_md5_sha1(), EVP_sha256(), EVP_sha384()};
	uint8_t in[200], ours[200], other[200];
	size_t i, k;

	(void)state;
	for (i = 0; i < 300; i++) {
		size_t secret = 1 + i % 131, seed = i % 65, n = 1 + i % 199;

		assert_int_equal(RAND_bytes(in, sizeof in), 1);
		for (k = 0; k < 3; k++) {
			assert_int_equal(
			    prf(mds[k], (struct bytes){in, secret},
				"key expansion", (struct bytes){in + 132, seed},
				ours, n),
			    0);
			theirs(EVP_MD_get0_name(mds[k]),
			    (struct bytes){in, secret}, "key expansion",
			    (struct bytes){in + 132, seed}, other, n);
			assert_memory_equal(ours, other, n);
		}
	}
}

/* RFC 8448 3: the simple 1-RTT handshake. */
static void
test_rfc8448(void **state)
{
	static const uint8_t zeros[32];
	struct bytes zero = {zeros, 32}, none = {NULL, 0};
	const EVP_MD *md = EVP_sha256();
	uint8_t early[32], salt[32], secret[32], client[32], server[32];
	uint8_t key[16], iv[12];
	struct bytes hello, empty;

	(void)state;
	assert_int_equal(hkdf_extract(md, zero, zero, early), 0);
	assert_octets(early,
	    "33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a");
	empty = hex(
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_int_equal(hkdf_expand_label(md, (struct bytes){early, 32},
			     "derived", empty, salt, 32),
	    0);
	assert_octets(salt,
	    "6f2615a108c702c5678f54fc9dbab69716c076189c48250cebeac3576c3611ba");
	assert_int_equal(
	    hkdf_extract(md, (struct bytes){salt, 32},
		hex("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd4627290"
		    "0f89492d"),
		secret),
	    0);
	assert_octets(secret,
	    "1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac");
	hello = hex(
	    "860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8");
	assert_int_equal(hkdf_expand_label(md, (struct bytes){secret, 32},
			     "c hs traffic", hello, client, 32),
	    0);
	assert_octets(client,
	    "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21");
	assert_int_equal(hkdf_expand_label(md, (struct bytes){secret, 32},
			     "s hs traffic", hello, server, 32),
	    0);
	assert_octets(server,
	    "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38");
	assert_int_equal(hkdf_expand_label(md, (struct bytes){server, 32},
			     "key", none, key, sizeof key),
	    0);
	assert_octets(key, "3fce516009c21727d0f2e4e86ee403bc");
	assert_int_equal(hkdf_expand_label(md, (struct bytes){server, 32}, "iv",
			     none, iv, sizeof iv),
	    0);
	assert_octets(iv, "5d313eb2671276ee13000b30");
}

/* RFC 5869 A.1 with the labels of TLS would not fit; long outputs do. */
static void
test_long_output(void **state)
{
	uint8_t secret[32] = {1}, a[200], b[40];

	(void)state;
	assert_int_equal(
	    hkdf_expand_label(EVP_sha256(), (struct bytes){secret, 32}, "long",
		(struct bytes){NULL, 0}, a, sizeof a),
	    0);
	assert_int_equal(
	    hkdf_expand_label(EVP_sha256(), (struct bytes){secret, 32}, "long",
		(struct bytes){NULL, 0}, b, sizeof b),
	    0);
	/* The length is part of the label. */
	assert_memory_not_equal(a, b, sizeof b);
	assert_memory_not_equal(a, a + 32, 32);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sha256),
	    cmocka_unit_test(test_second_opinion),
	    cmocka_unit_test(test_rfc8448),
	    cmocka_unit_test(test_long_output),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
