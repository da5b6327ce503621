/* two_ends.h - a backend as client against itself as server, for the test of
 * backends.
 *
 * Each end is a process that configures itself and then forks a child for its
 * session, as the programs do; what they find comes back through shared memory.
 * CERTS names a folder with ca-rsa.pem, rsa.pem, rsa.key, the same for ecdsa,
 * and ca-other.pem; the certificates are for mx.example.
 */
#ifndef TWO_ENDS_H
#define TWO_ENDS_H

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tls.h"
#include "wire.h"

enum { CLIENT = TLS_CLIENT, SERVER = TLS_SERVER };
enum { CONNECTIONS = 4, TAP = 1 << 17, BULK = 1 << 20, DEADLINE = 30000 };
enum cert { RSA, ECDSA };

/* After the handshake "ping" goes one way and "pong" the other, then... */
enum script {
	CLOSE,       /* ...each end shuts down, the client first */
	MEBIBYTE,    /* ...1 MiB goes each way, and CLOSE */
	CLIENT_CUTS, /* ...the client is gone */
	SERVER_CUTS, /* ...the server is gone */
	APART,       /* CLOSE, and every connection is a session of its own */
};

/* What one end of one connection came to. */
struct end {
	int open, fresh, handshake, shutdown; /* 0 done */
	ssize_t last_read;
	uint64_t digest; /* of what MEBIBYTE brought */
	struct tls_info info;
	char tap[TAP];
};

struct shared {
	char why[2][160]; /* [role]: it cannot; "" it can */
	struct end ends[CONNECTIONS][2];
};

static struct shared *shared;
static struct end (*ends)[2]; /* [connection][role] */
static char ca[2][300], cert[2][300], key[2][300], other_ca[300];

/* 0 is what the library does by itself. */
static const uint16_t versions[] = {0, 0x0301, 0x0302, 0x0303, 0x0304};
enum { VERSIONS = sizeof versions / sizeof versions[0] };

static struct tls_params
params(enum tls_role role, uint16_t version, enum cert c)
{
	struct tls_params p = {.min_version = version,
	    .max_version = version,
	    .old = version == 0x0301 || version == 0x0302};

	if (role == TLS_CLIENT) {
		p.ca_file = ca[c];
	} else {
		p.cert_file = cert[c];
		p.key_file = key[c];
	}
	return p;
}

static int
read_all(struct tls *t, struct end *e, size_t len)
{
	static char buf[5000];
	ssize_t n = 0;

	for (e->digest = FNV_START; len > 0; len -= (size_t)n) {
		n = tls_backend.read(t, buf, len < sizeof buf ? len : 4999);
		if (n <= 0)
			return -1;
		e->digest = fnv_add(
		    e->digest, (struct bytes){(uint8_t *)buf, (size_t)n});
	}
	return 0;
}

static const uint8_t *
bulk(void)
{
	static uint8_t octets[BULK];
	size_t i;

	for (i = 0; i < BULK; i++)
		octets[i] = (uint8_t)(i * 2654435761u >> 24);
	return octets;
}

static int
talk(struct tls *t, struct end *e, enum tls_role role, enum script script)
{
	char buf[16];

	if (role == TLS_CLIENT &&
	    (tls_backend.write(t, "ping", 4) != 4 || read_all(t, e, 4) == -1))
		return -1;
	if (role == TLS_SERVER &&
	    (read_all(t, e, 4) == -1 || tls_backend.write(t, "pong", 4) != 4))
		return -1;
	if (script == MEBIBYTE && role == TLS_SERVER &&
	    read_all(t, e, BULK) == -1)
		return -1;
	if (script == MEBIBYTE && tls_backend.write(t, bulk(), BULK) != BULK)
		return -1;
	if (script == MEBIBYTE && role == TLS_CLIENT &&
	    read_all(t, e, BULK) == -1)
		return -1;
	if (script == (role == TLS_CLIENT ? CLIENT_CUTS : SERVER_CUTS))
		return 0;
	if (role == TLS_SERVER || script == SERVER_CUTS)
		e->last_read = tls_backend.read(t, buf, sizeof buf);
	if (script != CLIENT_CUTS && script != SERVER_CUTS)
		e->shutdown = tls_backend.shutdown(t);
	return 0;
}

/* Sends no more, and takes what the peer still sends: to be gone at once would
 * take from it what we said last. */
static void
leave(int fd)
{
	char buf[4096];

	shutdown(fd, SHUT_WR);
	while (read(fd, buf, sizeof buf) > 0)
		;
}

