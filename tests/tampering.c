/* tampering.c - for tests: what a tamper makes of a piece. */

#include "tampering.h"

#include <stdlib.h>

uint8_t octets_made[1 << 17];
size_t n_made;

enum tamper_result
made(const char *name, struct piece p)
{
	const struct tamper *t = tamper_find(name);
	struct out o = {octets_made, 0, sizeof octets_made};
	enum tamper_result result;

	if (t == NULL)
		abort();
	result = tamper_apply(t, &p, &o);
	n_made = o.n;
	return result;
}
