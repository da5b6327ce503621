/* smtp_client.h - the SMTP dialogue of one connection, client side. */
#ifndef SMTP_CLIENT_H
#define SMTP_CLIENT_H

#include "client.h"
#include "smtp.h"

enum outcome {
	OUTCOME_NONE,
	OUTCOME_TLS,      /* delivered through TLS */
	OUTCOME_PLAIN,    /* delivered in clear */
	OUTCOME_REJECTED, /* the server refused the message */
	OUTCOME_DEFERRED, /* kept for later: TLS was due and did not come about
			   */
};

struct client {
	const struct client_options *options;
	enum policy policy; /* of this connection */
	struct wire wire;
	struct smtp smtp;
	struct tls *tls;
	char keywords[SMTP_KEYWORDS]; /* as the server last offered them */
	const char *stage;            /* the last phase that succeeded */
	const char *trouble; /* what was wrong with the server's SMTP */
	enum outcome outcome;
	int tls_failed;
	int grouped;  /* MAIL, RCPT and DATA went out together */
	int refused;  /* and one of them was refused */
	int messages; /* delivered on this connection */
};

#define CLIENT_NAME "client.example"

/* sending.c: what is sent on entering a state: 0, or -1 if the stream broke. */
int say_ehlo(struct client *);
int say_ehlo_tls(struct client *);
int say_helo(struct client *);
int say_starttls(struct client *);
int say_mail(struct client *);
int say_rcpt(struct client *);
int say_data(struct client *);
int say_message(struct client *);
int say_quit(struct client *);

/* stimulus.c: commands out of the ordinary, each with its reply: 0; 1 if the
 * server ends the session with one of them; or -1 if the stream broke. */
int stimulate_first(struct client *);
int stimulate(struct client *);
int stimulate_tls(struct client *);
int stimulate_last(struct client *);

/* steps.c: the states, and what leads from one to another. */
enum state {
	GREETING,
	STIMULUS_FIRST,
	EHLO,
	HELO,
	STIMULUS,
	STARTTLS,
	HANDSHAKE,
	EHLO_TLS,
	STIMULUS_TLS,
	MAIL,
	RCPT,
	DATA,
	MESSAGE,
	STIMULUS_LAST,
	QUIT,
	CLOSE,
	DONE
};

struct step {
	const char *phase, *fact; /* no fact: send takes the replies too */
	int (*send)(struct client *);
	int want;        /* the reply that leads on; 0: any */
	enum state next; /* ... to here, */
	enum state (*ok)(
	    struct client *, const struct reply *); /* or says where */
	enum state (*refused)(struct client *, const struct reply *);
};

extern const struct step client_steps[];

enum state after_handshake(struct client *); /* it succeeded, */
enum state after_failure(struct client *);   /* or not */
enum state towards_tls(struct client *);     /* by keywords and policy */
enum state broken(struct client *);          /* the stream is */

/* starttls.c: the handshake after the 220: 0, or -1 and TLS did not come about;
 * and close_notify both ways, if there is TLS. */
int client_start_tls(struct client *);
void client_end_tls(struct client *);

/* Plays the dialogue on a connected socket; everything learnt is in *c and in
 * the flow. */
void client_dialogue(struct client *, const struct client_options *,
    enum policy, int fd, struct flow *);

#endif
