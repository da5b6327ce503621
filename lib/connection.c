/* connection.c - after the handshake: application data and the close. */

#include <string.h>

#include "handshake_state.h"

/* RFC 8446 4.6.3 */
static int
read_key_update(struct handshake *h, struct bytes body)
{
	static const uint8_t not_requested[] = {key_update, 0, 0, 1, 0};
	int r;

	if (body.n != 1 || body.p[0] > 1)
		return because(h, illegal_parameter, "a wrong KeyUpdate");
	if ((r = check_aligned(h)) != 0 || (r = tls13_update(h, 0)) != 0 ||
	    body.p[0] == 0)
		return r;
	r = record_send(&h->records, handshake,
	    (struct bytes){not_requested, sizeof not_requested});
	return r == 0 ? tls13_update(h, 1) : r;
}

/* What a server may say besides: tickets, which we do not use, KeyUpdate,
 * and before TLS 1.3 HelloRequest, which we ignore (RFC 5246 7.4.1.1). */
static int
read_other(struct handshake *h, const struct event *e)
{
	struct bytes body = e->octets;

	if (e->content != handshake || ++h->noise > NOISE)
		return because(h, unexpected_message, "no application data");
	body.p += 4, body.n -= 4;
	if (h->version < TLS_1_3)
		return e->type == hello_request && body.n == 0
			   ? 0
			   : because(h, unexpected_message,
				 "a handshake message behind Finished");
	if (e->type == new_session_ticket)
		return 0;
	return e->type == key_update
		   ? read_key_update(h, body)
		   : because(h, unexpected_message,
			 "a handshake message behind Finished");
}

/* The next application data, kept in h->peeked: 0, or why there is none. */
static int
next_data(struct handshake *h)
{
	struct event e;
	int r;

	for (;;) {
		if ((r = next_event(h, &e)) != 0)
			return r;
		if (e.content == application_data) {
			unread_event(h, &e);
			return 0;
		}
		if ((r = read_other(h, &e)) != 0)
			return r;
	}
}

ssize_t
handshake_read(struct handshake *h, void *buf, size_t len)
{
	struct bytes piece;
	int r;

	if (!h->done || (h->over && !h->info.close_received))
		return -1;
	if (h->info.close_received)
		return 0;
	if ((r = next_data(h)) == CLOSED)
		return 0;
	if (r != 0)
		return end_with(h, r);
	piece = take_some(&h->peeked.octets, len);
	memcpy(buf, piece.p, piece.n);
	h->has_peeked = h->peeked.octets.n > 0;
	return (ssize_t)piece.n;
}

ssize_t
handshake_write(struct handshake *h, const void *buf, size_t len)
{
	int r;

	if (!h->done || h->over)
		return -1;
	if ((r = record_send(&h->records, application_data,
		 (struct bytes){buf, len})) != 0 ||
	    (r = record_flush(&h->records)) != 0)
		return end_with(h, r);
	return (ssize_t)len;
}

int
handshake_shutdown(struct handshake *h)
{
	static const uint8_t warning[] = {1, close_notify};
	uint8_t rest[512];
	int r;

	if (!h->done || h->over)
		return -1;
	if ((r = record_send(&h->records, alert,
		 (struct bytes){warning, sizeof warning})) != 0 ||
	    (r = record_flush(&h->records)) != 0)
		return end_with(h, r);
	h->info.close_sent = 1;
	while (handshake_read(h, rest, sizeof rest) > 0)
		;
	h->over = 1;
	return h->info.close_received ? 0 : -1;
}
