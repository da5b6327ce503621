/* faults.c - the client's stimuli and faults, a row each (conduct.h). */

#include "client.h"

#define FIELD(name) offsetof(struct client_conduct, name)

/* A command line longer than a server has to take: RFC 5321 4.5.3.1.4. */
#define A10  "aaaaaaaaaa"
#define A100 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10
#define LONG_COMMAND                                                           \
	"NOOP " A100 A100 A100 A100 A100 A100 A100 A100 A100 A100 A100 A100    \
	    A100 A100 A100 A100 A100 A100 A100 A100

/* The longest command line and text line that everybody has to take: RFC 5321
 * 4.5.3.1.4 and 4.5.3.1.6. */
#define A505 A100 A100 A100 A100 A100 "aaaaa"
#define A998                                                                   \
	A100 A100 A100 A100 A100 A100 A100 A100 A100 A10 A10 A10 A10 A10 A10   \
	    A10 A10 A10 "aaaaaaaa"

/* The longest local part and domain: RFC 5321 4.5.3.1.1 to 4.5.3.1.3. */
#define LABEL63 A10 A10 A10 A10 A10 A10 "aaa"
#define LONGEST_PATH                                                           \
	"<" A10 A10 A10 A10 A10 A10 "aaaa@" LABEL63 "." LABEL63                \
	"." A10 A10 A10 A10 A10 A10 "a>"

#define RECIPIENT "RCPT TO:<b@mx.example>\r\n"
#define RECIPIENTS10                                                           \
	RECIPIENT RECIPIENT RECIPIENT RECIPIENT RECIPIENT RECIPIENT RECIPIENT  \
	    RECIPIENT RECIPIENT RECIPIENT
#define RECIPIENTS100                                                          \
	RECIPIENTS10 RECIPIENTS10 RECIPIENTS10 RECIPIENTS10 RECIPIENTS10       \
	    RECIPIENTS10 RECIPIENTS10 RECIPIENTS10 RECIPIENTS10 RECIPIENTS10

