/* smtp_server.c - the dialogue: a line, its command, one reply; and the switch
 * to TLS between two of them.
 */

#include "smtp_server.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "facts.h"
#include "lies.h"

enum { ERRORS = 20 }; /* refused commands before the server hangs up: ours */

static void
append(char *list, size_t len, const char *word)
{
	size_t n = strlen(list);

	if (n + strlen(word) + 2 <= len)
		snprintf(list + n, len - n, "%s%s", n > 0 ? " " : "", word);
}

static int
inside(const struct server *s)
{
	return s->tls != NULL;
}

void
server_note_code(struct server *s, int code)
{
	char word[12];

	snprintf(word, sizeof word, "%d", code);
	append(s->codes[inside(s)], sizeof s->codes[0], word);
	if (code >= 500)
		s->errors++;
}

/* RFC 2034 4: all replies but the greeting's and EHLO's; RFC 3207 4 */
static const char *
enhanced(const struct server *s, int code)
{
	const struct server_conduct *d = &s->options->conduct;

	if (d->enhanced == NULL || code / 100 == 3 ||
	    strcmp(s->verb, "greeting") == 0 || strcmp(s->verb, "HELO") == 0)
		return "";
	if (code == 530)
		return d->enhanced_530 != NULL ? d->enhanced_530 : "5.7.0 ";
	return code / 100 == 2   ? "2.0.0 "
	       : code / 100 == 4 ? "4.0.0 "
				 : "5.0.0 ";
}

void
server_reply(struct server *s, int code, const char *format, ...)
{
	char text[SMTP_LINE * 2];
	int other = server_answer(s, s->verb);
	va_list ap;

	if (other != 0)
		code = other;
	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	if (s->options->conduct.holds_reply != NULL && code >= 500 &&
	    s->held == 0) {
		s->held = code;
		return;
	}
	smtp_printf(&s->smtp, "%d %s%s\r\n", code, enhanced(s, code), text);
	server_note_code(s, code);
	server_misbehave_after(s, code);
}

void
server_give_up(struct server *s, const char *why)
{
	s->trouble = why;
	s->done = 1;
}

void
server_reset(struct server *s)
{
	s->mail = 0;
	s->recipients = 0;
}

/* ---- commands ---- */

/* RFC 3207 4: what a server that requires TLS still answers without it */
static int
needs_tls(const struct server *s, const struct command *c)
{
	static const char *const free[] = {"NOOP", "EHLO", "STARTTLS", "QUIT"};
	const struct server_conduct *d = &s->options->conduct;
	size_t i;

	if (s->options->starttls != STARTTLS_REQUIRE || s->tls != NULL ||
	    d->takes_plain_mail != NULL)
		return 0;
	if (conduct_is(d->requires_tls_for, c->verb))
		return 1;
	for (i = 0; i < sizeof free / sizeof free[0]; i++)
		if (strcmp(c->verb, free[i]) == 0)
			return 0;
	return 1;
}

/* "mail" is "mail" before and inside TLS, "ehlo" is not. */
static const char *
phase_of(const struct server *s, const struct command *c)
{
	return s->tls != NULL && strcmp(c->phase, "ehlo") == 0 ? "ehlo-tls"
							       : c->phase;
}

/* Is this command not to be carried out, whatever it says?  It is answered. */
static int
refused(struct server *s, const struct command *c)
{
	const struct server_conduct *d = &s->options->conduct;
	int quit = strcmp(c->verb, "QUIT") == 0, code;

	if (s->no_service && !quit) /* RFC 5321 3.1 */
		return server_refuse(s, 503, "no service here");
	/* RFC 3207 4.1: not enough for this server */
	if (d->not_satisfied != NULL && s->tls != NULL && !quit &&
	    d->takes_mail_anyway == NULL)
		return server_refuse(s, d->says_550 != NULL ? 550 : 554,
		    "not without a client certificate");
	if (needs_tls(s, c))
		return server_refuse(s, d->says_503 != NULL ? 503 : 530,
		    "Must issue a STARTTLS command first");
	if (!s->greeted && conduct_is(d->needs_ehlo, c->verb))
		return server_refuse(s, 503, "EHLO first");
	code = server_answer(s, c->verb);
	/* DATA is the one command that begins something with a 3yz. */
	if (code >= 400 || (code != 0 && strcmp(c->verb, "DATA") == 0))
		return server_refuse(s, code, "as the stimulus says");
	return 0;
}

