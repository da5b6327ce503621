/* faults.c - the client's stimuli and faults, a row each (conduct.h). */

#include "client.h"

#define FIELD(name) offsetof(struct client_conduct, name)

/* A command line longer than a server has to take: RFC 5321 4.5.3.1.4. */
#define A10  "aaaaaaaaaa"
#define A100 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10
#define LONG_COMMAND                                                           \
	"NOOP " A100 A100 A100 A100 A100 A100 A100 A100 A100 A100 A100 A100    \
	    A100 A100 A100 A100 A100 A100 A100 A100

#define EARLY_MAIL "MAIL FROM:<early@client.example>"

/* clang-format off */
const struct conduct_row client_conducts[] = {
	/* stimuli: what does the server do? */
	{ "pipelined-command",   FIELD(behind_starttls), "NOOP",
	  "a NOOP in the same write as STARTTLS" },
	{ "unknown-command",     FIELD(before_starttls), "XYZZY",
	  "a command that does not exist, before STARTTLS" },
	{ "long-command",        FIELD(before_starttls), LONG_COMMAND,
	  "a command line of 2,005 octets, before STARTTLS" },
	{ "starttls-parameter",  FIELD(before_starttls), "STARTTLS now",
	  "STARTTLS with a parameter, before the right one" },
	{ "mail-before-starttls", FIELD(before_starttls), EARLY_MAIL,
	  "MAIL before STARTTLS, then RCPT inside TLS without a new MAIL" },
	{ "mail-before-tls",     FIELD(before_starttls), EARLY_MAIL,
	  "MAIL before STARTTLS, to a server that requires TLS" },
	{ "starttls-inside-tls", FIELD(inside), "STARTTLS",
	  "STARTTLS again, inside TLS" },
	{ "plain-after-220",     FIELD(plain_after_220), "EHLO client.example",
	  "EHLO in clear where the ClientHello is due" },
	{ "hello-at-once",       FIELD(early_hello), EARLY_AT_ONCE,
	  "the ClientHello before the greeting" },
	{ "hello-without-starttls", FIELD(early_hello), EARLY_WITHOUT_STARTTLS,
	  "the ClientHello where STARTTLS is due" },
	{ "hello-before-220",    FIELD(early_hello), EARLY_BEFORE_220,
	  "the ClientHello straight behind STARTTLS, before its reply" },
	{ "hello-same-segment",  FIELD(early_hello), EARLY_SAME_SEGMENT,
	  "the ClientHello in the same segment as STARTTLS" },
	{ "cut-off",             FIELD(cut_off), "yes",
	  "closes the connection in the middle of the message" },
	/* both: a stimulus for servers, a fault of a client (RFC 3207 4.2) */
	{ "no-ehlo-after-tls",   FIELD(no_ehlo_after_tls), "yes",
	  "MAIL straight after the handshake" },
	/* faults: does a check find them? */
	{ "mail-in-clear",       FIELD(mail_in_clear), "yes",
	  "delivers in clear after TLS failed, whatever the policy" },
	{ "ignores-certificate", FIELD(lies), "certificate",
	  "takes any certificate and says it verified it" },
	{ "trusts-anybody",      FIELD(trusts_anybody), "yes",
	  "verifies no certificate, whatever authority it was given" },
	{ "no-server-name",      FIELD(no_server_name), "yes",
	  "names no server in its hello" },
	{ "forgets-session",     FIELD(forgets_session), "yes",
	  "does not ask for the resumption that it was told to ask for" },
	{ "keeps-keywords",      FIELD(keeps_keywords), "yes",
	  "still believes the EHLO reply from before TLS" },
	{ "believes-pending",    FIELD(believes_pending), "yes",
	  "takes what came behind the 220 as replies inside TLS" },
	{ "truncates",           FIELD(truncates), "yes",
	  "closes without close_notify" },
	{ "no-dot-stuffing",     FIELD(no_dot_stuffing), "yes",
	  "sends lines that begin with a dot as they are" },
	{ "repeats-message",     FIELD(repeats_message), "yes",
	  "delivers the message twice" },
	{ "lies-version",        FIELD(lies), "version",
	  "says that TLS 1.1 was negotiated" },
	{ "lies-suite",          FIELD(lies), "suite",
	  "says that a cipher suite with RC4 was negotiated" },
	{ "lies-resumed",        FIELD(lies), "resumed",
	  "says the contrary of whether the session was resumed" },
	{ "lies-alert",          FIELD(lies), "alert",
	  "says that it sent the alert internal_error" },
	{ "lies-error",          FIELD(lies), "error",
	  "says that it made the error it was told to make (client-replay)" },
	{ "lies-octets",         FIELD(lies), "octets",
	  "says that it sent one octet" },
	{ "crash-in-handshake",  FIELD(crash), "handshake",
	  "aborts where it would send the ClientHello" },
	{ "hang-handshake",      FIELD(hang), "handshake",
	  "sends nothing more after the 220" },
	{ "hang-mail",           FIELD(hang), "mail",
	  "sends nothing more where MAIL is due" },
	{ NULL, 0, NULL, NULL },
};
/* clang-format on */
