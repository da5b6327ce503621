/* lies.h - untruths about a session, told on purpose.
 *
 * What a program says of itself is one witness of three; these faults show
 * that the other two are listened to.
 */
#ifndef LIES_H
#define LIES_H

#include "flow.h"
#include "tls.h"

/* about is the word of a row of faults.c; NULL: the truth. */
void lie_of_tls(const char *about, struct tls_info *);
void lie_in_facts(const char *about, struct flow *);

#endif
