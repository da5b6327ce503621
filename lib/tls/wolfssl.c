/* wolfssl.c - wolfSSL 4.6 and 5.x as a TLS backend. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/dh.h>
#include <wolfssl/wolfcrypt/ecc.h>

#include "tls.h"
#include "wire.h"

struct tls_config {
	WOLFSSL_CTX *ctx;
	enum tls_role role;
	const struct tls_params *params;
	WOLFSSL_SESSION *session; /* client: to be resumed by the next one */
};

struct tls {
	struct tls_config *config;
	WOLFSSL *ssl;
	struct wire *wire;
	struct tls_info info;
};

/* r is what the call returned: less than 0 is a reason. */
static int
refuse(char *why, size_t len, const char *what, int r)
{
	snprintf(why, len, "%s%s%s", what, r < 0 ? ": " : "",
	    r < 0 ? wolfSSL_ERR_reason_error_string((unsigned long)r) : "");
	return -1;
}

static int
fail(struct tls *t, const char *what, int r)
{
	if (t->info.error[0] == '\0')
		refuse(t->info.error, sizeof t->info.error, what,
		    r == 1 ? r : wolfSSL_get_error(t->ssl, r));
	return -1;
}

static int
io_recv(WOLFSSL *ssl, char *buf, int len, void *wire)
{
	ssize_t n = wire_read(wire, buf, (size_t)len);

	(void)ssl;
	return n > 0 ? (int)n : WOLFSSL_CBIO_ERR_CONN_CLOSE;
}

static int
io_send(WOLFSSL *ssl, char *buf, int len, void *wire)
{
	ssize_t n = wire_write(wire, buf, (size_t)len);

	(void)ssl;
	return n > 0 ? (int)n : WOLFSSL_CBIO_ERR_CONN_CLOSE;
}

/* wolfSSL remembers the last alert of each direction, so this follows every
 * call; and it remembers those that could not be sent, too. */
static void
note_alerts(struct tls *t)
{
	WOLFSSL_ALERT_HISTORY h = {{-1, -1}, {-1, -1}};

	wolfSSL_get_alert_history(t->ssl, &h);
	if (t->wire->no_write || t->wire->end > WIRE_EOF)
		h.last_tx.code = -1;
	if (h.last_tx.code > 0)
		t->info.alert_sent = h.last_tx.code;
	if (h.last_rx.code > 0)
		t->info.alert_received = h.last_rx.code;
	t->info.close_sent |= h.last_tx.code == 0;
	t->info.close_received |= h.last_rx.code == 0;
}

/* Up to TLS 1.2: Debian's builds have no callback for TLS 1.3's secrets. */
static void
note_secret(struct tls *t)
{
	unsigned char *master, *random, *other;
	unsigned int i, n, random_n, other_n;
	char line[300] = "CLIENT_RANDOM ", *p = line + strlen(line);

	if (t->info.version == 0x0304 ||
	    wolfSSL_get_keys(
		t->ssl, &master, &n, &other, &other_n, &random, &random_n) != 1)
		return;
	for (i = 0; i < random_n; i++)
		p += sprintf(p, "%02x", random[i]);
	*p++ = ' ';
	for (i = 0; i < n; i++)
		p += sprintf(p, "%02x", master[i]);
	wire_secret(t->wire, line);
}

/* wolfSSL 4.6 of Debian has no word for TLS 1.0, and speaks it: as a server to
 * who has no more, as a client that is answered so.  There it is what is left
 * when the highest version is limited, and as the lowest it is the default. */
enum { TLS_1_0 = 0x0301, HAS_1_0 = LIBWOLFSSL_VERSION_HEX < 0x05000000 };

/* Where a version is not built in wolfSSL_CTX_set_min_proto_version() and its
 * twin take the nearest; wolfSSL_CTX_SetMinVersion() refuses. */
static int
is_built_in(int v)
{
	WOLFSSL_CTX *probe = wolfSSL_CTX_new(wolfSSLv23_client_method());
	int r = wolfSSL_CTX_SetMinVersion(probe, v - TLS_1_0 + WOLFSSL_TLSV1);

	wolfSSL_CTX_free(probe);
	return r == 1 || (HAS_1_0 && v == TLS_1_0);
}

/* A client of wolfSSL 4.6 whose lowest is TLS 1.3 offers nothing else, and
 * takes TLS 1.2 all the same in a ServerHello that has no extensions. */
static int
set_versions(WOLFSSL_CTX *ctx, int min, int max)
{
	if ((min != 0 && !is_built_in(min)) || (max != 0 && !is_built_in(max)))
		return -1;
	if (min != 0 && min != TLS_1_0 &&
	    wolfSSL_CTX_set_min_proto_version(ctx, min) != 1)
		return -1;
	return max == 0 || wolfSSL_CTX_set_max_proto_version(ctx, max) == 1
		   ? 0
		   : -1;
}

