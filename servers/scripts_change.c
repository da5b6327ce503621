/* scripts_change.c - what scripts make of a right ServerHello. */

#include "scripts_change.h"

#include <string.h>

#include "octets.h"
#include "registry.h"

#define OCTETS(...)                                                            \
	((struct bytes){(const uint8_t[]){__VA_ARGS__},                        \
	    sizeof((const uint8_t[]){__VA_ARGS__})})
#define NOTHING ((struct bytes){NULL, 0})

enum { UNASSIGNED = 0x1234, ALPN = 16, SSL_3_0 = 0x0300 };

/* ---- the version ---- */

void
version_above(struct serve *s, struct answer *a)
{
	a->version = hello_lists(serve_hello(s), supported_versions, 1, TLS_1_3)
			 ? TLS_1_3 + 1
			 : (uint16_t)(serve_hello(s)->version + 1);
	answer_drop(a, supported_versions);
}

static const uint16_t suites12[] = {0xc02f, 0xc030, 0xcca8};
static const uint16_t suites13[] = {0x1301, 0x1302, 0x1303};

/* One of three that is offered, the first if none is. */
static uint16_t
offered_of(struct serve *s, const uint16_t list[3])
{
	size_t i;

	for (i = 0; i < 3; i++)
		if (hello_offers(serve_hello(s), list[i]))
			return list[i];
	return list[0];
}

/* A ServerHello of TLS 1.3 becomes one of before that is right in itself; there
 * the client's session_id would resume a session. */
void
become_old(struct serve *s, struct answer *a)
{
	if (serve_version(s) < TLS_1_3)
		return;
	answer_drop(a, supported_versions);
	answer_drop(a, key_share);
	a->suite = offered_of(s, suites12);
	a->session_id_size = 0;
}

/* Below the one that is offered, if it is but one. */
void
version_below(struct serve *s, struct answer *a)
{
	become_old(s, a);
	a->version = hello_lists(serve_hello(s), supported_versions, 1, TLS_1_3)
			 ? TLS_1_2
			 : (uint16_t)(serve_hello(s)->version - 1);
}

void
version_1_0(struct serve *s, struct answer *a)
{
	version_below(s, a);
	a->version = TLS_1_0;
}

void
version_ssl3(struct serve *s, struct answer *a)
{
	version_below(s, a);
	a->version = SSL_3_0;
}

void
legacy_version_3_4(struct serve *s, struct answer *a)
{
	(void)s;
	a->version = TLS_1_3;
}

void
version_1_3_in_old_field(struct serve *s, struct answer *a)
{
	legacy_version_3_4(s, a);
	answer_drop(a, supported_versions);
}

void
supported_versions_1_2(struct serve *s, struct answer *a)
{
	(void)s;
	answer_drop(a, supported_versions);
	answer_drop(a, key_share);
	answer_add(a, supported_versions, OCTETS(3, 3));
}

void
supported_versions_unoffered(struct serve *s, struct answer *a)
{
	(void)s;
	answer_drop(a, supported_versions);
	answer_add(a, supported_versions, OCTETS(3, 5));
}

/* RFC 8446 4.1.3 */
static void
mark(struct answer *a, uint8_t last)
{
	static const uint8_t downgrade[] = {'D', 'O', 'W', 'N', 'G', 'R', 'D'};

	memcpy(a->random + 24, downgrade, sizeof downgrade);
	a->random[31] = last;
}

void
downgrade_1(struct serve *s, struct answer *a)
{
	(void)s;
	mark(a, 1);
}

void
downgrade_0(struct serve *s, struct answer *a)
{
	(void)s;
	mark(a, 0);
}

/* ---- what was chosen ---- */

/* One that could be gone on with, if there is one. */
void
suite_unoffered(struct serve *s, struct answer *a)
{
	static const uint16_t old[] = {0xc011, 0xc010, 0xc012, 0xc014, 0x0004};
	static const uint16_t new[] = {0x1304, 0x1305, 0x1303, 0x13ff, 0x13fe};
	const uint16_t *list = serve_version(s) == TLS_1_3 ? new : old;
	size_t i;

	for (i = 0; i < sizeof old / sizeof old[0]; i++)
		if (!hello_offers(serve_hello(s), list[i])) {
			a->suite = list[i];
			return;
		}
}

