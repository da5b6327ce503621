/* serve_choose.c - what a right answer to the client's hello would be. */

#include "serve_state.h"
#include "signature.h"

/* An RSA certificate; ephemeral keys and what everybody has first, and of TLS
 * 1.3 two with the same hash. */
static const uint16_t suites12[] = {0xc02f, 0xc030, 0xcca8, 0xc027, 0xc013,
    0xc014, 0xc012, 0xc011, 0x009c, 0x009d, 0x003c, 0x002f, 0x0035, 0x000a};
static const uint16_t suites13[] = {0x1301, 0x1303, 0x1302, 0x1304, 0x1305};
static const uint16_t groups[] = {
    0x001d, 0x0017, 0x0018, 0x0019, 0x001e, 0x0100};
static const uint16_t schemes12[] = {0x0401, 0x0501, 0x0601, 0x0804, 0x0201};
static const uint16_t schemes13[] = {0x0804, 0x0805, 0x0806};

enum { RSA_PKCS1_SHA1 = 0x0201 };

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static int
fits(const struct suite *s, uint16_t version)
{
	return s != NULL && version >= s->min_version &&
	       version <= s->max_version;
}

/* The first of ours that is offered, but not this one; NULL: none is. */
static const struct suite *
offered(const struct serve *s, const struct suite *but)
{
	int new = s->version == TLS_1_3;
	const uint16_t *list = new ? suites13 : suites12;
	size_t n = new ? COUNT(suites13) : COUNT(suites12), i;

	for (i = 0; i < n; i++)
		if (hello_offers(&s->hello, list[i]) &&
		    fits(suite_find(list[i]), s->version) &&
		    suite_find(list[i]) != but)
			return suite_find(list[i]);
	return NULL;
}

const struct suite *
serve_other_suite(const struct serve *s)
{
	return offered(s, s->suite);
}

static int
choose_suite(struct serve *s)
{
	s->suite = offered(s, NULL);
	/* A hello of TLS 1.3 alone has none for a version below: then what
	 * the script says is wrong comes with a suite that is, too. */
	if (s->suite == NULL && s->version < TLS_1_3)
		s->suite = suite_find(s->version == TLS_1_2 ? 0xc02f : 0xc013);
	return s->suite != NULL ? 0 : REACH;
}

static void
choose_version(struct serve *s)
{
	uint16_t v = s->hello.version;

	s->version = s->p.script->version;
	if (s->version == 0)
		s->version =
		    hello_lists(&s->hello, supported_versions, 1, TLS_1_3)
			? TLS_1_3
		    : v < TLS_1_2 ? v
				  : TLS_1_2;
}

/* The first share of a group that is ours. */
static const struct group *
find_share(struct serve *s)
{
	struct bytes rest = {NULL, 0}, value;
	const struct group *g;
	uint16_t code;

	while (hello_next_share(&s->hello, &rest, &code, &value))
		if ((g = group_find(code)) != NULL) {
			s->theirs = value;
			return g;
		}
	return NULL;
}

const struct group *
serve_retry_group(const struct serve *s)
{
	enum serve_retry retry = s->retry;
	struct bytes value;
	int listed, shared;
	size_t i;

	if (retry == RETRY_SHARED)
		return s->group;
	for (i = 0; i < COUNT(groups); i++) {
		listed = hello_lists(&s->hello, supported_groups, 2, groups[i]);
		shared = hello_share(&s->hello, groups[i], &value);
		if (retry == RETRY_GROUP && listed && !shared)
			return group_find(groups[i]);
		if (retry == RETRY_UNLISTED && !listed)
			return group_find(groups[i]);
	}
	/* Everything is listed: one that TLS 1.3 does not know. */
	return retry == RETRY_UNLISTED ? group_find(0x0016) : NULL;
}

static void
choose_group(struct serve *s)
{
	size_t i;

	if (s->version == TLS_1_3) {
		s->group = find_share(s);
		return;
	}
	s->group = group_find(0x0017);
	for (i = COUNT(groups); i-- > 0;)
		if (hello_lists(&s->hello, supported_groups, 2, groups[i]) &&
		    groups[i] < 0x0100)
			s->group = group_find(groups[i]);
}

static void
choose_scheme(struct serve *s)
{
	int new = s->version == TLS_1_3;
	const uint16_t *list = new ? schemes13 : schemes12;
	size_t n = new ? COUNT(schemes13) : COUNT(schemes12);

	if (s->version < TLS_1_2) {
		s->scheme = SIGNATURE_OF_OLD;
		return;
	}
	s->scheme = s->p.script->scheme;
	if (s->scheme != 0)
		return;
	s->scheme = signature_default(s->p.key);
	while (n-- > 0)
		if (hello_lists(&s->hello, signature_algorithms, 2, list[n]))
			s->scheme = list[n];
	if (serve_flag(s, SERVE_SHA1))
		s->scheme = RSA_PKCS1_SHA1;
}

/* RFC 8446 4.1.4: without a share of ours one is asked for. */
static void
choose_retry(struct serve *s)
{
	s->retry = s->p.script->retry;
	s->retries = s->p.script->retries;
	if (s->retry == RETRY_NOT && s->group == NULL &&
	    s->version == TLS_1_3) {
		s->retry = RETRY_GROUP;
		s->retries = 1;
	}
}

int
serve_choose(struct serve *s)
{
	choose_version(s);
	choose_group(s);
	choose_scheme(s);
	if (!s->h->retried)
		choose_retry(s);
	if (choose_suite(s) != 0)
		return because(s->h, REACH, "no cipher suite of the player's");
	return 0;
}

/* RFC 8446 4.1.2: the second hello still offers what was chosen, and brings the
 * share that was asked for. */
int
serve_check_second(struct serve *s, const struct suite *first)
{
	if (serve_flag(s, SERVE_TAKES_RETRY)) {
		s->suite = first;
		return s->group != NULL ? 0 : SERVE_BELIEVES;
	}
	if (s->suite != first)
		return because(s->h, illegal_parameter,
		    "a second hello without the cipher suite chosen");
	if (s->group == NULL)
		return because(s->h, illegal_parameter,
		    "a second hello without the share asked for");
	return 0;
}
