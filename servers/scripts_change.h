/* scripts_change.h - the changes that rows of scripts.c make. */
#ifndef SCRIPTS_CHANGE_H
#define SCRIPTS_CHANGE_H

#include "serve.h"

typedef void script_change(struct serve *, struct answer *);

script_change version_above, version_below, version_1_0, version_ssl3;
script_change version_1_3_in_old_field, legacy_version_3_4;
script_change supported_versions_1_2, supported_versions_unoffered;
script_change downgrade_1, downgrade_0;
script_change suite_unoffered, suite_grease, suite_of_other_version,
    suite_anonymous;
script_change compression, session_id_wrong, session_id_long;
script_change unasked_extension, unasked_alpn, duplicate_extension;
script_change unasked_extended_master_secret;
script_change no_renegotiation_info, renegotiation_info_full;
script_change no_extensions, hello_long, hello_cut;
script_change share_missing, share_of_other_group, share_of_zeros;
script_change become_old;

#endif
