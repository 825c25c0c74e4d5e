/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Reads and writes, by what the descriptor is: most are files, and cost no more than that look. */
#ifndef AGENTSIGHT_STREAMS_BPF_H
#define AGENTSIGHT_STREAMS_BPF_H

#include "descriptors.bpf.h"
#include "datagrams.bpf.h"
#include "tls_sockets.bpf.h"
#include "../plain/passed.bpf.h"

static __always_inline bool is_plain(struct call *c, __u32 type)
{
	/* The arrays of 32-bit code are laid out in another way. */
	return config.plain && !c->compat && (type == MODE_SOCKET || type == MODE_FIFO);
}

/* `iovecs`: `buffer` and `size` are an array of them and their number. */
static __always_inline void bytes_read(struct call *c, struct file *file, __u64 buffer, __u64 size, bool iovecs)
{
	__u32 type = mode_of(file);

	if (type == MODE_SOCKET && c->result) {
		tls_received(file);
		socket_moved(file, 0, c->result);
		call_passed((__u64)file, TLS_RECV);
	} else if (c->result) {
		file_moved(file, type, c->result, 0);
	}
	if (size && is_plain(c, type))
		plain_passed((__u64)file, buffer, size, c->result, HOW_RECV | (iovecs ? HOW_IOVECS : 0));
}

static __always_inline void bytes_written(struct call *c, struct task_struct *task, struct file *file, __u64 buffer, __u64 size,
					  bool iovecs)
{
	__u32 type = mode_of(file);

	if (type != MODE_SOCKET) {
		file_moved(file, type, 0, c->result);
	} else {
		socket_moved(file, c->result, 0);
		call_passed((__u64)file, TLS_SEND);
		if (!c->compat)
			tls_sent(file, buffer, iovecs ? size : (__u64)c->result, iovecs);
	}
	if (is_plain(c, type))
		plain_passed((__u64)file, buffer, size, c->result, iovecs ? HOW_IOVECS : 0);
}

/* `message`: `buffer` is a struct user_msghdr. */
static __always_inline void bytes_received(struct call *c, struct file *file, __u64 buffer, __u64 size, __u32 flags, bool message)
{
	/* With MSG_TRUNC, TCP drops what it counts. */
	__u32 how = HOW_RECV | (flags & MSG_TRUNC_FLAG ? HOW_UNREAD : 0);

	if (mode_of(file) != MODE_SOCKET)
		return;
	if (c->result) {
		tls_received(file);
		if (!(flags & (MSG_PEEK_FLAG | MSG_ERRQUEUE_FLAG))) {
			socket_moved(file, 0, c->result);
			call_passed((__u64)file, TLS_RECV);
		}
	}
	if (!is_plain(c, MODE_SOCKET) || !size || (flags & (MSG_PEEK_FLAG | MSG_OOB_FLAG | MSG_ERRQUEUE_FLAG)))
		return;
	if (message)
		plain_message_passed(file, buffer, c->result, how);
	else
		plain_passed((__u64)file, buffer, size, c->result, how);
}

static __always_inline void bytes_sent(struct call *c, struct task_struct *task, struct file *file, __u64 buffer, __u32 flags)
{
	if (mode_of(file) != MODE_SOCKET)
		return;
	socket_moved(file, c->result, 0);
	call_passed((__u64)file, TLS_SEND);
	if (!c->compat)
		tls_sent(file, buffer, c->result, false);
	if (is_plain(c, MODE_SOCKET) && !(flags & MSG_OOB_FLAG))
		plain_passed((__u64)file, buffer, c->result, c->result, 0);
}

static __always_inline void message_sent(struct call *c, struct task_struct *task, struct file *file, __u64 message, __u32 flags)
{
	if (mode_of(file) != MODE_SOCKET)
		return;
	socket_moved(file, c->result, 0);
	call_passed((__u64)file, TLS_SEND);
	if (!c->compat)
		tls_message_sent(file, message);
	if (is_plain(c, MODE_SOCKET) && !(flags & MSG_OOB_FLAG))
		plain_message_passed(file, message, c->result, 0);
}

