/* protect.h - the protection of records, one direction each: RFC 2246 and
 * RFC 5246 6.2.3, RFC 7366, RFC 8446 5.2. */
#ifndef PROTECT_H
#define PROTECT_H

#include "bytes.h"
#include "suites.h"

struct protection;

struct protection_keys {
	const struct suite *suite;
	uint16_t version;
	int etm;            /* RFC 7366 was negotiated */
	const uint8_t *mac; /* as long as the suite's digest */
	const uint8_t *key;
	const uint8_t *iv; /* protection_iv() octets */
};

/* How a record of ours is to be wrong, once. */
enum protection_spoil { SPOIL_NOTHING, SPOIL_MAC, SPOIL_PADDING };

/* Octets of IV that the key derivation has to give. */
size_t protection_iv(const struct suite *, uint16_t version);
/* Octets of MAC key; 0 with AEAD. */
size_t protection_mac(const struct suite *);

/* seal: 1 to send, 0 to receive.  NULL: this libcrypto cannot do it. */
struct protection *protection_new(const struct protection_keys *, int seal);
void protection_free(struct protection *);
void protection_spoil(struct protection *, enum protection_spoil);

/* To open what does not open: neither MAC nor padding is looked at. */
void protection_trust(struct protection *);

/* What sealing adds to a record at the most. */
enum { PROTECTION_MORE = 16 + 64 + 16 + 1 };

/* Seals plain as the body of a record; out has plain.n + PROTECTION_MORE.
 * *type is the record's, and becomes the one to be written in clear.
 * 0, or an alert. */
int protection_seal(struct protection *, uint8_t *type, struct bytes plain,
    uint8_t *out, size_t *n);

/* Opens a record's body in place; *body becomes what it carried, and *type
 * the true type.  0, or the alert that is due. */
int protection_open(
    struct protection *, uint8_t *type, uint8_t *p, struct bytes *body);

#endif
