/* played.h - what the two backends of our own engine have in common: a
 * connection, from the end of its handshake on, is the same whether a recorded
 * hello began it (clients/replay.c) or a script (servers/player.c). */
#ifndef PLAYED_H
#define PLAYED_H

#include "tls.h"

struct handshake;
struct serve;

struct tls {
	struct handshake *handshake; /* NULL: open() failed */
	struct wire *wire;
	struct tls_config *config;
	struct serve *serve; /* the player's; it has the handshake */
};

/* -1, with the reason in why. */
int played_refuse(char *why, size_t len, const char *what);

/* For tls_backend, in the order of its members. */
const char *played_version(void);
ssize_t played_read(struct tls *, void *buf, size_t len);
ssize_t played_write(struct tls *, const void *buf, size_t len);
int played_shutdown(struct tls *);
void played_info(struct tls *, struct tls_info *);

#endif
