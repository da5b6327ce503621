/* stimulus.c - commands out of the ordinary, and how they are answered
 * (smtp_client.h).
 */

#include "smtp_client.h"

#include <stdio.h>
#include <string.h>

enum { ENDS = 421, GOODBYE = 221, GO_AHEAD = 354 };

struct codes {
	char text[1000]; /* as many as anything sent here has */
	int last;
};

static int
take_reply(struct client *c, struct codes *codes)
{
	size_t n = strlen(codes->text);
	struct reply r;
	enum smtp_result result = smtp_reply(&c->smtp, &r);

	if (result != SMTP_OK) {
		if (result != SMTP_END)
			c->trouble = "no reply by RFC 5321 4.2 to a stimulus";
		return -1;
	}
	codes->last = r.code;
	snprintf(codes->text + n, sizeof codes->text - n, "%s%d",
	    n > 0 ? " " : "", r.code);
	return 0;
}

/* The reply to a command; who is let send a message sends none. */
static int
take_replies(struct client *c, struct codes *codes)
{
	if (take_reply(c, codes) == -1)
		return -1;
	if (codes->last != GO_AHEAD)
		return 0;
	return smtp_printf(&c->smtp, ".\r\n") == -1 ? -1 : take_reply(c, codes);
}

/* The length of the first command, and where the next one begins. */
static size_t
first(const char *commands, const char **next)
{
	const char *end = strstr(commands, "\r\n");

	*next = end != NULL ? end + 2 : NULL;
	return end != NULL ? (size_t)(end - commands) : strlen(commands);
}

static int
one_by_one(struct client *c, const char *commands, struct codes *codes)
{
	const char *next;
	size_t n;

	for (; commands != NULL; commands = next) {
		n = first(commands, &next);
		if (smtp_printf(&c->smtp, "%.*s\r\n", (int)n, commands) == -1 ||
		    take_replies(c, codes) == -1)
			return -1;
	}
	return 0;
}

static int
all_at_once(struct client *c, const char *commands, struct codes *codes)
{
	if (smtp_printf(&c->smtp, "%s\r\n", commands) == -1)
		return -1;
	for (; commands != NULL; first(commands, &commands))
		if (take_reply(c, codes) == -1)
			return -1;
	return 0;
}

/* What the replies are becomes the fact. */
static int
play(struct client *c, const char *commands, int grouped, const char *fact)
{
	struct codes codes = {.text = ""};
	int broke = grouped ? all_at_once(c, commands, &codes)
			    : one_by_one(c, commands, &codes);

	flow_fact(
	    c->wire.flow, fact, "%s", codes.text[0] != '\0' ? codes.text : "-");
	if (broke)
		return -1;
	return codes.last == ENDS || codes.last == GOODBYE;
}

int
stimulate_first(struct client *c)
{
	return play(
	    c, c->options->conduct.before_ehlo, 0, "smtp.stimulus.first");
}

int
stimulate(struct client *c)
{
	return play(
	    c, c->options->conduct.before_starttls, 0, "smtp.stimulus.plain");
}

int
stimulate_tls(struct client *c)
{
	const struct client_conduct *d = &c->options->conduct;

	if (d->inside_group != NULL)
		return play(c, d->inside_group, 1, "smtp.stimulus.tls");
	/* The transaction begun in clear must be gone: RFC 3207 4.2 */
	return play(c, d->inside != NULL ? d->inside : "RCPT TO:<b@mx.example>",
	    0, "smtp.stimulus.tls");
}

int
stimulate_last(struct client *c)
{
	return play(
	    c, c->options->conduct.after_message, 0, "smtp.stimulus.last");
}
