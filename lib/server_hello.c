/* server_hello.c - ServerHello and HelloRetryRequest: what the server chose of
 * what the recorded hello offers. */

#include "handshake_state.h"

/* The fields of RFC 5246 7.4.1.3. */
struct fields {
	size_t version, suite, compression;
	struct bytes random, session_id, extensions;
};

static int
cut(struct handshake *h, struct fields *f, struct bytes b)
{
	enum { SESSION_ID = 32 };

	f->extensions = (struct bytes){NULL, 0};
	if (take_int(&b, 2, &f->version) == -1 ||
	    take(&b, RANDOM, &f->random) == -1 ||
	    take_vector(&b, 1, &f->session_id) == -1 ||
	    take_int(&b, 2, &f->suite) == -1 ||
	    take_int(&b, 1, &f->compression) == -1)
		return decode_error;
	if (f->session_id.n > SESSION_ID && !erring(h, HANDSHAKE_TAKES_SYNTAX))
		return decode_error;
	if (b.n != 0 && take_vector(&b, 2, &f->extensions) == -1)
		return decode_error;
	return b.n == 0 || erring(h, HANDSHAKE_TAKES_SYNTAX) ? 0 : decode_error;
}

static int
legal_version(struct handshake *h, const struct fields *f, size_t *chosen)
{
	const struct hello *hello = h->p.hello;
	struct bytes rest = f->extensions, ours;
	struct extension e = {0, {NULL, 0}};
	size_t v = f->version;
	int r;

	while ((r = extension_next(&rest, &e)) == 1)
		if (e.type == supported_versions)
			break;
	if (r == -1)
		return decode_error;
	if (r == 1) {
		/* RFC 8446 4.2.1: it is for 1.3 only, and the old field is
		 * not looked at. */
		if (e.data.n != 2 || octets2(e.data.p) != TLS_1_3 ||
		    (f->version != TLS_1_2 &&
			erring(h, HANDSHAKE_REFUSES_LAWFUL)))
			return because(
			    h, illegal_parameter, "supported_versions");
		v = TLS_1_3;
	} else if (v >= TLS_1_3 || v > hello->version) {
		return because(
		    h, protocol_version, "a version above what was offered");
	}
	if (v < TLS_1_0)
		return because(h, protocol_version, "a version below TLS 1.0");
	/* With the extension, only what it lists (RFC 8446 4.2.1). */
	if ((v == TLS_1_3 ||
		hello_extension(hello, supported_versions, &ours)) &&
	    !hello_lists(hello, supported_versions, 1, (uint16_t)v))
		return because(
		    h, protocol_version, "a version that was not offered");
	if (h->version != 0 && h->version != v)
		return because(h, illegal_parameter,
		    "another version than in HelloRetryRequest");
	*chosen = v;
	return 0;
}

static int
choose_version(struct handshake *h, const struct fields *f)
{
	size_t v = 0;
	int r = legal_version(h, f, &v);

	/* Who takes any version goes by the cipher suite. */
	if (r > 0 && erring(h, HANDSHAKE_TAKES_VERSION)) {
		v = f->suite >> 8 == 0x13 ? TLS_1_3 : TLS_1_2;
		r = 0;
	}
	h->version = (uint16_t)v;
	h->info.version = h->version;
	return r;
}

/* RFC 8446 4.1.3: who offered 1.3 must see through it, and who offered 1.2
 * should, if it comes to less. */
static int
check_downgrade(struct handshake *h, const struct fields *f)
{
	static const uint8_t mark[] = {'D', 'O', 'W', 'N', 'G', 'R', 'D'};
	const struct hello *hello = h->p.hello;
	int new = hello_lists(hello, supported_versions, 1, TLS_1_3);
	struct bytes list;
	int listed = hello_extension(hello, supported_versions, &list);
	int second = listed ? hello_lists(hello, supported_versions, 1, TLS_1_2)
			    : hello->version == TLS_1_2;

	if (memcmp(f->random.p + 24, mark, sizeof mark) != 0 ||
	    h->version >= TLS_1_3)
		return 0;
	if (((new && f->random.p[31] <= 1) ||
		(second && h->version < TLS_1_2 && f->random.p[31] == 0)) &&
	    !erring(h, HANDSHAKE_TAKES_VERSION))
		return because(
		    h, illegal_parameter, "the random tells of a downgrade");
	return 0;
}

