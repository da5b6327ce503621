/* scripts.c - the scripts of the server side, a row each (serve.h).
 *
 * The clause that decides what a client has to do about it is in the rules of
 * the scenario of the same name (matrix/scenarios/serverhello.toml).
 */

#include "scripts.h"

#include <string.h>

#include "registry.h"
#include "scripts_change.h"

/* clang-format off */
const struct script scripts[] = {
	/* everything is right, or unusual and lawful */
	{ .name = "right", .what = "nothing wrong at all" },
	{ .name = "answer-1.2", .version = TLS_1_2,
	  .what = "TLS 1.2, and no mark of a downgrade" },
	{ .name = "octet-records", .flags = SERVE_RECORDS_OF_1,
	  .what = "every octet of the handshake in a record of its own" },
	{ .name = "short-records", .flags = SERVE_RECORDS_OF_100,
	  .what = "records of a hundred octets at the most" },
	{ .name = "octet-segments", .flags = SERVE_SEGMENTS_OF_1,
	  .what = "every octet in a TCP segment of its own" },
	{ .name = "no-ccs", .version = TLS_1_3, .flags = SERVE_NO_CCS,
	  .what = "TLS 1.3 without the ChangeCipherSpec for middleboxes" },
	{ .name = "ccs-first", .before = before_change_cipher_spec,
	  .what = "ChangeCipherSpec before ServerHello" },
	{ .name = "retry", .version = TLS_1_3, .retry = RETRY_GROUP, .retries = 1,
	  .what = "HelloRetryRequest for a group without a share" },
	{ .name = "retry-cookie", .version = TLS_1_3, .retry = RETRY_COOKIE, .retries = 1,
	  .what = "HelloRetryRequest with a cookie and no group" },
	{ .name = "legacy-version-3.4", .version = TLS_1_3, .change = legacy_version_3_4,
	  .what = "TLS 1.3 by extension, and 3.4 in the old field too" },

	/* the version */
	{ .name = "version-above", .change = version_above,
	  .what = "one above the highest that was offered, in the old field" },
	{ .name = "version-3.4", .change = version_1_3_in_old_field,
	  .what = "3.4 in the old field, without supported_versions" },
	{ .name = "version-below", .change = version_below,
	  .what = "one below the only one that was offered" },
	{ .name = "extensions-absent", .version = TLS_1_2, .change = no_extensions,
	  .what = "TLS 1.2 in a ServerHello without extensions" },
	{ .name = "version-1.0", .change = version_1_0, .what = "TLS 1.0" },
	{ .name = "version-ssl3", .change = version_ssl3, .what = "SSL 3.0" },
	{ .name = "sslv2", .before = before_sslv2, .what = "an SSL 2.0 SERVER-HELLO" },
	{ .name = "supported-versions-1.2", .version = TLS_1_3, .change = supported_versions_1_2,
	  .what = "TLS 1.2 by supported_versions" },
	{ .name = "supported-versions-unoffered", .version = TLS_1_3, .change = supported_versions_unoffered,
	  .what = "3.5 by supported_versions" },
	{ .name = "downgrade-1.2", .version = TLS_1_2, .change = downgrade_1,
	  .what = "TLS 1.2, and the random says DOWNGRD 01" },
	{ .name = "downgrade-1.1", .version = TLS_1_1, .change = downgrade_0,
	  .what = "TLS 1.1, and the random says DOWNGRD 00" },

	/* what was chosen */
	{ .name = "suite-unoffered", .change = suite_unoffered,
	  .what = "a cipher suite that was not offered" },
	{ .name = "suite-grease", .change = suite_grease,
	  .what = "a cipher suite of the values kept for GREASE" },
	{ .name = "suite-of-other-version", .change = suite_of_other_version,
	  .what = "a cipher suite of TLS 1.2 with 1.3, or the other way round" },
	{ .name = "compression", .change = compression,
	  .what = "DEFLATE, which was not offered" },

	/* the session */
	{ .name = "session-id-wrong", .version = TLS_1_3, .change = session_id_wrong,
	  .what = "another session_id than the client's in TLS 1.3" },
	{ .name = "session-id-long", .change = session_id_long,
	  .what = "a session_id of 33 octets" },

	/* extensions */
	{ .name = "unasked-extension", .change = unasked_extension,
	  .what = "an extension that nobody knows" },
	{ .name = "unasked-alpn", .version = TLS_1_2, .change = unasked_alpn,
	  .what = "a protocol (ALPN) where none was asked for" },
	{ .name = "unasked-inside", .version = TLS_1_3, .flags = SERVE_UNASKED_INSIDE,
	  .what = "in EncryptedExtensions an extension that nobody knows" },
	{ .name = "unasked-ems", .version = TLS_1_2, .change = unasked_extended_master_secret,
	  .what = "extended_master_secret, asked for or not" },
	{ .name = "duplicate-extension", .change = duplicate_extension,
	  .what = "the same extension twice" },
	{ .name = "renegotiation-info-absent", .version = TLS_1_2, .change = no_renegotiation_info,
	  .what = "no renegotiation_info, as before RFC 5746" },
	{ .name = "renegotiation-info-absent-1.1", .version = TLS_1_1, .change = no_renegotiation_info,
	  .what = "the same in TLS 1.1" },
	{ .name = "renegotiation-info-absent-1.0", .version = TLS_1_0, .change = no_renegotiation_info,
	  .what = "the same in TLS 1.0" },
	{ .name = "renegotiation-info-full", .version = TLS_1_2, .change = renegotiation_info_full,
	  .what = "renegotiation_info that is not empty" },
	{ .name = "hello-long", .change = hello_long,
	  .what = "three octets behind the extensions" },
	{ .name = "hello-cut", .change = hello_cut,
	  .what = "three octets less than the extensions' length says" },

	/* HelloRetryRequest */
	{ .name = "retry-twice", .version = TLS_1_3, .retry = RETRY_GROUP, .retries = 2,
	  .what = "a second HelloRetryRequest" },
	{ .name = "retry-shared", .version = TLS_1_3, .retry = RETRY_SHARED, .retries = 1,
	  .what = "HelloRetryRequest for a group that there is a share of" },
	{ .name = "retry-unlisted", .version = TLS_1_3, .retry = RETRY_UNLISTED, .retries = 1,
	  .what = "HelloRetryRequest for a group that was not offered" },
	{ .name = "retry-nothing", .version = TLS_1_3, .retry = RETRY_NOTHING, .retries = 1,
	  .what = "HelloRetryRequest that would change nothing" },
	{ .name = "retry-other-suite", .version = TLS_1_3, .retry = RETRY_GROUP, .retries = 1,
	  .flags = SERVE_ANOTHER_SUITE,
	  .what = "another cipher suite in ServerHello than in HelloRetryRequest" },
	{ .name = "retry-then-1.2", .version = TLS_1_3, .retry = RETRY_GROUP, .retries = 1,
	  .change = become_old,
	  .what = "TLS 1.2 in ServerHello after a HelloRetryRequest" },

	/* the share */
	{ .name = "share-missing", .version = TLS_1_3, .change = share_missing,
	  .what = "no key_share" },
	{ .name = "share-other-group", .version = TLS_1_3, .change = share_of_other_group,
	  .what = "a share of a group that the client sent none of" },
	{ .name = "share-zeros", .version = TLS_1_3, .change = share_of_zeros,
	  .what = "a share of zeros" },

	/* something else than a ServerHello */
	{ .name = "alert-unrecognized-name", .before = before_unrecognized_name,
	  .what = "the warning unrecognized_name, then ServerHello" },
	{ .name = "alert-handshake-failure", .before = before_handshake_failure,
	  .what = "the fatal alert handshake_failure, then ServerHello" },
	{ .name = "alert-close-notify", .before = before_close_notify,
	  .what = "close_notify, then ServerHello" },
	{ .name = "warnings", .before = before_warnings,
	  .what = "20 KB of warnings, then ServerHello" },
	{ .name = "smtp-reply", .before = before_smtp, .what = "an SMTP reply in clear" },
	{ .name = "application-data-first", .before = before_application_data,
	  .what = "application data before ServerHello" },
	{ .name = "hello-done-first", .before = before_hello_done,
	  .what = "ServerHelloDone before ServerHello" },
	{ .name = "interleaved", .before = before_interleaved,
	  .what = "application data between the halves of a ServerHello" },
	{ .name = "message-huge", .before = before_message_huge,
	  .what = "a ServerHello of 2^24-1 octets, of which 64 KiB come" },

	/* records */
	{ .name = "record-empty", .before = before_record_empty,
	  .what = "an empty handshake record, then ServerHello" },
	{ .name = "records-empty", .before = before_records_empty,
	  .what = "4096 empty handshake records, then ServerHello" },
	{ .name = "record-long", .before = before_record_long,
	  .what = "a record of 2^14+2049 octets" },
	{ .name = "record-version-0.0", .before = before_record_version_0,
	  .what = "records of version 0.0" },
	{ .name = "record-version-4.0", .before = before_record_version_4,
	  .what = "records of version 4.0" },
	{ .name = "content-type-unknown", .before = before_content_type,
	  .what = "a record of type 99, then ServerHello" },

	/* behind the ServerHello */
	{ .name = "ccs-early", .version = TLS_1_2, .flags = SERVE_CCS_EARLY,
	  .what = "ChangeCipherSpec straight behind ServerHello" },
	{ .name = "signature-wrong", .flags = SERVE_SIGNATURE,
	  .what = "a wrong signature" },
	{ .name = "signature-sha1", .version = TLS_1_2, .flags = SERVE_SHA1,
	  .what = "a signature with SHA-1" },
	{ .name = "finished-wrong", .flags = SERVE_FINISHED,
	  .what = "a wrong Finished" },

	/* wrong about whatever the client says (scripts_lenient.c) */
	{ .name = "any-hello-1.3", .instead = answer_with_1_3,
	  .what = "a ServerHello of TLS 1.3 to anything" },
	{ .name = "any-hello-1.2", .instead = answer_with_1_2,
	  .what = "a ServerHello of TLS 1.2 to anything" },
	{ .name = "any-hello-rsa", .instead = answer_with_rsa,
	  .what = "a ServerHello of TLS 1.2 with a suite of static RSA to anything" },
	{ .name = "any-hello-anonymous", .instead = answer_with_anonymous,
	  .what = "a ServerHello of TLS 1.2 with a suite of nobody to anything" },
	{ .name = "any-sslv2", .instead = answer_with_sslv2,
	  .what = "an SSL 2.0 SERVER-HELLO to anything" },
	{ .name = "any-zeros", .instead = answer_with_zeros,
	  .what = "eight zeros to anything" },
	{ .name = "any-alert", .instead = answer_with_alert,
	  .what = "the fatal alert internal_error to anything" },
	{ .name = "any-close", .instead = answer_with_nothing,
	  .what = "the end of the connection to anything" },
	{ .name = "old-form-less", .instead = answer_sslv2_with_less,
	  .what = "TLS 1.0 to the SSLv2 form, the highest to the TLS form" },
	{ .name = "fallback-old-record", .instead = answer_fallback_in_old_record,
	  .what = "inappropriate_fallback in a record of version 3.0, to anything" },
	{ .name = "record-version-3.1-only", .instead = mind_record_version,
	  .what = "protocol_version, unless the hello's record has version 3.1" },
	{ .name = "refuses-lawful", .instead = answer_rightly,
	  .errors = HANDSHAKE_REFUSES_LAWFUL,
	  .what = "refuses fragments, and ChangeCipherSpec in TLS 1.3" },
	{ .name = NULL },
};
/* clang-format on */

const struct script *const script_tables[] = {
    scripts, script_tolerances, scripts_of_faults, NULL};

const struct script *
script_find(const char *name)
{
	const struct script *const *table, *s;

	for (table = script_tables; *table != NULL; table++)
		for (s = *table; s->name != NULL; s++)
			if (strcmp(s->name, name) == 0)
				return s;
	return NULL;
}
