/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Reads and writes, by what the descriptor is: most are files, and cost no more than that look. */
#ifndef AGENTSIGHT_STREAMS_BPF_H
#define AGENTSIGHT_STREAMS_BPF_H

#include "files.bpf.h"
#include "tls_sockets.bpf.h"
#include "../plain/passed.bpf.h"

static __always_inline __u32 type_of(struct file *file)
{
	return BPF_CORE_READ(file, f_inode, i_mode) & MODE_TYPE_MASK;
}

/* `iovecs`: `buffer` and `size` are an array of them and their number. */
static __always_inline void bytes_read(struct task_struct *task, __s32 fd, __u64 buffer, __u64 size, __u64 result, bool iovecs)
{
	struct file *file = file_of(task, fd);
	__u32 type = file ? type_of(file) : 0;

	if (type == MODE_SOCKET && result)
		tls_received(file);
	if (config.plain && (type == MODE_SOCKET || type == MODE_FIFO) && size)
		plain_passed((__u64)file, buffer, size, result, HOW_RECV | (iovecs ? HOW_IOVECS : 0));
	else if (type == MODE_REGULAR && result)
		file_moved(file, result, 0);
}

static __always_inline void bytes_written(struct task_struct *task, __s32 fd, __u64 buffer, __u64 size, __u64 result, bool iovecs)
{
	struct file *file = file_of(task, fd);
	__u32 type = file ? type_of(file) : 0;

	if (type == MODE_REGULAR)
		return file_moved(file, 0, result);
	if (type == MODE_SOCKET)
		tls_sent(task, file, buffer, iovecs ? size : result, iovecs);
	if (config.plain && (type == MODE_SOCKET || type == MODE_FIFO))
		plain_passed((__u64)file, buffer, size, result, iovecs ? HOW_IOVECS : 0);
}

/* `message`: `buffer` is a struct user_msghdr. */
static __always_inline void bytes_received(struct task_struct *task, __s32 fd, __u64 buffer, __u64 size, __u64 result, __u32 flags,
					   bool message)
{
	struct file *file = file_of(task, fd);
	/* With MSG_TRUNC, TCP drops what it counts. */
	__u32 how = HOW_RECV | (flags & MSG_TRUNC_FLAG ? HOW_UNREAD : 0);

	if (!file || type_of(file) != MODE_SOCKET)
		return;
	if (result)
		tls_received(file);
	if (!config.plain || !size || (flags & (MSG_PEEK_FLAG | MSG_OOB_FLAG | MSG_ERRQUEUE_FLAG)))
		return;
	if (message)
		plain_message_passed(file, buffer, result, how);
	else
		plain_passed((__u64)file, buffer, size, result, how);
}

static __always_inline void bytes_sent(struct task_struct *task, __s32 fd, __u64 buffer, __u64 result, __u32 flags)
{
	struct file *file = file_of(task, fd);

	if (!file || type_of(file) != MODE_SOCKET)
		return;
	tls_sent(task, file, buffer, result, false);
	if (config.plain && !(flags & MSG_OOB_FLAG))
		plain_passed((__u64)file, buffer, result, result, 0);
}

static __always_inline void message_sent(struct task_struct *task, __s32 fd, __u64 message, __u64 result, __u32 flags)
{
	struct file *file = file_of(task, fd);

	if (!file || type_of(file) != MODE_SOCKET)
		return;
	tls_message_sent(task, file, message);
	if (config.plain && !(flags & MSG_OOB_FLAG))
		plain_message_passed(file, message, result, 0);
}

/* sendfile and splice: bytes that no process held. */
static __always_inline void bytes_spliced(struct task_struct *task, __s32 fd, __u64 result)
{
	struct file *file = file_of(task, fd);
	__u32 type = file ? type_of(file) : 0;

	if (type == MODE_REGULAR)
		file_moved(file, 0, result);
	else if (config.plain && (type == MODE_SOCKET || type == MODE_FIFO))
		plain_passed((__u64)file, 0, 0, result, HOW_UNREAD);
}

#endif
