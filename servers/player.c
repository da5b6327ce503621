/* player.c - a TLS backend that plays a script as the server (serve.h).
 *
 * It is a server only, of one RSA certificate.  Which versions it speaks is
 * the script's business and cannot be configured.
 */

#include "tls.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>

#include "flow.h"
#include "played.h"
#include "scripts.h"
#include "wire.h"

enum { CHAIN = 3072 }; /* octets of certificates */

struct tls_config {
	const struct script *script;
	EVP_PKEY *key;
	uint8_t chain[CHAIN];
	size_t n;
};

/* What would contradict the script, or is not its business. */
static const char *
beyond(enum tls_role role, const struct tls_params *p)
{
	if (role != TLS_SERVER)
		return "a script is played by a server";
	if (p->min_version != 0 || p->max_version != 0)
		return "a script says its version itself";
	if (p->resume != TLS_RESUME_NO)
		return "no script resumes a session";
	if (p->ca_file != NULL)
		return "no script asks for a certificate";
	return NULL;
}

/* 1: one more certificate; 0: that was the last; -1: too many. */
static int
add_certificate(struct tls_config *c, FILE *f)
{
	struct out o = {c->chain, c->n, sizeof c->chain};
	X509 *x = PEM_read_X509(f, NULL, NULL, NULL);
	unsigned char *der = NULL;
	int n;

	if (x == NULL)
		return 0;
	n = i2d_X509(x, &der);
	X509_free(x);
	if (n <= 0)
		return -1;
	put_vector(&o, 3, (struct bytes){der, (size_t)n});
	OPENSSL_free(der);
	c->n = o.n;
	return o.n <= o.len ? 1 : -1;
}

static int
load_chain(struct tls_config *c, const char *file)
{
	FILE *f = fopen(file, "r");
	int r;

	if (f == NULL)
		return -1;
	while ((r = add_certificate(c, f)) == 1)
		;
	fclose(f);
	return r == 0 && c->n > 0 ? 0 : -1;
}

static int
load_key(struct tls_config *c, const char *file)
{
	FILE *f = fopen(file, "r");

	if (f == NULL)
		return -1;
	c->key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
	fclose(f);
	return c->key != NULL && EVP_PKEY_is_a(c->key, "RSA") ? 0 : -1;
}

static int
player_configure(struct tls_config **out, enum tls_role role,
    const struct tls_params *p, char *why, size_t len)
{
	const char *reason = beyond(role, p);
	struct tls_config *c;

	*out = NULL;
	if (reason != NULL)
		return played_refuse(why, len, reason);
	if (handshake_init() == -1 || (c = *out = calloc(1, sizeof *c)) == NULL)
		return played_refuse(why, len, "memory");
	c->script = script_find(p->script != NULL ? p->script : "right");
	if (c->script == NULL)
		return played_refuse(
		    why, len, "no script of that name; see --list");
	if (p->cert_file != NULL && load_chain(c, p->cert_file) == -1)
		return played_refuse(
		    why, len, "the certificate cannot be used");
	if (p->key_file != NULL && load_key(c, p->key_file) == -1)
		return played_refuse(why, len, "the key is no RSA key");
	return 0;
}

static int
player_open(struct tls **out, struct tls_config *c, struct wire *w,
    const char *server_name)
{
	struct serve_params p = {.wire = w,
	    .script = c->script,
	    .key = c->key,
	    .chain = {c->chain, c->n}};
	struct tls *t;

	(void)server_name;
	if ((t = *out = calloc(1, sizeof *t)) == NULL)
		return -1;
	t->wire = w;
	if ((t->serve = serve_new(&p)) == NULL)
		return -1;
	t->handshake = serve_handshake(t->serve);
	return 0;
}

/* Whether the client took the answer for good is what the script asks. */
static int
player_handshake(struct tls *t)
{
	int r = serve_run(t->serve);

	if (t->wire->flow != NULL)
		flow_fact(t->wire->flow, "tls.went-on", "%s",
		    serve_went_on(t->serve) ? "yes" : "no");
	return r;
}

static void
player_close(struct tls *t)
{
	serve_free(t->serve);
	free(t);
}

static void
player_list(void)
{
	const struct script *const *table, *s;

	for (table = script_tables; *table != NULL; table++)
		for (s = *table; s->name != NULL; s++)
			printf("%-28s %s\n", s->name, s->what);
}

const struct tls_backend tls_backend = {
    .name = "player",
    .version = played_version,
    .configure = player_configure,
    .open = player_open,
    .handshake = player_handshake,
    .read = played_read,
    .write = played_write,
    .shutdown = played_shutdown,
    .info = played_info,
    .close = player_close,
    .list = player_list,
};
