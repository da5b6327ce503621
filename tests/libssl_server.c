/* libssl_server.c - for tests: a TLS server of libssl in a child. */

#include "libssl_server.h"

#include <openssl/ssl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "handshake.h"

static EVP_PKEY *keys[2];
static X509 *certificates[2];

X509 *
self_signed(EVP_PKEY *key)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), -3600);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
	    (const unsigned char *)"mx.example", -1, -1, 0);
	X509_set_issuer_name(x, name);
	X509_set_pubkey(x, key);
	if (X509_sign(x, key, EVP_sha256()) == 0)
		abort();
	return x;
}

int
server_setup(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	keys[KEY_RSA] = EVP_RSA_gen(2048);
	keys[KEY_ECDSA] = EVP_EC_gen("P-256");
	if (keys[KEY_RSA] == NULL || keys[KEY_ECDSA] == NULL)
		abort();
	certificates[KEY_RSA] = self_signed(keys[KEY_RSA]);
	certificates[KEY_ECDSA] = self_signed(keys[KEY_ECDSA]);
	return handshake_init();
}

int
server_teardown(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		EVP_PKEY_free(keys[i]);
		X509_free(certificates[i]);
	}
	return 0;
}

static SSL_CTX *
configure(const struct server *s)
{
	SSL_CTX *c = SSL_CTX_new(TLS_server_method());

	SSL_CTX_set_security_level(c, 0);
	SSL_CTX_set_cipher_list(
	    c, s->suites != NULL ? s->suites : "ALL:COMPLEMENTOFALL");
	if (s->version != 0) {
		SSL_CTX_set_min_proto_version(c, s->version);
		SSL_CTX_set_max_proto_version(c, s->version);
	} else {
		SSL_CTX_set_min_proto_version(c, TLS1_VERSION);
	}
	if (s->groups != NULL && SSL_CTX_set1_groups_list(c, s->groups) != 1)
		abort();
	SSL_CTX_set_options(c, s->options);
	if (!s->tickets) {
		SSL_CTX_set_options(c, SSL_OP_NO_TICKET);
		SSL_CTX_set_num_tickets(c, 0);
	}
	SSL_CTX_set_dh_auto(c, 1);
	if (s->asks)
		SSL_CTX_set_verify(c, SSL_VERIFY_PEER, NULL);
	if (s->key != KEY_NONE &&
	    (SSL_CTX_use_certificate(c, certificates[s->key]) != 1 ||
		SSL_CTX_use_PrivateKey(c, keys[s->key]) != 1))
		abort();
	return c;
}

/* 1: as it should be */
static int
serve(const struct server *s, int fd)
{
	SSL *ssl = SSL_new(configure(s));
	char buf[4096];
	int n;

	SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) != 1)
		return 0;
	if (s->updates)
		SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED);
	while ((n = SSL_read(ssl, buf, sizeof buf)) > 0)
		if (SSL_write(ssl, buf, n) != n)
			return 0;
	if (SSL_get_error(ssl, n) != SSL_ERROR_ZERO_RETURN)
		return 0;
	SSL_shutdown(ssl);
	return 1;
}

void
server_start(struct server *s)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
		abort();
	if ((s->pid = fork()) == -1)
		abort();
	if (s->pid == 0) {
		close(pair[0]);
		_exit(serve(s, pair[1]) ? 0 : 1);
	}
	close(pair[1]);
	s->fd = pair[0];
}

int
server_end(struct server *s)
{
	int status;

	close(s->fd);
	if (waitpid(s->pid, &status, 0) != s->pid || !WIFEXITED(status))
		abort();
	return WEXITSTATUS(status) == 0;
}
