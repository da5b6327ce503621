/* handshake_flow.c - what moves the handshake: messages out of records, rows
 * of a table one after another. */

#include <string.h>

#include "handshake_state.h"

int
because(struct handshake *h, int r, const char *why)
{
	h->why = why;
	return r;
}

int
erring(struct handshake *h, enum handshake_error e)
{
	if (!(h->p.errors & e))
		return 0;
	h->erred |= e;
	return 1;
}

enum row_when
always(const struct handshake *h)
{
	(void)h;
	return ALWAYS;
}

enum row_when
if_asked(const struct handshake *h)
{
	return h->certificate_requested ||
		       h->p.errors & HANDSHAKE_ERROR_CERTIFICATE
		   ? ALWAYS
		   : NEVER;
}

static int
count_noise(struct handshake *h)
{
	return ++h->noise > NOISE
		   ? because(h, unexpected_message, "too many warnings")
		   : 0;
}

/* RFC 5246 7.2, RFC 8446 6 */
static int
read_alert(struct handshake *h, struct bytes b)
{
	enum { WARNING = 1 };

	if (b.n != 2)
		return because(h, decode_error, "an alert is two octets");
	if (b.p[1] == close_notify) {
		h->info.close_received = 1;
		return CLOSED;
	}
	h->info.alert_received = b.p[1];
	/* RFC 8446 6: the level is not looked at, and all are fatal but one. */
	if (h->records.tls13 ? b.p[1] != user_canceled : b.p[0] != WARNING)
		return REFUSED;
	return count_noise(h);
}

/* As an error: who ignores close_notify has not seen it. */
static int
ignores_alert(struct handshake *h)
{
	if (h->done || !erring(h, HANDSHAKE_TAKES_ORDER))
		return 0;
	h->info.close_received = 0;
	return 1;
}

/* The next record that carries something for the handshake or the user. */
static int
next_record(struct handshake *h)
{
	uint8_t type;
	struct bytes b;
	int r;

	for (;;) {
		if ((r = record_flush(&h->records)) != 0 ||
		    (r = record_receive(&h->records, &type, &b, &h->why)) != 0)
			return r;
		if (type == alert) {
			r = read_alert(h, b);
			if (r != 0 && !ignores_alert(h))
				return r;
			continue;
		}
		/* RFC 8446 5: one octet, dropped, while it shakes hands. */
		if (h->records.tls13 && type == change_cipher_spec) {
			if (h->done || erring(h, HANDSHAKE_REFUSES_LAWFUL) ||
			    b.n != 1 || b.p[0] != 1)
				return because(h, unexpected_message,
				    "a wrong change_cipher_spec");
			if ((r = count_noise(h)) != 0)
				return r;
			continue;
		}
		if (b.n > 0) {
			h->empty = 0;
			h->pending_type = type;
			h->pending = b;
			return 0;
		}
		/* RFC 5246 6.2.1: only application data may be empty, and it
		 * is nothing to wait for. */
		if (type != application_data || ++h->empty > EMPTY)
			return because(
			    h, unexpected_message, "an empty record");
	}
}

static size_t
message_size(const struct handshake *h)
{
	if (h->have < 4)
		return 4;
	return 4 + ((size_t)h->message[1] << 16 | octets2(h->message + 2));
}

/* Moves octets to the message: 1 when it is complete, 0, or an alert. */
static int
join(struct handshake *h, int *complete)
{
	struct bytes piece;
	size_t want;

	while (h->have < (want = message_size(h)) && h->pending.n > 0) {
		if (want > sizeof h->message)
			return because(h, decode_error,
			    "a handshake message of more than 64 KiB");
		piece = take_some(&h->pending, want - h->have);
		memcpy(h->message + h->have, piece.p, piece.n);
		h->have += piece.n;
	}
	*complete = h->have >= 4 && h->have == message_size(h);
	return 0;
}

int
next_event(struct handshake *h, struct event *e)
{
	int r, complete;

	if (h->has_peeked) {
		h->has_peeked = 0;
		*e = h->peeked;
		return 0;
	}
	for (;;) {
		if (h->pending.n == 0 && (r = next_record(h)) != 0)
			return r;
		if (h->pending_type != handshake)
			break;
		if ((r = join(h, &complete)) != 0)
			return r;
		if (!complete && erring(h, HANDSHAKE_REFUSES_LAWFUL))
			return because(
			    h, decode_error, "a message in more than a record");
		if (complete) {
			*e = (struct event){
			    handshake, h->message[0], {h->message, h->have}};
			h->have = 0;
			return 0;
		}
	}
	/* RFC 5246 6.2.1, RFC 8446 5.1: not in the midst of a message. */
	if (h->have != 0)
		return because(h, unexpected_message,
		    "a handshake message was broken off");
	*e = (struct event){h->pending_type, 0, h->pending};
	h->pending.n = 0;
	return 0;
}

void
unread_event(struct handshake *h, const struct event *e)
{
	h->peeked = *e;
	h->has_peeked = 1;
}

int
check_aligned(struct handshake *h)
{
	return h->have == 0 && h->pending.n == 0 && !h->has_peeked
		   ? 0
		   : because(h, unexpected_message,
			 "a message goes on behind a change of keys");
}

int
send_message(struct handshake *h, uint8_t type, struct bytes body)
{
	uint8_t m[4 + 4 * PUBLIC_VALUE];
	struct out o = {m, 0, sizeof m};
	int r;

	put_int(&o, 1, type);
	put_vector(&o, 3, body);
	if (o.n > o.len)
		return internal_error;
	if ((r = transcript_add(h, (struct bytes){m, o.n})) != 0)
		return r;
	return record_send(&h->records, handshake, (struct bytes){m, o.n});
}

/* RFC 5246 7.4.1.1: not in the transcript, and ignored while we shake hands. */
static int
is_hello_request(const struct handshake *h, const struct event *e)
{
	return e->content == handshake && e->type == hello_request &&
	       e->octets.n == 4 && h->version != 0 && h->version < TLS_1_3;
}

/* What is not due, if that is the error. */
static int
drops(struct handshake *h, const struct row *row, enum row_when when,
    const struct event *e)
{
	return when == ALWAYS &&
	       (e->content != row->content || e->type != row->type) &&
	       erring(h, HANDSHAKE_TAKES_ORDER);
}

static int
receive_row(struct handshake *h, const struct row *row, enum row_when when)
{
	struct event e;
	struct bytes body;
	int r;

	do {
		if ((r = next_event(h, &e)) != 0)
			return r;
	} while ((is_hello_request(h, &e) || drops(h, row, when, &e)) &&
		 (r = count_noise(h)) == 0);
	if (r != 0)
		return r;
	if (e.content != row->content || e.type != row->type) {
		unread_event(h, &e);
		return when == MAYBE ? 0
				     : because(h, unexpected_message,
					   "not the message that is due");
	}
	body = e.octets;
	if (e.content != handshake)
		return row->go(h, body);
	body.p += 4, body.n -= 4;
	r = row->go(h, body);
	return r == 0 ? transcript_add(h, e.octets) : r;
}

/* A row may set h->row, to go on in another table. */
int
run_rows(struct handshake *h)
{
	int r = 0;

	while (r == 0 && h->row->message != NULL) {
		const struct row *row = h->row++;
		enum row_when when = row->when(h);

		if (when == NEVER)
			continue;
		r = row->sender == 'S' ? receive_row(h, row, when)
				       : row->go(h, (struct bytes){NULL, 0});
		if (r != 0)
			h->row = row;
	}
	return r == 0 ? record_flush(&h->records) : r;
}
