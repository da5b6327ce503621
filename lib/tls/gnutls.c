/* gnutls.c - GnuTLS 3.7 and 3.8 as a TLS backend. */

#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gnutls_lacks.h"
#include "tls.h"
#include "wire.h"

struct tls_config {
	gnutls_certificate_credentials_t creds;
	gnutls_priority_t priority;
	enum tls_role role;
	enum tls_resume resume;
	int verify;
	gnutls_datum_t ticket_key; /* server */
	struct cache cache;        /* server */
	gnutls_datum_t session;    /* client: to be resumed by the next one */
};

struct tls {
	struct tls_config *config;
	gnutls_session_t session;
	struct wire *wire;
	char name[256]; /* to verify; GnuTLS keeps only a pointer */
	struct tls_info info;
};

static int
refuse(char *why, size_t len, const char *what, int r)
{
	snprintf(why, len, "%s: %s", what, gnutls_strerror(r));
	return -1;
}

static int
fail(struct tls *t, const char *what, int r)
{
	if (t->info.error[0] == '\0')
		explain(
		    t->session, what, r, t->info.error, sizeof t->info.error);
	return -1;
}

/* Notes an alert, or sends the one that is due: that is left to us.  Whether to
 * call again: GnuTLS stops for warnings and tickets, on a blocking wire too. */
static int
again(struct tls *t, ssize_t n)
{
	int r = n < 0 ? (int)n : 0, fatal = gnutls_error_is_fatal(r);
	int came = r == GNUTLS_E_WARNING_ALERT_RECEIVED ||
		   r == GNUTLS_E_FATAL_ALERT_RECEIVED;
	int alert = came ? (int)gnutls_alert_get(t->session) : -1;

	if (r == GNUTLS_E_SESSION_EOF || alert == GNUTLS_A_CLOSE_NOTIFY)
		t->info.close_received = 1;
	else if (came)
		t->info.alert_received = alert;
	else if (fatal && t->wire->end == WIRE_OPEN && !t->info.close_sent &&
		 t->info.error[0] == '\0' &&
		 gnutls_alert_send_appropriate(t->session, r) == 0)
		t->info.alert_sent = gnutls_error_to_alert(r, NULL);
	return r < 0 && !fatal;
}

/* GnuTLS reads errno, and an old EAGAIN would have it call for ever. */
static ssize_t
pull(gnutls_transport_ptr_t p, void *buf, size_t len)
{
	struct tls *t = p;
	ssize_t n = wire_read(t->wire, buf, len);

	if (n == -1)
		gnutls_transport_set_errno(t->session, EIO);
	return n;
}

/* A flight is one write, as it is with GnuTLS's own writev(). */
static ssize_t
push(gnutls_transport_ptr_t p, const giovec_t *part, int n)
{
	struct tls *t = p;
	size_t len;
	char *flight = join(part, n, &len);
	ssize_t r = flight != NULL ? wire_write(t->wire, flight, len) : -1;

	if (r == -1)
		gnutls_transport_set_errno(t->session, EIO);
	free(flight);
	return r;
}

static int
note_secret(gnutls_session_t s, const char *label, const gnutls_datum_t *secret)
{
	struct tls *t = gnutls_session_get_ptr(s);
	char line[300];

	key_log_line(s, label, secret, line, sizeof line);
	wire_secret(t->wire, line);
	return 0;
}

/* The library's default and, on top, what p asks; each version by name. */
static int
set_priority(struct tls_config *c, const struct tls_params *p)
{
	unsigned v, max = p->max_version != 0 ? p->max_version : 0x0304;
	char s[180];
	int n = snprintf(s, sizeof s, "-VERS-DTLS-ALL%s%s",
	    p->old ? ":%VERIFY_ALLOW_SIGN_WITH_SHA1" : "",
	    p->safe_renegotiation ? ":%SAFE_RENEGOTIATION" : "");

	for (v = 0x0301; v <= 0x0304; v++)
		if (v < p->min_version || v > max)
			n += sprintf(s + n, ":-VERS-TLS1.%u", v - 0x0301);
		else if (p->min_version != 0)
			n += sprintf(s + n, ":+VERS-TLS1.%u", v - 0x0301);
	return gnutls_priority_init2(
	    &c->priority, s, NULL, GNUTLS_PRIORITY_INIT_DEF_APPEND);
}

