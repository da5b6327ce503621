/* record.c - the record layer (record.h). */

#include "record.h"

#include <string.h>

#include "octets.h"
#include "registry.h"
#include "wire.h"

void
record_init(struct record_layer *r, struct wire *w)
{
	memset(r, 0, offsetof(struct record_layer, raw));
	r->wire = w;
	r->version = TLS_1_0;
	r->limit = RECORD_PLAIN;
}

void
record_free(struct record_layer *r)
{
	protection_free(r->in);
	protection_free(r->out);
	r->in = r->out = NULL;
}

void
record_protect(struct record_layer *r, struct protection *p, int out)
{
	struct protection **old = out ? &r->out : &r->in;

	protection_free(*old);
	*old = p;
}

int
record_flush(struct record_layer *r)
{
	size_t n = r->queued;

	r->queued = 0;
	if (n > 0 && wire_write(r->wire, r->queue, n) == -1)
		return RECORD_ENDED;
	return 0;
}

static int
send_one(struct record_layer *r, uint8_t type, struct bytes b)
{
	struct out o;
	size_t n = b.n;
	uint8_t *body;
	int e;

	if (sizeof r->queue - r->queued <
		RECORD_HEADER + b.n + PROTECTION_MORE &&
	    (e = record_flush(r)) != 0)
		return e;
	body = r->queue + r->queued + RECORD_HEADER;
	/* RFC 8446 5: a change_cipher_spec of TLS 1.3 is never protected. */
	if (r->out == NULL || (r->tls13 && type == change_cipher_spec))
		copy(body, b);
	else if ((e = protection_seal(r->out, &type, b, body, &n)) != 0)
		return e;
	o = (struct out){r->queue + r->queued, 0, RECORD_HEADER};
	put_int(&o, 1, type);
	put_int(&o, 2, r->version);
	put_int(&o, 2, n);
	r->queued += RECORD_HEADER + n;
	return 0;
}

int
record_send(struct record_layer *r, uint8_t type, struct bytes b)
{
	int e;

	do {
		e = send_one(r, type, take_some(&b, r->limit));
		if (e != 0)
			return e;
	} while (b.n > 0);
	return 0;
}

/* Until need octets are there behind those used. */
static int
fill(struct record_layer *r, size_t need)
{
	ssize_t n;

	if (r->have - r->used >= need)
		return 0;
	memmove(r->raw, r->raw + r->used, r->have - r->used);
	r->have -= r->used;
	r->used = 0;
	while (r->have < need) {
		n = wire_read(
		    r->wire, r->raw + r->have, sizeof r->raw - r->have);
		if (n <= 0)
			return RECORD_ENDED;
		r->have += (size_t)n;
	}
	return 0;
}

int
record_sslv2(struct record_layer *r, struct bytes *octets)
{
	size_t n;
	int e = fill(r, RECORD_HEADER);

	*octets = (struct bytes){NULL, 0};
	if (e != 0 || !(r->raw[r->used] & 0x80))
		return e;
	n = 2 + (octets2(r->raw + r->used) & 0x7fff);
	if (n > sizeof r->raw || fill(r, n) != 0)
		return RECORD_ENDED;
	*octets = (struct bytes){r->raw + r->used, n};
	r->used += n;
	return 0;
}

/* What a server says that does not speak TLS. */
static int
no_record(const uint8_t *p, const char **why)
{
	if (p[0] & 0x80 && p[2] == 4)
		*why = "an SSL 2.0 SERVER-HELLO came"; /* RFC 6176 3 */
	else if (p[0] & 0x80)
		*why = "an SSL 2.0 record came";
	else if (p[0] >= '2' && p[0] <= '5' && p[1] >= '0' && p[1] <= '9')
		*why = "an SMTP reply came";
	else
		*why = "no TLS record came";
	return unexpected_message;
}

/* RFC 5246 6.2.3, RFC 8446 5.2 */
static size_t
longest(const struct record_layer *r)
{
	if (r->in == NULL)
		return RECORD_PLAIN;
	return r->tls13 ? RECORD_PLAIN + 256 : RECORD_BODY;
}

static int
check_header(const struct record_layer *r, const uint8_t *p, const char **why)
{
	if ((p[0] < change_cipher_spec || p[0] > heartbeat) &&
	    !r->drops_unknown)
		return no_record(p, why);
	/* RFC 8446 5.1: TLS 1.3 ignores it; D.5: but not if it is below. */
	if (p[1] != 3 && !r->any_version && !(r->tls13 && p[1] > 3)) {
		*why = "the record's version is not 3.x";
		return protocol_version;
	}
	if (octets2(p + 3) > longest(r)) {
		*why = "the record is longer than it may be";
		return record_overflow;
	}
	return 0;
}

int
record_receive(
    struct record_layer *r, uint8_t *type, struct bytes *body, const char **why)
{
	uint8_t *p;
	size_t n;
	int e;

	do {
		if ((e = fill(r, RECORD_HEADER)) != 0)
			return e;
		p = r->raw + r->used;
		if ((e = check_header(r, p, why)) != 0)
			return e;
		n = octets2(p + 3);
		if ((e = fill(r, RECORD_HEADER + n)) != 0)
			return e;
		p = r->raw + r->used;
		r->used += RECORD_HEADER + n;
	} while (p[0] > heartbeat); /* as drops_unknown says */
	r->seen = 1;
	*type = p[0];
	*body = (struct bytes){p + RECORD_HEADER, n};
	/* RFC 8446 5: change_cipher_spec is never protected in 1.3. */
	if (r->in == NULL || (*type == change_cipher_spec && r->tls13))
		return 0;
	if (r->alerts_in_clear && *type == alert && n == 2)
		return 0;
	if (r->tls13 && *type != application_data) {
		*why = "a record in clear among protected ones";
		return unexpected_message;
	}
	e = protection_open(r->in, type, p + RECORD_HEADER, body);
	if (e != 0)
		*why = "the record cannot be opened";
	else if (body->n > RECORD_PLAIN)
		e = record_overflow;
	return e;
}
