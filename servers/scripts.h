/* scripts.h - what the scripted server side can play. */
#ifndef SCRIPTS_H
#define SCRIPTS_H

#include "serve.h"

/* Each ends with a row whose name is NULL. */
extern const struct script scripts[];
extern const struct script script_tolerances[];
/* What no client is held to: each breaks a clause on the server's octets, so
 * that the check of it is seen to fail (matrix/mutants.toml). */
extern const struct script scripts_of_faults[];

/* These tables, and NULL. */
extern const struct script *const script_tables[];

/* NULL: there is none of that name. */
const struct script *script_find(const char *name);

/* scripts_lenient.c: what a row does about whatever comes. */
int answer_with_1_3(struct serve *, struct bytes first);
int answer_with_1_2(struct serve *, struct bytes first);
int answer_with_rsa(struct serve *, struct bytes first);
int answer_with_anonymous(struct serve *, struct bytes first);
int answer_rightly(struct serve *, struct bytes first);
int answer_with_sslv2(struct serve *, struct bytes first);
int answer_with_zeros(struct serve *, struct bytes first);
int answer_with_alert(struct serve *, struct bytes first);
int answer_with_nothing(struct serve *, struct bytes first);
int answer_sslv2_with_less(struct serve *, struct bytes first);
int answer_fallback_in_old_record(struct serve *, struct bytes first);
int mind_record_version(struct serve *, struct bytes first);

/* scripts_before.c: what a row sends ahead of its answer, or in its place. */
int before_sslv2(struct serve *);
int before_smtp(struct serve *);
int before_content_type(struct serve *);
int before_record_version_0(struct serve *);
int before_record_version_4(struct serve *);
int before_record_version_3_4(struct serve *);
int before_record_empty(struct serve *);
int before_records_empty(struct serve *);
int before_record_long(struct serve *);
int before_message_huge(struct serve *);
int before_change_cipher_spec(struct serve *);
int before_application_data(struct serve *);
int before_hello_done(struct serve *);
int before_interleaved(struct serve *);
int before_unrecognized_name(struct serve *);
int before_handshake_failure(struct serve *);
int before_failure_as_warning(struct serve *);
int before_close_notify(struct serve *);
int before_warnings(struct serve *);

#endif
