/* children.c - the children of a program that listens (children.h). */

#include "children.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

int
children_init(struct children *c)
{
	sigset_t set;

	*c = (struct children){0};
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	c->sigchld = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return c->sigchld == -1 ? -1 : 0;
}

/* The place of a child; CHILDREN: it has none. */
static int
find(const struct children *c, pid_t pid)
{
	int i = 0;

	while (i < CHILDREN && c->places[i].pid != pid)
		i++;
	return i;
}

int
children_start(struct children *c, session_run *run, void *arg)
{
	int i = find(c, 0);
	struct session **s;
	pid_t pid;

	if (i == CHILDREN)
		return -1;
	s = &c->places[i].session;
	if ((*s == NULL && (*s = session_new()) == NULL) ||
	    (pid = session_fork(*s, run, arg)) == -1)
		return -1;
	c->places[i].pid = pid;
	c->running++;
	return 0;
}

void
children_print(struct children *c)
{
	struct signalfd_siginfo drop;
	pid_t pid;
	int i, status;

	while (read(c->sigchld, &drop, sizeof drop) > 0)
		;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if ((i = find(c, pid)) < CHILDREN) {
			session_print(c->places[i].session, status, stdout);
			c->places[i].pid = 0;
			c->running--;
		}
}
