/* conduct.c - deliberate departures of our own peers, as data (conduct.h). */

#include "conduct.h"

#include <stdio.h>
#include <string.h>

int
conduct_set(void *conduct, const struct conduct_row *rows, const char *name)
{
	for (; rows->name != NULL; rows++)
		if (strcmp(rows->name, name) == 0) {
			*(const char **)(void *)((char *)conduct +
						 rows->field) = rows->value;
			return 0;
		}
	return -1;
}

void
conduct_list(const struct conduct_row *rows)
{
	for (; rows->name != NULL; rows++)
		printf("%-24s %s\n", rows->name, rows->about);
}

int
conduct_is(const char *field, const char *word)
{
	return field != NULL && strcmp(field, word) == 0;
}
