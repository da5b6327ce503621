/* protect_state.h - what the files of lib/protect*.c share. */
#ifndef PROTECT_STATE_H
#define PROTECT_STATE_H

#include <openssl/evp.h>

#include "octets.h"
#include "protect.h"

struct protection {
	const struct cipher *cipher;
	uint16_t version;
	int etm, seal;
	EVP_CIPHER_CTX *ctx; /* NULL: the NULL cipher */
	EVP_MAC_CTX *mac;
	size_t mac_size;
	uint64_t seq;
	uint8_t iv[EVP_MAX_IV_LENGTH];
	enum protection_spoil spoil;
	int trusting; /* protection_trust() */
};

/* Whether to spoil it in this way, now. */
int spoilt(struct protection *, enum protection_spoil how);

/* seq_num, type, version, length: what MAC and AEAD cover besides. */
void put_header(
    struct out *, const struct protection *, uint8_t type, size_t n);

/* protect_mac.c */
int seal_mac(struct protection *, uint8_t type, struct bytes plain,
    uint8_t *out, size_t *n);
int open_mac(
    struct protection *, uint8_t type, uint8_t *data, struct bytes *body);

/* protect_aead.c */
int seal_aead(struct protection *, uint8_t *type, struct bytes plain,
    uint8_t *out, size_t *n);
int open_aead(
    struct protection *, uint8_t *type, uint8_t *data, struct bytes *body);

#endif
