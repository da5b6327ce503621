/* relay.c - the recording, tampering middle: a listener, and a child for each
 * connection.
 *
 * It sits between a client and a server, records what passes on both sides and
 * changes it in one way (tampers.c).  It has no TLS library.  Its record has
 * two flows: connection 1 is the client's, connection 2 its own to the server.
 */

#include "relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conduct.h"
#include "facts.h"
#include "options.h"
#include "session.h"

enum { CHILDREN = 32, LINE = 128 };

/* The table of options can print a library's version; here is none. */
const struct tls_backend tls_backend = {.name = "none"};

struct work {
	struct sockaddr_in to;
	struct relay_how how;
	int client;
};

/* One connection's place: its memory, and the child that passes it on. */
struct place {
	struct session *session;
	pid_t pid; /* 0: free */
};

/* "127.0.0.1:2525": 0, or -1. */
static int
parse_address(const char *text, struct sockaddr_in *a)
{
	static const char host[] = "127.0.0.1:";
	char *end;
	long port;

	*a = (struct sockaddr_in){.sin_family = AF_INET};
	if (strncmp(text, host, sizeof host - 1) != 0)
		return -1;
	port = strtol(text + sizeof host - 1, &end, 10);
	if (port < 0 || port > 65535 || *end != '\0')
		return -1;
	a->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a->sin_port = htons((uint16_t)port);
	return 0;
}

/* A line of work: "127.0.0.1:2525 NAME".  0, or -1. */
static int
parse_work(struct work *w, char *line)
{
	char *name = strchr(line, ' ');

	line[strcspn(line, "\n")] = '\0';
	if (name == NULL)
		return -1;
	*name++ = '\0';
	w->how.tamper = tamper_find(name);
	return w->how.tamper != NULL ? parse_address(line, &w->to) : -1;
}

static int
connect_to(const struct sockaddr_in *to)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd != -1 &&
	    connect(fd, (const struct sockaddr *)to, sizeof *to) == -1) {
		close(fd);
		return -1;
	}
	return fd;
}

