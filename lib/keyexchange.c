/* keyexchange.c - RSA, DHE and ECDHE on libcrypto (keyexchange.h). */

#include "keyexchange.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/dh.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <string.h>

#include "registry.h"

static const struct group groups[] = {
    {0x0013, "secp192r1", "EC", "P-192"},
    {0x0015, "secp224r1", "EC", "P-224"},
    {0x0016, "secp256k1", "EC", "secp256k1"},
    {0x0017, "secp256r1", "EC", "P-256"},
    {0x0018, "secp384r1", "EC", "P-384"},
    {0x0019, "secp521r1", "EC", "P-521"},
    {0x001a, "brainpoolP256r1", "EC", "brainpoolP256r1"},
    {0x001b, "brainpoolP384r1", "EC", "brainpoolP384r1"},
    {0x001c, "brainpoolP512r1", "EC", "brainpoolP512r1"},
    {0x001d, "x25519", "X25519", NULL},
    {0x001e, "x448", "X448", NULL},
    {0x0100, "ffdhe2048", "DH", "ffdhe2048"},
    {0x0101, "ffdhe3072", "DH", "ffdhe3072"},
    {0x0102, "ffdhe4096", "DH", "ffdhe4096"},
};

enum { GROUPS = sizeof groups / sizeof groups[0] };

const struct group *
group_find(uint16_t code)
{
	size_t i;

	for (i = 0; i < GROUPS; i++)
		if (groups[i].code == code)
			return &groups[i];
	return NULL;
}

const struct group *
group_named(const char *name)
{
	size_t i;

	for (i = 0; i < GROUPS; i++)
		if (strcmp(groups[i].name, name) == 0)
			return &groups[i];
	/* What a vector's author may call them. */
	if (strcmp(name, "p256") == 0)
		return group_find(0x0017);
	if (strcmp(name, "p384") == 0)
		return group_find(0x0018);
	return strcmp(name, "p521") == 0 ? group_find(0x0019) : NULL;
}

EVP_PKEY *
group_generate(const struct group *g)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, g->algorithm, NULL);
	EVP_PKEY *key = NULL;

	if (c == NULL || EVP_PKEY_keygen_init(c) != 1 ||
	    (g->curve != NULL &&
		EVP_PKEY_CTX_set_group_name(c, g->curve) != 1) ||
	    EVP_PKEY_generate(c, &key) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(c);
	return key;
}

/* A key of that algorithm from its parts, which it takes. */
static EVP_PKEY *
make_key(const char *algorithm, OSSL_PARAM_BLD *parts, int selection)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(parts);
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, algorithm, NULL);
	EVP_PKEY *key = NULL;

	if (params == NULL || c == NULL || EVP_PKEY_fromdata_init(c) != 1 ||
	    EVP_PKEY_fromdata(c, &key, selection, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(c);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(parts);
	return key;
}

EVP_PKEY *
group_load(
    const struct group *g, struct bytes secret, struct bytes public_value)
{
	OSSL_PARAM_BLD *parts;
	EVP_PKEY *key = NULL;
	BIGNUM *d;

	if (g->curve == NULL)
		return EVP_PKEY_new_raw_private_key_ex(
		    NULL, g->algorithm, NULL, secret.p, secret.n);
	d = BN_bin2bn(secret.p, (int)secret.n, NULL);
	parts = OSSL_PARAM_BLD_new();
	if (d != NULL && parts != NULL &&
	    OSSL_PARAM_BLD_push_utf8_string(
		parts, OSSL_PKEY_PARAM_GROUP_NAME, g->curve, 0) == 1 &&
	    OSSL_PARAM_BLD_push_BN(parts, OSSL_PKEY_PARAM_PRIV_KEY, d) == 1 &&
	    (strcmp(g->algorithm, "EC") != 0 ||
		OSSL_PARAM_BLD_push_octet_string(parts, OSSL_PKEY_PARAM_PUB_KEY,
		    public_value.p, public_value.n) == 1)) {
		key = make_key(g->algorithm, parts, EVP_PKEY_KEYPAIR);
		parts = NULL;
	}
	OSSL_PARAM_BLD_free(parts);
	BN_free(d);
	return key;
}

int
group_public(EVP_PKEY *key, struct out *o)
{
	unsigned char *p;
	size_t n = EVP_PKEY_get1_encoded_public_key(key, &p);

	if (n == 0)
		return internal_error;
	put(o, p, n);
	OPENSSL_free(p);
	return 0;
}

/* The secret of two keys of one kind. */
static int
derive(EVP_PKEY *ours, EVP_PKEY *theirs, int pad, struct out *o)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(NULL, ours, NULL);
	uint8_t secret[SHARED_SECRET];
	size_t n = sizeof secret;
	int ok = c != NULL && EVP_PKEY_derive_init(c) == 1 &&
		 (!EVP_PKEY_is_a(ours, "DH") ||
		     EVP_PKEY_CTX_set_dh_pad(c, pad) == 1) &&
		 EVP_PKEY_derive_set_peer(c, theirs) == 1 &&
		 EVP_PKEY_derive(c, secret, &n) == 1;

	EVP_PKEY_CTX_free(c);
	if (!ok)
		return illegal_parameter;
	put(o, secret, n);
	OPENSSL_cleanse(secret, sizeof secret);
	return 0;
}

