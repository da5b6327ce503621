/* scripts_faults.c - scripts that break one clause on a server's octets each,
 * so that the check of it is seen to fail (matrix/mutants.toml).
 *
 * No client is held to them; what one has to do about a wrong server is in
 * scripts.c.
 */

#include <string.h>

#include "octets.h"
#include "registry.h"
#include "scripts.h"
#include "scripts_change.h"

#define OCTETS(...)                                                            \
	((struct bytes){(const uint8_t[]){__VA_ARGS__},                        \
	    sizeof((const uint8_t[]){__VA_ARGS__})})
#define NOTHING ((struct bytes){NULL, 0})

enum {
	SERVER_NAME = 0,
	PADDING = 21,
	SECP256R1 = 0x17,
	X25519MLKEM768 = 0x11ec
};

static void
random_copied(struct serve *s, struct answer *a)
{
	hello_random(serve_hello(s), a->random);
}

static void
renegotiation_info_unasked(struct serve *s, struct answer *a)
{
	no_renegotiation_info(s, a);
	answer_add(a, renegotiation_info, OCTETS(0));
}

static void
ems_absent(struct serve *s, struct answer *a)
{
	(void)s;
	answer_drop(a, extended_master_secret);
}

static void
ems_with_data(struct serve *s, struct answer *a)
{
	ems_absent(s, a);
	answer_add(a, extended_master_secret, OCTETS(0));
}

static void
etm_with_aead(struct serve *s, struct answer *a)
{
	(void)s;
	answer_add(a, encrypt_then_mac, NOTHING);
}

static void
name_with_data(struct serve *s, struct answer *a)
{
	(void)s;
	answer_add(a, SERVER_NAME, OCTETS(0, 0));
}

static void
padding_back(struct serve *s, struct answer *a)
{
	(void)s;
	answer_add(a, PADDING, NOTHING);
}

/* Right in itself, and of no length that the group has. */
static void
share_short(struct serve *s, struct answer *a)
{
	static uint8_t share[4 + 31] = {0, 0x1d, 0, 31, 9};

	share_missing(s, a);
	answer_add(a, key_share, (struct bytes){share, sizeof share});
}

static void
share_compressed(struct serve *s, struct answer *a)
{
	static uint8_t share[4 + 65] = {0, SECP256R1, 0, 65, 2};

	share_missing(s, a);
	answer_add(a, key_share, (struct bytes){share, sizeof share});
}

/* A ciphertext and no X25519 behind it. */
static void
share_of_half_a_hybrid(struct serve *s, struct answer *a)
{
	static uint8_t share[4 + 512] = {
	    X25519MLKEM768 >> 8, X25519MLKEM768 & 0xff, 2, 0, 1};

	share_missing(s, a);
	answer_add(a, key_share, (struct bytes){share, sizeof share});
}

/* clang-format off */
const struct script scripts_of_faults[] = {
	{ .name = "random-copied", .change = random_copied,
	  .what = "the client's Random as its own" },
	{ .name = "version-1.1", .version = TLS_1_1, .what = "TLS 1.1" },

	/* what was chosen */
	{ .name = "suite-null-null", .flags = SERVE_SUITE, .suite = 0x0000,
	  .what = "TLS_NULL_WITH_NULL_NULL" },
	{ .name = "suite-null", .version = TLS_1_2, .flags = SERVE_SUITE, .suite = 0x003b,
	  .what = "TLS_RSA_WITH_NULL_SHA256" },
	{ .name = "suite-rc4", .version = TLS_1_2, .flags = SERVE_SUITE, .suite = 0x0005,
	  .what = "TLS_RSA_WITH_RC4_128_SHA" },
	{ .name = "suite-signal", .version = TLS_1_2, .flags = SERVE_SUITE, .suite = 0x00ff,
	  .what = "TLS_EMPTY_RENEGOTIATION_INFO_SCSV" },
	{ .name = "suite-static", .flags = SERVE_SUITE, .suite = 0x002f,
	  .what = "TLS_RSA_WITH_AES_128_CBC_SHA, with ServerKeyExchange" },
	{ .name = "suite-ecdsa", .flags = SERVE_SUITE, .suite = 0xc009,
	  .what = "a suite of ECDSA, with a certificate of RSA" },

	/* extensions */
	{ .name = "renegotiation-info-unasked", .version = TLS_1_2, .change = renegotiation_info_unasked,
	  .what = "renegotiation_info, asked for or not" },
	{ .name = "ems-absent", .version = TLS_1_2, .change = ems_absent,
	  .what = "no extended_master_secret, asked for or not" },
	{ .name = "ems-with-data", .version = TLS_1_2, .change = ems_with_data,
	  .what = "extended_master_secret that is not empty" },
	{ .name = "etm-with-aead", .version = TLS_1_2, .change = etm_with_aead,
	  .what = "encrypt_then_mac, with a cipher suite that has no MAC" },
	{ .name = "name-with-data", .version = TLS_1_2, .change = name_with_data,
	  .what = "server_name that is not empty" },
	{ .name = "padding-back", .version = TLS_1_2, .change = padding_back,
	  .what = "padding, asked for or not" },

	/* HelloRetryRequest, and the share */
	{ .name = "retry-unasked", .version = TLS_1_3, .retry = RETRY_GROUP, .retries = 2,
	  .change = unasked_extension,
	  .what = "HelloRetryRequest with an extension that nobody knows" },
	{ .name = "retry-version", .version = TLS_1_3, .retry = RETRY_GROUP, .retries = 2,
	  .change = version_1_3_in_old_field,
	  .what = "HelloRetryRequest without supported_versions" },
	{ .name = "retry-other-share", .version = TLS_1_3, .retry = RETRY_GROUP, .retries = 1,
	  .change = share_of_other_group,
	  .what = "a share of another group than in HelloRetryRequest" },
	{ .name = "share-short", .version = TLS_1_3, .change = share_short,
	  .what = "a share of X25519 of 31 octets" },
	{ .name = "share-compressed", .version = TLS_1_3, .change = share_compressed,
	  .what = "a share of secp256r1 that is a compressed point" },
	{ .name = "share-half-hybrid", .version = TLS_1_3, .change = share_of_half_a_hybrid,
	  .what = "a share of X25519MLKEM768 of 512 octets" },

	/* behind the ServerHello */
	{ .name = "done-with-data", .flags = SERVE_DONE_DATA,
	  .what = "an octet in ServerHelloDone" },
	{ .name = "signature-md5", .version = TLS_1_2, .scheme = 0x0101,
	  .what = "signed with MD5" },
	{ .name = "signature-sha256", .version = TLS_1_2, .scheme = 0x0401,
	  .what = "signed with SHA-256, whatever was offered" },
	{ .name = "signature-ecdsa", .version = TLS_1_2, .scheme = 0x0403,
	  .what = "signed by ECDSA, so it says, with a key of RSA" },
	{ .name = "ccs-2", .flags = SERVE_CCS_2,
	  .what = "ChangeCipherSpec with the value 2" },

	/* records and alerts */
	{ .name = "record-version-3.4", .before = before_record_version_3_4,
	  .what = "ServerHello in a record of version 3.4" },
	{ .name = "alert-failure-as-warning", .before = before_failure_as_warning,
	  .what = "handshake_failure as a warning, then ServerHello" },
	{ .name = NULL },
};
/* clang-format on */
