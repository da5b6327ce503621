/* scripts_before.c - what scripts send ahead of ServerHello, or in its place.
 */

#include <string.h>

#include "registry.h"
#include "scripts.h"

#define OCTETS(...)                                                            \
	((struct bytes){(const uint8_t[]){__VA_ARGS__},                        \
	    sizeof((const uint8_t[]){__VA_ARGS__})})

enum { WARNING = 1, FATAL = 2 }; /* AlertLevel */

/* SSL 2.0 2.6: no session, no certificate, version 2, one cipher kind (RC4 128
 * with MD5) and a connection id of 16 octets. */
int
before_sslv2(struct serve *s)
{
	int r = serve_raw(
	    s, OCTETS(0x80, 30, 4, 0, 0, 0, 2, 0, 0, 0, 3, 0, 16, 1, 0, 0x80, 1,
		   2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16));

	return r != 0 ? r : SERVE_ENOUGH;
}

int
before_smtp(struct serve *s)
{
	static const char text[] = "500 5.5.1 no such command\r\n";
	int r = serve_raw(
	    s, (struct bytes){(const uint8_t *)text, sizeof text - 1});

	return r != 0 ? r : SERVE_ENOUGH;
}

int
before_content_type(struct serve *s)
{
	enum { UNKNOWN = 99 };

	return serve_record(s, UNKNOWN, TLS_1_2, OCTETS(0));
}

int
before_record_version_0(struct serve *s)
{
	serve_record_version(s, 0);
	return 0;
}

int
before_record_version_4(struct serve *s)
{
	serve_record_version(s, 0x0400);
	return 0;
}

int
before_record_version_3_4(struct serve *s)
{
	serve_record_version(s, TLS_1_3);
	return 0;
}

/* RFC 5246 6.2.1, RFC 8446 5.1: not to be sent, and not said what to do. */
int
before_record_empty(struct serve *s)
{
	return serve_record(s, handshake, TLS_1_2, (struct bytes){NULL, 0});
}

static int
repeat(struct serve *s, struct bytes record, size_t octets)
{
	uint8_t all[20480];
	size_t n = 0;

	for (; n + record.n <= octets && n + record.n <= sizeof all;
	     n += record.n)
		memcpy(all + n, record.p, record.n);
	return serve_raw(s, (struct bytes){all, n});
}

int
before_records_empty(struct serve *s)
{
	return repeat(s, OCTETS(handshake, 3, 3, 0, 0), 20480);
}

/* The longest that any version lets a record be, and an octet more. */
int
before_record_long(struct serve *s)
{
	static uint8_t body[(1 << 14) + 2048 + 1];
	int r;

	body[0] = server_hello;
	r = serve_record(
	    s, handshake, TLS_1_2, (struct bytes){body, sizeof body});
	return r != 0 ? r : SERVE_ENOUGH;
}

/* Of 2^24-1 octets 64 KiB come. */
int
before_message_huge(struct serve *s)
{
	uint8_t body[1 << 14] = {server_hello, 0xff, 0xff, 0xff, 3, 3};
	int r, i;

	for (i = 0; i < 4; i++) {
		r = serve_record(
		    s, handshake, TLS_1_2, (struct bytes){body, sizeof body});
		if (r != 0)
			return r;
		memset(body, 0, 6);
	}
	return SERVE_ENOUGH;
}

int
before_change_cipher_spec(struct serve *s)
{
	return serve_record(s, change_cipher_spec, TLS_1_2, OCTETS(1));
}

int
before_application_data(struct serve *s)
{
	return serve_record(s, application_data, TLS_1_2,
	    OCTETS('2', '2', '0', ' ', 'o', 'k', '\r', '\n'));
}

int
before_hello_done(struct serve *s)
{
	return serve_record(
	    s, handshake, TLS_1_2, OCTETS(server_hello_done, 0, 0, 0));
}

/* RFC 8446 5.1: nothing may come between the halves of a message. */
int
before_interleaved(struct serve *s)
{
	static const uint8_t hello[] = {server_hello, 0, 0, 38, 3, 3, 1, 2, 3,
	    4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
	    22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 0, 0xc0, 0x2f, 0};
	int r = serve_record(
	    s, handshake, TLS_1_2, (struct bytes){hello, sizeof hello / 2});

	if (r == 0)
		r = before_application_data(s);
	if (r == 0)
		r = serve_record(s, handshake, TLS_1_2,
		    (struct bytes){hello + sizeof hello / 2,
			sizeof hello - sizeof hello / 2});
	return r != 0 ? r : SERVE_ENOUGH;
}

static int
send_alert(struct serve *s, uint8_t level, uint8_t description)
{
	return serve_record(s, alert, TLS_1_2, OCTETS(level, description));
}

/* RFC 6066 3: a server that does not know the name may say so and go on. */
int
before_unrecognized_name(struct serve *s)
{
	enum { UNRECOGNIZED_NAME = 112 };

	return send_alert(s, WARNING, UNRECOGNIZED_NAME);
}

/* Who does not end here is shown a right ServerHello. */
int
before_handshake_failure(struct serve *s)
{
	return send_alert(s, FATAL, handshake_failure);
}

/* RFC 5246 7.2.2: it is always fatal. */
int
before_failure_as_warning(struct serve *s)
{
	return send_alert(s, WARNING, handshake_failure);
}

int
before_close_notify(struct serve *s)
{
	return send_alert(s, WARNING, close_notify);
}

int
before_warnings(struct serve *s)
{
	return repeat(
	    s, OCTETS(alert, 3, 3, 0, 2, WARNING, user_canceled), 20480);
}
