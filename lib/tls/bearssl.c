/* bearssl.c - BearSSL 0.6 as a TLS backend: TLS 1.0 to 1.2, no tickets, and no
 * alert when it refuses a certificate. */

#include <bearssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bearssl_lacks.h"
#include "tls.h"
#include "wire.h"

/* BearSSL has no way to tell its version; the Makefile passes, as a string,
 * the version of the package it builds with. */
#ifndef BEARSSL_VERSION
#define BEARSSL_VERSION "0 unknown"
#endif

enum { MAX_SESSIONS = 16, SESSION = 100 /* octets */ };

struct tls_config {
	enum tls_role role;
	unsigned min_version, max_version;
	int verify, resume;
	struct credentials credentials;
	br_ssl_session_cache_lru cache; /* server */
	unsigned char cached[MAX_SESSIONS * SESSION];
	br_ssl_session_parameters session; /* of the connection before */
};

struct tls {
	union {
		br_ssl_engine_context engine; /* the other two begin with it */
		br_ssl_client_context client;
		br_ssl_server_context server;
	} ssl;
	br_x509_minimal_context checked;
	struct unchecked unchecked;
	unsigned char buf[BR_SSL_BUFSIZE_BIDI];
	struct tls_config *config;
	struct wire *wire;
	int closing; /* we asked the engine to close */
	struct tls_info info;
};

static int
refuse(char *why, size_t len, const char *what)
{
	snprintf(why, len, "%s", what);
	return -1;
}

/* An error number tells also which alert it was, and who sent it. */
static int
fail(struct tls *t, const char *what)
{
	int e = br_ssl_engine_last_error(&t->ssl.engine);

	if (e >= BR_ERR_SEND_FATAL_ALERT)
		t->info.alert_sent = e - BR_ERR_SEND_FATAL_ALERT;
	else if (e >= BR_ERR_RECV_FATAL_ALERT)
		t->info.alert_received = e - BR_ERR_RECV_FATAL_ALERT;
	else if (e > BR_ERR_X509_OK && t->config->verify)
		t->info.verified = 0;
	if (t->info.error[0] == '\0')
		snprintf(t->info.error, sizeof t->info.error, "%s: %s (%d)",
		    what, error_name(e), e & 0xff);
	return -1;
}

static int
bear_configure(struct tls_config **out, enum tls_role role,
    const struct tls_params *p, char *why, size_t len)
{
	struct tls_config *c;

	if ((c = *out = calloc(1, sizeof *c)) == NULL)
		return refuse(why, len, "memory");
	c->role = role;
	/* The defaults are those of the "full" profiles in open().  They
	 * allow all that TLS 1.0 needs, so there is nothing to do for old. */
	c->min_version = p->min_version != 0 ? p->min_version : BR_TLS10;
	c->max_version = p->max_version != 0 ? p->max_version : BR_TLS12;
	if (c->min_version < BR_TLS10 || c->max_version > BR_TLS12 ||
	    c->min_version > c->max_version)
		return refuse(why, len, "protocol version: only 1.0 to 1.2");
	if (p->resume == TLS_RESUME_TICKET)
		return refuse(why, len, "session tickets: BearSSL has none");
	if (p->safe_renegotiation)
		return refuse(
		    why, len, "it takes every client without RFC 5746");
	if (role == TLS_CLIENT ? p->cert_file != NULL : p->ca_file != NULL)
		return refuse(why, len, "client certificates: not here");
	if (p->cert_file != NULL &&
	    read_identity(&c->credentials, p->cert_file, p->key_file) == -1)
		return refuse(
		    why, len, "certificate and key: unreadable or no pair");
	if (p->ca_file != NULL &&
	    read_anchors(&c->credentials, p->ca_file) == -1)
		return refuse(why, len, "authority: not 1 to 8 certificates");
	c->verify = p->ca_file != NULL;
	c->resume = p->resume == TLS_RESUME_ID;
	br_ssl_session_cache_lru_init(&c->cache, c->cached, sizeof c->cached);
	return 0;
}

