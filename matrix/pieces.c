/* pieces.c - where a stream is cut (pieces.h). */

#include "pieces.h"

#include "octets.h"
#include "registry.h"

enum { HEADER = 5, LONGEST = (1 << 14) + 2048 };

long
piece_line(struct bytes b)
{
	const uint8_t *lf = b.n > 0 ? memchr(b.p, '\n', b.n) : NULL;

	return lf != NULL ? lf - b.p + 1 : 0;
}

long
piece_reply(struct bytes b)
{
	long line, n = 0;

	for (;;) {
		line = piece_line(b);
		if (line <= 0)
			return 0;
		n += line;
		if (line < 4 || b.p[3] != '-')
			return n;
		b.p += line;
		b.n -= (size_t)line;
	}
}

long
piece_record(struct bytes b)
{
	size_t n;

	if (b.n == 0)
		return 0;
	if (b.p[0] < change_cipher_spec || b.p[0] > heartbeat)
		return -1;
	if (b.n < HEADER)
		return 0;
	n = octets2(b.p + 3);
	if (b.p[1] != 3 || n > LONGEST)
		return -1;
	return b.n < HEADER + n ? 0 : (long)(HEADER + n);
}

static long
piece_sslv2(struct bytes b)
{
	size_t n;

	if (b.n < 3)
		return 0;
	if (b.p[2] != client_hello)
		return -1;
	n = 2 + (octets2(b.p) & 0x7fffu);
	return b.n < n ? 0 : (long)n;
}

long
piece_hello(struct bytes b)
{
	uint8_t head[4]; /* of the message: its type and length */
	size_t have = 0, i;
	long record, n = 0;

	if (b.n > 0 && b.p[0] & 0x80)
		return piece_sslv2(b);
	for (;;) {
		if ((record = piece_record(b)) <= 0)
			return record;
		if (b.p[0] != handshake)
			return -1;
		/* RFC 5246 6.2.1: a message may be cut at any octet. */
		for (i = HEADER; i < (size_t)record; i++, have++)
			if (have < sizeof head)
				head[have] = b.p[i];
		if (have > 0 && head[0] != client_hello)
			return -1;
		n += record;
		if (have >= sizeof head &&
		    have >= sizeof head +
				((size_t)head[1] << 16 | octets2(head + 2)))
			return n;
		b.p += record;
		b.n -= (size_t)record;
	}
}

int
piece_code(struct bytes reply)
{
	int i, code = 0;

	for (i = 0; i < 3; i++)
		if (reply.n < 3 || reply.p[i] < '0' || reply.p[i] > '9')
			return 0;
		else
			code = 10 * code + reply.p[i] - '0';
	return code;
}
