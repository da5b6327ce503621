/* steps.c - what the client sends, and what a reply does.
 *
 * RFC 5321 and RFC 3207 as a table: a row is a state, with the command that is
 * sent on entering it, the reply that lets the client go on, and where it goes
 * then or otherwise.
 */

#include <string.h>

#include "smtp_client.h"

/* ---- where a reply leads ---- */

/* Kept for later, or given back to the sender as one that bounces does. */
static enum outcome
not_delivered(const struct client *c)
{
	return c->options->conduct.bounces != NULL ? OUTCOME_REJECTED
						   : OUTCOME_DEFERRED;
}

/* TLS was due and cannot be had on this connection, which still works. */
static enum state
without_tls(struct client *c)
{
	/* RFC 3207 4: after 454 and the like it is the client's decision */
	if (c->policy == POLICY_OPPORTUNISTIC ||
	    c->options->conduct.mail_in_clear != NULL)
		return MAIL;
	c->outcome = not_delivered(c);
	return QUIT;
}

static enum state
after_greeting(struct client *c, const struct reply *r)
{
	(void)r;
	return c->options->conduct.before_ehlo != NULL ? STIMULUS_FIRST : EHLO;
}

/* What the keywords and the policy say. */
enum state
towards_tls(struct client *c)
{
	if (c->policy == POLICY_NONE)
		return MAIL;
	if (c->options->conduct.early_hello != NULL &&
	    smtp_offers(c->keywords, "STARTTLS"))
		return HANDSHAKE;
	if (c->options->conduct.exact_keywords != NULL &&
	    strstr(c->keywords, "STARTTLS") == NULL)
		return without_tls(c);
	return smtp_offers(c->keywords, "STARTTLS") ? STARTTLS : without_tls(c);
}

static enum state
after_ehlo(struct client *c, const struct reply *r)
{
	memcpy(c->keywords, r->keywords, sizeof c->keywords);
	return c->options->conduct.before_starttls != NULL ? STIMULUS
							   : towards_tls(c);
}

/* Without EHLO there is no TLS; inside it, no keyword. */
static enum state
after_helo(struct client *c, const struct reply *r)
{
	(void)r;
	c->keywords[0] = '\0';
	return c->tls != NULL ? MAIL : towards_tls(c);
}

static enum state
after_starttls(struct client *c, const struct reply *r)
{
	const struct client_conduct *d = &c->options->conduct;
	size_t pending = smtp_pending(&c->smtp).n;

	flow_fact(c->wire.flow, "smtp.pending", "%zu", pending);
	if (d->reads_text != NULL && strstr(r->keywords, "not") != NULL)
		return without_tls(c);
	/* Nothing may stand behind the 220: it would be taken for what the
	 * server says inside TLS.  The reply cannot be trusted, so stop. */
	if (pending > 0 && d->believes_pending == NULL) {
		c->trouble = "octets behind the 220";
		c->outcome = OUTCOME_DEFERRED;
		return DONE;
	}
	return HANDSHAKE;
}

static enum state
refused_starttls(struct client *c, const struct reply *r)
{
	(void)r;
	return without_tls(c);
}

enum state
after_handshake(struct client *c)
{
	const struct client_conduct *d = &c->options->conduct;

	/* RFC 3207 4.1: not enough for this client, so it says QUIT */
	if (d->judges_late != NULL && !conduct_is(d->lies, "certificate")) {
		c->outcome = OUTCOME_DEFERRED;
		return QUIT;
	}
	/* RFC 3207 4.2: forget what the server said before TLS */
	if (d->keeps_keywords == NULL)
		c->keywords[0] = '\0';
	/* RFC 3207 4.2: and begin again with EHLO */
	return d->no_ehlo_after_tls != NULL ? MAIL : EHLO_TLS;
}

/* RFC 3207 6: a client that may goes on, on a connection of its own. */
enum state
after_failure(struct client *c)
{
	const struct client_conduct *d = &c->options->conduct;

	if (d->goes_on_in_clear != NULL && c->tls_failed) {
		c->outcome = OUTCOME_DEFERRED;
		return QUIT;
	}
	return DONE;
}

static enum state
after_ehlo_tls(struct client *c, const struct reply *r)
{
	const struct client_conduct *d = &c->options->conduct;

	if (d->keeps_keywords == NULL)
		memcpy(c->keywords, r->keywords, sizeof c->keywords);
	return d->inside != NULL || d->inside_group != NULL ||
		       conduct_is(d->before_starttls, EARLY_MAIL)
		   ? STIMULUS_TLS
		   : MAIL;
}

