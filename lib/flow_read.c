/* flow_read.c - reads a .flow text (flow_read.h). */

#include "flow_read.h"

#include <string.h>

enum { NO_TURN, NEW_TURN, TURN };

static int
wrong(struct flow_text *f, const char *error)
{
	f->error = error;
	return -1;
}

/* name, what ends it, and a value behind a blank. */
static int
add_entry(
    struct flow_text *f, struct flow_entry *e, char *line, size_t n, char end)
{
	char *p = memchr(line, end, n);

	if (p == NULL || p == line)
		return wrong(f, "no name");
	*p++ = '\0';
	if (end == ':' && (p == line + n || *p++ != ' '))
		return wrong(f, "no blank behind the colon");
	e->name = line;
	e->value = (struct bytes){(uint8_t *)p, (size_t)(line + n - p)};
	e->line = f->line;
	return 0;
}

static int
read_meta(struct flow_text *f, char *line, size_t n)
{
	struct flow_entry *e = &f->metas[f->n_metas];

	if (f->n_turns != 0 || f->n_facts != 0)
		return wrong(f, "a meta line behind the first turn");
	if (f->n_metas == FLOW_METAS)
		return wrong(f, "too many meta lines");
	if (add_entry(f, e, line, n, ':') == -1)
		return -1;
	if (flow_find(f, e->name) != NULL)
		return wrong(f, "a meta line twice");
	f->n_metas++;
	return 0;
}

static int
read_fact(struct flow_text *f, char *line, size_t n)
{
	struct flow_entry *e = &f->facts[f->n_facts];
	struct bytes rest;
	size_t k;

	if (f->n_facts == FLOW_FACTS)
		return wrong(f, "too many facts");
	if (n < 2 || line[1] != ' ')
		return wrong(f, "no blank behind the equals sign");
	if (add_entry(f, e, line + 2, n - 2, ' ') == -1)
		return -1;
	k = (size_t)(line + n - (const char *)e->value.p);
	if (flow_unescape((uint8_t *)line + n - k, k, 0, &e->value.n, &rest) ==
	    -1)
		return wrong(f, "a wrong escape");
	f->n_facts++;
	f->open = NO_TURN;
	return 0;
}

static int
read_head(struct flow_text *f, const char *line, size_t n)
{
	static const char *const layers[] = {
	    [FLOW_SMTP] = "smtp", [FLOW_TLS] = "tls", [FLOW_INSIDE] = "inside"};
	struct flow_turn *t = &f->turns[f->n_turns];
	size_t i;

	if (f->n_turns == FLOW_TURNS)
		return wrong(f, "too many turns");
	for (i = 0; i < 3; i++)
		if (n == 3 + strlen(layers[i]) && line[2] == ' ' &&
		    memcmp(line + 3, layers[i], n - 3) == 0) {
			*t = (struct flow_turn){.sender = line[0],
			    .layer = (enum flow_layer)i,
			    .line = f->line};
			f->n_turns++;
			f->open = NEW_TURN;
			return 0;
		}
	return wrong(f, "no such layer");
}

/* "... COUNT" */
static int
read_more(struct flow_text *f, struct flow_turn *t, const char *p, size_t n)
{
	size_t i;

	if (n < 5 || n > 4 + 15 || memcmp(p, "... ", 4) != 0)
		return wrong(f, "no count");
	for (i = 4; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return wrong(f, "no count");
		t->more = t->more * 10 + (uint64_t)(p[i] - '0');
	}
	return 0;
}

/* Decoded octets are never longer than their text, so a turn's follow each
 * other from where its first line began. */
static int
read_octets(struct flow_text *f, uint8_t *p, size_t n)
{
	struct flow_turn *t = &f->turns[f->n_turns - 1];
	struct bytes rest;
	uint8_t *note;
	size_t k;
	long r;

	if (p[0] == '"') {
		if (flow_unescape(p + 1, n - 1, 1, &k, &rest) == -1)
			return wrong(f, "a wrong escape");
		if (rest.n != 1)
			return wrong(f, "a string does not end with its line");
		p++;
	} else {
		note = memchr(p, '#', n);
		r = flow_hex(
		    (struct bytes){p, note != NULL ? (size_t)(note - p) : n}, p,
		    n);
		if (r < 0)
			return wrong(f, "neither octets in hex nor a string");
		k = (size_t)r;
	}
	if (t->octets.n == 0)
		t->octets.p = p;
	memmove((uint8_t *)(uintptr_t)t->octets.p + t->octets.n, p, k);
	t->octets.n += k;
	return 0;
}

static int
read_inside(struct flow_text *f, char *line, size_t n)
{
	struct flow_turn *t;

	if (f->open == NO_TURN)
		return wrong(f, "octets outside a turn");
	f->open = TURN;
	t = &f->turns[f->n_turns - 1];
	if (n < 3 || line[1] != ' ')
		return wrong(f, "neither octets in hex nor a string");
	if (line[2] == '.')
		return read_more(f, t, line + 2, n - 2);
	return read_octets(f, (uint8_t *)line + 2, n - 2);
}

static int
read_line(struct flow_text *f, char *line, size_t n)
{
	if (n == 0 || line[0] == '#')
		return 0;
	if (line[0] == ' ')
		return read_inside(f, line, n);
	if (f->open == NEW_TURN)
		return wrong(f, "a turn without octets");
	if (line[0] == '=')
		return read_fact(f, line, n);
	if (n > 2 && (line[0] == 'C' || line[0] == 'S') && line[1] == '>')
		return read_head(f, line, n);
	return read_meta(f, line, n);
}

int
flow_parse(struct flow_text *f, char *text, size_t n)
{
	char *end;
	size_t k;

	f->n_metas = f->n_facts = f->n_turns = 0;
	f->open = NO_TURN;
	f->error = NULL;
	f->line = 0;
	if (n > FLOW_TEXT)
		return wrong(f, "a text of more than 4 MiB");
	for (; n > 0; text += k, n -= k) {
		end = memchr(text, '\n', n);
		f->line++;
		if (end == NULL)
			return wrong(f, "the last line does not end");
		k = (size_t)(end - text) + 1;
		if (read_line(f, text, k - 1) == -1)
			return -1;
	}
	return f->open == NEW_TURN ? wrong(f, "a turn without octets") : 0;
}
