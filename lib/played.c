/* played.c - what the two backends of our own engine have in common
 * (played.h). */

#include "played.h"

#include <openssl/crypto.h>
#include <stdio.h>

#include "handshake.h"

int
played_refuse(char *why, size_t len, const char *what)
{
	snprintf(why, len, "%s", what);
	return -1;
}

/* Of libcrypto, which makes the primitives. */
const char *
played_version(void)
{
	return OpenSSL_version(OPENSSL_VERSION_STRING);
}

ssize_t
played_read(struct tls *t, void *buf, size_t len)
{
	return handshake_read(t->handshake, buf, len);
}

ssize_t
played_write(struct tls *t, const void *buf, size_t len)
{
	return handshake_write(t->handshake, buf, len);
}

int
played_shutdown(struct tls *t)
{
	return handshake_shutdown(t->handshake);
}

void
played_info(struct tls *t, struct tls_info *i)
{
	*i = TLS_INFO_NONE;
	if (t->handshake != NULL)
		handshake_info(t->handshake, i);
}
