/* flow.h - what passed, as text: the one format of recordings.
 *
 * A flow is written into a fixed buffer, so that it can lie in memory shared
 * with the parent: when a child crashes, what it wrote is still there.  Turns
 * fill three quarters of it; the rest is kept for facts.  What has no room is
 * counted, never half written.
 *
 * The grammar is on one page: vectors/README.md.
 */
#ifndef FLOW_H
#define FLOW_H

#include <stddef.h>
#include <stdint.h>

#include "bytes.h"

enum flow_layer {
	FLOW_SMTP,   /* octets in clear, before the switch */
	FLOW_TLS,    /* octets after the switch */
	FLOW_INSIDE, /* SMTP as TLS carried it */
};

struct flow {
	char *text; /* the caller's buffer */
	size_t n, len;
	size_t lost;   /* characters for which there was no room */
	size_t listed; /* octets of one tls or inside turn that are shown */
	int last;      /* the open turn, for joining reads; 0: none */
};

/* Starts an empty flow in text[len]. */
void flow_init(struct flow *, char *text, size_t len);

/* A line "name: value" before the first turn. */
void flow_meta(struct flow *, const char *name, const char *value);

/* Octets that sender ('C' or 'S') put on a layer.  A write is a turn of its
 * own; a read joins the turn before it if that is the same sender's. */
void flow_write(struct flow *, char sender, enum flow_layer, struct bytes);
void flow_read(struct flow *, char sender, enum flow_layer, struct bytes);

/* From now on only the first n octets of a tls or inside turn are listed, the
 * rest is a line "... COUNT".  0 lists everything. */
void flow_list(struct flow *, size_t n);

/* A line "= name value"; control characters in the value are escaped, and it
 * is cut at 1,000 characters.  A name may come more than once. */
__attribute__((format(printf, 3, 4))) void flow_fact(
    struct flow *, const char *name, const char *format, ...);

#endif
