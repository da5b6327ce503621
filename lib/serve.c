/* serve.c - plays a script as the server of a handshake (serve.h). */

#include "serve.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>

#include "serve_state.h"
#include "signature.h"
#include "wire.h"

struct serve *
serve_new(const struct serve_params *p)
{
	struct handshake_params hp = {
	    .wire = p->wire, .errors = p->script->errors};
	struct serve *s = calloc(1, sizeof *s);

	if (s == NULL || (s->h = handshake_new(&hp)) == NULL) {
		free(s);
		return NULL;
	}
	s->p = *p;
	s->h->server = 1;
	s->h->row = NULL;
	return s;
}

void
serve_free(struct serve *s)
{
	if (s == NULL)
		return;
	handshake_free(s->h);
	free(s);
}

int
serve_flag(const struct serve *s, unsigned flag)
{
	return (s->p.script->flags & flag) != 0;
}

struct handshake *
serve_handshake(struct serve *s)
{
	return s->h;
}

int
serve_went_on(const struct serve *s)
{
	return s->went_on;
}

const struct hello *
serve_hello(const struct serve *s)
{
	return &s->hello;
}

uint16_t
serve_version(const struct serve *s)
{
	return s->version;
}

int
serve_raw(struct serve *s, struct bytes b)
{
	int r = record_flush(&s->h->records);

	if (r == 0 && wire_write(s->p.wire, b.p, b.n) == -1)
		r = ENDED;
	return r;
}

int
serve_record(struct serve *s, uint8_t type, uint16_t version, struct bytes body)
{
	uint8_t header[RECORD_HEADER];
	struct out o = {header, 0, sizeof header};
	int r;

	put_int(&o, 1, type);
	put_int(&o, 2, version);
	put_int(&o, 2, body.n);
	r = serve_raw(s, (struct bytes){header, sizeof header});
	return r != 0 || body.n == 0 ? r : serve_raw(s, body);
}

void
serve_record_version(struct serve *s, uint16_t version)
{
	s->h->records.version = version;
}

/* What our key cannot do is said, and it signs in its own way. */
int
serve_sign(struct serve *s, struct bytes data, struct out *o)
{
	enum { ECDSA = 3 }; /* RFC 5246 7.4.1.4.1 */
	size_t start = o->n;
	uint16_t scheme = (s->scheme & 0xff) == ECDSA
			      ? signature_default(s->p.key)
			      : s->scheme;
	int r = signature_sign(s->p.key, scheme, data, o);

	if (r == 0 && o->n <= o->len && o->n > start)
		o->p[o->n - 1] ^= (uint8_t)serve_flag(s, SERVE_SIGNATURE);
	return r;
}

int
serve_expect_behind(struct serve *s, uint8_t content, uint8_t type,
    uint8_t dropped, struct bytes *body)
{
	struct event e;
	int r;

	if ((r = record_flush(&s->h->records)) != 0 ||
	    (r = next_event(s->h, &e)) != 0)
		return r;
	if (e.content == handshake)
		s->went_on = s->answered;
	if (e.content == handshake && e.type == dropped &&
	    serve_flag(s, SERVE_TAKES_ORDER)) {
		r = transcript_add(s->h, e.octets);
		return r != 0 ? r : serve_expect(s, content, type, body);
	}
	if (e.content != content || (content == handshake && e.type != type))
		return serve_flag(s, SERVE_TAKES_ORDER)
			   ? SERVE_BELIEVES
			   : because(s->h, unexpected_message,
				 "not the message that is due");
	*body = e.octets;
	if (content != handshake)
		return 0;
	*body = (struct bytes){e.octets.p + 4, e.octets.n - 4};
	return transcript_add(s->h, e.octets);
}

int
serve_expect(struct serve *s, uint8_t content, uint8_t type, struct bytes *body)
{
	return serve_expect_behind(s, content, type, hello_request, body);
}

/* RFC 6066 3: a list of one name of type 0. */
static void
note_name(struct serve *s)
{
	enum { SERVER_NAME = 0 };
	struct bytes data, list, name;
	size_t type;

	if (hello_extension(&s->hello, SERVER_NAME, &data) &&
	    take_vector(&data, 2, &list) == 0 &&
	    take_int(&list, 1, &type) == 0 && take_vector(&list, 2, &name) == 0)
		snprintf(s->h->info.server_name, sizeof s->h->info.server_name,
		    "%.*s", (int)name.n, (const char *)name.p);
}

