/* message.h - the one message the clients deliver, made as it is sent. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stddef.h>
#include <stdint.h>

struct message {
	size_t octets;   /* of the body still to be made */
	size_t number;   /* of the next line; 0: the header */
	int stuff;       /* 1: double a leading dot (RFC 5321 4.5.2) */
	uint64_t digest; /* FNV-1a of what was made, before dot-stuffing */
	size_t made;     /* octets made, before dot-stuffing */
};

/* Octets of header and body together: what SIZE= declares (RFC 1870 6.4). */
size_t message_size(size_t octets);

void message_start(struct message *, size_t octets, int stuff);

/* Writes the next lines to out[len], len >= 1000: octets written, 0 at the
 * end (the final dot is the caller's). */
size_t message_next(struct message *, char *out, size_t len);

#endif
