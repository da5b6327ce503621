/* options.c - command line options as a table, and what both programs answer
 * about themselves (options.h). */

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

void
print_version(void)
{
	printf("%s\n", tls_backend.version());
}

/* Asks the library itself: can it be configured so?  If so, the list has one
 * word more; if not, the reason is printed. */
static void
ask(enum tls_role role, const struct tls_params *p, const char *subject,
    const char *word, char *list, size_t len)
{
	struct tls_config *config = NULL;
	char why[200] = "";
	size_t n = strlen(list);

	/* The process ends after this; the configuration is left to it. */
	if (tls_backend.configure(&config, role, p, why, sizeof why) == 0)
		snprintf(list + n, len - n, " %s", word);
	else
		printf("= cannot.%s %s %s\n", subject, word, why);
}

static void
print_list(const char *subject, const char *list)
{
	printf("= can.%s%s\n", subject, list[0] != '\0' ? list : " -");
}

void
print_capabilities(enum tls_role role, const struct tls_params *given)
{
	/* They outlive this call: a configuration may point to its own. */
	static struct tls_params p[N_VERSIONS + 2];
	char tls[40] = "", resume[20] = "";
	size_t i;

	printf("= library %s %s\n", tls_backend.name, tls_backend.version());
	for (i = 0; i < N_VERSIONS; i++) {
		p[i] = *given;
		p[i].min_version = p[i].max_version = versions[i].version;
		p[i].old = versions[i].version < 0x0303;
		ask(role, &p[i], "tls", versions[i].name, tls, sizeof tls);
	}
	print_list("tls", tls);
	p[i] = *given;
	p[i].resume = TLS_RESUME_ID;
	p[i].min_version = p[i].max_version = 0x0303; /* 1.3 has tickets only */
	ask(role, &p[i], "resume", "id", resume, sizeof resume);
	i++;
	p[i] = *given;
	p[i].resume = TLS_RESUME_TICKET;
	ask(role, &p[i], "resume", "ticket", resume, sizeof resume);
	print_list("resume", resume);
}
