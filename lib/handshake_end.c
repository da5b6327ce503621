/* handshake_end.c - how a handshake or a connection ends: in words, and with
 * the alert that is due. */

#include <stdio.h>

#include "handshake_state.h"
#include "wire.h"

static const char *
wire_words(const struct wire *w)
{
	switch (w->end) {
	case WIRE_EOF: return "the server closed the connection";
	case WIRE_RESET: return "the connection broke";
	case WIRE_TIMEOUT: return "the deadline passed";
	case WIRE_FLOOD: return "the server sent too much";
	case WIRE_OPEN: break;
	}
	return "the connection ended";
}

static void
note(struct handshake *h, const char *what, const char *words)
{
	const char *row = h->row != NULL ? h->row->message : NULL;

	if (h->info.error[0] == '\0')
		snprintf(h->info.error, sizeof h->info.error, "%s%s%s%s%s",
		    what, words, row != NULL ? " (at " : "",
		    row != NULL ? row : "", row != NULL ? ")" : "");
}

int
end_with(struct handshake *h, int r)
{
	uint8_t fatal[] = {2, (uint8_t)r};

	if (r > 0 && erring(h, HANDSHAKE_WRONG_ALERT))
		fatal[1] = internal_error;
	if (r > 0 && erring(h, HANDSHAKE_ALERT_LEVEL))
		fatal[0] = 1; /* warning */
	if (r > 0) {
		note(h, h->why != NULL ? h->why : "",
		    h->why != NULL ? "" : "the server is refused");
		if (!h->over && !erring(h, HANDSHAKE_NO_ALERT) &&
		    record_send(&h->records, alert,
			(struct bytes){fatal, sizeof fatal}) == 0 &&
		    record_flush(&h->records) == 0)
			h->info.alert_sent = fatal[1];
	} else if (r == CLOSED) {
		note(h, "", "close_notify came too early");
	} else if (r == REFUSED) {
		note(h, "", "the server sent a fatal alert");
	} else if (r == REACH) {
		note(h, "reach: server_hello: ", h->why);
	} else {
		note(h, "", wire_words(h->p.wire));
	}
	h->over = 1;
	return -1;
}
