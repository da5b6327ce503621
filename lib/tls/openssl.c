/* openssl.c - OpenSSL 1.1.1, 3.x and 4.x as a TLS backend; boringssl.c includes
 * it and says where BoringSSL differs. */

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tls.h"
#include "wire.h"

struct tls_config {
	SSL_CTX *ctx;
	BIO_METHOD *method;
	enum tls_role role;
	int verify;
	SSL_SESSION *session; /* client: to be resumed by the next one */
};

struct tls {
	struct tls_config *config;
	SSL *ssl;
	struct wire *wire;
	struct tls_info info;
};

/* The innermost reason, in OpenSSL's words. */
static const char *
reason(void)
{
	const char *s = NULL;

	if (ERR_peek_last_error() != 0)
		s = ERR_reason_error_string(ERR_peek_last_error());
	return s != NULL ? s : "no reason given";
}

static int
refuse(char *why, size_t len, const char *what)
{
	snprintf(why, len, "%s: %s", what, reason());
	ERR_clear_error();
	return -1;
}

static int
fail(struct tls *t, const char *what)
{
	if (t->info.error[0] == '\0')
		refuse(t->info.error, sizeof t->info.error, what);
	return -1;
}

static int
bio_read(BIO *b, char *buf, int len)
{
	struct tls *t = BIO_get_data(b);

	return (int)wire_read(t->wire, buf, (size_t)len);
}

static int
bio_write(BIO *b, const char *buf, int len)
{
	struct tls *t = BIO_get_data(b);

	return (int)wire_write(t->wire, buf, (size_t)len);
}

static long
bio_ctrl(BIO *b, int cmd, long num, void *ptr)
{
	(void)b, (void)num, (void)ptr;
	return cmd == BIO_CTRL_FLUSH;
}

static void
note_alert(const SSL *ssl, int where, int ret)
{
	struct tls *t = SSL_get_app_data(ssl);
	int sent = where == SSL_CB_WRITE_ALERT, alert = ret & 0xff;

	if (!sent && where != SSL_CB_READ_ALERT)
		return;
	if (alert == SSL_AD_CLOSE_NOTIFY)
		*(sent ? &t->info.close_sent : &t->info.close_received) = 1;
	else
		*(sent ? &t->info.alert_sent : &t->info.alert_received) = alert;
}

/* As it comes: of a resumed session OpenSSL would forget the name. */
static int
note_server_name(SSL *ssl, int *alert, void *arg)
{
	struct tls *t = SSL_get_app_data(ssl);
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

	(void)alert, (void)arg;
	if (name == NULL)
		return SSL_TLSEXT_ERR_NOACK;
	snprintf(t->info.server_name, sizeof t->info.server_name, "%s", name);
	return SSL_TLSEXT_ERR_OK;
}

static void
note_secret(const SSL *ssl, const char *line)
{
	struct tls *t = SSL_get_app_data(ssl);

	wire_secret(t->wire, line);
}

/* TLS 1.3 tickets come after the handshake, so sessions are caught here. */
static int
keep_session(SSL *ssl, SSL_SESSION *session)
{
	struct tls *t = SSL_get_app_data(ssl);

	SSL_SESSION_free(t->config->session);
	t->config->session = session;
	return 1; /* the reference is ours now */
}

