// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* The kernel boundary: processes, files and connections of tracked trees. */
#include "process/image.bpf.h"
#include "process/lifecycle.bpf.h"
#include "process/acts.bpf.h"
#include "process/memory.bpf.h"
#include "process/network.bpf.h"
#include "process/streams.bpf.h"
#include "process/io_uring.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Raw and not per-call tracepoints: one program for every call, and 32-bit code's are seen as well. */
SEC("tp_btf/sys_enter")
int on_sys_enter(__u64 *ctx)
{
	struct pt_regs *regs = (struct pt_regs *)ctx[0];
	bool compat = IS_COMPAT_CALL((struct task_struct *)bpf_get_current_task());
	const struct call_shape *shape = shape_of((long)ctx[1], compat);
	struct call *c;

	if (!shape || !(shape->when & AT_ENTRY) || !is_tracked(bpf_get_current_pid_tgid() >> 32))
		return 0;
	c = load_call(regs, shape, compat);
	if (!c)
		return 0;
	switch (c->shape.operation) {
	case CALL_CLOSE:
	case CALL_CLOSE_RANGE:
	case CALL_DUP2:
	case CALL_DUP3:
		close_entered();
		break;
	case CALL_EXEC:
		exec_entered();
		break;
	case CALL_CONNECT:
		enter_call(CALL_CONNECT);
		break;
	case CALL_SETUID ... CALL_CAPSET:
		cred_entered();
		break;
	case CALL_PIDFD_SIGNAL:
		resolve_descriptor(c);
		call_entered();
		break;
	default:
		/* What else socketcall may be is told at its end. */
		if (c->shape.operation < CALL_TOLD && (c->shape.when & AT_ENTRY))
			call_entered();
		break;
	}
	return 0;
}

static __always_inline bool returned(struct call *c, struct task_struct *task)
{
	switch (c->shape.operation) {
	case CALL_OPEN:
	case CALL_OPENAT2:
	case CALL_CREAT:
		open_returned();
		return true;
	case CALL_PIPE:
		pipe_made(c);
		return false;
	case CALL_MMAP:
		mmap_returned();
		return true;
	case CALL_MPROTECT_EXEC:
		mprotect_returned();
		return true;
	case CALL_EXEC:
		if (c->result < 0) {
			exec_failed();
			call_returned();
		}
		return true;
	case CALL_SET_NAME:
		if (argument(c, 1) == PR_SET_NAME_VALUE)
			call_returned();
		return true;
	case CALL_SETUID ... CALL_CAPSET:
		cred_returned();
		return true;
	case CALL_SETNS:
	case CALL_PIDFD_SIGNAL:
		resolve_descriptor(c);
		call_returned();
		return true;
	default:
		if (c->shape.operation > CALL_TOLD)
			return false;
		call_returned();
		return true;
	}
}

/* A function of its own: what it needs of the stack is not there beside that of the streams. */
__noinline int code_mapped(__u32 followed)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct call *c = call_of_cpu();

	if (c && c->result > 0 && (argument(c, 3) & PROT_EXEC_FLAG) && (__s32)argument(c, 5) >= 0)
		image_mapped(task, file_of(task, (__s32)argument(c, 5)), (__u64)c->result, followed);
	return 0;
}

SEC("tp_btf/sys_exit")
int on_sys_exit(__u64 *ctx)
{
	struct pt_regs *regs = (struct pt_regs *)ctx[0];
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	bool compat = IS_COMPAT_CALL(task), followed;
	const struct call_shape *shape = shape_of(SYSCALL_NR(regs), compat);
	struct call *c;

	if (!shape || !(shape->when & AT_EXIT))
		return 0;
	followed = is_tracked(bpf_get_current_pid_tgid() >> 32);
	if (!followed && !(config.discover && shape->operation == CALL_MMAP))
		return 0;
	c = load_call(regs, shape, compat);
	if (!c)
		return 0;
	c->result = compat ? (__s32)ctx[1] : (__s64)ctx[1];
	if (c->result <= -ERESTART_FIRST && c->result >= -ERESTART_LAST)
		c->result = -EINTR_VALUE;
	if (c->shape.operation == CALL_MMAP)
		code_mapped(followed);
	if (!followed)
		return 0;
	if (!returned(c, task))
		stream_returned(c);
	return 0;
}