static int
choose_suite(struct handshake *h, const struct fields *f)
{
	const struct suite *s = suite_find((uint16_t)f->suite);

	if (!hello_offers(h->p.hello, (uint16_t)f->suite) &&
	    !erring(h, HANDSHAKE_TAKES_CHOICE))
		return because(h, illegal_parameter,
		    "a cipher suite that was not offered");
	h->info.cipher_suite = (int)f->suite;
	if (s == NULL)
		return because(h, REACH, "a cipher suite that is not ours");
	if (h->version < s->min_version || h->version > s->max_version)
		return because(
		    h, illegal_parameter, "a cipher suite of another version");
	if (h->suite != NULL && h->suite != s &&
	    !erring(h, HANDSHAKE_TAKES_CHOICE))
		return because(h, illegal_parameter,
		    "another cipher suite than in HelloRetryRequest");
	if (f->compression != 0 && !erring(h, HANDSHAKE_TAKES_CHOICE))
		return memchr(h->p.hello->compression_methods.p,
			   (int)f->compression,
			   h->p.hello->compression_methods.n) == NULL
			   ? because(h, illegal_parameter,
				 "a compression that was not offered")
			   : because(h, REACH, "compression");
	h->suite = s;
	h->md = h->version < TLS_1_2 ? EVP_md5_sha1()
				     : EVP_get_digestbyname(s->hash);
	return h->md != NULL ? 0 : internal_error;
}

static int
check_session(struct handshake *h, const struct fields *f)
{
	struct bytes ours = h->p.hello->session_id;

	if (h->version == TLS_1_3)
		/* RFC 8446 4.1.3 */
		return bytes_equal(f->session_id, ours) ||
			       erring(h, HANDSHAKE_TAKES_CHOICE)
			   ? 0
			   : because(h, illegal_parameter,
				 "not the session_id that was sent");
	/* RFC 5246 7.4.1.3: an echo resumes. */
	if (f->session_id.n > 0 && bytes_equal(f->session_id, ours))
		return because(
		    h, REACH, "the session that is resumed is not ours");
	return 0;
}

/* SHA-256 of "HelloRetryRequest": RFC 8446 4.1.3. */
const uint8_t retry_random[RANDOM] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61,
    0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
    0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33,
    0x9c};

static int
go_on(struct handshake *h, unsigned where)
{
	h->records.tls13 = h->version == TLS_1_3;
	if (where == HRR) {
		/* RFC 8446 4.1.4: it has to change something. */
		if (h->retry_group == 0 && h->cookie.n == 0 &&
		    !erring(h, HANDSHAKE_TAKES_RETRY))
			return because(h, illegal_parameter,
			    "a HelloRetryRequest that changes nothing");
		h->row = retry_rows;
		return transcript_retry(h);
	}
	h->records.version = h->version == TLS_1_3 ? TLS_1_2 : h->version;
	if (erring(h, HANDSHAKE_ERROR_RECORD_VERSION))
		h->records.version = TLS_1_3;
	h->row = h->version == TLS_1_3 ? tls13_rows : tls12_rows;
	return 0;
}

int
read_server_hello(struct handshake *h, struct bytes body)
{
	struct fields f;
	unsigned where;
	int r;

	if (h->p.hello == NULL)
		return because(h, REACH, "a hello that cannot be cut");
	if ((r = cut(h, &f, body)) != 0 || (r = choose_version(h, &f)) != 0 ||
	    (r = check_downgrade(h, &f)) != 0 ||
	    (r = choose_suite(h, &f)) != 0 || (r = check_session(h, &f)) != 0)
		return r;
	where = h->version == TLS_1_3 ? SH13 : SH;
	if (where == SH13 && memcmp(f.random.p, retry_random, RANDOM) == 0) {
		if (h->retried && !erring(h, HANDSHAKE_TAKES_RETRY))
			return because(h, unexpected_message,
			    "a second HelloRetryRequest"); /* 8446 4.1.4 */
		if (erring(h, HANDSHAKE_REFUSES_LAWFUL))
			return because(h, handshake_failure,
			    "a HelloRetryRequest, which it has to take");
		where = HRR;
	}
	memcpy(h->server_random, f.random.p, RANDOM);
	if (!h->retried && (r = transcript_start(h)) != 0)
		return r;
	if (where == HRR)
		h->retried = RETRYING;
	else if (h->retried)
		h->retried = RETRIED;
	if ((r = read_extensions(h, f.extensions, where)) != 0)
		return r;
	return go_on(h, where);
}
