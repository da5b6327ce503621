/* tampers_answer.c - what is made of a ServerHello (tampers.h).
 *
 * It is the first message of the server's first handshake record; what stands
 * behind it in there stays.
 */

#include "registry.h"
#include "tampers.h"

enum { HEADER = 5, RANDOM = 32 };

/* RFC 5246 7.4.1.3; each field is a view, and the places have copies. */
struct answer {
	struct bytes record, behind; /* behind the message in its record */
	size_t version, suite;
	struct bytes session_id, compression, extensions;
	uint8_t random[RANDOM];
	int has_extensions;
};

static int
cut(struct answer *a, struct bytes record)
{
	struct bytes in = record, message, random;
	size_t head;

	*a = (struct answer){.record = record};
	if (take(&in, HEADER, &message) == -1 ||
	    take_int(&in, 1, &head) == -1 || head != server_hello ||
	    take_vector(&in, 3, &message) == -1)
		return -1;
	a->behind = in;
	if (take_int(&message, 2, &a->version) == -1 ||
	    take(&message, RANDOM, &random) == -1 ||
	    take_vector(&message, 1, &a->session_id) == -1 ||
	    take_int(&message, 2, &a->suite) == -1 ||
	    take(&message, 1, &a->compression) == -1)
		return -1;
	memcpy(a->random, random.p, RANDOM);
	a->has_extensions = message.n > 0;
	return message.n == 0 ||
		       (take_vector(&message, 2, &a->extensions) == 0 &&
			   message.n == 0)
		   ? 0
		   : -1;
}

static enum tamper_result
paste(const struct answer *a, struct out *o)
{
	size_t record, message;

	put(o, a->record.p, 3);
	record = put_open(o, 2);
	put_int(o, 1, server_hello);
	message = put_open(o, 3);
	put_int(o, 2, a->version);
	put(o, a->random, RANDOM);
	put_vector(o, 1, a->session_id);
	put_int(o, 2, a->suite);
	put_bytes(o, a->compression);
	if (a->has_extensions)
		put_vector(o, 2, a->extensions);
	put_close(o, 3, message);
	put_bytes(o, a->behind);
	put_close(o, 2, record);
	return TAMPER_CHANGED;
}

/* The extensions but for one, in space: whether it was there. */
static int
drop(struct answer *a, uint16_t type, uint8_t *space, size_t len)
{
	struct out o = {space, 0, len};
	int found = put_other_extensions(&o, a->extensions, type);

	if (o.n > len)
		return 0;
	a->extensions = (struct bytes){space, o.n};
	a->has_extensions = o.n > 0; /* an empty block is none's */
	return found;
}

static enum tamper_result
without(const struct piece *p, struct out *o, uint16_t type)
{
	static uint8_t space[1 << 16];
	struct answer a;

	if (cut(&a, p->octets) == -1 || !drop(&a, type, space, sizeof space))
		return TAMPER_KEEP;
	return paste(&a, o);
}

/* The field that says the version: in TLS 1.3 the extension, of which what is
 * left is a ServerHello of TLS 1.2 by the old one. */
enum tamper_result
lower_answer(const struct piece *p, struct out *o)
{
	struct answer a;

	if (without(p, o, supported_versions) == TAMPER_CHANGED)
		return TAMPER_CHANGED;
	if (cut(&a, p->octets) == -1 || a.version <= TLS_1_0)
		return TAMPER_KEEP;
	a.version--;
	return paste(&a, o);
}

/* The one nearest in number, which mostly is of the same kind; the client
 * must have offered it, or it would refuse for that. */
enum tamper_result
other_suite(const struct piece *p, struct out *o)
{
	struct answer a;
	struct bytes rest;
	uint16_t suite;
	size_t best = 0, far = 1 << 16, d;

	if (p->hello == NULL || cut(&a, p->octets) == -1)
		return TAMPER_KEEP;
	rest = p->hello->cipher_suites;
	while (hello_next_suite(p->hello, &rest, &suite)) {
		d = suite > a.suite ? suite - a.suite : a.suite - suite;
		if (d != 0 && d < far && suite >> 8 == (int)(a.suite >> 8) &&
		    suite != TLS_EMPTY_RENEGOTIATION_INFO_SCSV)
			far = d, best = suite;
	}
	if (best == 0)
		return TAMPER_KEEP;
	a.suite = best;
	return paste(&a, o);
}

/* RFC 8446 4.1.3: "DOWNGRD" and 1 or 0 at the end of the random. */
enum tamper_result
clear_downgrade_mark(const struct piece *p, struct out *o)
{
	struct answer a;

	if (cut(&a, p->octets) == -1 ||
	    memcmp(a.random + 24, "DOWNGRD", 7) != 0)
		return TAMPER_KEEP;
	memset(a.random + 24, 'r', 8);
	return paste(&a, o);
}

enum tamper_result
drop_answer_master_secret(const struct piece *p, struct out *o)
{
	return without(p, o, extended_master_secret);
}

enum tamper_result
drop_answer_renegotiation_info(const struct piece *p, struct out *o)
{
	return without(p, o, renegotiation_info);
}
