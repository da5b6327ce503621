/* message.c - the one message the clients deliver (message.h).
 *
 * Every seventh line begins with a dot, so that dot-stuffing is always part of
 * what is tested, and every line differs, so that a lost one shows.
 */

#include "message.h"

#include <stdio.h>
#include <string.h>

#include "bytes.h"

enum { WIDTH = 76 }; /* of a body line, without CRLF */

static const char header[] = "From: <a@client.example>\r\n"
			     "To: <b@mx.example>\r\n"
			     "Subject: interop\r\n"
			     "\r\n";

size_t
message_size(size_t octets)
{
	return sizeof header - 1 + (octets < 2 ? 0 : octets);
}

void
message_start(struct message *m, size_t octets, int stuff)
{
	memset(m, 0, sizeof *m);
	m->octets = octets;
	m->stuff = stuff;
	m->digest = FNV_START;
}

/* The next line with CRLF; its length. */
static size_t
make_line(struct message *m, char line[WIDTH + 3])
{
	size_t n = m->octets < WIDTH + 2 ? m->octets : WIDTH + 2;

	/* What would leave a last line too short for its CRLF goes with this.
	 */
	if (m->octets - n > 0 && m->octets - n < 2)
		n--;
	memset(line, 'x', n);
	if (n > 12) {
		char number[12];
		int k = snprintf(number, sizeof number, "%s%zu ",
		    m->number % 7 == 0 ? "." : "", m->number % 1000000);

		memcpy(line, number, (size_t)k);
	}
	memcpy(line + n - 2, "\r\n", 2);
	m->octets -= n;
	return n;
}

static void
count(struct message *m, const char *p, size_t n)
{
	m->digest = fnv_add(m->digest, (struct bytes){(const uint8_t *)p, n});
	m->made += n;
}

size_t
message_next(struct message *m, char *out, size_t len)
{
	char line[WIDTH + 3];
	size_t n = 0, k;

	if (m->number++ == 0) {
		count(m, header, sizeof header - 1);
		memcpy(out, header, sizeof header - 1);
		n = sizeof header - 1;
	}
	for (; m->octets >= 2 && n + WIDTH + 3 <= len; m->number++) {
		k = make_line(m, line);
		count(m, line, k);
		if (m->stuff && line[0] == '.')
			out[n++] = '.';
		memcpy(out + n, line, k);
		n += k;
	}
	return n;
}
