/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Requests to io_uring are done without a system call of their own: they are counted as not seen. */
#ifndef AGENTSIGHT_IO_URING_BPF_H
#define AGENTSIGHT_IO_URING_BPF_H

#include "../shared.bpf.h"

/* enum io_uring_op, part of the kernel's user API: those that touch neither files nor sockets. */
#define URING_NOP 0
#define URING_POLL_ADD 6
#define URING_POLL_REMOVE 7
#define URING_TIMEOUT 11
#define URING_TIMEOUT_REMOVE 12
#define URING_ASYNC_CANCEL 14
#define URING_LINK_TIMEOUT 15

/* Named so since 6.3. */
SEC("?tp_btf/io_uring_submit_req")
int on_uring_request(__u64 *ctx)
{
	struct io_kiocb *request = (struct io_kiocb *)ctx[0];

	if (!is_tracked(bpf_get_current_pid_tgid() >> 32))
		return 0;
	switch (BPF_CORE_READ(request, opcode)) {
	case URING_NOP:
	case URING_POLL_ADD:
	case URING_POLL_REMOVE:
	case URING_TIMEOUT:
	case URING_TIMEOUT_REMOVE:
	case URING_ASYNC_CANCEL:
	case URING_LINK_TIMEOUT:
		return 0;
	}
	count_loss(LOSS_IO_URING, 1);
	return 0;
}

#endif
