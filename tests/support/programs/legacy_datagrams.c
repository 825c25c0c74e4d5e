/*
 * Sends datagrams by 32-bit system calls from 64-bit code: to names, as messages of several pieces, several at once,
 * through the call that is for all of sockets, and by their own.
 */
#include <netinet/in.h>
#include <stdlib.h>

#include "legacy_call.h"

enum { EXIT = 1, CLOSE = 6, SOCKETCALL = 102, SENDMMSG = 345, SOCKET = 359, SENDMSG = 370 };
enum { SYS_SOCKET = 1, SYS_SENDTO = 11 };

struct piece {
	uint32_t base, length;
};

struct message {
	uint32_t name, name_length, pieces, count, control, control_length, flags;
};

static struct sockaddr_in to[3];
static uint32_t packed[6];
/* a.example, A. */
static uint8_t query[] = "\1\2\1\0\0\1\0\0\0\0\0\0\1a\7example\0\0\1\0\1";
static struct piece halves[2], whole;
static struct message message;
static struct {
	struct message message;
	uint32_t length;
} several[2];

/* The ports that are sent to. */
int main(int argc, char **argv)
{
	uint32_t length = sizeof(query) - 1;
	int fd;

	if (argc != 4)
		return 2;
	for (int i = 0; i < 3; i++) {
		to[i].sin_family = AF_INET;
		to[i].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		to[i].sin_port = htons(atoi(argv[i + 1]));
	}
	packed[0] = AF_INET;
	packed[1] = SOCK_DGRAM;
	fd = call(SOCKETCALL, SYS_SOCKET, at(packed), 0, 0);
	packed[0] = fd;
	packed[1] = at(query);
	packed[2] = length;
	packed[4] = at(&to[0]);
	packed[5] = sizeof(to[0]);
	call(SOCKETCALL, SYS_SENDTO, at(packed), 0, 0);
	call(SOCKETCALL, SYS_SENDTO, at(packed), 0, 0);
	halves[0] = (struct piece){ at(query), 7 };
	halves[1] = (struct piece){ at(query) + 7, length - 7 };
	message = (struct message){ at(&to[0]), sizeof(to[0]), at(halves), 2 };
	call(SENDMSG, fd, at(&message), 0, 0);
	call(CLOSE, fd, 0, 0, 0);
	fd = call(SOCKET, AF_INET, SOCK_DGRAM, 0, 0);
	whole = (struct piece){ at(query), length };
	for (int i = 0; i < 2; i++)
		several[i].message = (struct message){ at(&to[1 + i]), sizeof(to[i]), at(&whole), 1 };
	call(SENDMMSG, fd, at(several), 2, 0);
	call(CLOSE, fd, 0, 0, 0);
	call(EXIT, 0, 0, 0, 0);
	return 0;
}
