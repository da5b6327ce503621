/* relay.h - one connection through the recording, tampering middle. */
#ifndef RELAY_H
#define RELAY_H

#include "flow.h"
#include "tampers.h"

struct relay_end {
	int fd;
	struct flow *flow;
};

struct relay_how {
	const struct tamper *tamper; /* NULL: no work yet */
	int deadline;                /* milliseconds in which nothing passes */
	int listed;                  /* flow_list() after the handshake */
	/* Found by checks (make mutants): "claims" to have changed what it
	 * passes on as it came, "meddles" with the server's answer and says
	 * nothing of it; NULL: right. */
	const char *fault;
};

/* Passes on what comes from the client's side (near) and the server's (far)
 * until both have ended, and tells the facts of both.  Closes nothing. */
void relay_pass(
    struct relay_end near, struct relay_end far, const struct relay_how *);

#endif
