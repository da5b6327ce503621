/* nss.c - NSS 3.61 and later as a TLS backend, with no certificate database. */

#include <base64.h>
#include <nss.h>
#include <pk11pub.h>
#include <ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tls.h"
#include "wire.h"

struct tls_config {
	const struct tls_params *params;
	CERTCertificate *cert; /* NULL: we are a client */
	SECKEYPrivateKey *key;
	PRFileDesc *model; /* sockets are made after it */
};

struct tls {
	struct tls_config *config;
	PRFileDesc *fd;
	int *sent[2], *received[2]; /* an alert; close_notify */
	struct tls_info info;
};

static int
refuse(char *why, size_t len, const char *what)
{
	snprintf(why, len, "%s: %s", what,
	    PR_ErrorToString(PR_GetError(), PR_LANGUAGE_I_DEFAULT));
	return -1;
}

static int
fail(struct tls *t, const char *what)
{
	if (t->info.error[0] == '\0')
		refuse(t->info.error, sizeof t->info.error, what);
	return -1;
}

/* A layer of NSPR with only a wire below it.  What NSS calls must be here. */
static PRInt32
layer_recv(PRFileDesc *fd, void *p, PRInt32 n, PRIntn flags, PRIntervalTime t)
{
	(void)flags, (void)t;
	n = (PRInt32)wire_read((struct wire *)fd->secret, p, (size_t)n);
	if (n <= 0)
		PR_SetError(n == 0 ? PR_END_OF_FILE_ERROR : PR_IO_ERROR, 0);
	return n;
}

static PRInt32
layer_send(PRFileDesc *fd, const void *p, PRInt32 n, PRIntn f, PRIntervalTime t)
{
	(void)f, (void)t;
	return (PRInt32)wire_write((struct wire *)fd->secret, p, (size_t)n);
}

static PRStatus
layer_peer(PRFileDesc *fd, PRNetAddr *address)
{
	(void)fd;
	address->inet.family = PR_AF_INET; /* sessions are kept by address */
	return PR_SUCCESS;
}

static PRStatus
layer_close(PRFileDesc *fd)
{
	fd->dtor(fd);
	return PR_SUCCESS;
}

#define CONSENT(name, type)                                                    \
	static PRStatus name(PRFileDesc *fd, type arg)                         \
	{                                                                      \
		(void)fd, (void)arg;                                           \
		return PR_SUCCESS;                                             \
	}
CONSENT(layer_get, PRSocketOptionData *)       /* are you blocking? */
CONSENT(layer_set, const PRSocketOptionData *) /* do not delay! */
CONSENT(layer_shutdown, PRIntn)                /* nothing more to send */
static const PRIOMethods layer = {.file_type = PR_DESC_LAYERED,
    .recv = layer_recv,
    .send = layer_send,
    .getpeername = layer_peer,
    .getsocketoption = layer_get,
    .setsocketoption = layer_set,
    .shutdown = layer_shutdown,
    .close = layer_close};

static PRFileDesc *
new_socket(PRFileDesc *model)
{
	return SSL_ImportFD(
	    model, PR_CreateIOLayerStub(PR_GetUniqueIdentity("wire"), &layer));
}

static void
note_alert(const PRFileDesc *fd, void *arg, const SSLAlert *alert)
{
	int **seen = arg, closed = alert->description == 0;

	(void)fd;
	*seen[closed] = closed ? 1 : alert->description;
}

static PRInt32
take_server_name(PRFileDesc *fd, const SECItem *names, PRUint32 n, void *arg)
{
	(void)fd, (void)names, (void)n, (void)arg;
	return 0; /* whatever it is */
}

static SECStatus
check_certificate(void *arg, PRFileDesc *fd, PRBool signature, PRBool server)
{
	struct tls *t = arg;

	if (t->config->params->ca_file == NULL)
		return SECSuccess;
	t->info.verified = SSL_AuthCertificate(CERT_GetDefaultCertDB(), fd,
			       signature, server) == 0;
	return t->info.verified ? SECSuccess : SECFailure;
}

