/* gnutls_lacks.h - what GnuTLS leaves to its user: a server's session cache,
 * the lines of a key log, a suite's code point.  Only gnutls.c includes it. */
#ifndef GNUTLS_LACKS_H
#define GNUTLS_LACKS_H

#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if GNUTLS_VERSION_NUMBER < 0x03060d /* of Debian 10: no key log */
#define gnutls_session_set_keylog_function(session, f) ((void)(f))
#endif

/* Of one session: the next one takes its place. */
struct cache {
	gnutls_datum_t id, session;
};

static gnutls_datum_t
copy(gnutls_datum_t from)
{
	gnutls_datum_t to = {gnutls_malloc(from.size), from.size};

	if (to.data == NULL)
		to.size = 0;
	else
		memcpy(to.data, from.data, from.size);
	return to;
}

static int
cache_store(void *cache, gnutls_datum_t id, gnutls_datum_t session)
{
	struct cache *c = cache;

	gnutls_free(c->id.data);
	gnutls_free(c->session.data);
	c->id = copy(id);
	c->session = copy(session);
	return 0;
}

static gnutls_datum_t
cache_find(void *cache, gnutls_datum_t id)
{
	struct cache *c = cache;

	if (id.size != c->id.size || memcmp(id.data, c->id.data, id.size) != 0)
		return (gnutls_datum_t){NULL, 0};
	return copy(c->session); /* GnuTLS frees it */
}

static int
cache_remove(void *cache, gnutls_datum_t id)
{
	struct cache *c = cache;

	(void)id;
	c->id.size = 0; /* no session has it */
	return 0;
}

/* The parts of a flight; to be freed. */
static char *
join(const giovec_t *part, int n, size_t *len)
{
	char *flight, *p;
	int i;

	for (*len = 0, i = 0; i < n; i++)
		*len += part[i].iov_len;
	if ((flight = p = malloc(*len + 1)) == NULL)
		return NULL;
	for (i = 0; i < n; p += part[i++].iov_len)
		memcpy(p, part[i].iov_base, part[i].iov_len);
	return flight;
}

/* GnuTLS tells a session's algorithms, and has a table of suites with both
 * these and the code points.  -1: not in the table. */
static int
cipher_suite(gnutls_session_t s)
{
	int tls13 = gnutls_protocol_get_version(s) == GNUTLS_TLS1_3;
	gnutls_kx_algorithm_t kx;
	gnutls_cipher_algorithm_t cipher;
	gnutls_mac_algorithm_t mac;
	gnutls_protocol_t min;
	unsigned char id[2];
	size_t i = 0;

	while (gnutls_cipher_suite_info(i++, id, &kx, &cipher, &mac, &min))
		if (cipher == gnutls_cipher_get(s) &&
		    mac == gnutls_mac_get(s) &&
		    tls13 == (min == GNUTLS_TLS1_3) &&
		    (tls13 || kx == gnutls_kx_get(s)))
			return id[0] << 8 | id[1];
	return -1;
}

/* An error in GnuTLS's words; of a certificate, what is wrong with it. */
static void
explain(gnutls_session_t s, const char *what, int r, char *why, size_t len)
{
	gnutls_datum_t status = {NULL, 0};
	const char *words = gnutls_strerror(r);
	int n;

	if (r == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR &&
	    gnutls_certificate_verification_status_print(
		gnutls_session_get_verify_cert_status(s), GNUTLS_CRT_X509,
		&status, 0) == 0)
		words = (const char *)status.data;
	n = (int)strlen(words);
	while (n > 0 && words[n - 1] == ' ')
		n--;
	snprintf(why, len, "%s: %.*s", what, n, words);
	gnutls_free(status.data);
}

/* NSS's format: what the secret is, the client's random, the secret. */
static void
key_log_line(gnutls_session_t s, const char *label,
    const gnutls_datum_t *secret, char *line, size_t len)
{
	char random[65] = "", hex[161] = "";
	size_t random_len = sizeof random, hex_len = sizeof hex;
	gnutls_datum_t client, server;

	gnutls_session_get_random(s, &client, &server);
	gnutls_hex_encode(&client, random, &random_len);
	gnutls_hex_encode(secret, hex, &hex_len);
	snprintf(line, len, "%s %s %s", label, random, hex);
}

#endif
