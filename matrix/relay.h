/* relay.h - one connection through the recording, tampering middle. */
#ifndef RELAY_H
#define RELAY_H

#include "flow.h"
#include "tampers.h"

struct relay_end {
	int fd;
	struct flow *flow;
};

/* Passes on what comes from the client's side (near) and the server's (far)
 * until both have ended, and tells the facts of both.  Closes nothing. */
void relay_pass(struct relay_end near, struct relay_end far,
    const struct tamper *, int deadline, int listed);

#endif
