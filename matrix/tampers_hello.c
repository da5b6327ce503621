/* tampers_hello.c - what is made of a ClientHello (tampers.h).
 *
 * Read with lib/hello.c, changed in its fields and written anew, so that all
 * its lengths are right: whoever refuses it does so for what it says.
 */

#include "registry.h"
#include "tampers.h"

enum {
	TLS_FALLBACK_SCSV = 0x5600, /* RFC 7507 */
	CHALLENGE = 32,
	SPACE = 1 << 16,
};

/* One hello at a time; it is too large for a stack. */
static struct hello hello;
static uint8_t space[SPACE];

static int
read_hello(const struct piece *p, enum hello_form form)
{
	return hello_decode(&hello, p->octets) == 0 && hello.form == form;
}

/* In one record, if it was in one. */
static enum tamper_result
write_hello(struct out *o)
{
	size_t n;

	if (hello.form == HELLO_TLS)
		hello_frame(&hello, hello.record[0].version, 1 << 14);
	if (o->n > o->len ||
	    (n = hello_encode(&hello, o->p + o->n, o->len - o->n)) == 0)
		return TAMPER_KEEP;
	o->n += n;
	return TAMPER_CHANGED;
}

static int
is_signal(uint16_t suite)
{
	return suite == TLS_EMPTY_RENEGOTIATION_INFO_SCSV ||
	       suite == TLS_FALLBACK_SCSV;
}

/* Its extensions but for this one: whether that was there. */
static int
drop_extension(uint16_t type)
{
	struct out o = {space, 0, sizeof space};
	int found = put_other_extensions(&o, hello.extensions, type);

	if (found)
		/* Never longer than what it was made from. */
		memcpy(hello.octets + (hello.extensions.p - hello.octets),
		    space, o.n);
	hello.extensions.n = found ? o.n : hello.extensions.n;
	return found;
}

/* As a client of before 1999 would have written it: RFC 5246 E.2.  What the
 * form has no room for is lost: extensions, and a session_id that is not of
 * SSL 2.0. */
enum tamper_result
hello_into_sslv2(const struct piece *p, struct out *o)
{
	struct out specs = {space, 0, sizeof space};
	struct bytes rest;
	uint16_t suite;

	if (!read_hello(p, HELLO_TLS))
		return TAMPER_KEEP;
	rest = hello.cipher_suites;
	while (hello_next_suite(&hello, &rest, &suite))
		put_int(&specs, 3, suite);
	hello.form = HELLO_SSLV2;
	hello.header = 2;
	hello.cipher_suites = (struct bytes){space, specs.n};
	hello.session_id.n = 0;
	hello.padding.n = 0;
	return specs.n <= specs.len ? write_hello(o) : TAMPER_KEEP;
}

enum tamper_result
hello_into_tls(const struct piece *p, struct out *o)
{
	static struct hello twin;
	size_t n;

	if (!read_hello(p, HELLO_SSLV2) || hello_twin(&twin, &hello) == -1 ||
	    (n = hello_encode(&twin, o->p, o->len)) == 0)
		return TAMPER_KEEP;
	o->n = n;
	return TAMPER_CHANGED;
}

enum tamper_result
lower_version(const struct piece *p, struct out *o)
{
	if (!read_hello(p, HELLO_TLS) || hello.version <= TLS_1_0)
		return TAMPER_KEEP;
	hello.version--;
	return write_hello(o);
}

enum tamper_result
drop_versions(const struct piece *p, struct out *o)
{
	if (!read_hello(p, HELLO_TLS) || !drop_extension(supported_versions))
		return TAMPER_KEEP;
	return write_hello(o);
}

/* The last one that means a suite; what only signals stays. */
enum tamper_result
keep_last_suite(const struct piece *p, struct out *o)
{
	struct out kept = {space, 0, sizeof space};
	struct bytes rest;
	uint16_t suite, last = 0;
	size_t n = 0;

	if (!read_hello(p, HELLO_TLS))
		return TAMPER_KEEP;
	rest = hello.cipher_suites;
	while (hello_next_suite(&hello, &rest, &suite))
		if (!is_signal(suite) && (suite & 0x0f0f) != 0x0a0a)
			last = suite, n++;
	if (n < 2)
		return TAMPER_KEEP;
	put_int(&kept, 2, last);
	rest = hello.cipher_suites;
	while (hello_next_suite(&hello, &rest, &suite))
		if (is_signal(suite))
			put_int(&kept, 2, suite);
	hello.cipher_suites = (struct bytes){space, kept.n};
	return write_hello(o);
}

/* RFC 5746 3.3, 3.4; RFC 7507 */
enum tamper_result
drop_signals(const struct piece *p, struct out *o)
{
	static uint8_t suites[SPACE];
	struct out kept = {suites, 0, sizeof suites};
	struct bytes rest;
	uint16_t suite;
	size_t before;
	int found;

	if (!read_hello(p, HELLO_TLS))
		return TAMPER_KEEP;
	before = hello.cipher_suites.n;
	rest = hello.cipher_suites;
	while (hello_next_suite(&hello, &rest, &suite))
		if (!is_signal(suite))
			put_int(&kept, 2, suite);
	hello.cipher_suites = (struct bytes){suites, kept.n};
	found = drop_extension(renegotiation_info);
	return found || kept.n < before ? write_hello(o) : TAMPER_KEEP;
}

enum tamper_result
drop_extended_master_secret(const struct piece *p, struct out *o)
{
	if (!read_hello(p, HELLO_TLS) ||
	    !drop_extension(extended_master_secret))
		return TAMPER_KEEP;
	return write_hello(o);
}

enum tamper_result
drop_signature_algorithms(const struct piece *p, struct out *o)
{
	if (!read_hello(p, HELLO_TLS) || !drop_extension(signature_algorithms))
		return TAMPER_KEEP;
	return write_hello(o);
}

/* The message stays as it is. */
enum tamper_result
lower_record_version(const struct piece *p, struct out *o)
{
	size_t i;

	if (!read_hello(p, HELLO_TLS))
		return TAMPER_KEEP;
	for (i = 0; i < hello.records; i++)
		hello.record[i].version = 0x0300;
	o->n = hello_encode(&hello, o->p, o->len);
	return o->n != 0 ? TAMPER_CHANGED : TAMPER_KEEP;
}