/* Certificates stay in memory, where NSS finds what it needs for a chain. */
static int
read_pem(struct tls_config *c, const char *file, CERTCertTrust *trust)
{
	CERTCertDBHandle *db = CERT_GetDefaultCertDB();
	char text[65536] = "", *p, *tag = text;
	PRFileDesc *f = PR_Open(file, PR_RDONLY, 0);
	CERTCertificate *cert;
	SECItem der = {siBuffer, NULL, 0};

	if (f == NULL || PR_Read(f, text, sizeof text - 1) == -1)
		return -1;
	PR_Close(f);
	for (p = strtok(text, "-"); p != NULL; tag = p, p = strtok(NULL, "-")) {
		if (strncmp(tag, "BEGIN ", 6) != 0 ||
		    ATOB_ConvertAsciiToItem(&der, p) != 0)
			continue;
		if (strcmp(tag, "BEGIN PRIVATE KEY") == 0)
			PK11_ImportDERPrivateKeyInfoAndReturnKey(
			    PK11_GetInternalSlot(), &der, NULL, NULL, 0, 0,
			    KU_ALL, &c->key, NULL);
		else if ((cert = CERT_NewTempCertificate(
			      db, &der, NULL, 0, 1)) == NULL)
			return -1;
		else if (trust != NULL)
			CERT_ChangeCertTrust(db, cert, trust);
		else if (c->cert == NULL)
			c->cert = cert;
		SECITEM_FreeItem(&der, PR_FALSE);
	}
	return 0;
}

static int
set_server(struct tls_config *c, const struct tls_params *p)
{
	unsigned char hash[32] = {0}, out[1024];
	SECItem in = {siBuffer, hash, 32}, sig = {siBuffer, out, sizeof out};

	if (read_pem(c, p->cert_file, NULL) == -1 ||
	    read_pem(c, p->key_file, NULL) == -1 || c->key == NULL ||
	    PK11_Sign(c->key, &sig, &in) != 0 || /* slow: RSA's blinding */
	    SSL_ConfigServerCert(c->model, c->cert, c->key, NULL, 0) != 0)
		return -1;
	return SSL_ConfigServerSessionIDCache(8, 0, 0, NULL);
}

/* All that can be is done once, here: each child would need 1.2 ms for it as a
 * client, 2 to 6 as a server; new random numbers cost it 0.02. */
static int
nss_configure(struct tls_config **out, enum tls_role role,
    const struct tls_params *p, char *why, size_t len)
{
	struct tls_config *c;
	CERTCertTrust trust;
	SSLVersionRange r;

	setenv("NSS_STRICT_NOFORK", "DISABLED", 1); /* children may use it */
	if ((c = *out = calloc(1, sizeof *c)) == NULL ||
	    NSS_NoDB_Init(NULL) != 0 || (c->model = new_socket(NULL)) == NULL)
		return refuse(why, len, "NSS_NoDB_Init");
	c->params = p;
	SSL_OptionSet(c->model, SSL_NO_CACHE, p->resume == TLS_RESUME_NO);
	SSL_OptionSet(c->model, SSL_ENABLE_SESSION_TICKETS,
	    p->resume == TLS_RESUME_TICKET);
	SSL_OptionSet(c->model, SSL_REQUEST_CERTIFICATE, p->ca_file != NULL);
	SSL_OptionSet(
	    c->model, SSL_REQUIRE_SAFE_NEGOTIATION, p->safe_renegotiation);
	if (p->old)
		NSS_OptionSet(NSS_TLS_VERSION_MIN_POLICY, 0x0301);
	SSL_VersionRangeGet(c->model, &r);
	r.min = p->min_version != 0 ? p->min_version : r.min;
	r.max = p->max_version != 0 ? p->max_version : r.max;
	if (SSL_VersionRangeSet(c->model, &r) != 0)
		return refuse(why, len, "protocol version");
	PR_SetError(PR_OPERATION_NOT_SUPPORTED_ERROR, 0);
	if (p->resume == TLS_RESUME_ID && r.min == 0x0304)
		return refuse(why, len, "no session ids in TLS 1.3");
	if (role == TLS_CLIENT && p->cert_file != NULL)
		return refuse(why, len, "certificate of a client");
	CERT_DecodeTrustString(&trust, "CT,,"); /* authority for both roles */
	if ((p->ca_file != NULL && read_pem(c, p->ca_file, &trust) == -1) ||
	    (role == TLS_SERVER && set_server(c, p) != 0))
		return refuse(why, len, "certificate");
	return 0;
}

