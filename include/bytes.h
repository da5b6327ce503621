/* bytes.h - a view of octets that somebody else owns. */
#ifndef BYTES_H
#define BYTES_H

#include <stddef.h>
#include <stdint.h>

struct bytes {
	const uint8_t *p;
	size_t n;
};

/* FNV-1a, 64 bits: tells two recordings of the same octets from two different
 * ones.  Not a cryptographic digest and never used as one. */
#define FNV_START 0xcbf29ce484222325u

static inline uint64_t
fnv_add(uint64_t h, struct bytes b)
{
	size_t i;

	for (i = 0; i < b.n; i++)
		h = (h ^ b.p[i]) * 0x100000001b3u;
	return h;
}

#endif