static int
gtls_configure(struct tls_config **out, enum tls_role role,
    const struct tls_params *p, char *why, size_t len)
{
	struct tls_config *c;
	int r;

	if ((c = *out = calloc(1, sizeof *c)) == NULL ||
	    gnutls_certificate_allocate_credentials(&c->creds) < 0)
		return refuse(why, len, "memory", GNUTLS_E_MEMORY_ERROR);
	c->role = role;
	c->resume = p->resume;
	c->verify = p->ca_file != NULL;
	if ((r = set_priority(c, p)) < 0)
		return refuse(why, len, "protocol version", r);
	if ((p->cert_file != NULL &&
		(r = gnutls_certificate_set_x509_key_file(c->creds,
		     p->cert_file, p->key_file, GNUTLS_X509_FMT_PEM)) < 0) ||
	    (p->ca_file != NULL &&
		(r = gnutls_certificate_set_x509_trust_file(
		     c->creds, p->ca_file, GNUTLS_X509_FMT_PEM)) < 0))
		return refuse(why, len, "certificate", r);
	/* For clients that name no group of RFC 7919: else no DHE with them. */
	if (role == TLS_SERVER && (r = gnutls_certificate_set_known_dh_params(
				       c->creds, GNUTLS_SEC_PARAM_MEDIUM)) < 0)
		return refuse(why, len, "Diffie-Hellman group", r);
	if (p->resume == TLS_RESUME_ID && p->min_version >= 0x0304)
		return refuse(why, len, "resumption by id in TLS 1.3",
		    GNUTLS_E_UNIMPLEMENTED_FEATURE);
	if (p->resume == TLS_RESUME_TICKET &&
	    (r = gnutls_session_ticket_key_generate(&c->ticket_key)) < 0)
		return refuse(why, len, "ticket key", r);
	return 0;
}

static int
set_peer(struct tls *t, const char *server_name)
{
	int r = 0;

	if (t->config->role == TLS_CLIENT && server_name != NULL) {
		snprintf(t->name, sizeof t->name, "%s", server_name);
		r = gnutls_server_name_set(t->session, GNUTLS_NAME_DNS,
		    server_name, strlen(server_name));
	}
	if (t->config->verify)
		gnutls_session_set_verify_cert(
		    t->session, t->name[0] != '\0' ? t->name : NULL, 0);
	if (t->config->verify && t->config->role == TLS_SERVER)
		gnutls_certificate_server_set_request(
		    t->session, GNUTLS_CERT_REQUIRE);
	return r;
}

static int
set_resumption(struct tls *t, struct tls_config *c)
{
	if (c->session.data != NULL)
		return gnutls_session_set_data(
		    t->session, c->session.data, c->session.size);
	if (c->role == TLS_SERVER && c->resume == TLS_RESUME_TICKET)
		return gnutls_session_ticket_enable_server(
		    t->session, &c->ticket_key);
	if (c->role == TLS_SERVER && c->resume == TLS_RESUME_ID) {
		gnutls_db_set_ptr(t->session, &c->cache);
		gnutls_db_set_store_function(t->session, cache_store);
		gnutls_db_set_retrieve_function(t->session, cache_find);
		gnutls_db_set_remove_function(t->session, cache_remove);
	}
	return 0;
}

