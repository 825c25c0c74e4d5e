/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What every probe family shares: configuration, the tracked set, the control ring, loss counters, record headers. */
#ifndef AGENTSIGHT_SHARED_BPF_H
#define AGENTSIGHT_SHARED_BPF_H

#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "events.h"
#include "syscalls.h"

#define NAME_SIZE 64

/* Written once by user space before the programs are loaded. */
struct config {
	__u32 self;		/* our own process is never watched */
	__u32 discover;		/* find agents by what they send */
	__u32 track_all;
	__u32 select_names;	/* `selected_names` is not empty */
	__u32 select_files;	/* `selected_files` is not empty */
	__u32 sleepable;	/* bpf_copy_from_user may be used */
	__u32 page_kb;
	__u32 plain;		/* plain text of sockets and pipes is taken */
	__u32 control_bytes;	/* of the control ring */
	__u32 rate;		/* events a second of one process before the less important are left out */
	__u32 env_names;	/* names of the environment are told at exec */
	__u32 loops;		/* bpf_loop may be used */
};
const volatile struct config config SEC(".rodata.config");

struct file_key {
	__u64 dev;
	__u64 ino;
};

/* A file's number is given again when it is gone, and a file can be written over: its last change tells. */
struct image_key {
	struct file_key file;
	__u64 changed;	/* ns */
};

struct name_key {
	char name[NAME_SIZE];
};

/* How much a process has told within the running second, and what is known of it alone. */
struct followed {
	__u64 second;
	__u64 events;
	/* Of threads that have left: the kernel's own sum has those of children in it. */
	__u64 read_bytes;
	__u64 written_bytes;
	/* Its descriptors were shared with another process (CLONE_FILES). */
	__u32 shares_files;
	__u32 reserved;
};

/* By thread group id, the processes we follow. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, __u32);
	__type(value, struct followed);
} tracked SEC(".maps");

/* Facts; kept apart from payload so that a fork or exec never waits behind megabytes of text. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 * 1024 * 1024);
} control SEC(".maps");

/*
 * Connections: opened, their bytes, closed, and the end of their process, in one ring so that their order is certain.
 * It sheds first.
 */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 32 * 1024 * 1024);
} payload SEC(".maps");

/* One entry: user space has all of them with one read. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct counters);
} counters SEC(".maps");

/* A pointer that the verifier knows as a plain number: those are all that a function verified by itself takes. */
static __always_inline __u64 address_of(void *pointer)
{
	__u64 address = 0;

	bpf_probe_read_kernel(&address, sizeof(address), &pointer);
	return address;
}

/* The last connection's id. A map, not a variable: every object counts with it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} conn_ids SEC(".maps");

static __always_inline __u64 next_conn_id(void)
{
	__u32 zero = 0;
	__u64 *last = bpf_map_lookup_elem(&conn_ids, &zero);

	return last ? __sync_fetch_and_add(last, 1) + 1 : 0;
}

static __always_inline void count(__u32 what, __u64 amount)
{
	__u32 zero = 0;
	struct counters *all = bpf_map_lookup_elem(&counters, &zero);

	if (all && what < TURNOVER_END)
		all->of[what] += amount;
}

static __always_inline void count_loss(enum loss_class class, __u64 amount)
{
	count(class, amount);
}

static __always_inline bool is_tracked(__u32 tgid)
{
	return bpf_map_lookup_elem(&tracked, &tgid) != NULL;
}

/* A false answer means the set is full, and is counted. */
static __always_inline bool track(__u32 tgid)
{
	struct followed fresh = {};

	if (tgid == config.self)
		return false;
	if (bpf_map_update_elem(&tracked, &tgid, &fresh, BPF_ANY)) {
		count_loss(LOSS_TRACKED_FULL, 1);
		return false;
	}
	return true;
}

static __always_inline void fill_header(struct record_header *h, __u16 type, struct task_struct *task)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);

	h->ts = bpf_ktime_get_boot_ns();
	h->start = BPF_CORE_READ(leader, start_boottime);
	h->pid = BPF_CORE_READ(task, tgid);
	h->tid = BPF_CORE_READ(task, pid);
	h->type = type;
	h->flags = 0;
	h->size = 0;
	BPF_CORE_READ_INTO(&h->comm, leader, comm);
}

/*
 * Who may use how much of the control ring: when it fills, what others can be told from goes first, and what must not be
 * missed (exec, connect, unlink, rename) has the last eighth to itself.
 */
enum level {
	LEVEL_MUST = 0,
	LEVEL_PROCESS,
	LEVEL_NET,
	LEVEL_FILE,
};

/* False, and counted, when a record of this level is to be left out. */
static __always_inline bool may_tell(__u32 level)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32, eighths = level == LEVEL_PROCESS ? 7 : 6;
	struct followed *process;
	__u64 second;

	if (level == LEVEL_MUST)
		return true;
	if (bpf_ringbuf_query(&control, BPF_RB_AVAIL_DATA) > (__u64)config.control_bytes / 8 * eighths)
		goto throttled;
	process = bpf_map_lookup_elem(&tracked, &tgid);
	if (!config.rate || !process)
		return true;
	second = bpf_ktime_get_boot_ns() / 1000000000;
	if (process->second != second) {
		process->second = second;
		process->events = 0;
	}
	/* Threads that count at once may lose a step: it is a limit, not a sum. */
	if (++process->events <= config.rate)
		return true;
throttled:
	count_loss(level == LEVEL_PROCESS ? LOSS_PROCESS_THROTTLED : level == LEVEL_NET ? LOSS_NET_THROTTLED : LOSS_FILE_THROTTLED, 1);
	return false;
}

/* For records without a variable part. False, and counted, when the ring is full. */
static __always_inline bool emit(void *ring, void *record, __u32 size, __u32 loss)
{
	((struct record_header *)record)->size = size;
	if (!bpf_ringbuf_output(ring, record, size, 0))
		return true;
	count_loss(loss, 1);
	return false;
}

static __always_inline bool emit_at(__u32 level, void *record, __u32 size, __u32 loss)
{
	return may_tell(level) && emit(&control, record, size, loss);
}

#endif
