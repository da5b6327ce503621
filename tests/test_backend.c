/* test_backend.c - whichever backend is linked in, as client against itself as
 * server, keeps the contract of tls.h. */

#include "seen.h"

/* What is done at every version that the backend can. */
struct each {
	enum cert cert;
	enum tls_resume resume;
	void (*test)(const struct tls_params *client,
	    const struct tls_params *server, uint16_t version);
};

static void
each_version(void **state)
{
	const struct each *e = *state;
	struct tls_params p, q;
	int i;

	for (i = 0; i < VERSIONS; i++) {
		p = params(TLS_CLIENT, versions[i], e->cert);
		q = params(TLS_SERVER, versions[i], e->cert);
		p.resume = q.resume = e->resume;
		e->test(&p, &q, versions[i]);
	}
}

static void
the_version_is_a_number(void **state)
{
	const char *v = tls_backend.version();

	(void)state;
	print_message("%s %s\n", tls_backend.name, v);
	assert_true(v[0] >= '0' && v[0] <= '9');
	assert_non_null(strchr(v, '.'));
}

static void
talks(const struct tls_params *p, const struct tls_params *q, uint16_t version)
{
	if (!play(p, q, "mx.example", CLOSE, 1)) {
		assert_int_not_equal(version, 0); /* can at least something */
		return;
	}
	assert_done(0, version, 0, CLOSE);
	assert_int_equal(ends[0][SERVER].last_read, 0);
	told("talks");
}

static void
without_an_authority_nothing_is_verified(void **state)
{
	struct tls_params p = {0}, q = params(TLS_SERVER, 0, RSA);

	(void)state;
	assert_int_equal(play(&p, &q, "other.example", CLOSE, 1), 1);
	assert_int_equal(ends[0][CLIENT].handshake, 0);
	assert_int_equal(ends[0][CLIENT].shutdown, 0);
	assert_int_equal(ends[0][CLIENT].info.verified, -1);
	assert_string_equal(ends[0][SERVER].info.server_name, "other.example");
}

static void
a_mebibyte_goes_each_way(
    const struct tls_params *p, const struct tls_params *q, uint16_t version)
{
	uint64_t digest = fnv_add(FNV_START, (struct bytes){bulk(), BULK});

	if (!play(p, q, "mx.example", MEBIBYTE, 1))
		return;
	assert_done(0, version, 0, MEBIBYTE);
	assert_true(ends[0][CLIENT].digest == digest);
	assert_true(ends[0][SERVER].digest == digest);
}

static void
a_cut_is_not_an_end(
    const struct tls_params *p, const struct tls_params *q, uint16_t version)
{
	struct end *e;
	int role;

	for (role = CLIENT; role <= SERVER; role++) {
		if (!play(p, q, "mx.example",
			role == CLIENT ? SERVER_CUTS : CLIENT_CUTS, 1))
			return;
		assert_done(0, version, 0, CLIENT_CUTS);
		e = &ends[0][role];
		assert_int_equal(e->last_read, -1);
		assert_int_equal(e->info.close_received, 0);
		assert_true(e->info.error[0] != '\0');
	}
}

static int
resumes(
    const struct tls_params *p, const struct tls_params *q, uint16_t version)
{
	if (!play(p, q, "mx.example", CLOSE, 2))
		return 0;
	assert_done(0, version, 0, CLOSE);
	assert_done(1, version, 1, CLOSE);
	told("resumes");
	return 1;
}

/* Ids ended with TLS 1.2 (RFC 8446 appendix D.1): only what is older. */
static void
resumes_by_id(
    const struct tls_params *p, const struct tls_params *q, uint16_t version)
{
	if (version != 0 && version < 0x0304 && resumes(p, q, version))
		assert_false(
		    server_hello(0).tickets || client_hello(0).tickets);
}

static void
resumes_by_ticket(
    const struct tls_params *p, const struct tls_params *q, uint16_t version)
{
	if (!resumes(p, q, version))
		return;
	if (server_hello(1).version == 0x0304)
		assert_true(server_hello(1).resumes);
	else
		assert_true(server_hello(0).tickets);
}

/* Nothing is offered and nothing granted.  (Some servers give a session an id
 * all the same; then nobody can resume it.) */