static int
gtls_open(struct tls **out, struct tls_config *c, struct wire *w,
    const char *server_name)
{
	unsigned flags = c->role == TLS_CLIENT ? GNUTLS_CLIENT : GNUTLS_SERVER;
	struct tls *t;
	int r;

	if ((t = *out = calloc(1, sizeof *t)) == NULL)
		return -1;
	t->config = c;
	t->wire = w;
	t->info = TLS_INFO_NONE;
	if (c->resume != TLS_RESUME_TICKET)
		flags |= GNUTLS_NO_TICKETS;
	if ((r = gnutls_init(&t->session, flags)) < 0 ||
	    (r = gnutls_priority_set(t->session, c->priority)) < 0 ||
	    (r = gnutls_credentials_set(
		 t->session, GNUTLS_CRD_CERTIFICATE, c->creds)) < 0)
		return fail(t, "memory", r);
	gnutls_session_set_ptr(t->session, t);
	gnutls_session_set_keylog_function(t->session, note_secret);
	gnutls_transport_set_ptr(t->session, t);
	gnutls_transport_set_pull_function(t->session, pull);
	gnutls_transport_set_vec_push_function(t->session, push);
	if ((r = set_peer(t, server_name)) < 0)
		return fail(t, "server name", r);
	return (r = set_resumption(t, c)) < 0 ? fail(t, "session", r) : 0;
}

static int
gtls_handshake(struct tls *t)
{
	size_t len = sizeof t->info.server_name;
	unsigned type;
	int r;

	do
		r = gnutls_handshake(t->session);
	while (again(t, r));
	if (r == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR)
		t->info.verified = 0;
	if (r < 0)
		return fail(t, "handshake", r);
	if (t->config->verify)
		t->info.verified = 1;
	r = (int)gnutls_protocol_get_version(t->session);
	t->info.version = 0x0301 + r - GNUTLS_TLS1_0;
	t->info.cipher_suite = cipher_suite(t->session);
	t->info.resumed = gnutls_session_is_resumed(t->session) != 0;
	if (t->config->role == TLS_SERVER)
		gnutls_server_name_get(
		    t->session, t->info.server_name, &len, &type, 0);
	return 0;
}

static ssize_t
gtls_read(struct tls *t, void *buf, size_t len)
{
	ssize_t n;

	do
		n = gnutls_record_recv(t->session, buf, len);
	while (again(t, n));
	if (n == 0) /* any other end is an error to GnuTLS */
		t->info.close_received = 1;
	return n >= 0 ? n : fail(t, "read", (int)n);
}

static ssize_t
gtls_write(struct tls *t, const void *buf, size_t len)
{
	const char *p = buf;
	size_t left = len;
	ssize_t n;

	for (; left > 0; p += n, left -= (size_t)n) /* a record each */
		if ((n = gnutls_record_send(t->session, p, left)) < 0)
			return fail(t, "write", (int)n);
	return (ssize_t)len;
}

/* Not GNUTLS_SHUT_RDWR: it takes any end for the peer's close_notify. */
static int
gtls_shutdown(struct tls *t)
{
	char buf[256];
	int r;

	if ((r = gnutls_bye(t->session, GNUTLS_SHUT_WR)) < 0)
		return fail(t, "shutdown", r);
	t->info.close_sent = 1;
	while (gtls_read(t, buf, sizeof buf) > 0)
		;
	return t->info.close_received ? 0 : -1;
}

static void
gtls_info(struct tls *t, struct tls_info *i)
{
	*i = t->info;
}

/* TLS 1.3 tickets come after the handshake, so the session is kept last. */
static void
gtls_close(struct tls *t)
{
	struct tls_config *c = t->config;
	gnutls_datum_t session;

	if (c->role == TLS_CLIENT && c->resume != TLS_RESUME_NO &&
	    t->info.version != 0 &&
	    gnutls_session_get_data2(t->session, &session) == 0) {
		gnutls_free(c->session.data);
		c->session = session;
	}
	gnutls_deinit(t->session);
	free(t);
}

static const char *
gtls_version(void)
{
	return gnutls_check_version(NULL);
}

const struct tls_backend tls_backend = {
    .name = "gnutls",
    .version = gtls_version,
    .configure = gtls_configure,
    .open = gtls_open,
    .handshake = gtls_handshake,
    .read = gtls_read,
    .write = gtls_write,
    .shutdown = gtls_shutdown,
    .info = gtls_info,
    .close = gtls_close,
};
