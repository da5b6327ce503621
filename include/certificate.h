/* certificate.h - the server's certificates. */
#ifndef CERTIFICATE_H
#define CERTIFICATE_H

#include <openssl/x509.h>

#include "bytes.h"

struct certificate_chain {
	X509 *leaf;
	STACK_OF(X509) * others;
};

/* Reads the body of a Certificate message: RFC 5246 7.4.2, or RFC 8446 4.4.2
 * without its context.  0, or the alert that is due. */
int certificate_read(struct certificate_chain *, struct bytes list, int tls13);
void certificate_free(struct certificate_chain *);

/* Whether trust leads to it and it is name's (NULL: anybody's). */
int certificate_trusted(
    const struct certificate_chain *, X509_STORE *trust, const char *name);

#endif
