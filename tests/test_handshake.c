/* test_handshake.c - the handshake engine against libssl: what it completes,
 * from recorded hellos and from authored ones of both forms. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/ssl.h>

#include "handshake.h"
#include "hellos.h"
#include "octets.h"
#include "play.h"
#include "registry.h"
#include "suites.h"

static int
offers_version(const struct recorded *r, uint16_t version)
{
	static struct hello h;
	struct bytes data;

	assert_int_equal(hello_decode(&h, (struct bytes){r->octets, r->n}), 0);
	if (hello_extension(&h, supported_versions, &data))
		return hello_lists(&h, supported_versions, 1, version);
	return version <= h.version;
}

/* Every recorded hello completes at every version that it offers. */
static void
test_recorded(void **state)
{
	struct server s = {.tickets = 1};
	size_t i, n = hellos_load();

	(void)state;
	for (i = 0; i < n; i++) {
		struct bytes b = {hellos[i].octets, hellos[i].n};

		s.key =
		    strstr(hellos[i].name, "anonymous") ? KEY_NONE : KEY_RSA;
		for (s.version = TLS_1_0; s.version <= TLS_1_2; s.version++) {
			if (!offers_version(&hellos[i], s.version))
				continue;
			/* Its suites are for TLS 1.2. */
			if (s.version < TLS_1_2 &&
			    strstr(hellos[i].name, "scsv"))
				continue;
			if (!play(&s, b, plain, 1000))
				fail_msg("%s at %04x: %s", hellos[i].name,
				    s.version, played.error);
			assert_int_equal(played.version, s.version);
		}
		if (!offers_version(&hellos[i], TLS_1_3))
			continue;
		/* Its own shares have no private half here... */
		s.version = TLS_1_3;
		s.groups = NULL;
		assert_false(play(&s, b, plain, 1000));
		assert_memory_equal(played.error, "reach: server_hello", 19);
	}
}

/* ... but a HelloRetryRequest lets it add another. */
static void
test_recorded_retried(void **state)
{
	static const struct {
		const char *hello, *group;
	} rows[] = {{"openssl-default", "P-256"}, {"openssl-default", "P-384"},
	    {"openssl-default", "P-521"}, {"openssl-default", "X448"},
	    {"openssl-1.3", "X25519"}, {"openssl-1.3", "P-384"},
	    {"openssl-alpn-status", "ffdhe2048"},
	    {"openssl-max-fragment", "P-384"}, {"gnutls-default", "P-384"},
	    {"gnutls-default", "ffdhe3072"}};
	struct server s = {.version = TLS_1_3, .tickets = 1};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct recorded *r = hello_named(rows[i].hello);

		s.groups = rows[i].group;
		s.asks = i % 2 == 0;
		if (!play(&s, (struct bytes){r->octets, r->n}, plain, 40000))
			fail_msg(
			    "%s at %s: %s", r->name, s.groups, played.error);
	}
}

static int
is_elliptic(const struct suite *s)
{
	return s->kx == KX_ECDHE_RSA || s->kx == KX_ECDHE_ECDSA ||
	       s->kx == KX_ECDH_anon;
}

/* Every suite that libssl and libcrypto have, in each version and form, with
 * and without extended_master_secret and encrypt_then_mac. */
static void
play_suite(uint16_t code, enum server_key key, const char *name)
{
	struct server s = {.key = key, .suites = name};
	const struct suite *suite = suite_find(code);
	struct authored a = {.suites = &code, .n_suites = 1};
	char pinned[100];

	assert_non_null(suite);
	snprintf(pinned, sizeof pinned, "%s:@SECLEVEL=0", name);
	s.suites = pinned;
	for (s.version = TLS_1_0; s.version <= TLS_1_2; s.version++) {
		if (s.version < suite->min_version)
			continue;
		a.version = s.version;
		for (a.form = HELLO_TLS; a.form <= HELLO_SSLV2; a.form++) {
			a.ems = a.etm = a.schemes = a.groups =
			    a.form == HELLO_TLS;
			/* Since 1.1.1 libssl wants supported_groups for it,
			 * against RFC 8422 4. */
			if (a.form == HELLO_SSLV2 && is_elliptic(suite)) {
				assert_false(play_authored(&s, &a, plain));
				assert_int_equal(
				    played.alert_received, handshake_failure);
				continue;
			}
			if (!play_authored(&s, &a, plain))
				fail_msg("%s at %04x, form %d: %s", suite->name,
				    s.version, a.form, played.error);
			assert_int_equal(played.cipher_suite, code);
			assert_int_equal(played.version, s.version);
		}
		/* What is offered for TLS 1.2, chosen in another version. */
		if (is_elliptic(suite))
			continue;
		a.version = TLS_1_2;
		a.form = HELLO_SSLV2;
		assert_true(play_authored(&s, &a, plain));
	}
}