static void
set_resumption(struct tls_config *c, const struct tls_params *p)
{
	static const unsigned char context[] = "starttls";

	if (p->resume != TLS_RESUME_TICKET)
		SSL_CTX_set_options(c->ctx, SSL_OP_NO_TICKET);
	if (p->resume == TLS_RESUME_NO) {
		SSL_CTX_set_num_tickets(c->ctx, 0);
		SSL_CTX_set_session_cache_mode(c->ctx, SSL_SESS_CACHE_OFF);
	} else if (c->role == TLS_SERVER) {
		SSL_CTX_set_session_id_context(
		    c->ctx, context, sizeof context - 1);
	} else {
		SSL_CTX_set_session_cache_mode(
		    c->ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
		SSL_CTX_sess_set_new_cb(c->ctx, keep_session);
	}
}

static int
set_identity(struct tls_config *c, const struct tls_params *p)
{
	if (p->cert_file != NULL &&
	    (SSL_CTX_use_certificate_chain_file(c->ctx, p->cert_file) != 1 ||
		SSL_CTX_use_PrivateKey_file(
		    c->ctx, p->key_file, SSL_FILETYPE_PEM) != 1))
		return -1;
	if (p->ca_file == NULL)
		return 0;
	if (SSL_CTX_load_verify_locations(c->ctx, p->ca_file, NULL) != 1)
		return -1;
	SSL_CTX_set_verify(
	    c->ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	c->verify = 1;
	return 0;
}

static int
ossl_configure(struct tls_config **out, enum tls_role role,
    const struct tls_params *p, char *why, size_t len)
{
	struct tls_config *c;

	if ((c = *out = calloc(1, sizeof *c)) == NULL)
		return refuse(why, len, "memory");
	c->role = role;
	if (p->safe_renegotiation) { /* only a client can be told to insist */
		snprintf(why, len, "it takes every client without RFC 5746");
		return -1;
	}
	c->ctx = SSL_CTX_new(
	    role == TLS_CLIENT ? TLS_client_method() : TLS_server_method());
	c->method =
	    BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire");
	if (c->ctx == NULL || c->method == NULL ||
	    BIO_meth_set_read(c->method, bio_read) != 1 ||
	    BIO_meth_set_write(c->method, bio_write) != 1 ||
	    BIO_meth_set_ctrl(c->method, bio_ctrl) != 1)
		return refuse(why, len, "memory");
	/* Level 1 and up forbids the SHA-1 signatures of TLS 1.0 and 1.1;
	 * the level must be down before keys and versions are checked. */
	if (p->old)
		SSL_CTX_set_security_level(c->ctx, 0);
	/* 0 means "lowest" to OpenSSL, not "as it is". */
	if (p->min_version != 0 &&
	    SSL_CTX_set_min_proto_version(c->ctx, p->min_version) != 1)
		return refuse(why, len, "protocol version");
	if (p->max_version != 0 &&
	    SSL_CTX_set_max_proto_version(c->ctx, p->max_version) != 1)
		return refuse(why, len, "protocol version");
	if (set_identity(c, p) == -1)
		return refuse(why, len, "certificate");
	set_resumption(c, p);
	if (role == TLS_SERVER) {
		SSL_CTX_set_tlsext_servername_callback(
		    c->ctx, note_server_name);
		SSL_CTX_set_dh_auto(c->ctx, 1); /* else no DHE at all */
	}
	SSL_CTX_set_info_callback(c->ctx, note_alert);
	SSL_CTX_set_keylog_callback(c->ctx, note_secret);
	return 0;
}

static int
ossl_open(struct tls **out, struct tls_config *c, struct wire *w,
    const char *server_name)
{
	struct tls *t;
	BIO *bio;

	if ((t = *out = calloc(1, sizeof *t)) == NULL)
		return -1;
	t->config = c;
	t->wire = w;
	t->info = TLS_INFO_NONE;
	if ((t->ssl = SSL_new(c->ctx)) == NULL ||
	    (bio = BIO_new(c->method)) == NULL)
		return fail(t, "memory");
	BIO_set_data(bio, t);
	BIO_set_init(bio, 1);
	SSL_set_bio(t->ssl, bio, bio);
	SSL_set_app_data(t->ssl, t);
	if (c->role == TLS_SERVER)
		return 0;
	if (server_name != NULL &&
	    (SSL_set_tlsext_host_name(t->ssl, server_name) != 1 ||
		X509_VERIFY_PARAM_set1_host(SSL_get0_param(t->ssl), server_name,
		    strlen(server_name)) != 1))
		return fail(t, "server name");
	if (c->session != NULL && SSL_set_session(t->ssl, c->session) != 1)
		return fail(t, "session");
	return 0;
}

static void
note_result(struct tls *t)
{
	const SSL_CIPHER *suite = SSL_get_current_cipher(t->ssl);

	t->info.version = SSL_version(t->ssl);
	t->info.resumed = SSL_session_reused(t->ssl);
	if (suite != NULL)
		t->info.cipher_suite = (int)(SSL_CIPHER_get_id(suite) & 0xffff);
}

/* X509_V_OK is also what OpenSSL says before any certificate came: then
 * nothing was checked. */
static int
verified(SSL *ssl)
{
	X509 *peer = SSL_get_peer_certificate(ssl);
	long result = SSL_get_verify_result(ssl);

	X509_free(peer);
	if (peer == NULL && result == X509_V_OK)
		return -1;
	return result == X509_V_OK;
}

static int
ossl_handshake(struct tls *t)
{
	int r = t->config->role == TLS_CLIENT ? SSL_connect(t->ssl)
					      : SSL_accept(t->ssl);

	if (t->config->verify)
		t->info.verified = verified(t->ssl);
	if (r != 1)
		return fail(t, "handshake");
	note_result(t);
	return 0;
}

static ssize_t
ossl_read(struct tls *t, void *buf, size_t len)
{
	int n = SSL_read(t->ssl, buf, (int)len);

	if (n > 0)
		return n;
	return SSL_get_error(t->ssl, n) == SSL_ERROR_ZERO_RETURN
		   ? 0
		   : fail(t, "read");
}

static ssize_t
ossl_write(struct tls *t, const void *buf, size_t len)
{
	int n = SSL_write(t->ssl, buf, (int)len);

	return n > 0 ? n : fail(t, "write");
}

static int
ossl_shutdown(struct tls *t)
{
	char buf[256];
	int r = SSL_shutdown(t->ssl);

	if (r == 0) { /* ours is sent; now the peer's */
		while (SSL_read(t->ssl, buf, sizeof buf) > 0)
			;
		r = SSL_get_shutdown(t->ssl) & SSL_RECEIVED_SHUTDOWN;
	}
	return r > 0 ? 0 : fail(t, "shutdown");
}

static void
ossl_info(struct tls *t, struct tls_info *i)
{
	*i = t->info;
}

static void
ossl_close(struct tls *t)
{
	SSL_free(t->ssl);
	free(t);
}

#ifndef OPENSSL_IS_BORINGSSL
#define BACKEND_NAME "openssl"
static const char *
ossl_version(void)
{
	const char *s = OpenSSL_version(OPENSSL_VERSION); /* "OpenSSL 3.0.22" */
	const char *space = strchr(s, ' ');

	return space != NULL ? space + 1 : s;
}
#endif

const struct tls_backend tls_backend = {
    .name = BACKEND_NAME,
    .version = ossl_version,
    .configure = ossl_configure,
    .open = ossl_open,
    .handshake = ossl_handshake,
    .read = ossl_read,
    .write = ossl_write,
    .shutdown = ossl_shutdown,
    .info = ossl_info,
    .close = ossl_close,
};
