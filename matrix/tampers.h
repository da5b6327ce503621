/* tampers.h - what somebody in the middle can do to a session, as data.
 *
 * A tamper is a row: which piece it waits for, what becomes of it, and the
 * clause that must make it fail.  It is pure: octets in, octets out.  Whoever
 * applies it (relay_pass.c) knows the SMTP phase and the record layer, and
 * never a key.
 */
#ifndef TAMPERS_H
#define TAMPERS_H

#include "bytes.h"
#include "hello.h"
#include "octets.h"

enum piece_kind {
	PIECE_NONE,    /* waits for nothing */
	PIECE_COMMAND, /* a line of the client in clear */
	PIECE_REPLY,   /* all lines of a reply in clear */
	PIECE_HELLO,   /* the records of the ClientHello, or its SSLv2 form */
	PIECE_ANSWER,  /* the first handshake record of the server */
	PIECE_RECORD,  /* any other record, of both */
};

struct piece {
	enum piece_kind kind;
	char sender; /* 'C' or 'S' */
	struct bytes octets;
	const char *command; /* the verb of a command, or that a reply answers;
			      * "" for the greeting */
	unsigned data; /* application_data records of the client up to now */
	int large;     /* the client has sent a record of 1,000 octets */
	const struct hello *hello; /* the client's as it came; NULL: not yet,
				    * or it cannot be cut */
};

enum tamper_result {
	TAMPER_KEEP,    /* the piece goes on as it came; out is not used */
	TAMPER_CHANGED, /* out goes on in its place */
	TAMPER_CUT,     /* so it does, and then both connections are ended */
};

/* What becomes of a piece that fits; TAMPER_KEEP: there is nothing to be
 * changed in it. */
typedef enum tamper_result tamper_change(const struct piece *, struct out *);

struct tamper {
	const char *name;
	char sender; /* of the pieces it waits for: 'C', 'S'; '-' none */
	enum piece_kind kind;
	const char *command; /* COMMAND and REPLY: to this verb only */
	unsigned data;       /* RECORD: of application data, when the client has
			      * sent so many; in TLS 1.3 its first is Finished */
	int large;           /* RECORD: not before the message */
	tamper_change *change; /* NULL: only before and behind it: */
	struct bytes before, behind;
	tamper_change *answer; /* to PIECE_ANSWER besides */
	const char *what;
	const char *clause; /* by which it must not succeed */
};

extern const struct tamper tampers[]; /* ends with a NULL name */

/* NULL: there is none of that name. */
const struct tamper *tamper_find(const char *name);

/* What a tamper makes of a piece.  Whether it is to be done again is the
 * caller's business. */
enum tamper_result tamper_apply(
    const struct tamper *, const struct piece *, struct out *);

/* A line each, for --list. */
void tampers_list(void);

/* Puts a block's extensions but those of one type: whether there was one. */
int put_other_extensions(struct out *, struct bytes block, uint16_t type);

/* ---- changes, by the file they are in ---- */

/* tampers_smtp.c */
tamper_change strip_starttls, mask_starttls, replace_by_noop, replace_by_454;

/* tampers_hello.c */
tamper_change hello_into_sslv2, hello_into_tls, lower_version, drop_versions,
    keep_last_suite, drop_signals, drop_extended_master_secret,
    drop_signature_algorithms, lower_record_version;

/* tampers_answer.c */
tamper_change lower_answer, other_suite, clear_downgrade_mark,
    drop_answer_master_secret, drop_answer_renegotiation_info;

/* tampers_record.c */
tamper_change flip_octet, send_twice, leave_out, end_behind, end_within;

#endif
