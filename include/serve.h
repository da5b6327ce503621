/* serve.h - the server's half of a handshake, which a script makes wrong.
 *
 * Where a script changes nothing the handshake is right and is completed, TLS
 * 1.0 to 1.3 with ECDHE or RSA and an RSA key, from a hello in either form: so
 * what a client refuses, it refuses for what the script changed; and a client
 * that does not refuse it is seen to go on.  The rest of a session is the
 * engine's own (handshake_read() ...).
 */
#ifndef SERVE_H
#define SERVE_H

#include "handshake.h"

/* A ServerHello or HelloRetryRequest before it is put together. */
struct answer {
	uint16_t version;
	uint8_t random[32];
	uint8_t session_id[255];
	size_t session_id_size;
	uint16_t suite;
	uint8_t compression;
	struct out extensions;
	uint8_t extension_octets[1024];
	size_t surplus; /* octets behind the extensions */
	size_t lacking; /* octets cut off the end */
};

/* What goes wrong elsewhere, or is out of the ordinary and right. */
enum {
	SERVE_RECORDS_OF_1 = 1 << 0,   /* an octet a record */
	SERVE_RECORDS_OF_100 = 1 << 8, /* a hundred of them */
	SERVE_SEGMENTS_OF_1 = 1 << 1,  /* an octet a write */
	SERVE_NO_CCS = 1 << 2,         /* TLS 1.3: not even for middleboxes */
	SERVE_CCS_EARLY = 1 << 3,      /* TLS 1.2: behind ServerHello already */
	SERVE_FINISHED = 1 << 4,       /* a bit of it is wrong */
	SERVE_SIGNATURE = 1 << 5,      /* a bit of it is wrong */
	SERVE_UNASKED_INSIDE = 1 << 6, /* in EncryptedExtensions */
	SERVE_ANOTHER_SUITE = 1 << 7,  /* than in HelloRetryRequest */
	/* what it takes that it has to refuse (scripts_tolerances.c) */
	SERVE_TAKES_FINISHED = 1 << 9,   /* a wrong one */
	SERVE_TAKES_CLEAR = 1 << 10,     /* Finished, not protected */
	SERVE_TAKES_UNOPENED = 1 << 11,  /* records whose MAC is wrong */
	SERVE_TAKES_ORDER = 1 << 12,     /* messages left out or too many */
	SERVE_TAKES_NO_CCS = 1 << 13,    /* Finished without it */
	SERVE_TAKES_PREMASTER = 1 << 14, /* any version and padding in it */
	SERVE_TAKES_SHARE = 1 << 15,     /* none, or one that is none */
	SERVE_TAKES_RETRY = 1 << 16,     /* a second hello that is another */
	SERVE_SHA1 = 1 << 17,            /* TLS 1.2: what is signed with */
	SERVE_SUITE = 1 << 18,     /* ServerHello says the script's suite */
	SERVE_CCS_2 = 1 << 19,     /* ChangeCipherSpec has another value */
	SERVE_DONE_DATA = 1 << 20, /* an octet in ServerHelloDone */
};

enum serve_retry {
	RETRY_NOT,
	RETRY_GROUP,    /* one that the hello supports and has no share of */
	RETRY_COOKIE,   /* and nothing else */
	RETRY_NOTHING,  /* nothing at all */
	RETRY_SHARED,   /* a group that there is a share of already */
	RETRY_UNLISTED, /* a group that the hello does not support */
};

enum {
	SERVE_ENOUGH = -10,   /* nothing is sent behind this */
	SERVE_BELIEVES = -11, /* done, with nothing proved: a tolerance */
};

struct serve;

struct script {
	const char *name;
	const char *what; /* in one line */
	uint16_t version; /* to be negotiated; 0: the highest offered */
	enum serve_retry retry;
	int retries;
	unsigned flags;
	unsigned errors; /* of enum handshake_error: about the client */
	/* Does something about the client's first octets, whatever they are:
	 * 0 to read a hello of them, SERVE_ENOUGH, an alert or RECORD_ENDED. */
	int (*instead)(struct serve *, struct bytes first);
	uint16_t suite;  /* with SERVE_SUITE: whoever offered it, or nobody */
	uint16_t scheme; /* that it says it signs with; 0: one that fits */
	/* Sends what comes before the first answer: 0, SERVE_ENOUGH or
	 * RECORD_ENDED. */
	int (*before)(struct serve *);
	/* Changes ServerHello; or, of several retries, the last one. */
	void (*change)(struct serve *, struct answer *);
};

/* Everything pointed to stays where it is until serve_free(). */
struct serve_params {
	struct wire *wire;
	const struct script *script;
	EVP_PKEY *key;
	struct bytes chain; /* certificates in DER, each as a vector of three */
};

/* NULL: no memory. */
struct serve *serve_new(const struct serve_params *);
void serve_free(struct serve *);

/* 0 done; -1 failed or ended as the script says. */
int serve_run(struct serve *);

/* Before the hello is read: it goes on by another script. */
void serve_by(struct serve *, const struct script *);

/* To go on with when it is done, and to be asked for info. */
struct handshake *serve_handshake(struct serve *);

/* The client went on after the answer: a handshake message of it came. */
int serve_went_on(const struct serve *);

/* What a script may ask and do. */
const struct hello *serve_hello(const struct serve *);
uint16_t serve_version(const struct serve *); /* to be negotiated */
int serve_raw(struct serve *, struct bytes);  /* 0, or RECORD_ENDED */
int serve_record(
    struct serve *, uint8_t type, uint16_t version, struct bytes body);

/* The header of this version for what is sent in clear from here on. */
void serve_record_version(struct serve *, uint16_t version);

/* Extensions of an answer: one more; away with all of a type. */
void answer_add(struct answer *, uint16_t type, struct bytes data);
void answer_drop(struct answer *, uint16_t type);

#endif
