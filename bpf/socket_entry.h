/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* One descriptor of a socket, as the iterator of sockets.bpf.c lists it; `path_size` bytes of a unix name follow. */
#ifndef AGENTSIGHT_SOCKET_ENTRY_H
#define AGENTSIGHT_SOCKET_ENTRY_H

struct socket_entry {
	__u64 start;		/* of the process, ns since boot */
	__u64 socket;		/* the same for every descriptor of one socket */
	__u64 peer;		/* of unix: the `socket` at the other end, 0 for none */
	__u32 pid;
	__u32 netns;
	__u16 family;
	__u16 type;		/* SOCK_STREAM, … */
	__u16 local_port;
	__u16 remote_port;
	__u8 local[16];		/* network order; IPv4 in the first four */
	__u8 remote[16];
	__u8 state;		/* TCP's; of any socket 1 is connected and 10 listening */
	__u8 reserved[3];
	__u32 path_size;
	char comm[16];
};

#endif
