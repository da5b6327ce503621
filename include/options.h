/* options.h - command line options as a table. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdint.h>

enum {
	EXIT_PLAYED = 0,     /* the session was played; its facts are printed */
	EXIT_NOT_PLAYED = 1, /* it could not be played */
	EXIT_USAGE = 2,
	EXIT_UNSUPPORTED = 89 /* this build cannot do that */
};

enum option_kind {
	OPTION_FLAG,    /* int: becomes 1 */
	OPTION_TEXT,    /* const char * */
	OPTION_NUMBER,  /* int, 0 .. 2^30 */
	OPTION_VERSION, /* uint16_t: "1.0" .. "1.3" */
	OPTION_CHOICE,  /* int: index into choices */
};

struct option {
	const char *name; /* with its dashes */
	enum option_kind kind;
	void *where;
	const char *const *choices; /* OPTION_CHOICE: NULL-terminated */
	const char *about;          /* one line for --help */
};

/* 0; or EXIT_USAGE (unknown option, value missing) or EXIT_UNSUPPORTED
 * (unknown value), with a line on standard error.  rows end with a NULL
 * name. */
int options_parse(const struct option *rows, int argc, char **argv);

/* One line an option. */
void options_help(const struct option *rows, const char *program);

/* "1.2" for 0x0303, "-" for what is no TLS version. */
const char *version_name(int version);

#endif