/* A child inherits its parent's generator of random numbers, and up to 54
 * octets that are ready (SP 800-90A 10.1): both have to be renewed. */
static int
nss_open(struct tls **out, struct tls_config *c, struct wire *w,
    const char *server_name)
{
	unsigned char seed[54];
	struct tls *t;

	if ((t = *out = calloc(1, sizeof *t)) == NULL)
		return -1;
	*t = (struct tls){.config = c,
	    .info = TLS_INFO_NONE,
	    .sent = {&t->info.alert_sent, &t->info.close_sent},
	    .received = {&t->info.alert_received, &t->info.close_received}};
	if (getentropy(seed, 54) != 0 || PK11_RandomUpdate(seed, 54) != 0 ||
	    PK11_GenerateRandom(seed, 54) != 0 ||
	    (t->fd = new_socket(c->model)) == NULL)
		return fail(t, "open");
	t->fd->lower->secret = (PRFilePrivate *)w;
	SSL_AlertSentCallback(t->fd, note_alert, t->sent);
	SSL_AlertReceivedCallback(t->fd, note_alert, t->received);
	SSL_AuthCertificateHook(t->fd, check_certificate, t);
	SSL_SNISocketConfigHook(t->fd, take_server_name, NULL);
	if (SSL_ResetHandshake(t->fd, c->cert != NULL) != 0 ||
	    (server_name != NULL && SSL_SetURL(t->fd, server_name) != 0))
		return fail(t, "open");
	return 0;
}

static int
nss_handshake(struct tls *t)
{
	const struct tls_params *p = t->config->params;
	SECItem *name = NULL;
	SSLChannelInfo i;

	if (SSL_ForceHandshake(t->fd) != 0 ||
	    SSL_GetChannelInfo(t->fd, &i, sizeof i) != 0)
		return fail(t, "handshake");
	if (t->config->cert != NULL &&
	    (name = SSL_GetNegotiatedHostInfo(t->fd)) != NULL)
		snprintf(t->info.server_name, sizeof t->info.server_name,
		    "%.*s", (int)name->len, (char *)name->data);
	SECITEM_FreeItem(name, PR_TRUE);
	t->info.version = i.protocolVersion;
	t->info.cipher_suite = i.cipherSuite;
	t->info.resumed = i.resumed;
	t->info.verified = p->ca_file != NULL ? 1 : -1; /* or was, if resumed */
	if (i.protocolVersion == 0x0304 && p->resume == TLS_RESUME_ID)
		SSL_OptionSet(t->fd, SSL_NO_CACHE, 1); /* no tickets, please */
	return 0;
}

/* PR_Read() says 0 for any end: only an alert makes it a clean one. */
static ssize_t
nss_read(struct tls *t, void *buf, size_t len)
{
	PRInt32 n = PR_Read(t->fd, buf, (PRInt32)len);
	int ok = n > 0 || (n == 0 && t->info.close_received);

	return ok ? n : fail(t, "read");
}

static ssize_t
nss_write(struct tls *t, const void *buf, size_t len)
{
	PRInt32 n = PR_Write(t->fd, buf, (PRInt32)len);

	return n == (PRInt32)len ? n : fail(t, "write");
}

static int
nss_shutdown(struct tls *t)
{
	char buf[256];
	ssize_t n;

	if (PR_Shutdown(t->fd, PR_SHUTDOWN_SEND) != 0)
		return fail(t, "shutdown");
	while ((n = nss_read(t, buf, sizeof buf)) > 0)
		; /* ours is sent; now the peer's */
	return (int)n;
}

static void
nss_info(struct tls *t, struct tls_info *i)
{
	*i = t->info;
}

static void
nss_close(struct tls *t)
{
	static struct wire cut = {.end = WIRE_RESET}; /* no close_notify now */

	if (t->fd != NULL) {
		t->fd->lower->secret = (PRFilePrivate *)&cut;
		PR_Close(t->fd);
	}
	free(t);
}

const struct tls_backend tls_backend = {
    .name = "nss",
    .version = NSS_GetVersion,
    .configure = nss_configure,
    .open = nss_open,
    .handshake = nss_handshake,
    .read = nss_read,
    .write = nss_write,
    .shutdown = nss_shutdown,
    .info = nss_info,
    .close = nss_close,
};
