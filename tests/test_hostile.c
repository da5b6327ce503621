/* test_hostile.c - servers that say what no server should: the engine ends
 * with the right alert, within its deadline, and does not crash. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "octets.h"
#include "play.h"
#include "registry.h"
#include "wire.h"

static const uint16_t suite = 0x002f;

/* A hello without anything, answered by these octets and, closed, by nothing
 * more. */
static void
answer(struct bytes octets, int closed, int ms)
{
	struct authored a = {.form = HELLO_TLS,
	    .version = TLS_1_2,
	    .suites = &suite,
	    .n_suites = 1};
	static struct hello h;
	uint8_t hello[200];
	struct handshake_params p = {0};
	struct handshake *hs;
	struct wire w;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(write(pair[1], octets.p, octets.n), octets.n);
	if (closed)
		assert_int_equal(shutdown(pair[1], SHUT_WR), 0);
	wire_init(&w, pair[0], 'C', NULL);
	wire_phase(&w, "handshake", ms);
	p.wire = &w;
	p.octets = (struct bytes){hello, hello_author(&a, hello, 200)};
	assert_int_equal(hello_decode(&h, p.octets), 0);
	p.hello = &h;
	hs = handshake_new(&p);
	assert_non_null(hs);
	assert_int_equal(handshake_run(hs), -1);
	assert_int_equal(handshake_read(hs, hello, 1), -1);
	assert_int_equal(handshake_write(hs, hello, 1), -1);
	assert_int_equal(handshake_shutdown(hs), -1);
	handshake_info(hs, &played);
	assert_true(played.error[0] != '\0');
	handshake_free(hs);
	close(pair[0]);
	close(pair[1]);
}

/* The same octets n times over. */
static void
answer_often(const uint8_t *p, size_t k, size_t n)
{
	uint8_t *all = malloc(k * n);
	size_t i;

	assert_non_null(all);
	for (i = 0; i < n; i++)
		memcpy(all + i * k, p, k);
	answer((struct bytes){all, k * n}, 1, 5000);
	free(all);
}

/* A server's ServerHello with that in its fields. */
static struct bytes
server_hello_of(uint16_t version, uint16_t chosen, uint8_t compression,
    struct bytes extensions)
{
	static uint8_t octets[300];
	struct out o = {octets, 0, sizeof octets};
	uint8_t random[32] = {9};
	size_t record, message;

	put_int(&o, 1, handshake);
	put_int(&o, 2, TLS_1_0);
	record = put_open(&o, 2);
	put_int(&o, 1, server_hello);
	message = put_open(&o, 3);
	put_int(&o, 2, version);
	put(&o, random, 32);
	put_int(&o, 1, 0);
	put_int(&o, 2, chosen);
	put_int(&o, 1, compression);
	if (extensions.n > 0)
		put_vector(&o, 2, extensions);
	put_close(&o, 3, message);
	put_close(&o, 2, record);
	return (struct bytes){octets, o.n};
}

#define OCTETS(...)                                                            \
	((struct bytes){(const uint8_t[]){__VA_ARGS__},                        \
	    sizeof(const uint8_t[]){__VA_ARGS__}})

static void
test_no_tls(void **state)
{
	(void)state;
	answer((struct bytes){(const uint8_t *)"454 no\r\n", 8}, 1, 5000);
	assert_int_equal(played.alert_sent, unexpected_message);
	assert_string_equal(
	    played.error, "an SMTP reply came (at ServerHello)");
	answer(OCTETS(0x80, 20, 4, 0, 1, 0, 2, 0, 0), 1, 5000);
	assert_int_equal(played.alert_sent, unexpected_message);
	assert_string_equal(
	    played.error, "an SSL 2.0 SERVER-HELLO came (at ServerHello)");
	answer(OCTETS(0, 0, 0, 0, 0, 0), 1, 5000);
	assert_int_equal(played.alert_sent, unexpected_message);
	answer(OCTETS(22, 4, 0, 0, 1, 2), 1, 5000);
	assert_int_equal(played.alert_sent, protocol_version);
	answer(OCTETS(22, 3, 1, 0xff, 0xff, 2), 1, 5000);
	assert_int_equal(played.alert_sent, record_overflow);
}

