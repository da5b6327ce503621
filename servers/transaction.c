/* transaction.c - MAIL, RCPT and DATA, and the message (RFC 5321 3.3). */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "smtp_server.h"

/* "<path>" and then parameters: the parameters, or NULL if it is no path. */
static const char *
after_path(const char *args, const char *keyword)
{
	size_t n = strlen(keyword);
	const char *end;

	if (strncasecmp(args, keyword, n) != 0)
		return NULL;
	args += n;
	if (*args == ' ') /* some clients do; RFC 5321 3.3 says not to */
		args++;
	if (*args != '<' || (end = strchr(args, '>')) == NULL)
		return NULL;
	return end[1] == ' ' || end[1] == '\0' ? end + 1 : NULL;
}

/* RFC 5321 4.1.1.11: only what EHLO offers, SIZE (RFC 1870) and BODY
 * (RFC 6152); RCPT has none. */
static int
knows(const struct server *s, const char *words, int mail)
{
	if (s->options->conduct.takes_words != NULL)
		return 1;
	while (*words != '\0') {
		if (!mail || (strncasecmp(words, "SIZE=", 5) != 0 &&
				 strncasecmp(words, "BODY=", 5) != 0))
			return 0;
		words += strcspn(words, " ");
		words += strspn(words, " ");
	}
	return 1;
}

/* Faults that are about a path. */
static int
dislikes(const struct server *s, const char *args)
{
	const struct server_conduct *d = &s->options->conduct;

	return (d->refuses_null_path != NULL && strstr(args, "<>") != NULL) ||
	       (d->refuses_postmaster != NULL &&
		   strcasestr(args, "<postmaster>") != NULL) ||
	       (d->refuses_long != NULL && strlen(args) > 100);
}

int
check_mail(struct server *s, const char *args)
{
	const char *rest = after_path(args, "FROM:"), *size;

	if (!s->greeted)
		return server_refuse(s, 503, "EHLO first");
	if (s->mail && s->options->conduct.any_order == NULL)
		return server_refuse(s, 503, "a transaction is open");
	if (rest == NULL)
		return server_refuse(s, 501, "MAIL FROM:<path>");
	if (dislikes(s, args))
		return server_refuse(s, 550, "not that path");
	rest += strspn(rest, " ");
	flow_fact(s->wire.flow, "smtp.mail.parameters", "%s",
	    *rest != '\0' ? rest : "-");
	if (!knows(s, rest, 1))
		return server_refuse(s, 555, "there is no such parameter");
	if ((size = strcasestr(rest, "SIZE=")) != NULL &&
	    strtoull(size + 5, NULL, 10) > SERVER_SIZE)
		return server_refuse(s, 552, "that is too much");
	return 0;
}

void
proceed_mail(struct server *s, const char *args)
{
	(void)args;
	s->mail = 1;
	server_reply(s, 250, "OK");
}

int
check_rcpt(struct server *s, const char *args)
{
	const char *rest = after_path(args, "TO:");
	int most = s->options->conduct.few_recipients != NULL ? 10 : 100;

	if (!s->mail && s->options->conduct.any_order == NULL)
		return server_refuse(s, 503, "MAIL first");
	if (rest == NULL || (s->options->conduct.refuses_routes != NULL &&
				strstr(args, "<@") != NULL))
		return server_refuse(s, 501, "RCPT TO:<path>");
	if (dislikes(s, args))
		return server_refuse(s, 550, "not that path");
	if (!knows(s, rest + strspn(rest, " "), 0))
		return server_refuse(s, 555, "there is no such parameter");
	return s->recipients == most ? server_refuse(s, 452, "enough of them")
				     : 0;
}

void
proceed_rcpt(struct server *s, const char *args)
{
	(void)args;
	s->recipients++;
	server_reply(s, 250, "OK");
}

int
check_data(struct server *s, const char *args)
{
	if (*args != '\0' && s->options->conduct.takes_words == NULL)
		return server_refuse(s, 501, "DATA takes no parameters");
	if (s->options->conduct.any_order != NULL)
		return 0;
	if (!s->mail)
		return server_refuse(s, 503, "MAIL first");
	return s->recipients == 0 ? server_refuse(s, 503, "RCPT first") : 0;
}

struct body {
	size_t octets;
	uint64_t digest;
	int too_long;
};

/* One line of the message without its CRLF. */
static void
add_line(struct body *b, struct bytes line, int stuffed)
{
	static const struct bytes crlf = {(const uint8_t *)"\r\n", 2};

	if (stuffed && line.n > 0 && line.p[0] == '.') /* RFC 5321 4.5.2 */
		line = (struct bytes){line.p + 1, line.n - 1};
	b->octets += line.n + 2;
	b->digest = fnv_add(fnv_add(b->digest, line), crlf);
}

static void
take_message(struct server *s, const struct body *b)
{
	uint64_t wrong = s->options->conduct.corrupts_message != NULL;

	s->messages++;
	flow_fact(s->wire.flow, "mail.octets", "%zu", b->octets);
	flow_fact(
	    s->wire.flow, "mail.digest", "%016" PRIx64, b->digest ^ wrong);
}

/* The message is complete: it is taken or refused as a whole. */
static void
end_message(struct server *s, const struct body *b)
{
	int small = s->options->conduct.small != NULL,
	    none = s->recipients == 0;

	if (s->options->conduct.keeps_envelope == NULL)
		server_reset(s);
	s->verb = ".";
	if (b->too_long || b->octets > (small ? 4096 : SERVER_SIZE)) {
		server_reply(s, 552, "a line or the message is too long");
		return;
	}
	if (none) {
		server_reply(s, 554, "no valid recipients");
		return;
	}
	if (server_answer(s, ".") >= 400) {
		server_reply(s, 451, "not now");
		return;
	}
	take_message(s, b);
	server_reply(s, 250, "taken");
}

/* The fault of RFC 5321 4.1.1.4: what stands behind a dot between two line
 * feeds is executed. */
static int
ends_at_line_feed(struct server *s, struct body *b, struct bytes line)
{
	static const char end[] = "\n.\n";
	const uint8_t *at;

	if (s->options->conduct.bare_line_feeds == NULL ||
	    (at = memmem(line.p, line.n, end, 3)) == NULL)
		return 0;
	add_line(b, (struct bytes){line.p, (size_t)(at - line.p)}, 1);
	end_message(s, b);
	server_take_line(
	    s, (struct bytes){at + 3, line.n - (size_t)(at + 3 - line.p)});
	return 1;
}

/* Longer than a text line can be, without the dot that is not part of it. */
static int
is_long(const struct server *s, struct bytes line)
{
	size_t most =
	    s->options->conduct.refuses_long != NULL ? 500 : SMTP_TEXT;

	if (line.n > 0 && line.p[0] == '.')
		line.n--;
	return line.n + 2 > most;
}

void
proceed_data(struct server *s, const char *args)
{
	struct body b = {.digest = FNV_START};
	enum smtp_result r;
	struct bytes line;

	(void)args;
	server_reply(s, 354, "go ahead");
	for (;;) {
		r = smtp_line(&s->smtp, 8192, &line);
		if (r == SMTP_END) {
			if (s->options->conduct.takes_cut_mail != NULL)
				take_message(s, &b);
			server_give_up(s, NULL);
			return;
		}
		if (r == SMTP_OK && line.n == 1 && line.p[0] == '.')
			break;
		if (ends_at_line_feed(s, &b, line))
			return;
		b.too_long |= r == SMTP_LONG || is_long(s, line);
		add_line(&b, line, s->options->conduct.keeps_dots == NULL);
	}
	end_message(s, &b);
}
