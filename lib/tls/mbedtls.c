/* mbedtls.c - Mbed TLS 2.16, 2.28 and 3.6 as a TLS backend. */

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_cache.h>
#include <mbedtls/ssl_ticket.h>
#include <stdio.h>
#include <stdlib.h>

#include "mbedtls_lacks.h"
#include "tls.h"
#include "wire.h"

struct tls_config {
	mbedtls_ssl_config conf;
	mbedtls_x509_crt ca, cert;
	mbedtls_x509_crt_profile profile;
	mbedtls_pk_context key;
	mbedtls_entropy_context entropy;
	mbedtls_ctr_drbg_context random;
	pid_t owner; /* of random: the process it was seeded in */
	mbedtls_ssl_ticket_context ticket; /* server */
	mbedtls_ssl_cache_context cache;   /* server */
	mbedtls_ssl_session session; /* client: to be resumed by the next one */
	int has_session;
	enum tls_role role;
	enum tls_resume resume;
	int verify;
};

struct tls {
	struct tls_config *config;
	mbedtls_ssl_context ssl;
	struct wire *wire;
	struct tls_info info;
};

static int
refuse(char *why, size_t len, const char *what, int r)
{
	char reason[120];

	mbedtls_strerror(r, reason, sizeof reason);
	snprintf(why, len, "%s: %s", what, reason);
	return -1;
}

/* Mbed TLS does not tell what alert it sent; what came is in its buffer. */
static int
fail(struct tls *t, const char *what, int r)
{
	int alert = -1;

	if (r == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE)
		alert = t->ssl.MBEDTLS_PRIVATE(in_msg)[1];
	if (r == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY || alert == 0)
		t->info.close_received = 1;
	else if (alert > 0)
		t->info.alert_received = alert;
	if (t->info.error[0] == '\0')
		refuse(t->info.error, sizeof t->info.error, what, r);
	return -1;
}

static int
bio_read(void *w, unsigned char *buf, size_t len)
{
	ssize_t n = wire_read(w, buf, len);

	return n >= 0 ? (int)n : MBEDTLS_ERR_NET_RECV_FAILED;
}

static int
bio_write(void *w, const unsigned char *buf, size_t len)
{
	ssize_t n = wire_write(w, buf, len);

	return n >= 0 ? (int)n : MBEDTLS_ERR_NET_SEND_FAILED;
}

static int
note_name(void *p, mbedtls_ssl_context *ssl, const unsigned char *s, size_t n)
{
	struct tls *t = p;

	(void)ssl;
	snprintf(t->info.server_name, sizeof t->info.server_name, "%.*s",
	    (int)n, (const char *)s);
	return 0;
}

static int
set_identity(struct tls_config *c, const struct tls_params *p)
{
	int r = 0;

	if (p->cert_file != NULL)
		r = mbedtls_x509_crt_parse_file(&c->cert, p->cert_file);
	if (r == 0 && p->key_file != NULL)
		r = mbedtls_pk_parse_keyfile(&c->key, p->key_file, NULL,
		    mbedtls_ctr_drbg_random, &c->random);
	if (r == 0 && p->cert_file != NULL)
		r = mbedtls_ssl_conf_own_cert(&c->conf, &c->cert, &c->key);
	c->profile = mbedtls_x509_crt_profile_default;
	if (p->old)
		c->profile.allowed_mds |= MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA1);
	mbedtls_ssl_conf_cert_profile(&c->conf, &c->profile);
	c->verify = p->ca_file != NULL;
	mbedtls_ssl_conf_authmode(&c->conf,
	    c->verify ? MBEDTLS_SSL_VERIFY_REQUIRED : MBEDTLS_SSL_VERIFY_NONE);
	mbedtls_ssl_conf_ca_chain(&c->conf, &c->ca, NULL);
	if (r == 0 && c->verify)
		r = mbedtls_x509_crt_parse_file(&c->ca, p->ca_file);
	return r;
}

/* Each call is for one role, and nothing to the other. */
static int
set_resumption(struct tls_config *c, const struct tls_params *p)
{
	int ticket = p->resume == TLS_RESUME_TICKET;

	c->resume = p->resume;
	mbedtls_ssl_conf_session_tickets(&c->conf, ticket);
	mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(
	    &c->conf, ticket);
	if (ticket)
		mbedtls_ssl_conf_session_tickets_cb(&c->conf,
		    mbedtls_ssl_ticket_write, mbedtls_ssl_ticket_parse,
		    &c->ticket);
	if (p->resume == TLS_RESUME_ID)
		mbedtls_ssl_conf_session_cache(&c->conf, &c->cache,
		    mbedtls_ssl_cache_get, mbedtls_ssl_cache_set);
	if (p->resume == TLS_RESUME_ID && p->min_version >= 0x0304)
		return MBEDTLS_ERR_SSL_FEATURE_UNAVAILABLE;
	return mbedtls_ssl_ticket_setup(&c->ticket, mbedtls_ctr_drbg_random,
	    &c->random, MBEDTLS_CIPHER_AES_256_GCM, 86400);
}

