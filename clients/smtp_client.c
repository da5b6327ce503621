/* smtp_client.c - the dialogue: from state to state as steps.c says. */

#include "smtp_client.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "lies.h"

enum { FOR_EVER = 1 << 30 }; /* milliseconds */

/* A hanging peer does nothing, but notices when the other one has gone. */
static void
hang(struct client *c)
{
	struct pollfd p = {.fd = c->wire.fd, .events = POLLRDHUP};

	poll(&p, 1, c->options->deadline * 4);
	c->trouble = "hung, as the fault says";
}

/* RFC 5321 4.2: the first digit says enough, but for the 220 to STARTTLS, of
 * which RFC 3207 4 names what it can be. */
static int
leads_on(const struct client *c, enum state state, int code)
{
	int want = client_steps[state].want;

	if (state == STARTTLS || c->options->conduct.exact_codes != NULL)
		return code == want;
	return code / 100 == want / 100;
}

static enum smtp_result
take_reply(struct client *c, enum state state, struct reply *r)
{
	struct bytes line;
	enum smtp_result result;

	if (state != STARTTLS || c->options->conduct.reads_first_line == NULL)
		return smtp_reply(&c->smtp, r);
	result = smtp_line(&c->smtp, SMTP_LINE, &line); /* the fault */
	r->code = 0;
	if (result == SMTP_OK && line.n >= 3)
		r->code = (int)strtol((const char *)line.p, NULL, 10);
	return result;
}

/* A stimulus: where the dialogue goes on. */
static enum state
take_stimulus(struct client *c, enum state state)
{
	if (client_steps[state].send(c) != 0)
		return broken(c);
	return state == STIMULUS ? towards_tls(c) : client_steps[state].next;
}

/* Sends a state's command, takes the reply, and says where that leads. */
static enum state
take_step(struct client *c, enum state state)
{
	const struct step *s = &client_steps[state];
	struct reply r = {0};
	enum smtp_result result;

	if (s->fact == NULL)
		return take_stimulus(c, state);
	if (state == QUIT && c->options->conduct.no_quit != NULL)
		return DONE;
	if (s->send != NULL && s->send(c) == -1)
		return broken(c);
	if ((result = take_reply(c, state, &r)) != SMTP_OK) {
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
	if (s->want != 0 && !leads_on(c, state, r.code))
		return s->refused(c, &r);
	c->stage = s->phase;
	return s->ok != NULL ? s->ok(c, &r) : s->next;
}

static const char *
phase(enum state state)
{
	return state == HANDSHAKE ? "handshake"
	       : state == CLOSE   ? "close"
				  : client_steps[state].phase;
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
		wire_phase(&c->wire, phase(state),
		    options->conduct.patient != NULL ? FOR_EVER
						     : options->deadline);
		if (conduct_is(options->conduct.hang, phase(state))) {
			hang(c);
			break;
		}
		switch (state) {
		case HANDSHAKE:
			if (client_start_tls(c) == 0)
				state = after_handshake(c);
			else if ((state = after_failure(c)) == DONE)
				state = broken(c);
			break;
		case CLOSE: client_end_tls(c), state = DONE; break;
		default: state = take_step(c, state);
		}
	}
	tell(c);
	if (c->tls != NULL)
		tls_backend.close(c->tls);
}