int
group_derive(EVP_PKEY *ours, struct bytes theirs, int pad, struct out *o)
{
	EVP_PKEY *peer = EVP_PKEY_new();
	int r = illegal_parameter;

	/* Off the curve, or not as long as it must be: RFC 8446 4.2.8.2. */
	if (peer != NULL && EVP_PKEY_copy_parameters(peer, ours) == 1 &&
	    EVP_PKEY_set1_encoded_public_key(peer, theirs.p, theirs.n) == 1)
		r = derive(ours, peer, pad, o);
	EVP_PKEY_free(peer);
	return r;
}

/* The group, and with y a public key in it. */
static EVP_PKEY *
dh_key(const BIGNUM *p, const BIGNUM *g, const BIGNUM *y)
{
	/* Twice the strength of any cipher here; without it libcrypto takes
	 * an exponent as long as p. */
	enum { EXPONENT = 512 };
	OSSL_PARAM_BLD *parts = OSSL_PARAM_BLD_new();

	if (parts == NULL ||
	    OSSL_PARAM_BLD_push_BN(parts, OSSL_PKEY_PARAM_FFC_P, p) != 1 ||
	    OSSL_PARAM_BLD_push_BN(parts, OSSL_PKEY_PARAM_FFC_G, g) != 1 ||
	    (y == NULL && BN_num_bits(p) > EXPONENT &&
		OSSL_PARAM_BLD_push_long(
		    parts, OSSL_PKEY_PARAM_DH_PRIV_LEN, EXPONENT) != 1) ||
	    (y != NULL && OSSL_PARAM_BLD_push_BN(
			      parts, OSSL_PKEY_PARAM_PUB_KEY, y) != 1)) {
		OSSL_PARAM_BLD_free(parts);
		return NULL;
	}
	return make_key("DH", parts,
	    y == NULL ? EVP_PKEY_KEY_PARAMETERS : EVP_PKEY_PUBLIC_KEY);
}

static EVP_PKEY *
dh_generate(EVP_PKEY *group)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(NULL, group, NULL);
	EVP_PKEY *key = NULL;

	if (c == NULL || EVP_PKEY_keygen_init(c) != 1 ||
	    EVP_PKEY_generate(c, &key) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(c);
	return key;
}

static int
dh_public(EVP_PKEY *key, struct out *o)
{
	uint8_t value[PUBLIC_VALUE];
	BIGNUM *y = NULL;
	int n = -1;

	if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PUB_KEY, &y) == 1 &&
	    BN_num_bytes(y) <= PUBLIC_VALUE)
		n = BN_bn2bin(y, value);
	BN_free(y);
	if (n <= 0)
		return internal_error;
	put(o, value, (size_t)n);
	return 0;
}

