/* test_relay.c - the pure parts of the relay: where streams are cut, and what
 * becomes of SMTP and of protected records (matrix/pieces.c,
 * matrix/tampers*.c). */

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

#define OCTETS(s)  ((struct bytes){(const uint8_t *)(s), sizeof(s) - 1})
#define EHLO_REPLY "250-mx.example\r\n250-PIPELINING\r\n250 STARTTLS\r\n"

static struct hello h;

static void
assert_made(struct bytes want)
{
	assert_int_equal(n_made, want.n);
	assert_memory_equal(octets_made, want.p, want.n);
}

/* Every prefix from memory that ends where it ends: none is the piece. */
static void
assert_whole(long (*cut)(struct bytes), struct bytes b)
{
	uint8_t *tight;
	size_t n;

	for (n = 0; n <= b.n; n++) {
		tight = malloc(n > 0 ? n : 1);
		assert_non_null(tight);
		if (n > 0)
			memcpy(tight, b.p, n);
		assert_int_equal(
		    cut((struct bytes){tight, n}), n == b.n ? (long)n : 0);
		free(tight);
	}
}

static void
pieces_end_where_they_end(void **state)
{
	const struct recorded *r = hello_named("openssl-default");

	(void)state;
	assert_whole(piece_line, OCTETS("NOOP\r\n"));
	assert_whole(piece_reply, OCTETS(EHLO_REPLY));
	assert_whole(piece_reply, OCTETS("220\r\n"));
	assert_whole(piece_record, OCTETS("\x17\x03\x03\x00\x02hi"));
	assert_whole(piece_hello, (struct bytes){r->octets, r->n});
	assert_int_equal(piece_reply(OCTETS("250 a\r\n250 b\r\n")), 7);
	assert_int_equal(piece_code(OCTETS("454 no\r\n")), 454);
	assert_int_equal(piece_code(OCTETS("25")), 0);
	assert_int_equal(piece_code(OCTETS("2x0 ok")), 0);
}

static void
a_hello_may_take_any_number_of_records(void **state)
{
	static uint8_t cut[1 << 14];
	const struct recorded *r = hello_named("openssl-default");
	size_t limit, n;

	(void)state;
	for (limit = 1; limit < 9; limit++) {
		assert_int_equal(
		    hello_decode(&h, (struct bytes){r->octets, r->n}), 0);
		hello_frame(&h, TLS_1_0, limit);
		n = hello_encode(&h, cut, sizeof cut);
		assert_true(n > r->n);
		assert_whole(piece_hello, (struct bytes){cut, n});
	}
}

static void
what_is_no_tls_is_no_piece(void **state)
{
	(void)state;
	assert_int_equal(piece_record(OCTETS("NOOP\r\n")), -1);
	assert_int_equal(piece_record(OCTETS("\x16\x04\x00\x00\x01 ")), -1);
	assert_int_equal(piece_record(OCTETS("\x16\x03\x01\xff\xff ")), -1);
	assert_int_equal(piece_hello(OCTETS("NOOP\r\n")), -1);
	assert_int_equal(
	    piece_hello(OCTETS("\x15\x03\x01\x00\x02\x02\x28")), -1);
	assert_int_equal(piece_hello(OCTETS("\x16\x03\x01\x00\x01\x02")), -1);
	assert_int_equal(
	    piece_hello(OCTETS("\x80\x05\x04\x03\x01\x00\x00")), -1);
}

static void
rows_are_whole(void **state)
{
	const struct tamper *t;

	(void)state;
	for (t = tampers; t->name != NULL; t++) {
		assert_ptr_equal(tamper_find(t->name), t); /* named once */
		assert_non_null(t->what);
		assert_non_null(t->clause);
		assert_int_equal(t->kind == PIECE_NONE, t->sender == '-');
		assert_int_equal(t->kind == PIECE_NONE,
		    t->change == NULL && t->before.n + t->behind.n == 0);
	}
	assert_null(tamper_find("no such thing"));
}

