/* commands.c - what the server does with each command.
 *
 * RFC 5321 4.1.1 and RFC 3207 4 as a table: a check that may refuse, and what
 * is done otherwise.
 */

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "smtp_server.h"

static int
refuse(struct server *s, int code, const char *why)
{
	server_reply(s, code, "%s", why);
	return -1;
}

static int
check_nothing(struct server *s, const char *args)
{
	(void)s, (void)args;
	return 0;
}

/* ---- EHLO, HELO ---- */

static int
check_ehlo(struct server *s, const char *args)
{
	return *args == '\0' ? refuse(s, 501, "EHLO needs a name") : 0;
}

static int
offers_starttls(const struct server *s)
{
	if (s->options->starttls == STARTTLS_ABSENT)
		return 0;
	/* RFC 3207 4.2: not again inside TLS */
	return s->tls == NULL ||
	       s->options->conduct.offers_starttls_inside != NULL;
}

static void
proceed_ehlo(struct server *s, const char *args)
{
	int size =
	    s->options->conduct.size_before_tls_only == NULL || s->tls == NULL;
	char line[40] = "";

	(void)args;
	if (s->options->conduct.keeps_transaction == NULL)
		server_reset(s);
	s->greeted = 1;
	if (size)
		snprintf(line, sizeof line, "250-SIZE %d\r\n", SERVER_SIZE);
	smtp_printf(&s->smtp,
	    "250-mx.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n%s%s"
	    "250 HELP\r\n",
	    line, offers_starttls(s) ? "250-STARTTLS\r\n" : "");
	server_note_code(s, 250);
}

static void
proceed_helo(struct server *s, const char *args)
{
	(void)args;
	server_reset(s);
	s->greeted = 1;
	server_reply(s, 250, "mx.example");
}

/* ---- STARTTLS: RFC 3207 4 ---- */

static int
check_starttls(struct server *s, const char *args)
{
	const struct server_conduct *d = &s->options->conduct;

	if (s->options->starttls == STARTTLS_ABSENT)
		return refuse(s, 502, "STARTTLS is not offered here");
	if (s->tls != NULL && d->accepts_starttls_inside == NULL)
		return refuse(s, 503, "TLS is already there");
	if (*args != '\0' && d->accepts_parameter == NULL)
		return refuse(s, 501, "STARTTLS takes no parameters");
	if (!s->greeted)
		return refuse(s, 503, "EHLO first");
	if (s->options->starttls == STARTTLS_454)
		return refuse(s, 454, "TLS is not available for the moment");
	return 0;
}

/* RFC 5246 7.4.1.1: a record of four octets, hello_request without a body. */
static const struct bytes hello_request = {
    (const uint8_t *)"\x16\x03\x01\0\4\0\0\0\0", 9};

static void
proceed_starttls(struct server *s, const char *args)
{
	static const struct bytes reply = {
	    (const uint8_t *)"220 Ready to start TLS\r\n", 24};
	const struct server_conduct *d = &s->options->conduct;

	(void)args;
	if (d->late_220 != NULL && smtp_await(&s->smtp) == -1) {
		server_give_up(s, NULL);
		return;
	}
	if (d->request_behind_220 != NULL) {
		wire_write_ahead(&s->wire, reply);
		wire_write(&s->wire, hello_request.p, hello_request.n);
	} else {
		smtp_printf(&s->smtp, "%s%s%s",
		    d->before_220 != NULL ? d->before_220 : "",
		    (const char *)reply.p,
		    d->behind_220 != NULL ? d->behind_220 : "");
	}
	server_note_code(s, 220);
	s->starting_tls = d->never_tls == NULL;
}

/* ---- MAIL, RCPT, DATA ---- */

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

