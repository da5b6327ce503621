/* client.c - the STARTTLS client: options, and a child for each session.
 *
 * One source for every TLS library; which one is linked in is the Makefile's
 * business.  The contract is in CONTRIBUTING.md.
 */

#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "facts.h"
#include "options.h"
#include "smtp_client.h"

enum { TLS_1_1 = 0x0302 };

static const char *const policies[] = {[POLICY_NONE] = "none",
    [POLICY_OPPORTUNISTIC] = "opportunistic",
    [POLICY_MANDATORY] = "mandatory",
    NULL};
static const char *const resumes[] = {[TLS_RESUME_NO] = "no",
    [TLS_RESUME_ID] = "id",
    [TLS_RESUME_TICKET] = "ticket",
    NULL};

/* "127.0.0.1:2525": 0, or -1. */
static int
parse_address(const char *text, struct sockaddr_in *a)
{
	const char *colon = strchr(text, ':');
	char host[INET_ADDRSTRLEN], *end;
	long port;

	memset(a, 0, sizeof *a);
	if (colon == NULL || (size_t)(colon - text) >= sizeof host)
		return -1;
	memcpy(host, text, (size_t)(colon - text));
	host[colon - text] = '\0';
	port = strtol(colon + 1, &end, 10);
	if (port < 1 || port > 65535 || (*end != '\0' && *end != '\n') ||
	    inet_pton(AF_INET, host, &a->sin_addr) != 1)
		return -1;
	a->sin_family = AF_INET;
	a->sin_port = htons((uint16_t)port);
	return 0;
}

static int
open_connection(const struct sockaddr_in *to)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd == -1)
		return -1;
	if (connect(fd, (const struct sockaddr *)to, sizeof *to) == -1) {
		close(fd);
		return -1;
	}
	/* Small writes take turns: without this each waits for an ACK. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return fd;
}

/* One connection: 0, or -1 if there was none. */
static int
play(struct session *s, struct client *c, const struct client_options *o,
    enum policy policy, const struct sockaddr_in *to)
{
	struct flow *f = session_flow(s);
	int fd;

