/* relay_pass.c - one connection through the relay (relay.h).
 *
 * Both streams are cut into pieces, each piece is shown to the tamper, and what
 * it makes of it goes on.  Of SMTP the relay knows enough to find the switch,
 * of TLS the record layer; of nothing else anything.
 */

#include "relay.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "conduct.h"
#include "facts.h"
#include "pieces.h"
#include "registry.h"
#include "wire.h"

enum { ROOM = 1 << 17, VERB = 12, LARGE = 1000, SHOWN = 120 };

enum mode {
	LINES,   /* SMTP in clear */
	RECORDS, /* TLS, for both sides */
	RAW,     /* nothing is cut any more: as it comes */
	DROPPED, /* there is nobody to send it to */
};

/* One direction. */
struct half {
	char sender;
	struct wire *from, *to;
	enum mode mode;
	int ended, started; /* started: its first record has passed */
	size_t n;
	uint8_t octets[ROOM]; /* received and not yet passed on */
};

struct relay {
	struct wire near, far;
	struct half c, s;
	const struct relay_how *how;
	int done;
	char asked[VERB],
	    passed[VERB];      /* the last verb as it came, as it went */
	int message;           /* the client sends its message in clear */
	int near_tls, far_tls; /* this side's switch is behind it */
	unsigned data;         /* see struct piece */
	int large, has_hello;
	struct hello hello;
	uint8_t out[3 * ROOM];
};

/* What a tamper did, for the one who reads the record. */
static void
note(struct relay *r, const char *name, struct bytes b)
{
	char hex[2 * SHOWN + 1] = "";
	size_t i;

	for (i = 0; i < b.n && i < SHOWN; i++)
		snprintf(hex + 2 * i, 3, "%02x", b.p[i]);
	flow_fact(
	    r->near.flow, name, "%zu %s%s", b.n, hex, b.n > SHOWN ? "..." : "");
}

/* Ends our side of both; what still comes is read and dropped. */
static void
cut_both(struct relay *r)
{
	r->c.mode = r->s.mode = DROPPED;
	wire_end_writing(&r->near);
	wire_end_writing(&r->far);
}

static void
send_on(struct half *h, struct bytes b)
{
	if (b.n > 0 && h->mode != DROPPED && wire_write(h->to, b.p, b.n) == -1)
		h->mode = DROPPED;
}

/* Passes on the first n octets of a half, or what the tamper makes of them:
 * what went on. */
static struct bytes
pass(struct relay *r, struct half *h, enum piece_kind kind, size_t n)
{
	struct out o = {r->out, 0, sizeof r->out};
	struct piece p = {.kind = kind,
	    .sender = h->sender,
	    .octets = {h->octets, n},
	    .command = r->asked,
	    .data = r->data,
	    .large = r->large,
	    .hello = r->has_hello ? &r->hello : NULL};
	struct bytes gone = p.octets;
	enum tamper_result result = TAMPER_KEEP;

	/* Records once, SMTP each time: a client that asks again is in the
	 * same hands. */
	if (kind != PIECE_RECORD || !r->done)
		result = tamper_apply(r->how->tamper, &p, &o);
	if (result != TAMPER_KEEP && o.n <= o.len) {
		gone = (struct bytes){o.p, o.n};
		note(r, "tamper.took", p.octets);
		note(r, "tamper.gave", gone);
		r->done = 1;
	}
	if (conduct_is(r->how->fault, "claims")) {
		gone = p.octets;
		result = TAMPER_KEEP;
	}
	if (conduct_is(r->how->fault, "meddles") && kind == PIECE_ANSWER)
		h->octets[n - 1] ^= 1;
	send_on(h, gone);
	if (result == TAMPER_CUT)
		cut_both(r);
	return gone;
}

static void
take_away(struct half *h, size_t n)
{
	h->n -= n;
	memmove(h->octets, h->octets + n, h->n);
}

/* The first word of a line, in capitals. */
static void
read_verb(char *verb, struct bytes line)
{
	size_t i;

	for (i = 0; i < line.n && i + 1 < VERB && isalpha(line.p[i]); i++)
		verb[i] = (char)toupper(line.p[i]);
	verb[i] = '\0';
}

static void
pass_command(struct relay *r, size_t n)
{
	struct bytes line = {r->c.octets, n};

	if (r->message) { /* RFC 5321 4.1.1.4 */
		r->message = !(n == 3 && line.p[0] == '.');
		send_on(&r->c, line);
		return;
	}
	read_verb(r->asked, line);
	read_verb(r->passed, pass(r, &r->c, PIECE_COMMAND, n));
}

/* After a reply: has either side come to its switch (RFC 3207 4)?  If only one
 * of them has, they do not understand each other, and that is their affair. */
