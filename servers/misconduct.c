/* misconduct.c - what a fault or a stimulus has the server do in the place of
 * what is right (faults.c names them).
 */

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "smtp_server.h"

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
int
server_misbehave(struct server *s, const char *phase)
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

int
server_answer(const struct server *s, const char *verb)
{
	const char *answers = s->options->conduct.answers;
	size_t n = strlen(verb);

	if (answers == NULL || strncmp(answers, verb, n) != 0 ||
	    answers[n] != ' ')
		return 0;
	return (int)strtol(answers + n + 1, NULL, 10);
}

void
server_misbehave_after(struct server *s, int code)
{
	const struct server_conduct *d = &s->options->conduct;
	int held = s->held;

	if (held != 0) {
		s->held = -1; /* once is enough */
		if (held > 0)
			smtp_printf(&s->smtp, "%d held back\r\n", held);
	}
	if (conduct_is(d->replies_twice, s->verb)) {
		smtp_printf(&s->smtp, "%d once more\r\n", code);
		server_note_code(s, code);
	}
	if (code == 421)
		server_give_up(s, "421");
	if ((d->closes_on_error != NULL && code >= 500) ||
	    (d->closes_at_reset != NULL && strcmp(s->verb, "RSET") == 0))
		server_give_up(s, "closed, as the fault says");
	if (d->flushes_input != NULL && code >= 500)
		s->smtp.start = s->smtp.end;
}

/* A fault: on what looks like a record or an SSLv2 form, TLS without being
 * asked for it. */
int
server_guesses_tls(struct server *s)
{
	struct pollfd p = {.fd = s->wire.fd, .events = POLLIN};
	uint8_t first;

	return s->options->conduct.guesses_tls != NULL && s->tls == NULL &&
	       poll(&p, 1, s->options->deadline) == 1 &&
	       recv(s->wire.fd, &first, 1, MSG_PEEK) == 1 &&
	       (first == 0x16 || (first & 0x80) != 0);
}
