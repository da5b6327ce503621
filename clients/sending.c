/* sending.c - what the client sends on entering a state (smtp_client.h). */

#include "smtp_client.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "message.h"

int
say_ehlo(struct client *c)
{
	const char *other = c->options->conduct.ehlo_as;

	return smtp_printf(
	    &c->smtp, "%s\r\n", other != NULL ? other : "EHLO " CLIENT_NAME);
}

int
say_ehlo_tls(struct client *c)
{
	return c->options->conduct.helo_inside != NULL ? say_helo(c)
						       : say_ehlo(c);
}

int
say_helo(struct client *c)
{
	return smtp_printf(&c->smtp, "HELO " CLIENT_NAME "\r\n");
}

/* A group of two: the first command's reply is the stimulus', the second's
 * the client's own. */
static int
say_starttls_grouped(struct client *c)
{
	struct reply r;

	if (smtp_printf(&c->smtp, "%s\r\nSTARTTLS\r\n",
		c->options->conduct.before_group) == -1 ||
	    smtp_reply(&c->smtp, &r) != SMTP_OK)
		return -1;
	flow_fact(c->wire.flow, "smtp.stimulus.plain", "%d", r.code);
	return 0;
}

int
say_starttls(struct client *c)
{
	const struct client_conduct *d = &c->options->conduct;
	const char *verb = d->starttls_as != NULL ? d->starttls_as : "STARTTLS";

	if (d->before_group != NULL)
		return say_starttls_grouped(c);
	/* RFC 3207 4: the last command before the server's reply */
	if (d->behind_starttls != NULL)
		return smtp_printf(
		    &c->smtp, "%s\r\n%s\r\n", verb, d->behind_starttls);
	return smtp_printf(&c->smtp, "%s\r\n", verb);
}

/* ---- the mail transaction ---- */

#define RCPT_COMMAND "RCPT TO:<b@mx.example>\r\n"
#define DATA_COMMAND "DATA\r\n"

int
say_mail(struct client *c)
{
	const struct client_conduct *d = &c->options->conduct;
	char size[40] = "";

	c->grouped =
	    d->pipelines_unasked != NULL ||
	    (d->pipelines != NULL && smtp_offers(c->keywords, "PIPELINING"));
	if (smtp_offers(c->keywords, "SIZE")) /* RFC 1870 */
		snprintf(size, sizeof size, " SIZE=%zu",
		    message_size((size_t)c->options->message));
	return smtp_printf(&c->smtp,
	    "MAIL FROM:%s<a@" CLIENT_NAME ">%s%s\r\n%s",
	    d->space_in_path != NULL ? " " : "", size,
	    d->mail_parameters != NULL ? d->mail_parameters : "",
	    c->grouped ? RCPT_COMMAND DATA_COMMAND : "");
}

int
say_rcpt(struct client *c)
{
	return c->grouped ? 0 : smtp_printf(&c->smtp, RCPT_COMMAND);
}

int
say_data(struct client *c)
{
	return c->grouped ? 0 : smtp_printf(&c->smtp, DATA_COMMAND);
}

/* A line of text that the message does not have by itself. */
static int
say_extra(struct client *c, struct message *m)
{
	const char *line = c->options->conduct.extra_line;
	char text[2000];
	int n;

	if (line == NULL)
		return 0;
	n = snprintf(text, sizeof text, "%s\r\n", line);
	if (n < 0 || (size_t)n >= sizeof text)
		return -1;
	m->made += (size_t)n;
	m->digest = fnv_add(
	    m->digest, (struct bytes){(const uint8_t *)text, (size_t)n});
	return smtp_write(&c->smtp, text, (size_t)n);
}

int
say_message(struct client *c)
{
	const struct client_conduct *d = &c->options->conduct;
	char text[16000];
	struct message m;
	size_t n;

	/* RFC 2920 3.1: with no recipient nothing is sent but the dot. */
	if (c->refused && d->ignores_statuses == NULL)
		return smtp_printf(&c->smtp, ".\r\n");
	message_start(
	    &m, (size_t)c->options->message, d->no_dot_stuffing == NULL);
	while ((n = message_next(&m, text, sizeof text)) > 0) {
		if (smtp_write(&c->smtp, text, n) == -1)
			return -1;
		if (d->cut_off != NULL) {
			c->trouble = "cut off, as the stimulus says";
			return -1;
		}
	}
	if (say_extra(c, &m) == -1)
		return -1;
	flow_fact(c->wire.flow, "mail.octets", "%zu", m.made);
	flow_fact(c->wire.flow, "mail.digest", "%016" PRIx64, m.digest);
	return smtp_printf(&c->smtp, ".\r\n");
}

int
say_quit(struct client *c)
{
	return smtp_printf(&c->smtp, "QUIT\r\n");
}
