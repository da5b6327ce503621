/* hello.c - cuts a ClientHello of either form and puts it together (hello.h).
 */

#include "hello.h"

#include <string.h>

#include "octets.h"
#include "registry.h"

static const uint8_t null_compression[] = {0};

enum { RANDOM = 32 };

static int
decode_body(struct hello *h, struct bytes body)
{
	struct bytes rest;
	struct extension e;
	size_t version;
	int r;

	if (take_int(&body, 2, &version) == -1 ||
	    take(&body, RANDOM, &h->random) == -1 ||
	    take_vector(&body, 1, &h->session_id) == -1 ||
	    take_vector(&body, 2, &h->cipher_suites) == -1 ||
	    take_vector(&body, 1, &h->compression_methods) == -1)
		return decode_error;
	h->version = (uint16_t)version;
	h->has_extensions = body.n != 0;
	if (h->has_extensions &&
	    (take_vector(&body, 2, &h->extensions) == -1 || body.n != 0))
		return decode_error;
	for (rest = h->extensions; (r = extension_next(&rest, &e)) == 1;)
		;
	return r == 0 ? 0 : decode_error;
}

/* The message's length, once its header is there; 0: not yet. */
static size_t
message_length(struct bytes joined)
{
	if (joined.n < 4)
		return 0;
	return 4 + ((size_t)joined.p[1] << 16 | octets2(joined.p + 2));
}

/* Joins records until the message is complete.  RFC 5246 6.2.1: a message
 * may be cut at any octet. */
static int
join_records(struct hello *h, struct bytes *in, struct bytes *joined)
{
	size_t type, version, need;
	struct bytes fragment;

	do {
		/* Never more than there are octets for. */
		if (take_int(in, 1, &type) == -1)
			return decode_error;
		if (type != handshake)
			return unexpected_message;
		if (take_int(in, 2, &version) == -1 ||
		    take_vector(in, 2, &fragment) == -1 ||
		    h->records == HELLO_RECORDS)
			return decode_error;
		h->record[h->records++] = (struct hello_record){
		    (uint16_t)version, (uint16_t)fragment.n};
		if (fragment.n > 0)
			memcpy(h->octets + joined->n, fragment.p, fragment.n);
		joined->n += fragment.n;
		need = message_length(*joined);
		/* What can never be complete is refused at once. */
		if (joined->n > 0 && joined->p[0] != client_hello)
			return unexpected_message;
		if (need > HELLO_OCTETS)
			return decode_error;
	} while (need == 0 || joined->n < need);
	return 0;
}

static int
decode_tls(struct hello *h, struct bytes in)
{
	struct bytes joined = {h->octets, 0};
	int r = join_records(h, &in, &joined);

	if (r != 0)
		return r;
	if (in.n > 0)
		memcpy(h->octets + joined.n, in.p, in.n);
	h->form = HELLO_TLS;
	h->after = (struct bytes){h->octets + joined.n, in.n};
	take(&joined, message_length(joined), &h->message);
	h->surplus = joined;
	return decode_body(
	    h, (struct bytes){h->message.p + 4, h->message.n - 4});
}

static int
decode_sslv2_message(struct hello *h)
{
	struct bytes m = h->message;
	size_t type, version, specs, id, challenge;

	if (take_int(&m, 1, &type) == -1 || take_int(&m, 2, &version) == -1 ||
	    take_int(&m, 2, &specs) == -1 || take_int(&m, 2, &id) == -1 ||
	    take_int(&m, 2, &challenge) == -1 ||
	    take(&m, specs, &h->cipher_suites) == -1 ||
	    take(&m, id, &h->session_id) == -1 ||
	    take(&m, challenge, &h->random) == -1 || m.n != 0)
		return decode_error;
	h->version = (uint16_t)version;
	/* RFC 5246 E.2: as if null compression and no extensions were sent. */
	h->compression_methods =
	    (struct bytes){null_compression, sizeof null_compression};
	return 0;
}

/* A header of two octets has the high bit and 15 bits of length; one of three
 * has 14 bits, and how much of that is padding (SSL 2.0, 1.1). */
static int
decode_sslv2(struct hello *h, struct bytes in)
{
	size_t head, padding = 0;
	struct bytes record;

	if (take_int(&in, 2, &head) == -1)
		return decode_error;
	h->header = head & 0x8000 ? 2 : 3;
	h->escape = h->header == 3 && (head & 0x4000) != 0;
	if (h->header == 3 && take_int(&in, 1, &padding) == -1)
		return decode_error;
	head &= h->header == 2 ? 0x7fff : 0x3fff;
	if (head < padding || in.n < head)
		return decode_error;
	memcpy(h->octets, in.p, in.n);
	record = (struct bytes){h->octets, head};
	h->after = (struct bytes){h->octets + head, in.n - head};
	take(&record, head - padding, &h->message);
	h->padding = record;
	h->form = HELLO_SSLV2;
	return decode_sslv2_message(h);
}

