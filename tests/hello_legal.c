/* hello_legal.c - for tests: what a client may not say in a ClientHello.
 *
 * The table is that of matrix/vectors/legality.py, row by row, and a test holds
 * them against each other; how an extension's own octets are built, only that
 * one looks at.
 */

#include "hellos.h"
#include "octets.h"
#include "registry.h"

/* One thing that may not be said; it is of one form or of both. */
struct rule {
	int forms;
	int description;
	int (*broken)(const struct hello *);
	const char *why;
};

/* RFC 5246 E.2: the SSLv2 form may be a client's of SSL 2.0, which says so. */
static int
no_major_3(const struct hello *h)
{
	enum { SSL_2_0 = 0x0002 };

	return h->version >> 8 != 3 &&
	       !(h->form == HELLO_SSLV2 && h->version == SSL_2_0);
}

static int
no_suites(const struct hello *h)
{
	return h->cipher_suites.n == 0;
}

static int
suites_cut(const struct hello *h)
{
	return h->cipher_suites.n % (h->form == HELLO_TLS ? 2 : 3) != 0;
}

static int
id_too_long(const struct hello *h)
{
	return h->session_id.n > 32;
}

static int
no_null_compression(const struct hello *h)
{
	size_t i;

	for (i = 0; i < h->compression_methods.n; i++)
		if (h->compression_methods.p[i] == 0)
			return 0;
	return 1;
}

static int
is_tls13(const struct hello *h)
{
	return hello_lists(h, supported_versions, 1, TLS_1_3);
}

static int
compresses_1_3(const struct hello *h)
{
	return is_tls13(h) && h->compression_methods.n > 1;
}

static int
legacy_not_3_3(const struct hello *h)
{
	return is_tls13(h) && h->version != TLS_1_2;
}

static int
has(const struct hello *h, uint16_t type)
{
	struct bytes data;

	return hello_extension(h, type, &data);
}

static int
share_not_in_groups(const struct hello *h)
{
	struct bytes rest = {NULL, 0}, value;
	uint16_t group;

	while (hello_next_share(h, &rest, &group, &value))
		if (!hello_lists(h, supported_groups, 2, group))
			return 1;
	return 0;
}

static int
share_twice(const struct hello *h)
{
	uint8_t seen[1 << 13] = {0};
	struct bytes rest = {NULL, 0}, value;
	uint16_t group;

	while (hello_next_share(h, &rest, &group, &value)) {
		if (seen[group >> 3] & 1 << (group & 7))
			return 1;
		seen[group >> 3] |= (uint8_t)(1 << (group & 7));
	}
	return 0;
}

/* Whether a share of that group begins with a point on a curve of NIST. */
static int
begins_with_point(uint16_t group)
{
	enum { secp256r1 = 0x17, secp521r1 = 0x19 };
	enum { SecP256r1MLKEM768 = 0x11eb, SecP384r1MLKEM1024 = 0x11ed };

	return (group >= secp256r1 && group <= secp521r1) ||
	       group == SecP256r1MLKEM768 || group == SecP384r1MLKEM1024;
}

static int
point_compressed(const struct hello *h)
{
	enum { UNCOMPRESSED = 4 };
	struct bytes rest = {NULL, 0}, value;
	uint16_t group;

	while (hello_next_share(h, &rest, &group, &value))
		if (begins_with_point(group) &&
		    (value.n == 0 || value.p[0] != UNCOMPRESSED))
			return 1;
	return 0;
}

static int
renegotiates(const struct hello *h)
{
	struct bytes data;

	return hello_extension(h, renegotiation_info, &data) &&
	       (data.n != 1 || data.p[0] != 0);
}

static int
early_without_psk(const struct hello *h)
{
	return has(h, early_data) && !has(h, pre_shared_key);
}

static int
has_cookie(const struct hello *h)
{
	return has(h, cookie);
}

static int
psk_without_modes(const struct hello *h)
{
	return has(h, pre_shared_key) && !has(h, psk_key_exchange_modes);
}

static int
lacks_for_1_3(const struct hello *h)
{
	return is_tls13(h) && !has(h, pre_shared_key) &&
	       !(has(h, signature_algorithms) && has(h, supported_groups) &&
		   has(h, key_share));
}

static int
extension_twice(const struct hello *h)
{
	uint8_t seen[1 << 13] = {0};
	struct bytes rest = h->extensions;
	struct extension e;

	while (extension_next(&rest, &e) == 1) {
		if (seen[e.type >> 3] & 1 << (e.type & 7))
			return 1;
		seen[e.type >> 3] |= (uint8_t)(1 << (e.type & 7));
	}
	return 0;
}

static int
psk_not_last(const struct hello *h)
{
	struct bytes rest = h->extensions;
	struct extension e;
	int psk = 0;

	while (extension_next(&rest, &e) == 1) {
		if (psk)
			return 1;
		psk = e.type == pre_shared_key;
	}
	return 0;
}