/* A client asks for a ticket only if told to (in TLS 1.3 it takes what comes).
 * A server grants one unless told not to; that of wolfSSL 4.6 cannot. */
static void
set_resumption(struct tls_config *c)
{
	if (c->params->resume == TLS_RESUME_NO)
		wolfSSL_CTX_set_session_cache_mode(
		    c->ctx, WOLFSSL_SESS_CACHE_OFF);
	if (c->params->resume != TLS_RESUME_TICKET) {
		wolfSSL_CTX_no_ticket_TLSv13(c->ctx);
#if LIBWOLFSSL_VERSION_HEX >= 0x05000000
		wolfSSL_CTX_NoTicketTLSv12(c->ctx);
#endif
	} else if (c->role == TLS_CLIENT) {
		wolfSSL_CTX_UseSessionTicket(c->ctx);
	}
}

static int
set_identity(WOLFSSL_CTX *ctx, const struct tls_params *p)
{
	int r = 1, verify = WOLFSSL_VERIFY_NONE;

	if (p->ca_file != NULL) {
		r = wolfSSL_CTX_load_verify_locations(ctx, p->ca_file, NULL);
		verify =
		    WOLFSSL_VERIFY_PEER | WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT;
	}
	wolfSSL_CTX_set_verify(ctx, verify, NULL);
	if (r == 1 && p->cert_file != NULL)
		r = wolfSSL_CTX_use_certificate_chain_file(ctx, p->cert_file);
	if (r == 1 && p->key_file != NULL)
		r = wolfSSL_CTX_use_PrivateKey_file(
		    ctx, p->key_file, WOLFSSL_FILETYPE_PEM);
	return r;
}

/* Without a group of its own wolfSSL has no DHE: ffdhe2048 (RFC 7919 A.1). */
static int
set_group(WOLFSSL_CTX *ctx)
{
#if LIBWOLFSSL_VERSION_HEX >= 0x05000000
	unsigned char p[256], g[1], q[256];
	word32 p_n = sizeof p, g_n = sizeof g, q_n = sizeof q;
	int r = wc_DhCopyNamedKey(WC_FFDHE_2048, p, &p_n, g, &g_n, q, &q_n);

	return r != 0 ? r : wolfSSL_CTX_SetTmpDH(ctx, p, (int)p_n, g, (int)g_n);
#else
	const DhParams *d = wc_Dh_ffdhe2048_Get();

	return wolfSSL_CTX_SetTmpDH(
	    ctx, d->p, (int)d->p_len, d->g, (int)d->g_len);
#endif
}

/* At its second use wolfSSL makes a table of multiples of P-256's base point,
 * which takes longer than a handshake; made here, every child inherits it. */
static void
warm_up(void)
{
	ecc_key key;
	WC_RNG rng;
	int i, ok = wc_InitRng(&rng) == 0;

	for (i = 0; ok && i < 3; i++) {
		ok = wc_ecc_init(&key) == 0 &&
		     wc_ecc_make_key(&rng, 32, &key) == 0;
		wc_ecc_free(&key);
	}
	wc_FreeRng(&rng);
}

/* p->old needs nothing: TLS 1.0 and 1.1 are built in with all they need, or
 * not at all.  (TLS 1.0 has only the 4.6; the newest have no TLS 1.1.) */
static int
wolf_configure(struct tls_config **out, enum tls_role role,
    const struct tls_params *p, char *why, size_t len)
{
	struct tls_config *c;
	int r;

	if ((c = *out = calloc(1, sizeof *c)) == NULL)
		return refuse(why, len, "memory", 1);
	c->role = role;
	c->params = p;
	if (p->safe_renegotiation) /* WOLFSSL_HARDEN_TLS is no option */
		return refuse(
		    why, len, "it takes every client without RFC 5746", 1);
	if (p->resume == TLS_RESUME_ID && p->min_version == 0x0304)
		return refuse(why, len, "no session ids in TLS 1.3", 1);
	if (p->resume == TLS_RESUME_TICKET && role == TLS_SERVER &&
	    LIBWOLFSSL_VERSION_HEX < 0x05000000)
		return refuse(why, len, "no tickets before wolfSSL 5.0", 1);
	c->ctx =
	    wolfSSL_CTX_new(role == TLS_CLIENT ? wolfSSLv23_client_method()
					       : wolfSSLv23_server_method());
	if (set_versions(c->ctx, p->min_version, p->max_version) == -1)
		return refuse(why, len, "protocol version not built in", 1);
	if ((r = set_identity(c->ctx, p)) != 1)
		return refuse(why, len, "certificate or key", r);
	if (role == TLS_SERVER && (r = set_group(c->ctx)) != 1)
		return refuse(why, len, "Diffie-Hellman group", r);
	set_resumption(c);
	wolfSSL_CTX_SetIORecv(c->ctx, io_recv);
	wolfSSL_CTX_SetIOSend(c->ctx, io_send);
	warm_up();
	return 0;
}

