/* fuzz_smtp.c - lib/smtp.c reads whatever a peer may send, without harm, and
 * reads the same however the octets are cut into pieces (make fuzz). */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "smtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* A stream that gives out an input in pieces. */
struct tls {
	struct bytes left;
	size_t piece;
};

static ssize_t
give(struct tls *t, void *buf, size_t len)
{
	size_t n = t->piece < len ? t->piece : len;

	if (n > t->left.n)
		n = t->left.n;
	if (n > 0)
		memcpy(buf, t->left.p, n);
	t->left.p += n;
	t->left.n -= n;
	return (ssize_t)n;
}

const struct tls_backend tls_backend = {.name = "fuzz", .read = give};

static void
must(int holds)
{
	if (!holds)
		abort();
}

static enum smtp_result
take_reply(struct smtp *s, uint64_t *seen)
{
	struct reply r;
	enum smtp_result result = smtp_reply(s, &r);
	size_t n = strlen(r.keywords), i;

	if (result == SMTP_OK)
		must(r.code >= 200 && r.code <= 599);
	for (i = 0; i < n; i++)
		must(r.keywords[i] >= ' ' && r.keywords[i] < 0x7f);
	(void)smtp_offers(r.keywords, "STARTTLS");
	*seen = fnv_add(*seen, (struct bytes){(uint8_t *)r.keywords, n});
	return result;
}

static enum smtp_result
take_line(struct smtp *s, uint64_t *seen)
{
	struct bytes line;
	enum smtp_result result = smtp_line(s, SMTP_TEXT, &line);

	if (result == SMTP_OK) {
		must(line.n + 2 <= SMTP_TEXT);
		*seen = fnv_add(*seen, line);
	}
	return result;
}

/* What the input comes to, as one number. */
static uint64_t
read_all(struct bytes input, size_t piece)
{
	static struct smtp s;
	static struct wire w;
	struct tls t = {input, piece};
	uint64_t seen = FNV_START;
	enum smtp_result result;
	int turn = 0;

	wire_init(&w, -1, 'C', NULL);
	smtp_init(&s, &w);
	smtp_switch(&s, &t);
	do {
		uint8_t mark;

		if (turn++ & 1)
			result = take_line(&s, &seen);
		else
			result = take_reply(&s, &seen);
		mark = (uint8_t) - (int)result;
		seen = fnv_add(seen, (struct bytes){&mark, 1});
	} while (result != SMTP_END);
	return seen;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	uint64_t whole = read_all((struct bytes){p, n}, SIZE_MAX);

	must(read_all((struct bytes){p, n}, 1) == whole);
	must(read_all((struct bytes){p, n}, 7) == whole);
	return 0;
}
