/* suites.h - the cipher suites that the handshake engine can complete. */
#ifndef SUITES_H
#define SUITES_H

#include <stddef.h>
#include <stdint.h>

enum suite_kx { /* key exchange and what authenticates it */
	KX_RSA,
	KX_DHE_RSA,
	KX_DHE_DSS,
	KX_DH_anon,
	KX_ECDHE_RSA,
	KX_ECDHE_ECDSA,
	KX_ECDH_anon,
	KX_TLS13, /* RFC 8446: negotiated apart */
};

enum cipher_kind { CIPHER_STREAM, CIPHER_CBC, CIPHER_AEAD };

struct cipher {
	const char *name; /* in libcrypto; NULL: the NULL cipher */
	enum cipher_kind kind;
	uint8_t key;
	uint8_t iv;    /* CBC: the block; AEAD: the implicit part in 1.2 */
	uint8_t nonce; /* AEAD: the explicit part in 1.2 */
	uint8_t tag;   /* AEAD */
	uint8_t ccm;   /* wants every length in advance */
};

struct suite {
	uint16_t code;
	uint16_t min_version, max_version;
	const char *name;
	enum suite_kx kx;
	const struct cipher *cipher;
	const char *mac;  /* a digest of libcrypto; NULL with AEAD */
	const char *hash; /* of the PRF from TLS 1.2 on, or of HKDF */
};

/* NULL: not one of ours. */
const struct suite *suite_find(uint16_t code);

#endif
