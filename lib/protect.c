/* protect.c - seals and opens the body of a record (protect.h).
 *
 * Nothing here hides its timing: the keys protect test mail, and a server
 * that measures us learns what it knows already.
 */

#include "protect.h"

#include <openssl/params.h>
#include <stdlib.h>

#include "protect_state.h"
#include "registry.h"

size_t
protection_iv(const struct suite *s, uint16_t version)
{
	if (version == TLS_1_3)
		return 12;
	/* RFC 4346 6.2.3.2: from TLS 1.1 on a CBC record brings its own. */
	if (s->cipher->kind == CIPHER_CBC && version > TLS_1_0)
		return 0;
	return s->cipher->iv;
}

size_t
protection_mac(const struct suite *s)
{
	return s->mac == NULL
		   ? 0
		   : (size_t)EVP_MD_get_size(EVP_get_digestbyname(s->mac));
}

static int
set_mac(struct protection *p, const struct protection_keys *k)
{
	OSSL_PARAM digest[2];
	EVP_MAC *hmac;

	p->mac_size = protection_mac(k->suite);
	digest[0] = OSSL_PARAM_construct_utf8_string(
	    "digest", (char *)(uintptr_t)k->suite->mac, 0);
	digest[1] = OSSL_PARAM_construct_end();
	if ((hmac = EVP_MAC_fetch(NULL, "HMAC", NULL)) == NULL)
		return -1;
	p->mac = EVP_MAC_CTX_new(hmac);
	EVP_MAC_free(hmac);
	return p->mac != NULL &&
		       EVP_MAC_init(p->mac, k->mac, p->mac_size, digest) == 1
		   ? 0
		   : -1;
}

static int
set_cipher(struct protection *p, const struct protection_keys *k)
{
	const struct cipher *c = p->cipher;
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, c->name, NULL);
	int ok;

	p->ctx = EVP_CIPHER_CTX_new();
	ok = cipher != NULL && p->ctx != NULL &&
	     EVP_CipherInit_ex(p->ctx, cipher, NULL, NULL, NULL, p->seal) == 1;
	EVP_CIPHER_free(cipher);
	if (ok && c->ccm)
		ok = EVP_CIPHER_CTX_ctrl(
			 p->ctx, EVP_CTRL_AEAD_SET_IVLEN, 12, NULL) == 1 &&
		     EVP_CIPHER_CTX_ctrl(
			 p->ctx, EVP_CTRL_AEAD_SET_TAG, c->tag, NULL) == 1;
	if (!ok ||
	    EVP_CipherInit_ex(p->ctx, NULL, NULL, k->key,
		c->kind == CIPHER_CBC && protection_iv(k->suite, k->version) > 0
		    ? k->iv
		    : NULL,
		p->seal) != 1)
		return -1;
	return EVP_CIPHER_CTX_set_padding(p->ctx, 0) == 1 ? 0 : -1;
}

struct protection *
protection_new(const struct protection_keys *k, int seal)
{
	struct protection *p = calloc(1, sizeof *p);

	if (p == NULL)
		return NULL;
	p->cipher = k->suite->cipher;
	p->version = k->version;
	p->etm = k->etm;
	p->seal = seal;
	if (p->cipher->kind == CIPHER_AEAD)
		memcpy(p->iv, k->iv, protection_iv(k->suite, k->version));
	if ((k->suite->mac != NULL && set_mac(p, k) == -1) ||
	    (p->cipher->name != NULL && set_cipher(p, k) == -1)) {
		protection_free(p);
		return NULL;
	}
	return p;
}

void
protection_free(struct protection *p)
{
	if (p == NULL)
		return;
	EVP_CIPHER_CTX_free(p->ctx);
	EVP_MAC_CTX_free(p->mac);
	free(p);
}

void
protection_spoil(struct protection *p, enum protection_spoil spoil)
{
	p->spoil = spoil;
}

void
protection_trust(struct protection *p)
{
	p->trusting = 1;
}

int
spoilt(struct protection *p, enum protection_spoil how)
{
	if (p->spoil != how)
		return 0;
	p->spoil = SPOIL_NOTHING;
	return 1;
}

void
put_header(struct out *o, const struct protection *p, uint8_t type, size_t n)
{
	if (p->version < TLS_1_3) {
		put_int(o, 4, (size_t)(p->seq >> 32));
		put_int(o, 4, (size_t)(p->seq & 0xffffffff));
	}
	put_int(o, 1, type);
	put_int(o, 2, p->version < TLS_1_3 ? p->version : TLS_1_2);
	put_int(o, 2, n);
}

int
protection_seal(struct protection *p, uint8_t *type, struct bytes plain,
    uint8_t *out, size_t *n)
{
	int r = p->cipher->kind == CIPHER_AEAD
		    ? seal_aead(p, type, plain, out, n)
		    : seal_mac(p, *type, plain, out, n);

	p->seq++;
	return r;
}

int
protection_open(
    struct protection *p, uint8_t *type, uint8_t *data, struct bytes *body)
{
	int r;

	if (p->cipher->kind == CIPHER_AEAD)
		r = open_aead(p, type, data, body);
	else
		r = open_mac(p, *type, data, body) == 0 ? 0 : bad_record_mac;
	p->seq++;
	return r;
}