static void
test_suites(void **state)
{
	SSL_CTX *c = SSL_CTX_new(TLS_server_method());
	STACK_OF(SSL_CIPHER) * list;
	int i, nid, count = 0;

	(void)state;
	assert_int_equal(
	    SSL_CTX_set_cipher_list(c, "ALL:COMPLEMENTOFALL:@SECLEVEL=0"), 1);
	list = SSL_CTX_get_ciphers(c);
	for (i = 0; i < sk_SSL_CIPHER_num(list); i++) {
		const SSL_CIPHER *suite = sk_SSL_CIPHER_value(list, i);
		enum server_key key = KEY_RSA;

		nid = SSL_CIPHER_get_kx_nid(suite);
		if (nid != NID_kx_rsa && nid != NID_kx_dhe &&
		    nid != NID_kx_ecdhe)
			continue;
		nid = SSL_CIPHER_get_auth_nid(suite);
		if (nid == NID_auth_dss)
			continue;
		if (nid == NID_auth_ecdsa)
			key = KEY_ECDSA;
		if (nid == NID_auth_null)
			key = KEY_NONE;
		play_suite(SSL_CIPHER_get_protocol_id(suite), key,
		    SSL_CIPHER_get_name(suite));
		count++;
	}
	print_message("%d suites\n", count);
	assert_true(count > 40);
	SSL_CTX_free(c);
}

static void
test_sslv2_challenges(void **state)
{
	struct authored a = {.form = HELLO_SSLV2,
	    .suites = play_suites,
	    .n_suites = PLAY_SUITES};
	struct server s = {.tickets = 1};

	(void)state;
	for (a.version = TLS_1_0; a.version <= TLS_1_2; a.version++)
		for (a.challenge = 16; a.challenge <= 32; a.challenge += 4) {
			assert_true(play_authored(&s, &a, plain));
			assert_int_equal(played.version, a.version);
		}
}

/* What a server may do besides. */
static void
test_variations(void **state)
{
	static const struct server variations[] = {
	    {.version = TLS_1_2, .tickets = 1},
	    {.version = TLS_1_2, .asks = 1},
	    {.version = TLS_1_0, .asks = 1, .tickets = 1},
	    {.version = TLS_1_2, .options = SSL_OP_NO_EXTENDED_MASTER_SECRET},
	    {.version = TLS_1_2, .options = SSL_OP_NO_ENCRYPT_THEN_MAC},
	    {.version = TLS_1_2, .groups = "P-256"},
	    {.version = TLS_1_2, .groups = "P-384"},
	    {.version = TLS_1_2, .groups = "P-521"},
	    {.version = TLS_1_2, .groups = "X25519"},
	    {.version = TLS_1_2, .key = KEY_ECDSA},
	    {.version = TLS_1_2, .suites = "AES128-SHA:@SECLEVEL=0"},
	    {.version = TLS_1_2,
		.suites = "AES128-SHA:@SECLEVEL=0",
		.options = SSL_OP_NO_EXTENDED_MASTER_SECRET},
	};
	const struct recorded *r = hello_named("openssl-1.2-all");
	size_t i;

	(void)state;
	for (i = 0; i < sizeof variations / sizeof variations[0]; i++) {
		struct server s = variations[i];

		if (!play(&s, (struct bytes){r->octets, r->n}, plain, 70000))
			fail_msg("variation %zu: %s", i, played.error);
	}
}

static void
test_tls13(void **state)
{
	static const char *const names[] = {"secp256r1", "secp384r1",
	    "secp521r1", "x25519", "x448", "ffdhe2048"};
	struct server s = {.version = TLS_1_3,
	    .groups = "X25519:P-256:P-384:P-521:X448:ffdhe2048"};
	uint8_t secret[600] = {0};
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct group *g = group_named(names[i]);
		EVP_PKEY *key = group_generate(g);
		struct handshake_key half = {
		    g, {secret, secret_half(key, secret, sizeof secret)}};
		struct handshake_params p = {.keys = &half, .n_keys = 1};
		struct authored a = hello13(g, key);

		for (k = 0; k < 6; k++) {
			a.suites = suites13 + k % 3;
			a.n_suites = 1;
			a.session = k < 3;
			s.asks = k % 2 == 1;
			s.tickets = k >= 3;
			s.updates = k >= 3;
			s.key = k < 2 ? KEY_RSA : KEY_ECDSA;
			if (!play_authored(&s, &a, p))
				fail_msg("%s: %s", names[i], played.error);
			assert_int_equal(played.version, TLS_1_3);
			assert_int_equal(played.cipher_suite, *a.suites);
		}
		EVP_PKEY_free(key);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_recorded),
	    cmocka_unit_test(test_recorded_retried),
	    cmocka_unit_test(test_suites),
	    cmocka_unit_test(test_sslv2_challenges),
	    cmocka_unit_test(test_variations),
	    cmocka_unit_test(test_tls13),
	};

	return cmocka_run_group_tests(tests, server_setup, server_teardown);
}