/* What was said is taken apart as if it had come in one record. */
static int
decode_hello(struct serve *s, struct bytes body)
{
	uint8_t octets[HELLO_OCTETS];
	struct out o = {octets, 0, sizeof octets};

	put_int(&o, 1, handshake);
	put_int(&o, 2, TLS_1_0);
	put_int(&o, 2, 4 + body.n);
	put_int(&o, 1, client_hello);
	put_vector(&o, 3, body);
	return o.n > o.len || 4 + body.n > 0xffff
		   ? -1
		   : hello_decode(&s->hello, (struct bytes){octets, o.n});
}

/* In the SSLv2 form only where a session begins. */
static int
read_hello(struct serve *s)
{
	struct bytes body = {NULL, 0}, sslv2 = {NULL, 0};
	int r;

	if (s->h->p.hello == NULL &&
	    (r = record_sslv2(&s->h->records, &sslv2)) != 0)
		return r;
	if (sslv2.n > 0)
		r = hello_decode(&s->hello, sslv2);
	else if ((r = serve_expect(s, handshake, client_hello, &body)) != 0)
		return r;
	else
		r = decode_hello(s, body);
	if (r != 0)
		return because(s->h, decode_error, "no ClientHello");
	s->h->p.hello = &s->hello;
	set_client_random(s->h);
	note_name(s);
	return serve_choose(s);
}

static int
retry(struct serve *s)
{
	int lawful = s->retry == RETRY_GROUP || s->retry == RETRY_COOKIE;
	const struct suite *first = s->suite;
	int i, r, n = s->retries;

	for (i = 0; i < n; i++) {
		if ((r = serve_send_retry(s, i == n - 1)) != 0 ||
		    (r = read_hello(s)) != 0 ||
		    (r = serve_check_second(s, first)) != 0)
			return r;
		/* To answer a lawful one is what the client has to do. */
		if (lawful && i == 0)
			s->went_on = 0;
	}
	return 0;
}

/* What a script does before there is a hello: it is shown what came, and the
 * record layer reads it all the same. */
static int
look_first(struct serve *s)
{
	struct wire *w = s->p.wire;
	ssize_t n;

	if (s->p.script->instead == NULL)
		return 0;
	if (w->unread.n == 0) {
		if ((n = wire_read(w, s->first, sizeof s->first)) <= 0)
			return ENDED;
		wire_unread(w, (struct bytes){s->first, (size_t)n});
	}
	return s->p.script->instead(s, w->unread);
}

static int
play(struct serve *s)
{
	const struct script *script = s->p.script;
	struct record_layer *records = &s->h->records;
	int r;

	if ((r = look_first(s)) != 0 || (r = read_hello(s)) != 0)
		return r;
	s->answered = 1;
	records->version = s->version < TLS_1_2 ? s->version : TLS_1_2;
	if (serve_flag(s, SERVE_RECORDS_OF_1))
		records->limit = 1;
	if (serve_flag(s, SERVE_RECORDS_OF_100))
		records->limit = 100;
	if (serve_flag(s, SERVE_SEGMENTS_OF_1))
		s->p.wire->segment = 1;
	if (script->before != NULL && (r = script->before(s)) != 0)
		return r;
	if ((r = retry(s)) != 0 || (r = serve_send_answer(s)) != 0)
		return r;
	r = s->version == TLS_1_3 ? serve_rest13(s) : serve_rest12(s);
	records->limit = RECORD_PLAIN;
	return r;
}

/* Nothing is sent any more; what the client still says is looked at. */
static void
collect(struct serve *s)
{
	struct event e;
	int i;

	if (record_flush(&s->h->records) != 0)
		s->h->records.queued = 0;
	wire_end_writing(s->p.wire);
	for (i = 0; i < NOISE && next_event(s->h, &e) == 0; i++)
		s->went_on |= e.content == handshake;
}

void
serve_by(struct serve *s, const struct script *script)
{
	s->p.script = script;
}

int
serve_run(struct serve *s)
{
	struct handshake *h = s->h;
	uint8_t fatal[] = {2, 0};
	int r = play(s);

	if (r == 0 || r == SERVE_BELIEVES) {
		h->done = 1;
		h->info.resumed = 0;
		return 0;
	}
	if (r > 0) {
		fatal[1] = (uint8_t)r;
		if (record_send(&h->records, alert,
			(struct bytes){fatal, sizeof fatal}) == 0)
			h->info.alert_sent = r;
	}
	if (r != CLOSED && r != REFUSED)
		collect(s);
	snprintf(h->info.error, sizeof h->info.error, "%s",
	    r == SERVE_ENOUGH ? "the script ends here"
	    : r == CLOSED     ? "the client closed"
	    : r == REFUSED    ? "the client refused"
	    : r == ENDED      ? "the connection ended"
	    : h->why != NULL  ? h->why
			      : "the client's message is wrong");
	h->over = 1;
	return -1;
}
