/* scripted_server.h - for tests: a server in a child that plays a script, and
 * the handshake engine that meets it. */
#ifndef SCRIPTED_SERVER_H
#define SCRIPTED_SERVER_H

#include "play.h"
#include "serve.h"

/* Octets that it gives back where the handshake is completed. */
enum { SCRIPTED_MESSAGE = 30000 };

/* What the server has to say when its child has ended. */
struct scripted {
	int done, went_on;
	struct tls_info info;
};
extern struct scripted *scripted; /* of the last one */

/* The key of x25519 whose public half a hello may offer as its share. */
extern EVP_PKEY *scripted_share;

/* Fixtures of a group of tests: its certificate, and the engine is ready. */
int scripted_setup(void **state);
int scripted_teardown(void **state);

/* The engine, with those errors, meets a script, the handshake so many
 * milliseconds long at the most: 1 if it and what is to come behind it (NULL:
 * nothing) went well.  What both told is in played, erred and scripted. */
int scripted_meet(const char *script, const struct authored *, unsigned errors,
    int ms, int (*behind)(struct handshake *));

#endif
