/* serve13.c - TLS 1.3 behind ServerHello, the server's half: RFC 8446 2 figure
 * 1, 4.3 and 4.4. */

#include "serve_state.h"

/* Our share, and the secret that it makes with the client's. */
int
serve_share13(struct serve *s, struct out *share)
{
	struct handshake *h = s->h;
	struct out secret = {h->premaster, 0, sizeof h->premaster};
	EVP_PKEY *key = group_generate(s->group);
	size_t start;
	int r;

	if (key == NULL)
		return internal_error;
	put_int(share, 2, s->group->code);
	start = put_open(share, 2);
	r = group_public(key, share);
	put_close(share, 2, start);
	if (r == 0)
		r = group_derive(key, s->theirs, 1, &secret);
	if (r != 0 && serve_flag(s, SERVE_TAKES_SHARE))
		r = SERVE_BELIEVES;
	EVP_PKEY_free(key);
	h->premaster_size = secret.n;
	return r;
}

static int
send_extensions(struct serve *s)
{
	/* An unassigned type, without content. */
	static const uint8_t one[] = {0, 4, 0x12, 0x34, 0, 0}, none[] = {0, 0};

	return serve_flag(s, SERVE_UNASKED_INSIDE)
		   ? send_message(s->h, encrypted_extensions,
			 (struct bytes){one, sizeof one})
		   : send_message(s->h, encrypted_extensions,
			 (struct bytes){none, sizeof none});
}

/* RFC 8446 4.4.2: every certificate has extensions of its own, here none. */
static int
send_certificate(struct serve *s)
{
	struct bytes rest = s->p.chain, der;
	uint8_t body[4096];
	struct out o = {body, 0, sizeof body};
	size_t start;

	put_int(&o, 1, 0);
	start = put_open(&o, 3);
	while (take_vector(&rest, 3, &der) == 0) {
		put_vector(&o, 3, der);
		put_int(&o, 2, 0);
	}
	put_close(&o, 3, start);
	return o.n > o.len
		   ? internal_error
		   : send_message(s->h, certificate, (struct bytes){body, o.n});
}

static int
send_certificate_verify(struct serve *s)
{
	uint8_t data[TLS13_SIGNED], body[4 + 1024];
	struct out o = {body, 0, sizeof body};
	size_t n, start;
	int r;

	if (tls13_signed(s->h, data, &n) != 0)
		return internal_error;
	put_int(&o, 2, s->scheme);
	start = put_open(&o, 2);
	r = serve_sign(s, (struct bytes){data, n}, &o);
	put_close(&o, 2, start);
	return r != 0 ? r
		      : send_message(s->h, certificate_verify,
			    (struct bytes){body, o.n});
}

static int
send_finished(struct serve *s)
{
	uint8_t v[DIGEST];
	size_t n;

	if (tls13_verify_data(s->h, s->h->server_secret, v, &n) != 0)
		return internal_error;
	v[0] ^= (uint8_t)serve_flag(s, SERVE_FINISHED);
	return send_message(s->h, finished, (struct bytes){v, n});
}

static int
send_flight(struct serve *s)
{
	uint8_t one[] = {serve_flag(s, SERVE_CCS_2) ? 2 : 1};
	struct handshake *h = s->h;
	int r = 0;

	/* RFC 8446 D.4: where the client asks for it by its session_id. */
	if (s->hello.session_id.n > 0 && !serve_flag(s, SERVE_NO_CCS))
		r = record_send(&h->records, change_cipher_spec,
		    (struct bytes){one, sizeof one});
	if (r != 0 || (r = tls13_handshake_secrets(h)) != 0 ||
	    (r = tls13_keys(h, 1)) != 0 || (r = tls13_keys(h, 0)) != 0)
		return r;
	h->records.alerts_in_clear = 1;
	if ((r = send_extensions(s)) != 0 || (r = send_certificate(s)) != 0 ||
	    (r = send_certificate_verify(s)) != 0 ||
	    (r = send_finished(s)) != 0 ||
	    (r = tls13_application_secrets(h)) != 0)
		return r;
	memcpy(h->server_secret, h->server_next, DIGEST);
	if ((r = tls13_keys(h, 1)) != 0)
		return r;
	return record_flush(&h->records);
}

static int
read_finished(struct serve *s)
{
	struct handshake *h = s->h;
	struct bytes body;
	uint8_t v[DIGEST];
	size_t n;
	int r;

	if (tls13_verify_data(h, h->client_secret, v, &n) != 0)
		return internal_error;
	if (serve_flag(s, SERVE_TAKES_CLEAR))
		record_protect(&h->records, NULL, 0);
	else if (serve_flag(s, SERVE_TAKES_UNOPENED))
		protection_trust(h->records.in);
	if ((r = serve_expect(s, handshake, finished, &body)) != 0)
		return r;
	if (!bytes_equal(body, (struct bytes){v, n}) &&
	    !serve_flag(s, SERVE_TAKES_FINISHED))
		return decrypt_error;
	h->records.alerts_in_clear = 0;
	memcpy(h->client_secret, h->client_next, DIGEST);
	return tls13_keys(h, 0);
}

int
serve_rest13(struct serve *s)
{
	int r = send_flight(s);

	return r != 0 ? r : read_finished(s);
}