static void
resumes_nothing(
    const struct tls_params *p, const struct tls_params *q, uint16_t version)
{
	struct hello c, s;
	int i;

	if (!play(p, q, "mx.example", CLOSE, 2))
		return;
	for (i = 0; i < 2; i++) {
		assert_done(i, version, 0, CLOSE);
		c = client_hello(i);
		s = server_hello(i);
		assert_false(c.tickets || c.resumes || s.tickets || s.resumes);
		if (version != 0 && version < 0x0304)
			assert_int_equal(c.session_id, 0);
	}
	if (s.version < 0x0304)
		print_message("%04x: session id of %zu octets\n", s.version,
		    s.session_id);
}

/* One end would, the other does not. */
static void
resumption_takes_two(void **state)
{
	struct tls_params p, q;
	int i, one;

	(void)state;
	for (i = 0; i < 2 * VERSIONS; i++) {
		one = i % 2;
		p = params(TLS_CLIENT, versions[i / 2], RSA);
		q = params(TLS_SERVER, versions[i / 2], RSA);
		p.resume = one ? TLS_RESUME_TICKET : TLS_RESUME_NO;
		q.resume = one ? TLS_RESUME_NO : TLS_RESUME_TICKET;
		if (!play(&p, &q, "mx.example", CLOSE, 2))
			continue;
		assert_done(0, versions[i / 2], 0, CLOSE);
		assert_done(1, versions[i / 2], 0, CLOSE);
	}
}

/* The client did not believe the server, and told it so. */
static void
assert_refused(const char *what, uint16_t version)
{
	struct end *c = &ends[0][CLIENT], *s = &ends[0][SERVER];
	int hidden, alert = clear_alert(octets(s->tap, 'C'), &hidden);
	int old = server_hello(0).version < 0x0304;

	assert_int_equal(c->open, 0);
	assert_int_equal(c->handshake, -1);
	assert_int_equal(s->handshake, -1);
	assert_int_equal(c->info.verified, 0);
	assert_int_equal(s->info.verified, -1);
	assert_true(c->info.error[0] != '\0');
	/* BearSSL goes without a word (RFC 5246 7.2.2 asks for one). */
	if (strcmp(tls_backend.name, "bearssl") != 0)
		assert_true(alert > 0 || hidden);
	/* In TLS 1.3 it is protected; in clear a server may not take it. */
	if (hidden)
		assert_true(s->info.alert_received > 0);
	else if (old || s->info.alert_received != -1)
		assert_int_equal(s->info.alert_received, alert);
	if (c->info.alert_sent != -1)
		assert_int_equal(c->info.alert_sent, s->info.alert_received);
	print_message("%s at %04x: sent %d, in clear %d, received %d; %s\n",
	    what, version, c->info.alert_sent, alert, s->info.alert_received,
	    c->info.error);
}

static void
refusals(const char *what, const char *authority, const char *name)
{
	struct tls_params p, q;
	int i;

	for (i = 0; i < VERSIONS; i++) {
		p = params(TLS_CLIENT, versions[i], RSA);
		q = params(TLS_SERVER, versions[i], RSA);
		p.ca_file = authority;
		if (play(&p, &q, name, CLOSE, 1))
			assert_refused(what, versions[i]);
	}
}

static void
another_authority_is_refused(void **state)
{
	(void)state;
	refusals("authority", other_ca, "mx.example");
}

static void
another_name_is_refused(void **state)
{
	(void)state;
	refusals("name", ca[RSA], "other.example");
}

/* Neither end says a version, and an alert in clear is told. */
static void
assert_no_version(uint16_t client, uint16_t server)
{
	int role, hidden, sent[2];

	for (role = CLIENT; role <= SERVER; role++) {
		struct end *e = &ends[0][role];

		sent[!role] = clear_alert(
		    octets(e->tap, role == CLIENT ? 'S' : 'C'), &hidden);
		assert_int_equal(e->open, 0);
		assert_int_equal(e->handshake, -1);
		assert_int_equal(e->info.version, 0);
		assert_int_equal(e->info.alert_received, sent[!role]);
	}
	assert_true(ends[0][CLIENT].info.verified != 1);
	print_message("client %04x, server %04x: alert of client %d, of server "
		      "%d\n",
	    client, server, sent[CLIENT], sent[SERVER]);
}

static void
without_a_common_version_nothing_happens(void **state)
{
	struct tls_params p, q;
	int i, k;

	(void)state;
	for (i = 1; i < VERSIONS; i++)
		for (k = 1; k < VERSIONS; k++) {
			p = params(TLS_CLIENT, versions[i], RSA);
			q = params(TLS_SERVER, versions[k], RSA);
			if (i != k && play(&p, &q, "mx.example", CLOSE, 1))
				assert_no_version(versions[i], versions[k]);
		}
}