int
hello_decode(struct hello *h, struct bytes in)
{
	memset(h, 0, offsetof(struct hello, record));
	if (in.n == 0 || in.n > HELLO_OCTETS)
		return decode_error;
	if (in.p[0] == handshake)
		return decode_tls(h, in);
	/* The octet behind the header tells an SSLv2 ClientHello (msg_type)
	 * from anything else, mail in clear among it. */
	if (in.n > 2 && in.p[0] & 0x80)
		return in.p[2] == client_hello ? decode_sslv2(h, in)
					       : unexpected_message;
	if (in.n > 3 && !(in.p[0] & 0x80))
		return in.p[3] == client_hello ? decode_sslv2(h, in)
					       : unexpected_message;
	/* RFC 5246 6: too short to tell, but the first octet is no type of a
	 * record either. */
	return unexpected_message;
}

static void
put_sslv2(struct out *o, const struct hello *h)
{
	size_t n = 9 + h->cipher_suites.n + h->session_id.n + h->random.n +
		   h->padding.n;

	if (h->header == 2) {
		put_int(o, 2, 0x8000 | n);
	} else {
		put_int(o, 2, (h->escape ? 0x4000u : 0) | n);
		put_int(o, 1, h->padding.n);
	}
	put_int(o, 1, client_hello);
	put_int(o, 2, h->version);
	put_int(o, 2, h->cipher_suites.n);
	put_int(o, 2, h->session_id.n);
	put_int(o, 2, h->random.n);
	put_bytes(o, h->cipher_suites);
	put_bytes(o, h->session_id);
	put_bytes(o, h->random);
	put_bytes(o, h->padding);
}

static void
put_message(struct out *o, const struct hello *h)
{
	size_t body;

	put_int(o, 1, client_hello);
	body = put_open(o, 3);
	put_int(o, 2, h->version);
	put_bytes(o, h->random);
	put_vector(o, 1, h->session_id);
	put_vector(o, 2, h->cipher_suites);
	put_vector(o, 1, h->compression_methods);
	if (h->has_extensions)
		put_vector(o, 2, h->extensions);
	put_close(o, 3, body);
}

static int
put_records(struct out *o, const struct hello *h)
{
	uint8_t message[HELLO_OCTETS];
	struct out m = {message, 0, sizeof message};
	struct bytes rest, fragment;
	size_t i;

	put_message(&m, h);
	put_bytes(&m, h->surplus);
	if (m.n > m.len)
		return -1;
	rest = (struct bytes){message, m.n};
	for (i = 0; i < h->records; i++) {
		if (take(&rest, h->record[i].length, &fragment) == -1)
			return -1;
		put_int(o, 1, handshake);
		put_int(o, 2, h->record[i].version);
		put_vector(o, 2, fragment);
	}
	return rest.n == 0 ? 0 : -1;
}

/* Whether every field fits its length. */
static int
encodable(const struct hello *h)
{
	size_t sslv2 = 9 + h->cipher_suites.n + h->session_id.n + h->random.n +
		       h->padding.n;

	if (h->form == HELLO_SSLV2)
		return h->header == 2 ? sslv2 <= 0x7fff && h->padding.n == 0
				      : sslv2 <= 0x3fff && h->padding.n <= 255;
	return h->random.n == RANDOM && h->session_id.n <= 255 &&
	       h->cipher_suites.n <= 65535 && h->compression_methods.n <= 255 &&
	       (h->has_extensions ? h->extensions.n <= 65535
				  : h->extensions.n == 0);
}

size_t
hello_encode(const struct hello *h, uint8_t *p, size_t len)
{
	struct out o = {p, 0, len};

	if (!encodable(h))
		return 0;
	if (h->form == HELLO_SSLV2)
		put_sslv2(&o, h);
	else if (put_records(&o, h) == -1)
		return 0;
	put_bytes(&o, h->after);
	return o.n;
}

void
hello_frame(struct hello *h, uint16_t version, size_t limit)
{
	struct out o = {NULL, 0, 0};
	size_t n;

	put_message(&o, h);
	put_bytes(&o, h->surplus);
	h->records = 0;
	for (; o.n > 0 && h->records < HELLO_RECORDS; o.n -= n) {
		n = o.n < limit ? o.n : limit;
		h->record[h->records++] =
		    (struct hello_record){version, (uint16_t)n};
	}
}
