/* certificate.c - reads and verifies a chain (certificate.h). */

#include "certificate.h"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "octets.h"
#include "registry.h"

enum { CHAIN = 16 }; /* certificates that are looked at */

static int
add(struct certificate_chain *c, struct bytes der)
{
	const unsigned char *p = der.p;
	X509 *x = d2i_X509(NULL, &p, (long)der.n);

	if (x == NULL || p != der.p + der.n) {
		X509_free(x);
		return bad_certificate;
	}
	if (c->leaf == NULL) {
		c->leaf = x;
		return 0;
	}
	if (sk_X509_num(c->others) >= CHAIN || !sk_X509_push(c->others, x))
		X509_free(x);
	return 0;
}

int
certificate_read(struct certificate_chain *c, struct bytes body, int tls13)
{
	struct bytes list, der, extensions;
	int r;

	certificate_free(c);
	if ((c->others = sk_X509_new_null()) == NULL)
		return internal_error;
	if (take_vector(&body, 3, &list) == -1 || body.n != 0)
		return decode_error;
	while (list.n > 0) {
		if (take_vector(&list, 3, &der) == -1 ||
		    (tls13 && take_vector(&list, 2, &extensions) == -1))
			return decode_error;
		if ((r = add(c, der)) != 0)
			return r;
	}
	/* RFC 8446 4.4.2.4; before that it was not said which alert. */
	if (c->leaf == NULL)
		return decode_error;
	return X509_get0_pubkey(c->leaf) != NULL ? 0 : unsupported_certificate;
}

void
certificate_free(struct certificate_chain *c)
{
	X509_free(c->leaf);
	sk_X509_pop_free(c->others, X509_free);
	*c = (struct certificate_chain){NULL, NULL};
}

int
certificate_trusted(
    const struct certificate_chain *c, X509_STORE *trust, const char *name)
{
	X509_STORE_CTX *s = X509_STORE_CTX_new();
	int ok;

	ok = s != NULL && c->leaf != NULL &&
	     X509_STORE_CTX_init(s, trust, c->leaf, c->others) == 1 &&
	     X509_STORE_CTX_set_default(s, "ssl_server") == 1 &&
	     X509_verify_cert(s) == 1 &&
	     (name == NULL || X509_check_host(c->leaf, name, 0, 0, NULL) == 1);
	X509_STORE_CTX_free(s);
	return ok;
}
