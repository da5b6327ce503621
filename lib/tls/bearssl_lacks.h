/* bearssl_lacks.h - what BearSSL leaves to its user: PEM files, a client that
 * does not verify, names of errors.  Only bearssl.c includes it. */
#ifndef BEARSSL_LACKS_H
#define BEARSSL_LACKS_H

#include <bearssl.h>
#include <stdio.h>
#include <string.h>

enum { MAX_CERTS = 8 };

struct credentials {
	br_x509_certificate chain[MAX_CERTS]; /* ours */
	size_t n_chain;
	br_skey_decoder_context key;
	unsigned issuer; /* the type of the key that signed chain[0] */
	br_x509_trust_anchor anchors[MAX_CERTS];
	br_x509_decoder_context anchor_keys[MAX_CERTS];
	size_t n_anchors;
	unsigned char der[64 << 10]; /* what all these point to */
	size_t n_der;
};

static void
append(void *credentials, const void *data, size_t len)
{
	struct credentials *c = credentials;
	size_t room = sizeof c->der - c->n_der;

	if (len > room)
		len = room; /* read_pem() refuses when all of it is used */
	memcpy(c->der + c->n_der, data, len);
	c->n_der += len;
}

/* How many objects of a kind the file has; 0 if anything is wrong. */
static size_t
read_pem(struct credentials *c, const char *file, const char *kind,
    br_x509_certificate found[MAX_CERTS])
{
	br_pem_decoder_context pem;
	unsigned char text[32 << 10];
	size_t n, used = 0, start = 0, n_found = 0;
	FILE *f;

	if ((f = fopen(file, "rb")) == NULL)
		return 0;
	n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[n++] = '\n'; /* a last line without its end would be lost */
	br_pem_decoder_init(&pem);
	while (used < n) {
		used += br_pem_decoder_push(&pem, text + used, n - used);
		switch (br_pem_decoder_event(&pem)) {
		case BR_PEM_BEGIN_OBJ:
			start = c->n_der;
			br_pem_decoder_setdest(&pem, append, c);
			break;
		case BR_PEM_END_OBJ:
			if (strstr(br_pem_decoder_name(&pem), kind) == NULL)
				break;
			if (n_found == MAX_CERTS)
				return 0;
			found[n_found++] = (br_x509_certificate){
			    c->der + start, c->n_der - start};
			break;
		case BR_PEM_ERROR: return 0;
		default: break;
		}
	}
	return n < sizeof text && c->n_der < sizeof c->der ? n_found : 0;
}

/* Our chain and its key: 0, or -1 if they are unreadable or of two kinds. */
static int
read_identity(
    struct credentials *c, const char *cert_file, const char *key_file)
{
	br_x509_certificate key[MAX_CERTS];
	br_x509_decoder_context x;

	c->n_chain = read_pem(c, cert_file, "CERTIFICATE", c->chain);
	if (c->n_chain == 0 || read_pem(c, key_file, "PRIVATE KEY", key) != 1)
		return -1;
	br_skey_decoder_init(&c->key);
	br_skey_decoder_push(&c->key, key[0].data, key[0].data_len);
	br_x509_decoder_init(&x, NULL, NULL);
	br_x509_decoder_push(&x, c->chain[0].data, c->chain[0].data_len);
	c->issuer = (unsigned)br_x509_decoder_get_signer_key_type(&x);
	if (br_skey_decoder_last_error(&c->key) != 0 ||
	    br_x509_decoder_last_error(&x) != 0 ||
	    br_x509_decoder_get_pkey(&x)->key_type !=
		br_skey_decoder_key_type(&c->key))
		return -1;
	return 0;
}

/* Whom to trust: 0, or -1 if the file cannot be read or holds nobody. */
static int
read_anchors(struct credentials *c, const char *file)
{
	br_x509_certificate ca[MAX_CERTS];
	size_t i;

	c->n_anchors = read_pem(c, file, "CERTIFICATE", ca);
	for (i = 0; i < c->n_anchors; i++) {
		br_x509_decoder_context *x = &c->anchor_keys[i];
		unsigned char *name = c->der + c->n_der;

		br_x509_decoder_init(x, append, c);
		br_x509_decoder_push(x, ca[i].data, ca[i].data_len);
		if (br_x509_decoder_last_error(x) != 0)
			return -1;
		c->anchors[i] = (br_x509_trust_anchor){
		    .dn = {name, (size_t)(c->der + c->n_der - name)},
		    .flags = br_x509_decoder_isCA(x) ? BR_X509_TA_CA : 0,
		    .pkey = *br_x509_decoder_get_pkey(x), /* points into x */
		};
	}
	return c->n_anchors > 0 && c->n_der < sizeof c->der ? 0 : -1;
}

