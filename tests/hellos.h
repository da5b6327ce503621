/* hellos.h - for tests: recorded ClientHellos, authored ones, and what none may
 * say. */
#ifndef HELLOS_H
#define HELLOS_H

#include <openssl/evp.h>

#include "hello.h"

enum { HELLOS = 32, HELLOS_OCTETS = 2048 };

struct recorded {
	char name[40];
	uint8_t octets[HELLOS_OCTETS];
	size_t n;
};

extern struct recorded hellos[HELLOS];

/* Reads tests/hellos.txt, once: how many there are.  Aborts if it is not as it
 * should be. */
size_t hellos_load(void);

/* The one of that name; aborts if there is none. */
const struct recorded *hello_named(const char *name);

/* A hello from what it is to offer; zeros leave things out. */
struct authored {
	enum hello_form form;
	uint16_t version;
	const uint16_t *suites;
	size_t n_suites;
	size_t challenge; /* SSLv2: its length; 0: 32 */
	int ems, etm, status, groups;
	int schemes;          /* signature_algorithms: those usual in TLS 1.2 */
	int tls13;            /* supported_versions 1.3 and 1.2, key_share */
	int session;          /* a session_id of 32 octets */
	uint16_t share_group; /* key_share with the public half of: */
	EVP_PKEY *share;
	int extensions; /* an extension block even if it is empty */
};

/* 1: it decodes, and encodes to the same octets. */
int hello_exact(struct hello *, const uint8_t *p, size_t n);

/* 0, or the alert for what a sender may not say, and why in words. */
int hello_legal(const struct hello *, const char **why);

size_t hello_author(const struct authored *, uint8_t *out, size_t len);

#endif
