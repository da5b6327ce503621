/* tampers_smtp.c - what is made of SMTP in clear (tampers.h). */

#include <strings.h>

#include "pieces.h"
#include "tampers.h"

enum { CODE = 4, KEYWORD = 8 }; /* "250-", "STARTTLS" */

/* Whether a line of an EHLO reply is the keyword's. */
static int
is_keyword(struct bytes line)
{
	return line.n >= CODE + KEYWORD + 1 &&
	       strncasecmp((const char *)line.p + CODE, "STARTTLS", KEYWORD) ==
		   0 &&
	       (line.p[CODE + KEYWORD] == '\r' ||
		   line.p[CODE + KEYWORD] == '\n' ||
		   line.p[CODE + KEYWORD] == ' ');
}

/* The lines of a reply without the keyword's.  RFC 5321 4.2.1: the last one
 * has a blank behind the code. */
enum tamper_result
strip_starttls(const struct piece *p, struct out *o)
{
	struct bytes rest = p->octets, line;
	size_t last = 0;
	int found = 0;

	while (rest.n > 0) {
		line = take_some(&rest, (size_t)piece_line(rest));
		if (is_keyword(line)) {
			found = 1;
			continue;
		}
		last = o->n;
		put_bytes(o, line);
	}
	if (!found || o->n > o->len || o->n == 0)
		return TAMPER_KEEP;
	o->p[last + CODE - 1] = ' ';
	return TAMPER_CHANGED;
}

/* A firewall of a known make keeps the length: "250-XXXXXXXA". */
enum tamper_result
mask_starttls(const struct piece *p, struct out *o)
{
	struct bytes rest = p->octets, line;
	int found = 0;

	while (rest.n > 0) {
		line = take_some(&rest, (size_t)piece_line(rest));
		if (!is_keyword(line)) {
			put_bytes(o, line);
			continue;
		}
		found = 1;
		put(o, line.p, CODE);
		put(o, (const uint8_t *)"XXXXXXXA", KEYWORD);
		put(o, line.p + CODE + KEYWORD, line.n - CODE - KEYWORD);
	}
	return found ? TAMPER_CHANGED : TAMPER_KEEP;
}

enum tamper_result
replace_by_noop(const struct piece *p, struct out *o)
{
	(void)p;
	put(o, (const uint8_t *)"NOOP\r\n", 6);
	return TAMPER_CHANGED;
}

enum tamper_result
replace_by_454(const struct piece *p, struct out *o)
{
	static const char reply[] =
	    "454 4.7.0 TLS not available due to temporary reason\r\n";

	if (p->octets.n < CODE || memcmp(p->octets.p, "220", 3) != 0)
		return TAMPER_KEEP;
	put(o, (const uint8_t *)reply, sizeof reply - 1);
	return TAMPER_CHANGED;
}
