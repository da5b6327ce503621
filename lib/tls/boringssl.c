/* boringssl.c - BoringSSL as a TLS backend: openssl.c, and what differs. */

#include <openssl/ssl.h>
#include <stdio.h>

#ifndef OPENSSL_IS_BORINGSSL
#error "these are the headers of OpenSSL: openssl.c is for it"
#endif

/* BoringSSL has no releases and calls itself "BoringSSL", so the Makefile
 * passes, as a string, the version of the package it builds with. */
#ifndef BORINGSSL_VERSION
#define BORINGSSL_VERSION "0 unknown"
#endif

#define BACKEND_NAME "boringssl"
static const char *
ossl_version(void)
{
	static char s[80];

	snprintf(s, sizeof s, "%s (package; the library says %s)",
	    BORINGSSL_VERSION, OpenSSL_version(OPENSSL_VERSION));
	return s;
}

/* There are no security levels: it allows SHA-1 in TLS 1.0 and 1.1 anyway. */
#define SSL_CTX_set_security_level(ctx, level) ((void)(ctx), (void)(level))

/* There is no DHE at all. */
#define SSL_CTX_set_dh_auto(ctx, on) ((void)(ctx), (void)(on))

/* Not in every version; here SSL_OP_NO_TICKET alone stops all tickets, while
 * OpenSSL's TLS 1.3 server would go on to send stateful ones. */
#define SSL_CTX_set_num_tickets(ctx, n) ((void)(ctx), (void)(n))

#include "openssl.c" /* NOLINT(bugprone-suspicious-include) */
