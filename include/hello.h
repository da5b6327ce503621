/* hello.h - a ClientHello as octets, and back, with nothing lost.
 *
 * Both forms: TLS records that carry a handshake message (RFC 5246 7.4.1.2,
 * RFC 8446 4.1.2), and the SSLv2 form (RFC 5246 E.2).  Decoding only cuts:
 * it sorts nothing, drops nothing and knows no extension.  So for everything
 * hello_decode() takes, hello_encode() gives back the very same octets.
 *
 * Structure (can it be cut?) and legality (may it be said?) are apart: what
 * decodes may still be illegal, and a replay sends it all the same.
 */
#ifndef HELLO_H
#define HELLO_H

#include "bytes.h"

enum hello_form { HELLO_TLS = 1, HELLO_SSLV2 };

/* On the wire, records and all.  A longer one can be carried as octets, but
 * is not cut. */
enum { HELLO_OCTETS = 1 << 16, HELLO_RECORDS = HELLO_OCTETS / 5 };

struct hello_record {
	uint16_t version, length;
};

/* Views are into octets[] below, so a hello cannot be assigned; make another
 * one by hello_decode(). */
struct hello {
	enum hello_form form;
	uint16_t version;     /* client_version; legacy_version in RFC 8446 */
	struct bytes message; /* what the transcript covers: the handshake
			       * message, or SSLv2 from msg_type on */
	struct bytes random;  /* SSLv2: the challenge as sent */
	struct bytes session_id;
	struct bytes cipher_suites;       /* SSLv2: specs of three octets */
	struct bytes compression_methods; /* SSLv2: the null one (E.2) */
	int has_extensions;               /* no block and an empty one differ */
	struct bytes extensions;
	struct bytes surplus; /* behind the message, in its last record */
	struct bytes after;   /* behind that record */

	/* How it was framed. */
	int header;           /* SSLv2: 2, or 3 if there may be padding */
	int escape;           /* SSLv2: bit 6 of a header of three */
	struct bytes padding; /* SSLv2: behind the challenge */
	size_t records;       /* TLS: from here on */
	struct hello_record record[HELLO_RECORDS];
	uint8_t octets[HELLO_OCTETS];
};

struct extension {
	uint16_t type;
	struct bytes data;
};

/* 0, or the alert that the RFC wants for such octets. */
int hello_decode(struct hello *, struct bytes octets);

/* The number of octets it takes; writes them if they fit in len.  0: the
 * fields exceed their lengths' range, or the records do not hold the message
 * (see hello_frame). */
size_t hello_encode(const struct hello *, uint8_t *out, size_t len);

/* Frames a changed message anew: records of at most limit octets. */
void hello_frame(struct hello *, uint16_t version, size_t limit);

/* The random of 32 octets that keys are made of.  RFC 5246 E.2: an SSLv2
 * challenge is right-justified, with leading zeros. */
void hello_random(const struct hello *, uint8_t out[32]);

/* Whether a cipher suite is offered, in either form. */
int hello_offers(const struct hello *, uint16_t suite);

/* The next cipher suite off rest (at first h->cipher_suites): 1, or 0 at the
 * end.  In the SSLv2 form, specs that are no TLS suite are passed over. */
int hello_next_suite(
    const struct hello *h, struct bytes *rest, uint16_t *suite);

/* Takes the next extension off rest: 1, 0 at the end, -1 if it is cut. */
int extension_next(struct bytes *rest, struct extension *);

/* The first extension of that type: 1, or 0 if there is none. */
int hello_extension(const struct hello *, uint16_t type, struct bytes *data);

/* Whether v (two octets) is in a list extension whose length takes width
 * octets: supported_versions (1), signature_algorithms (2), ... */
int hello_lists(const struct hello *, uint16_t type, size_t width, uint16_t v);

/* Takes the next key share off rest (at first empty): 1, or 0 at the end.  Of
 * one that is cut, value is what there is of it (RFC 8446 4.2.8). */
int hello_next_share(const struct hello *, struct bytes *rest, uint16_t *group,
    struct bytes *value);

/* The first share of a group: 1, or 0 if there is none. */
int hello_share(const struct hello *, uint16_t group, struct bytes *value);

/* The TLS-form twin of an SSLv2-form hello: the same version, random and
 * suites, no extensions, one record.  0, or -1: it cannot have one. */
int hello_twin(struct hello *, const struct hello *sslv2);

#endif
