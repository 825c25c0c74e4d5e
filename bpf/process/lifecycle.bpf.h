/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* fork, exec and exit; and which processes belong to a tracked tree. */
#ifndef AGENTSIGHT_LIFECYCLE_BPF_H
#define AGENTSIGHT_LIFECYCLE_BPF_H

#include "descriptors.bpf.h"
#include "environment.bpf.h"
#include "image.bpf.h"

/* Names given with --comm: an exec'ed program's file name or process name, whole or without its version suffix. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, struct name_key);
	__type(value, __u32);
} selected_names SEC(".maps");

/* Files given with --exe. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, struct file_key);
	__type(value, __u32);
} selected_files SEC(".maps");

/*
 * Looks up the name, then the name without each trailing part of a version: python3.11 is found by "python3.11",
 * "python3" and "python", claude-2.1 by "claude".
 */
static __always_inline bool is_selected_name(struct name_key *key)
{
	int length = 0;

	for (int i = 0; i < NAME_SIZE; i++) {
		if (!key->name[i])
			break;
		length++;
	}
	if (bpf_map_lookup_elem(&selected_names, key))
		return true;
	for (int i = NAME_SIZE - 1; i > 0; i--) {
		char c, before;

		if (i >= length)
			continue;
		c = key->name[i];
		if (!((c >= '0' && c <= '9') || c == '.' || c == '-'))
			return false;
		key->name[i] = 0;
		before = key->name[i - 1];
		if (c == '.' || c == '-' || !((before >= '0' && before <= '9') || before == '.' || before == '-'))
			if (bpf_map_lookup_elem(&selected_names, key))
				return true;
	}
	return false;
}

static __always_inline bool is_selected(struct task_struct *task, struct file *file)
{
	struct name_key name = {};
	struct file_key key = {};

	if (config.select_files) {
		file_key_of(file, &key);
		if (bpf_map_lookup_elem(&selected_files, &key))
			return true;
	}
	if (!config.select_names)
		return false;
	BPF_CORE_READ_STR_INTO(&name.name, file, f_path.dentry, d_name.name);
	if (is_selected_name(&name))
		return true;
	__builtin_memset(&name, 0, sizeof(name));
	bpf_probe_read_kernel_str(name.name, 16, &task->comm);
	return is_selected_name(&name);
}

/* CLONE_NEW..., of linux/sched.h */
#define NEW_MNT 0x00020000
#define NEW_CGROUP 0x02000000
#define NEW_UTS 0x04000000
#define NEW_IPC 0x08000000
#define NEW_USER 0x10000000
#define NEW_PID 0x20000000
#define NEW_NET 0x40000000

/* Which namespaces a child has that its parent has not: clone(2) makes them without a call of their own. */
static __always_inline __u32 other_namespaces(struct task_struct *parent, struct task_struct *child)
{
	struct nsproxy *before = BPF_CORE_READ(parent, nsproxy), *after = BPF_CORE_READ(child, nsproxy);
	__u32 other = 0;

	if (BPF_CORE_READ(parent, cred, user_ns) != BPF_CORE_READ(child, cred, user_ns))
		other |= NEW_USER;
	if (before == after || !before || !after)
		return other;
	if (BPF_CORE_READ(before, mnt_ns) != BPF_CORE_READ(after, mnt_ns))
		other |= NEW_MNT;
	if (BPF_CORE_READ(before, uts_ns) != BPF_CORE_READ(after, uts_ns))
		other |= NEW_UTS;
	if (BPF_CORE_READ(before, ipc_ns) != BPF_CORE_READ(after, ipc_ns))
		other |= NEW_IPC;
	if (BPF_CORE_READ(before, pid_ns_for_children) != BPF_CORE_READ(after, pid_ns_for_children))
		other |= NEW_PID;
	if (BPF_CORE_READ(before, net_ns) != BPF_CORE_READ(after, net_ns))
		other |= NEW_NET;
	if (BPF_CORE_READ(before, cgroup_ns) != BPF_CORE_READ(after, cgroup_ns))
		other |= NEW_CGROUP;
	return other;
}

static __always_inline void namespaces_cloned(struct task_struct *parent, struct task_struct *child, __u32 child_pid)
{
	__u32 namespaces = other_namespaces(parent, child);
	struct call_record r = {};

	if (!namespaces)
		return;
	fill_header(&r.h, RECORD_CALL, parent);
	r.operation = CALL_CLONE;
	r.value[0] = namespaces;
	r.value[2] = child_pid;
	emit_at(LEVEL_PROCESS, &r, sizeof(r), LOSS_PROCESS);
}

/* What one of them leaves open, the other goes on with. Of threads of one process nobody asks. */
static __always_inline void descriptors_shared(struct task_struct *parent, __u32 child_pid)
{
	__u32 pids[] = { BPF_CORE_READ(parent, tgid), child_pid };

	for (int i = 0; i < 2; i++) {
		struct followed *process = bpf_map_lookup_elem(&tracked, &pids[i]);

		if (process)
			process->shares_files = 1;
	}
}

