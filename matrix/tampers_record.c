/* tampers_record.c - what is made of protected records (tampers.h). */

#include "tampers.h"

enum { HEADER = 5 };

/* The last octet is of the MAC, the tag or the padding; the one in the middle
 * of what is protected is of the data. */
enum tamper_result
flip_octet(const struct piece *p, struct out *o)
{
	size_t at = o->n + HEADER + (p->octets.n - HEADER) / 2;

	if (p->octets.n <= HEADER)
		return TAMPER_KEEP;
	put_bytes(o, p->octets);
	if (at < o->len)
		o->p[at] ^= 1;
	return TAMPER_CHANGED;
}

enum tamper_result
send_twice(const struct piece *p, struct out *o)
{
	put_bytes(o, p->octets);
	put_bytes(o, p->octets);
	return TAMPER_CHANGED;
}

enum tamper_result
leave_out(const struct piece *p, struct out *o)
{
	(void)p;
	(void)o;
	return TAMPER_CHANGED;
}

enum tamper_result
end_behind(const struct piece *p, struct out *o)
{
	put_bytes(o, p->octets);
	return TAMPER_CUT;
}

enum tamper_result
end_within(const struct piece *p, struct out *o)
{
	put(o, p->octets.p, p->octets.n / 2);
	return TAMPER_CUT;
}
