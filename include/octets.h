/* octets.h - takes numbers and vectors off octets, and puts them.
 *
 * The presentation language of RFC 5246 4: a vector is a length of 1 to 3
 * octets and what it counts.  A reader is a view that shrinks; it returns 0,
 * or -1 if there is too little.  A writer goes on counting when its buffer is
 * full, so one check of n <= len at the end is enough.
 */
#ifndef OCTETS_H
#define OCTETS_H

#include <string.h>

#include "bytes.h"

static inline int
take(struct bytes *from, size_t n, struct bytes *out)
{
	if (from->n < n)
		return -1;
	*out = (struct bytes){from->p, n};
	from->n -= n;
	if (n > 0)
		from->p += n;
	return 0;
}

/* As many as there are, up to n. */
static inline struct bytes
take_some(struct bytes *from, size_t n)
{
	struct bytes b = {from->p, n < from->n ? n : from->n};

	from->n -= b.n;
	if (b.n > 0)
		from->p += b.n;
	return b;
}

static inline int
take_int(struct bytes *from, size_t width, size_t *out)
{
	struct bytes b;
	size_t i;

	if (take(from, width, &b) == -1)
		return -1;
	for (*out = 0, i = 0; i < width; i++)
		*out = *out << 8 | b.p[i];
	return 0;
}

/* opaque v<..2^(8*width)-1> */
static inline int
take_vector(struct bytes *from, size_t width, struct bytes *out)
{
	size_t n;

	return take_int(from, width, &n) == -1 ? -1 : take(from, n, out);
}

/* One octet or two of a view, as a number; the caller knows they are there. */
static inline uint16_t
octets2(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* memcpy() may not be given NULL, even for nothing. */
static inline void
copy(uint8_t *to, struct bytes from)
{
	if (from.n > 0)
		memcpy(to, from.p, from.n);
}

static inline int
bytes_equal(struct bytes a, struct bytes b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

struct out {
	uint8_t *p;
	size_t n, len; /* n > len: it did not fit */
};

static inline void
put(struct out *o, const uint8_t *p, size_t n)
{
	if (n != 0 && o->n <= o->len && n <= o->len - o->n)
		memcpy(o->p + o->n, p, n);
	o->n += n;
}

static inline void
put_bytes(struct out *o, struct bytes b)
{
	put(o, b.p, b.n);
}

static inline void
put_int(struct out *o, size_t width, size_t v)
{
	uint8_t c;

	while (width-- > 0) {
		c = (uint8_t)(v >> 8 * width);
		put(o, &c, 1);
	}
}

static inline void
put_vector(struct out *o, size_t width, struct bytes b)
{
	put_int(o, width, b.n);
	put_bytes(o, b);
}

/* A vector whose length is known only when it is there: what put_open()
 * returned goes to put_close(). */
static inline size_t
put_open(struct out *o, size_t width)
{
	put_int(o, width, 0);
	return o->n;
}

static inline void
put_close(struct out *o, size_t width, size_t start)
{
	size_t v = o->n - start;

	if (o->p == NULL || o->n > o->len)
		return;
	for (; width > 0; width--, v >>= 8)
		o->p[--start] = (uint8_t)v;
}

#endif
