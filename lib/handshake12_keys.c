/* handshake12_keys.c - what TLS 1.0 to 1.2 derive from the premaster secret. */

#include "handshake_state.h"
#include "prf.h"

/* RFC 5246 8.1; RFC 7627 4: with the hash up to ClientKeyExchange instead of
 * the randoms. */
int
tls12_master(struct handshake *h)
{
	struct bytes premaster = {h->premaster, h->premaster_size};
	uint8_t seed[2 * RANDOM + DIGEST];
	size_t n;
	int r;

	if (h->ems && !erring(h, HANDSHAKE_ERROR_NO_EMS)) {
		if (transcript_hash(h, seed, &n) != 0)
			return internal_error;
		r = prf(h->md, premaster, "extended master secret",
		    (struct bytes){seed, n}, h->master, PREMASTER);
	} else {
		memcpy(seed, h->client_random, RANDOM);
		memcpy(seed + RANDOM, h->server_random, RANDOM);
		r = prf(h->md, premaster, "master secret",
		    (struct bytes){seed, 2 * RANDOM}, h->master, PREMASTER);
	}
	OPENSSL_cleanse(h->premaster, sizeof h->premaster);
	log_secret(h, "CLIENT_RANDOM", h->master, PREMASTER);
	return r == 0 ? 0 : internal_error;
}

/* RFC 5246 6.3: the key block holds both directions' in turn. */
int
tls12_keys(struct handshake *h, int out)
{
	uint8_t seed[2 * RANDOM], block[2 * (DIGEST + 32 + 16)];
	size_t mac = protection_mac(h->suite), key = h->suite->cipher->key;
	size_t iv = protection_iv(h->suite, h->version);
	struct protection_keys k = {h->suite, h->version, h->etm, block,
	    block + 2 * mac, block + 2 * mac + 2 * key};

	memcpy(seed, h->server_random, RANDOM);
	memcpy(seed + RANDOM, h->client_random, RANDOM);
	if (prf(h->md, (struct bytes){h->master, PREMASTER}, "key expansion",
		(struct bytes){seed, sizeof seed}, block,
		2 * (mac + key + iv)) == -1)
		return internal_error;
	if (out == h->server) /* the second half is the server's */
		k.mac += mac, k.key += key, k.iv += iv;
	return protect_with(h, &k, out);
}

/* RFC 5246 7.4.9 */
int
tls12_verify_data(struct handshake *h, const char *label, uint8_t *out)
{
	uint8_t hash[DIGEST];
	size_t n;

	if (transcript_hash(h, hash, &n) != 0 ||
	    prf(h->md, (struct bytes){h->master, PREMASTER}, label,
		(struct bytes){hash, n}, out, TLS12_VERIFY_DATA) == -1)
		return internal_error;
	return 0;
}
