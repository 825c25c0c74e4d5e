/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What processes do to themselves and to others: identities, namespaces, signals, code in memory and for the kernel. */
#ifndef AGENTSIGHT_ACTS_BPF_H
#define AGENTSIGHT_ACTS_BPF_H

#include "names.bpf.h"

static __always_inline void read_credentials(struct task_struct *task, struct credentials *to)
{
	const struct cred *cred = BPF_CORE_READ(task, cred);

	to->uid = BPF_CORE_READ(cred, uid.val);
	to->gid = BPF_CORE_READ(cred, gid.val);
	to->euid = BPF_CORE_READ(cred, euid.val);
	to->egid = BPF_CORE_READ(cred, egid.val);
	/* Two words before 6.3, one since. */
	bpf_core_read(&to->caps, sizeof(to->caps), &cred->cap_effective);
}

__noinline int cred_entered(void)
{
	struct call *c = call_of_cpu();
	struct inside *entry = c ? enter_call(c->shape.operation) : NULL;

	if (entry)
		read_credentials((struct task_struct *)bpf_get_current_task(), &entry->before);
	return 0;
}

__noinline int cred_returned(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct call *c = call_of_cpu();
	struct inside *entry = c ? inside_of_current(c->shape.operation) : NULL;
	struct cred_record r = {};

	if (!c)
		return 0;
	fill_header(&r.h, RECORD_CRED, task);
	r.operation = c->shape.operation;
	r.result = c->result;
	read_credentials(task, &r.after);
	r.before = entry ? entry->before : r.after;
	emit_at(LEVEL_PROCESS, &r, sizeof(r), LOSS_PROCESS);
	if (entry)
		leave_call();
	return 0;
}

/* The process that a descriptor of it means. */
static __always_inline __u32 pid_of(struct file *file)
{
	struct inode *inode = file ? BPF_CORE_READ(file, f_inode) : NULL;
	struct pid *pid = NULL;

	if (!inode)
		return 0;
	/* Since 6.9 they are files of a file system of their own. */
	if (BPF_CORE_READ(inode, i_sb, s_magic) == PIDFS_MAGIC)
		pid = BPF_CORE_READ(inode, i_private);
	else
		pid = BPF_CORE_READ(file, private_data);
	return pid ? BPF_CORE_READ(pid, numbers[0].nr) : 0;
}

/* Arguments that only the kernel can read: taken in place of the descriptor they were given by. */
static __always_inline void resolve_descriptor(struct call *c)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct file *file = file_of(task, (__s32)c->arg[1]);

	if (c->shape.operation == CALL_PIDFD_SIGNAL)
		c->arg[0] = pid_of(file);
	else if (c->shape.operation == CALL_SETNS)
		c->arg[0] = namespaces_of(file);
}

#endif
