/* second_hello.c - the answer to a HelloRetryRequest: RFC 8446 4.1.2, the
 * recorded hello again with only what the server asked for changed. */

#include <stdlib.h>

#include "handshake_state.h"

/* RFC 8446 D.4: once, if the hello has a session_id, before what follows. */
enum row_when
tls13_if_compatible(const struct handshake *h)
{
	return h->p.hello->session_id.n > 0 && !h->ccs_sent ? ALWAYS : NEVER;
}

int
tls13_send_change_cipher_spec(struct handshake *h, struct bytes unused)
{
	uint8_t one[] = {erring(h, HANDSHAKE_ERROR_CCS) ? 2 : 1};
	uint16_t v = h->records.version;
	int r;

	(void)unused;
	h->ccs_sent = 1;
	h->records.version = TLS_1_2;
	r = record_send(
	    &h->records, change_cipher_spec, (struct bytes){one, sizeof one});
	h->records.version = v;
	return r;
}

/* RFC 8446 4.1.4: a group that the hello supports and has no share for. */
static int
check_group(struct handshake *h)
{
	const struct hello *hello = h->p.hello;
	struct bytes value;

	if (erring(h, HANDSHAKE_TAKES_RETRY))
		return 0;
	if (!hello_lists(hello, supported_groups, 2, h->retry_group))
		return because(h, illegal_parameter,
		    "HelloRetryRequest for a group that was not offered");
	return hello_share(hello, h->retry_group, &value)
		   ? because(h, illegal_parameter,
			 "HelloRetryRequest for a share that it has")
		   : 0;
}

static int
put_share(struct handshake *h, struct out *o)
{
	const struct group *g = group_find(h->retry_group);
	size_t list, value;
	int r;

	EVP_PKEY_free(h->retry_key);
	h->retry_key = NULL;
	if (g == NULL || (h->retry_key = group_generate(g)) == NULL)
		return because(h, REACH, "a group that is not ours");
	list = put_open(o, 2);
	put_int(o, 2, g->code);
	value = put_open(o, 2);
	if ((r = group_public(h->retry_key, o)) != 0)
		return r;
	/* A share too short is none of that group. */
	if (erring(h, HANDSHAKE_ERROR_SHARE))
		o->n--;
	put_close(o, 2, value);
	put_close(o, 2, list);
	return 0;
}

/* What may change, changed; early_data must go, and a PSK goes because its
 * binder cannot be made again. */
static int
put_extensions(struct handshake *h, struct out *o)
{
	struct bytes rest = h->p.hello->extensions;
	struct extension e;
	size_t start;
	int r;

	while (extension_next(&rest, &e) == 1) {
		if (e.type == early_data || e.type == pre_shared_key ||
		    e.type == cookie)
			continue;
		put_int(o, 2, e.type);
		if (e.type != key_share || h->retry_group == 0 ||
		    erring(h, HANDSHAKE_ERROR_RETRY_SHARE)) {
			put_vector(o, 2, e.data);
			continue;
		}
		start = put_open(o, 2);
		if ((r = put_share(h, o)) != 0)
			return r;
		put_close(o, 2, start);
	}
	if (h->cookie.n > 0) {
		put_int(o, 2, cookie);
		put_vector(o, 2, h->cookie);
	}
	return 0;
}

static void
put_body(struct handshake *h, struct out *o, struct bytes extensions)
{
	const struct hello *hello = h->p.hello;
	struct bytes rest = hello->cipher_suites;
	size_t suites;
	uint16_t suite;

	put_int(o, 2, hello->version);
	put_bytes(o, hello->random);
	put_vector(o, 1, hello->session_id);
	suites = put_open(o, 2);
	while (hello_next_suite(hello, &rest, &suite))
		put_int(o, 2,
		    suite == h->suite->code &&
			    erring(h, HANDSHAKE_ERROR_RETRY_SUITE)
			? TLS_EMPTY_RENEGOTIATION_INFO_SCSV
			: suite);
	put_close(o, 2, suites);
	put_vector(o, 1, hello->compression_methods);
	put_vector(o, 2, extensions);
}

static int
send_built(struct handshake *h, struct out *o, struct out *extensions)
{
	size_t start;
	int r;

	if ((r = put_extensions(h, extensions)) != 0)
		return r;
	put_int(o, 1, client_hello);
	start = put_open(o, 3);
	put_body(h, o, (struct bytes){extensions->p, extensions->n});
	put_close(o, 3, start);
	if (extensions->n > extensions->len || o->n > o->len ||
	    extensions->n > 65535)
		return because(h, REACH, "a cookie too long to give back");
	if ((r = transcript_add(h, (struct bytes){o->p, o->n})) != 0)
		return r;
	/* RFC 8446 5.1: only the first may say 3.1. */
	h->records.version =
	    erring(h, HANDSHAKE_ERROR_RECORD_VERSION) ? TLS_1_3 : TLS_1_2;
	return record_send(&h->records, handshake, (struct bytes){o->p, o->n});
}

static int
send_second_hello(struct handshake *h, struct bytes unused)
{
	enum { SIZE = 2 * HELLO_OCTETS };
	struct out o = {malloc(SIZE), 0, SIZE};
	struct out extensions = {malloc(SIZE), 0, SIZE};
	int r = 0;

	(void)unused;
	if (h->retry_group != 0)
		r = check_group(h);
	if (o.p == NULL || extensions.p == NULL)
		r = internal_error;
	if (r == 0)
		r = send_built(h, &o, &extensions);
	free(o.p);
	free(extensions.p);
	return r;
}

/* clang-format off */
const struct row retry_rows[] = {
    {"ChangeCipherSpec", 'C', change_cipher_spec, 0,
	tls13_if_compatible, tls13_send_change_cipher_spec},
    {"ClientHello", 'C', handshake, client_hello,
	always, send_second_hello},
    {"ServerHello", 'S', handshake, server_hello,
	always, read_server_hello},
    {NULL, 0, 0, 0, NULL, NULL},
};
/* clang-format on */
