/* program.c - what client and server have in common as programs (program.h). */

#include "program.h"

#include <stdio.h>
#include <string.h>

enum { OLDEST = 0x0301, NEWEST = 0x0304, N_VERSIONS = NEWEST - OLDEST + 1 };

const char *const program_resumes[] = {[TLS_RESUME_NO] = "no",
    [TLS_RESUME_ID] = "id",
    [TLS_RESUME_TICKET] = "ticket",
    NULL};

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
print_able(const char *subject, const char *list)
{
	printf("= can.%s%s\n", subject, list[0] != '\0' ? list : " -");
}

static void
print_capabilities(enum tls_role role, const struct tls_params *given)
{
	/* They outlive this call: a configuration may point to its own. */
	static struct tls_params p[N_VERSIONS + 3];
	char tls[40] = "", resume[20] = "", renegotiation[20] = "";
	uint16_t version;
	int i;

	printf("= library %s %s\n", tls_backend.name, tls_backend.version());
	for (i = 0; i < N_VERSIONS; i++) {
		version = (uint16_t)(OLDEST + i);
		p[i] = *given;
		p[i].min_version = p[i].max_version = version;
		p[i].old = version < 0x0303;
		ask(role, &p[i], "tls", version_name(version), tls, sizeof tls);
	}
	print_able("tls", tls);
	p[i] = *given;
	p[i].resume = TLS_RESUME_ID;
	p[i].min_version = p[i].max_version = 0x0303; /* 1.3 has tickets only */
	ask(role, &p[i], "resume", "id", resume, sizeof resume);
	i++;
	p[i] = *given;
	p[i].resume = TLS_RESUME_TICKET;
	ask(role, &p[i], "resume", "ticket", resume, sizeof resume);
	print_able("resume", resume);
	if (role != TLS_SERVER)
		return;
	i++;
	p[i] = *given;
	p[i].safe_renegotiation = 1;
	ask(role, &p[i], "renegotiation", "required", renegotiation,
	    sizeof renegotiation);
	print_able("renegotiation", renegotiation);
}

static void
print_list(const struct conduct_row *conducts)
{
	conduct_list(conducts);
	if (tls_backend.list != NULL)
		tls_backend.list();
}

static int
behave(const struct program *p, const char *name)
{
	if (name == NULL || conduct_set(p->conduct, p->conducts, name) == 0)
		return 0;
	fprintf(stderr, "%s: no such fault or stimulus; see --list\n", p->name);
	return -1;
}

int
program_begin(
    struct program *p, const struct option *options, int argc, char **argv)
{
	int code = options_parse(options, argc, argv);

	if (code != 0)
		return code;
	p->params.resume = (enum tls_resume)p->resume;
	if (p->help)
		return options_help(options, argv[0]), EXIT_PLAYED;
	if (p->version)
		return printf("%s\n", tls_backend.version()), EXIT_PLAYED;
	if (p->list)
		return print_list(p->conducts), EXIT_PLAYED;
	if (p->capabilities)
		return print_capabilities(p->role, &p->params), EXIT_PLAYED;
	if (behave(p, p->fault) == -1 || behave(p, p->stimulus) == -1)
		return EXIT_UNSUPPORTED;
	return -1;
}

int
program_configure(const struct program *p, struct tls_config **config)
{
	char why[200] = "";

	if (tls_backend.configure(
		config, p->role, &p->params, why, sizeof why) == 0)
		return 0;
	fprintf(stderr, "%s: %s cannot do this: %s\n", p->name,
	    tls_backend.name, why);
	return -1;
}
