/* record.h - the record layer above the wire: RFC 5246 6, RFC 8446 5. */
#ifndef RECORD_H
#define RECORD_H

#include "bytes.h"
#include "protect.h"

struct wire;

enum {
	RECORD_PLAIN = 1 << 14,
	RECORD_BODY = RECORD_PLAIN + 2048, /* RFC 5246 6.2.3 */
	RECORD_HEADER = 5,
	RECORD_ENDED = -1, /* the wire ended: its end says why */
};

struct record_layer {
	struct wire *wire;
	struct protection *in, *out; /* NULL: in clear */
	uint16_t version;            /* in the header of what we send */
	size_t limit;                /* octets in a record we send */
	int seen;                    /* a record came */
	int tls13;                   /* what RFC 8446 5 says of records holds */
	int alerts_in_clear;         /* the peer may have no keys yet */
	/* errors: to drop unknown types, to take any version */
	int drops_unknown, any_version;
	size_t have, used; /* of raw[] */
	size_t queued;     /* of queue[] */
	uint8_t raw[RECORD_HEADER + RECORD_BODY];
	uint8_t queue[RECORD_HEADER + RECORD_BODY + PROTECTION_MORE];
};

void record_init(struct record_layer *, struct wire *);
void record_free(struct record_layer *);

/* New keys for one direction; the record layer frees them. */
void record_protect(struct record_layer *, struct protection *, int out);

/* Queues octets as records: 0, an alert, or RECORD_ENDED.  They go out when
 * the queue is full, and with record_flush(). */
int record_send(struct record_layer *, uint8_t type, struct bytes);
int record_flush(struct record_layer *);

/* Takes an SSLv2 record if one comes first (RFC 5246 E.2): its octets, with the
 * header; none if it is a TLS one.  0, or RECORD_ENDED. */
int record_sslv2(struct record_layer *, struct bytes *octets);

/* The next record, opened; *body is valid until the next call.  0, the alert
 * that is due, or RECORD_ENDED.  *why becomes words, or stays. */
int record_receive(
    struct record_layer *, uint8_t *type, struct bytes *body, const char **why);

#endif