SEC("tp_btf/sched_process_fork")
int on_fork(__u64 *ctx)
{
	struct task_struct *parent = (struct task_struct *)ctx[0];
	struct task_struct *child = (struct task_struct *)ctx[1];
	__u32 child_pid = BPF_CORE_READ(child, pid);
	/* A thread belongs to the process that is tracked already. */
	bool thread = child_pid != (__u32)BPF_CORE_READ(child, tgid);
	struct fork_record r = {};

	if (!(config.track_all && !thread) && !is_tracked(BPF_CORE_READ(parent, tgid)))
		return 0;
	if (!thread && !track(child_pid))
		return 0;
	fill_header(&r.h, thread ? RECORD_THREAD : RECORD_FORK, parent);
	r.child = child_pid;
	r.child_start = BPF_CORE_READ(child, start_boottime);
	emit_at(LEVEL_PROCESS, &r, sizeof(r), LOSS_PROCESS);
	if (thread)
		return 0;
	if (BPF_CORE_READ(parent, files) == BPF_CORE_READ(child, files))
		descriptors_shared(parent, child_pid);
	namespaces_cloned(parent, child, child_pid);
	return 0;
}

static __always_inline void append_argv(struct scratch *s, struct exec_record *r, struct task_struct *task)
{
	unsigned long from = BPF_CORE_READ(task, mm, arg_start);
	unsigned long size = BPF_CORE_READ(task, mm, arg_end) - from;
	__u32 tail = s->tail;

	if (size > ARGV_MAX) {
		size = ARGV_MAX;
		r->h.flags |= FLAG_ARGV_TRUNCATED;
	}
	if (tail > TAIL_MAX)
		return;
	if (bpf_probe_read_user(s->data + tail, size, (void *)from)) {
		count_loss(LOSS_ARGV, 1);
		return;
	}
	r->argv_size = size;
	s->tail = tail + size;
}

#define CGROUP_STEPS 32

struct cgroup_walk {
	struct kernfs_node *node;
};

/* Names from the leaf up, as of a walked path; the root's is empty. */
static long cgroup_step(__u32 index, void *context)
{
	struct cgroup_walk *walk = context;
	struct kernfs_node *node = walk->node, *parent;
	struct scratch *s = scratch_of_cpu();
	__u32 tail;
	long length;

	if (!s || !node)
		return 1;
	if (bpf_core_field_exists(node->__parent))
		parent = BPF_CORE_READ(node, __parent);
	else
		parent = BPF_CORE_READ((struct kernfs_node___before_6_15 *)node, parent);
	tail = s->tail;
	if (!parent || tail > TAIL_MAX)
		return 1;
	length = bpf_probe_read_kernel_str(s->data + tail, 256, BPF_CORE_READ(node, name));
	if (length < 1)
		return 1;
	asm volatile("" : "+r"(length));
	if (length > 256)
		return 1;
	s->data[tail + length - 1] = '/';
	s->tail = tail + length;
	walk->node = parent;
	return 0;
}

static __always_inline __u32 append_cgroup(struct scratch *s, struct task_struct *task)
{
	struct css_set *groups = BPF_CORE_READ(task, cgroups);
	struct cgroup_walk walk = { .node = BPF_CORE_READ(groups, dfl_cgrp, kn) };
	__u32 from = s->tail;

	LOOP(CGROUP_STEPS, cgroup_step, &walk, CGROUP_STEPS);
	if (s->tail == from && bpf_core_enum_value_exists(enum cgroup_subsys_id, memory_cgrp_id)) {
		/* Its root: where the older hierarchies are in use, containers have their group in those. */
		struct cgroup_subsys_state *memory = NULL;

		bpf_core_read(&memory, sizeof(memory), &groups->subsys[bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id)]);
		walk.node = memory ? BPF_CORE_READ(memory, cgroup, kn) : NULL;
		LOOP(CGROUP_STEPS, cgroup_step, &walk, CGROUP_STEPS);
	}
	return s->tail - from;
}

/* The file that was asked for, when an interpreter runs it. */
static __always_inline __u32 append_script(struct scratch *s, struct linux_binprm *bprm)
{
	const char *filename = BPF_CORE_READ(bprm, filename);
	__u32 tail = s->tail;
	long length;

	if (filename == BPF_CORE_READ(bprm, interp) || tail > TAIL_MAX)
		return 0;
	length = bpf_probe_read_kernel_str(s->data + tail, PATH_MAX_BYTES, filename);
	if (length <= 1)
		return 0;
	asm volatile("" : "+r"(length));
	if (length > PATH_MAX_BYTES)
		return 0;
	s->tail = tail + length - 1;
	return length - 1;
}

