/* client.c - the STARTTLS client: options, and a child for each session.
 *
 * One source for every TLS library; which one is linked in is the Makefile's
 * business.  The contract is in CONTRIBUTING.md.
 */

#include "client.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "address.h"
#include "facts.h"
#include "program.h"
#include "session.h"
#include "smtp_client.h"

enum { TLS_1_1 = 0x0302 };

static const char *const policies[] = {[POLICY_NONE] = "none",
    [POLICY_OPPORTUNISTIC] = "opportunistic",
    [POLICY_MANDATORY] = "mandatory",
    NULL};

/* One connection: 0, or -1 if there was none. */
static int
play(struct session *s, struct client *c, const struct client_options *o,
    enum policy policy, const struct sockaddr_in *to)
{
	struct flow *f = session_flow(s);
	int fd;

	if (f == NULL)
		return -1;
	if ((fd = address_connect(to)) == -1) {
		flow_fact(f, "end", "connect: %s", strerror(errno));
		return -1;
	}
	facts_connection(f, fd);
	client_dialogue(c, o, policy, fd, f);
	close(fd);
	return 0;
}

/* A fault: what RFC 7507 calls the downgrade dance. */
static int
play_lower(struct session *s, struct client *c, const struct client_options *o,
    const struct sockaddr_in *to)
{
	struct client_options lower = *o;
	struct tls_params p = *o->params;
	char why[200];

	p.min_version = 0;
	p.max_version = TLS_1_1;
	p.old = 1;
	if (tls_backend.configure(
		&lower.config, TLS_CLIENT, &p, why, sizeof why) == -1)
		return -1;
	return play(s, c, &lower, (enum policy)o->policy, to);
}

struct work {
	const struct client_options *options;
	struct sockaddr_in to;
};

/* A session: two connections if the second is to resume, or if the policy says
 * to go on in clear. */
static int
run(struct session *s, void *arg)
{
	const struct work *w = arg;
	const struct client_options *o = w->options;
	const struct sockaddr_in *to = &w->to;
	struct client c;
	int i;

	c.tls_failed = 0;
	for (i = 0; i < o->connections; i++) {
		if (play(s, &c, o, (enum policy)o->policy, to) == -1)
			return EXIT_NOT_PLAYED;
		if (c.outcome != OUTCOME_TLS) /* nothing to resume */
			break;
	}
	if (c.tls_failed && o->conduct.falls_back != NULL)
		return play_lower(s, &c, o, to) == 0 ? EXIT_PLAYED
						     : EXIT_NOT_PLAYED;
	/* A failed handshake costs the connection.  RFC 3207 6 leaves it to
	 * the client to go on without TLS; this one does if it may. */
	if (c.tls_failed && (o->policy == POLICY_OPPORTUNISTIC ||
				o->conduct.mail_in_clear != NULL))
		if (play(s, &c, o, POLICY_NONE, to) == -1)
			return EXIT_NOT_PLAYED;
	return EXIT_PLAYED;
}

/* One session in a child: the exit code, or -1 if there was no child. */
static int
one_session(struct session *s, struct work *w)
{
	int status;
	pid_t pid = session_fork(s, run, w);

	if (pid == -1 || waitpid(pid, &status, 0) == -1) {
		fprintf(stderr, "client: no child: %s\n", strerror(errno));
		return -1;
	}
	return session_print(s, status, stdout);
}

/* Sessions as long as lines come; an end of input is the end. */
static int
work_lines(struct session *s, const struct client_options *o)
{
	struct work w = {.options = o};
	char line[64];

	while (fgets(line, sizeof line, stdin) != NULL) {
		if (address_parse(line, &w.to) == -1) {
			fprintf(stderr, "client: work is a line "
					"127.0.0.1:PORT\n");
			return EXIT_USAGE;
		}
		if (one_session(s, &w) == -1)
			return EXIT_NOT_PLAYED;
	}
	return EXIT_PLAYED;
}

/* Faults that are a configuration; and what only one program can do. */
static int
configure(struct client_options *o, struct program *p)
{
	if (o->conduct.trusts_anybody != NULL ||
	    o->conduct.judges_late != NULL ||
	    conduct_is(o->conduct.lies, "certificate"))
		p->params.ca_file = NULL;
	if (o->conduct.forgets_session != NULL)
		p->params.resume = TLS_RESUME_NO;
	if ((p->params.hello_file != NULL || p->params.error != NULL) &&
	    strcmp(tls_backend.name, "replay") != 0) {
		fprintf(stderr, "client: only client-replay sends a recorded "
				"hello\n");
		return -1;
	}
	return program_configure(p, &o->config);
}

int
main(int argc, char **argv)
{
	struct client_options o = {.name = "mx.example",
	    .policy = POLICY_MANDATORY,
	    .message = 8192,
	    .connections = 1,
	    .deadline = 5000,
	    .listed = 256};
	struct program p = {.name = "client",
	    .role = TLS_CLIENT,
	    .conducts = client_conducts,
	    .conduct = &o.conduct};
	const char *to = NULL;
	int jobs = 0, code;
	/* clang-format off */
	const struct option options[] = {
		{ "--to",           OPTION_TEXT,    &to,                  NULL,     "HOST:PORT of the server, for one session" },
		{ "--jobs",         OPTION_FLAG,    &jobs,                NULL,     "a session for each line HOST:PORT of standard input" },
		{ "--name",         OPTION_TEXT,    &o.name,              NULL,     "server name to send and verify; \"\" none" },
		{ "--policy",       OPTION_CHOICE,  &o.policy,            policies, "what to do about TLS" },
		{ "--hello",        OPTION_TEXT,    &p.params.hello_file, NULL,     "send this recorded hello (client-replay only)" },
		{ "--error",        OPTION_TEXT,    &p.params.error,      NULL,     "make this error in the handshake (client-replay only); see --list" },
		{ "--ca",           OPTION_TEXT,    &p.params.ca_file,    NULL,     "verify the server with this authority (PEM)" },
		{ "--message",      OPTION_NUMBER,  &o.message,           NULL,     "octets of the message's body" },
		PROGRAM_OPTIONS(p, o),
	};
	/* clang-format on */
	struct work w = {.options = &o};
	struct session *s;

	if ((code = program_begin(&p, options, argc, argv)) != -1)
		return code;
	if (jobs == (to != NULL) ||
	    (to != NULL && address_parse(to, &w.to) == -1)) {
		fprintf(stderr, "client: give --to 127.0.0.1:PORT or --jobs; "
				"see --help\n");
		return EXIT_USAGE;
	}
	o.params = &p.params;
	if (configure(&o, &p) == -1)
		return EXIT_UNSUPPORTED;
	if ((s = session_new()) == NULL)
		return EXIT_NOT_PLAYED;
	code = jobs ? work_lines(s, &o) : one_session(s, &w);
	session_free(s);
	return code == -1 ? EXIT_NOT_PLAYED : code;
}
