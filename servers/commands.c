/* commands.c - what the server does with each command.
 *
 * RFC 5321 4.1.1 and RFC 3207 4 as a table: a check that may refuse, and what
 * is done otherwise.
 */

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "smtp_server.h"

/* More than a reply line can have: RFC 5321 4.5.3.1.5. */
#define X100                                                                   \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define LONG_TEXT X100 X100 X100 X100 X100

int
server_refuse(struct server *s, int code, const char *why)
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

/* RFC 5321 4.1.1: RSET and QUIT have no parameters */
static int
check_no_words(struct server *s, const char *args)
{
	return *args != '\0' && s->options->conduct.takes_words == NULL
		   ? server_refuse(s, 501, "no parameters here")
		   : 0;
}

static int
check_ehlo(struct server *s, const char *args)
{
	return *args == '\0' && s->options->conduct.takes_words == NULL
		   ? server_refuse(s, 501, "EHLO needs a name")
		   : 0;
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

static const char *
starttls_line(const struct server *s)
{
	const struct server_conduct *d = &s->options->conduct;

	if (!offers_starttls(s))
		return "";
	if (d->keyword_parameter != NULL)
		return "250-STARTTLS now\r\n";
	return d->lower_case != NULL ? "250-StartTls\r\n" : "250-STARTTLS\r\n";
}

/* RFC 5321 4.1.1.1: a line for what is offered; the last one is HELP. */
static void
say_ehlo(struct server *s)
{
	const struct server_conduct *d = &s->options->conduct;
	int auth =
	    d->auth != NULL && (s->tls != NULL || d->auth_in_clear != NULL);
	char size[40] = "";

	if (d->size_before_tls_only == NULL || s->tls == NULL)
		snprintf(size, sizeof size, "250-SIZE %d\r\n", SERVER_SIZE);
	smtp_printf(&s->smtp, "250-%s\r\n%s%s%s%s%s%s%s HELP\r\n",
	    d->names_nobody != NULL ? " " : "mx.example",
	    d->no_pipelining == NULL ? "250-PIPELINING\r\n" : "",
	    d->lower_case != NULL ? "250-8bitmime\r\n" : "250-8BITMIME\r\n",
	    size, d->enhanced != NULL ? "250-ENHANCEDSTATUSCODES\r\n" : "",
	    auth ? "250-AUTH PLAIN\r\n" : "", starttls_line(s),
	    d->mixed_codes != NULL ? "251" : "250");
	server_note_code(s, 250);
}

static void
proceed_ehlo(struct server *s, const char *args)
{
	(void)args;
	if (s->options->conduct.keeps_transaction == NULL)
		server_reset(s);
	s->greeted = 1;
	say_ehlo(s);
}

static void
proceed_helo(struct server *s, const char *args)
{
	(void)args;
	server_reset(s);
	s->greeted = 1;
	if (s->options->conduct.helo_extended != NULL)
		say_ehlo(s);
	else
		server_reply(s, 250, "mx.example");
}

/* ---- STARTTLS: RFC 3207 4 ---- */

static int
check_starttls(struct server *s, const char *args)
{
	const struct server_conduct *d = &s->options->conduct;

	if (s->options->starttls == STARTTLS_ABSENT &&
	    d->starttls_unlisted == NULL)
		return server_refuse(s, 502, "STARTTLS is not offered here");
	if (s->tls != NULL && d->accepts_starttls_inside == NULL)
		return server_refuse(s, 503, "TLS is already there");
	if (*args != '\0' && d->accepts_parameter == NULL)
		return server_refuse(s, 501, "STARTTLS takes no parameters");
	if (!s->greeted)
		return server_refuse(s, 503, "EHLO first");
	if (s->options->starttls == STARTTLS_454)
		return server_refuse(
		    s, 454, "TLS is not available for the moment");
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
	if (server_answer(s, "STARTTLS") != 0) {
		server_reply(s, 220, "go ahead, but not to TLS");
		return;
	}
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

/* ---- AUTH: RFC 4954 4, of which only PLAIN and who may use it when ---- */

static int
check_auth(struct server *s, const char *args)
{
	const struct server_conduct *d = &s->options->conduct;

	if (d->auth == NULL)
		return server_refuse(s, 500, "there is no such command");
	if (!s->greeted)
		return server_refuse(s, 503, "EHLO first");
	if (d->auth_at_any_time == NULL && (s->mail || s->authenticated))
		return server_refuse(s, 503, "not now");
	if (strncasecmp(args, "PLAIN ", 6) != 0)
		return server_refuse(s, 504, "PLAIN and its response");
	if (s->tls == NULL && d->auth_in_clear == NULL)
		return server_refuse(s, 538, "not without TLS");
	return 0;
}

static void
proceed_auth(struct server *s, const char *args)
{
	(void)args;
	s->authenticated = 1;
	server_reply(s, 235, "welcome");
}

/* ---- the rest ---- */

static void
proceed_rset(struct server *s, const char *args)
{
	(void)args;
	if (s->options->conduct.keeps_transaction == NULL)
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
	server_reply(s, 214, "RFC 5321, RFC 3207%s",
	    s->options->conduct.long_reply != NULL ? LONG_TEXT : "");
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
	{ "AUTH",     "mail",     check_auth,     proceed_auth },
	{ "MAIL",     "mail",     check_mail,     proceed_mail },
	{ "RCPT",     "mail",     check_rcpt,     proceed_rcpt },
	{ "DATA",     "mail",     check_data,     proceed_data },
	{ "RSET",     "mail",     check_no_words, proceed_rset },
	{ "NOOP",     "mail",     check_nothing,  proceed_noop },
	{ "VRFY",     "mail",     check_nothing,  proceed_vrfy },
	{ "HELP",     "mail",     check_nothing,  proceed_help },
	{ "QUIT",     "quit",     check_no_words, proceed_quit },
	{ NULL,       NULL,       NULL,           NULL },
};
/* clang-format on */
