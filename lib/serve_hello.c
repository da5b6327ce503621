/* serve_hello.c - ServerHello and HelloRetryRequest: right, then changed by the
 * script, then sent (RFC 5246 7.4.1.3, RFC 8446 4.1.3 and 4.1.4). */

#include <openssl/rand.h>

#include "serve_state.h"
#include "wire.h"

void
answer_add(struct answer *a, uint16_t type, struct bytes data)
{
	put_int(&a->extensions, 2, type);
	put_vector(&a->extensions, 2, data);
}

void
answer_drop(struct answer *a, uint16_t type)
{
	struct bytes rest = {a->extension_octets, a->extensions.n};
	struct out kept = {a->extension_octets, 0, sizeof a->extension_octets};
	struct extension e;

	/* What is kept moves to the front of where it was. */
	while (extension_next(&rest, &e) == 1)
		if (e.type != type) {
			memmove(kept.p + kept.n, e.data.p - 4, 4 + e.data.n);
			kept.n += 4 + e.data.n;
		}
	a->extensions = kept;
}

static int
offers(const struct serve *s, uint16_t type)
{
	struct bytes data;

	return hello_extension(&s->hello, type, &data);
}

/* What RFC 5746 3.6 and RFC 7627 5.1 have a server of TLS 1.2 say. */
static void
extend12(struct serve *s, struct answer *a)
{
	static const uint8_t empty[] = {0};
	struct bytes none = {NULL, 0};

	if (offers(s, renegotiation_info) ||
	    hello_offers(&s->hello, TLS_EMPTY_RENEGOTIATION_INFO_SCSV))
		answer_add(
		    a, renegotiation_info, (struct bytes){empty, sizeof empty});
	if (offers(s, extended_master_secret))
		answer_add(a, extended_master_secret, none);
}

static void
extend13(struct answer *a, struct bytes share)
{
	static const uint8_t version[] = {3, 4};

	answer_add(
	    a, supported_versions, (struct bytes){version, sizeof version});
	if (share.n > 0)
		answer_add(a, key_share, share);
}

/* RFC 8446 4.1.3: who could do TLS 1.3 and answers less says so.  What a script
 * changes is the answer of a server that could not. */
static void
mark_downgrade(const struct serve *s, struct answer *a)
{
	static const uint8_t mark[] = {'D', 'O', 'W', 'N', 'G', 'R', 'D'};
	uint8_t *end = a->random + RANDOM - 8;

	if (s->version == TLS_1_3 || s->p.script->version != 0 ||
	    s->p.script->change != NULL)
		return;
	memcpy(end, mark, sizeof mark);
	end[7] = s->version == TLS_1_2;
}

static int
start_answer(struct serve *s, struct answer *a)
{
	struct bytes id = s->hello.session_id;

	memset(a, 0, sizeof *a);
	a->extensions =
	    (struct out){a->extension_octets, 0, sizeof a->extension_octets};
	a->version = s->version == TLS_1_3 ? TLS_1_2 : s->version;
	a->suite = s->suite->code;
	if (s->version == TLS_1_3) { /* RFC 8446 4.1.3: the client's again */
		a->session_id_size = id.n;
		copy(a->session_id, id);
	}
	if (RAND_bytes(a->random, RANDOM) != 1)
		return internal_error;
	mark_downgrade(s, a);
	return 0;
}

static int
send_answer(struct serve *s, const struct answer *a)
{
	uint8_t body[2048] = {0};
	struct out o = {body, 0, sizeof body};
	size_t start;
	int r;

	put_int(&o, 2, a->version);
	put(&o, a->random, RANDOM);
	put_vector(&o, 1, (struct bytes){a->session_id, a->session_id_size});
	put_int(&o, 2, a->suite);
	put_int(&o, 1, a->compression);
	if (a->extensions.n > 0) {
		start = put_open(&o, 2);
		put(&o, a->extension_octets, a->extensions.n);
		put_close(&o, 2, start);
	}
	o.n = o.n + a->surplus - a->lacking;
	if (a->extensions.n > a->extensions.len || o.n > o.len)
		return internal_error;
	memcpy(s->h->server_random, a->random, RANDOM);
	r = send_message(s->h, server_hello, (struct bytes){body, o.n});
	/* A strange one was for the answer only. */
	s->h->records.version = s->version < TLS_1_2 ? s->version : TLS_1_2;
	return r;
}

