/* facts.c - the facts that both programs tell in the same words (facts.h). */

#include "facts.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

#include "options.h"

static void
address(struct flow *f, const char *name, const struct sockaddr_in *a)
{
	char text[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &a->sin_addr, text, sizeof text);
	flow_fact(f, name, "%s:%d", text, ntohs(a->sin_port));
}

void
facts_connection(struct flow *f, int fd)
{
	struct sockaddr_in local = {0}, remote = {0};
	socklen_t n = sizeof local;

	getsockname(fd, (struct sockaddr *)&local, &n);
	n = sizeof remote;
	getpeername(fd, (struct sockaddr *)&remote, &n);
	address(f, "connection.local", &local);
	address(f, "connection.remote", &remote);
}

static const char *
yes_no(int answer, const char *unknown)
{
	return answer == -1 ? unknown : answer ? "yes" : "no";
}

void
facts_tls(struct flow *f, const struct tls_info *i)
{
	static const char *const closes[] = {
	    "none", "sent", "received", "both"};

	if (i->version != 0)
		flow_fact(f, "tls.version", "%s", version_name(i->version));
	if (i->cipher_suite != -1)
		flow_fact(f, "tls.suite", "%04x", (unsigned)i->cipher_suite);
	if (i->resumed != -1)
		flow_fact(f, "tls.resumed", "%s", yes_no(i->resumed, "?"));
	flow_fact(f, "tls.verified", "%s", yes_no(i->verified, "unchecked"));
	if (i->alert_sent != -1)
		flow_fact(f, "tls.alert.sent", "%d", i->alert_sent);
	if (i->alert_received != -1)
		flow_fact(f, "tls.alert.received", "%d", i->alert_received);
	flow_fact(f, "tls.close", "%s",
	    closes[(i->close_sent ? 1 : 0) + (i->close_received ? 2 : 0)]);
	if (i->error[0] != '\0')
		flow_fact(f, "tls.error", "%s", i->error);
}

void
facts_wire(struct flow *f, const struct wire *w, const char *words)
{
	static const char *const ends[] = {[WIRE_OPEN] = "closed",
	    [WIRE_EOF] = "eof",
	    [WIRE_RESET] = "reset",
	    [WIRE_TIMEOUT] = "hang",
	    [WIRE_FLOOD] = "flood"};

	if (words != NULL)
		flow_fact(f, "end", "protocol(%s: %s)", w->phase, words);
	else if (w->end == WIRE_OPEN && w->no_write)
		flow_fact(f, "end", "reset(%s)", w->phase);
	else if (w->end == WIRE_OPEN)
		flow_fact(f, "end", "closed");
	else
		flow_fact(f, "end", "%s(%s)", ends[w->end], w->phase);
	flow_fact(
	    f, "wire.sent", "%" PRIu64 " %016" PRIx64, w->sent, w->sent_digest);
	flow_fact(f, "wire.received", "%" PRIu64 " %016" PRIx64, w->received,
	    w->received_digest);
}
