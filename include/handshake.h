/* handshake.h - the client's side of TLS 1.0 to 1.3 from a recorded hello on.
 *
 * The ClientHello goes out octet for octet as it was recorded; everything
 * after it is played so that the server can complete the handshake: the
 * transcript covers the recorded octets, and what the hello does not offer is
 * not accepted.  Primitives are libcrypto's; the handshake is ours, because
 * it does what no library allows: send a foreign hello, and be wrong in one
 * chosen way.
 */
#ifndef HANDSHAKE_H
#define HANDSHAKE_H

#include <openssl/x509.h>

#include "bytes.h"
#include "hello.h"
#include "keyexchange.h"
#include "tls.h"

struct wire;
struct handshake;

/* The private half of a key share in the recorded hello. */
struct handshake_key {
	const struct group *group;
	struct bytes secret;
};

/* Everything pointed to stays where it is until handshake_free(). */
struct handshake_params {
	struct wire *wire;
	struct bytes octets;       /* the recorded hello as it is sent */
	const struct hello *hello; /* what it says; NULL: it cannot be cut,
				    * only sent */
	const size_t *writes; /* the octets of each write, if it was many */
	size_t n_writes;
	const struct handshake_key *keys;
	size_t n_keys;
	unsigned errors;         /* HANDSHAKE_ERROR_... */
	X509_STORE *trust;       /* NULL: do not verify the server */
	const char *server_name; /* to verify; NULL: any */
};

/* To be wrong on purpose, one bit each.  Where it does not apply nothing is
 * wrong, and handshake_erred() says so. */
enum handshake_error {
	HANDSHAKE_ERROR_PREMASTER_VERSION = 1 << 0,
	HANDSHAKE_ERROR_PREMASTER_PADDING = 1 << 1,
	HANDSHAKE_ERROR_TRANSCRIPT_LENGTH = 1 << 2,
	HANDSHAKE_ERROR_CHALLENGE_LEFT = 1 << 3,
	HANDSHAKE_ERROR_FINISHED = 1 << 4,
	HANDSHAKE_ERROR_FINISHED_LABEL = 1 << 5,
	HANDSHAKE_ERROR_FINISHED_CLEAR = 1 << 6,
	HANDSHAKE_ERROR_NO_FINISHED = 1 << 7,
	HANDSHAKE_ERROR_NO_CCS = 1 << 8,
	HANDSHAKE_ERROR_NO_KEY_EXCHANGE = 1 << 9,
	HANDSHAKE_ERROR_TWO_KEY_EXCHANGES = 1 << 10,
	HANDSHAKE_ERROR_MAC = 1 << 11,
	HANDSHAKE_ERROR_PADDING = 1 << 12,
	HANDSHAKE_ERROR_SHARE = 1 << 13,
	HANDSHAKE_ERROR_NO_EMS = 1 << 14,
	HANDSHAKE_ERROR_CERTIFICATE = 1 << 15,
	HANDSHAKE_ERROR_RETRY_SUITE = 1 << 16,
	HANDSHAKE_ERROR_RETRY_SHARE = 1 << 17,
	HANDSHAKE_ERROR_RECORD_VERSION = 1 << 28,
	HANDSHAKE_ERROR_CCS = 1 << 29,
	/* what a client takes that it has to refuse, and the like */
	HANDSHAKE_TAKES_VERSION = 1 << 18,
	HANDSHAKE_TAKES_CHOICE = 1 << 19,
	HANDSHAKE_TAKES_EXTENSION = 1 << 20,
	HANDSHAKE_TAKES_RETRY = 1 << 21,
	HANDSHAKE_TAKES_PROOF = 1 << 22,
	HANDSHAKE_TAKES_SYNTAX = 1 << 23,
	HANDSHAKE_TAKES_ORDER = 1 << 24,
	HANDSHAKE_REFUSES_LAWFUL = 1 << 25,
	HANDSHAKE_WRONG_ALERT = 1 << 26,
	HANDSHAKE_NO_ALERT = 1 << 27,
	HANDSHAKE_ALERT_LEVEL = 1 << 30,
};

struct handshake_error_name {
	enum handshake_error error;
	const char *name; /* "premaster-version" */
	const char *what; /* what is wrong, and the clause it breaks */
};

/* Ends with a row whose name is NULL. */
extern const struct handshake_error_name handshake_errors[];
/* The same for what shows only with a server that is wrong (serve.h). */
extern const struct handshake_error_name handshake_tolerances[];

/* Once a process, before it forks: loads what libcrypto keeps apart (RC4 and
 * other ciphers of old).  0, or -1. */
int handshake_init(void);

/* NULL: no memory. */
struct handshake *handshake_new(const struct handshake_params *);
void handshake_free(struct handshake *);

/* 0 done; -1 failed, and info has the reason.  Where no handshake can be
 * completed from that hello the reason begins with "reach: server_hello". */
int handshake_run(struct handshake *);

/* After it: >0 octets, 0 the server's close_notify, -1 failed. */
ssize_t handshake_read(struct handshake *, void *, size_t);
ssize_t handshake_write(struct handshake *, const void *, size_t); /* all */
int handshake_shutdown(struct handshake *); /* both close_notify; or -1 */

void handshake_info(const struct handshake *, struct tls_info *);

/* The errors asked for that were really made. */
unsigned handshake_erred(const struct handshake *);

#endif
