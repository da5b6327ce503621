/* address.h - IPv4 addresses of programs that talk on one host. */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <netinet/in.h>

/* "127.0.0.1:2525", up to its end or the line's: 0, or -1. */
int address_parse(const char *text, struct sockaddr_in *);

/* Is this the host itself?  Nothing else is listened on. */
int address_is_loopback(const struct sockaddr_in *);

/* A socket that listens there, its address printed as the first line of output;
 * -1, and program says why. */
int address_listen(const char *program, const struct sockaddr_in *);

/* A connection whose small writes go out at once; -1: errno says why. */
int address_connect(const struct sockaddr_in *);

/* Without this a small write waits for the ACK of the one before. */
void address_at_once(int fd);

#endif
