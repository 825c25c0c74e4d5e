/* Addresses on the loopback interface and in the file system. */
#ifndef CONFORMANCE_NETWORK_H
#define CONFORMANCE_NETWORK_H

#include "conformance.h"
#include <arpa/inet.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

static char buffer[65536];

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
};

static inline socklen_t length_of(const union address *a)
{
	return a->any.sa_family == AF_INET ? sizeof(a->in) : sizeof(a->in6);
}

static inline union address loopback(int family)
{
	union address a = {};

	a.any.sa_family = family;
	if (family == AF_INET)
		a.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else
		a.in6.sin6_addr = in6addr_loopback;
	return a;
}

/* A socket on a port that the kernel chose; its address is in `a`. */
static inline int bound(int family, int type, union address *a)
{
	int fd = must(socket(family, type | SOCK_CLOEXEC, 0), "socket");
	socklen_t length;

	*a = loopback(family);
	length = length_of(a);
	must(bind(fd, &a->any, length), "bind");
	getsockname(fd, &a->any, &length);
	return fd;
}

static inline socklen_t unix_name(union address *a, const char *name, int size)
{
	memset(a, 0, sizeof(*a));
	a->un.sun_family = AF_UNIX;
	memcpy(a->un.sun_path, name, size);
	return offsetof(struct sockaddr_un, sun_path) + size;
}

#endif
