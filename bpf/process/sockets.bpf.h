/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Sockets: made, used and closed. */
#ifndef AGENTSIGHT_SOCKETS_BPF_H
#define AGENTSIGHT_SOCKETS_BPF_H

#include "files.bpf.h"

static __always_inline void socket_moved(struct file *file, __u64 sent, __u64 received)
{
}

__noinline int socket_closing(__u64 address, __s32 fd, __u32 exits)
{
	return 0;
}

#endif
