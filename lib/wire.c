/* wire.c - the byte stream under SMTP and under TLS (wire.h). */

#include "wire.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
wire_init(struct wire *w, int fd, char side, struct flow *flow)
{
	memset(w, 0, sizeof *w);
	w->fd = fd;
	w->side = side;
	w->flow = flow;
	w->layer = FLOW_SMTP;
	w->sent_digest = w->received_digest = FNV_START;
	wire_phase(w, "start", 1000);
}

void
wire_phase(struct wire *w, const char *phase, int ms)
{
	w->phase = phase;
	w->deadline = now() + ms;
}

/* Waits for event until the phase's deadline. */
static int
wait_for(struct wire *w, short event)
{
	struct pollfd p = {.fd = w->fd, .events = event};
	int64_t left;
	int n;

	do {
		left = w->deadline - now();
		n = poll(&p, 1, left > 0 ? (int)left : 0);
	} while (n == -1 && errno == EINTR);
	if (n == 1)
		return 0;
	w->end = n == 0 ? WIRE_TIMEOUT : WIRE_RESET;
	return -1;
}

static ssize_t
take_unread(struct wire *w, void *buf, size_t len)
{
	size_t n = w->unread.n < len ? w->unread.n : len;

	memcpy(buf, w->unread.p, n);
	w->unread.p += n;
	w->unread.n -= n;
	return (ssize_t)n;
}

static int
read_first(struct wire *w)
{
	int (*first)(void *) = w->first;

	w->first = NULL;
	return first(w->first_arg);
}

ssize_t
wire_read(struct wire *w, void *buf, size_t len)
{
	ssize_t n;

	if (w->first != NULL && read_first(w) == -1)
		return -1;
	if (w->unread.n > 0)
		return take_unread(w, buf, len);
	if (w->end != WIRE_OPEN)
		return w->end == WIRE_EOF ? 0 : -1;
	if (wait_for(w, POLLIN) == -1)
		return -1;
	do
		n = read(w->fd, buf, len);
	while (n == -1 && errno == EINTR);
	if (n <= 0) {
		w->end = n == 0 ? WIRE_EOF : WIRE_RESET;
		return n;
	}
	w->received += (uint64_t)n;
	w->received_digest =
	    fnv_add(w->received_digest, (struct bytes){buf, (size_t)n});
	if (w->flow != NULL)
		flow_read(w->flow, w->side == 'C' ? 'S' : 'C', w->layer,
		    (struct bytes){buf, (size_t)n});
	if (w->received > WIRE_LIMIT) {
		w->end = WIRE_FLOOD;
		return -1;
	}
	return n;
}

/* With TCP_NODELAY every write is a segment, as long as the peer keeps up. */
static size_t
one_write(const struct wire *w, size_t left)
{
	return w->layer == FLOW_TLS && w->segment != 0 && left > w->segment
		   ? w->segment
		   : left;
}

static void
note_written(struct wire *w, struct bytes b)
{
	w->sent += b.n;
	w->sent_digest = fnv_add(w->sent_digest, b);
	if (w->flow != NULL && b.n > 0)
		flow_write(w->flow, w->side, w->layer, b);
}

ssize_t
wire_write(struct wire *w, const void *buf, size_t len)
{
	const char *p = buf;
	size_t left = len;

	if (w->crash && w->layer == FLOW_TLS)
		abort();
	/* What the peer closed for its writing may still be written to. */
	if (w->no_write || (w->end != WIRE_OPEN && w->end != WIRE_EOF))
		return -1;
	while (left > 0) {
		ssize_t n;

		if (wait_for(w, POLLOUT) == -1)
			break;
		n = write(w->fd, p, one_write(w, left));
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0) { /* an alert may lie there unread */
			w->no_write = 1;
			break;
		}
		p += n;
		left -= (size_t)n;
	}
	/* What went out is told even if the rest did not. */
	note_written(w, (struct bytes){buf, len - left});
	return left == 0 ? (ssize_t)len : -1;
}

int
wire_write_ahead(struct wire *w, struct bytes b)
{
	if (w->end != WIRE_OPEN || wait_for(w, POLLOUT) == -1 ||
	    send(w->fd, b.p, b.n, MSG_MORE | MSG_NOSIGNAL) != (ssize_t)b.n)
		return -1;
	note_written(w, b);
	return 0;
}

void
wire_unread(struct wire *w, struct bytes b)
{
	w->unread = b;
}

void
wire_end_writing(struct wire *w)
{
	shutdown(w->fd, SHUT_WR);
	w->no_write = 1;
}

void
wire_linger(struct wire *w)
{
	enum wire_end end = w->end;
	char drop[4096];

	if (end != WIRE_OPEN || shutdown(w->fd, SHUT_WR) == -1)
		return;
	w->deadline = now() + 1000;
	while (wire_read(w, drop, sizeof drop) > 0)
		;
	w->end = end;
}

void
wire_secret(struct wire *w, const char *line)
{
	if (w->flow != NULL && w->secrets)
		flow_fact(w->flow, "tls.secret", "%s", line);
}
