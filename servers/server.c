/* server.c - the STARTTLS server: options, a listener, a child for each
 * session.
 *
 * One source for every TLS library; which one is linked in is the Makefile's
 * business.  The contract is in CONTRIBUTING.md.
 */

#include "server.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "children.h"
#include "facts.h"
#include "program.h"

static const char *const starttls_modes[] = {[STARTTLS_OFFER] = "offer",
    [STARTTLS_454] = "454",
    [STARTTLS_ABSENT] = "absent",
    [STARTTLS_REQUIRE] = "require",
    NULL};

struct work {
	const struct server_options *options;
	int listener;
};

static int
serve(struct session *s, const struct server_options *o, int fd)
{
	struct flow *f = session_flow(s);

	if (f == NULL)
		return -1;
	address_at_once(fd);
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

/* One child at a time: it takes its connections off the listener by itself,
 * and the records come out in the order of the sessions.  Others wait in the
 * listener's queue. */
static int
listen_loop(struct work *w, int tied, int once)
{
	static struct children children;
	struct pollfd p[3] = {{.events = POLLIN},
	    {.fd = tied ? 0 : -1, .events = POLLIN}, {.events = POLLIN}};
	int served = 0;

	if (children_init(&children) == -1)
		return EXIT_NOT_PLAYED;
	p[0].fd = children.sigchld;
	for (;;) {
		p[2].fd = children.running == 0 && !(once && served > 0)
			      ? w->listener
			      : -1;
		if (poll(p, 3, -1) == -1 && errno != EINTR)
			return EXIT_NOT_PLAYED;
		if (p[0].revents != 0)
			children_print(&children);
		if (once && served > 0 && children.running == 0)
			return EXIT_PLAYED;
		if (p[1].revents != 0) /* the harness is gone or has enough */
			return EXIT_PLAYED;
		if (p[2].fd != -1 && p[2].revents != 0) {
			children_start(&children, run, w);
			served++;
		}
	}
}

int
main(int argc, char **argv)
{
	struct server_options o = {
	    .connections = 1, .deadline = 5000, .listed = 256};
	struct program p = {.name = "server",
	    .role = TLS_SERVER,
	    .conducts = server_conducts,
	    .conduct = &o.conduct};
	struct work w = {.options = &o};
	const char *where = NULL;
	int tied = 0, once = 0, code;
	/* clang-format off */
	const struct option options[] = {
		{ "--listen",       OPTION_TEXT,    &where,              NULL, "127.0.0.1:PORT; port 0 takes any free one" },
		{ "--cert",         OPTION_TEXT,    &p.params.cert_file, NULL, "certificate chain (PEM)" },
		{ "--key",          OPTION_TEXT,    &p.params.key_file,  NULL, "its private key (PEM, PKCS #8)" },
		{ "--starttls",     OPTION_CHOICE,  &o.starttls, starttls_modes, "what to do about STARTTLS" },
		{ "--ca",           OPTION_TEXT,    &p.params.ca_file,   NULL, "ask for a client certificate of this authority" },
		{ "--safe-renegotiation", OPTION_FLAG, &p.params.safe_renegotiation, NULL, "refuse who does not signal RFC 5746" },
		{ "--script",       OPTION_TEXT,    &p.params.script,    NULL, "play this script (server-player only); see --list" },
		{ "--tied",         OPTION_FLAG,    &tied,               NULL, "end with standard input" },
		{ "--once",         OPTION_FLAG,    &once,               NULL, "end after one session" },
		PROGRAM_OPTIONS(p, o),
	};
	/* clang-format on */
	struct sockaddr_in a;

	if ((code = program_begin(&p, options, argc, argv)) != -1)
		return code;
	if (where == NULL || address_parse(where, &a) == -1 ||
	    !address_is_loopback(&a) || p.params.cert_file == NULL ||
	    p.params.key_file == NULL) {
		fprintf(stderr, "server: give --listen 127.0.0.1:PORT, --cert "
				"and --key; see --help\n");
		return EXIT_USAGE;
	}
	if (p.params.script != NULL &&
	    strcmp(tls_backend.name, "player") != 0) {
		fprintf(stderr, "server: only server-player plays a script\n");
		return EXIT_UNSUPPORTED;
	}
	if (program_configure(&p, &o.config) == -1)
		return EXIT_UNSUPPORTED;
	o.params = &p.params;
	if ((w.listener = address_listen("server", &a)) == -1)
		return EXIT_NOT_PLAYED;
	return listen_loop(&w, tied, once);
}
