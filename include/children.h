/* children.h - the children of a program that listens: each plays a session,
 * and its record is printed when it ends (session.h). */
#ifndef CHILDREN_H
#define CHILDREN_H

#include "session.h"

enum { CHILDREN = 32 }; /* at the same time */

struct children {
	int sigchld; /* readable when a child ended; for poll() */
	int running;
	struct {
		struct session *session; /* kept for the next one */
		pid_t pid;               /* 0: free */
	} places[CHILDREN];
};

/* Once a program, before the first child: 0, or -1. */
int children_init(struct children *);

/* Starts one: 0, or -1 if there is no room, no memory or no process. */
int children_start(struct children *, session_run *, void *arg);

/* Prints the records of those that ended. */
void children_print(struct children *);

#endif