	if (f == NULL)
		return -1;
	if ((fd = open_connection(to)) == -1) {
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

int
client_session(struct session *s, const struct client_options *o,
    const struct sockaddr_in *to)
{
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

struct work {
	const struct client_options *options;
	struct sockaddr_in to;
};

static int
run(struct session *s, void *arg)
{
	struct work *w = arg;

	return client_session(s, w->options, &w->to);
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
		if (parse_address(line, &w.to) == -1) {
			fprintf(stderr, "client: work is a line "
					"127.0.0.1:PORT\n");
			return EXIT_USAGE;
		}
		if (one_session(s, &w) == -1)
			return EXIT_NOT_PLAYED;
	}
	return EXIT_PLAYED;
}

static int
configure(struct client_options *o, struct tls_params *p)
{
	char why[200] = "";

	if (o->conduct.trusts_anybody != NULL ||
	    o->conduct.judges_late != NULL ||
	    conduct_is(o->conduct.lies, "certificate"))
		p->ca_file = NULL;
	if (o->conduct.forgets_session != NULL)
		p->resume = TLS_RESUME_NO;
	if ((p->hello_file != NULL || p->error != NULL) &&
	    strcmp(tls_backend.name, "replay") != 0) {
		fprintf(stderr, "client: only client-replay sends a recorded "
				"hello\n");
		return -1;
	}
	if (tls_backend.configure(&o->config, TLS_CLIENT, p, why, sizeof why) ==
	    -1) {
		fprintf(stderr, "client: %s cannot do this: %s\n",
		    tls_backend.name, why);
		return -1;
	}
	return 0;
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
	struct tls_params p = {0};
	const char *to = NULL, *fault = NULL, *stimulus = NULL;
	int jobs = 0, version = 0, capabilities = 0, list = 0, help = 0,
	    tied = 0, resume = TLS_RESUME_NO, code;
	/* clang-format off */
	const struct option options[] = {
		{ "--to",           OPTION_TEXT,    &to,            NULL,     "HOST:PORT of the server, for one session" },
		{ "--jobs",         OPTION_FLAG,    &jobs,          NULL,     "a session for each line HOST:PORT of standard input" },
		{ "--name",         OPTION_TEXT,    &o.name,        NULL,     "server name to send and verify; \"\" none" },
		{ "--policy",       OPTION_CHOICE,  &o.policy,      policies, "what to do about TLS" },
		{ "--hello",        OPTION_TEXT,    &p.hello_file,  NULL,     "send this recorded hello (client-replay only)" },
		{ "--error",        OPTION_TEXT,    &p.error,       NULL,     "make this error in the handshake (client-replay only)" },
		{ "--ca",           OPTION_TEXT,    &p.ca_file,     NULL,     "verify the server with this authority (PEM)" },
		{ "--tls-min",      OPTION_VERSION, &p.min_version, NULL,     "lowest TLS version, 1.0 .. 1.3" },
		{ "--tls-max",      OPTION_VERSION, &p.max_version, NULL,     "highest TLS version" },
		{ "--old",          OPTION_FLAG,    &p.old,         NULL,     "allow what TLS 1.0 and 1.1 need" },
		{ "--resume",       OPTION_CHOICE,  &resume,        resumes,  "how the second connection resumes the first" },
		{ "--connections",  OPTION_NUMBER,  &o.connections, NULL,     "connections of a session, one after another" },
		{ "--message",      OPTION_NUMBER,  &o.message,     NULL,     "octets of the message's body" },
		{ "--deadline",     OPTION_NUMBER,  &o.deadline,    NULL,     "milliseconds for each phase" },
		{ "--list-octets",  OPTION_NUMBER,  &o.listed,      NULL,     "octets listed of a turn after the handshake; 0 all" },
		{ "--secrets",      OPTION_FLAG,    &o.secrets,     NULL,     "tell the session's secrets (facts tls.secret)" },
		{ "--fault",        OPTION_TEXT,    &fault,         NULL,     "be wrong in one way; see --list" },
		{ "--stimulus",     OPTION_TEXT,    &stimulus,      NULL,     "do something unusual; see --list" },
		{ "--tied",         OPTION_FLAG,    &tied,          NULL,     "end with standard input (always so with --jobs)" },
		{ "--version",      OPTION_FLAG,    &version,       NULL,     "version of the TLS library as loaded" },
		{ "--capabilities", OPTION_FLAG,    &capabilities,  NULL,     "what the library says it can do" },
		{ "--list",         OPTION_FLAG,    &list,          NULL,     "faults and stimuli" },
		{ "--help",         OPTION_FLAG,    &help,          NULL,     "this page" },
		{ 0 },
	};
	/* clang-format on */
	struct work w = {.options = &o};
	struct session *s;

	if ((code = options_parse(options, argc, argv)) != 0)
		return code;
	p.resume = (enum tls_resume)resume;
	if (help)
		return options_help(options, argv[0]), EXIT_PLAYED;
	if (version)
		return print_version(), EXIT_PLAYED;
	if (list)
		return conduct_list(client_conducts), EXIT_PLAYED;
	if (capabilities)
		return print_capabilities(TLS_CLIENT, &p), EXIT_PLAYED;
	if ((fault != NULL &&
		conduct_set(&o.conduct, client_conducts, fault) == -1) ||
	    (stimulus != NULL &&
		conduct_set(&o.conduct, client_conducts, stimulus) == -1)) {
		fprintf(stderr, "client: no such fault or stimulus; see "
				"--list\n");
		return EXIT_UNSUPPORTED;
	}
	if (jobs == (to != NULL) ||
	    (to != NULL && parse_address(to, &w.to) == -1)) {
		fprintf(stderr, "client: give --to 127.0.0.1:PORT or --jobs; "
				"see --help\n");
		return EXIT_USAGE;
	}
	o.params = &p;
	if (configure(&o, &p) == -1)
		return EXIT_UNSUPPORTED;
	if ((s = session_new()) == NULL)
		return EXIT_NOT_PLAYED;
	code = jobs ? work_lines(s, &o) : one_session(s, &w);
	session_free(s);
	return code == -1 ? EXIT_NOT_PLAYED : code;
}
