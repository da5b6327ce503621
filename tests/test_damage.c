/* test_damage.c - a true server, whose octets are damaged on the way: the
 * engine ends, whichever octet it is. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "play.h"
#include "registry.h"
#include "wire.h"

/* All octets, but for one that is changed. */
static void
relay(int from, int to, size_t at, uint8_t how)
{
	uint8_t buf[4096];
	size_t seen = 0;
	ssize_t n;

	while ((n = read(from, buf, sizeof buf)) > 0) {
		if (at >= seen && at < seen + (size_t)n)
			buf[at - seen] ^= how;
		seen += (size_t)n;
		if (write(to, buf, (size_t)n) != n)
			break;
	}
	shutdown(to, SHUT_WR);
}

/* Puts a damaging child between the server and who reads from the result. */
static int
damage(int fd, size_t at, uint8_t how, pid_t pids[2])
{
	int pair[2], k;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
		abort();
	for (k = 0; k < 2; k++) {
		if ((pids[k] = fork()) == -1)
			abort();
		if (pids[k] != 0)
			continue;
		close(pair[0]);
		if (k == 0)
			relay(fd, pair[1], at, how);
		else
			relay(pair[1], fd, (size_t)-1, 0);
		_exit(0);
	}
	close(pair[1]);
	return pair[0];
}

static void
play_damaged(const struct recorded *r, uint16_t version, const char *groups,
    size_t at, uint8_t how)
{
	static struct hello h;
	struct server s = {.version = version, .groups = groups, .tickets = 1};
	struct handshake_params p = {.octets = {r->octets, r->n}, .hello = &h};
	struct handshake *hs;
	struct wire w;
	uint8_t buf[100];
	pid_t pids[2];
	int fd;

	server_start(&s);
	fd = damage(s.fd, at, how, pids);
	wire_init(&w, fd, 'C', NULL);
	wire_phase(&w, "handshake", 300);
	p.wire = &w;
	assert_int_equal(hello_decode(&h, p.octets), 0);
	hs = handshake_new(&p);
	assert_non_null(hs);
	if (handshake_run(hs) == 0 && handshake_write(hs, "a", 1) == 1)
		while (handshake_read(hs, buf, sizeof buf) > 0)
			break;
	handshake_info(hs, &played);
	handshake_free(hs);
	close(fd);
	server_end(&s);
	waitpid(pids[0], NULL, 0);
	waitpid(pids[1], NULL, 0);
}

static void
test_damage(void **state)
{
	const struct recorded *r = hello_named("openssl-default");
	size_t at;

	(void)state;
	for (at = 0; at < 1800; at += 61) {
		play_damaged(r, TLS_1_2, NULL, at, 0x41);
		play_damaged(r, TLS_1_3, "P-384", at, 0x41);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, server_setup, server_teardown);
}