static enum state
after_message(struct client *c, const struct reply *r)
{
	const struct client_conduct *d = &c->options->conduct;

	(void)r;
	if (c->refused && d->ignores_statuses == NULL)
		return QUIT; /* it was the dot alone */
	c->outcome = c->tls != NULL ? OUTCOME_TLS : OUTCOME_PLAIN;
	c->messages++;
	if (d->repeats_message != NULL && c->messages == 1)
		return MAIL;
	return d->after_message != NULL ? STIMULUS_LAST : QUIT;
}

/* RFC 5321 4.2.1: after 4yz the sender should try again, after 5yz not. */
static enum state
rejected(struct client *c, const struct reply *r)
{
	c->outcome =
	    r->code / 100 == 4 && c->options->conduct.rejects_4yz == NULL
		? OUTCOME_DEFERRED
		: OUTCOME_REJECTED;
	return QUIT;
}

/* RFC 2920 3.1: the replies to the rest of a group are still to be read. */
static enum state
refused_mail(struct client *c, const struct reply *r)
{
	enum state next = rejected(c, r);

	c->refused = 1;
	return c->grouped ? RCPT : next;
}

static enum state
refused_rcpt(struct client *c, const struct reply *r)
{
	enum state next = rejected(c, r);

	c->refused = 1;
	return c->grouped ? DATA : next;
}

/* RFC 5321 3.3: without a 354 no message is sent. */
static enum state
refused_data(struct client *c, const struct reply *r)
{
	enum outcome before = c->outcome;
	enum state next = rejected(c, r);

	if (c->refused) /* the first refusal is the reason */
		c->outcome = before;
	return c->options->conduct.ignores_statuses != NULL ? MESSAGE : next;
}

static enum state
give_up(struct client *c, const struct reply *r)
{
	(void)r;
	c->outcome = OUTCOME_DEFERRED;
	return QUIT;
}

/* RFC 5321 3.2: a server that does not know EHLO may know HELO. */
static enum state
refused_ehlo(struct client *c, const struct reply *r)
{
	if ((r->code == 500 || r->code == 502) &&
	    c->options->conduct.no_helo == NULL)
		return HELO;
	return give_up(c, r);
}

enum state
broken(struct client *c)
{
	/* Delivered is delivered, whatever becomes of QUIT. */
	if (c->outcome == OUTCOME_NONE)
		c->outcome = not_delivered(c);
	return DONE;
}

/* clang-format off */
const struct step client_steps[] = {
	[GREETING]       = { "greeting", "smtp.greeting", NULL,            220, DONE,     after_greeting, give_up },
	[STIMULUS_FIRST] = { "ehlo",     NULL,            stimulate_first, 0,   EHLO,     NULL,           NULL },
	[EHLO]           = { "ehlo",     "smtp.ehlo",     say_ehlo,       250, DONE,     after_ehlo,     refused_ehlo },
	[HELO]           = { "ehlo",     "smtp.helo",     say_helo,       250, DONE,     after_helo,     give_up },
	[STIMULUS]       = { "starttls", NULL,            stimulate,       0,   DONE,     NULL,           NULL },
	[STARTTLS]       = { "starttls", "smtp.starttls", say_starttls,   220, DONE,     after_starttls, refused_starttls },
	[EHLO_TLS]       = { "ehlo-tls", "smtp.ehlo-tls", say_ehlo_tls,   250, DONE,     after_ehlo_tls, refused_ehlo },
	[STIMULUS_TLS]   = { "mail",     NULL,            stimulate_tls,   0,   MAIL,     NULL,           NULL },
	[MAIL]           = { "mail",     "smtp.mail",     say_mail,       250, RCPT,     NULL,           refused_mail },
	[RCPT]           = { "mail",     "smtp.rcpt",     say_rcpt,       250, DATA,     NULL,           refused_rcpt },
	[DATA]           = { "mail",     "smtp.data",     say_data,       354, MESSAGE,  NULL,           refused_data },
	[MESSAGE]        = { "mail",     "smtp.message",  say_message,    250, DONE,     after_message,  rejected },
	[STIMULUS_LAST]  = { "mail",     NULL,            stimulate_last,  0,   QUIT,     NULL,           NULL },
	[QUIT]           = { "quit",     "smtp.quit",     say_quit,       0,   CLOSE,    NULL,           NULL },
};
/* clang-format on */