static int
record_not_3(const struct hello *h)
{
	size_t i;

	for (i = 0; i < h->records; i++)
		if (h->record[i].version >> 8 != 3)
			return 1;
	return 0;
}

static int
record_too_long(const struct hello *h)
{
	size_t i;

	for (i = 0; i < h->records; i++)
		if (h->record[i].length > 1 << 14)
			return 1;
	return 0;
}

static int
record_empty(const struct hello *h)
{
	size_t i;

	for (i = 0; i < h->records; i++)
		if (h->record[i].length == 0)
			return 1;
	return 0;
}

static int
has_surplus(const struct hello *h)
{
	return h->surplus.n != 0;
}

static int
header_of_three(const struct hello *h)
{
	return h->header != 2;
}

static int
id_not_0_or_16(const struct hello *h)
{
	return h->session_id.n != 0 && h->session_id.n != 16;
}

static int
challenge_length(const struct hello *h)
{
	return h->random.n < 16 || h->random.n > 32;
}

enum { BOTH = HELLO_TLS | HELLO_SSLV2 };

static const struct rule rules[] = {
    /* The frame. */
    {HELLO_TLS, protocol_version, record_not_3,
	"record version is not 3.x (RFC 5246 E.1)"},
    {HELLO_TLS, record_overflow, record_too_long,
	"record longer than 2^14 (RFC 5246 6.2.1)"},
    {HELLO_TLS, unexpected_message, record_empty,
	"empty handshake record (RFC 5246 6.2.1)"},
    {HELLO_TLS, unexpected_message, has_surplus,
	"octets behind the message in its record (RFC 8446 5.1)"},
    {HELLO_SSLV2, unexpected_message, header_of_three,
	"SSLv2 header of three octets (RFC 5246 E.2)"},
    /* The fields. */
    {BOTH, protocol_version, no_major_3,
	"client_version is not 3.x (RFC 5246 E.1)"},
    {BOTH, decode_error, no_suites, "no cipher suite (RFC 5246 7.4.1.2)"},
    {BOTH, decode_error, suites_cut, "the last cipher suite is cut"},
    {HELLO_TLS, decode_error, id_too_long,
	"session_id longer than 32 octets (RFC 5246 7.4.1.2)"},
    {HELLO_SSLV2, illegal_parameter, id_not_0_or_16,
	"session_id is neither 0 nor 16 octets (RFC 2246 E.1)"},
    {HELLO_SSLV2, illegal_parameter, challenge_length,
	"challenge is not 16 to 32 octets (RFC 5246 E.2)"},
    {HELLO_TLS, illegal_parameter, no_null_compression,
	"no null compression (RFC 5246 7.4.1.2)"},
    {HELLO_TLS, illegal_parameter, compresses_1_3,
	"more than null compression with TLS 1.3 (RFC 8446 4.1.2)"},
    {HELLO_TLS, protocol_version, legacy_not_3_3,
	"legacy_version of a TLS 1.3 hello is not 3.3 (RFC 8446 4.1.2)"},
    /* The extensions. */
    {HELLO_TLS, illegal_parameter, share_not_in_groups,
	"a key share of a group that supported_groups has not "
	"(RFC 8446 4.2.8)"},
    {HELLO_TLS, illegal_parameter, share_twice,
	"two key shares of a group (RFC 8446 4.2.8)"},
    {HELLO_TLS, illegal_parameter, point_compressed,
	"a point that is not uncompressed (RFC 8446 4.2.8.2)"},
    {HELLO_TLS, handshake_failure, renegotiates,
	"a renegotiation in a first hello (RFC 5746 3.6)"},
    {HELLO_TLS, illegal_parameter, early_without_psk,
	"early_data without pre_shared_key (RFC 8446 4.2.10)"},
    {HELLO_TLS, illegal_parameter, has_cookie,
	"a cookie in a first hello (RFC 8446 4.2.2)"},
    {HELLO_TLS, illegal_parameter, extension_twice,
	"an extension twice (RFC 5246 7.4.1.4)"},
    {HELLO_TLS, illegal_parameter, psk_not_last,
	"pre_shared_key is not last (RFC 8446 4.2.11)"},
    {HELLO_TLS, missing_extension, psk_without_modes,
	"no psk_key_exchange_modes (RFC 8446 4.2.9)"},
    {HELLO_TLS, missing_extension, lacks_for_1_3,
	"TLS 1.3 without signature_algorithms, supported_groups or key_share "
	"(RFC 8446 9.2)"},
};

int
hello_legal(const struct hello *h, const char **why)
{
	size_t i;

	for (i = 0; i < sizeof rules / sizeof rules[0]; i++)
		if (rules[i].forms & (int)h->form && rules[i].broken(h)) {
			*why = rules[i].why;
			return rules[i].description;
		}
	*why = "";
	return 0;
}
