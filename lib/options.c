/* options.c - command line options as a table (options.h). */

#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	uint16_t version;
} versions[] = {
    {"1.0", 0x0301}, {"1.1", 0x0302}, {"1.2", 0x0303}, {"1.3", 0x0304}};

enum { N_VERSIONS = sizeof versions / sizeof versions[0] };

const char *
version_name(int version)
{
	size_t i;

	for (i = 0; i < N_VERSIONS; i++)
		if (versions[i].version == version)
			return versions[i].name;
	return "-";
}

static int
set_version(const struct option *o, const char *value)
{
	size_t i;

	for (i = 0; i < N_VERSIONS; i++)
		if (strcmp(versions[i].name, value) == 0) {
			*(uint16_t *)o->where = versions[i].version;
			return 0;
		}
	return -1;
}

static int
set_choice(const struct option *o, const char *value)
{
	int i;

	for (i = 0; o->choices[i] != NULL; i++)
		if (strcmp(o->choices[i], value) == 0) {
			*(int *)o->where = i;
			return 0;
		}
	return -1;
}

static int
set_number(const struct option *o, const char *value)
{
	char *end;
	long n = strtol(value, &end, 10);

	if (end == value || *end != '\0' || n < 0 || n > 1 << 30)
		return -1;
	*(int *)o->where = (int)n;
	return 0;
}

static int
set(const struct option *o, const char *value)
{
	switch (o->kind) {
	case OPTION_FLAG: *(int *)o->where = 1; return 0;
	case OPTION_TEXT: *(const char **)o->where = value; return 0;
	case OPTION_NUMBER: return set_number(o, value);
	case OPTION_VERSION: return set_version(o, value);
	case OPTION_CHOICE: return set_choice(o, value);
	}
	return -1;
}

static const struct option *
find(const struct option *rows, const char *name)
{
	for (; rows->name != NULL; rows++)
		if (strcmp(rows->name, name) == 0)
			return rows;
	return NULL;
}

int
options_parse(const struct option *rows, int argc, char **argv)
{
	const struct option *o;
	const char *value;
	int i;

	for (i = 1; i < argc; i++) {
		if ((o = find(rows, argv[i])) == NULL) {
			fprintf(stderr, "%s: no option %s; see %s --help\n",
			    argv[0], argv[i], argv[0]);
			return EXIT_USAGE;
		}
		value = argv[i];
		if (o->kind != OPTION_FLAG && (value = argv[++i]) == NULL) {
			fprintf(
			    stderr, "%s: %s needs a value\n", argv[0], o->name);
			return EXIT_USAGE;
		}
		if (set(o, value) == -1) {
			fprintf(stderr, "%s: %s cannot be %s\n", argv[0],
			    o->name, value);
			return EXIT_UNSUPPORTED;
		}
	}
	return 0;
}

void
options_help(const struct option *rows, const char *program)
{
	int i;

	printf("usage: %s OPTION...\n", program);
	for (; rows->name != NULL; rows++) {
		printf("  %-14s %s", rows->name, rows->about);
		for (i = 0; rows->choices != NULL && rows->choices[i] != NULL;
		     i++)
			printf("%s%s", i == 0 ? ": " : " | ", rows->choices[i]);
		printf("\n");
	}
}