static int
check_mail(struct server *s, const char *args)
{
	const char *rest = after_path(args, "FROM:"), *size;

	if (!s->greeted)
		return refuse(s, 503, "EHLO first");
	if (s->mail)
		return refuse(s, 503, "a transaction is open");
	if (rest == NULL)
		return refuse(s, 501, "MAIL FROM:<path>");
	while (*rest == ' ')
		rest++;
	flow_fact(s->wire.flow, "smtp.mail.parameters", "%s",
	    *rest != '\0' ? rest : "-");
	if ((size = strcasestr(rest, "SIZE=")) != NULL &&
	    strtoul(size + 5, NULL, 10) > SERVER_SIZE)
		return refuse(s, 552, "that is too much");
	return 0;
}

static void
proceed_mail(struct server *s, const char *args)
{
	(void)args;
	s->mail = 1;
	server_reply(s, 250, "OK");
}

static int
check_rcpt(struct server *s, const char *args)
{
	if (!s->mail)
		return refuse(s, 503, "MAIL first");
	if (after_path(args, "TO:") == NULL)
		return refuse(s, 501, "RCPT TO:<path>");
	return s->recipients == 100 ? refuse(s, 452, "enough recipients") : 0;
}

static void
proceed_rcpt(struct server *s, const char *args)
{
	(void)args;
	s->recipients++;
	server_reply(s, 250, "OK");
}

static int
check_data(struct server *s, const char *args)
{
	if (*args != '\0')
		return refuse(s, 501, "DATA takes no parameters");
	if (!s->mail)
		return refuse(s, 503, "MAIL first");
	return s->recipients == 0 ? refuse(s, 503, "RCPT first") : 0;
}

struct body {
	size_t octets;
	uint64_t digest;
	int too_long;
};

/* One line of the message without its CRLF. */
static void
add_line(struct body *b, struct bytes line)
{
	static const struct bytes crlf = {(const uint8_t *)"\r\n", 2};

	if (line.n > 0 && line.p[0] == '.') /* RFC 5321 4.5.2 */
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

static void
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
		b.too_long |= r == SMTP_LONG || line.n + 2 > SMTP_TEXT;
		add_line(&b, line);
	}
	server_reset(s);
	if (b.too_long || b.octets > SERVER_SIZE) {
		server_reply(s, 552, "a line or the message is too long");
		return;
	}
	take_message(s, &b);
	server_reply(s, 250, "taken");
}

/* ---- the rest ---- */

static void
proceed_rset(struct server *s, const char *args)
{
	(void)args;
	server_reset(s);
	server_reply(s, 250, "OK");
}

static void
proceed_noop(struct server *s, const char *args)
{
	(void)args;
	server_reply(s, 250, "OK");
}

static void
proceed_vrfy(struct server *s, const char *args)
{
	(void)args;
	server_reply(s, 252, "send it and see");
}

static void
proceed_help(struct server *s, const char *args)
{
	(void)args;
	server_reply(s, 214, "RFC 5321, RFC 3207");
}

static void
proceed_quit(struct server *s, const char *args)
{
	(void)args;
	server_reply(s, 221, "bye");
	s->done = 1;
}

/* clang-format off */
const struct command commands[] = {
	{ "EHLO",     "ehlo",     check_ehlo,     proceed_ehlo },
	{ "HELO",     "ehlo",     check_ehlo,     proceed_helo },
	{ "STARTTLS", "starttls", check_starttls, proceed_starttls },
	{ "MAIL",     "mail",     check_mail,     proceed_mail },
	{ "RCPT",     "mail",     check_rcpt,     proceed_rcpt },
	{ "DATA",     "mail",     check_data,     proceed_data },
	{ "RSET",     "mail",     check_nothing,  proceed_rset },
	{ "NOOP",     "mail",     check_nothing,  proceed_noop },
	{ "VRFY",     "mail",     check_nothing,  proceed_vrfy },
	{ "HELP",     "mail",     check_nothing,  proceed_help },
	{ "QUIT",     "quit",     check_nothing,  proceed_quit },
	{ NULL,       NULL,       NULL,           NULL },
};
/* clang-format on */
