/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Threads within a system call whose entry was looked at. */
#ifndef AGENTSIGHT_INSIDE_BPF_H
#define AGENTSIGHT_INSIDE_BPF_H

#include "calls.bpf.h"

enum entry_state {
	/* Nothing of the call is told yet. */
	ENTRY_SEEN = 0,
	/* Its record is in the ring and waits for the result. */
	ENTRY_TOLD,
	/* Its record was lost, and counted: so is the call. */
	ENTRY_LOST,
};

struct inside {
	__u64 since;		/* CLOCK_BOOTTIME, ns */
	__u32 operation;
	__u32 state;		/* enum entry_state */
	struct credentials before;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 32768);
	__type(key, __u64);
	__type(value, struct inside);
} inside_calls SEC(".maps");

/* Null, and counted, when too many are within one. */
static __always_inline struct inside *enter_call(__u32 operation)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct inside fresh = { .since = bpf_ktime_get_boot_ns(), .operation = operation };

	if (bpf_map_update_elem(&inside_calls, &id, &fresh, BPF_ANY)) {
		count_loss(LOSS_CALLS_FULL, 1);
		return NULL;
	}
	return bpf_map_lookup_elem(&inside_calls, &id);
}

static __always_inline struct inside *inside_of_current(__u32 operation)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct inside *entry = bpf_map_lookup_elem(&inside_calls, &id);

	return entry && entry->operation == operation ? entry : NULL;
}

static __always_inline void leave_call(void)
{
	__u64 id = bpf_get_current_pid_tgid();

	bpf_map_delete_elem(&inside_calls, &id);
}

static __always_inline void emit_result(struct task_struct *task, __s64 result, __u16 flags, __u32 loss)
{
	struct result_record r = {};

	fill_header(&r.h, RECORD_RESULT, task);
	r.h.flags = flags;
	r.result = result;
	emit(&control, &r, sizeof(r), loss);
}

#endif
