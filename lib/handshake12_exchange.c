/* handshake12_exchange.c - ServerKeyExchange and ClientKeyExchange: RFC 5246
 * 7.4.3 and 7.4.7, RFC 8422 5.4 and 5.7. */

#include <openssl/rand.h>

#include "handshake_state.h"

int
tls12_anonymous(const struct handshake *h)
{
	return h->suite->kx == KX_DH_anon || h->suite->kx == KX_ECDH_anon;
}

static int
is_elliptic(const struct handshake *h)
{
	return h->suite->kx == KX_ECDHE_RSA || h->suite->kx == KX_ECDHE_ECDSA ||
	       h->suite->kx == KX_ECDH_anon;
}

/* The rest of a ServerKeyExchange, behind params: RFC 5246 7.4.3. */
static int
read_signature(struct handshake *h, struct bytes params, struct bytes rest)
{
	uint8_t data[2 * RANDOM + 4 * PUBLIC_VALUE];
	struct out o = {data, 0, sizeof data};
	struct bytes signature;
	size_t scheme = 0; /* before TLS 1.2 it goes without saying */

	if (tls12_anonymous(h))
		return rest.n == 0 ? 0 : decode_error;
	if ((h->version == TLS_1_2 && take_int(&rest, 2, &scheme) == -1) ||
	    take_vector(&rest, 2, &signature) == -1 || rest.n != 0)
		return decode_error;
	put(&o, h->client_random, RANDOM);
	put(&o, h->server_random, RANDOM);
	put_bytes(&o, params);
	if (o.n > o.len)
		return because(h, illegal_parameter, "parameters too long");
	return check_signature(
	    h, (uint16_t)scheme, (struct bytes){data, o.n}, signature);
}

static int
read_dhe(struct handshake *h, struct bytes body)
{
	struct bytes start = body, p, g, y;
	struct out ours = {h->public_value, 0, sizeof h->public_value};
	struct out secret = {h->premaster, 0, sizeof h->premaster};
	int r;

	if (take_vector(&body, 2, &p) == -1 ||
	    take_vector(&body, 2, &g) == -1 || take_vector(&body, 2, &y) == -1)
		return decode_error;
	start.n -= body.n;
	if ((r = read_signature(h, start, body)) != 0)
		return r;
	if ((r = dhe_derive(p, g, y, &ours, &secret)) != 0)
		return because(h, r, "Diffie-Hellman parameters");
	h->public_size = ours.n;
	h->premaster_size = secret.n;
	return 0;
}

/* RFC 8422 5.4: a named curve, one of those offered. */
static int
read_ecdhe(struct handshake *h, struct bytes body)
{
	enum { NAMED_CURVE = 3 };
	struct out ours = {h->public_value, 0, sizeof h->public_value};
	struct out secret = {h->premaster, 0, sizeof h->premaster};
	struct bytes start = body, point, data;
	const struct group *g;
	size_t type, curve;
	EVP_PKEY *key;
	int r;

	if (take_int(&body, 1, &type) == -1 ||
	    take_int(&body, 2, &curve) == -1 ||
	    take_vector(&body, 1, &point) == -1)
		return decode_error;
	if (type != NAMED_CURVE ||
	    (hello_extension(h->p.hello, supported_groups, &data) &&
		!hello_lists(h->p.hello, supported_groups, 2, (uint16_t)curve)))
		return because(
		    h, illegal_parameter, "a curve that was not offered");
	start.n -= body.n;
	if ((r = read_signature(h, start, body)) != 0)
		return r;
	g = group_find((uint16_t)curve);
	if (g == NULL || (key = group_generate(g)) == NULL)
		return because(h, REACH, "a curve that is not ours");
	if ((r = group_public(key, &ours)) == 0)
		r = group_derive(key, point, 0, &secret);
	EVP_PKEY_free(key);
	h->public_size = ours.n;
	h->premaster_size = secret.n;
	return r == 0 ? 0 : because(h, r, "the server's public point");
}

int
tls12_read_key_exchange(struct handshake *h, struct bytes body)
{
	return is_elliptic(h) ? read_ecdhe(h, body) : read_dhe(h, body);
}

/* RFC 5246 7.4.7.1: the version that was offered, not the one agreed on. */
static int
make_premaster(struct handshake *h, struct out *encrypted)
{
	uint16_t offered = h->p.hello->version, v = offered;
	int wrong = erring(h, HANDSHAKE_ERROR_PREMASTER_PADDING);
	int r;

	if (erring(h, HANDSHAKE_ERROR_PREMASTER_VERSION))
		v = h->version != offered ? h->version
					  : (uint16_t)(offered - 1);
	if (RAND_bytes(h->premaster, PREMASTER) != 1)
		return internal_error;
	h->premaster[0] = (uint8_t)(v >> 8);
	h->premaster[1] = (uint8_t)v;
	h->premaster_size = PREMASTER;
	r = rsa_encrypt(X509_get0_pubkey(h->chain.leaf),
	    (struct bytes){h->premaster, PREMASTER}, wrong, encrypted);
	return r == 0 ? 0 : because(h, r, "the server's RSA key");
}

int
tls12_send_key_exchange(struct handshake *h, struct bytes unused)
{
	uint8_t body[2 + PUBLIC_VALUE + 2048];
	struct out o = {body, 0, sizeof body};
	size_t width = is_elliptic(h) ? 1 : 2;
	size_t start = put_open(&o, width);
	int r = 0;

	(void)unused;
	if (h->suite->kx == KX_RSA)
		r = make_premaster(h, &o);
	else if (erring(h, HANDSHAKE_ERROR_SHARE))
		is_elliptic(h) ? put(&o, h->public_value, h->public_size - 1)
			       : put_int(&o, 1, 0);
	else
		put(&o, h->public_value, h->public_size);
	put_close(&o, width, start);
	if (r != 0 || erring(h, HANDSHAKE_ERROR_NO_KEY_EXCHANGE))
		return r;
	r = send_message(h, client_key_exchange, (struct bytes){body, o.n});
	if (r == 0 && erring(h, HANDSHAKE_ERROR_TWO_KEY_EXCHANGES))
		r = send_message(
		    h, client_key_exchange, (struct bytes){body, o.n});
	return r;
}