static void
execute(struct server *s, const struct command *c, const char *args)
{
	const char *phase = phase_of(s, c);

	wire_phase(&s->wire, phase, s->options->deadline);
	append(s->verbs[inside(s)], sizeof s->verbs[0], c->verb);
	s->verb = c->verb;
	if (server_misbehave(s, phase) || refused(s, c))
		return;
	if (c->check(s, args) == 0) {
		c->proceed(s, args);
		s->stage = phase;
	}
}

/* The arguments: RFC 5321 4.1.1 has blanks at the end of a line tolerated. */
static char *
split(struct server *s, char *text)
{
	char *args = text + strcspn(text, " "), *end = text + strlen(text);

	if (s->options->conduct.strict_blanks == NULL)
		while (end > text && end[-1] == ' ')
			*--end = '\0';
	else if (end > text && end[-1] == ' ')
		return NULL;
	while (*args == ' ')
		*args++ = '\0';
	return args;
}

/* A line is a verb, perhaps a blank and arguments (RFC 5321 4.1.1). */
void
server_take_line(struct server *s, struct bytes line)
{
	char text[SMTP_LINE + 1], *args;
	const struct command *c;

	if (line.n > SMTP_LINE)
		line.n = SMTP_LINE;
	memcpy(text, line.p, line.n);
	text[line.n] = '\0';
	s->verb = "?";
	if (strlen(text) != line.n) {
		server_reply(s, 500, "no NUL in a command");
		return;
	}
	if ((args = split(s, text)) == NULL) {
		server_reply(s, 501, "a blank at the end");
		return;
	}
	for (c = commands; c->verb != NULL; c++)
		if (strcasecmp(c->verb, text) == 0 &&
		    (s->options->conduct.case_sensitive == NULL ||
			strcmp(c->verb, text) == 0)) {
			execute(s, c, args);
			return;
		}
	append(s->verbs[inside(s)], sizeof s->verbs[0], "?");
	server_reply(s, 500, "there is no such command");
}

/* Nothing but CRLF ends a line (RFC 5321 2.3.8); a fault has a line feed do so.
 */
static void
take_lines(struct server *s, struct bytes line)
{
	const uint8_t *end;

	if (s->options->conduct.bare_line_feeds != NULL)
		while ((end = memchr(line.p, '\n', line.n)) != NULL) {
			size_t n = (size_t)(end - line.p);

			server_take_line(s, (struct bytes){line.p, n});
			line = (struct bytes){end + 1, line.n - n - 1};
		}
	server_take_line(s, line);
}

/* ---- the switch ---- */

/* RFC 3207 4.2: what the client said before TLS is forgotten */
static void
forget(struct server *s)
{
	if (s->options->conduct.keeps_ehlo == NULL)
		s->greeted = 0;
	s->authenticated = 0;
	if (s->options->conduct.keeps_transaction == NULL)
		server_reset(s);
}

static void
start_tls(struct server *s)
{
	struct bytes pending = smtp_pending(&s->smtp);
	struct flow *f = s->wire.flow;

	s->starting_tls = 0;
	wire_phase(&s->wire, "handshake", s->options->deadline);
	flow_fact(f, "smtp.pending", "%zu", pending.n);
	/* What came in clear behind STARTTLS is dropped here: RFC 3207 4.2
	 * with RFC 2920 3.1, where STARTTLS ends a group of commands. */
	if (s->options->conduct.executes_pipelined == NULL)
		smtp_switch(&s->smtp, NULL);
	if (s->options->conduct.feeds_pipelined != NULL)
		wire_unread(&s->wire, pending);
	s->wire.layer = FLOW_TLS;
	if (server_misbehave(s, "handshake"))
		return;
	s->wire.crash = conduct_is(s->options->conduct.crash, "handshake");
	if (tls_backend.open(&s->tls, s->options->config, &s->wire, NULL) ==
	    -1) {
		flow_fact(f, "tls.handshake", "unsupported");
		server_give_up(s, NULL);
		return;
	}
	if (tls_backend.handshake(s->tls) == -1) {
		flow_fact(f, "tls.handshake", "failed");
		wire_linger(&s->wire);
		server_give_up(s, NULL);
		return;
	}
	flow_fact(f, "tls.handshake", "ok");
	flow_list(f, (size_t)s->options->listed);
	s->stage = "handshake";
	s->smtp.tls = s->tls;
	forget(s);
	if (s->options->conduct.greets_again != NULL)
		server_reply(s, 220, "mx.example ESMTP once more");
}

