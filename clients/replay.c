/* replay.c - a TLS backend that sends a recorded hello and goes on from there
 * (handshake.h).
 *
 * It is a client only, and what the hello says cannot be configured: versions,
 * server name and session are the recording's.
 */

#include "tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow_read.h"
#include "handshake.h"
#include "played.h"
#include "wire.h"

enum { KEYS = 8, SECRET = 512 };

struct tls_config {
	char *text; /* the vector's */
	struct flow_text vector;
	uint8_t octets[HELLO_OCTETS]; /* of the hello */
	size_t n;
	size_t writes[FLOW_TURNS], n_writes;
	struct hello hello;
	int cut; /* hello says what it is */
	struct handshake_key keys[KEYS];
	uint8_t secrets[KEYS][SECRET];
	size_t n_keys;
	unsigned errors;
	X509_STORE *trust;
};

/* The whole file, to be freed; NULL: it cannot be read, or is too long. */
static char *
read_file(const char *name, size_t *n)
{
	FILE *f = fopen(name, "rb");
	char *text = malloc(FLOW_TEXT + 1);

	if (f == NULL || text == NULL) {
		free(text);
		text = NULL;
	} else {
		*n = fread(text, 1, FLOW_TEXT + 1, f);
		if (ferror(f) || *n > FLOW_TEXT) {
			free(text);
			text = NULL;
		}
	}
	if (f != NULL)
		fclose(f);
	return text;
}

/* The hello: what the client sends before the server answers, each turn a
 * write of its own. */
static int
take_hello(struct tls_config *c)
{
	const struct flow_turn *t = c->vector.turns;
	const struct flow_turn *end = t + c->vector.n_turns;

	for (; t < end && (t->layer != FLOW_TLS || t->sender == 'C'); t++) {
		if (t->layer != FLOW_TLS)
			continue;
		if (t->more != 0 || t->octets.n > sizeof c->octets - c->n)
			return -1;
		memcpy(c->octets + c->n, t->octets.p, t->octets.n);
		c->n += t->octets.n;
		c->writes[c->n_writes++] = t->octets.n;
	}
	c->cut = hello_decode(&c->hello, (struct bytes){c->octets, c->n}) == 0;
	return c->n > 0 ? 0 : -1;
}

static int
take_keys(struct tls_config *c)
{
	const struct flow_entry *m = c->vector.metas;
	const struct flow_entry *end = m + c->vector.n_metas;
	struct handshake_key *k;
	long n;

	for (; m < end; m++) {
		if (strncmp(m->name, "key.", 4) != 0)
			continue;
		if (c->n_keys == KEYS)
			return -1;
		k = &c->keys[c->n_keys];
		n = flow_hex(m->value, c->secrets[c->n_keys], SECRET);
		if (n <= 0 || (k->group = group_named(m->name + 4)) == NULL)
			return -1;
		k->secret = (struct bytes){c->secrets[c->n_keys++], (size_t)n};
	}
	return 0;
}

static int
load_vector(struct tls_config *c, const char *file, char *why, size_t len)
{
	size_t n;

	if (file == NULL)
		return played_refuse(
		    why, len, "no hello to replay: --hello FILE");
	if ((c->text = read_file(file, &n)) == NULL) {
		snprintf(why, len, "%s cannot be read", file);
		return -1;
	}
	if (flow_parse(&c->vector, c->text, n) == -1) {
		snprintf(why, len, "%s:%u: %s", file, c->vector.line,
		    c->vector.error);
		return -1;
	}
	if (take_hello(c) == -1)
		return played_refuse(
		    why, len, "the vector has no hello, or not all");
	if (take_keys(c) == -1)
		return played_refuse(
		    why, len, "a key.NAME of the vector is no key");
	return 0;
}

static const struct handshake_error_name *const errors[] = {
    handshake_errors, handshake_tolerances};
enum { ERRORS = sizeof errors / sizeof errors[0] };

static int
take_error(struct tls_config *c, const char *name)
{
	const struct handshake_error_name *e;
	size_t i;

	for (i = 0; i < ERRORS; i++)
		for (e = errors[i]; e->name != NULL; e++)
			if (strcmp(e->name, name) == 0) {
				c->errors = e->error;
				return 0;
			}
	return -1;
}

/* What would have to be said in the hello, or is a server's. */
static const char *
beyond(enum tls_role role, const struct tls_params *p)
{
	if (role != TLS_CLIENT)
		return "a hello is replayed by a client";
	if (p->min_version != 0 || p->max_version != 0)
		return "a recorded hello says its versions itself";
	if (p->resume != TLS_RESUME_NO)
		return "a recorded hello cannot resume another's session";
	if (p->cert_file != NULL)
		return "a replay has no certificate of its own";
	return NULL;
}

static int
replay_configure(struct tls_config **out, enum tls_role role,
    const struct tls_params *p, char *why, size_t len)
{
	const char *reason = beyond(role, p);
	struct tls_config *c;

	*out = NULL;
	if (reason != NULL)
		return played_refuse(why, len, reason);
	if (handshake_init() == -1 || (c = *out = calloc(1, sizeof *c)) == NULL)
		return played_refuse(why, len, "memory");
	if (load_vector(c, p->hello_file, why, len) == -1)
		return -1;
	if (p->error != NULL && take_error(c, p->error) == -1)
		return played_refuse(
		    why, len, "no error of that name; see --list");
	if (p->ca_file != NULL &&
	    ((c->trust = X509_STORE_new()) == NULL ||
		X509_STORE_load_file(c->trust, p->ca_file) != 1))
		return played_refuse(why, len, "the authority cannot be read");
	return 0;
}

static int
replay_open(struct tls **out, struct tls_config *c, struct wire *w,
    const char *server_name)
{
	struct handshake_params p = {.wire = w,
	    .octets = {c->octets, c->n},
	    .hello = c->cut ? &c->hello : NULL,
	    .writes = c->writes,
	    .n_writes = c->n_writes,
	    .keys = c->keys,
	    .n_keys = c->n_keys,
	    .errors = c->errors,
	    .trust = c->trust,
	    .server_name = server_name};
	struct tls *t;

	if ((t = *out = calloc(1, sizeof *t)) == NULL)
		return -1;
	t->config = c;
	t->wire = w;
	return (t->handshake = handshake_new(&p)) != NULL ? 0 : -1;
}

/* Whether the error asked for was really made: a hello that gives no occasion
 * for it proves nothing about the server. */
static int
replay_handshake(struct tls *t)
{
	int r = handshake_run(t->handshake);

	if (t->config->errors != 0 && t->wire->flow != NULL)
		flow_fact(t->wire->flow, "tls.error-made", "%s",
		    handshake_erred(t->handshake) == t->config->errors ? "yes"
								       : "no");
	return r;
}

static void
replay_close(struct tls *t)
{
	handshake_free(t->handshake);
	free(t);
}

static void
replay_list(void)
{
	const struct handshake_error_name *e;
	size_t i;

	for (i = 0; i < ERRORS; i++)
		for (e = errors[i]; e->name != NULL; e++)
			printf("%-28s %s\n", e->name, e->what);
}

const struct tls_backend tls_backend = {
    .name = "replay",
    .version = played_version,
    .configure = replay_configure,
    .open = replay_open,
    .handshake = replay_handshake,
    .read = played_read,
    .write = played_write,
    .shutdown = played_shutdown,
    .info = played_info,
    .close = replay_close,
    .list = replay_list,
};
