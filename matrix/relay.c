/* relay.c - the recording, tampering middle: a listener, and a child for each
 * connection.
 *
 * It sits between a client and a server, records what passes on both sides and
 * changes it in one way (tampers.c).  It has no TLS library.  Its record has
 * two flows: connection 1 is the client's, connection 2 its own to the server.
 */

#include "relay.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "children.h"
#include "conduct.h"
#include "facts.h"
#include "options.h"

enum { LINE = 128 };

struct work {
	struct sockaddr_in to;
	struct relay_how how;
	int client;
};

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
	return w->how.tamper != NULL ? address_parse(line, &w->to) : -1;
}

/* In the child. */
static int
run(struct session *s, void *arg)
{
	const struct work *w = arg;
	struct relay_end near = {w->client, session_flow(s)}, far = {-1, NULL};

	flow_meta(near.flow, "side", "client");
	facts_connection(near.flow, near.fd);
	if ((far.fd = address_connect(&w->to)) == -1) {
		flow_fact(near.flow, "end", "connect: %s", strerror(errno));
		return EXIT_NOT_PLAYED;
	}
	far.flow = session_flow(s);
	flow_meta(far.flow, "side", "server");
	facts_connection(far.flow, far.fd);
	address_at_once(near.fd);
	relay_pass(near, far, &w->how);
	return EXIT_PLAYED;
}

/* Without room or memory the connection is closed: whoever made it learns. */
static void
start_child(struct children *children, struct work *w, int listener)
{
	w->client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (w->client == -1)
		return;
	children_start(children, run, w);
	close(w->client);
}

/* Work is read before a connection is taken: whoever wrote the line and then
 * connected finds it done.  Returns the exit code. */
static int
listen_loop(struct work *w, int listener, int tied, int jobs)
{
	static struct children children;
	struct pollfd p[3] = {{.events = POLLIN},
	    {.fd = tied || jobs ? 0 : -1, .events = POLLIN},
	    {.events = POLLIN}};
	char line[LINE];

	if (children_init(&children) == -1)
		return EXIT_NOT_PLAYED;
	p[0].fd = children.sigchld;
	setvbuf(stdin, NULL, _IONBF, 0); /* or poll() would not see a line */
	for (;;) {
		p[2].fd = children.running < CHILDREN && w->how.tamper != NULL
			      ? listener
			      : -1;
		if (poll(p, 3, -1) == -1 && errno != EINTR)
			return EXIT_NOT_PLAYED;
		if (p[0].revents != 0)
			children_print(&children);
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
		if (p[2].fd != -1 && p[2].revents != 0)
			start_child(&children, w, listener);
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
	if (where == NULL || address_parse(where, &a) == -1 ||
	    !address_is_loopback(&a) || jobs == (to != NULL) ||
	    (to != NULL && address_parse(to, &w.to) == -1)) {
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
	if ((listener = address_listen("relay", &a)) == -1)
		return EXIT_NOT_PLAYED;
	return listen_loop(&w, listener, tied, jobs);
}