static void
connection(struct end *e, struct tls_config *c, enum tls_role role, int fd,
    const char *name, enum script script)
{
	struct tls *t = NULL;
	struct flow flow;
	struct wire w;

	flow_init(&flow, e->tap, sizeof e->tap - 1);
	wire_init(&w, fd, role == TLS_CLIENT ? 'C' : 'S', &flow);
	w.layer = FLOW_TLS;
	w.secrets = 1;
	wire_phase(&w, "test", DEADLINE);
	e->info = TLS_INFO_NONE;
	e->handshake = e->shutdown = -1;
	e->last_read = -2;
	e->open = tls_backend.open(&t, c, &w, name);
	if (t != NULL)
		tls_backend.info(t, &e->info);
	e->fresh = e->info.version == 0 && e->info.cipher_suite == -1 &&
		   e->info.resumed == -1 && e->info.verified == -1 &&
		   e->info.alert_sent == -1 && e->info.alert_received == -1 &&
		   !e->info.close_sent && !e->info.close_received;
	if (e->open == 0)
		e->handshake = tls_backend.handshake(t);
	if (e->handshake == 0)
		talk(t, e, role, script);
	if (t != NULL) {
		tls_backend.info(t, &e->info);
		leave(fd);
		tls_backend.close(t);
	}
	close(fd);
}

/* One end: its configuration, and a child for each of its sessions. */
static int
program(enum tls_role role, const struct tls_params *p, const char *name,
    enum script script, int connections, int fd[CONNECTIONS][2])
{
	static struct tls_config *c; /* lives as long as the process does */
	int i, first, status = 0;
	pid_t child;

	if (tls_backend.configure(
		&c, role, p, shared->why[role], sizeof *shared->why) != 0)
		return shared->why[role][0] == '\0';
	for (i = 0; i < connections && status == 0;) {
		first = i;
		i = script == APART ? i + 1 : connections;
		if ((child = fork()) == 0) {
			for (; first < i; first++)
				connection(&ends[first][role], c, role,
				    fd[first][role], name, script);
			exit(0);
		}
		for (; first < i; first++)
			close(fd[first][role]);
		waitpid(child, &status, 0);
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

/* Both ends: 1, or 0 if the backend cannot be one of them, which is said. */
static int
play(const struct tls_params *client, const struct tls_params *server,
    const char *name, enum script script, int connections)
{
	const struct tls_params *p[] = {client, server};
	int fd[CONNECTIONS][2], i, role, status[2];
	pid_t child[2];

	memset(shared, 0, sizeof *shared);
	for (i = 0; i < connections; i++)
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd[i]), 0);
	fflush(NULL);
	for (role = CLIENT; role <= SERVER; role++) {
		if ((child[role] = fork()) != 0)
			continue;
		signal(SIGSEGV, SIG_DFL); /* not cmocka's: it would go on */
		for (i = 0; i < connections; i++)
			close(fd[i][!role]);
		exit(program((enum tls_role)role, p[role], name, script,
		    connections, fd));
	}
	for (i = 0; i < connections; i++)
		close(fd[i][0]), close(fd[i][1]);
	for (role = CLIENT; role <= SERVER; role++)
		waitpid(child[role], &status[role], 0);
	for (role = CLIENT; role <= SERVER; role++) {
		if (status[role] != 0)
			fail_msg("%s: status %#x",
			    role == CLIENT ? "client" : "server", status[role]);
		if (shared->why[role][0] == '\0')
			continue;
		print_message("%s at %04x: cannot: %s\n",
		    role == CLIENT ? "client" : "server", p[role]->max_version,
		    shared->why[role]);
		return 0;
	}
	return 1;
}

static int
set_up(void **state)
{
	static const char *const names[] = {"rsa", "ecdsa"};
	const char *folder = getenv("CERTS");
	int i;

	(void)state;
	if (folder == NULL) {
		print_error("CERTS is not set: no certificates\n");
		return -1;
	}
	signal(SIGPIPE, SIG_IGN);
	for (i = RSA; i <= ECDSA; i++) {
		snprintf(ca[i], sizeof ca[i], "%s/ca-%s.pem", folder, names[i]);
		snprintf(
		    cert[i], sizeof cert[i], "%s/%s.pem", folder, names[i]);
		snprintf(key[i], sizeof key[i], "%s/%s.key", folder, names[i]);
	}
	snprintf(other_ca, sizeof other_ca, "%s/ca-other.pem", folder);
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ends = shared->ends;
	return shared == MAP_FAILED ? -1 : 0;
}

#endif
