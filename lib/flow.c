/* flow.c - writes a flow into a fixed buffer (flow.h). */

#include "flow.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const layers[] = {
    [FLOW_SMTP] = "smtp", [FLOW_TLS] = "tls", [FLOW_INSIDE] = "inside"};

enum { LINE = 32, FACT = 1000 }; /* octets a line, characters a fact */

void
flow_init(struct flow *f, char *text, size_t len)
{
	memset(f, 0, sizeof *f);
	f->text = text;
	f->len = len;
}

/* All of s or nothing: a reader must never meet half a line.  Turns leave
 * room, so that a peer that floods us cannot drown the facts. */
static void
put_within(struct flow *f, const char *s, size_t n, size_t limit)
{
	if (n > limit || f->n > limit - n) {
		f->lost += n;
		return;
	}
	memcpy(f->text + f->n, s, n);
	f->n += n;
}

static void
put(struct flow *f, const char *s, size_t n)
{
	if (f->lost == 0)
		put_within(f, s, n, f->len - f->len / 4);
	else
		f->lost += n;
}

void
flow_meta(struct flow *f, const char *name, const char *value)
{
	char line[256];
	int n = snprintf(line, sizeof line, "%s: %s\n", name, value);

	if (n > 0 && (size_t)n < sizeof line)
		put(f, line, (size_t)n);
}

static char *
put_hex(char *p, uint8_t c)
{
	static const char digits[] = "0123456789abcdef";

	*p++ = digits[c >> 4];
	*p++ = digits[c & 15];
	return p;
}

static void
list_hex(struct flow *f, struct bytes b)
{
	char line[2 + 2 * LINE + 1];
	size_t i, k;

	for (i = 0; i < b.n; i += LINE) {
		char *p = line;

		*p++ = ' ', *p++ = ' ';
		for (k = i; k < b.n && k < i + LINE; k++)
			p = put_hex(p, b.p[k]);
		*p++ = '\n';
		put(f, line, (size_t)(p - line));
	}
}

/* One octet as a C string literal has it. */
static char *
put_char(char *p, uint8_t c)
{
	switch (c) {
	case '\r': *p++ = '\\', *p++ = 'r'; return p;
	case '\n': *p++ = '\\', *p++ = 'n'; return p;
	case '"':
	case '\\': *p++ = '\\', *p++ = (char)c; return p;
	default: break;
	}
	if (c >= ' ' && c < 0x7f) {
		*p++ = (char)c;
		return p;
	}
	*p++ = '\\', *p++ = 'x';
	return put_hex(p, c);
}

/* A string a line; a line ends after LF or after 4 * LINE octets. */
static void
list_text(struct flow *f, struct bytes b)
{
	char line[3 + 16 * LINE + 2];
	size_t i = 0, k;

	while (i < b.n) {
		char *p = line;

		*p++ = ' ', *p++ = ' ', *p++ = '"';
		for (k = i; k < b.n && k < i + 4 * LINE;)
			if (p = put_char(p, b.p[k]), b.p[k++] == '\n')
				break;
		*p++ = '"', *p++ = '\n';
		put(f, line, (size_t)(p - line));
		i = k;
	}
}

static void
list(struct flow *f, enum flow_layer layer, struct bytes b)
{
	size_t shown = b.n;
	char line[40];
	int n;

	if (f->listed != 0 && layer != FLOW_SMTP && shown > f->listed)
		shown = f->listed;
	if (layer == FLOW_TLS)
		list_hex(f, (struct bytes){b.p, shown});
	else
		list_text(f, (struct bytes){b.p, shown});
	if (shown < b.n) {
		n = snprintf(line, sizeof line, "  ... %zu\n", b.n - shown);
		put(f, line, (size_t)n);
	}
}

static void
head(struct flow *f, char sender, enum flow_layer layer)
{
	char line[16];
	int n = snprintf(line, sizeof line, "%c> %s\n", sender, layers[layer]);

	put(f, line, (size_t)n);
}

void
flow_write(struct flow *f, char sender, enum flow_layer layer, struct bytes b)
{
	head(f, sender, layer);
	list(f, layer, b);
	f->last = 0;
}

void
flow_read(struct flow *f, char sender, enum flow_layer layer, struct bytes b)
{
	int turn = (int)layer << 8 | sender;

	if (f->last != turn)
		head(f, sender, layer);
	list(f, layer, b);
	f->last = turn;
}

void
flow_list(struct flow *f, size_t n)
{
	f->listed = n;
}

void
flow_fact(struct flow *f, const char *name, const char *format, ...)
{
	char value[FACT + 1], line[FACT * 4 + 100], *p;
	va_list ap;
	size_t i;
	int n;

	va_start(ap, format);
	if (vsnprintf(value, sizeof value, format, ap) < 0)
		value[0] = '\0';
	va_end(ap);
	n = snprintf(line, 80, "= %s ", name);
	if (n < 0 || n >= 80)
		return;
	/* As in a string, but a quote needs no escape here. */
	for (p = line + n, i = 0; value[i] != '\0'; i++)
		if (value[i] == '"')
			*p++ = '"';
		else
			p = put_char(p, (uint8_t)value[i]);
	*p++ = '\n';
	put_within(f, line, (size_t)(p - line), f->len);
	f->last = 0;
}
