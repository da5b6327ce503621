/* libssl_server.h - for tests: a TLS server of libssl in a child. */
#ifndef LIBSSL_SERVER_H
#define LIBSSL_SERVER_H

#include <openssl/x509.h>
#include <stdint.h>
#include <sys/types.h>

enum server_key { KEY_RSA, KEY_ECDSA, KEY_NONE /* anonymous suites */ };

struct server {
	uint16_t version;   /* the only one; 0: any */
	const char *suites; /* up to TLS 1.2; NULL: all */
	const char *groups; /* NULL: libssl's own */
	enum server_key key;
	uint64_t options; /* SSL_OP_... */
	int asks;         /* for the client's certificate */
	int tickets;      /* 1: as libssl does; 0: none */
	int updates;      /* asks for a KeyUpdate before it answers */
	/* set by server_start() */
	int fd; /* the client's end */
	pid_t pid;
};

/* A certificate of that key for itself; nobody verifies it here. */
X509 *self_signed(EVP_PKEY *);

/* Fixtures of a group of tests: the certificates, and the engine is ready. */
int server_setup(void **state);
int server_teardown(void **state);

/* Forks a server that answers every message of n octets with the same, until
 * close_notify. */
void server_start(struct server *);

/* 1: it shook hands and saw close_notify; 0: it refused. */
int server_end(struct server *);

#endif