static int
mbed_configure(struct tls_config **out, enum tls_role role,
    const struct tls_params *p, char *why, size_t len)
{
	int r, end = MBEDTLS_SSL_IS_CLIENT;
	struct tls_config *c;

	if ((c = *out = calloc(1, sizeof *c)) == NULL)
		return refuse(why, len, "memory", MBEDTLS_ERR_SSL_ALLOC_FAILED);
	c->role = role;
	mbedtls_ssl_config_init(&c->conf);
	mbedtls_x509_crt_init(&c->ca);
	mbedtls_x509_crt_init(&c->cert);
	mbedtls_pk_init(&c->key);
	mbedtls_entropy_init(&c->entropy);
	mbedtls_ctr_drbg_init(&c->random);
	mbedtls_ssl_ticket_init(&c->ticket);
	mbedtls_ssl_cache_init(&c->cache);
	mbedtls_ssl_session_init(&c->session);
	if ((r = mbedtls_ctr_drbg_seed(
		 &c->random, mbedtls_entropy_func, &c->entropy, NULL, 0)) != 0)
		return refuse(why, len, "random", r);
	mbedtls_ssl_conf_rng(&c->conf, mbedtls_ctr_drbg_random, &c->random);
	if (role == TLS_SERVER)
		end = MBEDTLS_SSL_IS_SERVER;
	r = mbedtls_ssl_config_defaults(&c->conf, end,
	    MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
	if (r != 0)
		return refuse(why, len, "defaults", r);
	r = set_versions(&c->conf, p->min_version, p->max_version);
	if (r != 0)
		return refuse(why, len, "protocol version", r);
	if (p->safe_renegotiation)
		mbedtls_ssl_conf_legacy_renegotiation(
		    &c->conf, MBEDTLS_SSL_LEGACY_BREAK_HANDSHAKE);
	if ((r = set_identity(c, p)) != 0)
		return refuse(why, len, "certificate", r);
	if ((r = set_resumption(c, p)) != 0)
		return refuse(why, len, "resumption", r);
	return 0;
}

static int
mbed_open(struct tls **out, struct tls_config *c, struct wire *w,
    const char *server_name)
{
	struct tls *t;
	int r;

	if ((t = *out = calloc(1, sizeof *t)) == NULL)
		return -1;
	t->config = c;
	t->wire = w;
	t->info = TLS_INFO_NONE;
	mbedtls_ssl_init(&t->ssl);
	if ((r = own_random(&c->random, &c->owner)) != 0)
		return fail(t, "random", r);
	set_key_log(&t->ssl, &c->conf, w);
	mbedtls_ssl_conf_sni(&c->conf, note_name, t);
	mbedtls_ssl_set_bio(&t->ssl, w, bio_write, bio_read, NULL);
	if ((r = mbedtls_ssl_setup(&t->ssl, &c->conf)) != 0)
		return fail(t, "setup", r);
	if (c->role == TLS_SERVER)
		return 0;
	if ((r = mbedtls_ssl_set_hostname(&t->ssl, server_name)) != 0)
		return fail(t, "server name", r);
	if (c->has_session &&
	    (r = mbedtls_ssl_set_session(&t->ssl, &c->session)) != 0)
		return fail(t, "session", r);
	return 0;
}

static int
mbed_handshake(struct tls *t)
{
	int resumed, r = handshake(&t->ssl, &resumed);

	if (r == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED)
		t->info.verified = 0;
	if (r != 0)
		return fail(t, "handshake", r);
	if (t->config->verify)
		t->info.verified = 1;
	t->info.resumed = resumed;
	t->info.version = version_number(&t->ssl);
	t->info.cipher_suite = mbedtls_ssl_get_ciphersuite_id(
	    mbedtls_ssl_get_ciphersuite(&t->ssl));
	return 0;
}

static ssize_t
mbed_read(struct tls *t, void *buf, size_t len)
{
	int r;

	do
		r = mbedtls_ssl_read(&t->ssl, buf, len);
	while (again(r));
	if (r == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY)
		t->info.close_received = 1;
	if (t->info.close_received)
		return 0;
	if (r == 0) /* the stream's end, and no close_notify */
		r = MBEDTLS_ERR_SSL_CONN_EOF;
	return r > 0 ? r : fail(t, "read", r);
}

static ssize_t
mbed_write(struct tls *t, const void *buf, size_t len)
{
	const unsigned char *p = buf;
	size_t left = len;
	int r;

	for (; left > 0; p += r, left -= (size_t)r) /* a record each */
		if ((r = mbedtls_ssl_write(&t->ssl, p, left)) <= 0)
			return fail(t, "write", r);
	return (ssize_t)len;
}

static int
mbed_shutdown(struct tls *t)
{
	char buf[256];
	int r;

	if ((r = mbedtls_ssl_close_notify(&t->ssl)) != 0)
		return fail(t, "shutdown", r);
	t->info.close_sent = 1;
	while (!t->info.close_received && mbed_read(t, buf, sizeof buf) > 0)
		;
	return t->info.close_received ? 0 : -1;
}

static void
mbed_info(struct tls *t, struct tls_info *i)
{
	*i = t->info;
}

/* TLS 1.3 tickets come after the handshake, so the session is kept last. */
static void
mbed_close(struct tls *t)
{
	struct tls_config *c = t->config;

	if (c->role == TLS_CLIENT && c->resume != TLS_RESUME_NO &&
	    t->info.version != 0) {
		mbedtls_ssl_session_free(&c->session);
		mbedtls_ssl_session_init(&c->session);
		c->has_session =
		    mbedtls_ssl_get_session(&t->ssl, &c->session) == 0;
	}
	mbedtls_ssl_free(&t->ssl);
	free(t);
}

static const char *
mbed_version(void)
{
	static char s[18];

	mbedtls_version_get_string(s);
	return s;
}

const struct tls_backend tls_backend = {
    .name = "mbedtls",
    .version = mbed_version,
    .configure = mbed_configure,
    .open = mbed_open,
    .handshake = mbed_handshake,
    .read = mbed_read,
    .write = mbed_write,
    .shutdown = mbed_shutdown,
    .info = mbed_info,
    .close = mbed_close,
};
