/* handshake_state.h - what the files of the handshake engine share; nobody
 * else includes it. */
#ifndef HANDSHAKE_STATE_H
#define HANDSHAKE_STATE_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "certificate.h"
#include "handshake.h"
#include "octets.h"
#include "record.h"
#include "registry.h"
#include "suites.h"

/* What a step returns: 0, the alert that is due, or one of these. */
enum {
	ENDED = RECORD_ENDED, /* the wire ended */
	CLOSED = -2,          /* the server's close_notify */
	REFUSED = -3,         /* the server's fatal alert */
	REACH = -4,           /* by construction there is no going on */
};

enum {
	MESSAGE = 1 << 16, /* octets of a handshake message's body */
	EMPTY = 32,        /* records without content in a row */
	NOISE = 32,        /* warnings and the like in a connection */
	DIGEST = EVP_MAX_MD_SIZE,
	RANDOM = 32,
};

enum row_when { NEVER, ALWAYS, MAYBE /* the server chooses */ };

/* One message of RFC 5246 7.3 figure 1 or RFC 8446 2 figure 1.  go reads the
 * body of a server's message, or sends ours ('-': changes keys). */
struct row {
	const char *message;
	char sender;
	uint8_t content, type;
	enum row_when (*when)(const struct handshake *);
	int (*go)(struct handshake *, struct bytes body);
};

/* A handshake message, or what else a record carried. */
struct event {
	uint8_t content, type;
	struct bytes octets; /* with the message's header */
};

struct handshake {
	struct handshake_params p;
	struct record_layer records;
	struct tls_info info;
	const struct row *row; /* the next one; NULL: that was all */
	const char *why;
	unsigned erred;
	int server; /* our side; 0: the client's */
	int over;   /* failed or closed: nothing more goes out */
	int done;

	/* What was received and not used yet. */
	struct bytes pending; /* of the last record */
	uint8_t pending_type;
	struct event peeked;
	int has_peeked;
	unsigned empty, noise;
	size_t have; /* of message[] */

	/* What was negotiated. */
	uint16_t version;
	const struct suite *suite;
	const EVP_MD *md; /* of transcript and key derivation */
	EVP_MD_CTX *transcript;
	int ems, etm, ticket, status;
	int certificate_requested;
	struct certificate_chain chain;
	uint8_t client_random[RANDOM], server_random[RANDOM];
	uint8_t public_value[PUBLIC_VALUE], premaster[SHARED_SECRET];
	size_t public_size, premaster_size;
	uint8_t master[DIGEST];

	/* TLS 1.3 */
	enum { NOT_RETRIED, RETRYING, RETRIED } retried; /* by the server */
	int ccs_sent;                                    /* RFC 8446 D.4 */
	struct bytes cookie;                             /* in retry[] */
	uint16_t retry_group; /* 0: none was asked for */
	EVP_PKEY *retry_key;
	uint16_t share_group; /* what the server took, and its share, */
	size_t share_size;    /*   in share[] */
	uint8_t client_secret[DIGEST], server_secret[DIGEST]; /* now in use */
	uint8_t client_next[DIGEST], server_next[DIGEST];
	struct bytes context; /* of the CertificateRequest, in retry[] */
	uint8_t share[PUBLIC_VALUE];
	uint8_t retry[MESSAGE];

	uint8_t message[4 + MESSAGE];
};

/* Whether to make this error now; it counts as made. */
int erring(struct handshake *, enum handshake_error);

/* Notes why and returns r: return because(h, decode_error, "..."). */
int because(struct handshake *, int r, const char *why);

/* Keys for the records that come behind: of ours if out is set. */
int protect_with(struct handshake *, const struct protection_keys *, int out);

/* From the hello: set once it is there. */
void set_client_random(struct handshake *);

/* handshake_flow.c */
int next_event(struct handshake *, struct event *);
void unread_event(struct handshake *, const struct event *);
int send_message(struct handshake *, uint8_t type, struct bytes body);
int run_rows(struct handshake *);
int end_with(struct handshake *, int r); /* always -1; sends the alert */
enum row_when always(const struct handshake *);
enum row_when if_asked(const struct handshake *); /* for a certificate */

/* transcript.c */
int transcript_start(struct handshake *);
int transcript_add(struct handshake *, struct bytes);
int transcript_hash(struct handshake *, uint8_t out[DIGEST], size_t *n);
int transcript_retry(struct handshake *);
void log_secret(
    struct handshake *, const char *label, const uint8_t *secret, size_t n);

/* server_hello.c, server_extensions.c; the messages that an extension may
 * come in (RFC 8446 4.2). */
enum { SH = 1, SH13 = 2, HRR = 4, EE = 8 };
int read_server_hello(struct handshake *, struct bytes body);
extern const uint8_t retry_random[RANDOM]; /* of a HelloRetryRequest */
int read_extensions(struct handshake *, struct bytes list, unsigned where);
int read_encrypted_extensions(struct handshake *, struct bytes body);

/* What does not leave a message behind: RFC 8446 5.1 at a change of keys. */
int check_aligned(struct handshake *);

/* server_certificate.c */
int read_certificate(struct handshake *, struct bytes list);
int check_signature(struct handshake *, uint16_t scheme, struct bytes data,
    struct bytes signature);

/* handshake12_exchange.c */
int tls12_anonymous(const struct handshake *);
int tls12_read_key_exchange(struct handshake *, struct bytes body);
int tls12_send_key_exchange(struct handshake *, struct bytes unused);

/* handshake12_keys.c */
enum { TLS12_VERIFY_DATA = 12 };
int tls12_master(struct handshake *);
int tls12_keys(struct handshake *, int out);
int tls12_verify_data(struct handshake *, const char *label, uint8_t *out);

/* handshake13_keys.c */
int tls13_handshake_secrets(struct handshake *);
int tls13_application_secrets(struct handshake *);
int tls13_keys(struct handshake *, int out);
int tls13_update(struct handshake *, int out);
int tls13_verify_data(
    struct handshake *, const uint8_t *secret, uint8_t *out, size_t *n);

/* RFC 8446 4.4.3: what the server's signature covers is a text and the
 * transcript's hash. */
enum { TLS13_SIGNED = 64 + 34 + DIGEST };
int tls13_signed(struct handshake *, uint8_t out[TLS13_SIGNED], size_t *n);

/* second_hello.c: the CCS of RFC 8446 D.4 */
enum row_when tls13_if_compatible(const struct handshake *);
int tls13_send_change_cipher_spec(struct handshake *, struct bytes unused);

/* The tables: one to begin with, one of each kind to go on with. */
extern const struct row first_rows[], retry_rows[], tls12_rows[], tls13_rows[];

#endif
