/* seen.h - what the taps of two_ends.h show, and that both ends say the same,
 * for the test of backends. */
#ifndef SEEN_H
#define SEEN_H

#include "two_ends.h"

/* The tap back to octets: all that sender put on the wire. */
static struct bytes
octets(const char *tap, char sender)
{
	static const char digits[] = "0123456789abcdef";
	static uint8_t out[TAP];
	const char *line, *end, *high, *low;
	size_t n = 0;
	int ours = 0;

	for (line = tap; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		if (line[1] == '>')
			ours = line[0] == sender;
		if (!ours || strncmp(line, "  ", 2) != 0)
			continue;
		for (line += 2; line < end; line += 2) {
			high = strchr(digits, line[0]);
			low = strchr(digits, line[1]);
			if (high == NULL || low == NULL)
				break; /* "..." */
			out[n++] =
			    (uint8_t)((high - digits) << 4 | (low - digits));
		}
	}
	return (struct bytes){out, n};
}

static unsigned
u16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

/* The description of the alert in clear among records, or -1.  hidden says
 * whether there are protected records, one of which may be an alert. */
static int
clear_alert(struct bytes b, int *hidden)
{
	for (*hidden = 0; b.n >= 5 && b.n >= 5 + u16(b.p + 3);) {
		size_t n = 5 + u16(b.p + 3);

		if (b.p[0] == 21 && n == 7)
			return b.p[6];
		*hidden |= b.p[0] == 21 || b.p[0] == 23;
		b.p += n;
		b.n -= n;
	}
	return -1;
}

struct hello {
	unsigned version, suite; /* of a server_hello */
	uint8_t random[32];
	size_t session_id;    /* octets */
	int tickets, resumes; /* session_ticket, pre_shared_key are there */
};

/* The client_hello or server_hello that begins b. */
static struct hello
hello(struct bytes b, uint8_t type)
{
	uint8_t m[8192] = {0};
	struct hello h = {0};
	size_t n = 0, at, end, len;

	while (b.n >= 5 && b.p[0] == 22 && n < 4096) {
		len = u16(b.p + 3);
		assert_true(b.n >= 5 + len && n + len <= sizeof m);
		memcpy(m + n, b.p + 5, len);
		n += len;
		b.p += 5 + len;
		b.n -= 5 + len;
	}
	assert_true(n > 44);
	assert_int_equal(m[0], type);
	end = 4 + ((size_t)m[1] << 16 | u16(m + 2));
	assert_true(end <= n);
	h.version = u16(m + 4);
	memcpy(h.random, m + 6, 32);
	h.session_id = m[38];
	at = 39 + h.session_id;
	h.suite = u16(m + at);
	at += type == 2 ? 3 : 2 + u16(m + at);
	if (type == 1)
		at += 1u + m[at];
	for (at += 2; at + 4 <= end; at += 4 + len) {
		len = u16(m + at + 2);
		if (u16(m + at) == 43 && type == 2)
			h.version = u16(m + at + 4);
		h.tickets |= u16(m + at) == 35;
		h.resumes |= u16(m + at) == 41;
	}
	return h;
}

static struct hello
client_hello(int connection)
{
	return hello(octets(ends[connection][CLIENT].tap, 'C'), 1);
}

static struct hello
server_hello(int connection)
{
	return hello(octets(ends[connection][CLIENT].tap, 'S'), 2);
}

/* Both ends did all of it, and say the same as the octets. */
static void
assert_done(int i, uint16_t version, int resumed, enum script script)
{
	struct end *c = &ends[i][CLIENT], *s = &ends[i][SERVER], *e;
	struct hello h;
	int role;

	if (c->handshake != 0 || s->handshake != 0)
		fail_msg(
		    "client: %s; server: %s", c->info.error, s->info.error);
	h = server_hello(i);
	for (role = CLIENT; role <= SERVER; role++) {
		e = &ends[i][role];
		assert_true(e->fresh);
		assert_int_equal(e->info.version, h.version);
		assert_int_equal(e->info.cipher_suite, h.suite);
		assert_int_equal(e->info.resumed, resumed);
		assert_int_equal(e->info.alert_sent, -1);
		assert_int_equal(e->info.alert_received, -1);
		if (script == CLIENT_CUTS || script == SERVER_CUTS)
			continue;
		assert_int_equal(e->shutdown, 0);
		assert_int_equal(e->info.close_sent, 1);
		assert_int_equal(e->info.close_received, 1);
		assert_string_equal(e->info.error, "");
	}
	if (version != 0)
		assert_int_equal(h.version, version);
	assert_int_equal(c->info.verified, 1);
	assert_int_equal(s->info.verified, -1);
	assert_string_equal(c->info.server_name, "");
	assert_string_equal(s->info.server_name, "mx.example");
}

static void
told(const char *what)
{
	struct hello h = server_hello(0);

	print_message("%s: %04x, suite %04x\n", what, h.version, h.suite);
}

#endif
