/* smtp_server.c - the dialogue: a line, its command, one reply; and the switch
 * to TLS between two of them.
 */

#include "smtp_server.h"

#include <ctype.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

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

void
server_reply(struct server *s, int code, const char *format, ...)
{
	char text[SMTP_LINE - 6];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	smtp_printf(&s->smtp, "%d %s\r\n", code, text);
	server_note_code(s, code);
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

/* ---- faults that stop the dialogue ---- */

/* Does nothing, but notices when the client has gone. */
static void
hang(struct server *s)
{
	struct pollfd p = {.fd = s->wire.fd, .events = POLLRDHUP};

	poll(&p, 1, s->options->deadline * 4);
	server_give_up(s, "hung, as the fault says");
}

/* More than anybody should take, in lines or in one. */
static void
flood(struct server *s, const char *line)
{
	char text[16384];
	size_t n = strlen(line), len = 0;
	int i;

	while (len + n <= sizeof text) {
		memcpy(text + len, line, n);
		len += n;
	}
	for (i = 0; i < 1 << 16; i++) /* 1 GiB, if it were all taken */
		if (smtp_write(&s->smtp, text, len) == -1)
			break;
	server_give_up(s, "flooded, as the fault says");
}

/* Some faults answer a command in the server's place: 1 if one did. */
static int
misbehave(struct server *s, const char *phase)
{
	const struct server_conduct *d = &s->options->conduct;

	if (conduct_is(d->hang, phase)) {
		hang(s);
		return 1;
	}
	if (strcmp(phase, "ehlo") != 0)
		return 0;
	if (d->endless_reply != NULL)
		flood(s, "250-and so on\r\n");
	else if (d->flood != NULL)
		flood(s, "0123456789abcdef");
	else if (d->garbage_reply != NULL)
		smtp_printf(&s->smtp, "hello there\r\n");
	else
		return 0;
	return 1;
}

/* ---- commands ---- */

/* RFC 3207 4: what a server that requires TLS still answers without it */
static int
needs_tls(const struct server *s, const struct command *c)
{
	static const char *const free[] = {"NOOP", "EHLO", "STARTTLS", "QUIT"};
	size_t i;

	if (s->options->starttls != STARTTLS_REQUIRE || s->tls != NULL ||
	    s->options->conduct.takes_plain_mail != NULL)
		return 0;
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

static void
execute(struct server *s, const struct command *c, const char *args)
{
	const char *phase = phase_of(s, c);

	wire_phase(&s->wire, phase, s->options->deadline);
	append(s->verbs[inside(s)], sizeof s->verbs[0], c->verb);
	if (misbehave(s, phase))
		return;
	if (needs_tls(s, c)) {
		server_reply(s, 530, "Must issue a STARTTLS command first");
		return;
	}
	if (c->check(s, args) == 0) {
		c->proceed(s, args);
		s->stage = phase;
	}
}

/* A line is a verb, perhaps a blank and arguments (RFC 5321 4.1.1). */
static void
take_line(struct server *s, struct bytes line)
{
	char text[SMTP_LINE + 1], *args;
	const struct command *c;

	memcpy(text, line.p, line.n);
	text[line.n] = '\0';
	if (strlen(text) != line.n) {
		server_reply(s, 500, "no NUL in a command");
		return;
	}
	if ((args = strchr(text, ' ')) != NULL)
		while (*args == ' ')
			*args++ = '\0';
	else
		args = text + line.n;
	for (c = commands; c->verb != NULL; c++)
		if (strcasecmp(c->verb, text) == 0) {
			execute(s, c, args);
			return;
		}
	append(s->verbs[inside(s)], sizeof s->verbs[0], "?");
	server_reply(s, 500, "there is no such command");
}

/* ---- the switch ---- */

/* RFC 3207 4.2: what the client said before TLS is forgotten */
static void
forget(struct server *s)
{
	if (s->options->conduct.keeps_ehlo == NULL)
		s->greeted = 0;
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
	if (misbehave(s, "handshake"))
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

/* A fault: on what looks like a record or an SSLv2 form, TLS without being
 * asked for it. */
static int
guess_tls(struct server *s)
{
	struct pollfd p = {.fd = s->wire.fd, .events = POLLIN};
	uint8_t first;

	if (s->options->conduct.guesses_tls == NULL || inside(s) ||
	    poll(&p, 1, s->options->deadline) != 1 ||
	    recv(s->wire.fd, &first, 1, MSG_PEEK) != 1 ||
	    (first != 0x16 && (first & 0x80) == 0))
		return 0;
	start_tls(s);
	return 1;
}

static void
take_command(struct server *s)
{
	struct bytes line;

	if (guess_tls(s))
		return;
	wire_phase(&s->wire, s->stage, s->options->deadline);
	switch (smtp_line(&s->smtp, SMTP_LINE, &line)) {
	case SMTP_OK: take_line(s, line); break;
	case SMTP_LONG:
		append(s->verbs[inside(s)], sizeof s->verbs[0], "?");
		server_reply(s, 500, "the line is too long");
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
	wire_phase(&s->wire, "greeting", o->deadline);
	if (!misbehave(s, "greeting"))
		server_reply(s, 220, "mx.example ESMTP");
	while (!s->done)
		take_command(s);
	end_tls(s);
	tell(s);
	if (s->tls != NULL)
		tls_backend.close(s->tls);
	free(s);
}
