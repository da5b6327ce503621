/* server.h - what the parts of the server share. */
#ifndef SERVER_H
#define SERVER_H

#include "conduct.h"
#include "flow.h"
#include "tls.h"

enum starttls {
	STARTTLS_OFFER,
	STARTTLS_454,
	STARTTLS_ABSENT,
	STARTTLS_REQUIRE
};

/* How to depart from what is right; NULL: not at all.  See faults.c. */
struct server_conduct {
	/* stimuli */
	const char *behind_220; /* in the same write as the 220 to STARTTLS */
	const char *before_220; /* a line of the reply before its last */
	const char *request_behind_220; /* a HelloRequest there, in clear */
	const char *size_before_tls_only;
	const char *reads_by_octet;
	const char *late_220; /* waits until something is behind STARTTLS */
	/* faults */
	const char *keeps_ehlo;
	const char *keeps_transaction;
	const char *executes_pipelined;
	const char *feeds_pipelined;
	const char *guesses_tls;
	const char *offers_starttls_inside;
	const char *accepts_starttls_inside;
	const char *accepts_parameter;
	const char *never_tls;
	const char *takes_plain_mail;
	const char *takes_cut_mail;
	const char *corrupts_message;
	const char *greets_again;
	const char *endless_reply;
	const char *garbage_reply;
	const char *flood;
	const char *truncates;
	const char *lies; /* about this */
	const char *forgets_sessions;
	const char *crash; /* in this phase */
	const char *hang;  /* in this phase */
};

extern const struct conduct_row server_conducts[];

/* One configuration: what all sessions of a process share. */
struct server_options {
	int starttls;    /* enum starttls */
	int connections; /* that one child serves, one after another */
	int deadline;    /* of a phase, milliseconds */
	int listed;      /* flow_list() after the handshake */
	int secrets;
	struct server_conduct conduct;
	const struct tls_params *params;
	struct tls_config *config;
};

/* Serves one connection; what happened is in the flow. */
void server_dialogue(const struct server_options *, int fd, struct flow *);

#endif
