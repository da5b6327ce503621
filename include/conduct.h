/* conduct.h - deliberate departures of our own peers, as data.
 *
 * A conduct is a struct of strings.  All NULL is right; a row names one field
 * and what it becomes.  A fault is a row that a check must find; a stimulus is
 * a row that shows what the *other* side does.  Both come from one table, the
 * program's faults.c.
 */
#ifndef CONDUCT_H
#define CONDUCT_H

#include <stddef.h>

struct conduct_row {
	const char *name;
	size_t field; /* offsetof a const char * in the program's conduct */
	const char *value;
	const char *about; /* one line for --list */
};

/* Sets what name says in conduct: 0, or -1 if no row has that name.  rows end
 * with a NULL name. */
int conduct_set(
    void *conduct, const struct conduct_row *rows, const char *name);

void conduct_list(const struct conduct_row *rows);

/* Is this string field set to this word? */
int conduct_is(const char *field, const char *word);

#endif