static void
smtp(void **state)
{
	struct piece ehlo = PIECE(PIECE_REPLY, 'S', OCTETS(EHLO_REPLY), "EHLO");
	struct piece go =
	    PIECE(PIECE_REPLY, 'S', OCTETS("220 go\r\n"), "STARTTLS");
	struct piece ask =
	    PIECE(PIECE_COMMAND, 'C', OCTETS("STARTTLS\r\n"), "STARTTLS");

	(void)state;
	assert_int_equal(made("strip-starttls", ehlo), TAMPER_CHANGED);
	assert_made(OCTETS("250-mx.example\r\n250 PIPELINING\r\n"));
	assert_int_equal(made("mask-starttls", ehlo), TAMPER_CHANGED);
	assert_made(
	    OCTETS("250-mx.example\r\n250-PIPELINING\r\n250 XXXXXXXA\r\n"));
	assert_int_equal(made("starttls-to-noop", ask), TAMPER_CHANGED);
	assert_made(OCTETS("NOOP\r\n"));
	assert_int_equal(made("220-to-454", go), TAMPER_CHANGED);
	assert_memory_equal(octets_made, "454 ", 4);
	assert_int_equal(made("command-behind-starttls", ask), TAMPER_CHANGED);
	assert_made(OCTETS("STARTTLS\r\nNOOP\r\n"));
	assert_int_equal(made("reply-behind-220", go), TAMPER_CHANGED);
	assert_made(OCTETS("220 go\r\n250 injected\r\n"));
	/* Not theirs. */
	ehlo.octets = OCTETS("250-mx.example\r\n250 STARTTLSX\r\n");
	assert_int_equal(made("strip-starttls", ehlo), TAMPER_KEEP);
	assert_int_equal(made("mask-starttls", ehlo), TAMPER_KEEP);
	go.octets = OCTETS("454 no\r\n");
	assert_int_equal(made("220-to-454", go), TAMPER_KEEP);
	go.command = "EHLO";
	assert_int_equal(made("220-to-454", go), TAMPER_KEEP);
	assert_int_equal(made("none", ask), TAMPER_KEEP);
}

static void
records(void **state)
{
	struct piece p =
	    PIECE(PIECE_RECORD, 'C', OCTETS("\x17\x03\x03\x00\x04wxyz"), "");

	(void)state;
	p.data = 2;
	assert_int_equal(made("flip", p), TAMPER_CHANGED);
	assert_made(OCTETS("\x17\x03\x03\x00\x04wxxz"));
	assert_int_equal(made("replay", p), TAMPER_CHANGED);
	assert_int_equal(n_made, 2 * p.octets.n);
	assert_int_equal(made("data-in-clear", p), TAMPER_CHANGED);
	assert_memory_equal(
	    octets_made, "\x17\x03\x03\x00\x06NOOP\r\n\x17", 12);
	assert_int_equal(made("drop", p), TAMPER_KEEP); /* it is short */
	p.large = 1;
	assert_int_equal(made("drop", p), TAMPER_CHANGED);
	assert_int_equal(n_made, 0);
	assert_int_equal(made("truncate", p), TAMPER_CUT);
	assert_made(p.octets);
	assert_int_equal(made("truncate-within", p), TAMPER_CUT);
	assert_int_equal(n_made, 4);
	/* Not theirs: the first one, an alert, the other side's. */
	p.data = 1;
	assert_int_equal(made("flip", p), TAMPER_KEEP);
	p.data = 2, p.octets = OCTETS("\x15\x03\x03\x00\x02\x01\x00");
	assert_int_equal(made("flip", p), TAMPER_KEEP);
	assert_int_equal(made("flip-back", p), TAMPER_KEEP);
}

/* Every tamper on every kind of piece, of octets that a peer made up, with and
 * without room: nothing is read or written beside them. */
static void
nothing_harms(void **state)
{
	static const enum piece_kind kinds[] = {PIECE_COMMAND, PIECE_REPLY,
	    PIECE_HELLO, PIECE_ANSWER, PIECE_RECORD};
	const struct recorded *r = hello_named("openssl-default");
	const struct tamper *t;
	struct piece p;
	struct out o;
	uint8_t *in, *out;
	size_t n, k, len;
	unsigned seed = 1;

	(void)state;
	for (t = tampers; t->name != NULL; t++)
		for (k = 0; k < 5 * 62; k++) {
			n = 1 + k / 5 * 5;
			len = k % 3 == 0 ? 1 << 12 : k % 40;
			in = malloc(n), out = malloc(len + 1);
			assert_true(in != NULL && out != NULL);
			memcpy(in, r->octets, n);
			seed = seed * 1103515245u + 12345u;
			in[seed % n] ^= (uint8_t)(seed >> 16);
			p = PIECE(kinds[k % 5], t->sender, VIEW(in, n),
			    t->command != NULL ? t->command : "");
			p.data = 2, p.large = 1, p.hello = &h;
			if (p.kind == PIECE_REPLY)
				in[n - 1] = '\n';
			if (p.kind == PIECE_ANSWER && n > 5)
				in[5] = server_hello;
			o = (struct out){out, 0, len};
			tamper_apply(t, &p, &o);
			free(in), free(out);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pieces_end_where_they_end),
	    cmocka_unit_test(a_hello_may_take_any_number_of_records),
	    cmocka_unit_test(what_is_no_tls_is_no_piece),
	    cmocka_unit_test(rows_are_whole),
	    cmocka_unit_test(smtp),
	    cmocka_unit_test(records),
	    cmocka_unit_test(nothing_harms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
