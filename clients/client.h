/* client.h - what the parts of the client share. */
#ifndef CLIENT_H
#define CLIENT_H

#include <netinet/in.h>

#include "conduct.h"
#include "session.h"
#include "tls.h"

enum policy { POLICY_NONE, POLICY_OPPORTUNISTIC, POLICY_MANDATORY };

/* How to depart from what is right; NULL: not at all.  See faults.c. */
struct client_conduct {
	/* stimuli: commands out of the ordinary */
	const char *before_starttls; /* sent before STARTTLS, its reply noted */
	const char *behind_starttls; /* in the same write as STARTTLS */
	const char *inside;          /* sent after the EHLO inside TLS */
	const char *plain_after_220; /* sent in clear where a hello is due */
	const char
	    *early_hello; /* where the hello is sent instead: EARLY_... */
	const char *no_ehlo_after_tls;
	const char *cut_off; /* closes in the middle of the message */
	/* faults */
	const char *mail_in_clear;
	const char *trusts_anybody;
	const char *keeps_keywords;
	const char *believes_pending;
	const char *truncates;
	const char *no_dot_stuffing;
	const char *repeats_message;
	const char *lies; /* about this */
	const char *no_server_name;
	const char *forgets_session;
	const char *crash; /* in this phase */
	const char *hang;  /* in this phase */
};

/* The places of a hello that comes too early. */
#define EARLY_AT_ONCE          "at-once"
#define EARLY_WITHOUT_STARTTLS "without-starttls"
#define EARLY_BEFORE_220       "before-220"
#define EARLY_SAME_SEGMENT     "same-segment"

extern const struct conduct_row client_conducts[];

/* One configuration: what all sessions of a process share. */
struct client_options {
	const char *name; /* server name to send and to verify */
	int policy;       /* enum policy */
	int message;      /* octets of the body */
	int connections;  /* of one session, one after another */
	int deadline;     /* of a phase, milliseconds */
	int listed;       /* flow_list() after the handshake */
	int secrets;
	struct client_conduct conduct;
	struct tls_config *config;
};

/* Plays one session against a server: an exit code.  Two connections if the
 * second is to resume, or if the policy says to go on in clear. */
int client_session(struct session *, const struct client_options *,
    const struct sockaddr_in *);

#endif
