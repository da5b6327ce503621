/* server.c - the STARTTLS server: options, a listener, a child for each
 * session.
 *
 * One source for every TLS library; which one is linked in is the Makefile's
 * business.  The contract is in CONTRIBUTING.md.
 */

#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "facts.h"
#include "options.h"
#include "session.h"

enum { CHILDREN = 32 }; /* at the same time; also the queue */

static const char *const starttls_modes[] = {[STARTTLS_OFFER] = "offer",
    [STARTTLS_454] = "454",
    [STARTTLS_ABSENT] = "absent",
    [STARTTLS_REQUIRE] = "require",
    NULL};
static const char *const resumes[] = {[TLS_RESUME_NO] = "no",
    [TLS_RESUME_ID] = "id",
    [TLS_RESUME_TICKET] = "ticket",
    NULL};

/* One session's place: its memory, and the child that plays it. */
struct place {
	struct session *session;
	pid_t pid; /* 0: free */
};

struct work {
	const struct server_options *options;
	int listener;
};

static int
serve(struct session *s, const struct server_options *o, int fd)
{
	struct flow *f = session_flow(s);
	int on = 1;

	if (f == NULL)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	facts_connection(f, fd);
	server_dialogue(o, fd, f);
	close(fd);
	return 0;
}

/* The next connection of the same session, if it comes in time. */
static int
next_connection(const struct work *w)
{
	struct pollfd p = {.fd = w->listener, .events = POLLIN};

	if (poll(&p, 1, w->options->deadline) != 1)
		return -1;
	return accept4(w->listener, NULL, NULL, SOCK_CLOEXEC);
}

/* A fault: nothing is left of the sessions that were granted. */
static void
configure_anew(struct server_options *o)
{
	struct tls_config *other;
	char why[200];

	if (tls_backend.configure(
		&other, TLS_SERVER, o->params, why, sizeof why) == 0)
		o->config = other;
}

/* In the child: a listener that is ready, and then connection by connection,
 * so that what the library keeps of one is there for the next. */
static int
run(struct session *s, void *arg)
{
	const struct work *w = arg;
	struct server_options o = *w->options;
	int i, fd;

	for (i = 0; i < o.connections; i++) {
		if ((fd = next_connection(w)) == -1)
			break;
		if (i > 0 && o.conduct.forgets_sessions != NULL)
			configure_anew(&o);
		if (serve(s, &o, fd) == -1)
			return EXIT_NOT_PLAYED;
	}
	return i > 0 ? EXIT_PLAYED : EXIT_NOT_PLAYED;
}

/* A socket bound and listening, its address printed: -1 if that failed. */
static int
open_listener(const char *where)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t n = sizeof a;
	const char *colon = strchr(where, ':');
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (fd == -1 || bind(fd, (struct sockaddr *)&a, n) == -1 ||
	    listen(fd, CHILDREN) == -1 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) == -1) {
		fprintf(stderr,
		    "server: cannot listen on %s: %s; port 0 takes any free "
		    "one\n",
		    where, strerror(errno));
		return -1;
	}
	printf("= listen 127.0.0.1:%d\n", ntohs(a.sin_port));
	fflush(stdout);
	return fd;
}

