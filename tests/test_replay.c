/* test_replay.c - the replay backend (clients/replay.c) as the client program
 * sees it: through struct tls_backend, from a vector file. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "play.h"
#include "registry.h"
#include "wire.h"

/* No other test links it: a program has one backend. */
#include "../clients/replay.c" /* NOLINT(bugprone-suspicious-include) */

static char vector[] = "build/test_replay.XXXXXX";
static char text[1 << 20], why[200];
static struct tls_config *config;

static void
put_hex_lines(FILE *f, const uint8_t *p, size_t n)
{
	size_t i;

	fprintf(f, "C> tls\n");
	for (i = 0; i < n; i++)
		fprintf(f, "%s%02x%s", i % 32 == 0 ? "  " : "", p[i],
		    i % 32 == 31 || i == n - 1 ? "\n" : "");
}

/* A vector of these octets in two writes. */
static void
write_vector(const char *metas, const uint8_t *p, size_t n)
{
	FILE *f = fopen(vector, "w");

	assert_non_null(f);
	fprintf(f, "%s\nS> smtp\n  \"220 go\\r\\n\"\n", metas);
	put_hex_lines(f, p, n / 2);
	put_hex_lines(f, p + n / 2, n - n / 2);
	fprintf(f, "S> tls\n  15\nC> tls\n  ff\n");
	assert_int_equal(fclose(f), 0);
}

static void
unconfigure(void)
{
	if (config != NULL) {
		X509_STORE_free(config->trust);
		free(config->text);
	}
	free(config);
	config = NULL;
}

static int
configure(const struct tls_params *p)
{
	unconfigure();
	why[0] = '\0';
	return tls_backend.configure(&config, TLS_CLIENT, p, why, sizeof why);
}

/* 1: handshake, an echo and the close through the backend. */
static int
talk(struct server *s)
{
	struct tls *t;
	struct flow f;
	struct wire w;
	char c = 'a';
	int ok;

	server_start(s);
	flow_init(&f, text, sizeof text);
	wire_init(&w, s->fd, 'C', &f);
	wire_phase(&w, "handshake", 5000);
	w.layer = FLOW_TLS;
	w.secrets = 1;
	assert_int_equal(tls_backend.open(&t, config, &w, NULL), 0);
	ok = tls_backend.handshake(t) == 0 &&
	     tls_backend.write(t, &c, 1) == 1 &&
	     tls_backend.read(t, &c, 1) == 1 && tls_backend.shutdown(t) == 0;
	tls_backend.info(t, &played);
	tls_backend.close(t);
	text[f.n] = '\0';
	return server_end(s) && ok;
}

static struct tls_params none = {.hello_file = vector};

static void
test_recorded(void **state)
{
	const struct recorded *r = hello_named("openssl-default");
	struct server s = {.version = TLS_1_2};

	(void)state;
	write_vector("", r->octets, r->n);
	assert_int_equal(configure(&none), 0);
	assert_int_equal(config->n, r->n);
	assert_int_equal(config->n_writes, 2);
	assert_true(talk(&s));
	assert_int_equal(played.version, TLS_1_2);
	assert_int_equal(played.close_sent + played.close_received, 2);
	assert_non_null(strstr(text, "= tls.secret CLIENT_RANDOM "));
	s.version = TLS_1_3;
	assert_false(talk(&s));
	assert_memory_equal(played.error, "reach: server_hello", 19);
}

static void
test_own_share(void **state)
{
	const struct group *g = group_named("x25519");
	EVP_PKEY *key = group_generate(g);
	struct authored a = hello13(g, key);
	struct server s = {.version = TLS_1_3};
	uint8_t octets[HELLOS_OCTETS], secret[32];
	char metas[100] = "key.x25519: ", *p = metas + strlen(metas);
	size_t n = hello_author(&a, octets, sizeof octets), i;

	(void)state;
	assert_int_equal(secret_half(key, secret, sizeof secret), 32);
	for (i = 0; i < 32; i++)
		p += sprintf(p, "%02x", secret[i]);
	sprintf(p, "\n");
	write_vector(metas, octets, n);
	assert_int_equal(configure(&none), 0);
	assert_true(talk(&s));
	assert_int_equal(played.version, TLS_1_3);
	assert_non_null(strstr(text, "= tls.secret SERVER_TRAFFIC_SECRET_0 "));
	EVP_PKEY_free(key);
}

/* What cannot be cut is sent all the same, and the answer is seen. */
static void
test_malformed(void **state)
{
	static const uint8_t cut[] = {22, 3, 1, 0, 5, 1, 0, 0, 1, 3};
	struct server s = {0};

	(void)state;
	write_vector("", cut, sizeof cut);
	assert_int_equal(configure(&none), 0);
	assert_int_equal(config->cut, 0);
	assert_false(talk(&s));
	assert_true(played.alert_received > 0);
}

static void
test_errors(void **state)
{
	struct authored a = {.form = HELLO_SSLV2,
	    .version = TLS_1_0,
	    .suites = play_suites,
	    .n_suites = PLAY_SUITES};
	struct server s = {.version = TLS_1_0};
	uint8_t octets[200] = {0};

	(void)state;
	write_vector("", octets, hello_author(&a, octets, sizeof octets));
	none.error = "transcript-length";
	assert_int_equal(configure(&none), 0);
	assert_false(talk(&s));
	assert_int_equal(played.alert_received, decrypt_error);
	assert_non_null(strstr(text, "= tls.error-made yes\n"));
	/* A challenge of 32 octets gives no occasion for it. */
	none.error = "challenge-left";
	assert_int_equal(configure(&none), 0);
	assert_true(talk(&s));
	assert_non_null(strstr(text, "= tls.error-made no\n"));
	none.error = "nonsense";
	assert_int_equal(configure(&none), -1);
	assert_string_equal(why, "no error of that name; see --list");
	none.error = NULL;
}

static void
test_refusals(void **state)
{
	static const struct tls_params beyond_it[] = {{.min_version = TLS_1_2},
	    {.max_version = TLS_1_2}, {.resume = TLS_RESUME_ID},
	    {.cert_file = "a"}, {.ca_file = "/nonexistent"}};
	static const uint8_t any[] = {1, 2};
	struct tls_config *c;
	size_t i;

	(void)state;
	write_vector("", any, sizeof any);
	for (i = 0; i < sizeof beyond_it / sizeof beyond_it[0]; i++) {
		assert_int_equal(configure(&beyond_it[i]), -1);
		assert_true(why[0] != '\0');
	}
	assert_int_equal(
	    tls_backend.configure(&c, TLS_SERVER, &none, why, sizeof why), -1);
	write_vector("key.x25519: zz\n", any, sizeof any);
	assert_int_equal(configure(&none), -1);
	write_vector("key.mlkem768: 00\n", any, sizeof any);
	assert_int_equal(configure(&none), -1);
	write_vector("no colon\n", any, sizeof any);
	assert_int_equal(configure(&none), -1);
	assert_non_null(strstr(why, ":1: "));
	none.hello_file = "/nonexistent";
	assert_int_equal(configure(&none), -1);
	none.hello_file = NULL;
	assert_int_equal(configure(&none), -1);
	none.hello_file = vector;
}

static int
setup(void **state)
{
	int fd = mkstemp(vector);

	return fd == -1 || close(fd) == -1 ? -1 : server_setup(state);
}

static int
teardown(void **state)
{
	unconfigure();
	server_teardown(state);
	return unlink(vector);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_recorded),
	    cmocka_unit_test(test_own_share),
	    cmocka_unit_test(test_malformed),
	    cmocka_unit_test(test_errors),
	    cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