static void
init_client(struct tls *t)
{
	struct credentials *c = &t->config->credentials;

	br_ssl_client_init_full(
	    &t->ssl.client, &t->checked, c->anchors, c->n_anchors);
	t->unchecked.vtable = &unchecked_class;
	if (!t->config->verify)
		br_ssl_engine_set_x509(&t->ssl.engine, &t->unchecked.vtable);
	br_ssl_engine_set_session_parameters(
	    &t->ssl.engine, &t->config->session);
}

/* A server without a cache still makes up session ids (BearSSL has a TODO
 * there), but it resumes none of them. */
static void
init_server(struct tls *t)
{
	struct credentials *c = &t->config->credentials;

	if (br_skey_decoder_key_type(&c->key) == BR_KEYTYPE_RSA)
		br_ssl_server_init_full_rsa(&t->ssl.server, c->chain,
		    c->n_chain, br_skey_decoder_get_rsa(&c->key));
	else
		br_ssl_server_init_full_ec(&t->ssl.server, c->chain, c->n_chain,
		    c->issuer, br_skey_decoder_get_ec(&c->key));
	if (t->config->resume)
		br_ssl_server_set_cache(
		    &t->ssl.server, &t->config->cache.vtable);
}

/* The engine of a connection is new, and seeds itself from the system. */
static int
bear_open(struct tls **out, struct tls_config *c, struct wire *w,
    const char *server_name)
{
	struct tls *t;

	if ((t = *out = calloc(1, sizeof *t)) == NULL)
		return -1;
	t->config = c;
	t->wire = w;
	t->info = TLS_INFO_NONE;
	if (c->role == TLS_CLIENT)
		init_client(t);
	else
		init_server(t);
	br_ssl_engine_set_versions(
	    &t->ssl.engine, c->min_version, c->max_version);
	br_ssl_engine_set_buffer(&t->ssl.engine, t->buf, sizeof t->buf, 1);
	if ((c->role == TLS_CLIENT ? br_ssl_client_reset(
					 &t->ssl.client, server_name, c->resume)
				   : br_ssl_server_reset(&t->ssl.server)) != 1)
		return fail(t, "open");
	return 0;
}

/* Moves records until the engine is in a state that is wanted: 0, or -1 if it
 * has ended or can go no further.  What it has to send, alerts too, goes first.
 * (br_sslio_close() may loop for ever: if application data lies unread, or if
 * nobody takes the answer to a close_notify.) */
static int
run_until(struct tls *t, unsigned wanted)
{
	br_ssl_engine_context *e = &t->ssl.engine;
	unsigned state;

	while ((state = br_ssl_engine_current_state(e)) != BR_SSL_CLOSED) {
		unsigned char *p;
		ssize_t n;
		size_t len;

		if (state & BR_SSL_SENDREC) {
			p = br_ssl_engine_sendrec_buf(e, &len);
			if (wire_write(t->wire, p, len) == -1)
				return -1;
			br_ssl_engine_sendrec_ack(e, len);
			continue;
		}
		t->info.close_sent = t->closing;
		if (state & wanted)
			return 0;
		if ((p = br_ssl_engine_recvrec_buf(e, &len)) == NULL ||
		    (n = wire_read(t->wire, p, len)) <= 0)
			return -1;
		br_ssl_engine_recvrec_ack(e, (size_t)n);
	}
	/* Without an error it ends only when both close_notify have passed. */
	if (br_ssl_engine_last_error(e) == BR_ERR_OK)
		t->info.close_sent = 1;
	return -1;
}

