/* prf.h - the key derivations of TLS: the PRF of 1.0 to 1.2, HKDF of 1.3. */
#ifndef PRF_H
#define PRF_H

#include <openssl/evp.h>

#include "bytes.h"

/* RFC 5246 5; with EVP_md5_sha1() the PRF of RFC 2246 5.  0, or -1. */
int prf(const EVP_MD *, struct bytes secret, const char *label,
    struct bytes seed, uint8_t *out, size_t n);

/* RFC 5869 2.2; out takes the digest's size.  0, or -1. */
int hkdf_extract(
    const EVP_MD *, struct bytes salt, struct bytes secret, uint8_t *out);

/* RFC 8446 7.1, HKDF-Expand-Label.  0, or -1. */
int hkdf_expand_label(const EVP_MD *, struct bytes secret, const char *label,
    struct bytes context, uint8_t *out, size_t n);

#endif
