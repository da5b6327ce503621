/* scripts.h - what the scripted server side can play. */
#ifndef SCRIPTS_H
#define SCRIPTS_H

#include "serve.h"

/* Each ends with a row whose name is NULL. */
extern const struct script scripts[];
extern const struct script script_tolerances[];

/* NULL: there is none of that name. */
const struct script *script_find(const char *name);

/* scripts_before.c: what a row sends ahead of its answer, or in its place. */
int before_sslv2(struct serve *);
int before_smtp(struct serve *);
int before_content_type(struct serve *);
int before_record_version_0(struct serve *);
int before_record_version_4(struct serve *);
int before_record_empty(struct serve *);
int before_records_empty(struct serve *);
int before_record_long(struct serve *);
int before_message_huge(struct serve *);
int before_change_cipher_spec(struct serve *);
int before_application_data(struct serve *);
int before_hello_done(struct serve *);
int before_unrecognized_name(struct serve *);
int before_handshake_failure(struct serve *);
int before_close_notify(struct serve *);
int before_warnings(struct serve *);

#endif