#define MAIL  "MAIL FROM:<a@client.example>\r\n"
#define PLAIN "AUTH PLAIN dGVzdAB0ZXN0ADEyMzQ="

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
	{ "free-commands-before-tls", FIELD(before_starttls),
	  "NOOP\r\nEHLO client.example",
	  "NOOP and EHLO, to a server that requires TLS" },
	{ "all-commands-before-tls", FIELD(before_starttls),
	  "MAIL FROM:<a@client.example>\r\nRCPT TO:<b@mx.example>\r\nDATA\r\n"
	  "RSET\r\nVRFY b\r\nHELP",
	  "every command that a server which requires TLS refuses" },
	{ "quit-before-tls",     FIELD(before_starttls), "QUIT",
	  "QUIT instead of STARTTLS" },
	{ "commands-before-ehlo", FIELD(before_ehlo),
	  "NOOP\r\nRSET\r\nVRFY b\r\nHELP",
	  "what may be asked at any time, before EHLO" },
	{ "starttls-unasked",    FIELD(before_starttls), "STARTTLS",
	  "STARTTLS to a server that does not offer it" },
	{ "lower-case",          FIELD(before_starttls),
	  "ehlo client.example\r\nnOOp\r\nrset\r\nvrfy b",
	  "verbs in other letter cases" },
	{ "starttls-lower-case", FIELD(starttls_as), "StartTls",
	  "STARTTLS in another letter case" },
	{ "blank-at-end",        FIELD(before_starttls), "RSET ",
	  "a blank at the end of a command line" },
	{ "bare-line-feed",      FIELD(before_starttls), "NOOP one\nNOOP two",
	  "a command line with a line feed in it" },
	{ "helo",                FIELD(before_starttls), "HELO client.example",
	  "HELO before STARTTLS" },
	{ "ehlo-without-name",   FIELD(before_starttls), "EHLO\r\nNOOP",
	  "EHLO without a name, once more" },
	{ "longest-command",     FIELD(before_starttls), "NOOP " A505,
	  "a command line of 512 octets" },
	{ "parameters",          FIELD(before_starttls),
	  "RSET now\r\nDATA now",
	  "commands that have no parameters, with some" },
	{ "group-with-starttls", FIELD(before_group), "RSET",
	  "RSET in the same write as STARTTLS, before it" },
	{ "minimum",             FIELD(inside),
	  "NOOP\r\nNOOP with words\r\nVRFY b\r\nHELP\r\nRSET",
	  "the commands that every server has" },
	{ "out-of-order",        FIELD(inside),
	  "RCPT TO:<b@mx.example>\r\nDATA\r\n" MAIL "DATA\r\n" MAIL "RSET",
	  "the commands of a transaction in the wrong order" },
	{ "reset",               FIELD(inside), MAIL "RSET\r\nRCPT TO:<b@mx.example>",
	  "RCPT after RSET" },
	{ "ehlo-in-transaction", FIELD(inside),
	  MAIL "EHLO client.example\r\nRCPT TO:<b@mx.example>",
	  "RCPT after another EHLO" },
	{ "rcpt-after-message",  FIELD(after_message), "RCPT TO:<b@mx.example>",
	  "RCPT behind the message, without MAIL" },
	{ "special-paths",       FIELD(inside),
	  "MAIL FROM:<>\r\nRCPT TO:<PostMaster>\r\n"
	  "RCPT TO:<@relay.example,@other.example:b@mx.example>\r\nRSET",
	  "the null reverse-path, postmaster, a source route" },
	{ "wrong-paths",         FIELD(inside),
	  "MAIL FROM:a b\r\nMAIL\r\n" MAIL "RSET",
	  "MAIL with arguments that are none" },
	{ "longest-path",        FIELD(inside),
	  "MAIL FROM:" LONGEST_PATH "\r\nRCPT TO:" LONGEST_PATH "\r\nRSET",
	  "a path of 256 octets, its local part of 64" },
	{ "many-recipients",     FIELD(inside), MAIL RECIPIENTS100 "RSET",
	  "a hundred recipients" },
	{ "unknown-parameter",   FIELD(inside),
	  "MAIL FROM:<a@client.example> XYZZY=1\r\n" MAIL
	  "RCPT TO:<b@mx.example> XYZZY=1\r\nRSET",
	  "parameters that nobody knows" },
	{ "no-recipient",        FIELD(inside),
	  MAIL "RCPT TO:nobody\r\nDATA\r\nRSET",
	  "DATA when the only recipient was refused" },
	{ "group",               FIELD(inside_group),
	  MAIL "RCPT TO:nobody\r\nRCPT TO:<b@mx.example>\r\nRSET\r\nVRFY b",
	  "five commands in one write, the second of them wrong" },
	{ "auth-in-clear",       FIELD(before_starttls), PLAIN,
	  "AUTH PLAIN before STARTTLS" },
	{ "auth-twice",          FIELD(inside),
	  MAIL PLAIN "\r\nRSET\r\n" PLAIN "\r\n" PLAIN,
	  "AUTH in a transaction, then twice outside of one" },
	{ "smuggled-command",    FIELD(extra_line),
	  "text\n.\nMAIL FROM:<smuggled@client.example>",
	  "a message with a dot between two line feeds" },
	{ "longest-text-line",   FIELD(extra_line), A998,
	  "a message with a line of 1,000 octets" },
	{ "pipelines",           FIELD(pipelines), "yes",
	  "MAIL, RCPT and DATA in one write, if that is offered" },
	{ "judges-late",         FIELD(judges_late), "yes",
	  "lets the handshake succeed and then does not like the certificate" },
	{ "cannot-start",        FIELD(cannot_start), "yes",
	  "finds after the 220 that it cannot start TLS" },
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
	{ "goes-on-in-clear",    FIELD(goes_on_in_clear), "yes",
	  "sends SMTP on a connection on which TLS failed" },
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
	{ "ehlo-names-nobody",   FIELD(ehlo_as), "EHLO",
	  "EHLO without a name" },
	{ "helo-inside-tls",     FIELD(helo_inside), "yes",
	  "says HELO inside TLS, not EHLO" },
	{ "space-in-path",       FIELD(space_in_path), "yes",
	  "a blank before the path of MAIL" },
	{ "opens-twice",         FIELD(inside), EARLY_MAIL,
	  "MAIL when a transaction is open" },
	{ "unoffered-parameter", FIELD(mail_parameters), " XYZZY=1",
	  "a parameter of MAIL that nobody offers" },
	{ "bare-line-feed-in-text", FIELD(extra_line), "one\ntwo",
	  "a message with a line feed that ends no line" },
	{ "long-text-line",      FIELD(extra_line), A998 "a",
	  "a message with a line of 1,001 octets" },
	{ "long-command-line",   FIELD(before_starttls), "NOOP " A505 "a",
	  "a command line of 513 octets" },
	{ "quit-with-words",     FIELD(before_starttls), "RSET now",
	  "a command that has no parameters, with one" },
	{ "no-quit",             FIELD(no_quit), "yes",
	  "closes without QUIT" },
	{ "no-helo",             FIELD(no_helo), "yes",
	  "knows EHLO only" },
	{ "bounces",             FIELD(bounces), "yes",
	  "gives the message back where it should keep it" },
	{ "patient",             FIELD(patient), "yes",
	  "waits as long as the server does" },
	{ "reads-first-line",    FIELD(reads_first_line), "yes",
	  "takes the first line of the 220 for all of it" },
	{ "reads-text",          FIELD(reads_text), "yes",
	  "does not start TLS if the text of the 220 has a \"not\"" },
	{ "exact-codes",         FIELD(exact_codes), "yes",
	  "takes a 259 for a refusal" },
	{ "exact-keywords",      FIELD(exact_keywords), "yes",
	  "knows keywords in capitals only" },
	{ "rejects-4yz",         FIELD(rejects_4yz), "yes",
	  "gives the message back after a transient refusal" },
	{ "ignores-statuses",    FIELD(ignores_statuses), "yes",
	  "sends the message whatever DATA is answered with" },
	{ "pipelines-unasked",   FIELD(pipelines_unasked), "yes",
	  "MAIL, RCPT and DATA in one write, whatever is offered" },
	{ "crash-in-handshake",  FIELD(crash), "handshake",
	  "aborts where it would send the ClientHello" },
	{ "hang-handshake",      FIELD(hang), "handshake",
	  "sends nothing more after the 220" },
	{ "hang-mail",           FIELD(hang), "mail",
	  "sends nothing more where MAIL is due" },
	{ NULL, 0, NULL, NULL },
};
/* clang-format on */
