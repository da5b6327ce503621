/* session.h - one forked child a session, whose record its parent prints.
 *
 * The child writes its flows into memory shared with the parent, so that a
 * crash costs the session and nothing else: what passed up to then is printed
 * with "= exit signal N".
 */
#ifndef SESSION_H
#define SESSION_H

#include <stdio.h>
#include <sys/types.h>

#include "flow.h"

enum { SESSION_CONNECTIONS = 4, SESSION_TEXT = 512 << 10 };

struct session; /* shared memory */

/* What the child does; its return value is its exit code. */
typedef int session_run(struct session *, void *arg);

/* NULL: no memory.  A session may be used again after session_print(). */
struct session *session_new(void);
void session_free(struct session *);

/* The flow of the child's next connection, empty; NULL: too many. */
struct flow *session_flow(struct session *);

/* The child's process id, or -1.  The child dies with its parent. */
pid_t session_fork(struct session *, session_run *, void *arg);

/* Prints the record of a child that ended with this wait status: all at once,
 * then flushes.  Returns the exit code to go on with (1 after a signal). */
int session_print(struct session *, int status, FILE *);

#endif
