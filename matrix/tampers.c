/* tampers.c - the table of tampers (tampers.h). */

#include "tampers.h"

#include <stdio.h>
#include <string.h>

#include "registry.h"

#define TEXT(s)                                                                \
	{                                                                      \
		(const uint8_t *)(s), sizeof(s) - 1                            \
	}

/* Records in clear, as anybody can write them.  The reply has the form of one
 * that a client waits for, the command is one that our clients never send. */
#define COMMAND "NOOP\r\n"
#define REPLY   "250 injected\r\n"
#define FAILURE "\x15\x03\x03\x00\x02\x02\x28"
#define GOODBYE "\x15\x03\x03\x00\x02\x01\x00"
#define IN_DATA "\x17\x03\x03\x00"

/* clang-format off */
const struct tamper tampers[] = {
	{ .name = "none", .sender = '-',
	  .what = "nothing; what passes is recorded", .clause = "" },

	/* SMTP before the switch */
	{ .name = "strip-starttls", .sender = 'S', .kind = PIECE_REPLY, .command = "EHLO",
	  .change = strip_starttls,
	  .what = "takes the keyword STARTTLS out of the reply to EHLO", .clause = "RFC 3207 6" },
	{ .name = "mask-starttls", .sender = 'S', .kind = PIECE_REPLY, .command = "EHLO",
	  .change = mask_starttls,
	  .what = "writes XXXXXXXA over the keyword, as a firewall does", .clause = "RFC 3207 6" },
	{ .name = "starttls-to-noop", .sender = 'C', .kind = PIECE_COMMAND, .command = "STARTTLS",
	  .change = replace_by_noop,
	  .what = "puts NOOP in the place of the command STARTTLS", .clause = "RFC 3207 6" },
	{ .name = "220-to-454", .sender = 'S', .kind = PIECE_REPLY, .command = "STARTTLS",
	  .change = replace_by_454,
	  .what = "puts 454 in the place of the 220 to STARTTLS", .clause = "RFC 3207 6" },

	/* across the switch */
	{ .name = "command-behind-starttls", .sender = 'C', .kind = PIECE_COMMAND, .command = "STARTTLS",
	  .behind = TEXT(COMMAND),
	  .what = "puts NOOP behind STARTTLS, in the same segment", .clause = "RFC 3207 4.2" },
	{ .name = "reply-behind-220", .sender = 'S', .kind = PIECE_REPLY, .command = "STARTTLS",
	  .behind = TEXT(REPLY),
	  .what = "puts a reply behind the 220, in the same segment", .clause = "RFC 3207 4.2" },
	{ .name = "command-before-hello", .sender = 'C', .kind = PIECE_HELLO,
	  .before = TEXT(COMMAND),
	  .what = "puts NOOP in clear before the ClientHello", .clause = "RFC 3207 4.2" },
	{ .name = "reply-before-answer", .sender = 'S', .kind = PIECE_ANSWER,
	  .before = TEXT(REPLY),
	  .what = "puts a reply in clear before the ServerHello", .clause = "RFC 3207 4.2" },

	/* the ClientHello */
	{ .name = "hello-to-sslv2", .sender = 'C', .kind = PIECE_HELLO,
	  .change = hello_into_sslv2,
	  .what = "writes the ClientHello in the SSLv2 form", .clause = "RFC 5246 E.2" },
	{ .name = "hello-to-tls", .sender = 'C', .kind = PIECE_HELLO,
	  .change = hello_into_tls,
	  .what = "writes a ClientHello of the SSLv2 form in the TLS form", .clause = "RFC 5246 E.2" },
	{ .name = "hello-version", .sender = 'C', .kind = PIECE_HELLO,
	  .change = lower_version,
	  .what = "lowers the client's version by one", .clause = "RFC 5246 7.4.9" },
	{ .name = "hello-no-versions", .sender = 'C', .kind = PIECE_HELLO,
	  .change = drop_versions,
	  .what = "takes out supported_versions", .clause = "RFC 8446 4.1.3" },
	{ .name = "hello-no-versions-unmarked", .sender = 'C', .kind = PIECE_HELLO,
	  .change = drop_versions, .answer = clear_downgrade_mark,
	  .what = "takes out supported_versions, and the server's mark of a downgrade", .clause = "RFC 5246 7.4.3" },
	{ .name = "hello-one-suite", .sender = 'C', .kind = PIECE_HELLO,
	  .change = keep_last_suite,
	  .what = "leaves the client's last cipher suite only", .clause = "RFC 5246 7.4.9" },
	{ .name = "hello-no-signals", .sender = 'C', .kind = PIECE_HELLO,
	  .change = drop_signals,
	  .what = "takes out renegotiation_info and both signalling suites", .clause = "RFC 5246 7.4.9" },
	{ .name = "hello-no-ems", .sender = 'C', .kind = PIECE_HELLO,
	  .change = drop_extended_master_secret,
	  .what = "takes out extended_master_secret", .clause = "RFC 5246 7.4.9" },
	{ .name = "hello-no-schemes", .sender = 'C', .kind = PIECE_HELLO,
	  .change = drop_signature_algorithms,
	  .what = "takes out signature_algorithms, so that SHA-1 is meant", .clause = "RFC 5246 7.4.9" },
	{ .name = "hello-record-version", .sender = 'C', .kind = PIECE_HELLO,
	  .change = lower_record_version,
	  .what = "writes 3.0 into the hello's records, which nothing protects", .clause = "RFC 5246 E.1" },

	/* the ServerHello */
	{ .name = "answer-version", .sender = 'S', .kind = PIECE_ANSWER,
	  .change = lower_answer,
	  .what = "lowers the server's version by one", .clause = "RFC 5246 7.4.9" },
	{ .name = "answer-suite", .sender = 'S', .kind = PIECE_ANSWER,
	  .change = other_suite,
	  .what = "puts another suite that was offered in the place of the chosen one", .clause = "RFC 5246 7.4.9" },
	{ .name = "answer-no-ems", .sender = 'S', .kind = PIECE_ANSWER,
	  .change = drop_answer_master_secret,
	  .what = "takes extended_master_secret out of the ServerHello", .clause = "RFC 5246 7.4.9" },
	{ .name = "answer-no-ri", .sender = 'S', .kind = PIECE_ANSWER,
	  .change = drop_answer_renegotiation_info,
	  .what = "takes renegotiation_info out of the ServerHello", .clause = "RFC 5246 7.4.9" },

	/* records in clear, while the handshake has no keys */
	{ .name = "alert-before-hello", .sender = 'C', .kind = PIECE_HELLO,
	  .before = TEXT(FAILURE),
	  .what = "puts a fatal alert before the ClientHello", .clause = "RFC 3207 6" },
	{ .name = "alert-before-answer", .sender = 'S', .kind = PIECE_ANSWER,
	  .before = TEXT(FAILURE),
	  .what = "puts a fatal alert before the ServerHello", .clause = "RFC 3207 6" },
	{ .name = "data-before-hello", .sender = 'C', .kind = PIECE_HELLO,
	  .before = TEXT(IN_DATA "\x06" COMMAND),
	  .what = "puts a command as application data in clear before the ClientHello", .clause = "RFC 8446 5" },
	{ .name = "data-before-answer", .sender = 'S', .kind = PIECE_ANSWER,
	  .before = TEXT(IN_DATA "\x0e" REPLY),
	  .what = "puts a reply as application data in clear before the ServerHello", .clause = "RFC 8446 5" },

	/* and when it has */
	{ .name = "data-in-clear", .sender = 'C', .kind = PIECE_RECORD, .data = 2,
	  .before = TEXT(IN_DATA "\x06" COMMAND),
	  .what = "puts a command as application data in clear among the client's", .clause = "RFC 8446 5.2" },
	{ .name = "data-in-clear-back", .sender = 'S', .kind = PIECE_RECORD, .data = 2,
	  .before = TEXT(IN_DATA "\x0e" REPLY),
	  .what = "the same to the client: a reply", .clause = "RFC 8446 5.2" },
	{ .name = "alert-in-clear", .sender = 'C', .kind = PIECE_RECORD, .data = 2,
	  .before = TEXT(GOODBYE),
	  .what = "puts close_notify in clear among the client's records", .clause = "RFC 8446 6.1" },
	{ .name = "alert-in-clear-back", .sender = 'S', .kind = PIECE_RECORD, .data = 2,
	  .before = TEXT(GOODBYE),
	  .what = "the same to the client", .clause = "RFC 8446 6.1" },
	{ .name = "flip", .sender = 'C', .kind = PIECE_RECORD, .data = 2,
	  .change = flip_octet,
	  .what = "changes an octet of the client's application data", .clause = "RFC 8446 5.2" },
	{ .name = "flip-back", .sender = 'S', .kind = PIECE_RECORD, .data = 2,
	  .change = flip_octet,
	  .what = "changes an octet of the server's application data", .clause = "RFC 8446 5.2" },
	{ .name = "replay", .sender = 'C', .kind = PIECE_RECORD, .data = 2,
	  .change = send_twice,
	  .what = "sends a record of the client twice", .clause = "RFC 8446 5.2" },
	{ .name = "replay-back", .sender = 'S', .kind = PIECE_RECORD, .data = 2,
	  .change = send_twice,
	  .what = "sends a record of the server twice", .clause = "RFC 8446 5.2" },
	{ .name = "drop", .sender = 'C', .kind = PIECE_RECORD, .data = 2, .large = 1,
	  .change = leave_out,
	  .what = "leaves out the record with the message in it", .clause = "RFC 8446 5.2" },
	{ .name = "truncate", .sender = 'C', .kind = PIECE_RECORD, .data = 2, .large = 1,
	  .change = end_behind,
	  .what = "ends the connection behind a record of the message", .clause = "RFC 5246 7.2.1" },
	{ .name = "truncate-within", .sender = 'C', .kind = PIECE_RECORD, .data = 2, .large = 1,
	  .change = end_within,
	  .what = "ends the connection within a record of the message", .clause = "RFC 5246 7.2.1" },
	{ .name = NULL },
};
/* clang-format on */