/* What was really said counts from here on, as for a client that takes it. */
static void
take_answer(struct serve *s, const struct answer *a)
{
	struct bytes rest = {a->extension_octets, a->extensions.n};
	const struct suite *suite = suite_find(a->suite);
	struct extension e;

	if (suite != NULL && s->version >= suite->min_version &&
	    s->version <= suite->max_version)
		s->suite = suite;
	while (extension_next(&rest, &e) == 1)
		if (e.type == extended_master_secret)
			s->h->ems = s->version < TLS_1_3;
	s->h->suite = s->suite;
	s->h->info.version = s->version;
	s->h->info.cipher_suite = s->suite->code;
}

static const EVP_MD *
transcript_md(const struct serve *s)
{
	return s->version < TLS_1_2 ? EVP_md5_sha1()
				    : EVP_get_digestbyname(s->suite->hash);
}

int
serve_send_answer(struct serve *s)
{
	uint8_t share[4 + PUBLIC_VALUE];
	struct out value = {share, 0, sizeof share};
	struct answer a;
	int r;

	if (serve_flag(s, SERVE_ANOTHER_SUITE) && serve_other_suite(s) != NULL)
		s->suite = serve_other_suite(s);
	if ((r = start_answer(s, &a)) != 0)
		return r;
	/* A retry without a group leaves the client with the shares it had. */
	if (s->version == TLS_1_3 && s->group == NULL)
		return because(s->h, REACH, "no share of a group of ours");
	if (s->version == TLS_1_3) {
		if ((r = serve_share13(s, &value)) != 0)
			return r;
		extend13(&a, (struct bytes){share, value.n});
	} else {
		extend12(s, &a);
	}
	if (s->p.script->change != NULL && s->p.script->retries < 2)
		s->p.script->change(s, &a);
	take_answer(s, &a);
	if (serve_flag(s, SERVE_SUITE)) /* what follows is of the right one */
		a.suite = s->p.script->suite;
	s->h->version = s->version;
	s->h->md = transcript_md(s);
	s->h->records.tls13 = s->version == TLS_1_3;
	if (!s->h->retried && (r = transcript_start(s->h)) != 0)
		return r;
	return send_answer(s, &a);
}

static void
put_cookie(struct answer *a)
{
	static const uint8_t value[] = {0, 6, 'c', 'o', 'o', 'k', 'i', 'e'};

	answer_add(a, cookie, (struct bytes){value, sizeof value});
}

int
serve_send_retry(struct serve *s, int last)
{
	enum serve_retry retry = s->retry;
	const struct group *g = serve_retry_group(s);
	struct handshake *h = s->h;
	uint8_t group[2];
	struct answer a;
	int r;

	if ((r = start_answer(s, &a)) != 0)
		return r;
	memcpy(a.random, retry_random, RANDOM);
	extend13(&a, (struct bytes){NULL, 0});
	if (retry == RETRY_COOKIE) {
		put_cookie(&a);
	} else if (retry != RETRY_NOTHING) {
		if (g == NULL)
			return because(h, REACH, "no group to ask for");
		group[0] = (uint8_t)(g->code >> 8);
		group[1] = (uint8_t)g->code;
		answer_add(&a, key_share, (struct bytes){group, sizeof group});
	}
	if (last && s->p.script->change != NULL && s->p.script->retries > 1)
		s->p.script->change(s, &a);
	take_answer(s, &a);
	h->version = s->version;
	h->md = transcript_md(s);
	h->records.tls13 = 1;
	if (!h->retried &&
	    ((r = transcript_start(h)) != 0 || (r = transcript_retry(h)) != 0))
		return r;
	h->retried = RETRYING;
	return send_answer(s, &a);
}