static int
open_sigchld(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static struct place *
find(struct place *places, pid_t pid)
{
	int i;

	for (i = 0; i < CHILDREN; i++)
		if (places[i].pid == pid)
			return &places[i];
	return NULL;
}

static void
start_child(struct place *places, struct work *w)
{
	struct place *p = find(places, 0);
	pid_t pid;

	if (p->session == NULL && (p->session = session_new()) == NULL)
		return;
	if ((pid = session_fork(p->session, run, w)) != -1)
		p->pid = pid;
}

static void
print_ended(struct place *places, int sigchld)
{
	struct signalfd_siginfo drop;
	struct place *p;
	pid_t pid;
	int status;

	while (read(sigchld, &drop, sizeof drop) > 0)
		;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if ((p = find(places, pid)) != NULL) {
			session_print(p->session, status, stdout);
			p->pid = 0;
		}
}

static int
count(const struct place *places)
{
	int i, n = 0;

	for (i = 0; i < CHILDREN; i++)
		n += places[i].pid != 0;
	return n;
}

/* One child at a time: it takes its connections off the listener by itself,
 * and the records come out in the order of the sessions.  Others wait in the
 * listener's queue. */
static int
listen_loop(struct work *w, int tied, int once)
{
	static struct place places[CHILDREN];
	struct pollfd p[3] = {{.fd = open_sigchld(), .events = POLLIN},
	    {.fd = tied ? 0 : -1, .events = POLLIN},
	    {.fd = w->listener, .events = POLLIN}};
	int served = 0;

	for (;;) {
		p[2].fd = count(places) == 0 && !(once && served > 0)
			      ? w->listener
			      : -1;
		if (poll(p, 3, -1) == -1 && errno != EINTR)
			return EXIT_NOT_PLAYED;
		if (p[0].revents != 0)
			print_ended(places, p[0].fd);
		if (once && served > 0 && count(places) == 0)
			return EXIT_PLAYED;
		if (p[1].revents != 0) /* the harness is gone or has enough */
			return EXIT_PLAYED;
		if (p[2].fd != -1 && p[2].revents != 0) {
			start_child(places, w);
			served++;
		}
	}
}

static void
print_list(void)
{
	conduct_list(server_conducts);
	if (tls_backend.list != NULL)
		tls_backend.list();
}

int
main(int argc, char **argv)
{
	struct server_options o = {
	    .connections = 1, .deadline = 5000, .listed = 256};
	struct tls_params p = {0};
	const char *where = NULL, *fault = NULL, *stimulus = NULL;
	int version = 0, capabilities = 0, list = 0, help = 0, tied = 0,
	    once = 0, resume = TLS_RESUME_NO, code;
	/* clang-format off */
	const struct option options[] = {
		{ "--listen",       OPTION_TEXT,    &where,         NULL,     "127.0.0.1:PORT; port 0 takes any free one" },
		{ "--cert",         OPTION_TEXT,    &p.cert_file,   NULL,     "certificate chain (PEM)" },
		{ "--key",          OPTION_TEXT,    &p.key_file,    NULL,     "its private key (PEM, PKCS #8)" },
		{ "--starttls",     OPTION_CHOICE,  &o.starttls,    starttls_modes, "what to do about STARTTLS" },
		{ "--tls-min",      OPTION_VERSION, &p.min_version, NULL,     "lowest TLS version, 1.0 .. 1.3" },
		{ "--tls-max",      OPTION_VERSION, &p.max_version, NULL,     "highest TLS version" },
		{ "--old",          OPTION_FLAG,    &p.old,         NULL,     "allow what TLS 1.0 and 1.1 need" },
		{ "--resume",       OPTION_CHOICE,  &resume,        resumes,  "what is granted for resumption" },
		{ "--ca",           OPTION_TEXT,    &p.ca_file,     NULL,     "ask for a client certificate of this authority" },
		{ "--script",       OPTION_TEXT,    &p.script,      NULL,     "play this script (server-player only); see --list" },
		{ "--connections",  OPTION_NUMBER,  &o.connections, NULL,     "connections that one child serves" },
		{ "--deadline",     OPTION_NUMBER,  &o.deadline,    NULL,     "milliseconds for each phase" },
		{ "--list-octets",  OPTION_NUMBER,  &o.listed,      NULL,     "octets listed of a turn after the handshake; 0 all" },
		{ "--secrets",      OPTION_FLAG,    &o.secrets,     NULL,     "tell the session's secrets (facts tls.secret)" },
		{ "--fault",        OPTION_TEXT,    &fault,         NULL,     "be wrong in one way; see --list" },
		{ "--stimulus",     OPTION_TEXT,    &stimulus,      NULL,     "do something unusual; see --list" },
		{ "--tied",         OPTION_FLAG,    &tied,          NULL,     "end with standard input" },
		{ "--once",         OPTION_FLAG,    &once,          NULL,     "end after one session" },
		{ "--version",      OPTION_FLAG,    &version,       NULL,     "version of the TLS library as loaded" },
		{ "--capabilities", OPTION_FLAG,    &capabilities,  NULL,     "what the library says it can do (with --cert, --key)" },
		{ "--list",         OPTION_FLAG,    &list,          NULL,     "faults and stimuli" },
		{ "--help",         OPTION_FLAG,    &help,          NULL,     "this page" },
		{ 0 },
	};
	/* clang-format on */
	struct work w = {.options = &o};
	char why[200] = "";

	if ((code = options_parse(options, argc, argv)) != 0)
		return code;
	p.resume = (enum tls_resume)resume;
	if (help)
		return options_help(options, argv[0]), EXIT_PLAYED;
	if (version)
		return print_version(), EXIT_PLAYED;
	if (list)
		return print_list(), EXIT_PLAYED;
	if (capabilities)
		return print_capabilities(TLS_SERVER, &p), EXIT_PLAYED;
	if ((fault != NULL &&
		conduct_set(&o.conduct, server_conducts, fault) == -1) ||
	    (stimulus != NULL &&
		conduct_set(&o.conduct, server_conducts, stimulus) == -1)) {
		fprintf(stderr, "server: no such fault or stimulus; see "
				"--list\n");
		return EXIT_UNSUPPORTED;
	}
	if (where == NULL || strncmp(where, "127.0.0.1:", 10) != 0 ||
	    p.cert_file == NULL || p.key_file == NULL) {
		fprintf(stderr, "server: give --listen 127.0.0.1:PORT, --cert "
				"and --key; see --help\n");
		return EXIT_USAGE;
	}
	if (p.script != NULL && strcmp(tls_backend.name, "player") != 0) {
		fprintf(stderr, "server: only server-player plays a script\n");
		return EXIT_UNSUPPORTED;
	}
	if (tls_backend.configure(&o.config, TLS_SERVER, &p, why, sizeof why) ==
	    -1) {
		fprintf(stderr, "server: %s cannot do this: %s\n",
		    tls_backend.name, why);
		return EXIT_UNSUPPORTED;
	}
	o.params = &p;
	if ((w.listener = open_listener(where)) == -1)
		return EXIT_NOT_PLAYED;
	return listen_loop(&w, tied, once);
}
