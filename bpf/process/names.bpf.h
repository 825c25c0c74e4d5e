/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Calls that are told by their arguments. What is named by a path is read at entry: during a slow call the caller could
 * write another name over it. Its result follows at exit, in a small record of its own.
 */
#ifndef AGENTSIGHT_NAMES_BPF_H
#define AGENTSIGHT_NAMES_BPF_H

#include "inside.bpf.h"
#include "../file_table.bpf.h"

static __always_inline void append_base(struct scratch *s, struct task_struct *task, __s32 dirfd, __u32 *size)
{
	struct fs_struct *fs = BPF_CORE_READ(task, fs);
	struct file *dir;

	*size = 0;
	if (dirfd == AT_FDCWD_VALUE) {
		*size = append_path(s, &fs->pwd, fs);
		return;
	}
	dir = file_of(task, dirfd);
	if (dir)
		*size = append_path(s, &dir->f_path, fs);
}

/* A path argument and, when it is relative, the directory it starts from. False when it cannot be read. */
static __always_inline bool append_name(struct scratch *s, struct task_struct *task, __s32 dirfd, unsigned long pointer,
					__u32 *size, __u32 *base_size)
{
	__u32 at = s->tail;
	long length;

	*size = 0;
	*base_size = 0;
	if (at > TAIL_MAX)
		return true;
	length = bpf_probe_read_user_str(s->data + at, PATH_MAX_BYTES, (void *)pointer);
	if (length < 0)
		return false;
	if (length > 1 && length <= PATH_MAX_BYTES) {
		*size = length - 1;
		s->tail = at + length - 1;
		if (s->data[at] == '/')
			return true;
	}
	append_base(s, task, dirfd, base_size);
	return true;
}

static __always_inline __s32 dirfd_of(struct call *c, __u32 number)
{
	return number ? (__s32)argument(c, number) : AT_FDCWD_VALUE;
}

/* The call in scratch, without its result. False when a name cannot be read. */
static __noinline bool describe_call(struct call *c, struct scratch *s)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct call_record *r = (struct call_record *)s->data;
	__u32 size, base_size;
	bool readable = true;

	fill_header(&r->h, RECORD_CALL, task);
	s->tail = sizeof(*r);
	if (c->compat)
		r->h.flags |= FLAG_COMPAT;
	r->operation = c->shape.operation;
	r->result = 0;
	r->reserved = 0;
	for (int i = 0; i < 4; i++)
		r->value[i] = argument(c, c->shape.value[i]);
	r->path_size = r->base_size = r->to_size = r->to_base_size = 0;
	if (c->shape.path) {
		readable &= append_name(s, task, dirfd_of(c, c->shape.dirfd), argument(c, c->shape.path), &size, &base_size);
		r->path_size = size;
		r->base_size = base_size;
	} else if (c->shape.fd) {
		struct file *file = file_of(task, (__s32)argument(c, c->shape.fd));

		r->h.flags |= FLAG_PATH_EXACT;
		if (file)
			r->path_size = append_path(s, &file->f_path, BPF_CORE_READ(task, fs));
	}
	if (c->shape.to) {
		readable &= append_name(s, task, dirfd_of(c, c->shape.to_dirfd), argument(c, c->shape.to), &size, &base_size);
		r->to_size = size;
		r->to_base_size = base_size;
	} else if (c->shape.text) {
		r->to_size = append_argument(s, argument(c, c->shape.text));
	}
	return readable;
}

/* How far the ring may be full for a record, and what it counts as when it is fuller. */
static __always_inline __u32 level_of(__u32 operation)
{
	switch (operation) {
	case CALL_UNLINK:
	case CALL_RMDIR:
	case CALL_RENAME:
		return LEVEL_MUST;
	default:
		return operation < CALL_EXEC ? LEVEL_FILE : LEVEL_PROCESS;
	}
}

static __always_inline __u32 loss_of(__u32 operation)
{
	return operation < CALL_EXEC ? LOSS_FILE : LOSS_PROCESS;
}

/* Told at entry, when everything it names can be read by now. */
__noinline int call_entered(void)
{
	struct call *c = call_of_cpu();
	struct scratch *s = scratch_of_cpu();
	struct inside *entry;
	__u32 operation;

	if (!c || !s)
		return 0;
	operation = c->shape.operation;
	entry = enter_call(operation);
	if (!entry || !describe_call(c, s))
		return 0;
	((struct record_header *)s->data)->flags |= FLAG_BEGUN;
	entry->state = finish_record_at(s, level_of(operation), loss_of(operation)) ? ENTRY_TOLD : ENTRY_LOST;
	return 0;
}

/* Told at exit, whole or only the result. */
__noinline int call_returned(void)
{
	struct call *c = call_of_cpu();
	struct scratch *s = scratch_of_cpu();
	struct inside *entry;
	__u32 operation;

	if (!c || !s)
		return 0;
	operation = c->shape.operation;
	/* On a descriptor of nothing, nothing was done. */
	if (c->shape.fd && operation < CALL_EXEC && !file_of((struct task_struct *)bpf_get_current_task(), (__s32)argument(c, c->shape.fd)))
		return 0;
	entry = c->shape.when & AT_ENTRY ? inside_of_current(operation) : NULL;
	if (entry && entry->state == ENTRY_TOLD)
		emit_result((struct task_struct *)bpf_get_current_task(), c->result, 0, loss_of(operation));
	if (!entry || entry->state == ENTRY_SEEN) {
		describe_call(c, s);
		((struct call_record *)s->data)->result = c->result;
		finish_record_at(s, level_of(operation), loss_of(operation));
	}
	if (entry)
		leave_call();
	return 0;
}

/* A thread ends. Whether what it was doing was done, nobody can say. */
static __always_inline void thread_left(struct task_struct *task)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct inside *entry = bpf_map_lookup_elem(&inside_calls, &id);

	if (!entry)
		return;
	if (entry->state == ENTRY_TOLD)
		emit_result(task, 0, FLAG_UNKNOWN, loss_of(entry->operation));
	bpf_map_delete_elem(&inside_calls, &id);
}

#endif
