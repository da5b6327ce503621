/* client.h - what the parts of the client share. */
#ifndef CLIENT_H
#define CLIENT_H

#include "conduct.h"
#include "tls.h"

/* A transaction begun in clear, which is looked for again inside TLS. */
#define EARLY_MAIL "MAIL FROM:<early@client.example>"

enum policy { POLICY_NONE, POLICY_OPPORTUNISTIC, POLICY_MANDATORY };

/* How to depart from what is right; NULL: not at all.  See faults.c. */
struct client_conduct {
	/* stimuli: commands out of the ordinary.  Several are told apart by
	 * CRLF; each is sent when the one before it was answered. */
	const char *before_ehlo;     /* before the first EHLO */
	const char *before_starttls; /* between EHLO and STARTTLS */
	const char *before_group;    /* in the same write as STARTTLS */
	const char *behind_starttls; /* the same, behind it */
	const char *inside;          /* after the EHLO inside TLS */
	const char *inside_group;    /* the same, all in one write */
	const char *after_message;   /* before QUIT */
	const char *plain_after_220; /* sent in clear where a hello is due */
	const char
	    *early_hello; /* where the hello is sent instead: EARLY_... */
	const char *starttls_as;     /* how STARTTLS is written */
	const char *mail_parameters; /* of MAIL, with a blank before them */
	const char *extra_line;      /* of text, at the end of the message */
	const char *pipelines;       /* if it is offered: RFC 2920 */
	const char *judges_late;     /* the certificate, once TLS is there */
	const char *cannot_start;    /* TLS, after the 220 */
	const char *no_ehlo_after_tls;
	const char *cut_off; /* closes in the middle of the message */
	/* faults */
	const char *mail_in_clear;
	const char *falls_back;
	const char *trusts_anybody;
	const char *keeps_keywords;
	const char *believes_pending;
	const char *goes_on_in_clear;
	const char *truncates;
	const char *no_dot_stuffing;
	const char *repeats_message;
	const char *lies; /* about this */
	const char *no_server_name;
	const char *misnames_server;
	const char *forgets_session;
	const char *ehlo_as; /* what it says instead of EHLO and its name */
	const char *helo_inside;
	const char *space_in_path;
	const char *no_quit;
	const char *no_helo;
	const char *bounces;
	const char *patient; /* has no deadline */
	const char *reads_first_line;
	const char *reads_text;
	const char *exact_codes;
	const char *exact_keywords;
	const char *rejects_4yz;
	const char *ignores_statuses;
	const char *pipelines_unasked;
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
	const struct tls_params *params;
	struct tls_config *config;
};

#endif