int
dhe_derive(struct bytes p, struct bytes g, struct bytes theirs,
    struct out *ours, struct out *secret)
{
	BIGNUM *bp, *bg, *by;
	EVP_PKEY *group = NULL, *key = NULL, *peer = NULL;
	int r = illegal_parameter;

	/* More than libcrypto would work with (10,000 bits). */
	if (p.n > PUBLIC_VALUE || g.n > PUBLIC_VALUE || theirs.n > PUBLIC_VALUE)
		return illegal_parameter;
	bp = BN_bin2bn(p.p, (int)p.n, NULL);
	bg = BN_bin2bn(g.p, (int)g.n, NULL);
	by = BN_bin2bn(theirs.p, (int)theirs.n, NULL);
	if (bp != NULL && bg != NULL && by != NULL && BN_is_odd(bp) &&
	    (group = dh_key(bp, bg, NULL)) != NULL &&
	    (peer = dh_key(bp, bg, by)) != NULL &&
	    (key = dh_generate(group)) != NULL &&
	    (r = derive(key, peer, 0, secret)) == 0)
		r = dh_public(key, ours);
	EVP_PKEY_free(group);
	EVP_PKEY_free(key);
	EVP_PKEY_free(peer);
	BN_free(bp);
	BN_free(bg);
	BN_free(by);
	return r;
}

/* A block that looks like PKCS #1, but is a signature's: 00 01 ff .. 00 */
static int
type_1_block(struct bytes secret, uint8_t *block, size_t n)
{
	if (n < secret.n + 11)
		return -1;
	memset(block, 0xff, n);
	block[0] = 0;
	block[1] = 1;
	block[n - secret.n - 1] = 0;
	memcpy(block + n - secret.n, secret.p, secret.n);
	return 0;
}

int
rsa_encrypt(EVP_PKEY *key, struct bytes secret, int wrong, struct out *o)
{
	enum { MODULUS = 2048 };
	uint8_t block[MODULUS], result[MODULUS];
	size_t n = (size_t)EVP_PKEY_get_size(key), k = sizeof result;
	EVP_PKEY_CTX *c;
	int ok;

	if (!EVP_PKEY_is_a(key, "RSA"))
		return unsupported_certificate;
	if (n > MODULUS || (wrong && type_1_block(secret, block, n) == -1))
		return bad_certificate;
	if (wrong)
		secret = (struct bytes){block, n};
	c = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	ok = c != NULL && EVP_PKEY_encrypt_init(c) == 1 &&
	     EVP_PKEY_CTX_set_rsa_padding(
		 c, wrong ? RSA_NO_PADDING : RSA_PKCS1_PADDING) == 1 &&
	     EVP_PKEY_encrypt(c, result, &k, secret.p, secret.n) == 1;
	EVP_PKEY_CTX_free(c);
	if (!ok)
		return bad_certificate;
	put(o, result, k);
	return 0;
}

int
rsa_decrypt(EVP_PKEY *key, struct bytes encrypted, int any, uint8_t *secret)
{
	enum { MODULUS = 2048 };
	uint8_t block[MODULUS];
	size_t n = sizeof block, at = 2;
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	int ok = c != NULL && EVP_PKEY_get_size(key) <= MODULUS &&
		 EVP_PKEY_decrypt_init(c) == 1 &&
		 EVP_PKEY_CTX_set_rsa_padding(c, RSA_NO_PADDING) == 1 &&
		 EVP_PKEY_decrypt(c, block, &n, encrypted.p, encrypted.n) == 1;

	EVP_PKEY_CTX_free(c);
	if (!ok || n < PREMASTER + 11 || block[0] != 0 ||
	    (block[1] != 2 && !(any && block[1] == 1)))
		return decrypt_error;
	while (at < n && block[at] != 0)
		at++;
	if (n - at != 1 + PREMASTER)
		return decrypt_error;
	memcpy(secret, block + at + 1, PREMASTER);
	return 0;
}
