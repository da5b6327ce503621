/* scripted_server.c - for tests: a server in a child that plays a script, and
 * the handshake engine that meets it. */

#include "scripted_server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../servers/scripts.h"
#include "octets.h"
#include "wire.h"

struct scripted *scripted; /* in memory that both processes have */
EVP_PKEY *scripted_share;

static EVP_PKEY *key;
static uint8_t chain[2048];
static size_t chain_size;

/* As a Certificate message has it. */
static void
certify(void)
{
	struct out o = {chain, 0, sizeof chain};
	X509 *x = self_signed(key);
	unsigned char *der = NULL;
	int n = i2d_X509(x, &der);

	if (n <= 0)
		abort();
	put_vector(&o, 3, (struct bytes){der, (size_t)n});
	chain_size = o.n;
	OPENSSL_free(der);
	X509_free(x);
	if (o.n > o.len)
		abort();
}

int
scripted_setup(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	if (handshake_init() == -1)
		return -1;
	scripted = mmap(NULL, sizeof *scripted, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	key = EVP_RSA_gen(2048);
	if (scripted == MAP_FAILED || key == NULL)
		abort();
	certify();
	scripted_share = group_generate(group_named("x25519"));
	return 0;
}

int
scripted_teardown(void **state)
{
	(void)state;
	EVP_PKEY_free(scripted_share);
	EVP_PKEY_free(key);
	return munmap(scripted, sizeof *scripted);
}

static void
give_back(struct handshake *h)
{
	static uint8_t octets[SCRIPTED_MESSAGE];
	size_t n = 0;
	ssize_t k = 1;

	for (; n < sizeof octets && k > 0; n += (size_t)k)
		k = handshake_read(h, octets + n, sizeof octets - n);
	if (n == sizeof octets)
		handshake_write(h, octets, n);
	handshake_shutdown(h);
}

static void
play_script(int fd, const struct script *script)
{
	struct serve_params p = {
	    .script = script, .key = key, .chain = {chain, chain_size}};
	struct serve *s;
	struct wire w;

	wire_init(&w, fd, 'S', NULL);
	wire_phase(&w, "handshake", 5000);
	p.wire = &w;
	if ((s = serve_new(&p)) == NULL)
		abort();
	scripted->done = serve_run(s) == 0;
	scripted->went_on = serve_went_on(s);
	if (scripted->done)
		give_back(serve_handshake(s));
	handshake_info(serve_handshake(s), &scripted->info);
	wire_linger(&w);
	serve_free(s);
}

/* The child, and our end of its connection. */
static pid_t
start(const struct script *script, int *fd)
{
	int pair[2];
	pid_t pid;

	memset(scripted, 0, sizeof *scripted);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 ||
	    (pid = fork()) == -1)
		abort();
	if (pid == 0) {
		close(pair[0]);
		play_script(pair[1], script);
		exit(0); /* so that leaks are looked for here too */
	}
	close(pair[1]);
	*fd = pair[0];
	return pid;
}

int
scripted_meet(const char *script, const struct authored *a, unsigned errors,
    int ms, int (*behind)(struct handshake *))
{
	static struct hello hello;
	uint8_t octets[HELLOS_OCTETS], secret[64];
	struct handshake_key half = {group_named("x25519"),
	    {secret, secret_half(scripted_share, secret, sizeof secret)}};
	struct handshake_params p = {
	    .octets = {octets, hello_author(a, octets, sizeof octets)},
	    .hello = &hello,
	    .errors = errors,
	    .keys = &half,
	    .n_keys = 1};
	struct handshake *h;
	struct wire w;
	int r, fd, status;
	pid_t pid;

	if (script_find(script) == NULL || hello_decode(&hello, p.octets) != 0)
		abort();
	pid = start(script_find(script), &fd);
	wire_init(&w, fd, 'C', NULL);
	wire_phase(&w, "handshake", ms);
	p.wire = &w;
	if ((h = handshake_new(&p)) == NULL)
		abort();
	r = handshake_run(h) == 0 && (behind == NULL || behind(h));
	handshake_info(h, &played);
	erred = handshake_erred(h);
	handshake_free(h);
	wire_linger(&w);
	close(fd);
	if (waitpid(pid, &status, 0) != pid)
		abort();
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "%s: the server's child ended with %#x\n",
		    script, (unsigned)status);
		abort();
	}
	return r;
}
