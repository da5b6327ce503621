/* fuzz_flow.c - any text as a .flow. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "flow_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* Every view lies in the text. */
static void
touch(struct bytes b)
{
	volatile uint8_t sum = 0;
	size_t i;

	for (i = 0; i < b.n; i++)
		sum = (uint8_t)(sum + b.p[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct flow_text f;
	char *text = malloc(n > 0 ? n : 1);
	size_t i;

	if (text == NULL)
		return 0;
	if (n > 0)
		memcpy(text, p, n);
	if (flow_parse(&f, text, n) == -1 && f.error == NULL)
		abort();
	for (i = 0; i < f.n_metas; i++)
		touch(f.metas[i].value);
	for (i = 0; i < f.n_facts; i++)
		touch(f.facts[i].value);
	for (i = 0; i < f.n_turns; i++)
		touch(f.turns[i].octets);
	if (f.n_metas > 0 && flow_find(&f, f.metas[0].name) == NULL)
		abort();
	free(text);
	return 0;
}