/* RFC 8701 2; one that the hello has, if it has one. */
void
suite_grease(struct serve *s, struct answer *a)
{
	unsigned i;

	a->suite = 0x0a0a;
	for (i = 0; i < 16; i++)
		if (hello_offers(
			serve_hello(s), (uint16_t)(0x0a0a + 0x1010 * i)))
			a->suite = (uint16_t)(0x0a0a + 0x1010 * i);
}

void
suite_anonymous(struct serve *s, struct answer *a)
{
	static const uint16_t list[] = {0x006c, 0x003a, 0x0034, 0xc019, 0xc018};
	size_t i;

	for (i = 0; i < sizeof list / sizeof list[0]; i++)
		if (hello_offers(serve_hello(s), list[i]))
			a->suite = list[i];
}

void
suite_of_other_version(struct serve *s, struct answer *a)
{
	a->suite =
	    offered_of(s, serve_version(s) == TLS_1_3 ? suites12 : suites13);
}

void
compression(struct serve *s, struct answer *a)
{
	(void)s;
	a->compression = 1; /* DEFLATE: RFC 3749 */
}

/* ---- the session ---- */

void
session_id_wrong(struct serve *s, struct answer *a)
{
	(void)s;
	if (a->session_id_size == 0) {
		a->session_id_size = 32;
		memset(a->session_id, 's', 32);
	}
	a->session_id[a->session_id_size - 1] ^= 1;
}

void
session_id_long(struct serve *s, struct answer *a)
{
	(void)s;
	memset(a->session_id, 's', 33);
	a->session_id_size = 33;
}

/* ---- extensions ---- */

void
unasked_extension(struct serve *s, struct answer *a)
{
	(void)s;
	answer_add(a, UNASSIGNED, NOTHING);
}

void
unasked_alpn(struct serve *s, struct answer *a)
{
	(void)s;
	answer_add(a, ALPN, OCTETS(0, 5, 4, 's', 'm', 't', 'p'));
}

void
duplicate_extension(struct serve *s, struct answer *a)
{
	if (serve_version(s) == TLS_1_3)
		answer_add(a, supported_versions, OCTETS(3, 4));
	else
		answer_add(a, renegotiation_info, OCTETS(0));
}

void
unasked_extended_master_secret(struct serve *s, struct answer *a)
{
	(void)s;
	answer_drop(a, extended_master_secret);
	answer_add(a, extended_master_secret, NOTHING);
}

void
no_renegotiation_info(struct serve *s, struct answer *a)
{
	(void)s;
	answer_drop(a, renegotiation_info);
}

/* As a server of before RFC 3546 has it. */
void
no_extensions(struct serve *s, struct answer *a)
{
	(void)s;
	a->extensions.n = 0;
}

/* RFC 5746 3.2: as in a second handshake, a Finished of 12 octets. */
void
renegotiation_info_full(struct serve *s, struct answer *a)
{
	(void)s;
	answer_drop(a, renegotiation_info);
	answer_add(a, renegotiation_info,
	    OCTETS(12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
}

void
hello_long(struct serve *s, struct answer *a)
{
	(void)s;
	a->surplus = 3;
}

void
hello_cut(struct serve *s, struct answer *a)
{
	(void)s;
	a->lacking = 3;
}

/* ---- the share: RFC 8446 4.2.8 ---- */

void
share_missing(struct serve *s, struct answer *a)
{
	(void)s;
	answer_drop(a, key_share);
}

/* ffdhe8192, which nobody sends a share for: the group is what is wrong. */
void
share_of_other_group(struct serve *s, struct answer *a)
{
	static uint8_t share[4 + 64] = {0x01, 0x04, 0, 64, 1};

	(void)s;
	answer_drop(a, key_share);
	answer_add(a, key_share, (struct bytes){share, sizeof share});
}

/* As many zeros as the share is long: RFC 8446 7.4.2, and no point either. */
void
share_of_zeros(struct serve *s, struct answer *a)
{
	struct bytes rest = {a->extension_octets, a->extensions.n};
	struct extension e = {0, NOTHING};

	(void)s;
	while (extension_next(&rest, &e) == 1)
		if (e.type == key_share && e.data.n > 4)
			memset(a->extension_octets +
				   (e.data.p - a->extension_octets) + 4,
			    0, e.data.n - 4);
}
