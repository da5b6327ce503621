/* keyexchange.h - a client's half of RSA, DHE and ECDHE, on libcrypto.
 *
 * All return 0, or the alert that is due to the server for what it sent
 * (internal_error where libcrypto refuses for a reason of its own).
 */
#ifndef KEYEXCHANGE_H
#define KEYEXCHANGE_H

#include <openssl/evp.h>

#include "bytes.h"
#include "octets.h"

enum { PREMASTER = 48, SHARED_SECRET = 1280, PUBLIC_VALUE = 1280 };

struct group {
	uint16_t code;
	const char *name;      /* in the registry, and in a vector's key.NAME */
	const char *algorithm; /* in libcrypto */
	const char *curve;     /* in libcrypto; NULL: the algorithm says it */
};

/* RFC 8446 4.2.7; NULL: not one of ours. */
const struct group *group_find(uint16_t code);
const struct group *group_named(const char *name);

/* A new key pair; NULL: libcrypto cannot. */
EVP_PKEY *group_generate(const struct group *);

/* A key pair of a vector: its private half, and the public one as the
 * recorded hello has it. */
EVP_PKEY *group_load(
    const struct group *, struct bytes secret, struct bytes public_value);

/* Our public value as it goes over the wire. */
int group_public(EVP_PKEY *, struct out *);

/* The secret shared with the server's public value.  pad: keep a finite
 * field's leading zeros (RFC 8446 7.4.1). */
int group_derive(EVP_PKEY *ours, struct bytes theirs, int pad, struct out *);

/* Finite field Diffie-Hellman in the server's own group: puts our public
 * value and the shared secret without leading zeros (RFC 5246 8.1.2). */
int dhe_derive(struct bytes p, struct bytes g, struct bytes theirs,
    struct out *ours, struct out *secret);

/* RSAES-PKCS1-v1_5; wrong: a block of type 1, which is no encryption. */
int rsa_encrypt(EVP_PKEY *, struct bytes secret, int wrong, struct out *);

/* The other half: PREMASTER octets, or decrypt_error.  any: of a block of type
 * 1 too. */
int rsa_decrypt(EVP_PKEY *, struct bytes encrypted, int any, uint8_t *secret);

#endif
