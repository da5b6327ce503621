/* smtp.h - SMTP lines and replies over a wire, and over TLS after the switch.
 *
 * The switch is the moment between the 220 reply to STARTTLS and the
 * ClientHello.  What lies in the buffer then is a value, smtp_pending(): the
 * programs decide what becomes of it, nothing is carried over by accident.
 */
#ifndef SMTP_H
#define SMTP_H

#include <stddef.h>

#include "bytes.h"
#include "tls.h"
#include "wire.h"

enum {
	SMTP_LINE =
	    512, /* command or reply line with CRLF: RFC 5321 4.5.3.1.4-5 */
	SMTP_TEXT = 1000, /* line of a message with CRLF: RFC 5321 4.5.3.1.6 */
	SMTP_REPLY = 100, /* lines of a reply we are ready to read: our limit */
	SMTP_KEYWORDS = 2000, /* characters of all EHLO keywords: our limit */
};

struct smtp {
	struct wire *wire;
	struct tls *tls; /* NULL: in clear */
	char buf[16384]; /* received, not yet taken: buf[start..end) */
	size_t start, end;
	int by_octet; /* in clear, takes no octet before it needs it */
};

/* In clear, nothing received yet. */
void smtp_init(struct smtp *, struct wire *);

/* Octets received and not yet taken. */
struct bytes smtp_pending(const struct smtp *);

/* Waits until something is pending: 0, or -1. */
int smtp_await(struct smtp *);

/* From here on SMTP goes through tls; what is pending is dropped. */
void smtp_switch(struct smtp *, struct tls *);

enum smtp_result {
	SMTP_OK = 0,
	SMTP_END =
	    -1, /* the stream ended: eof, close_notify, failure, deadline */
	SMTP_LONG = -2, /* the line was longer than asked for; it is taken */
	SMTP_BAD = -3,  /* not a reply by RFC 5321 4.2 */
};

/* Takes one line that ends in CRLF (nothing else ends a line: RFC 5321 2.3.8),
 * at most max octets with it.  *line is a view into the buffer without CRLF,
 * good until the next call. */
enum smtp_result smtp_line(struct smtp *, size_t max, struct bytes *line);

struct reply {
	int code;                     /* 200..599 */
	char keywords[SMTP_KEYWORDS]; /* of an EHLO reply: the lines after the
				       * first, blank between, "=" for blanks */
};

/* Takes all lines of a reply (RFC 5321 4.2.1). */
enum smtp_result smtp_reply(struct smtp *, struct reply *);

/* Does the list of keywords have this one (RFC 5321 4.1.1.1: no case)? */
int smtp_offers(const char *keywords, const char *keyword);

/* All of it: 0, or -1. */
int smtp_write(struct smtp *, const void *, size_t);
__attribute__((format(printf, 2, 3))) int smtp_printf(
    struct smtp *, const char *format, ...);

#endif
