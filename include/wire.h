/* wire.h - the byte stream under SMTP and under TLS.
 *
 * Everything a program sends or receives passes through one wire, so one
 * place keeps the deadline, one place writes the tap that the harness reads,
 * and one place knows why the stream ended.  A wire never looks at what it
 * carries.
 */
#ifndef WIRE_H
#define WIRE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bytes.h"
#include "flow.h"

enum wire_end {
	WIRE_OPEN,
	WIRE_EOF,     /* the peer closed its side */
	WIRE_RESET,   /* the connection broke */
	WIRE_TIMEOUT, /* the phase's deadline passed */
	WIRE_FLOOD,   /* the peer sent more than WIRE_LIMIT octets */
};

enum { WIRE_LIMIT = 64 << 20 };

struct wire {
	int fd;
	char side;         /* 'C' or 'S': who we are */
	enum wire_end end; /* why it stopped; sticky */
	const char *phase; /* what we are doing, a word for "hang(phase)" */
	int64_t deadline;  /* of the phase: milliseconds of CLOCK_MONOTONIC */
	struct flow *flow; /* the tap; NULL: none */
	enum flow_layer layer;
	struct bytes unread; /* read already, to be given out first */
	int no_write;        /* a write failed; what came can still be read */
	int secrets;         /* 1: tell what wire_secret() is given */
	size_t
	    segment; /* octets of TLS in one write at the most; 0: no limit */
	int crash;   /* a fault: abort() instead of writing TLS octets */
	int (*first)(void *); /* called once, before the next read: 0, or -1 */
	void *first_arg;
	uint64_t sent, received;               /* octets */
	uint64_t sent_digest, received_digest; /* FNV-1a of them */
};

/* side is 'C' or 'S'; flow may be NULL. */
void wire_init(struct wire *, int fd, char side, struct flow *);

/* Names the phase and gives it ms milliseconds from now. */
void wire_phase(struct wire *, const char *phase, int ms);

/* >0 octets, 0 the peer closed, -1 failed: end says why. */
ssize_t wire_read(struct wire *, void *buf, size_t len);

/* Writes all of it: len, or -1. */
ssize_t wire_write(struct wire *, const void *buf, size_t len);

/* Writes b so that what is written next goes out in one segment with it: 0,
 * or -1. */
int wire_write_ahead(struct wire *, struct bytes b);

/* The next reads give out b first (which the tap has seen already).  b must
 * stay where it is until then. */
void wire_unread(struct wire *, struct bytes b);

/* Ends our writing; what the peer sends can still be read. */
void wire_end_writing(struct wire *);

/* Ends our writing and takes what still comes, for a second at most, so that an
 * alert just sent is not lost in a reset: a socket closed over unread octets
 * resets the connection.  Does not change end. */
void wire_linger(struct wire *);

/* A line of a key log (NSS format) becomes a fact "tls.secret". */
void wire_secret(struct wire *, const char *line);

#endif
