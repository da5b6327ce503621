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
	const char *answers;  /* "VERB CODE": this instead of what is right */
	const char *no_pipelining;
	const char *lower_case;    /* keywords in other letter cases */
	const char *enhanced;      /* RFC 2034: enhanced status codes */
	const char *not_satisfied; /* with what TLS came to: RFC 3207 4.1 */
	const char *auth;          /* RFC 4954: PLAIN, inside TLS */
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
	const char *keyword_parameter;
	const char *says_503;         /* instead of 530 */
	const char *requires_tls_for; /* this verb too */
	const char *enhanced_530;
	const char *says_550; /* instead of 554 */
	const char *takes_mail_anyway;
	const char *starttls_unlisted;
	const char *helo_extended;
	const char *names_nobody;
	const char *mixed_codes;
	const char *long_reply;
	const char *splits_long_lines;
	const char *refuses_long;
	const char *bare_line_feeds; /* end a line */
	const char *takes_words;     /* where none are allowed */
	const char *strict_blanks;   /* none at the end of a line */
	const char *closes_on_error;
	const char *closes_at_reset;
	const char *replies_twice; /* to this verb */
	const char *holds_reply;   /* an error, until the next reply */
	const char *flushes_input; /* after an error */
	const char *any_order;
	const char *case_sensitive;
	const char *needs_ehlo; /* for this verb */
	const char *keeps_envelope;
	const char *keeps_dots;
	const char *few_recipients;
	const char *small;
	const char *refuses_null_path;
	const char *refuses_postmaster;
	const char *refuses_routes;
	const char *auth_in_clear;
	const char *auth_at_any_time;
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