/* In the format of NSS: CLIENT_RANDOM, its 32 octets, the master secret. */
static void
note_secret(struct tls *t, const br_ssl_session_parameters *s)
{
	char line[256] = "CLIENT_RANDOM ", *p = line + strlen(line);
	size_t i;

	for (i = 0; i < sizeof t->ssl.engine.client_random; i++)
		p += sprintf(p, "%02x", t->ssl.engine.client_random[i]);
	*p++ = ' ';
	for (i = 0; i < sizeof s->master_secret; i++)
		p += sprintf(p, "%02x", s->master_secret[i]);
	wire_secret(t->wire, line);
}

static void
note_result(struct tls *t)
{
	br_ssl_engine_context *e = &t->ssl.engine;
	br_ssl_session_parameters s;

	br_ssl_engine_get_session_parameters(e, &s);
	note_secret(t, &s);
	t->info.version = s.version;
	t->info.cipher_suite = s.cipher_suite;
	/* Only a resumed session has the master secret of another one. */
	t->info.resumed =
	    memcmp(s.master_secret, t->config->session.master_secret,
		sizeof s.master_secret) == 0;
	t->config->session = s;
	if (t->config->verify)
		t->info.verified = 1;
	if (t->config->role == TLS_SERVER)
		snprintf(t->info.server_name, sizeof t->info.server_name, "%s",
		    br_ssl_engine_get_server_name(e));
}

static int
bear_handshake(struct tls *t)
{
	if (run_until(t, BR_SSL_SENDAPP) == -1)
		return fail(t, "handshake");
	note_result(t);
	return 0;
}

static ssize_t
bear_read(struct tls *t, void *buf, size_t len)
{
	br_ssl_engine_context *e = &t->ssl.engine;
	unsigned char *p;
	size_t n;

	if (run_until(t, BR_SSL_RECVAPP) == -1)
		return e->shutdown_recv ? 0 : fail(t, "read");
	p = br_ssl_engine_recvapp_buf(e, &n);
	if (n > len)
		n = len;
	memcpy(buf, p, n);
	br_ssl_engine_recvapp_ack(e, n);
	return (ssize_t)n;
}

static ssize_t
bear_write(struct tls *t, const void *buf, size_t len)
{
	br_ssl_engine_context *e = &t->ssl.engine;
	const unsigned char *from = buf;
	size_t left, n;

	for (left = len; left > 0; left -= n) {
		unsigned char *p;

		if (run_until(t, BR_SSL_SENDAPP) == -1)
			return fail(t, "write");
		p = br_ssl_engine_sendapp_buf(e, &n);
		if (n > left)
			n = left;
		memcpy(p, from, n);
		br_ssl_engine_sendapp_ack(e, n);
		from += n;
	}
	br_ssl_engine_flush(e, 0);
	return run_until(t, BR_SSL_SENDAPP) == 0 ? (ssize_t)len
						 : fail(t, "write");
}

static int
bear_shutdown(struct tls *t)
{
	br_ssl_engine_context *e = &t->ssl.engine;
	size_t n;

	/* The engine would never read past application data nobody took. */
	while (br_ssl_engine_recvapp_buf(e, &n) != NULL)
		br_ssl_engine_recvapp_ack(e, n);
	br_ssl_engine_close(e);
	t->closing = 1;
	run_until(t, 0);
	return t->info.close_sent && e->shutdown_recv ? 0 : fail(t, "shutdown");
}

static void
bear_info(struct tls *t, struct tls_info *i)
{
	t->info.close_received = t->ssl.engine.shutdown_recv;
	*i = t->info;
}

static void
bear_close(struct tls *t)
{
	free(t);
}

static const char *
bear_version(void)
{
	return BEARSSL_VERSION " (package)";
}

const struct tls_backend tls_backend = {
    .name = "bearssl",
    .version = bear_version,
    .configure = bear_configure,
    .open = bear_open,
    .handshake = bear_handshake,
    .read = bear_read,
    .write = bear_write,
    .shutdown = bear_shutdown,
    .info = bear_info,
    .close = bear_close,
};
