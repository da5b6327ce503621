/* handshake12.c - the messages of TLS 1.0, 1.1 and 1.2 behind ServerHello:
 * RFC 5246 7.3 figure 1, and RFC 2246 and 4346 where they differ. */

#include "handshake_state.h"

static enum row_when
if_authenticated(const struct handshake *h)
{
	return tls12_anonymous(h) ? NEVER : ALWAYS;
}

static enum row_when
may_ask(const struct handshake *h)
{
	return tls12_anonymous(h) ? NEVER : MAYBE;
}

static enum row_when
if_status(const struct handshake *h)
{
	return h->status ? MAYBE : NEVER; /* RFC 6066 8 */
}

static enum row_when
if_ephemeral(const struct handshake *h)
{
	return h->suite->kx == KX_RSA ? NEVER : ALWAYS;
}

static enum row_when
if_ticket(const struct handshake *h)
{
	return h->ticket ? ALWAYS : NEVER; /* RFC 5077 3.3 */
}

static int
ignore(struct handshake *h, struct bytes body)
{
	(void)h, (void)body;
	return 0;
}

static int
read_certificate_request(struct handshake *h, struct bytes body)
{
	struct bytes types, schemes, names;

	if (take_vector(&body, 1, &types) == -1 ||
	    (h->version == TLS_1_2 && take_vector(&body, 2, &schemes) == -1) ||
	    take_vector(&body, 2, &names) == -1 || body.n != 0)
		return decode_error;
	h->certificate_requested = 1;
	return 0;
}

static int
read_server_hello_done(struct handshake *h, struct bytes body)
{
	(void)h;
	return body.n == 0 ? 0 : decode_error;
}

/* RFC 5246 7.4.6: we have none. */
static int
send_certificate(struct handshake *h, struct bytes unused)
{
	static const uint8_t none[] = {0, 0, 0};

	(void)unused;
	if (!h->certificate_requested)
		erring(h, HANDSHAKE_ERROR_CERTIFICATE);
	return send_message(h, certificate, (struct bytes){none, sizeof none});
}

static int
send_change_cipher_spec(struct handshake *h, struct bytes unused)
{
	uint8_t one[] = {erring(h, HANDSHAKE_ERROR_CCS) ? 2 : 1};
	int r = tls12_master(h);

	(void)unused;
	if (r == 0 && !erring(h, HANDSHAKE_ERROR_NO_CCS))
		r = record_send(&h->records, change_cipher_spec,
		    (struct bytes){one, sizeof one});
	if (r != 0 || erring(h, HANDSHAKE_ERROR_FINISHED_CLEAR))
		return r;
	if ((r = tls12_keys(h, 1)) != 0)
		return r;
	if (erring(h, HANDSHAKE_ERROR_MAC))
		protection_spoil(h->records.out, SPOIL_MAC);
	if (h->suite->cipher->kind == CIPHER_CBC &&
	    erring(h, HANDSHAKE_ERROR_PADDING))
		protection_spoil(h->records.out, SPOIL_PADDING);
	return 0;
}

static int
read_change_cipher_spec(struct handshake *h, struct bytes octets)
{
	int r = check_aligned(h);

	if (r != 0)
		return r;
	if (octets.n != 1 || octets.p[0] != 1)
		return because(h, decode_error, "a wrong change_cipher_spec");
	return tls12_keys(h, 0);
}

static int
send_finished(struct handshake *h, struct bytes unused)
{
	static const uint8_t mail[] = "NOOP\r\n";
	int server = erring(h, HANDSHAKE_ERROR_FINISHED_LABEL);
	uint8_t v[TLS12_VERIFY_DATA];

	(void)unused;
	if (erring(h, HANDSHAKE_ERROR_NO_FINISHED))
		return record_send(&h->records, application_data,
		    (struct bytes){mail, sizeof mail - 1});
	if (tls12_verify_data(
		h, server ? "server finished" : "client finished", v) != 0)
		return internal_error;
	v[0] ^= (uint8_t)erring(h, HANDSHAKE_ERROR_FINISHED);
	return send_message(h, finished, (struct bytes){v, sizeof v});
}

static int
read_finished(struct handshake *h, struct bytes body)
{
	uint8_t v[TLS12_VERIFY_DATA];

	if (tls12_verify_data(h, "server finished", v) != 0)
		return internal_error;
	if (!bytes_equal(body, (struct bytes){v, sizeof v}) &&
	    !erring(h, HANDSHAKE_TAKES_PROOF))
		return because(
		    h, decrypt_error, "the server's Finished is wrong");
	return 0;
}

/* clang-format off */
const struct row tls12_rows[] = {
    {"Certificate", 'S', handshake, certificate,
	if_authenticated, read_certificate},
    {"CertificateStatus", 'S', handshake, certificate_status,
	if_status, ignore},
    {"ServerKeyExchange", 'S', handshake, server_key_exchange,
	if_ephemeral, tls12_read_key_exchange},
    {"CertificateRequest", 'S', handshake, certificate_request,
	may_ask, read_certificate_request},
    {"ServerHelloDone", 'S', handshake, server_hello_done,
	always, read_server_hello_done},

    {"Certificate", 'C', handshake, certificate,
	if_asked, send_certificate},
    {"ClientKeyExchange", 'C', handshake, client_key_exchange,
	always, tls12_send_key_exchange},
    {"ChangeCipherSpec", 'C', change_cipher_spec, 0,
	always, send_change_cipher_spec},
    {"Finished", 'C', handshake, finished,
	always, send_finished},

    {"NewSessionTicket", 'S', handshake, new_session_ticket,
	if_ticket, ignore},
    {"ChangeCipherSpec", 'S', change_cipher_spec, 0,
	always, read_change_cipher_spec},
    {"Finished", 'S', handshake, finished,
	always, read_finished},
    {NULL, 0, 0, 0, NULL, NULL},
};
/* clang-format on */