/* sendfile and splice: bytes that no process held. */
static __always_inline void bytes_spliced(struct call *c, struct task_struct *task, __u32 from_argument, __u32 to_argument)
{
	struct file *from = file_of(task, (__s32)argument(c, from_argument));
	struct file *to = file_of(task, (__s32)argument(c, to_argument));
	__u32 type = to ? mode_of(to) : 0;

	if (from && mode_of(from) == MODE_SOCKET)
		socket_moved(from, 0, c->result);
	else if (from)
		file_moved(from, mode_of(from), c->result, 0);
	if (type == MODE_SOCKET)
		socket_moved(to, c->result, 0);
	else
		file_moved(to, type, 0, c->result);
	if (is_plain(c, type))
		plain_passed((__u64)to, 0, 0, c->result, HOW_UNREAD);
}

static __always_inline int read_returned(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct call *c = call_of_cpu();
	struct file *file = c ? file_of(task, (__s32)argument(c, 1)) : NULL;

	if (!file || c->result < 0)
		return 0;
	switch (c->shape.operation) {
	case CALL_READ:
	case CALL_READV:
		bytes_read(c, file, argument(c, 2), argument(c, 3), c->shape.operation == CALL_READV);
		break;
	case CALL_PREAD:
		file_moved(file, mode_of(file), c->result, 0);
		break;
	case CALL_RECVFROM:
		bytes_received(c, file, argument(c, 2), argument(c, 3), argument(c, 4), false);
		break;
	case CALL_RECVMSG:
		bytes_received(c, file, argument(c, 2), 1, argument(c, 3), true);
		break;
	}
	return 0;
}

static __always_inline int write_returned(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct call *c = call_of_cpu();
	struct file *file = c ? file_of(task, (__s32)argument(c, 1)) : NULL;

	if (!file || c->result < 0)
		return 0;
	if (!c->result) {
		/* A datagram may be empty. */
		if ((c->shape.operation == CALL_SENDTO || c->shape.operation == CALL_SENDMSG) && mode_of(file) == MODE_SOCKET)
			call_passed((__u64)file, TLS_SEND);
		return 0;
	}
	switch (c->shape.operation) {
	case CALL_WRITE:
	case CALL_WRITEV:
		bytes_written(c, task, file, argument(c, 2), argument(c, 3), c->shape.operation == CALL_WRITEV);
		break;
	case CALL_PWRITE:
		file_moved(file, mode_of(file), 0, c->result);
		break;
	case CALL_SENDTO:
		bytes_sent(c, task, file, argument(c, 2), argument(c, 4));
		break;
	case CALL_SENDMSG:
		message_sent(c, task, file, argument(c, 2), argument(c, 3));
		break;
	case CALL_SENDFILE:
		bytes_spliced(c, task, 2, 1);
		break;
	case CALL_SPLICE:
	case CALL_COPY:
		bytes_spliced(c, task, 1, 3);
		break;
	}
	return 0;
}

/* Sockets and pairs that may come to carry plain text. */
__noinline int stream_made(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct call *c = call_of_cpu();

	if (!c || !config.plain || c->compat || c->result < 0)
		return 0;
	switch (c->shape.operation) {
	case CALL_SOCKET:
	case CALL_ACCEPT:
		plain_born(task, (__s32)c->result);
		break;
	case CALL_SOCKETPAIR:
		plain_pair_born(task, argument(c, 4));
		break;
	case CALL_PIPE:
		plain_pair_born(task, argument(c, 1));
		break;
	}
	return 0;
}

static __always_inline void stream_returned(struct call *c)
{
	switch (c->shape.operation) {
	case CALL_READ:
	case CALL_READV:
	case CALL_PREAD:
	case CALL_RECVFROM:
	case CALL_RECVMSG:
		read_returned();
		break;
	case CALL_SENDTO:
	case CALL_SENDMSG:
		if (argument(c, c->shape.operation == CALL_SENDTO ? 4 : 3) & MSG_FASTOPEN_FLAG)
			fast_opened();
		write_returned();
		break;
	case CALL_WRITE:
	case CALL_WRITEV:
	case CALL_PWRITE:
	case CALL_SENDFILE:
	case CALL_SPLICE:
	case CALL_COPY:
		write_returned();
		break;
	case CALL_SOCKET:
	case CALL_ACCEPT:
		stream_made();
		socket_call_returned();
		break;
	case CALL_SENDMMSG:
		messages_passed(TLS_SEND);
		break;
	case CALL_RECVMMSG:
		messages_passed(TLS_RECV);
		break;
	case CALL_BIND:
	case CALL_LISTEN:
		socket_call_returned();
		break;
	case CALL_SOCKETPAIR:
		stream_made();
		socket_pair_made();
		break;
	case CALL_PIPE:
		stream_made();
		break;
	case CALL_CONNECT:
		connect_returned();
		break;
	}
}

#endif
