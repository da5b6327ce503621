/* starttls.c - the client's switch: from the 220 reply into TLS, and out of it
 * at the end (smtp_client.h).
 */

#include "smtp_client.h"

/* A stimulus: sends SMTP where TLS is due, and notes the reply if there is one
 * and it is SMTP too. */
static void
send_plain(struct client *c, const char *command)
{
	struct reply r;

	c->trouble = "no hello sent, as the stimulus says";
	if (smtp_printf(&c->smtp, "%s\r\n", command) == 0 &&
	    smtp_reply(&c->smtp, &r) == SMTP_OK)
		flow_fact(c->wire.flow, "smtp.stimulus.plain", "%d", r.code);
}

/* The reply to STARTTLS, of which a hello that came too early knew nothing. */
static int
read_220(void *arg)
{
	struct client *c = arg;
	enum smtp_result result;
	struct reply r;

	c->wire.layer = FLOW_SMTP;
	c->smtp.by_octet = 1; /* what comes behind it is TLS's */
	result = smtp_reply(&c->smtp, &r);
	c->wire.layer = FLOW_TLS;
	if (result != SMTP_OK)
		return -1;
	flow_fact(c->wire.flow, "smtp.starttls", "%d", r.code);
	if (r.code == 220)
		return 0;
	c->trouble = "STARTTLS was refused, and the hello was sent already";
	return -1;
}

/* A stimulus: STARTTLS, and the hello before its reply. */
static int
send_starttls_early(struct client *c, const char *place)
{
	static const struct bytes command = {
	    (const uint8_t *)"STARTTLS\r\n", 10};

	if (conduct_is(place, EARLY_SAME_SEGMENT)) {
		if (wire_write_ahead(&c->wire, command) == -1)
			return -1;
	} else if (!conduct_is(place, EARLY_BEFORE_220)) {
		return 0; /* no STARTTLS at all */
	} else if (wire_write(&c->wire, command.p, command.n) == -1) {
		return -1;
	}
	c->wire.first = read_220;
	c->wire.first_arg = c;
	return 0;
}

static int
failed(struct client *c, const char *how)
{
	flow_fact(c->wire.flow, "tls.handshake", "%s", how);
	c->tls_failed = 1;
	return -1;
}

int
client_start_tls(struct client *c)
{
	const struct client_conduct *d = &c->options->conduct;
	const char *name =
	    c->options->name[0] != '\0' && d->no_server_name == NULL
		? c->options->name
		: NULL;

	if (d->misnames_server != NULL)
		name = d->misnames_server;

	if (d->early_hello != NULL &&
	    send_starttls_early(c, d->early_hello) == -1)
		return -1;
	c->wire.layer = FLOW_TLS;
	if (d->plain_after_220 != NULL) {
		send_plain(c, d->plain_after_220);
		return -1;
	}
	if (d->cannot_start != NULL) /* as if it could not read its keys */
		return failed(c, "unsupported");
	c->wire.crash = conduct_is(d->crash, "handshake");
	if (tls_backend.open(&c->tls, c->options->config, &c->wire, name) == -1)
		return failed(c, "unsupported");
	if (tls_backend.handshake(c->tls) == -1) {
		if (d->goes_on_in_clear == NULL)
			wire_linger(&c->wire);
		return failed(c, "failed");
	}
	flow_fact(c->wire.flow, "tls.handshake", "ok");
	flow_list(c->wire.flow, (size_t)c->options->listed);
	c->stage = "handshake";
	if (d->believes_pending != NULL)
		c->smtp.tls = c->tls; /* the bug: the buffer stays */
	else
		smtp_switch(&c->smtp, c->tls);
	return 0;
}

void
client_end_tls(struct client *c)
{
	if (c->tls != NULL && (c->options->conduct.truncates != NULL ||
				  tls_backend.shutdown(c->tls) == -1))
		return;
	c->stage = "close";
}
