/* smtp.c - SMTP lines and replies (smtp.h). */

#include "smtp.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void
smtp_init(struct smtp *s, struct wire *w)
{
	s->wire = w;
	s->tls = NULL;
	s->start = s->end = 0;
	s->by_octet = 0;
}

struct bytes
smtp_pending(const struct smtp *s)
{
	return (struct bytes){
	    (const uint8_t *)s->buf + s->start, s->end - s->start};
}

void
smtp_switch(struct smtp *s, struct tls *tls)
{
	s->tls = tls;
	s->start = s->end = 0;
}

/* Notes what TLS carried; in clear the wire has done so. */
static void
note(struct smtp *s, int ours, const void *p, size_t n)
{
	struct wire *w = s->wire;
	char sender = ours == (w->side == 'C') ? 'C' : 'S';

	if (s->tls == NULL || w->flow == NULL)
		return;
	if (ours)
		flow_write(w->flow, sender, FLOW_INSIDE, (struct bytes){p, n});
	else
		flow_read(w->flow, sender, FLOW_INSIDE, (struct bytes){p, n});
}

/* Receives some more: 0, or -1. */
static int
fill(struct smtp *s)
{
	size_t room;
	char *p;
	ssize_t n;

	if (s->start > 0) {
		memmove(s->buf, s->buf + s->start, s->end - s->start);
		s->end -= s->start;
		s->start = 0;
	}
	p = s->buf + s->end;
	room = sizeof s->buf - s->end;
	n = s->tls != NULL ? tls_backend.read(s->tls, p, room)
			   : wire_read(s->wire, p, s->by_octet ? 1 : room);
	if (n <= 0)
		return -1;
	note(s, 0, p, (size_t)n);
	s->end += (size_t)n;
	return 0;
}

int
smtp_await(struct smtp *s)
{
	return s->end > s->start ? 0 : fill(s);
}

/* The line's length with CRLF if it is all there, or 0. */
static size_t
line_length(const struct smtp *s, size_t from)
{
	const char *p = s->buf + s->start;
	size_t n = s->end - s->start, i;

	for (i = from; i + 1 < n; i++)
		if (p[i] == '\r' && p[i + 1] == '\n')
			return i + 2;
	return 0;
}

enum smtp_result
smtp_line(struct smtp *s, size_t max, struct bytes *line)
{
	int too_long = 0;
	size_t n, seen = 0;

	while ((n = line_length(s, seen)) == 0) {
		size_t have = s->end - s->start;

		if (have > max) { /* keep a CR that may be half of the end */
			s->start = s->end - 1;
			too_long = 1;
			have = 1;
		}
		seen = have > 0 ? have - 1 : 0;
		if (fill(s) == -1)
			return SMTP_END;
	}
	*line = (struct bytes){(const uint8_t *)s->buf + s->start, n - 2};
	s->start += n;
	return too_long || n > max ? SMTP_LONG : SMTP_OK;
}

/* "250-SIZE 1000" gives " SIZE=1000". */
static void
add_keyword(struct reply *r, struct bytes line)
{
	size_t n = strlen(r->keywords), i;

	if (line.n <= 4 || n + line.n >= sizeof r->keywords)
		return;
	if (n > 0)
		r->keywords[n++] = ' ';
	for (i = 4; i < line.n; i++) {
		int c = line.p[i];

		r->keywords[n++] = (char)(c == ' '     ? '='
					  : isgraph(c) ? c
						       : '?');
	}
	r->keywords[n] = '\0';
}

static int
reply_code(struct bytes line)
{
	if (line.n < 3 || line.p[0] < '2' || line.p[0] > '5' ||
	    !isdigit(line.p[1]) || !isdigit(line.p[2]) ||
	    (line.n > 3 && line.p[3] != ' ' && line.p[3] != '-'))
		return -1;
	return (line.p[0] - '0') * 100 + (line.p[1] - '0') * 10 +
	       (line.p[2] - '0');
}

enum smtp_result
smtp_reply(struct smtp *s, struct reply *r)
{
	struct bytes line;
	enum smtp_result result;
	int code, lines;

	memset(r, 0, sizeof *r);
	for (lines = 0; lines < SMTP_REPLY; lines++) {
		if ((result = smtp_line(s, SMTP_LINE, &line)) != SMTP_OK)
			return result;
		code = reply_code(line);
		if (code == -1 || (lines > 0 && code != r->code))
			return SMTP_BAD;
		r->code = code;
		if (lines > 0)
			add_keyword(r, line);
		if (line.n == 3 || line.p[3] == ' ')
			return SMTP_OK;
	}
	return SMTP_BAD;
}

int
smtp_offers(const char *keywords, const char *keyword)
{
	size_t n = strlen(keyword);
	const char *p = keywords;

	while (p != NULL && *p != '\0') {
		if (strncasecmp(p, keyword, n) == 0 &&
		    (p[n] == '\0' || p[n] == ' ' || p[n] == '='))
			return 1;
		if ((p = strchr(p, ' ')) != NULL)
			p++;
	}
	return 0;
}

int
smtp_write(struct smtp *s, const void *p, size_t n)
{
	if (s->tls == NULL)
		return wire_write(s->wire, p, n) == -1 ? -1 : 0;
	note(s, 1, p, n);
	return tls_backend.write(s->tls, p, n) == (ssize_t)n ? 0 : -1;
}

int
smtp_printf(struct smtp *s, const char *format, ...)
{
	char text[4096];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof text)
		return -1;
	return smtp_write(s, text, (size_t)n);
}
