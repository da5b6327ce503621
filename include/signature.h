/* signature.h - the signatures of ServerKeyExchange and CertificateVerify. */
#ifndef SIGNATURE_H
#define SIGNATURE_H

#include <openssl/evp.h>

#include "bytes.h"
#include "octets.h"

/* Stands for what TLS 1.0 and 1.1 do without saying: MD5 and SHA-1 together
 * with RSA, SHA-1 with anything else (RFC 2246 7.4.3, RFC 4492 5.4). */
enum { SIGNATURE_OF_OLD = 0 };

/* The scheme a server has to use that was told of none: RFC 5246 7.4.1.4.1.
 * 0: none fits the key. */
uint16_t signature_default(EVP_PKEY *);

/* 0, or the alert that is due: illegal_parameter if the scheme does not fit
 * the key or the version, decrypt_error if the signature is wrong. */
int signature_verify(EVP_PKEY *, uint16_t scheme, uint16_t version,
    struct bytes data, struct bytes signature);

/* Signs with a scheme; the other way round. */
int signature_sign(
    EVP_PKEY *, uint16_t scheme, struct bytes data, struct out *);

#endif
