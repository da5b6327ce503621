/* handshake.c - the engine's outside (handshake.h), and the two messages that
 * every handshake begins with. */

#include "handshake.h"

#include <openssl/crypto.h>
#include <openssl/provider.h>
#include <stdlib.h>

#include "handshake_state.h"
#include "prf.h"
#include "wire.h"

/* What the first handshake would look up in every child anew. */
static void
warm(void)
{
	static const uint16_t groups[] = {0x001d, 0x0017};
	static const char *const ciphers[] = {
	    "AES-128-GCM", "AES-256-GCM", "AES-128-CBC", "AES-256-CBC"};
	struct bytes some = {(const uint8_t *)"warm", 4};
	uint8_t out[PREMASTER];
	size_t i;

	for (i = 0; i < sizeof groups / sizeof groups[0]; i++)
		EVP_PKEY_free(group_generate(group_find(groups[i])));
	for (i = 0; i < sizeof ciphers / sizeof ciphers[0]; i++)
		EVP_CIPHER_free(EVP_CIPHER_fetch(NULL, ciphers[i], NULL));
	prf(EVP_sha256(), some, "warm", some, out, sizeof out);
	prf(EVP_sha384(), some, "warm", some, out, sizeof out);
	prf(EVP_md5_sha1(), some, "warm", some, out, sizeof out);
}

int
handshake_init(void)
{
	static OSSL_PROVIDER *provider[2];

	/* Loading one by hand turns off the loading of the default one.
	 * Where there is no legacy one, its suites end a handshake early. */
	if (provider[0] == NULL) {
		provider[0] = OSSL_PROVIDER_load(NULL, "default");
		provider[1] = OSSL_PROVIDER_load(NULL, "legacy");
		warm();
	}
	return provider[0] != NULL ? 0 : -1;
}

int
protect_with(struct handshake *h, const struct protection_keys *keys, int out)
{
	struct protection *p = protection_new(keys, out);

	if (p == NULL)
		return because(
		    h, REACH, "a cipher that libcrypto does not have");
	record_protect(&h->records, p, out);
	return 0;
}

/* RFC 5246 E.2: the random of an SSLv2 form is its challenge, right-justified
 * - or left, if that is the error. */
void
set_client_random(struct handshake *h)
{
	const struct hello *hello = h->p.hello;

	hello_random(hello, h->client_random);
	if (hello->form == HELLO_SSLV2 && hello->random.n < RANDOM &&
	    erring(h, HANDSHAKE_ERROR_CHALLENGE_LEFT)) {
		memset(h->client_random, 0, RANDOM);
		if (hello->random.n > 0)
			memcpy(
			    h->client_random, hello->random.p, hello->random.n);
	}
}

static int
only_tls13(const struct hello *h)
{
	int v;

	for (v = TLS_1_0; v < TLS_1_3; v++)
		if (hello_lists(h, supported_versions, 1, (uint16_t)v))
			return 0;
	return hello_lists(h, supported_versions, 1, TLS_1_3);
}

struct handshake *
handshake_new(const struct handshake_params *p)
{
	struct handshake *h = calloc(1, sizeof *h);

	if (h == NULL)
		return NULL;
	h->p = *p;
	h->info = TLS_INFO_NONE;
	h->row = first_rows;
	record_init(&h->records, p->wire);
	h->records.drops_unknown = (p->errors & HANDSHAKE_TAKES_ORDER) != 0;
	h->records.any_version = (p->errors & HANDSHAKE_TAKES_VERSION) != 0;
	if (p->hello != NULL) {
		set_client_random(h);
		/* RFC 8446 5 and 5.1 hold from the first record on. */
		h->records.tls13 = only_tls13(p->hello) &&
				   !(p->errors & HANDSHAKE_REFUSES_LAWFUL);
	}
	return h;
}

void
handshake_free(struct handshake *h)
{
	if (h == NULL)
		return;
	record_free(&h->records);
	certificate_free(&h->chain);
	EVP_MD_CTX_free(h->transcript);
	EVP_PKEY_free(h->retry_key);
	OPENSSL_cleanse(h->master, sizeof h->master);
	free(h);
}

/* As it was recorded: not through the record layer, and write by write. */
static int
send_client_hello(struct handshake *h, struct bytes unused)
{
	struct bytes rest = h->p.octets, piece;
	size_t i, n;

	(void)unused;
	for (i = 0; rest.n > 0; i++) {
		n = i < h->p.n_writes ? h->p.writes[i] : rest.n;
		piece = take_some(&rest, n);
		if (piece.n > 0 &&
		    wire_write(h->p.wire, piece.p, piece.n) == -1)
			return ENDED;
	}
	return 0;
}

const struct row first_rows[] = {
    {"ClientHello", 'C', handshake, client_hello, always, send_client_hello},
    {"ServerHello", 'S', handshake, server_hello, always, read_server_hello},
    {NULL, 0, 0, 0, NULL, NULL},
};

int
handshake_run(struct handshake *h)
{
	int r = run_rows(h);

	if (r != 0)
		return end_with(h, r);
	h->row = NULL;
	h->done = 1;
	h->info.resumed = 0;
	return 0;
}

void
handshake_info(const struct handshake *h, struct tls_info *i)
{
	*i = h->info;
}

unsigned
handshake_erred(const struct handshake *h)
{
	return h->erred;
}
