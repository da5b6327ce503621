/* smtp_server.h - the SMTP dialogue of one connection, server side. */
#ifndef SMTP_SERVER_H
#define SMTP_SERVER_H

#include "server.h"
#include "smtp.h"

enum { SERVER_SIZE = 16 << 20 }; /* octets of a message: what SIZE says */

struct server {
	const struct server_options *options;
	struct wire wire;
	struct smtp smtp;
	struct tls *tls;
	/* what the client has told us; RFC 3207 4.2 wants it forgotten */
	int greeted; /* by EHLO or HELO */
	int mail;    /* MAIL was accepted */
	int recipients;
	/* how the dialogue goes on */
	int done;
	int starting_tls; /* 220 was sent; the hello is due */
	int errors;
	const char *stage, *trouble;
	/* what is told in the end: verbs and codes, before and inside TLS */
	char verbs[2][2000], codes[2][2000];
	int messages;
};

/* A command: what may keep it from being carried out, and carrying it out.
 * Both send exactly one reply between them. */
struct command {
	const char *verb;
	const char *phase;
	int (*check)(struct server *, const char *args); /* -1: refused */
	void (*proceed)(struct server *, const char *args);
};

/* commands.c: the table, ending with a NULL verb. */
extern const struct command commands[];

/* One reply: a code and the rest of its last line. */
__attribute__((format(printf, 3, 4))) void server_reply(
    struct server *, int code, const char *format, ...);

/* Notes a reply that was written by hand. */
void server_note_code(struct server *, int code);

/* The rest of the stream is of no use: trouble says why. */
void server_give_up(struct server *, const char *why);

/* Forgets the transaction (RFC 5321 4.1.1.5). */
void server_reset(struct server *);

#endif
