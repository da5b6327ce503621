/* eras.c - what only the programs of an era have: libcrypto was built to read
 * /usr/lib/ssl/openssl.cnf and its modules from /usr/lib, which are the host's
 * files and policy.  Here it is told where its own suite was unpacked. */

#include <stdlib.h>

#ifndef ERA_ROOT
#error "ERA_ROOT is the folder of the era: see ci/eras.mk"
#endif

/* OpenSSL reads the environment at its first use, which comes after main(). */
__attribute__((constructor)) static void
use_own_files(void)
{
	setenv("OPENSSL_CONF", ERA_ROOT "/usr/lib/ssl/openssl.cnf", 1);
	setenv("OPENSSL_MODULES", ERA_MODULES, 1);
}