static void
a_failed_open_can_be_closed(void **state)
{
	struct tls_params p = params(TLS_CLIENT, 0, RSA);
	struct tls_params q = params(TLS_SERVER, 0, RSA);
	struct end *c = &ends[0][CLIENT];
	char name[400];

	(void)state;
	memset(name, 'a', sizeof name - 1); /* RFC 6066 3: too long a name */
	name[sizeof name - 1] = '\0';
	assert_int_equal(play(&p, &q, name, CLOSE, 1), 1);
	assert_int_equal(c->handshake, -1);
	assert_true(c->info.error[0] != '\0');
	print_message("open %d: %s\n", c->open, c->info.error);
	assert_int_equal(ends[0][SERVER].handshake, -1);
	if (c->open == -1)
		assert_int_equal(ends[0][SERVER].info.alert_received, -1);
}

/* fork() copies a generator's state; each child must have its own. */
static void
children_share_no_random(void **state)
{
	struct tls_params p = params(TLS_CLIENT, 0, ECDSA);
	struct tls_params q = params(TLS_SERVER, 0, ECDSA);
	uint8_t random[2 * CONNECTIONS][32];
	struct hello c, s;
	int i, k;

	(void)state;
	assert_int_equal(play(&p, &q, "mx.example", APART, CONNECTIONS), 1);
	for (i = 0; i < CONNECTIONS; i++) {
		assert_done(i, 0, 0, APART);
		c = client_hello(i);
		s = server_hello(i);
		memcpy(random[2 * i], c.random, 32);
		memcpy(random[2 * i + 1], s.random, 32);
	}
	for (i = 0; i < 2 * CONNECTIONS; i++)
		for (k = 0; k < i; k++)
			assert_memory_not_equal(random[i], random[k], 32);
}

/* The secrets are this connection's, and the same at both ends. */
static void
both_ends_have_the_same_secrets(
    const struct tls_params *p, const struct tls_params *q, uint16_t version)
{
	const char *line, *end, *word;
	struct hello h;
	char random[65];
	size_t i;
	int n = 0;

	if (!play(p, q, "mx.example", CLOSE, 1))
		return;
	assert_done(0, version, 0, CLOSE);
	h = client_hello(0);
	for (i = 0; i < 32; i++)
		snprintf(random + 2 * i, 3, "%02x", h.random[i]);
	for (line = ends[0][CLIENT].tap; (end = strchr(line, '\n')) != NULL;
	     line = end + 1) {
		char copy[400];

		if (strncmp(line, "= tls.secret ", 13) != 0)
			continue;
		snprintf(
		    copy, sizeof copy, "%.*s", (int)(end + 1 - line), line);
		word = strchr(copy + 13, ' ');
		assert_non_null(word);
		assert_memory_equal(word + 1, random, 64);
		assert_non_null(strstr(ends[0][SERVER].tap, copy));
		n++;
	}
	print_message("%04x: %d secrets\n", h.version, n);
}

/* clang-format off */
#define AT_EACH_VERSION(test, cert, resume) { \
	#test ": " #cert ", " #resume, each_version, NULL, NULL, \
	&(struct each){cert, resume, test}}
/* clang-format on */

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_version_is_a_number),
	    AT_EACH_VERSION(talks, RSA, TLS_RESUME_NO),
	    AT_EACH_VERSION(talks, ECDSA, TLS_RESUME_NO),
	    AT_EACH_VERSION(a_mebibyte_goes_each_way, ECDSA, TLS_RESUME_NO),
	    AT_EACH_VERSION(a_cut_is_not_an_end, ECDSA, TLS_RESUME_NO),
	    AT_EACH_VERSION(resumes_by_id, RSA, TLS_RESUME_ID),
	    AT_EACH_VERSION(resumes_by_ticket, RSA, TLS_RESUME_TICKET),
	    AT_EACH_VERSION(resumes_nothing, RSA, TLS_RESUME_NO),
	    AT_EACH_VERSION(
		both_ends_have_the_same_secrets, ECDSA, TLS_RESUME_NO),
	    cmocka_unit_test(resumption_takes_two),
	    cmocka_unit_test(without_an_authority_nothing_is_verified),
	    cmocka_unit_test(another_authority_is_refused),
	    cmocka_unit_test(another_name_is_refused),
	    cmocka_unit_test(without_a_common_version_nothing_happens),
	    cmocka_unit_test(a_failed_open_can_be_closed),
	    cmocka_unit_test(children_share_no_random),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