static void
look_for_switch(struct relay *r, int came, int gone)
{
	r->near_tls = strcmp(r->asked, "STARTTLS") == 0 && gone == 220;
	r->far_tls = strcmp(r->passed, "STARTTLS") == 0 && came == 220;
	r->message = strcmp(r->asked, "DATA") == 0 && gone == 354;
	r->asked[0] = r->passed[0] = '\0';
	if (r->near_tls)
		r->near.layer = FLOW_TLS;
	if (r->far_tls)
		r->far.layer = FLOW_TLS;
	if ((r->near_tls || r->far_tls) && r->c.mode == LINES)
		r->c.mode = r->near_tls && r->far_tls ? RECORDS : RAW;
	if ((r->near_tls || r->far_tls) && r->s.mode == LINES)
		r->s.mode = r->near_tls && r->far_tls ? RECORDS : RAW;
}

static void
pass_reply(struct relay *r, size_t n)
{
	int came = piece_code((struct bytes){r->s.octets, n});

	look_for_switch(r, came, piece_code(pass(r, &r->s, PIECE_REPLY, n)));
}

static void
pass_record(struct relay *r, struct half *h, size_t n)
{
	enum piece_kind kind = PIECE_RECORD;

	if (!h->started && h == &r->c)
		kind = PIECE_HELLO;
	else if (!h->started && h->octets[0] == handshake)
		kind = PIECE_ANSWER;
	h->started = 1;
	if (kind == PIECE_HELLO)
		r->has_hello =
		    hello_decode(&r->hello, (struct bytes){h->octets, n}) == 0;
	if (h == &r->c && h->octets[0] == application_data) {
		r->data++;
		r->large |= n > LARGE;
		/* The handshake is over; the rest only its ends can read. */
		flow_list(r->near.flow, (size_t)r->how->listed);
		flow_list(r->far.flow, (size_t)r->how->listed);
	}
	pass(r, h, kind, n);
}

/* Passes on whatever pieces are there. */
static void
pass_pieces(struct relay *r, struct half *h)
{
	struct bytes b;
	long n;

	while (h->n > 0) {
		b = (struct bytes){h->octets, h->n};
		switch (h->mode) {
		case LINES:
			n = h == &r->c ? piece_line(b) : piece_reply(b);
			break;
		case RECORDS:
			n = h->started || h == &r->s ? piece_record(b)
						     : piece_hello(b);
			break;
		default: n = (long)h->n; break;
		}
		if (n == -1 || (n == 0 && (h->n == ROOM || h->ended))) {
			h->mode = RAW;
			continue;
		}
		if (n == 0)
			return;
		if (h->mode == RAW || h->mode == DROPPED)
			send_on(h, b);
		else if (h->mode == RECORDS)
			pass_record(r, h, (size_t)n);
		else if (h == &r->c)
			pass_command(r, (size_t)n);
		else
			pass_reply(r, (size_t)n);
		take_away(h, (size_t)n);
	}
}

static void
receive(struct relay *r, struct half *h)
{
	ssize_t n = wire_read(h->from, h->octets + h->n, ROOM - h->n);

	h->ended = n <= 0;
	if (n > 0)
		h->n += (size_t)n;
	pass_pieces(r, h);
	if (h->ended)
		wire_end_writing(h->to);
	/* A switch may have made pieces of what waits on the other side. */
	pass_pieces(r, h == &r->c ? &r->s : &r->c);
}

static void
loop(struct relay *r, int deadline)
{
	struct pollfd p[2] = {{.events = POLLIN}, {.events = POLLIN}};
	int n;

	while (!r->c.ended || !r->s.ended) {
		p[0].fd = r->c.ended ? -1 : r->near.fd;
		p[1].fd = r->s.ended ? -1 : r->far.fd;
		n = poll(p, 2, deadline);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0) {
			r->near.end = r->far.end = WIRE_TIMEOUT;
			return;
		}
		wire_phase(&r->near, "relay", deadline);
		wire_phase(&r->far, "relay", deadline);
		if (p[0].revents != 0)
			receive(r, &r->c);
		if (p[1].revents != 0)
			receive(r, &r->s);
	}
}

void
relay_pass(
    struct relay_end near, struct relay_end far, const struct relay_how *how)
{
	struct relay *r = calloc(1, sizeof *r);

	if (r == NULL)
		return;
	wire_init(&r->near, near.fd, 'S', near.flow);
	wire_init(&r->far, far.fd, 'C', far.flow);
	r->c = (struct half){.sender = 'C', .from = &r->near, .to = &r->far};
	r->s = (struct half){.sender = 'S', .from = &r->far, .to = &r->near};
	r->how = how;
	loop(r, how->deadline);
	flow_fact(near.flow, "tamper", "%s", how->tamper->name);
	flow_fact(near.flow, "tamper.done", "%s", r->done ? "yes" : "no");
	facts_wire(near.flow, &r->near, NULL);
	facts_wire(far.flow, &r->far, NULL);
	free(r);
}
