/* transcript.c - the hash over the handshake's messages, and the key log. */

#include <stdio.h>

#include "handshake_state.h"
#include "wire.h"

/* RFC 5246 7.4.9: everything from the ClientHello on; RFC 5246 E.2: of an
 * SSLv2 one, from msg_type on. */
static int
add_hello(struct handshake *h)
{
	const struct hello *hello = h->p.hello;
	size_t n = hello->message.n;
	uint8_t header[2] = {(uint8_t)(0x80 | n >> 8), (uint8_t)n};

	if (hello->form == HELLO_SSLV2 &&
	    erring(h, HANDSHAKE_ERROR_TRANSCRIPT_LENGTH) &&
	    transcript_add(h, (struct bytes){header, 2}) != 0)
		return internal_error;
	return transcript_add(h, hello->message);
}

/* Once the hash is known: it begins with what was sent. */
int
transcript_start(struct handshake *h)
{
	EVP_MD_CTX_free(h->transcript);
	h->transcript = EVP_MD_CTX_new();
	if (h->transcript == NULL ||
	    EVP_DigestInit_ex(h->transcript, h->md, NULL) != 1)
		return internal_error;
	return add_hello(h);
}

int
transcript_add(struct handshake *h, struct bytes b)
{
	if (h->transcript == NULL)
		return 0; /* the hello; add_hello() will */
	return EVP_DigestUpdate(h->transcript, b.p, b.n) == 1 ? 0
							      : internal_error;
}

int
transcript_hash(struct handshake *h, uint8_t out[DIGEST], size_t *n)
{
	EVP_MD_CTX *copy = EVP_MD_CTX_new();
	unsigned size = 0;
	int ok = copy != NULL && EVP_MD_CTX_copy_ex(copy, h->transcript) == 1 &&
		 EVP_DigestFinal_ex(copy, out, &size) == 1;

	EVP_MD_CTX_free(copy);
	*n = size;
	return ok ? 0 : internal_error;
}

/* RFC 8446 4.4.1: after a HelloRetryRequest the first hello is its hash. */
int
transcript_retry(struct handshake *h)
{
	uint8_t m[4 + DIGEST] = {message_hash};
	size_t n;

	if (transcript_hash(h, m + 4, &n) != 0 ||
	    EVP_DigestInit_ex(h->transcript, h->md, NULL) != 1)
		return internal_error;
	m[3] = (uint8_t)n;
	return transcript_add(h, (struct bytes){m, 4 + n});
}

static char *
hex(char *p, const uint8_t *b, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		p += sprintf(p, "%02x", b[i]);
	return p;
}

void
log_secret(
    struct handshake *h, const char *label, const uint8_t *secret, size_t n)
{
	char line[40 + 2 * RANDOM + 1 + 2 * DIGEST + 1], *p = line;

	p += sprintf(p, "%.38s ", label);
	p = hex(p, h->client_random, RANDOM);
	*p++ = ' ';
	hex(p, secret, n);
	wire_secret(h->p.wire, line);
}
