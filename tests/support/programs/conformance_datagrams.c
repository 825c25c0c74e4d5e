/* Datagrams, on the loopback interface and in the file system only. */
#include "conformance_network.h"

static void unconnected(int family)
{
	union address a, b;
	int one = bound(family, SOCK_DGRAM, &a), other = bound(family, SOCK_DGRAM, &b);
	struct iovec two[2] = { { buffer, 30 }, { buffer, 3 } };
	struct msghdr message = { .msg_name = &b, .msg_namelen = length_of(&b), .msg_iov = two, .msg_iovlen = 2 };
	struct mmsghdr messages[2] = { { .msg_hdr = message }, { .msg_hdr = message } };

	sendto(one, buffer, 40, 0, &b.any, length_of(&b));
	sendto(one, buffer, 41, 0, &b.any, length_of(&b));
	sendmsg(one, &message, 0);
	recvfrom(other, buffer, sizeof(buffer), 0, NULL, NULL);
	recv(other, buffer, 10, 0);
	recvmsg(other, &message, 0);
	message.msg_name = &a;
	message.msg_namelen = length_of(&a);
	sendmsg(other, &message, 0);
	messages[0].msg_hdr.msg_name = messages[1].msg_hdr.msg_name = &a;
	sendmmsg(other, messages, 2, 0);
	recvmmsg(one, messages, 2, 0, NULL);
	close(one);
	close(other);
}

static void connected(int family)
{
	union address a;
	int server = bound(family, SOCK_DGRAM, &a), client = socket(family, SOCK_DGRAM, 0);

	must(connect(client, &a.any, length_of(&a)), "connect");
	send(client, buffer, 60, 0);
	write(client, buffer, 61);
	recv(server, buffer, sizeof(buffer), 0);
	read(server, buffer, sizeof(buffer));
	close(server);
	close(client);
}

static void unix_datagrams(void)
{
	union address a;
	socklen_t length = unix_name(&a, "datagram.socket", sizeof("datagram.socket"));
	int server = must(socket(AF_UNIX, SOCK_DGRAM, 0), "socket"), client = must(socket(AF_UNIX, SOCK_DGRAM, 0), "socket");
	int pair[2];

	must(bind(server, &a.any, length), "bind");
	sendto(client, buffer, 15, 0, &a.any, length);
	read(server, buffer, sizeof(buffer));
	close(client);
	close(server);
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
	write(pair[0], buffer, 25);
	read(pair[1], buffer, sizeof(buffer));
	close(pair[0]);
	close(pair[1]);
}

void datagrams(void)
{
	unconnected(AF_INET);
	unconnected(AF_INET6);
	connected(AF_INET);
	connected(AF_INET6);
	unix_datagrams();
}
