/* play.c - for tests: a handshake of the engine with a server of libssl. */

#include "play.h"

#include <openssl/bn.h>
#include <stdlib.h>
#include <string.h>

#include "registry.h"
#include "wire.h"

struct tls_info played;
unsigned erred;
const struct handshake_params plain;
static char record[256 << 10];

int
play_echo(struct handshake *hs, size_t n)
{
	static uint8_t sent[100000], came[100000];
	size_t have = 0;
	ssize_t k;

	memset(sent, 'm', n);
	if (handshake_write(hs, sent, n) != (ssize_t)n)
		return 0;
	for (; have < n; have += (size_t)k)
		if ((k = handshake_read(hs, came + have, n - have)) <= 0)
			return 0;
	return memcmp(sent, came, n) == 0;
}

int
play(struct server *s, struct bytes octets, struct handshake_params p,
    size_t message)
{
	static struct hello h;
	struct handshake *hs;
	struct flow flow;
	struct wire w;
	int client, server;
	char reply;

	server_start(s);
	flow_init(&flow, record, sizeof record);
	wire_init(&w, s->fd, 'C', &flow);
	wire_phase(&w, "handshake", 5000);
	p.wire = &w;
	p.octets = octets;
	p.hello = hello_decode(&h, octets) == 0 ? &h : NULL;
	hs = handshake_new(&p);
	if (hs == NULL)
		abort();
	client = handshake_run(hs) == 0;
	/* In TLS 1.3 the server refuses what came with our Finished. */
	if (client && p.errors != 0)
		client = handshake_read(hs, &reply, 1) == 1;
	else
		client = client && play_echo(hs, message) &&
			 handshake_shutdown(hs) == 0;
	handshake_info(hs, &played);
	erred = handshake_erred(hs);
	handshake_free(hs);
	server = server_end(s);
	return client && server;
}

int
play_authored(
    struct server *s, const struct authored *a, struct handshake_params p)
{
	uint8_t octets[HELLOS_OCTETS];
	size_t n = hello_author(a, octets, sizeof octets);

	if (n > sizeof octets)
		abort();
	return play(s, (struct bytes){octets, n}, p, 1000);
}

const uint16_t play_suites[PLAY_SUITES] = {
    0xc02f, 0xc02b, 0x009e, 0x009c, 0xc013, 0xc009, 0x0033, 0x002f, 0x00ff};
const uint16_t suites13[3] = {0x1301, 0x1302, 0x1303};

struct authored
hello13(const struct group *g, EVP_PKEY *key)
{
	return (struct authored){.form = HELLO_TLS,
	    .version = TLS_1_2,
	    .suites = suites13,
	    .n_suites = 3,
	    .schemes = 1,
	    .groups = 1,
	    .tls13 = 1,
	    .session = 1,
	    .share_group = g->code,
	    .share = key};
}

size_t
secret_half(EVP_PKEY *key, uint8_t *out, size_t len)
{
	BIGNUM *d = NULL;
	size_t n = len;

	if (EVP_PKEY_get_raw_private_key(key, out, &n) == 1)
		return n;
	if (EVP_PKEY_get_bn_param(key, "priv", &d) != 1)
		abort();
	n = (size_t)BN_bn2bin(d, out);
	BN_free(d);
	return n;
}
