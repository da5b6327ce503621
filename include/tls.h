/* tls.h - what this suite asks of a TLS library.
 *
 * One file per library (lib/tls/NAME.c) fills in one struct tls_backend.
 * A backend configures, handshakes, moves octets and tells what it knows.
 * It opens no socket, reads no option, prints nothing and judges nothing.
 *
 * A process has one configuration, made once; it then forks a child per
 * session, and a session is one connection or two after another (the second
 * one resumes).  Whatever a library cannot carry across fork() it sets up at
 * the first open().
 */
#ifndef TLS_H
#define TLS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct wire;
struct tls;        /* one connection; the backend's own */
struct tls_config; /* what its connections share; the backend's own */

enum tls_role { TLS_CLIENT, TLS_SERVER };

enum tls_resume {
	TLS_RESUME_NO,     /* full handshakes only: offer and grant nothing */
	TLS_RESUME_ID,     /* RFC 5246 7.4.1.2: by the server's session cache */
	TLS_RESUME_TICKET, /* RFC 5077; from TLS 1.3 on RFC 8446 4.6.1 (PSK) */
};

struct tls_params {
	uint16_t min_version;  /* as on the wire, 0x0301..0x0304; 0: */
	uint16_t max_version;  /*   leave the library's default */
	const char *ca_file;   /* PEM; NULL: do not verify the peer */
	const char *cert_file; /* PEM chain; a server must have both */
	const char *key_file;  /* PEM, PKCS #8 */
	enum tls_resume resume;
	const char *hello_file; /* replay: a recorded hello, sent as it is */
	const char *error;      /* replay: a deliberate error, by its name */
	const char *script;     /* player: what to play, by its name */
	int old; /* allow what TLS 1.0 and 1.1 need (SHA-1 signatures, ...)
		  * even where the library's policy forbids it by default */
	int safe_renegotiation; /* a server: refuse, below TLS 1.3, who does not
				 * signal RFC 5746 (its 3.6 and 4.3) */
};

/* What the library knows of a connection.  The harness holds it against the
 * octets of the tap; the two must agree. */
struct tls_info {
	int version;        /* negotiated, 0x0301..; 0: none or cannot tell */
	int cipher_suite;   /* its code point; -1: none or cannot tell */
	int resumed;        /* 1 yes, 0 no, -1 cannot tell */
	int verified;       /* 1 yes, 0 refused, -1 not checked */
	int alert_sent;     /* AlertDescription other than close_notify; */
	int alert_received; /*   -1: none seen, or the library cannot tell */
	int close_sent;     /* 1: our close_notify went out */
	int close_received; /* 1: the peer's came */
	char server_name[256]; /* server: what server_name said; "" nothing */
	char error[160];       /* the library's own words; "" none */
};

struct tls_backend {
	const char *name; /* "openssl" */

	/* The version of the library that is loaded, not of its headers:
	 * "3.0.22".  Digits and dots first; what follows them is free. */
	const char *(*version)(void);

	/* 0, or -1: this library, as built, cannot do what p asks, and why
	 * has the reason.  p and its strings stay valid for the process. */
	int (*configure)(struct tls_config **, enum tls_role,
	    const struct tls_params *p, char *why, size_t len);

	/* 0, or -1 (info has the reason).  *out is set in both cases unless
	 * memory ran out.  A client sends server_name as SNI and verifies the
	 * certificate against it if there is a ca_file.  Under tls_resume a
	 * configuration's second connection offers the session of its first. */
	int (*open)(struct tls **out, struct tls_config *, struct wire *,
	    const char *server_name);

	/* 0 done, -1 failed.  Sends the alert that the library wants sent. */
	int (*handshake)(struct tls *);

	/* >0 octets; 0: the peer's close_notify; -1 failed or cut off. */
	ssize_t (*read)(struct tls *, void *buf, size_t len);
	/* All of it: len, or -1. */
	ssize_t (*write)(struct tls *, const void *buf, size_t len);

	/* Sends close_notify and waits for the peer's: 0, or -1. */
	int (*shutdown)(struct tls *);

	void (*info)(struct tls *, struct tls_info *);

	/* Works in any state, after a failed open() too. */
	void (*close)(struct tls *);

	/* Prints what --list has to say of this backend; NULL: nothing. */
	void (*list)(void);
};

extern const struct tls_backend tls_backend; /* the one linked in */

/* An empty info: nothing known yet. */
#define TLS_INFO_NONE                                                          \
	((struct tls_info){.cipher_suite = -1,                                 \
	    .resumed = -1,                                                     \
	    .verified = -1,                                                    \
	    .alert_sent = -1,                                                  \
	    .alert_received = -1})

#endif
