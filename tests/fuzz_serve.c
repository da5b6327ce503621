/* fuzz_serve.c - a client that sends anything, to the server side of the
 * handshake engine (lib/serve*.c).  The first octet chooses the script: what is
 * right, or one of the tolerances; what is protected no fuzzer could seal. */

#include <fcntl.h>
#include <openssl/rsa.h>
#include <stdint.h>
#include <stdlib.h>

#include "../servers/scripts.h"
#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static EVP_PKEY *key;
static int null = -1;

static void
start(void)
{
	null = open("/dev/null", O_RDWR);
	key = EVP_RSA_gen(2048);
	if (null == -1 || key == NULL || handshake_init() == -1)
		abort();
}

static const struct script *
choose(uint8_t octet)
{
	size_t n = 0;

	while (script_tolerances[n].name != NULL)
		n++;
	return octet % (n + 1) == n ? script_find("right")
				    : &script_tolerances[octet % (n + 1)];
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const uint8_t chain[] = {0, 0, 1, 0x30};
	struct serve_params params = {.chain = {chain, sizeof chain}};
	struct serve *s;
	struct wire w;
	uint8_t buf[64];
	int i;

	if (null == -1)
		start();
	if (n == 0)
		return 0;
	wire_init(&w, null, 'S', NULL);
	wire_phase(&w, "handshake", 10000);
	wire_unread(&w, (struct bytes){p + 1, n - 1});
	params.wire = &w;
	params.script = choose(p[0]);
	params.key = key;
	if ((s = serve_new(&params)) == NULL)
		return 0;
	if (serve_run(s) == 0)
		for (i = 0; i < 100; i++)
			if (handshake_read(
				serve_handshake(s), buf, sizeof buf) <= 0)
				break;
	serve_free(s);
	return 0;
}
