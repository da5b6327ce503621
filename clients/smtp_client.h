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
	int messages; /* delivered on this connection */
};

/* starttls.c: the handshake after the 220: 0, or -1 and TLS did not come about;
 * and close_notify both ways, if there is TLS. */
int client_start_tls(struct client *);
void client_end_tls(struct client *);

/* Plays the dialogue on a connected socket; everything learnt is in *c and in
 * the flow. */
void client_dialogue(struct client *, const struct client_options *,
    enum policy, int fd, struct flow *);

#endif