/* Each session has its own random numbers, seeded by the operating system. */
static int
wolf_open(struct tls **out, struct tls_config *c, struct wire *w,
    const char *server_name)
{
	struct tls *t;

	if ((t = *out = calloc(1, sizeof *t)) == NULL)
		return -1;
	t->config = c;
	t->wire = w;
	t->info = TLS_INFO_NONE;
	if ((t->ssl = wolfSSL_new(c->ctx)) == NULL)
		return fail(t, "memory", 1);
	wolfSSL_SetIOReadCtx(t->ssl, w);
	wolfSSL_SetIOWriteCtx(t->ssl, w);
	wolfSSL_KeepArrays(t->ssl); /* for note_secret() */
	if (c->role == TLS_SERVER)
		return 0;
	if (server_name != NULL &&
	    (wolfSSL_UseSNI(t->ssl, WOLFSSL_SNI_HOST_NAME, server_name,
		 (unsigned short)strlen(server_name)) != 1 ||
		(c->params->ca_file != NULL &&
		    wolfSSL_check_domain_name(t->ssl, server_name) != 1)))
		return fail(t, "server name", 1);
	if (c->session != NULL) /* may fail: no ticket came with it */
		wolfSSL_set_session(t->ssl, c->session);
	return 0;
}

static int
wolf_handshake(struct tls *t)
{
	int client = t->config->role == TLS_CLIENT, n = 0;
	int r = client ? wolfSSL_connect(t->ssl) : wolfSSL_accept(t->ssl);
	void *name = NULL;

	note_alerts(t);
	if (t->config->params->ca_file != NULL &&
	    (r == 1 || wolfSSL_get_verify_result(t->ssl) != 0 ||
		wolfSSL_get_error(t->ssl, r) == DOMAIN_NAME_MISMATCH))
		t->info.verified = r == 1;
	if (r != 1)
		return fail(t, "handshake", r);
	t->info.version = wolfSSL_version(t->ssl);
	t->info.cipher_suite = wolfSSL_get_current_cipher_suite(t->ssl);
	t->info.resumed = wolfSSL_session_reused(t->ssl);
	note_secret(t);
	if (!client)
		n = wolfSSL_SNI_GetRequest(
		    t->ssl, WOLFSSL_SNI_HOST_NAME, &name);
	if (name != NULL)
		snprintf(t->info.server_name, sizeof t->info.server_name,
		    "%.*s", n, (char *)name);
	return 0;
}

static ssize_t
wolf_read(struct tls *t, void *buf, size_t len)
{
	int n;

	if (t->info.close_received) /* it could begin the next session */
		return 0;
	n = wolfSSL_read(t->ssl, buf, (int)len);
	note_alerts(t);
	if (n > 0)
		return n;
	return t->info.close_received ? 0 : fail(t, "read", n);
}

static ssize_t
wolf_write(struct tls *t, const void *buf, size_t len)
{
	int n = wolfSSL_write(t->ssl, buf, (int)len);

	note_alerts(t);
	return n > 0 ? n : fail(t, "write", n);
}

static int
wolf_shutdown(struct tls *t)
{
	char buf[256];
	int r = wolfSSL_shutdown(t->ssl);

	note_alerts(t);
	if (r != WOLFSSL_SHUTDOWN_NOT_DONE)
		return r == 1 ? 0 : fail(t, "shutdown", r);
	while ((r = (int)wolf_read(t, buf, sizeof buf)) > 0)
		; /* ours is sent; now the peer's */
	return r;
}

static void
wolf_info(struct tls *t, struct tls_info *i)
{
	*i = t->info;
}

static void
wolf_close(struct tls *t)
{
	struct tls_config *c = t->config;
	enum tls_resume resume = c->params->resume;

	/* Now, because TLS 1.3 tickets come after the handshake. */
	if (c->role == TLS_CLIENT && t->info.version != 0 &&
	    (resume == TLS_RESUME_TICKET ||
		(resume == TLS_RESUME_ID && t->info.version < 0x0304))) {
		wolfSSL_SESSION_free(c->session);
		c->session = wolfSSL_get1_session(t->ssl);
	}
	wolfSSL_free(t->ssl);
	free(t);
}

const struct tls_backend tls_backend = {
    .name = "wolfssl",
    .version = wolfSSL_lib_version,
    .configure = wolf_configure,
    .open = wolf_open,
    .handshake = wolf_handshake,
    .read = wolf_read,
    .write = wolf_write,
    .shutdown = wolf_shutdown,
    .info = wolf_info,
    .close = wolf_close,
};
