/* mbedtls_lacks.h - what Mbed TLS leaves to its user (to notice fork() and
 * resumption, the lines of a key log), and where 2.16, 2.28 and 3.6 differ.
 * Only mbedtls.c includes it. */
#ifndef MBEDTLS_LACKS_H
#define MBEDTLS_LACKS_H

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#if MBEDTLS_VERSION_MAJOR >= 3
#include <psa/crypto.h>
#else /* 3.x hides members, uses PSA and has versions as on the wire */
#define MBEDTLS_PRIVATE(member)   member
#define mbedtls_psa_crypto_free() ((void)0)
#define psa_crypto_init()         0
#define mbedtls_pk_parse_keyfile(key, file, password, random, p)               \
	mbedtls_pk_parse_keyfile(key, file, password)
#define mbedtls_ssl_conf_min_tls_version(conf, v)                              \
	mbedtls_ssl_conf_min_version(conf, (int)(v) >> 8, (int)((v)&0xff))
#define mbedtls_ssl_conf_max_tls_version(conf, v)                              \
	mbedtls_ssl_conf_max_version(conf, (int)(v) >> 8, (int)((v)&0xff))
#endif

#ifndef MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED /* until 3.6.0   \
							       */
#define mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(conf, on)     \
	((void)(on))
#endif

#include "wire.h"

/* Whether the library was built with version v. */
static int
has_version(unsigned v)
{
	static const char *const names[] = {"MBEDTLS_SSL_PROTO_TLS1",
	    "MBEDTLS_SSL_PROTO_TLS1_1", "MBEDTLS_SSL_PROTO_TLS1_2",
	    "MBEDTLS_SSL_PROTO_TLS1_3"};

	return v >= 0x0301 && v <= 0x0304 &&
	       mbedtls_version_check_feature(names[v - 0x0301]) == 0;
}

/* Of the versions asked for (0: the library's own bound) those that it has. */
static int
set_versions(mbedtls_ssl_config *conf, unsigned min, unsigned max)
{
	unsigned low = min != 0 ? min : 0x0301, high = max != 0 ? max : 0x0304;

	while (low <= high && !has_version(low))
		low++;
	while (low < high && !has_version(high))
		high--;
	if (low > high)
		return MBEDTLS_ERR_SSL_FEATURE_UNAVAILABLE;
	if (min != 0)
		mbedtls_ssl_conf_min_tls_version(conf, low);
	if (max != 0)
		mbedtls_ssl_conf_max_tls_version(conf, high);
	return 0;
}

/* Makes the random generators this process's own: fork() leaves every child
 * the same ones, and only 3.6.6 notices, and only for PSA's. */
static int
own_random(mbedtls_ctr_drbg_context *random, pid_t *owner)
{
	pid_t self = getpid();

	if (*owner == self)
		return 0;
	*owner = self;
	mbedtls_psa_crypto_free();
	if (psa_crypto_init() != 0)
		return MBEDTLS_ERR_CTR_DRBG_ENTROPY_SOURCE_FAILED;
	return mbedtls_ctr_drbg_reseed(
	    random, (const unsigned char *)&self, sizeof self);
}

/* Whether to call again: a warning or a ticket came, which is no error. */
static int
again(int r)
{
#ifdef MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET
	if (r == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET)
		return 1;
#endif
	return r == MBEDTLS_ERR_SSL_WANT_READ ||
	       r == MBEDTLS_ERR_SSL_WANT_WRITE;
}

/* mbedtls_ssl_handshake(), which does not tell that a session was resumed; but
 * only a full handshake comes to the server's certificate. */
static int
handshake(mbedtls_ssl_context *ssl, int *resumed)
{
	int r, state = ssl->MBEDTLS_PRIVATE(state);

	for (*resumed = 1; state != MBEDTLS_SSL_HANDSHAKE_OVER;
	     state = ssl->MBEDTLS_PRIVATE(state)) {
		if (state == MBEDTLS_SSL_SERVER_CERTIFICATE)
			*resumed = 0;
		r = mbedtls_ssl_handshake_step(ssl);
		if (r != 0 && !again(r))
			return r;
	}
	return 0;
}

/* As on the wire; 0 if it is none. */
static int
version_number(const mbedtls_ssl_context *ssl)
{
	const char *dot = strchr(mbedtls_ssl_get_version(ssl), '.');

	return dot != NULL ? 0x0301 + dot[1] - '0' : 0; /* "TLSv1.2" */
}

/* A line in NSS's format: what it is, the client's random, the secret. */
static void
key_log(struct wire *w, const char *label, const unsigned char *random,
    const unsigned char *secret, size_t n)
{
	char line[300];
	int at = snprintf(line, sizeof line, "%s ", label);
	size_t i;

	for (i = 0; i < 32; i++)
		at += sprintf(line + at, "%02x", random[i]);
	line[at++] = ' ';
	for (i = 0; i < n && i < 64; i++)
		at += sprintf(line + at, "%02x", secret[i]);
	wire_secret(w, line);
}

/* Three generations of one callback; that of 2.16 does not tell the random. */
#if MBEDTLS_VERSION_MAJOR >= 3
static void
export_keys(void *wire, mbedtls_ssl_key_export_type type,
    const unsigned char *secret, size_t n, const unsigned char client[32],
    const unsigned char server[32], mbedtls_tls_prf_types prf)
{
	static const char *const labels[] = {"CLIENT_RANDOM",
	    "CLIENT_EARLY_TRAFFIC_SECRET", "EARLY_EXPORTER_SECRET",
	    "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
	    "SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0",
	    "SERVER_TRAFFIC_SECRET_0"};

	(void)server, (void)prf;
	key_log(wire, labels[type], client, secret, n);
}
#define set_key_log(ssl, conf, wire)                                           \
	mbedtls_ssl_set_export_keys_cb(ssl, export_keys, wire)
#elif MBEDTLS_VERSION_NUMBER >= 0x02130000
static int
export_keys(void *wire, const unsigned char *master, const unsigned char *block,
    size_t mac, size_t key, size_t iv, const unsigned char client[32],
    const unsigned char server[32], mbedtls_tls_prf_types prf)
{
	(void)block, (void)mac, (void)key, (void)iv, (void)server, (void)prf;
	key_log(wire, "CLIENT_RANDOM", client, master, 48);
	return 0;
}
#define set_key_log(ssl, conf, wire)                                           \
	mbedtls_ssl_conf_export_keys_ext_cb(conf, export_keys, wire)
#else
#define set_key_log(ssl, conf, wire) ((void)key_log)
#endif

#endif
