/* session.c - one forked child a session (session.h). */

#include "session.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct session {
	int n; /* connections begun */
	struct flow flows[SESSION_CONNECTIONS];
	char text[SESSION_CONNECTIONS][SESSION_TEXT];
};

struct session *
session_new(void)
{
	struct session *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return s == MAP_FAILED ? NULL : s;
}

void
session_free(struct session *s)
{
	if (s != NULL)
		munmap(s, sizeof *s);
}

struct flow *
session_flow(struct session *s)
{
	char number[12];
	struct flow *f;

	if (s->n == SESSION_CONNECTIONS)
		return NULL;
	f = &s->flows[s->n];
	flow_init(f, s->text[s->n], sizeof s->text[s->n]);
	s->n++;
	snprintf(number, sizeof number, "%d", s->n);
	flow_meta(f, "connection", number);
	return f;
}

pid_t
session_fork(struct session *s, session_run *run, void *arg)
{
	pid_t parent = getpid(), pid;

	s->n = 0;
	if ((pid = fork()) != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) /* it went before the line above */
		_exit(1);
	signal(SIGPIPE, SIG_IGN); /* a write to a gone peer is an error */
	_exit(run(s, arg));
}

int
session_print(struct session *s, int status, FILE *out)
{
	int i, code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;

	for (i = 0; i < s->n; i++) {
		fwrite(s->flows[i].text, 1, s->flows[i].n, out);
		if (s->flows[i].lost > 0)
			fprintf(out, "= flow.lost %zu\n", s->flows[i].lost);
	}
	if (WIFSIGNALED(status))
		fprintf(out, "= exit signal %d\n", WTERMSIG(status));
	else
		fprintf(out, "= exit %d\n", code);
	fflush(out);
	return code;
}
