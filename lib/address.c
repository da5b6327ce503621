/* address.c - IPv4 addresses of programs that talk on one host (address.h). */

#include "address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { QUEUE = 32 }; /* connections that wait to be taken */

int
address_parse(const char *text, struct sockaddr_in *a)
{
	const char *colon = strchr(text, ':');
	char host[INET_ADDRSTRLEN], *end;
	long port;

	*a = (struct sockaddr_in){.sin_family = AF_INET};
	if (colon == NULL || (size_t)(colon - text) >= sizeof host)
		return -1;
	memcpy(host, text, (size_t)(colon - text));
	host[colon - text] = '\0';
	port = strtol(colon + 1, &end, 10);
	if (end == colon + 1 || port < 0 || port > 65535 ||
	    (*end != '\0' && *end != '\n') ||
	    inet_pton(AF_INET, host, &a->sin_addr) != 1)
		return -1;
	a->sin_port = htons((uint16_t)port);
	return 0;
}

int
address_is_loopback(const struct sockaddr_in *a)
{
	return a->sin_addr.s_addr == htonl(INADDR_LOOPBACK);
}

void
address_at_once(int fd)
{
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

int
address_listen(const char *program, const struct sockaddr_in *where)
{
	struct sockaddr_in a = *where;
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (fd == -1 || bind(fd, (struct sockaddr *)&a, n) == -1 ||
	    listen(fd, QUEUE) == -1 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) == -1) {
		fprintf(stderr,
		    "%s: cannot listen on 127.0.0.1:%d: %s; port 0 takes any "
		    "free one\n",
		    program, ntohs(where->sin_port), strerror(errno));
		return -1;
	}
	printf("= listen 127.0.0.1:%d\n", ntohs(a.sin_port));
	fflush(stdout);
	return fd;
}

int
address_connect(const struct sockaddr_in *to)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1)
		return -1;
	if (connect(fd, (const struct sockaddr *)to, sizeof *to) == -1) {
		close(fd);
		return -1;
	}
	address_at_once(fd);
	return fd;
}
