/* smtp_client.c - what the client sends, and what a reply does.
 *
 * RFC 5321 and RFC 3207 as a table: a row is a state, with the command that is
 * sent on entering it, the reply that lets the client go on, and where it goes
 * then or otherwise.
 */

#include "smtp_client.h"

#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "facts.h"
#include "lies.h"
#include "message.h"

enum state {
	GREETING,
	EHLO,
	STIMULUS,
	STARTTLS,
	HANDSHAKE,
	EHLO_TLS,
	STIMULUS_TLS,
	MAIL,
	RCPT,
	DATA,
	MESSAGE,
	QUIT,
	CLOSE,
	DONE
};

#define NAME "client.example"

/* ---- what is sent on entering a state: 0, or -1 if the stream broke ---- */

static int
send_ehlo(struct client *c)
{
	return smtp_printf(&c->smtp, "EHLO %s\r\n", NAME);
}

static int
send_stimulus(struct client *c)
{
	return smtp_printf(
	    &c->smtp, "%s\r\n", c->options->conduct.before_starttls);
}

static int
send_starttls(struct client *c)
{
	const char *behind = c->options->conduct.behind_starttls;

	/* RFC 3207 4: the last command before the server's reply */
	if (behind != NULL)
		return smtp_printf(&c->smtp, "STARTTLS\r\n%s\r\n", behind);
	return smtp_printf(&c->smtp, "STARTTLS\r\n");
}

static int
send_stimulus_tls(struct client *c)
{
	const struct client_conduct *d = &c->options->conduct;

	if (d->inside != NULL)
		return smtp_printf(&c->smtp, "%s\r\n", d->inside);
	/* The transaction begun in clear must be gone: RFC 3207 4.2 */
	return smtp_printf(&c->smtp, "RCPT TO:<b@mx.example>\r\n");
}

static int
send_mail(struct client *c)
{
	if (smtp_offers(c->keywords, "SIZE")) /* RFC 1870 */
		return smtp_printf(&c->smtp,
		    "MAIL FROM:<a@client.example> SIZE=%zu\r\n",
		    message_size((size_t)c->options->message));
	return smtp_printf(&c->smtp, "MAIL FROM:<a@client.example>\r\n");
}

static int
send_rcpt(struct client *c)
{
	return smtp_printf(&c->smtp, "RCPT TO:<b@mx.example>\r\n");
}

static int
send_data(struct client *c)
{
	return smtp_printf(&c->smtp, "DATA\r\n");
}

static int
send_message(struct client *c)
{
	char text[16000];
	struct message m;
	size_t n;

	message_start(&m, (size_t)c->options->message,
	    c->options->conduct.no_dot_stuffing == NULL);
	while ((n = message_next(&m, text, sizeof text)) > 0) {
		if (smtp_write(&c->smtp, text, n) == -1)
			return -1;
		if (c->options->conduct.cut_off != NULL) {
			c->trouble = "cut off, as the stimulus says";
			return -1;
		}
	}
	flow_fact(c->wire.flow, "mail.octets", "%zu", m.made);
	flow_fact(c->wire.flow, "mail.digest", "%016" PRIx64, m.digest);
	return smtp_printf(&c->smtp, ".\r\n");
}

static int
send_quit(struct client *c)
{
	return smtp_printf(&c->smtp, "QUIT\r\n");
}

/* ---- where a reply leads ---- */

static enum state
start_of_mail(struct client *c)
{
	return c->tls != NULL && c->options->conduct.inside != NULL
		   ? STIMULUS_TLS
		   : MAIL;
}

/* TLS was due and cannot be had on this connection, which still works. */
static enum state
without_tls(struct client *c)
{
	/* RFC 3207 4: after 454 and the like it is the client's decision */
	if (c->policy == POLICY_OPPORTUNISTIC ||
	    c->options->conduct.mail_in_clear != NULL)
		return MAIL;
	c->outcome = OUTCOME_DEFERRED;
	return QUIT;
}

