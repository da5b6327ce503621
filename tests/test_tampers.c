/* test_tampers.c - what becomes of a ClientHello and of a ServerHello in the
 * relay (matrix/tampers_hello.c, matrix/tampers_answer.c). */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../matrix/pieces.h"
#include "hellos.h"
#include "registry.h"
#include "tampering.h"

static struct hello h, changed;

static struct piece
hello_piece(const struct recorded *r)
{
	return (struct piece){
	    PIECE_HELLO, 'C', {r->octets, r->n}, .command = ""};
}

static void
decode_made(void)
{
	assert_int_equal(
	    hello_decode(&changed, (struct bytes){octets_made, n_made}), 0);
	assert_int_equal(changed.after.n, 0);
}

/* That a hello has lost this extension and nothing else. */
static void
assert_lost(const char *tamper, uint16_t type)
{
	const struct recorded *r = hello_named("openssl-default");
	struct bytes rest, left, data;
	struct extension e, kept;

	assert_int_equal(made(tamper, hello_piece(r)), TAMPER_CHANGED);
	decode_made();
	assert_int_equal(hello_decode(&h, (struct bytes){r->octets, r->n}), 0);
	assert_true(hello_extension(&h, type, &data));
	assert_true(bytes_equal(h.random, changed.random));
	assert_true(bytes_equal(h.cipher_suites, changed.cipher_suites));
	rest = h.extensions, left = changed.extensions;
	while (extension_next(&rest, &e) == 1) {
		if (e.type == type)
			continue;
		assert_int_equal(extension_next(&left, &kept), 1);
		assert_int_equal(e.type, kept.type);
		assert_true(bytes_equal(e.data, kept.data));
	}
	assert_int_equal(left.n, 0);
}

static void
extensions_are_taken_out_alone(void **state)
{
	(void)state;
	assert_lost("hello-no-versions", supported_versions);
	assert_lost("hello-no-versions-unmarked", supported_versions);
	assert_lost("hello-no-ems", extended_master_secret);
	assert_lost("hello-no-schemes", signature_algorithms);
	assert_int_equal(
	    made("hello-no-versions", hello_piece(hello_named("openssl-1.0"))),
	    TAMPER_KEEP);
}

static void
suites_versions_and_signals(void **state)
{
	const struct recorded *r = hello_named("openssl-1.0");

	(void)state;
	assert_int_equal(
	    made("hello-one-suite", hello_piece(r)), TAMPER_CHANGED);
	decode_made();
	assert_int_equal(changed.cipher_suites.n, 4); /* 0041 and the SCSV */
	assert_true(hello_offers(&changed, 0x0041));
	assert_true(hello_offers(&changed, TLS_EMPTY_RENEGOTIATION_INFO_SCSV));
	assert_int_equal(
	    made("hello-no-signals", hello_piece(r)), TAMPER_CHANGED);
	decode_made();
	assert_false(hello_offers(&changed, TLS_EMPTY_RENEGOTIATION_INFO_SCSV));
	assert_true(hello_offers(&changed, 0xc00a));
	/* There is no version below TLS 1.0. */
	assert_int_equal(made("hello-version", hello_piece(r)), TAMPER_KEEP);
	r = hello_named("openssl-default");
	assert_int_equal(made("hello-version", hello_piece(r)), TAMPER_CHANGED);
	decode_made();
	assert_int_equal(changed.version, 0x0302);
	assert_int_equal(n_made, r->n);
	assert_int_equal(
	    made("hello-record-version", hello_piece(r)), TAMPER_CHANGED);
	assert_memory_equal(octets_made, "\x16\x03\x00", 3);
	assert_memory_equal(octets_made + 3, r->octets + 3, r->n - 3);
}

static void
both_forms(void **state)
{
	const struct recorded *r = hello_named("openssl-1.0");
	static uint8_t sslv2[HELLOS_OCTETS];
	struct piece p = PIECE(PIECE_HELLO, 'C', VIEW(sslv2, 0), "");
	struct bytes rest;
	uint16_t suite;

	(void)state;
	assert_int_equal(
	    made("hello-to-sslv2", hello_piece(r)), TAMPER_CHANGED);
	assert_int_equal(
	    piece_hello((struct bytes){octets_made, n_made}), (long)n_made);
	decode_made();
	assert_int_equal(changed.form, HELLO_SSLV2);
	assert_int_equal(hello_decode(&h, (struct bytes){r->octets, r->n}), 0);
	assert_int_equal(changed.version, h.version);
	assert_true(bytes_equal(changed.random, h.random));
	/* And back: the suites are the same. */
	memcpy(sslv2, octets_made, n_made);
	p.octets.n = n_made;
	assert_int_equal(made("hello-to-sslv2", p), TAMPER_KEEP);
	assert_int_equal(made("hello-to-tls", p), TAMPER_CHANGED);
	decode_made();
	assert_int_equal(changed.form, HELLO_TLS);
	assert_true(bytes_equal(changed.cipher_suites, h.cipher_suites));
	assert_int_equal(made("hello-to-tls", hello_piece(r)), TAMPER_KEEP);
	rest = changed.cipher_suites;
	assert_true(hello_next_suite(&changed, &rest, &suite));
}

/* ServerHello of TLS 1.2 (c02f, with the mark, EMS and renegotiation_info) and
 * a ServerHelloDone in the same record; authored from RFC 5246 7.4.1.3. */
static const uint8_t answer[] = {22, 3, 3, 0, 61, 2, 0, 0, 53, 3, 3, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 'D', 'O', 'W',
    'N', 'G', 'R', 'D', 1, 4, 5, 5, 5, 5, 0xc0, 0x2f, 0, 0, 9, 0, 23, 0, 0,
    0xff, 1, 0, 1, 0, 14, 0, 0, 0};

static struct piece
answer_piece(const struct recorded *offer)
{
	struct piece p =
	    PIECE(PIECE_ANSWER, 'S', VIEW(answer, sizeof answer), "");

	assert_int_equal(
	    hello_decode(&h, (struct bytes){offer->octets, offer->n}), 0);
	p.hello = &h;
	return p;
}

static void
the_answer(void **state)
{
	struct piece p = answer_piece(hello_named("openssl-default"));

	(void)state;
	assert_int_equal(made("answer-version", p), TAMPER_CHANGED);
	assert_int_equal(n_made, sizeof answer);
	assert_memory_equal(octets_made + 9, "\x03\x02", 2);
	assert_memory_equal(octets_made + 11, answer + 11, sizeof answer - 11);
	assert_int_equal(made("answer-suite", p), TAMPER_CHANGED);
	assert_memory_equal(octets_made + 48, "\xc0\x30", 2);
	assert_int_equal(made("hello-no-versions-unmarked", p), TAMPER_CHANGED);
	assert_memory_equal(octets_made + 35, "rrrrrrrr", 8);
	assert_int_equal(made("answer-no-ems", p), TAMPER_CHANGED);
	assert_int_equal(n_made, sizeof answer - 4);
	assert_int_equal(
	    piece_record((struct bytes){octets_made, n_made}), (long)n_made);
	assert_memory_equal(
	    octets_made + n_made - 4, answer + sizeof answer - 4, 4);
	assert_int_equal(made("answer-no-ri", p), TAMPER_CHANGED);
	assert_int_equal(n_made, sizeof answer - 5);
	p.hello = NULL;
	assert_int_equal(made("answer-suite", p), TAMPER_KEEP);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(extensions_are_taken_out_alone),
	    cmocka_unit_test(suites_versions_and_signals),
	    cmocka_unit_test(both_forms),
	    cmocka_unit_test(the_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
