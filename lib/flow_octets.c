/* flow_octets.c - octets in the two ways a flow writes them, hex and strings,
 * and a meta by its name (flow_read.h). */

#include <string.h>

#include "flow_read.h"

static int
digit(uint8_t c)
{
	static const char digits[] = "0123456789abcdef";
	const char *p = c != '\0' ? strchr(digits, c | 0x20) : NULL;

	/* 0x20 makes small letters, and of some controls digits. */
	return p != NULL && c >= '0' ? (int)(p - digits) : -1;
}

long
flow_hex(struct bytes text, uint8_t *out, size_t len)
{
	size_t i, n = 0;
	int high, low;

	for (i = 0; i < text.n; i += 2, n++) {
		while (i < text.n && (text.p[i] == ' ' || text.p[i] == '\t'))
			i++;
		if (i == text.n)
			break;
		if (i + 1 == text.n || n == len ||
		    (high = digit(text.p[i])) == -1 ||
		    (low = digit(text.p[i + 1])) == -1)
			return -1;
		out[n] = (uint8_t)(high << 4 | low);
	}
	return (long)n;
}

int
flow_unescape(uint8_t *p, size_t len, int quoted, size_t *n, struct bytes *rest)
{
	size_t i, k = 0;

	for (i = 0; i < len && !(quoted && p[i] == '"'); i++) {
		if (p[i] != '\\') {
			p[k++] = p[i];
			continue;
		}
		if (++i == len)
			return -1;
		switch (p[i]) {
		case 'r': p[k++] = '\r'; break;
		case 'n': p[k++] = '\n'; break;
		case '"':
		case '\\': p[k++] = p[i]; break;
		case 'x':
			if (len - i < 3 ||
			    flow_hex((struct bytes){p + i + 1, 2}, p + k, 1) !=
				1)
				return -1;
			i += 2, k++;
			break;
		default: return -1;
		}
	}
	*n = k;
	*rest = (struct bytes){p + i, len - i};
	return 0;
}

const struct bytes *
flow_find(const struct flow_text *f, const char *name)
{
	size_t i;

	for (i = 0; i < f->n_metas; i++)
		if (strcmp(f->metas[i].name, name) == 0)
			return &f->metas[i].value;
	return NULL;
}