static enum state
after_ehlo(struct client *c, const struct reply *r)
{
	memcpy(c->keywords, r->keywords, sizeof c->keywords);
	if (c->policy == POLICY_NONE)
		return MAIL;
	if (!smtp_offers(c->keywords, "STARTTLS"))
		return without_tls(c);
	if (c->options->conduct.early_hello != NULL)
		return HANDSHAKE;
	return c->options->conduct.before_starttls != NULL ? STIMULUS
							   : STARTTLS;
}

static enum state
after_starttls(struct client *c, const struct reply *r)
{
	size_t pending = smtp_pending(&c->smtp).n;

	(void)r;
	flow_fact(c->wire.flow, "smtp.pending", "%zu", pending);
	/* Nothing may stand behind the 220: it would be taken for what the
	 * server says inside TLS.  The reply cannot be trusted, so stop. */
	if (pending > 0 && c->options->conduct.believes_pending == NULL) {
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

static enum state
after_handshake(struct client *c)
{
	/* RFC 3207 4.2: forget what the server said before TLS */
	if (c->options->conduct.keeps_keywords == NULL)
		c->keywords[0] = '\0';
	/* RFC 3207 4.2: and begin again with EHLO */
	return c->options->conduct.no_ehlo_after_tls != NULL ? MAIL : EHLO_TLS;
}

static enum state
after_ehlo_tls(struct client *c, const struct reply *r)
{
	if (c->options->conduct.keeps_keywords == NULL)
		memcpy(c->keywords, r->keywords, sizeof c->keywords);
	if (c->options->conduct.before_starttls != NULL &&
	    strncasecmp(c->options->conduct.before_starttls, "MAIL", 4) == 0)
		return STIMULUS_TLS;
	return start_of_mail(c);
}

static enum state
after_message(struct client *c, const struct reply *r)
{
	(void)r;
	c->outcome = c->tls != NULL ? OUTCOME_TLS : OUTCOME_PLAIN;
	c->messages++;
	return c->options->conduct.repeats_message != NULL && c->messages == 1
		   ? MAIL
		   : QUIT;
}

static enum state
rejected(struct client *c, const struct reply *r)
{
	(void)r;
	c->outcome = OUTCOME_REJECTED;
	return QUIT;
}

static enum state
give_up(struct client *c, const struct reply *r)
{
	(void)r;
	c->outcome = OUTCOME_DEFERRED;
	return QUIT;
}

/* clang-format off */
static const struct step {
	const char *phase, *fact;
	int (*send)(struct client *);
	int want;               /* the reply that leads on; 0: any */
	enum state next;        /* ... to here, */
	enum state (*ok)(struct client *, const struct reply *); /* or says where */
	enum state (*refused)(struct client *, const struct reply *);
} steps[] = {
	[GREETING]     = { "greeting", "smtp.greeting",       NULL,              220, EHLO,     NULL,           give_up },
	[EHLO]         = { "ehlo",     "smtp.ehlo",           send_ehlo,         250, DONE,     after_ehlo,     give_up },
	[STIMULUS]     = { "starttls", "smtp.stimulus.plain", send_stimulus,     0,   STARTTLS, NULL,           NULL },
	[STARTTLS]     = { "starttls", "smtp.starttls",       send_starttls,     220, DONE,     after_starttls, refused_starttls },
	[EHLO_TLS]     = { "ehlo-tls", "smtp.ehlo-tls",       send_ehlo,         250, DONE,     after_ehlo_tls, give_up },
	[STIMULUS_TLS] = { "mail",     "smtp.stimulus.tls",   send_stimulus_tls, 0,   MAIL,     NULL,           NULL },
	[MAIL]         = { "mail",     "smtp.mail",           send_mail,         250, RCPT,     NULL,           rejected },
	[RCPT]         = { "mail",     "smtp.rcpt",           send_rcpt,         250, DATA,     NULL,           rejected },
	[DATA]         = { "mail",     "smtp.data",           send_data,         354, MESSAGE,  NULL,           rejected },
	[MESSAGE]      = { "mail",     "smtp.message",        send_message,      250, DONE,     after_message,  rejected },
	[QUIT]         = { "quit",     "smtp.quit",           send_quit,         0,   CLOSE,    NULL,           NULL },
};
/* clang-format on */

/* ---- the driver ---- */

/* A hanging peer does nothing, but notices when the other one has gone. */
static void
hang(struct client *c)
{
	struct pollfd p = {.fd = c->wire.fd, .events = POLLRDHUP};

	poll(&p, 1, c->options->deadline * 4);
	c->trouble = "hung, as the fault says";
}

static enum state
broken(struct client *c)
{
	/* Delivered is delivered, whatever becomes of QUIT. */
	if (c->outcome == OUTCOME_NONE)
		c->outcome = OUTCOME_DEFERRED;
	return DONE;
}

/* Sends a state's command, takes the reply, and says where that leads. */
static enum state
take_step(struct client *c, enum state state)
{
	const struct step *s = &steps[state];
	struct reply r;
	enum smtp_result result;

	if (s->send != NULL && s->send(c) == -1)
		return broken(c);
	if ((result = smtp_reply(&c->smtp, &r)) != SMTP_OK) {
		if (result != SMTP_END)
			c->trouble = result == SMTP_LONG
					 ? "a reply line over 512 octets"
					 : "no reply by RFC 5321 4.2";
		return broken(c);
	}
	flow_fact(c->wire.flow, s->fact, "%d", r.code);
	if (state == EHLO || state == EHLO_TLS)
		flow_fact(c->wire.flow,
		    state == EHLO ? "smtp.ehlo.keywords"
				  : "smtp.ehlo-tls.keywords",
		    "%s", r.keywords[0] != '\0' ? r.keywords : "-");
	if (s->want != 0 && r.code != s->want)
		return s->refused(c, &r);
	c->stage = s->phase;
	return s->ok != NULL ? s->ok(c, &r) : s->next;
}

static const char *
phase(enum state state)
{
	return state == HANDSHAKE ? "handshake"
	       : state == CLOSE   ? "close"
				  : steps[state].phase;
}

static void
tell(struct client *c)
{
	static const char *const outcomes[] = {
	    [OUTCOME_NONE] = "none",
	    [OUTCOME_TLS] = "delivered-tls",
	    [OUTCOME_PLAIN] = "delivered-plain",
	    [OUTCOME_REJECTED] = "rejected",
	    [OUTCOME_DEFERRED] = "deferred",
	};
	const struct client_conduct *d = &c->options->conduct;
	struct flow *f = c->wire.flow;
	struct tls_info info;

	if (c->tls != NULL) {
		tls_backend.info(c->tls, &info);
		lie_of_tls(d->lies, &info);
		facts_tls(f, &info);
	}
	flow_fact(f, "mail", "%s", outcomes[c->outcome]);
	flow_fact(f, "stage", "%s", c->stage);
	facts_wire(f, &c->wire, c->trouble);
	lie_in_facts(d->lies, f);
}

void
client_dialogue(struct client *c, const struct client_options *options,
    enum policy policy, int fd, struct flow *flow)
{
	enum state state =
	    conduct_is(options->conduct.early_hello, EARLY_AT_ONCE) ? HANDSHAKE
								    : GREETING;

	memset(c, 0, sizeof *c);
	c->options = options;
	c->policy = policy;
	c->stage = "connect";
	wire_init(&c->wire, fd, 'C', flow);
	c->wire.secrets = options->secrets;
	smtp_init(&c->smtp, &c->wire);
	while (state != DONE) {
		wire_phase(&c->wire, phase(state), options->deadline);
		if (conduct_is(options->conduct.hang, phase(state))) {
			hang(c);
			break;
		}
		switch (state) {
		case HANDSHAKE:
			state = client_start_tls(c) == 0 ? after_handshake(c)
							 : broken(c);
			break;
		case CLOSE: client_end_tls(c), state = DONE; break;
		default: state = take_step(c, state);
		}
	}
	tell(c);
	if (c->tls != NULL)
		tls_backend.close(c->tls);
}
