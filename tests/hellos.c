/* hellos.c - for tests: recorded ClientHellos, and authored ones. */

#include "hellos.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow_read.h"
#include "keyexchange.h"
#include "octets.h"
#include "registry.h"

struct recorded hellos[HELLOS];

size_t
hellos_load(void)
{
	static size_t n;
	char line[2 * HELLOS_OCTETS + 100], *blank;
	FILE *f;
	long k;

	if (n > 0)
		return n;
	if ((f = fopen("tests/hellos.txt", "r")) == NULL)
		abort();
	while (fgets(line, sizeof line, f) != NULL) {
		if (line[0] == '#' || line[0] == '\n')
			continue;
		blank = strchr(line, ' ');
		if (n == HELLOS || blank == NULL)
			abort();
		*blank++ = '\0';
		snprintf(hellos[n].name, sizeof hellos[n].name, "%.39s", line);
		k = flow_hex(
		    (struct bytes){(uint8_t *)blank, strcspn(blank, "\n")},
		    hellos[n].octets, HELLOS_OCTETS);
		if (k <= 0)
			abort();
		hellos[n++].n = (size_t)k;
	}
	fclose(f);
	if (n == 0)
		abort();
	return n;
}

const struct recorded *
hello_named(const char *name)
{
	size_t i, n = hellos_load();

	for (i = 0; i < n; i++)
		if (strcmp(hellos[i].name, name) == 0)
			return &hellos[i];
	abort();
}

static void
put_fill(struct out *o, size_t n)
{
	uint8_t octets[64];

	if (RAND_bytes(octets, (int)n) != 1)
		abort();
	/* So that leading zeros of a challenge show. */
	octets[0] |= 1;
	put(o, octets, n);
}

static void
put_empty(struct out *o, uint16_t type)
{
	put_int(o, 2, type);
	put_int(o, 2, 0);
}

static void
put_list(
    struct out *o, uint16_t type, size_t width, const uint16_t *list, size_t n)
{
	size_t extension, inner, i;

	put_int(o, 2, type);
	extension = put_open(o, 2);
	inner = put_open(o, width);
	for (i = 0; i < n; i++)
		put_int(o, 2, list[i]);
	put_close(o, width, inner);
	put_close(o, 2, extension);
}

static void
put_share(struct out *o, const struct authored *a)
{
	size_t extension, list, value;

	put_int(o, 2, key_share);
	extension = put_open(o, 2);
	list = put_open(o, 2);
	if (a->share != NULL) {
		put_int(o, 2, a->share_group);
		value = put_open(o, 2);
		if (group_public(a->share, o) != 0)
			abort();
		put_close(o, 2, value);
	}
	put_close(o, 2, list);
	put_close(o, 2, extension);
}

static void
put_extensions(struct out *o, const struct authored *a)
{
	static const uint16_t schemes[] = {0x0403, 0x0503, 0x0603, 0x0804,
	    0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201};
	static const uint16_t versions[] = {TLS_1_3, TLS_1_2};
	static const uint16_t groups[] = {
	    0x001d, 0x0017, 0x0018, 0x0019, 0x001e, 0x0100, 0x0101};
	static const uint8_t asked[] = {0, 5, 0, 5, 1, 0, 0, 0, 0};

	if (a->ems)
		put_empty(o, extended_master_secret);
	if (a->etm)
		put_empty(o, encrypt_then_mac);
	if (a->status)
		put(o, asked, sizeof asked);
	if (a->schemes)
		put_list(o, signature_algorithms, 2, schemes, 11);
	if (a->groups)
		put_list(o, supported_groups, 2, groups, 7);
	if (!a->tls13)
		return;
	put_list(o, supported_versions, 1, versions, 2);
	put_share(o, a);
}

static void
put_sslv2(struct out *o, const struct authored *a)
{
	size_t challenge = a->challenge != 0 ? a->challenge : 32, i;

	put_int(o, 2, 0x8000 | (9 + 3 * a->n_suites + challenge));
	put_int(o, 1, client_hello);
	put_int(o, 2, a->version);
	put_int(o, 2, 3 * a->n_suites);
	put_int(o, 2, 0);
	put_int(o, 2, challenge);
	for (i = 0; i < a->n_suites; i++)
		put_int(o, 3, a->suites[i]);
	put_fill(o, challenge);
}

size_t
hello_author(const struct authored *a, uint8_t *p, size_t len)
{
	struct out o = {p, 0, len};
	size_t record, message, suites, extensions, i;

	if (a->form == HELLO_SSLV2) {
		put_sslv2(&o, a);
		return o.n;
	}
	put_int(&o, 1, handshake);
	put_int(&o, 2, TLS_1_0);
	record = put_open(&o, 2);
	put_int(&o, 1, client_hello);
	message = put_open(&o, 3);
	put_int(&o, 2, a->version);
	put_fill(&o, 32);
	put_int(&o, 1, a->session ? 32 : 0);
	if (a->session)
		put_fill(&o, 32);
	suites = put_open(&o, 2);
	for (i = 0; i < a->n_suites; i++)
		put_int(&o, 2, a->suites[i]);
	put_close(&o, 2, suites);
	put_int(&o, 2, 0x0100);
	extensions = put_open(&o, 2);
	put_extensions(&o, a);
	if (o.n == extensions && !a->extensions)
		o.n -= 2;
	else
		put_close(&o, 2, extensions);
	put_close(&o, 3, message);
	put_close(&o, 2, record);
	return o.n;
}

int
hello_exact(struct hello *h, const uint8_t *p, size_t n)
{
	static uint8_t out[HELLO_OCTETS];

	return hello_decode(h, (struct bytes){p, n}) == 0 &&
	       hello_encode(h, out, sizeof out) == n && memcmp(out, p, n) == 0;
}
