/* handshake13.c - the messages of TLS 1.3 behind ServerHello: RFC 8446 2
 * figure 1. */

#include "handshake_state.h"

static enum row_when
maybe(const struct handshake *h)
{
	(void)h;
	return MAYBE;
}

/* The private half of a share of the hello, if the vector brought it. */
static EVP_PKEY *
load_share(const struct handshake *h, struct bytes value)
{
	size_t i;

	for (i = 0; i < h->p.n_keys; i++)
		if (h->p.keys[i].group->code == h->share_group)
			return group_load(
			    h->p.keys[i].group, h->p.keys[i].secret, value);
	return NULL;
}

/* RFC 8446 4.2.8: from a share that we sent, in the recorded hello or after
 * the HelloRetryRequest. */
static int
agree(struct handshake *h)
{
	struct bytes theirs = {h->share, h->share_size}, ours;
	struct out secret = {h->premaster, 0, sizeof h->premaster};
	EVP_PKEY *key;
	int r;

	if (h->share_size == 0)
		return because(h, missing_extension, "no key_share");
	if (h->retry_group != 0) {
		if (h->share_group != h->retry_group)
			return because(h, illegal_parameter,
			    "not the group that was asked for");
		key = h->retry_key;
		h->retry_key = NULL;
	} else {
		if (!hello_share(h->p.hello, h->share_group, &ours))
			return because(
			    h, illegal_parameter, "a group that has no share");
		if ((key = load_share(h, ours)) == NULL)
			return because(
			    h, REACH, "no private key for that share");
	}
	r = group_derive(key, theirs, 1, &secret);
	EVP_PKEY_free(key);
	h->premaster_size = secret.n;
	return r == 0 ? 0 : because(h, r, "the server's share");
}

static int
change_to_handshake_keys(struct handshake *h, struct bytes unused)
{
	int r = agree(h);

	(void)unused;
	if (r != 0 || (r = check_aligned(h)) != 0 ||
	    (r = tls13_handshake_secrets(h)) != 0)
		return r;
	if ((r = tls13_keys(h, 0)) != 0)
		return r;
	return tls13_keys(h, 1);
}

static int
read_certificate_request(struct handshake *h, struct bytes body)
{
	struct bytes list, context;

	if (take_vector(&body, 1, &context) == -1 ||
	    take_vector(&body, 2, &list) == -1 || body.n != 0)
		return decode_error;
	/* RFC 8446 4.3.2: empty, but in post-handshake authentication. */
	if (context.n != 0)
		return because(h, illegal_parameter, "a context");
	h->certificate_requested = 1;
	return 0;
}

static int
read_certificate_13(struct handshake *h, struct bytes body)
{
	struct bytes context;

	if (take_vector(&body, 1, &context) == -1)
		return decode_error;
	if (context.n != 0) /* RFC 8446 4.4.2 */
		return because(h, illegal_parameter, "a context");
	return read_certificate(h, body);
}

static int
read_certificate_verify(struct handshake *h, struct bytes body)
{
	uint8_t data[TLS13_SIGNED];
	struct bytes signature;
	size_t scheme, n;

	if (take_int(&body, 2, &scheme) == -1 ||
	    take_vector(&body, 2, &signature) == -1 || body.n != 0)
		return decode_error;
	if (tls13_signed(h, data, &n) != 0)
		return internal_error;
	return check_signature(
	    h, (uint16_t)scheme, (struct bytes){data, n}, signature);
}

static int
read_finished(struct handshake *h, struct bytes body)
{
	uint8_t v[DIGEST];
	size_t n;

	if (tls13_verify_data(h, h->server_secret, v, &n) != 0)
		return internal_error;
	if (!bytes_equal(body, (struct bytes){v, n}) &&
	    !erring(h, HANDSHAKE_TAKES_PROOF))
		return because(
		    h, decrypt_error, "the server's Finished is wrong");
	return 0;
}

/* The server's direction; ours has the handshake's until our Finished. */
static int
change_to_application_keys(struct handshake *h, struct bytes unused)
{
	int r = check_aligned(h);

	(void)unused;
	if (r != 0 || (r = tls13_application_secrets(h)) != 0)
		return r;
	memcpy(h->server_secret, h->server_next, DIGEST);
	return tls13_keys(h, 0);
}

/* RFC 8446 4.4.2: we have none; no context, an empty list. */
static int
send_certificate(struct handshake *h, struct bytes unused)
{
	static const uint8_t none[] = {0, 0, 0, 0};

	(void)unused;
	if (!h->certificate_requested)
		erring(h, HANDSHAKE_ERROR_CERTIFICATE);
	return send_message(h, certificate, (struct bytes){none, sizeof none});
}

static int
send_finished(struct handshake *h, struct bytes unused)
{
	static const uint8_t mail[] = "NOOP\r\n";
	int server = erring(h, HANDSHAKE_ERROR_FINISHED_LABEL);
	uint8_t v[DIGEST];
	size_t n;

	(void)unused;
	if (erring(h, HANDSHAKE_ERROR_MAC))
		protection_spoil(h->records.out, SPOIL_MAC);
	if (erring(h, HANDSHAKE_ERROR_NO_FINISHED))
		return record_send(&h->records, application_data,
		    (struct bytes){mail, sizeof mail - 1});
	if (tls13_verify_data(
		h, server ? h->server_secret : h->client_secret, v, &n) != 0)
		return internal_error;
	v[0] ^= (uint8_t)erring(h, HANDSHAKE_ERROR_FINISHED);
	if (erring(h, HANDSHAKE_ERROR_FINISHED_CLEAR))
		record_protect(&h->records, NULL, 1);
	return send_message(h, finished, (struct bytes){v, n});
}

static int
change_our_keys(struct handshake *h, struct bytes unused)
{
	(void)unused;
	memcpy(h->client_secret, h->client_next, DIGEST);
	return tls13_keys(h, 1);
}

/* clang-format off */
const struct row tls13_rows[] = {
    {"handshake keys", '-', 0, 0,
	always, change_to_handshake_keys},
    {"EncryptedExtensions", 'S', handshake, encrypted_extensions,
	always, read_encrypted_extensions},
    {"CertificateRequest", 'S', handshake, certificate_request,
	maybe, read_certificate_request},
    {"Certificate", 'S', handshake, certificate,
	always, read_certificate_13},
    {"CertificateVerify", 'S', handshake, certificate_verify,
	always, read_certificate_verify},
    {"Finished", 'S', handshake, finished,
	always, read_finished},
    {"application keys", '-', 0, 0,
	always, change_to_application_keys},

    {"ChangeCipherSpec", 'C', change_cipher_spec, 0,
	tls13_if_compatible, tls13_send_change_cipher_spec},
    {"Certificate", 'C', handshake, certificate,
	if_asked, send_certificate},
    {"Finished", 'C', handshake, finished,
	always, send_finished},
    {"application keys", '-', 0, 0,
	always, change_our_keys},
    {NULL, 0, 0, 0, NULL, NULL},
};
/* clang-format on */
