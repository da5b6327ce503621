/* scripted_server.h - for tests: a server in a child that plays a script. */
#ifndef SCRIPTED_SERVER_H
#define SCRIPTED_SERVER_H

#include <sys/types.h>

#include "serve.h"

/* What is echoed where the handshake is completed. */
enum { SCRIPTED_MESSAGE = 30000 };

/* What the server has to say when its child has ended. */
struct scripted {
	int done, went_on;
	struct tls_info info;
};
extern struct scripted *scripted; /* of the last one */

/* Makes the key and certificate; once. */
void scripted_setup(void);
void scripted_teardown(void);

/* The child, and our end of its connection. */
pid_t scripted_start(const struct script *, int *fd);

#endif
