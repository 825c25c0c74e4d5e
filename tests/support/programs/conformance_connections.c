/* Connections, on the loopback interface and in the file system only. */
#include "conformance_network.h"
#include <poll.h>

static void conversation(int family)
{
	union address a, peer;
	int listener = bound(family, SOCK_STREAM, &a), client, server;
	socklen_t length = sizeof(peer);

	must(listen(listener, 5), "listen");
	client = must(socket(family, SOCK_STREAM, IPPROTO_TCP), "socket");
	must(connect(client, &a.any, length_of(&a)), "connect");
	server = must(accept4(listener, &peer.any, &length, SOCK_CLOEXEC), "accept4");
	write(client, buffer, 100);
	send(client, buffer, 20, 0);
	shutdown(client, SHUT_WR);
	recv(server, buffer, 120, MSG_PEEK | MSG_WAITALL);
	recv(server, buffer, 50, MSG_WAITALL);
	while (read(server, buffer, sizeof(buffer)) > 0)
		;
	send(server, buffer, 3000, 0);
	shutdown(server, SHUT_WR);
	while (recv(client, buffer, sizeof(buffer), 0) > 0)
		;
	connect(client, &a.any, length_of(&a));
	close(client);
	close(server);
	close(listener);
}

static void refused(int family)
{
	union address a;
	int nobody = bound(family, SOCK_STREAM, &a), client = socket(family, SOCK_STREAM, 0);

	connect(client, &a.any, length_of(&a));
	close(client);
	close(nobody);
}

/* What poll and SO_ERROR say is how it ended. */
static void await_outcome(int fd)
{
	struct pollfd wait = { fd, POLLOUT, 0 };
	socklen_t length = sizeof(int);
	int error;

	must(poll(&wait, 1, 5000), "poll");
	must(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length), "getsockopt");
}

static void nonblocking(int family)
{
	union address a;
	int listener = bound(family, SOCK_STREAM, &a), client = socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0), server;

	must(listen(listener, 1), "listen");
	connect(client, &a.any, length_of(&a));
	await_outcome(client);
	server = must(accept(listener, NULL, NULL), "accept");
	close(server);
	close(client);
	close(listener);
	listener = bound(family, SOCK_STREAM, &a);
	client = socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	connect(client, &a.any, length_of(&a));
	await_outcome(client);
	close(client);
	close(listener);
}

static void unix_conversation(const char *name, int size, int type)
{
	union address a;
	socklen_t length = unix_name(&a, name, size);
	int listener = must(socket(AF_UNIX, type, 0), "socket"), client = must(socket(AF_UNIX, type, 0), "socket"), server;

	must(bind(listener, &a.any, length), "bind");
	must(listen(listener, 2), "listen");
	must(connect(client, &a.any, length), "connect");
	server = must(accept(listener, NULL, NULL), "accept");
	write(client, buffer, 10);
	read(server, buffer, sizeof(buffer));
	write(server, buffer, 20);
	read(client, buffer, sizeof(buffer));
	close(client);
	close(server);
	close(listener);
}

static void unix_refused(void)
{
	union address a;
	socklen_t length = unix_name(&a, "missing.socket", sizeof("missing.socket"));
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	connect(fd, &a.any, length);
	length = unix_name(&a, "plain-file", sizeof("plain-file"));
	touch("plain-file");
	connect(fd, &a.any, length);
	close(fd);
}

static void errors(void)
{
	union address a = loopback(AF_INET);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	socket(12345, SOCK_STREAM, 0);
	socket(AF_INET, SOCK_STREAM, IPPROTO_UDP);
	a.in.sin_addr.s_addr = htonl(0xc0000201); /* 192.0.2.1: nobody's */
	a.in.sin_port = htons(80);
	bind(fd, &a.any, sizeof(a.in));
	bind(-1, &a.any, sizeof(a.in));
	listen(-1, 1);
	accept(fd, NULL, NULL);
	connect(-1, &a.any, sizeof(a.in));
	connect(fd, BAD_POINTER, sizeof(a.in));
	connect(fd, &a.any, 3);
	close(fd);
}

static void left_open(void)
{
	union address a;
	int listener = bound(AF_INET, SOCK_STREAM, &a), client = socket(AF_INET, SOCK_STREAM, 0);

	must(listen(listener, 1), "listen");
	must(connect(client, &a.any, sizeof(a.in)), "connect");
	write(client, buffer, 77);
}

void connections(void)
{
	must(mkdir("sockets", 0755), "mkdir");
	go("sockets");
	conversation(AF_INET);
	conversation(AF_INET6);
	refused(AF_INET);
	refused(AF_INET6);
	nonblocking(AF_INET);
	nonblocking(AF_INET6);
	unix_conversation("stream.socket", sizeof("stream.socket"), SOCK_STREAM);
	unix_conversation("\0abstract name", sizeof("\0abstract name") - 1, SOCK_SEQPACKET);
	unix_refused();
	errors();
	in_child(left_open);
	close(socket(AF_NETLINK, SOCK_RAW, 0));
	close(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
	go("..");
}