/* In the child. */
static int
run(struct session *s, void *arg)
{
	const struct work *w = arg;
	struct relay_end near = {w->client, session_flow(s)}, far = {-1, NULL};
	int on = 1;

	flow_meta(near.flow, "side", "client");
	facts_connection(near.flow, near.fd);
	if ((far.fd = connect_to(&w->to)) == -1) {
		flow_fact(near.flow, "end", "connect: %s", strerror(errno));
		return EXIT_NOT_PLAYED;
	}
	far.flow = session_flow(s);
	flow_meta(far.flow, "side", "server");
	facts_connection(far.flow, far.fd);
	setsockopt(near.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	setsockopt(far.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	relay_pass(near, far, &w->how);
	return EXIT_PLAYED;
}

static int
open_listener(const struct sockaddr_in *where)
{
	struct sockaddr_in a = *where;
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (fd == -1 || bind(fd, (struct sockaddr *)&a, n) == -1 ||
	    listen(fd, CHILDREN) == -1 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) == -1) {
		fprintf(stderr,
		    "relay: cannot listen: %s; port 0 takes any free one\n",
		    strerror(errno));
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

static void
start_child(struct place *p, struct work *w, int listener)
{
	pid_t pid;

	if ((w->client = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) == -1)
		return;
	if ((p->session != NULL || (p->session = session_new()) != NULL) &&
	    (pid = session_fork(p->session, run, w)) != -1)
		p->pid = pid;
	close(w->client);
}

/* Work is read before a connection is taken: whoever wrote the line and then
 * connected finds it done.  Returns the exit code. */
static int
listen_loop(struct work *w, int listener, int tied, int jobs)
{
	static struct place places[CHILDREN];
	struct pollfd p[3] = {{.fd = open_sigchld(), .events = POLLIN},
	    {.fd = tied || jobs ? 0 : -1, .events = POLLIN},
	    {.events = POLLIN}};
	struct place *place;
	char line[LINE];

	setvbuf(stdin, NULL, _IONBF, 0); /* or poll() would not see a line */
	for (;;) {
		place = find(places, 0);
		p[2].fd =
		    place != NULL && w->how.tamper != NULL ? listener : -1;
		if (poll(p, 3, -1) == -1 && errno != EINTR)
			return EXIT_NOT_PLAYED;
		if (p[0].revents != 0)
			print_ended(places, p[0].fd);
		if (p[1].revents != 0) {
			/* the harness is gone or has enough */
			if (!jobs || fgets(line, sizeof line, stdin) == NULL)
				return EXIT_PLAYED;
			if (parse_work(w, line) == -1) {
				fprintf(stderr, "relay: work is a line "
						"127.0.0.1:PORT TAMPER\n");
				return EXIT_USAGE;
			}
			continue;
		}
		if (place != NULL && p[2].fd != -1 && p[2].revents != 0)
			start_child(place, w, listener);
	}
}

int
main(int argc, char **argv)
{
	struct work w = {.how = {.deadline = 15000, .listed = 256}};
	const char *where = NULL, *to = NULL, *name = "none";
	int jobs = 0, tied = 0, list = 0, help = 0, listener, code;
	/* clang-format off */
	const struct option options[] = {
		{ "--listen",      OPTION_TEXT,   &where,      NULL, "127.0.0.1:PORT; port 0 takes any free one" },
		{ "--to",          OPTION_TEXT,   &to,         NULL, "127.0.0.1:PORT of the server" },
		{ "--tamper",      OPTION_TEXT,   &name,       NULL, "what is changed; see --list; default none" },
		{ "--jobs",        OPTION_FLAG,   &jobs,       NULL, "both for what comes next, from lines 127.0.0.1:PORT TAMPER" },
		{ "--deadline",    OPTION_NUMBER, &w.how.deadline, NULL, "milliseconds in which nothing passes" },
		{ "--list-octets", OPTION_NUMBER, &w.how.listed, NULL, "octets listed of a turn after the handshake; 0 all" },
		{ "--fault",       OPTION_TEXT,   &w.how.fault, NULL, "be wrong: claims, meddles (relay.h)" },
		{ "--tied",        OPTION_FLAG,   &tied,       NULL, "end with standard input (always so with --jobs)" },
		{ "--list",        OPTION_FLAG,   &list,       NULL, "the tampers, whose octets each waits for, and the clause" },
		{ "--help",        OPTION_FLAG,   &help,       NULL, "this page" },
		{ 0 },
	};
	/* clang-format on */
	struct sockaddr_in a;

	if ((code = options_parse(options, argc, argv)) != 0)
		return code;
	if (help)
		return options_help(options, argv[0]), EXIT_PLAYED;
	if (list)
		return tampers_list(), EXIT_PLAYED;
	if (where == NULL || parse_address(where, &a) == -1 ||
	    jobs == (to != NULL) ||
	    (to != NULL && parse_address(to, &w.to) == -1)) {
		fprintf(stderr, "relay: give --listen 127.0.0.1:PORT and --to "
				"127.0.0.1:PORT or --jobs; see --help\n");
		return EXIT_USAGE;
	}
	if (tamper_find(name) == NULL) {
		fprintf(stderr, "relay: no such tamper; see --list\n");
		return EXIT_UNSUPPORTED;
	}
	if (w.how.fault != NULL && !conduct_is(w.how.fault, "claims") &&
	    !conduct_is(w.how.fault, "meddles")) {
		fprintf(
		    stderr, "relay: no such fault; it is claims or meddles\n");
		return EXIT_UNSUPPORTED;
	}
	w.how.tamper = jobs ? NULL : tamper_find(name);
	if ((listener = open_listener(&a)) == -1)
		return EXIT_NOT_PLAYED;
	return listen_loop(&w, listener, tied, jobs);
}
