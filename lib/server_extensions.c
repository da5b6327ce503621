/* server_extensions.c - the extensions of ServerHello, HelloRetryRequest and
 * EncryptedExtensions: answers to what the recorded hello asks. */

#include "handshake_state.h"

struct extension_row {
	uint16_t type;
	unsigned where;
	int (*read)(struct handshake *, struct bytes); /* NULL: it is */
	const char *beyond;                            /*   beyond reach */
};

/* RFC 5746 3.4: in a first handshake it has nothing to say. */
static int
read_renegotiation_info(struct handshake *h, struct bytes b)
{
	if ((b.n == 1 && b.p[0] == 0) || erring(h, HANDSHAKE_TAKES_EXTENSION))
		return 0;
	return because(h, handshake_failure, "a wrong renegotiation_info");
}

static int
read_encrypt_then_mac(struct handshake *h, struct bytes b)
{
	/* RFC 7366 3: with a stream cipher or AEAD it must not be said, and
	 * what a client does about it is not.  It has no meaning there, so
	 * nothing; libssl says it with the NULL cipher, and means it. */
	h->etm = h->suite->cipher->kind == CIPHER_CBC ||
		 h->suite->cipher->name == NULL;
	return b.n == 0 ? 0 : because(h, decode_error, "encrypt_then_mac");
}

static int
read_extended_master_secret(struct handshake *h, struct bytes b)
{
	h->ems = 1;
	return b.n == 0 ? 0 : decode_error;
}

static int
read_session_ticket(struct handshake *h, struct bytes b)
{
	h->ticket = 1;
	return b.n == 0 ? 0 : decode_error;
}

static int
read_status_request(struct handshake *h, struct bytes b)
{
	h->status = 1;
	return b.n == 0 ? 0 : decode_error;
}

static int
read_max_fragment_length(struct handshake *h, struct bytes b)
{
	struct bytes ours;

	/* RFC 6066 4: what was asked for, or nothing. */
	if (!hello_extension(h->p.hello, max_fragment_length, &ours) ||
	    !bytes_equal(b, ours) || b.n != 1 || b.p[0] < 1 || b.p[0] > 4)
		return because(h, illegal_parameter, "max_fragment_length");
	h->records.limit = (size_t)256 << b.p[0];
	return 0;
}

static int
read_record_size_limit(struct handshake *h, struct bytes b)
{
	size_t limit;

	if (take_int(&b, 2, &limit) == -1 || b.n != 0)
		return decode_error;
	if (limit < 64) /* RFC 8449 4 */
		return because(h, illegal_parameter, "record_size_limit");
	/* In TLS 1.3 the type's octet counts. */
	limit -= h->version == TLS_1_3;
	if (limit < h->records.limit)
		h->records.limit = limit;
	return 0;
}

static int
read_supported_versions(struct handshake *h, struct bytes b)
{
	(void)h, (void)b; /* choose_version() did */
	return 0;
}

static int
read_key_share(struct handshake *h, struct bytes b)
{
	struct bytes value;
	size_t group;

	if (take_int(&b, 2, &group) == -1)
		return decode_error;
	if (h->retried == RETRYING) { /* KeyShareHelloRetryRequest */
		h->retry_group = (uint16_t)group;
		return b.n == 0 ? 0 : decode_error;
	}
	if (take_vector(&b, 2, &value) == -1 || b.n != 0 || value.n == 0)
		return decode_error;
	if (value.n > sizeof h->share)
		return because(h, REACH, "a share longer than any of ours");
	memcpy(h->share, value.p, value.n);
	h->share_size = value.n;
	h->share_group = (uint16_t)group;
	return 0;
}

static int
read_cookie(struct handshake *h, struct bytes b)
{
	struct bytes value, rest = b;

	if (take_vector(&rest, 2, &value) == -1 || rest.n != 0 || value.n == 0)
		return decode_error;
	memcpy(h->retry, b.p, b.n); /* a message is no longer than retry[] */
	h->cookie = (struct bytes){h->retry, b.n};
	return 0;
}

static const struct extension_row rows[] = {
    {max_fragment_length, SH | EE, read_max_fragment_length, NULL},
    {truncated_hmac, SH, NULL, "truncated_hmac"},
    {status_request, SH, read_status_request, NULL},
    {encrypt_then_mac, SH, read_encrypt_then_mac, NULL},
    {extended_master_secret, SH, read_extended_master_secret, NULL},
    {record_size_limit, SH | EE, read_record_size_limit, NULL},
    {session_ticket, SH, read_session_ticket, NULL},
    /* Behind it the server waits for a message of the draft. */
    {next_protocol_negotiation, SH, NULL, "next_protocol_negotiation"},
    {renegotiation_info, SH, read_renegotiation_info, NULL},
    {supported_versions, SH13 | HRR, read_supported_versions, NULL},
    {key_share, SH13 | HRR, read_key_share, NULL},
    {pre_shared_key, SH13, NULL, "the session that is resumed is not ours"},
    {cookie, HRR, read_cookie, NULL},
};

/* RFC 5246 7.4.1.4, RFC 8446 4.2: an answer to something that was asked.
 * RFC 5746 3.4: the SCSV asks too.  A cookie is the server's own. */
static int
was_asked(const struct handshake *h, uint16_t type)
{
	struct bytes data;

	if (type == cookie && h->retried == RETRYING)
		return 1;
	if (type == renegotiation_info &&
	    hello_offers(h->p.hello, TLS_EMPTY_RENEGOTIATION_INFO_SCSV))
		return 1;
	return hello_extension(h->p.hello, type, &data);
}

static int
read_one(struct handshake *h, const struct extension *e, unsigned where)
{
	size_t i;

	if (!was_asked(h, e->type) && !erring(h, HANDSHAKE_TAKES_EXTENSION))
		return because(h, unsupported_extension,
		    "an extension that was not asked for");
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (rows[i].type != e->type)
			continue;
		if (!(rows[i].where & where))
			return because(h, illegal_parameter,
			    "an extension in the wrong message");
		if (rows[i].read == NULL)
			return because(h, REACH, rows[i].beyond);
		return rows[i].read(h, e->data);
	}
	return 0; /* RFC 8446 4.2: the others mean nothing to us */
}

int
read_extensions(struct handshake *h, struct bytes list, unsigned where)
{
	uint8_t seen[1 << 13] = {0};
	struct extension e;
	int r, bit;

	while ((r = extension_next(&list, &e)) == 1) {
		bit = 1 << (e.type & 7);
		if (seen[e.type >> 3] & bit &&
		    !erring(h, HANDSHAKE_TAKES_EXTENSION))
			return because(
			    h, illegal_parameter, "an extension twice");
		seen[e.type >> 3] |= (uint8_t)bit;
		if ((r = read_one(h, &e, where)) != 0)
			return r;
	}
	return r == 0 ? 0 : decode_error;
}

int
read_encrypted_extensions(struct handshake *h, struct bytes body)
{
	struct bytes list;

	if (take_vector(&body, 2, &list) == -1 || body.n != 0)
		return decode_error;
	return read_extensions(h, list, EE);
}
