/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Descriptors that go: closed one by one or by the range, taken by dup2, left behind by exec and exit. */
#ifndef AGENTSIGHT_DESCRIPTORS_BPF_H
#define AGENTSIGHT_DESCRIPTORS_BPF_H

#include "files.bpf.h"
#include "sockets.bpf.h"
#include "../plain/stream.bpf.h"

/* One of the descriptors from `first` to `last` is about to go. `exits`: nobody closes it, the process ends. */
static __always_inline void descriptor_closing(struct task_struct *task, __u32 fd, struct descriptor_span span, bool exits)
{
	struct file *file = file_of(task, fd);
	__u32 type = file ? mode_of(file) : 0;

	if (!type)
		return;
	if (type != MODE_SOCKET)
		file_closing((__u64)file, span.first, span.last, exits);
	else
		socket_closing((__u64)file, span.first, span.last, exits);
	if (config.plain && (type == MODE_SOCKET || type == MODE_FIFO))
		plain_closing(file, type, exits);
}

struct closing_range {
	__u32 first;
	__u32 last;
	__u32 exits;
	__u32 next;
};

/* The next one from `from` on that is in use; gives where to go on, 0 behind the last. */
__noinline __u32 close_descriptor(__u32 from, __u32 first, __u32 last, __u32 exits)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	__u32 next = from;
	__s32 fd;

	if (from > last || from >= BPF_CORE_READ(table, max_fds))
		return 0;
	fd = next_descriptor(table, &next, false);
	if (fd >= 0 && (__u32)fd <= last)
		descriptor_closing(task, fd, (struct descriptor_span){ .first = first, .last = last }, exits);
	return next;
}

static long close_step(__u32 index, void *context)
{
	struct closing_range *range = context;
	__u32 next = close_descriptor(range->next, range->first, range->last, range->exits);

	if (!next)
		return 1;
	range->next = next;
	return 0;
}

/* Turns that stopped at their limit, before the last descriptor: what lies behind it is not looked at. */
__noinline int count_unsearched(__u32 turns, __u32 next, __u32 last)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u32 limit = config.loops ? DESCRIPTORS_MAX : DESCRIPTORS_LEAST;

	if (turns == limit && next <= last && next < BPF_CORE_READ(task, files, fdt, max_fds))
		count_loss(LOSS_FILES_FULL, 1);
	return 0;
}

static __always_inline void close_one(struct task_struct *task, __s32 fd)
{
	descriptor_closing(task, fd, (struct descriptor_span){ .first = fd, .last = fd }, false);
}

/* Before the call: then the files are still there. It is only followed when it is certain to succeed. */
__noinline int close_entered(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct call *c = call_of_cpu();
	struct closing_range range = {};
	__u32 turns;

	if (!c)
		return 0;
	switch (c->shape.operation) {
	case CALL_CLOSE:
		close_one(task, (__s32)argument(c, 1));
		break;
	case CALL_DUP3:
		if (argument(c, 3) & ~O_CLOEXEC_FLAG)
			break;
		/* fallthrough */
	case CALL_DUP2:
		if ((__s32)argument(c, 1) != (__s32)argument(c, 2) && file_of(task, (__s32)argument(c, 1)))
			close_one(task, (__s32)argument(c, 2));
		break;
	case CALL_CLOSE_RANGE:
		range.first = range.next = argument(c, 1);
		range.last = argument(c, 2);
		if (range.first > range.last || (argument(c, 3) & ~CLOSE_RANGE_UNSHARE_FLAG))
			break;
		turns = LOOP(DESCRIPTORS_MAX, close_step, &range, DESCRIPTORS_LEAST);
		count_unsearched(turns, range.next, range.last);
		break;
	}
	return 0;
}

/* Whether another process goes on with these very descriptors. */
static __always_inline bool has_shared_files(struct followed *process, struct task_struct *task)
{
	return process->shares_files && BPF_CORE_READ(task, files, count.counter) > 1;
}

/* The kernel closes what is left after the exit tracepoint, without a system call. */
static __always_inline void files_abandoned(struct task_struct *task)
{
	struct closing_range all = { .last = ~0U, .exits = 1 };
	__u32 turns;

	if (!BPF_CORE_READ(task, files))
		return;
	turns = LOOP(DESCRIPTORS_MAX, close_step, &all, DESCRIPTORS_LEAST);
	count_unsearched(turns, all.next, all.last);
}

#define EXEC_FILES 128

/* Files that a program about to be replaced keeps open only until then. */
struct exec_closing {
	__u32 count;
	__u32 reserved;
	struct file *files[EXEC_FILES];
};

/* By thread, while it is within exec. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct exec_closing);
} exec_closings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct exec_closing);
} exec_collected SEC(".maps");

/* Told when the exec succeeds, when their addresses cannot be read any more. Those of failed ones are forgotten in time. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct file *);
	__type(value, struct net_record);
} exec_sockets SEC(".maps");

static __always_inline bool remember_socket(struct file *file)
{
	struct scratch *s = bpf_map_lookup_elem(&open_sockets, &file) ? start_net_record(RECORD_NET_CLOSE) : NULL;
	struct net_record *r;

	if (!s)
		return false;
	r = (struct net_record *)s->data;
	describe_socket(s, socket_of(file), false);
	/* A name has no place in it. */
	r->path_size = 0;
	r->h.size = sizeof(*r);
	r->h.flags |= FLAG_IMPLICIT;
	bpf_map_update_elem(&exec_sockets, &file, r, BPF_ANY);
	return true;
}

