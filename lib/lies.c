/* lies.c - untruths about a session, told on purpose (lies.h). */

#include "lies.h"

#include <stdio.h>

#include "conduct.h"

void
lie_of_tls(const char *about, struct tls_info *i)
{
	enum { TLS_1_1 = 0x0302, RC4 = 0x0005, INTERNAL_ERROR = 80 };

	if (conduct_is(about, "version") && i->version != 0)
		i->version = TLS_1_1;
	if (conduct_is(about, "suite") && i->cipher_suite != -1)
		i->cipher_suite = RC4;
	if (conduct_is(about, "resumed") && i->resumed != -1)
		i->resumed = !i->resumed;
	if (conduct_is(about, "alert"))
		i->alert_sent = INTERNAL_ERROR;
	if (conduct_is(about, "server-name"))
		snprintf(i->server_name, sizeof i->server_name, "%s",
		    "elsewhere.example");
	if (conduct_is(about, "certificate"))
		i->verified = 1;
}

void
lie_in_facts(const char *about, struct flow *f)
{
	/* Of a fact that is told twice the last one counts. */
	if (conduct_is(about, "octets"))
		flow_fact(f, "wire.sent", "%s", "1 af63bd4c8601b7df");
	if (conduct_is(about, "error"))
		flow_fact(f, "tls.error-made", "yes");
}
