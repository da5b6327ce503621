/* flow_read.h - a .flow text as data; its grammar is in vectors/README.md.
 *
 * Pure: text in, views out.  Octets and escapes are decoded in place, so the
 * text is the caller's to give away and to keep as long as the views.
 */
#ifndef FLOW_READ_H
#define FLOW_READ_H

#include "bytes.h"
#include "flow.h"

enum {
	FLOW_TEXT = 4 << 20, /* octets of a text at the most */
	FLOW_METAS = 64,
	FLOW_TURNS = 8192,
	FLOW_FACTS = 256,
};

struct flow_entry {
	const char *name;
	struct bytes value;
	unsigned line;
};

struct flow_turn {
	char sender; /* 'C' or 'S' */
	enum flow_layer layer;
	struct bytes octets;
	uint64_t more; /* octets that are not listed */
	unsigned line;
};

struct flow_text {
	struct flow_entry metas[FLOW_METAS], facts[FLOW_FACTS];
	struct flow_turn turns[FLOW_TURNS];
	size_t n_metas, n_facts, n_turns;
	int open;          /* the parser's own */
	unsigned line;     /* where it is wrong, */
	const char *error; /*   and how */
};

/* 0, or -1: line and error say what is wrong.  n is at most FLOW_TEXT. */
int flow_parse(struct flow_text *, char *text, size_t n);

/* A meta's value; NULL: there is none. */
const struct bytes *flow_find(const struct flow_text *, const char *name);

/* Octets in hex, blanks allowed, decoded into out: how many, or -1. */
long flow_hex(struct bytes text, uint8_t *out, size_t len);

/* Takes \r \n \" \\ \xHH for what they stand for, in place, up to the end or
 * to a bare quote: *n octets at p, and what is left from the quote on in
 * *rest.  0, or -1. */
int flow_unescape(
    uint8_t *p, size_t len, int quoted, size_t *n, struct bytes *rest);

#endif