static __always_inline bool remember_file(struct file *file)
{
	struct open_file *open = bpf_map_lookup_elem(&open_files, &file);
	struct scratch *s;

	if (!open)
		return false;
	if (open->flags & (OPEN_TOLD | OPEN_MADE))
		return true;
	/* Afterwards its name could not be told any more. */
	s = describe_traffic(file, open, RECORD_FILE_IO);
	if (s && finish_record_at(s, LEVEL_FILE, LOSS_FILE))
		open->flags |= OPEN_TOLD;
	return true;
}

/* The next one from `from` on that closes on exec; gives where to go on, 0 behind the last. */
__noinline __u32 collect_descriptor(__u32 from)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	__u32 zero = 0, next = from, at, type;
	struct exec_closing *closing = bpf_map_lookup_elem(&exec_collected, &zero);
	struct open_file *open;
	struct file *file;
	__s32 fd;

	if (!closing || from >= BPF_CORE_READ(table, max_fds))
		return 0;
	fd = next_descriptor(table, &next, true);
	file = fd < 0 ? NULL : file_of(task, fd);
	type = file ? mode_of(file) : 0;
	open = type && type != MODE_SOCKET ? bpf_map_lookup_elem(&open_files, &file) : NULL;
	if (!type || !drops_last((__u64)file, open ? open->flags & OPEN_MAPPED : 0, 0, ~0U, 1))
		return next;
	if (!(type == MODE_SOCKET ? remember_socket(file) : remember_file(file)))
		return next;
	at = closing->count;
	if (at >= EXEC_FILES) {
		count_loss(LOSS_FILES_FULL, 1);
		return next;
	}
	closing->files[at] = file;
	closing->count = at + 1;
	return next;
}

static long collect_step(__u32 index, void *context)
{
	__u32 *from = context, next = collect_descriptor(*from);

	if (!next)
		return 1;
	*from = next;
	return 0;
}

__noinline int exec_entered(void)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 zero = 0;
	struct exec_closing *closing = bpf_map_lookup_elem(&exec_collected, &zero);
	__u32 tgid = id >> 32, from = 0, turns;
	struct followed *process = bpf_map_lookup_elem(&tracked, &tgid);

	/* The new program gets descriptors of its own: then none of them is the last. */
	if (!closing || !process || has_shared_files(process, (struct task_struct *)bpf_get_current_task()))
		return 0;
	closing->count = 0;
	turns = LOOP(DESCRIPTORS_MAX, collect_step, &from, DESCRIPTORS_LEAST);
	count_unsearched(turns, from, ~0U);
	if (closing->count && bpf_map_update_elem(&exec_closings, &id, closing, BPF_ANY))
		count_loss(LOSS_FILES_FULL, closing->count);
	return 0;
}

static __always_inline void exec_failed(void)
{
	__u64 id = bpf_get_current_pid_tgid();

	bpf_map_delete_elem(&exec_closings, &id);
}

struct exec_thread {
	__u64 id;
};

static __always_inline void socket_left(struct file *file)
{
	struct open_socket *open = bpf_map_lookup_elem(&open_sockets, &file);
	struct net_record *r = open ? bpf_map_lookup_elem(&exec_sockets, &file) : NULL;

	if (!open)
		return;
	if (!r) {
		/* It fell out in between. */
		count_loss(LOSS_NET, 1);
		bpf_map_delete_elem(&open_sockets, &file);
		return;
	}
	r->h.ts = bpf_ktime_get_boot_ns();
	r->sent = open->sent;
	r->received = open->received;
	if (is_told_family(r->family) && (!(open->flags & SOCKET_PAIR) || r->sent || r->received))
		emit_at(LEVEL_NET, r, sizeof(*r), LOSS_NET);
	bpf_map_delete_elem(&open_sockets, &file);
	bpf_map_delete_elem(&exec_sockets, &file);
}

static long exec_close_step(__u32 index, void *context)
{
	struct exec_thread *thread = context;
	struct exec_closing *closing = bpf_map_lookup_elem(&exec_closings, &thread->id);
	struct file_close_record r = {};
	struct open_file *open;
	struct file *file;

	if (!closing || index >= closing->count || index >= EXEC_FILES)
		return 1;
	file = closing->files[index];
	socket_left(file);
	open = bpf_map_lookup_elem(&open_files, &file);
	if (!open)
		return 0;
	if (!(open->flags & OPEN_MADE)) {
		fill_header(&r.h, RECORD_FILE_CLOSE, (struct task_struct *)bpf_get_current_task());
		r.h.flags = FLAG_IMPLICIT;
		r.file = (__u64)file;
		r.read_bytes = open->read_bytes;
		r.written_bytes = open->written_bytes;
		emit_at(LEVEL_FILE, &r, sizeof(r), LOSS_FILE);
	}
	bpf_map_delete_elem(&open_files, &file);
	return 0;
}

/* `tid`: of the thread that called exec, before it became the leader. The files are gone; they were told by their open. */
static __always_inline void exec_succeeded(__u32 tgid, __u32 tid)
{
	struct exec_thread thread = { .id = (__u64)tgid << 32 | tid };

	if (!bpf_map_lookup_elem(&exec_closings, &thread.id))
		return;
	LOOP(EXEC_FILES, exec_close_step, &thread, EXEC_FILES);
	bpf_map_delete_elem(&exec_closings, &thread.id);
}

#endif
