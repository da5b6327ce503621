/* serve12.c - TLS 1.0 to 1.2 behind ServerHello, the server's half: RFC 5246
 * 7.3 figure 1, RFC 8422 5.4 and 5.7. */

#include <openssl/rand.h>

#include "serve_state.h"

/* struct ServerECDHParams, and its signature with both randoms before it. */
static int
send_key_exchange(struct serve *s, EVP_PKEY *key)
{
	enum { NAMED_CURVE = 3 };
	uint8_t data[2 * RANDOM + 4 + 255 + 4 + 1024];
	struct out o = {data, 0, sizeof data};
	struct handshake *h = s->h;
	size_t start;
	int r;

	put(&o, h->client_random, RANDOM);
	put(&o, h->server_random, RANDOM);
	put_int(&o, 1, NAMED_CURVE);
	put_int(&o, 2, s->group->code);
	start = put_open(&o, 1);
	if ((r = group_public(key, &o)) != 0)
		return r;
	put_close(&o, 1, start);
	start = o.n;
	if (h->version == TLS_1_2)
		put_int(&o, 2, s->scheme);
	put_int(&o, 2, 0);
	if ((r = serve_sign(s, (struct bytes){data, start}, &o)) != 0)
		return r;
	put_close(&o, 2, start + (h->version == TLS_1_2 ? 4 : 2));
	if (o.n > o.len)
		return internal_error;
	return send_message(h, server_key_exchange,
	    (struct bytes){data + 2 * RANDOM, o.n - 2 * RANDOM});
}

static int
send_certificate(struct serve *s)
{
	uint8_t body[4096];
	struct out o = {body, 0, sizeof body};

	put_vector(&o, 3, s->p.chain);
	return o.n > o.len
		   ? internal_error
		   : send_message(s->h, certificate, (struct bytes){body, o.n});
}

static int
send_change_cipher_spec(struct serve *s)
{
	uint8_t one[] = {serve_flag(s, SERVE_CCS_2) ? 2 : 1};

	return record_send(&s->h->records, change_cipher_spec,
	    (struct bytes){one, sizeof one});
}

static int
send_flight(struct serve *s, EVP_PKEY *key)
{
	static const uint8_t one[] = {0};
	struct handshake *h = s->h;
	int r = 0;

	if (serve_flag(s, SERVE_CCS_EARLY))
		r = send_change_cipher_spec(s);
	if (r != 0 || (r = send_certificate(s)) != 0 ||
	    (key != NULL && (r = send_key_exchange(s, key)) != 0) ||
	    (r = send_message(h, server_hello_done,
		 (struct bytes){
		     one, serve_flag(s, SERVE_DONE_DATA) ? 1 : 0})) != 0)
		return r;
	return record_flush(&h->records);
}

/* RFC 5246 7.4.7.1: on whatever is wrong about it one goes on with a random
 * secret, so that nobody learns what it was. */
static int
read_premaster(struct serve *s, struct bytes body)
{
	int any = serve_flag(s, SERVE_TAKES_PREMASTER);
	struct handshake *h = s->h;
	struct bytes encrypted;

	if (take_vector(&body, 2, &encrypted) == -1 || body.n != 0)
		return decode_error;
	if ((rsa_decrypt(s->p.key, encrypted, any, h->premaster) != 0 ||
		(!any && octets2(h->premaster) != s->hello.version)) &&
	    RAND_bytes(h->premaster, PREMASTER) != 1)
		return internal_error;
	h->premaster_size = PREMASTER;
	return 0;
}

static int
read_point(struct serve *s, EVP_PKEY *key, struct bytes body)
{
	struct handshake *h = s->h;
	struct out secret = {h->premaster, 0, sizeof h->premaster};
	struct bytes point;
	int r;

	if (take_vector(&body, 1, &point) == -1 || body.n != 0)
		return decode_error;
	if ((r = group_derive(key, point, 0, &secret)) != 0)
		return serve_flag(s, SERVE_TAKES_SHARE) ? SERVE_BELIEVES : r;
	h->premaster_size = secret.n;
	return 0;
}

static int
read_key_exchange(struct serve *s, EVP_PKEY *key)
{
	struct bytes body;
	int r;

	r = serve_expect_behind(
	    s, handshake, client_key_exchange, certificate, &body);
	if (r != 0)
		return r;
	return key == NULL ? read_premaster(s, body) : read_point(s, key, body);
}

static int
take_keys(struct serve *s)
{
	int r = serve_flag(s, SERVE_TAKES_CLEAR) ? 0 : tls12_keys(s->h, 0);

	if (r == 0 && serve_flag(s, SERVE_TAKES_UNOPENED))
		protection_trust(s->h->records.in);
	return r;
}

static int
read_finished(struct serve *s)
{
	int any = serve_flag(s, SERVE_TAKES_FINISHED);
	uint8_t v[TLS12_VERIFY_DATA];
	struct bytes body = {NULL, 0};
	int r = 0;

	if (!serve_flag(s, SERVE_TAKES_NO_CCS))
		r = serve_expect_behind(
		    s, change_cipher_spec, 0, client_key_exchange, &body);
	if (r != 0 || (r = tls12_master(s->h)) != 0 || (r = take_keys(s)) != 0)
		return r;
	if (tls12_verify_data(s->h, "client finished", v) != 0)
		return internal_error;
	r = serve_expect(s, handshake, finished, &body);
	if (r != 0)
		return r;
	return any || bytes_equal(body, (struct bytes){v, sizeof v})
		   ? 0
		   : decrypt_error;
}

static int
send_finished(struct serve *s)
{
	uint8_t v[TLS12_VERIFY_DATA];
	int r;

	if ((r = send_change_cipher_spec(s)) != 0 ||
	    (r = tls12_keys(s->h, 1)) != 0)
		return r;
	if (tls12_verify_data(s->h, "server finished", v) != 0)
		return internal_error;
	v[0] ^= (uint8_t)serve_flag(s, SERVE_FINISHED);
	/* What came up to here was in answer to what is right. */
	s->went_on = 0;
	if ((r = send_message(s->h, finished, (struct bytes){v, sizeof v})) !=
	    0)
		return r;
	return record_flush(&s->h->records);
}

int
serve_rest12(struct serve *s)
{
	int rsa = s->suite->kx == KX_RSA;
	EVP_PKEY *key = rsa ? NULL : group_generate(s->group);
	int r;

	if (key == NULL && !rsa)
		return internal_error;
	if ((r = send_flight(s, key)) == 0 &&
	    (r = read_key_exchange(s, key)) == 0 && (r = read_finished(s)) == 0)
		r = send_finished(s);
	EVP_PKEY_free(key);
	return r;
}
