// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* The kernel boundary: processes, files and connections of tracked trees. */
#include "process/image.bpf.h"
#include "process/lifecycle.bpf.h"
#include "process/files.bpf.h"
#include "process/network.bpf.h"
#include "process/tls_sockets.bpf.h"
#include "process/streams.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Raw and not per-call tracepoints: the arguments are still in the registers at exit, so most calls need no entry probe. */
SEC("tp_btf/sys_enter")
int on_sys_enter(__u64 *ctx)
{
	struct pt_regs *regs = (struct pt_regs *)ctx[0];
	long nr = (long)ctx[1];
	struct task_struct *task;

	if (nr != NR_CLOSE && nr != NR_DUP3
#if HAS_LEGACY_CALLS
	    && nr != NR_DUP2
#endif
	)
		return 0;
	if (!is_tracked(bpf_get_current_pid_tgid() >> 32))
		return 0;
	task = (struct task_struct *)bpf_get_current_task();
	if (IS_COMPAT_CALL(task))
		return 0;
	if (nr == NR_CLOSE)
		descriptor_closing(task, (__s32)ARG0(regs), false);
	else if (ARG0(regs) != ARG1(regs))
		descriptor_closing(task, (__s32)ARG1(regs), false);
	return 0;
}

SEC("tp_btf/sys_exit")
int on_sys_exit(__u64 *ctx)
{
	struct pt_regs *regs = (struct pt_regs *)ctx[0];
	long result = (long)ctx[1];
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	struct task_struct *task;
	bool followed = is_tracked(tgid);
	long nr;

	if (!followed && !config.discover)
		return 0;
	nr = SYSCALL_NR(regs);
	if (!followed && nr != NR_MMAP)
		return 0;
	task = (struct task_struct *)bpf_get_current_task();
	if (IS_COMPAT_CALL(task))
		return 0;
	switch (nr) {
	case NR_MMAP:
		if (result > 0 && (ARG2(regs) & PROT_EXEC_FLAG) && (__s32)ARG4(regs) >= 0)
			image_mapped(task, file_of(task, (__s32)ARG4(regs)), (__u64)result, followed);
		break;
	case NR_READ:
	case NR_READV:
	case NR_PREADV2:
		if (result >= 0)
			bytes_read(task, (__s32)ARG0(regs), ARG1(regs), ARG2(regs), result, nr != NR_READ);
		break;
	case NR_PREAD64:
	case NR_PREADV:
		if (result > 0)
			file_moved(file_of(task, (__s32)ARG0(regs)), result, 0);
		break;
	case NR_RECVFROM:
		if (result >= 0)
			bytes_received(task, (__s32)ARG0(regs), ARG1(regs), ARG2(regs), result, ARG3(regs), false);
		break;
	case NR_RECVMSG:
		if (result >= 0)
			bytes_received(task, (__s32)ARG0(regs), ARG1(regs), 1, result, ARG2(regs), true);
		break;
	case NR_SENDTO:
		if (result > 0)
			bytes_sent(task, (__s32)ARG0(regs), ARG1(regs), result, ARG3(regs));
		break;
	case NR_SENDMSG:
		if (result > 0)
			message_sent(task, (__s32)ARG0(regs), ARG1(regs), result, ARG2(regs));
		break;
	case NR_WRITE:
	case NR_WRITEV:
	case NR_PWRITEV2:
		if (result > 0)
			bytes_written(task, (__s32)ARG0(regs), ARG1(regs), ARG2(regs), result, nr != NR_WRITE);
		break;
	case NR_PWRITE64:
	case NR_PWRITEV:
		if (result > 0)
			file_moved(file_of(task, (__s32)ARG0(regs)), 0, result);
		break;
	case NR_SENDFILE:
		if (result > 0)
			bytes_spliced(task, (__s32)ARG0(regs), result);
		break;
	case NR_SPLICE:
		if (result > 0)
			bytes_spliced(task, (__s32)ARG2(regs), result);
		break;
	case NR_COPY_FILE_RANGE:
		if (result > 0)
			file_moved(file_of(task, (__s32)ARG2(regs)), 0, result);
		break;
	case NR_OPENAT:
		file_opened(task, (__s32)ARG0(regs), ARG1(regs), ARG2(regs), result);
		break;
	case NR_OPENAT2: {
		/* struct open_how starts with the flags. */
		__u64 flags = 0;

		bpf_probe_read_user(&flags, sizeof(flags), (void *)ARG2(regs));
		file_opened(task, (__s32)ARG0(regs), ARG1(regs), flags, result);
		break;
	}
	case NR_UNLINKAT:
		file_named(task, ARG2(regs) & AT_REMOVEDIR_FLAG ? FILE_RMDIR : FILE_UNLINK, (__s32)ARG0(regs), ARG1(regs), 0, 0,
			   result);
		break;
	case NR_MKDIRAT:
		file_named(task, FILE_MKDIR, (__s32)ARG0(regs), ARG1(regs), 0, 0, result);
		break;
	case NR_RENAMEAT:
	case NR_RENAMEAT2:
		file_named(task, FILE_RENAME, (__s32)ARG0(regs), ARG1(regs), (__s32)ARG2(regs), ARG3(regs), result);
		break;
	case NR_CONNECT:
		net_connected(task, (__s32)ARG0(regs), ARG1(regs), result);
		break;
	case NR_SOCKET:
	case NR_ACCEPT:
	case NR_ACCEPT4:
		if (config.plain && result >= 0)
			plain_born(task, (__s32)result);
		break;
	case NR_SOCKETPAIR:
		if (config.plain && !result)
			plain_pair_born(task, ARG3(regs));
		break;
	case NR_PIPE2:
#if HAS_LEGACY_CALLS
	case NR_PIPE:
#endif
		if (config.plain && !result)
			plain_pair_born(task, ARG0(regs));
		break;
#if HAS_LEGACY_CALLS
	case NR_OPEN:
		file_opened(task, AT_FDCWD_VALUE, ARG0(regs), ARG1(regs), result);
		break;
	case NR_CREAT:
		/* O_CREAT | O_WRONLY | O_TRUNC */
		file_opened(task, AT_FDCWD_VALUE, ARG0(regs), 01101, result);
		break;
	case NR_UNLINK:
		file_named(task, FILE_UNLINK, AT_FDCWD_VALUE, ARG0(regs), 0, 0, result);
		break;
	case NR_RMDIR:
		file_named(task, FILE_RMDIR, AT_FDCWD_VALUE, ARG0(regs), 0, 0, result);
		break;
	case NR_MKDIR:
		file_named(task, FILE_MKDIR, AT_FDCWD_VALUE, ARG0(regs), 0, 0, result);
		break;
	case NR_RENAME:
		file_named(task, FILE_RENAME, AT_FDCWD_VALUE, ARG0(regs), AT_FDCWD_VALUE, ARG1(regs), result);
		break;
#endif
	}
	return 0;
}