static void
test_wrong_order(void **state)
{
	(void)state;
	answer(OCTETS(22, 3, 1, 0, 4, 14, 0, 0, 0), 1, 5000);
	assert_int_equal(played.alert_sent, unexpected_message);
	answer(OCTETS(20, 3, 1, 0, 1, 1), 1, 5000);
	assert_int_equal(played.alert_sent, unexpected_message);
	answer(OCTETS(23, 3, 1, 0, 1, 1), 1, 5000);
	assert_int_equal(played.alert_sent, unexpected_message);
	/* A message broken off by an alert's record, and by another's. */
	answer(OCTETS(22, 3, 1, 0, 2, 2, 0, 20, 3, 1, 0, 1, 1), 1, 5000);
	assert_int_equal(played.alert_sent, unexpected_message);
	answer(OCTETS(21, 3, 1, 0, 2, 2, 40), 1, 5000);
	assert_int_equal(played.alert_sent, -1);
	assert_int_equal(played.alert_received, handshake_failure);
	answer(OCTETS(21, 3, 1, 0, 2, 1, 0), 1, 5000);
	assert_int_equal(played.close_received, 1);
}

static void
test_too_much(void **state)
{
	static const uint8_t empty[] = {22, 3, 1, 0, 0};
	static const uint8_t empty_data[] = {23, 3, 1, 0, 0};
	static const uint8_t warning[] = {21, 3, 1, 0, 2, 1, 112};

	(void)state;
	answer_often(empty, sizeof empty, 10000);
	assert_int_equal(played.alert_sent, unexpected_message);
	answer_often(empty_data, sizeof empty_data, 10000);
	assert_int_equal(played.alert_sent, unexpected_message);
	answer_often(warning, sizeof warning, 10000);
	assert_int_equal(played.alert_sent, unexpected_message);
	assert_int_equal(played.alert_received, 112);
	/* A message of 2^24 - 1 octets. */
	answer(OCTETS(22, 3, 1, 0, 6, 2, 0xff, 0xff, 0xff, 3, 3), 1, 5000);
	assert_int_equal(played.alert_sent, decode_error);
}

static void
test_wrong_choices(void **state)
{
	struct bytes none = {NULL, 0};

	(void)state;
#define ROW(due, ...)                                                          \
	answer(server_hello_of(__VA_ARGS__), 1, 5000);                         \
	assert_int_equal(played.alert_sent, due)
	ROW(protocol_version, 0x0304, 0x002f, 0, none);
	ROW(protocol_version, 0x0300, 0x002f, 0, none);
	ROW(protocol_version, 0x0200, 0x002f, 0, none);
	ROW(illegal_parameter, TLS_1_2, 0x0035, 0, none);
	ROW(illegal_parameter, TLS_1_2, 0x002f, 1, none);
	ROW(unsupported_extension, TLS_1_2, 0x002f, 0,
	    OCTETS(0xff, 1, 0, 1, 0));
	ROW(unsupported_extension, TLS_1_2, 0x002f, 0, OCTETS(0, 23, 0, 0));
	ROW(illegal_parameter, TLS_1_2, 0x002f, 0, OCTETS(0, 43, 0, 2, 3, 3));
	ROW(protocol_version, TLS_1_2, 0x002f, 0, OCTETS(0, 43, 0, 2, 3, 4));
	ROW(decode_error, TLS_1_2, 0x002f, 0, OCTETS(0, 43, 0, 9, 3, 4));
#undef ROW
	/* What goes on is closed, and no alert is called for. */
	answer(server_hello_of(TLS_1_0, 0x002f, 0, none), 1, 5000);
	assert_int_equal(played.alert_sent, -1);
	assert_string_equal(
	    played.error, "the server closed the connection (at Certificate)");
}

/* Cut at any octet, a ServerHello is waited for and not taken. */
static void
test_prefixes(void **state)
{
	struct bytes b =
	    server_hello_of(TLS_1_2, 0x002f, 0, (struct bytes){NULL, 0});
	uint8_t copy_of[300];
	size_t i;

	(void)state;
	memcpy(copy_of, b.p, b.n);
	for (i = 0; i < b.n; i++) {
		answer((struct bytes){copy_of, i}, 1, 5000);
		assert_int_equal(played.alert_sent, -1);
		assert_int_equal(played.version, 0);
	}
}

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Silence, at the start and in the midst of a record. */
static void
test_silence(void **state)
{
	int64_t start = now();

	(void)state;
	answer(OCTETS(22), 0, 50);
	assert_string_equal(
	    played.error, "the deadline passed (at ServerHello)");
	answer(server_hello_of(TLS_1_2, 0x002f, 0, (struct bytes){NULL, 0}), 0,
	    50);
	assert_string_equal(
	    played.error, "the deadline passed (at Certificate)");
	assert_true(now() - start < 5000);
}

static int
setup(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	return handshake_init();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_tls),
	    cmocka_unit_test(test_wrong_order),
	    cmocka_unit_test(test_too_much),
	    cmocka_unit_test(test_wrong_choices),
	    cmocka_unit_test(test_prefixes),
	    cmocka_unit_test(test_silence),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
