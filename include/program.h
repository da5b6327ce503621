/* program.h - what client and server have in common as programs: options, and
 * what they answer instead of playing a session. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "conduct.h"
#include "options.h"
#include "tls.h"

struct program {
	const char *name; /* "client" */
	enum tls_role role;
	const struct conduct_row *conducts; /* faults and stimuli, by name */
	void *conduct;                      /* what they are set in */
	struct tls_params params;
	/* As the options have it. */
	const char *fault, *stimulus;
	int resume, version, capabilities, list, help;
};

/* Rows of a table of options, for a struct program and for what a session of
 * either side has. */
/* clang-format off */
#define PROGRAM_OPTIONS(p, session) \
	{ "--tls-min",      OPTION_VERSION, &(p).params.min_version, NULL, "lowest TLS version, 1.0 .. 1.3" }, \
	{ "--tls-max",      OPTION_VERSION, &(p).params.max_version, NULL, "highest TLS version" }, \
	{ "--old",          OPTION_FLAG,    &(p).params.old,         NULL, "allow what TLS 1.0 and 1.1 need" }, \
	{ "--resume",       OPTION_CHOICE,  &(p).resume, program_resumes, "what is asked for, or granted, for resumption" }, \
	{ "--connections",  OPTION_NUMBER,  &(session).connections,  NULL, "connections of a session, one after another" }, \
	{ "--deadline",     OPTION_NUMBER,  &(session).deadline,     NULL, "milliseconds for each phase" }, \
	{ "--list-octets",  OPTION_NUMBER,  &(session).listed,       NULL, "octets listed of a turn after the handshake; 0 all" }, \
	{ "--secrets",      OPTION_FLAG,    &(session).secrets,      NULL, "tell the session's secrets (facts tls.secret)" }, \
	{ "--fault",        OPTION_TEXT,    &(p).fault,              NULL, "be wrong in one way; see --list" }, \
	{ "--stimulus",     OPTION_TEXT,    &(p).stimulus,           NULL, "do something unusual; see --list" }, \
	{ "--version",      OPTION_FLAG,    &(p).version,            NULL, "version of the TLS library as loaded" }, \
	{ "--capabilities", OPTION_FLAG,    &(p).capabilities,       NULL, "what the library says it can do (a server's with --cert, --key)" }, \
	{ "--list",         OPTION_FLAG,    &(p).list,               NULL, "what --fault, --stimulus, --error and --script can name" }, \
	{ "--help",         OPTION_FLAG,    &(p).help,               NULL, "this page" }, \
	{ 0 }
/* clang-format on */

extern const char *const program_resumes[];

/* Reads the options, and does what they ask instead of a session: the exit
 * code, or -1 if a session is to be played. */
int program_begin(
    struct program *, const struct option *, int argc, char **argv);

/* 0; or -1, and why is on standard error. */
int program_configure(const struct program *, struct tls_config **);

#endif
