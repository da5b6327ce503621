/* prf.c - the key derivations of TLS (prf.h). */

#include "prf.h"

#include <openssl/hmac.h>
#include <string.h>

#include "octets.h"

/* The longest here: A(i), "extended master secret", a session hash. */
enum { SEED = 256 };

static int
hmac(const EVP_MD *md, struct bytes key, struct bytes data, uint8_t *out)
{
	static const uint8_t none[1];

	/* No key and no data are lawful; NULL is not. */
	return HMAC(md, key.n > 0 ? key.p : none, (int)key.n,
		   data.n > 0 ? data.p : none, data.n, out, NULL) != NULL
		   ? 0
		   : -1;
}

/* RFC 5246 5: P_hash, laid over what is in out (so that RFC 2246's two are
 * added up by exclusive or). */
static int
p_hash(const EVP_MD *md, struct bytes secret, struct bytes seed, uint8_t *out,
    size_t n)
{
	uint8_t in[EVP_MAX_MD_SIZE + SEED], piece[EVP_MAX_MD_SIZE];
	size_t size = (size_t)EVP_MD_get_size(md), i, k;

	/* in is A(i) + seed. */
	if (seed.n > SEED || hmac(md, secret, seed, in) == -1)
		return -1;
	memcpy(in + size, seed.p, seed.n);
	for (i = 0; i < n; i += size) {
		if (hmac(md, secret, (struct bytes){in, size + seed.n},
			piece) == -1)
			return -1;
		for (k = 0; k < size && i + k < n; k++)
			out[i + k] ^= piece[k];
		if (hmac(md, secret, (struct bytes){in, size}, piece) == -1)
			return -1;
		memcpy(in, piece, size);
	}
	return 0;
}

int
prf(const EVP_MD *md, struct bytes secret, const char *label, struct bytes seed,
    uint8_t *out, size_t n)
{
	uint8_t labelled[SEED];
	struct out o = {labelled, 0, sizeof labelled};
	size_t half = (secret.n + 1) / 2;
	struct bytes s;

	put(&o, (const uint8_t *)label, strlen(label));
	put_bytes(&o, seed);
	if (o.n > o.len)
		return -1;
	s = (struct bytes){labelled, o.n};
	memset(out, 0, n);
	if (EVP_MD_get_type(md) != NID_md5_sha1)
		return p_hash(md, secret, s, out, n);
	/* RFC 2246 5: the two halves share the middle octet of an odd one. */
	if (p_hash(EVP_md5(), (struct bytes){secret.p, half}, s, out, n) == -1)
		return -1;
	return p_hash(EVP_sha1(),
	    (struct bytes){secret.p + secret.n - half, half}, s, out, n);
}

int
hkdf_extract(
    const EVP_MD *md, struct bytes salt, struct bytes secret, uint8_t *out)
{
	return hmac(md, salt, secret, out);
}

int
hkdf_expand_label(const EVP_MD *md, struct bytes secret, const char *label,
    struct bytes context, uint8_t *out, size_t n)
{
	uint8_t in[EVP_MAX_MD_SIZE + SEED], piece[EVP_MAX_MD_SIZE];
	size_t size = (size_t)EVP_MD_get_size(md), i, take, name, info;
	struct out o = {in + EVP_MAX_MD_SIZE, 0, SEED - 1};

	/* struct HkdfLabel */
	put_int(&o, 2, n);
	name = put_open(&o, 1);
	put(&o, (const uint8_t *)"tls13 ", 6);
	put(&o, (const uint8_t *)label, strlen(label));
	put_close(&o, 1, name);
	put_vector(&o, 1, context);
	if (o.n > o.len || n > 255 * size)
		return -1;
	/* RFC 5869 2.3: T(i) is of T(i-1), the info and i. */
	info = o.n;
	for (i = 0; i * size < n; i++) {
		uint8_t *start = o.p - (i > 0 ? size : 0);

		if (i > 0)
			memcpy(start, piece, size);
		o.p[info] = (uint8_t)(i + 1);
		if (hmac(md, secret,
			(struct bytes){start, (size_t)(o.p - start) + info + 1},
			piece) == -1)
			return -1;
		take = n - i * size < size ? n - i * size : size;
		memcpy(out + i * size, piece, take);
	}
	return 0;
}