/* X.509 "validation" that takes the leaf's key and asks nothing.  BearSSL's
 * own validation cannot be told to go on with, say, an expired certificate. */
struct unchecked {
	const br_x509_class *vtable; /* BearSSL wants it first */
	br_x509_decoder_context leaf;
	size_t n; /* certificates so far */
};

static void
unchecked_start_chain(const br_x509_class **x, const char *server_name)
{
	(void)server_name;
	((struct unchecked *)x)->n = 0;
}

static void
unchecked_start_cert(const br_x509_class **x, uint32_t len)
{
	struct unchecked *u = (struct unchecked *)x;

	(void)len;
	if (u->n++ == 0)
		br_x509_decoder_init(&u->leaf, NULL, NULL);
}

static void
unchecked_append(const br_x509_class **x, const unsigned char *p, size_t len)
{
	struct unchecked *u = (struct unchecked *)x;

	if (u->n == 1)
		br_x509_decoder_push(&u->leaf, p, len);
}

static void
unchecked_end_cert(const br_x509_class **x)
{
	(void)x;
}

static unsigned
unchecked_end_chain(const br_x509_class **x)
{
	struct unchecked *u = (struct unchecked *)x;

	if (u->n == 0)
		return BR_ERR_X509_EMPTY_CHAIN;
	return (unsigned)br_x509_decoder_last_error(&u->leaf);
}

static const br_x509_pkey *
unchecked_get_pkey(const br_x509_class *const *x, unsigned *usages)
{
	struct unchecked *u = (struct unchecked *)x;

	if (usages != NULL)
		*usages = BR_KEYTYPE_KEYX | BR_KEYTYPE_SIGN;
	return br_x509_decoder_get_pkey(&u->leaf);
}

static const br_x509_class unchecked_class = {
    .context_size = sizeof(struct unchecked),
    .start_chain = unchecked_start_chain,
    .start_cert = unchecked_start_cert,
    .append = unchecked_append,
    .end_cert = unchecked_end_cert,
    .end_chain = unchecked_end_chain,
    .get_pkey = unchecked_get_pkey,
};

/* As bearssl_ssl.h and bearssl_x509.h call them. */
#define NAME(error) [BR_ERR_##error] = #error
/* clang-format off */
static const char *const error_names[] = {
	NAME(BAD_PARAM), NAME(BAD_STATE), NAME(UNSUPPORTED_VERSION),
	NAME(BAD_VERSION), NAME(BAD_LENGTH), NAME(TOO_LARGE), NAME(BAD_MAC),
	NAME(NO_RANDOM), NAME(UNKNOWN_TYPE), NAME(UNEXPECTED), NAME(BAD_CCS),
	NAME(BAD_ALERT), NAME(BAD_HANDSHAKE), NAME(OVERSIZED_ID),
	NAME(BAD_CIPHER_SUITE), NAME(BAD_COMPRESSION), NAME(BAD_FRAGLEN),
	NAME(BAD_SECRENEG), NAME(EXTRA_EXTENSION), NAME(BAD_SNI),
	NAME(BAD_HELLO_DONE), NAME(LIMIT_EXCEEDED), NAME(BAD_FINISHED),
	NAME(RESUME_MISMATCH), NAME(INVALID_ALGORITHM), NAME(BAD_SIGNATURE),
	NAME(WRONG_KEY_USAGE), NAME(NO_CLIENT_AUTH), NAME(X509_TRUNCATED),
	NAME(X509_EMPTY_CHAIN), NAME(X509_UNSUPPORTED),
	NAME(X509_WRONG_KEY_TYPE), NAME(X509_BAD_SIGNATURE), NAME(X509_EXPIRED),
	NAME(X509_DN_MISMATCH), NAME(X509_BAD_SERVER_NAME),
	NAME(X509_CRITICAL_EXTENSION), NAME(X509_NOT_CA),
	NAME(X509_FORBIDDEN_KEY_USAGE), NAME(X509_WEAK_PUBLIC_KEY),
	NAME(X509_NOT_TRUSTED),
};
/* clang-format on */

static const char *
error_name(int e)
{
	if (e == BR_ERR_OK)
		return "the stream ended";
	if (e >= BR_ERR_RECV_FATAL_ALERT)
		return e < BR_ERR_SEND_FATAL_ALERT ? "alert received"
						   : "alert sent";
	if (e > BR_ERR_X509_NOT_TRUSTED || error_names[e] == NULL)
		return "BearSSL error";
	return error_names[e];
}

#endif