__noinline int exec_done(__u64 bprm_address, __u32 old_tid)
{
	struct linux_binprm *bprm = (struct linux_binprm *)bprm_address;
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct scratch *s = start_record(RECORD_EXEC, sizeof(struct exec_record), task);
	struct fs_struct *fs = BPF_CORE_READ(task, fs);
	struct file *file = BPF_CORE_READ(bprm, file);
	const struct cred *cred = BPF_CORE_READ(task, cred);
	struct exec_record *r;

	if (!s)
		return 0;
	r = (struct exec_record *)s->data;
	r->ppid = BPF_CORE_READ(task, real_parent, tgid);
	r->uid = BPF_CORE_READ(cred, uid.val);
	r->gid = BPF_CORE_READ(cred, gid.val);
	r->euid = BPF_CORE_READ(cred, euid.val);
	r->egid = BPF_CORE_READ(cred, egid.val);
	r->argv_size = r->env_size = r->env_truncated = 0;
	append_argv(s, r, task);
	r->exe_size = append_path(s, &file->f_path, fs);
	r->cwd_size = append_path(s, &fs->pwd, fs);
	r->script_size = append_script(s, bprm);
	r->cgroup_size = append_cgroup(s, task);
	if (config.env_names)
		r->env_size = append_env_names(s, r, task);
	finish_record_at(s, LEVEL_MUST, LOSS_PROCESS);
	exec_succeeded(BPF_CORE_READ(task, tgid), old_tid);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int on_exec(__u64 *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx[0];
	struct linux_binprm *bprm = (struct linux_binprm *)ctx[2];
	struct file *file = BPF_CORE_READ(bprm, file);
	__u32 tgid = BPF_CORE_READ(task, tgid);
	bool followed = is_tracked(tgid);

	if (!followed && (config.track_all || is_selected(task, file)))
		followed = track(tgid);
	if (followed || config.discover)
		image_mapped(task, file, 0, followed);
	if (followed)
		exec_done(address_of(bprm), (__u32)ctx[1]);
	return 0;
}

/* The process ends: `task` is its last thread. */
__noinline int exit_told(__u64 address, __u64 read_bytes, __u64 written_bytes)
{
	struct task_struct *task = (struct task_struct *)address, *leader = BPF_CORE_READ(task, group_leader);
	struct signal_struct *signal = BPF_CORE_READ(task, signal);
	struct exit_record r = { .read_bytes = read_bytes, .written_bytes = written_bytes };

	fill_header(&r.h, RECORD_EXIT, task);
	r.ppid = BPF_CORE_READ(task, real_parent, tgid);
	r.exit_code = BPF_CORE_READ(signal, flags) & SIGNAL_GROUP_EXIT_FLAG ? BPF_CORE_READ(signal, group_exit_code)
									     : BPF_CORE_READ(task, exit_code);
	r.rss_peak_kb = BPF_CORE_READ(signal, maxrss) * config.page_kb;
	/* Threads that have left are in the sum; a leader that left before its threads is not. */
	r.cpu_ns = BPF_CORE_READ(signal, sum_sched_runtime) + BPF_CORE_READ(task, se.sum_exec_runtime);
	if (leader != task)
		r.cpu_ns += BPF_CORE_READ(leader, se.sum_exec_runtime);
	emit_at(LEVEL_PROCESS, &r, sizeof(r), LOSS_PROCESS);
	/* Behind its last plain text: what its connections still owed will never come. */
	emit(&payload, &r, sizeof(r), LOSS_TLS_CONTROL);
	return 0;
}

__noinline int process_left(__u64 address)
{
	struct task_struct *task = (struct task_struct *)address;
	__u64 read_bytes = 0, written_bytes = 0;
	__u32 tgid = BPF_CORE_READ(task, tgid);
	struct followed *process = bpf_map_lookup_elem(&tracked, &tgid);
	bool shared = false;

	if (process) {
		shared = has_shared_files(process, task);
		read_bytes = process->read_bytes;
		written_bytes = process->written_bytes;
	}
	/* Two threads that leave at once both see none left: one of them tells. */
	if (bpf_map_delete_elem(&tracked, &tgid))
		return 0;
	if (!shared)
		files_abandoned(task);
	exit_told(address, read_bytes, written_bytes);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int on_exit(__u64 *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx[0];

	__u32 tgid = BPF_CORE_READ(task, tgid);
	struct followed *process = bpf_map_lookup_elem(&tracked, &tgid);

	if (!process)
		return 0;
	thread_left(task);
	if (bpf_core_field_exists(task->ioac.rchar)) {
		__sync_fetch_and_add(&process->read_bytes, BPF_CORE_READ(task, ioac.rchar));
		__sync_fetch_and_add(&process->written_bytes, BPF_CORE_READ(task, ioac.wchar));
	}
	/* The last thread to leave ends the process, whichever it is. */
	if (BPF_CORE_READ(task, signal, live.counter) == 0)
		process_left(address_of(task));
	return 0;
}

/* The processes that run already, with start times as exact as every record's. */
SEC("?iter/task")
int list_processes(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct running_process p = {};

	if (!task || task->pid != task->tgid)
		return 0;
	p.start = task->start_boottime;
	p.pid = task->tgid;
	p.ppid = BPF_CORE_READ(task, real_parent, tgid);
	p.uid = BPF_CORE_READ(task, cred, uid.val);
	BPF_CORE_READ_INTO(&p.comm, task, comm);
	bpf_seq_write(ctx->meta->seq, &p, sizeof(p));
	return 0;
}

#endif
