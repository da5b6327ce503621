/* play.h - for tests: a handshake of the engine with a server of libssl. */
#ifndef PLAY_H
#define PLAY_H

#include "handshake.h"
#include "hellos.h"
#include "libssl_server.h"

extern struct tls_info played; /* what the last one told */
extern unsigned erred;

extern const struct handshake_params plain; /* nothing besides the hello */

/* 1: handshake, message and close, and both sides think so. */
int play(struct server *, struct bytes octets, struct handshake_params,
    size_t message);
int play_authored(
    struct server *, const struct authored *, struct handshake_params);

/* A message of n octets there and back: 1 if it came unchanged. */
int play_echo(struct handshake *, size_t n);

/* Some of each kind for TLS 1.2, and those of TLS 1.3. */
enum { PLAY_SUITES = 9 };
extern const uint16_t play_suites[PLAY_SUITES], suites13[3];

/* A hello for TLS 1.3 with that key as its share. */
struct authored hello13(const struct group *, EVP_PKEY *);

/* A key's private half as a vector has it. */
size_t secret_half(EVP_PKEY *, uint8_t *out, size_t len);

#endif
