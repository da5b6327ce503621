/* server_certificate.c - who the server says it is, and what it signed. */

#include "handshake_state.h"
#include "signature.h"

int
read_certificate(struct handshake *h, struct bytes list)
{
	int r = certificate_read(&h->chain, list, h->version == TLS_1_3);

	if (r != 0)
		return because(h, r, "the server's certificate cannot be read");
	if (h->p.trust == NULL)
		return 0;
	h->info.verified =
	    certificate_trusted(&h->chain, h->p.trust, h->p.server_name);
	return h->info.verified
		   ? 0
		   : because(h, unknown_ca,
			 "the server's certificate is not trusted");
}

/* RFC 5246 7.4.3, RFC 8446 4.4.3: a scheme that was offered; who offered none
 * gets the default. */
static int
scheme_offered(const struct handshake *h, EVP_PKEY *key, uint16_t scheme)
{
	struct bytes data;

	if (h->version < TLS_1_2)
		return 1;
	if (!hello_extension(h->p.hello, signature_algorithms, &data))
		return scheme == signature_default(key);
	return hello_lists(h->p.hello, signature_algorithms, 2, scheme);
}

int
check_signature(struct handshake *h, uint16_t scheme, struct bytes data,
    struct bytes signature)
{
	EVP_PKEY *key = X509_get0_pubkey(h->chain.leaf);
	int r;

	if (!scheme_offered(h, key, scheme))
		return because(h, illegal_parameter,
		    "a signature scheme that was not offered");
	r = signature_verify(key, scheme, h->version, data, signature);
	if (r == decrypt_error && erring(h, HANDSHAKE_TAKES_PROOF))
		r = 0;
	return r == 0 ? 0 : because(h, r, "the server's signature is wrong");
}
