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
	int authenticated;
	/* how the dialogue goes on */
	int done;
	int starting_tls; /* 220 was sent; the hello is due */
	int errors;
	int no_service;   /* the greeting said so: RFC 5321 3.1 */
	int held;         /* a reply that the next one comes before: a fault */
	const char *verb; /* that is being answered */
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

/* transaction.c */
int check_mail(struct server *, const char *args);
int check_rcpt(struct server *, const char *args);
int check_data(struct server *, const char *args);
void proceed_mail(struct server *, const char *args);
void proceed_rcpt(struct server *, const char *args);
void proceed_data(struct server *, const char *args);

/* misconduct.c: a fault or stimulus answers in this phase in the server's
 * place: 1 if one did. */
int server_misbehave(struct server *, const char *phase);

/* What a fault or stimulus has this verb answered with; 0: what is right. */
int server_answer(const struct server *, const char *verb);

/* A fault that begins TLS without being asked: is it time for it? */
int server_guesses_tls(struct server *);

/* Faults that come after a command was answered. */
void server_misbehave_after(struct server *, int code);

/* One reply: a code and the rest of its last line. */
__attribute__((format(printf, 3, 4))) void server_reply(
    struct server *, int code, const char *format, ...);

/* A reply, and -1: the command is not carried out. */
int server_refuse(struct server *, int code, const char *why);

/* Executes a line that holds a command, and answers it. */
void server_take_line(struct server *, struct bytes line);

/* Notes a reply that was written by hand. */
void server_note_code(struct server *, int code);

/* The rest of the stream is of no use: trouble says why. */
void server_give_up(struct server *, const char *why);

/* Forgets the transaction (RFC 5321 4.1.1.5). */
void server_reset(struct server *);

#endif
