/* signature.c - verifies what a server signed, and signs for one
 * (signature.h). */

#include "signature.h"

#include <openssl/rsa.h>

#include "registry.h"

struct scheme {
	uint16_t code;
	const char *key;    /* in libcrypto */
	const char *digest; /* NULL: the key's own */
	int pss;
	int tls13; /* RFC 8446 4.2.3 lets it sign CertificateVerify */
};

static const struct scheme schemes[] = {
    {0x0101, "RSA", "MD5", 0, 0},
    {0x0201, "RSA", "SHA1", 0, 0},
    {0x0202, "DSA", "SHA1", 0, 0},
    {0x0203, "EC", "SHA1", 0, 0},
    {0x0301, "RSA", "SHA224", 0, 0},
    {0x0302, "DSA", "SHA224", 0, 0},
    {0x0303, "EC", "SHA224", 0, 0},
    {0x0401, "RSA", "SHA256", 0, 0},
    {0x0402, "DSA", "SHA256", 0, 0},
    {0x0403, "EC", "SHA256", 0, 1},
    {0x0501, "RSA", "SHA384", 0, 0},
    {0x0502, "DSA", "SHA384", 0, 0},
    {0x0503, "EC", "SHA384", 0, 1},
    {0x0601, "RSA", "SHA512", 0, 0},
    {0x0602, "DSA", "SHA512", 0, 0},
    {0x0603, "EC", "SHA512", 0, 1},
    {0x0804, "RSA", "SHA256", 1, 1},
    {0x0805, "RSA", "SHA384", 1, 1},
    {0x0806, "RSA", "SHA512", 1, 1},
    {0x0807, "ED25519", NULL, 0, 1},
    {0x0808, "ED448", NULL, 0, 1},
    {0x0809, "RSA-PSS", "SHA256", 1, 1},
    {0x080a, "RSA-PSS", "SHA384", 1, 1},
    {0x080b, "RSA-PSS", "SHA512", 1, 1},
};

static const struct scheme old_rsa = {0, "RSA", "MD5-SHA1", 0, 0};

static const struct scheme *
find(EVP_PKEY *key, uint16_t scheme)
{
	size_t i;

	if (scheme == SIGNATURE_OF_OLD) {
		if (EVP_PKEY_is_a(key, "RSA"))
			return &old_rsa;
		scheme = signature_default(key);
	}
	for (i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
		if (schemes[i].code == scheme)
			return EVP_PKEY_is_a(key, schemes[i].key) ? &schemes[i]
								  : NULL;
	return NULL;
}

uint16_t
signature_default(EVP_PKEY *key)
{
	if (EVP_PKEY_is_a(key, "RSA"))
		return 0x0201;
	if (EVP_PKEY_is_a(key, "DSA"))
		return 0x0202;
	return EVP_PKEY_is_a(key, "EC") ? 0x0203 : 0;
}

static int
set_padding(EVP_PKEY_CTX *c, const struct scheme *s)
{
	if (!s->pss)
		return 1;
	/* RFC 8446 4.2.3: the salt is as long as the digest. */
	return EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PSS_PADDING) == 1 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(c, RSA_PSS_SALTLEN_DIGEST) == 1;
}

int
signature_verify(EVP_PKEY *key, uint16_t scheme, uint16_t version,
    struct bytes data, struct bytes signature)
{
	const struct scheme *s = find(key, scheme);
	EVP_MD_CTX *m;
	EVP_PKEY_CTX *c; /* m's */
	int ok;

	if (s == NULL || (version == TLS_1_3 && !s->tls13))
		return illegal_parameter;
	if ((m = EVP_MD_CTX_new()) == NULL)
		return internal_error;
	ok = EVP_DigestVerifyInit_ex(m, &c, s->digest, NULL, NULL, key, NULL) ==
		 1 &&
	     set_padding(c, s) &&
	     EVP_DigestVerify(m, signature.p, signature.n, data.p, data.n) == 1;
	EVP_MD_CTX_free(m);
	return ok ? 0 : decrypt_error;
}

int
signature_sign(EVP_PKEY *key, uint16_t scheme, struct bytes data, struct out *o)
{
	enum { SIGNATURE = 1024 };
	const struct scheme *s = find(key, scheme);
	uint8_t signature[SIGNATURE];
	size_t n = sizeof signature;
	EVP_MD_CTX *m;
	EVP_PKEY_CTX *c; /* m's */
	int ok;

	if (s == NULL || (m = EVP_MD_CTX_new()) == NULL)
		return internal_error;
	ok = EVP_DigestSignInit_ex(m, &c, s->digest, NULL, NULL, key, NULL) ==
		 1 &&
	     set_padding(c, s) &&
	     EVP_DigestSign(m, signature, &n, data.p, data.n) == 1;
	EVP_MD_CTX_free(m);
	if (!ok)
		return internal_error;
	put(o, signature, n);
	return 0;
}