const struct tamper *
tamper_find(const char *name)
{
	const struct tamper *t = tampers;

	while (t->name != NULL && strcmp(t->name, name) != 0)
		t++;
	return t->name != NULL ? t : NULL;
}

static int
waits_for(const struct tamper *t, const struct piece *p)
{
	if (t->kind != p->kind || t->sender != p->sender)
		return 0;
	if (t->command != NULL && strcmp(t->command, p->command) != 0)
		return 0;
	return p->kind != PIECE_RECORD ||
	       (p->octets.p[0] == application_data && p->data >= t->data &&
		   (p->large || !t->large));
}

enum tamper_result
tamper_apply(const struct tamper *t, const struct piece *p, struct out *o)
{
	if (t->answer != NULL && p->kind == PIECE_ANSWER)
		return t->answer(p, o);
	if (!waits_for(t, p))
		return TAMPER_KEEP;
	if (t->change != NULL)
		return t->change(p, o);
	put_bytes(o, t->before);
	put_bytes(o, p->octets);
	put_bytes(o, t->behind);
	return TAMPER_CHANGED;
}

int
put_other_extensions(struct out *o, struct bytes block, uint16_t type)
{
	struct extension e;
	int found = 0;

	while (extension_next(&block, &e) == 1) {
		if (e.type == type) {
			found = 1;
			continue;
		}
		put_int(o, 2, e.type);
		put_vector(o, 2, e.data);
	}
	return found;
}

void
tampers_list(void)
{
	const struct tamper *t;

	for (t = tampers; t->name != NULL; t++)
		printf("%-28s %c  %s%s%s\n", t->name, t->sender, t->what,
		    t->clause[0] != '\0' ? "; " : "", t->clause);
}
