/* tampering.h - for tests: what a tamper makes of a piece. */
#ifndef TAMPERING_H
#define TAMPERING_H

#include "../matrix/tampers.h"

#define VIEW(p, n) ((struct bytes){(p), (n)})
#define PIECE(k, s, b, c)                                                      \
	((struct piece){                                                       \
	    .kind = (k), .sender = (s), .octets = b, .command = (c)})

/* What the last one came to: octets_made[0..n_made). */
extern uint8_t octets_made[1 << 17];
extern size_t n_made;

/* Aborts if there is no tamper of that name. */
enum tamper_result made(const char *name, struct piece);

#endif
