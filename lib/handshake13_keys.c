/* handshake13_keys.c - the key schedule of TLS 1.3: RFC 8446 7.1. */

#include "handshake_state.h"
#include "prf.h"

static size_t
hash_size(const struct handshake *h)
{
	return (size_t)EVP_MD_get_size(h->md);
}

/* Derive-Secret(secret, label, messages so far). */
static int
derive_secret(
    struct handshake *h, const uint8_t *secret, const char *label, uint8_t *out)
{
	uint8_t hash[DIGEST];
	size_t n;

	if (transcript_hash(h, hash, &n) != 0 ||
	    hkdf_expand_label(h->md, (struct bytes){secret, n}, label,
		(struct bytes){hash, n}, out, n) == -1)
		return internal_error;
	return 0;
}

/* The next column of the schedule: what is new, salted with what was. */
static int
extract_next(
    struct handshake *h, const uint8_t *old, struct bytes fresh, uint8_t *out)
{
	uint8_t nothing[DIGEST], salt[DIGEST];
	size_t size = hash_size(h);
	unsigned n;

	if (EVP_Digest("", 0, nothing, &n, h->md, NULL) != 1 ||
	    hkdf_expand_label(h->md, (struct bytes){old, size}, "derived",
		(struct bytes){nothing, size}, salt, size) == -1 ||
	    hkdf_extract(h->md, (struct bytes){salt, size}, fresh, out) == -1)
		return internal_error;
	return 0;
}

int
tls13_handshake_secrets(struct handshake *h)
{
	static const uint8_t zeros[DIGEST];
	struct bytes zero = {zeros, hash_size(h)};
	struct bytes shared = {h->premaster, h->premaster_size};
	uint8_t early[DIGEST], secret[DIGEST];

	/* No PSK: the early secret is of zeros. */
	if (hkdf_extract(h->md, zero, zero, early) == -1 ||
	    extract_next(h, early, shared, secret) != 0 ||
	    derive_secret(h, secret, "c hs traffic", h->client_secret) != 0 ||
	    derive_secret(h, secret, "s hs traffic", h->server_secret) != 0 ||
	    extract_next(h, secret, zero, h->master) != 0)
		return internal_error;
	log_secret(
	    h, "CLIENT_HANDSHAKE_TRAFFIC_SECRET", h->client_secret, zero.n);
	log_secret(
	    h, "SERVER_HANDSHAKE_TRAFFIC_SECRET", h->server_secret, zero.n);
	return 0;
}

/* From the transcript up to the server's Finished. */
int
tls13_application_secrets(struct handshake *h)
{
	size_t n = hash_size(h);

	if (derive_secret(h, h->master, "c ap traffic", h->client_next) != 0 ||
	    derive_secret(h, h->master, "s ap traffic", h->server_next) != 0)
		return internal_error;
	log_secret(h, "CLIENT_TRAFFIC_SECRET_0", h->client_next, n);
	log_secret(h, "SERVER_TRAFFIC_SECRET_0", h->server_next, n);
	return 0;
}

/* The secret in use for one direction. */
static uint8_t *
secret_of(struct handshake *h, int out)
{
	return out != h->server ? h->client_secret : h->server_secret;
}

/* RFC 8446 7.3: the keys of one direction from its secret in use. */
int
tls13_keys(struct handshake *h, int out)
{
	struct bytes secret = {secret_of(h, out), hash_size(h)};
	struct bytes none = {NULL, 0};
	uint8_t key[32], iv[12];
	struct protection_keys k = {h->suite, TLS_1_3, 0, NULL, key, iv};

	if (hkdf_expand_label(
		h->md, secret, "key", none, key, h->suite->cipher->key) == -1 ||
	    hkdf_expand_label(h->md, secret, "iv", none, iv, sizeof iv) == -1)
		return internal_error;
	return protect_with(h, &k, out);
}

/* RFC 8446 7.2, after a KeyUpdate */
int
tls13_update(struct handshake *h, int out)
{
	uint8_t *secret = secret_of(h, out);
	uint8_t next[DIGEST];
	size_t n = hash_size(h);

	if (hkdf_expand_label(h->md, (struct bytes){secret, n}, "traffic upd",
		(struct bytes){NULL, 0}, next, n) == -1)
		return internal_error;
	memcpy(secret, next, n);
	return tls13_keys(h, out);
}

/* RFC 8446 4.4.4 */
int
tls13_verify_data(
    struct handshake *h, const uint8_t *secret, uint8_t *out, size_t *n)
{
	uint8_t key[DIGEST], hash[DIGEST];
	size_t size;

	if (transcript_hash(h, hash, &size) != 0 ||
	    hkdf_expand_label(h->md, (struct bytes){secret, size}, "finished",
		(struct bytes){NULL, 0}, key, size) == -1 ||
	    /* HMAC is what HKDF-Extract is. */
	    hkdf_extract(h->md, (struct bytes){key, size},
		(struct bytes){hash, size}, out) == -1)
		return internal_error;
	*n = size;
	return 0;
}

int
tls13_signed(struct handshake *h, uint8_t out[TLS13_SIGNED], size_t *n)
{
	static const char text[] = "TLS 1.3, server CertificateVerify";
	size_t start = 64 + sizeof text; /* with its NUL */

	memset(out, ' ', 64);
	memcpy(out + 64, text, sizeof text);
	if (transcript_hash(h, out + start, n) != 0)
		return internal_error;
	*n += start;
	return 0;
}