/* ---- the dialogue ---- */

static void
take_command(struct server *s)
{
	size_t most = s->options->conduct.refuses_long != NULL ? 80 : SMTP_LINE;
	struct bytes line;

	if (server_guesses_tls(s)) {
		start_tls(s);
		return;
	}
	wire_phase(&s->wire, s->stage, s->options->deadline);
	switch (smtp_line(&s->smtp, most, &line)) {
	case SMTP_OK: take_lines(s, line); break;
	case SMTP_LONG:
		append(s->verbs[inside(s)], sizeof s->verbs[0], "?");
		s->verb = "?";
		server_reply(s, 500, "the line is too long");
		if (s->options->conduct.splits_long_lines != NULL)
			server_reply(s, 500, "the rest is no command");
		break;
	default: server_give_up(s, NULL); return;
	}
	if (s->errors >= ERRORS) {
		server_reply(s, 421, "too many errors");
		server_give_up(s, "too many errors");
	}
	if (s->starting_tls)
		start_tls(s);
}

static void
end_tls(struct server *s)
{
	/* Only a client that said QUIT gets a goodbye. */
	if (s->tls == NULL || strcmp(s->stage, "quit") != 0 ||
	    s->options->conduct.truncates != NULL)
		return;
	wire_phase(&s->wire, "close", s->options->deadline);
	if (tls_backend.shutdown(s->tls) == 0)
		s->stage = "close";
}

static const char *
list_or_none(const char *list)
{
	return list[0] != '\0' ? list : "-";
}

static void
tell(struct server *s)
{
	struct flow *f = s->wire.flow;
	struct tls_info info;

	flow_fact(f, "smtp.commands.plain", "%s", list_or_none(s->verbs[0]));
	flow_fact(f, "smtp.replies.plain", "%s", list_or_none(s->codes[0]));
	flow_fact(f, "smtp.commands.tls", "%s", list_or_none(s->verbs[1]));
	flow_fact(f, "smtp.replies.tls", "%s", list_or_none(s->codes[1]));
	if (s->tls != NULL) {
		tls_backend.info(s->tls, &info);
		lie_of_tls(s->options->conduct.lies, &info);
		facts_tls(f, &info);
		flow_fact(
		    f, "tls.server-name", "%s", list_or_none(info.server_name));
	}
	flow_fact(f, "mail", "%s",
	    s->messages == 0 ? "none"
	    : s->tls != NULL ? "received-tls"
			     : "received-plain");
	flow_fact(f, "mail.count", "%d", s->messages);
	flow_fact(f, "stage", "%s", s->stage);
	facts_wire(f, &s->wire, s->trouble);
	lie_in_facts(s->options->conduct.lies, f);
}

void
server_dialogue(const struct server_options *o, int fd, struct flow *flow)
{
	struct server *s = calloc(1, sizeof *s);

	if (s == NULL)
		return;
	s->options = o;
	s->stage = "greeting";
	wire_init(&s->wire, fd, 'S', flow);
	s->wire.secrets = o->secrets;
	smtp_init(&s->smtp, &s->wire);
	s->smtp.by_octet = o->conduct.reads_by_octet != NULL;
	s->verb = "greeting";
	wire_phase(&s->wire, "greeting", o->deadline);
	if (!server_misbehave(s, "greeting")) {
		s->no_service = server_answer(s, "greeting") >= 500;
		server_reply(s, 220, "%s",
		    o->conduct.names_nobody != NULL ? "-" : "mx.example ESMTP");
	}
	while (!s->done)
		take_command(s);
	end_tls(s);
	tell(s);
	if (s->tls != NULL)
		tls_backend.close(s->tls);
	free(s);
}
