/* facts.h - the facts that both programs tell in the same words. */
#ifndef FACTS_H
#define FACTS_H

#include "flow.h"
#include "tls.h"
#include "wire.h"

/* "127.0.0.1:PORT" of both ends of a socket. */
void facts_connection(struct flow *, int fd);

/* What the library knows when the connection is over. */
void facts_tls(struct flow *, const struct tls_info *);

/* Octets and digests, and why the stream ended; words is NULL, or what was
 * wrong with the peer's SMTP. */
void facts_wire(struct flow *, const struct wire *, const char *words);

#endif
