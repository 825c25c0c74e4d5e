/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* From a call's entry to its return: arguments remembered by thread and stack pointer, so that nested calls (TLS in TLS) stay apart. */
#ifndef AGENTSIGHT_CALL_BPF_H
#define AGENTSIGHT_CALL_BPF_H

#include "../shared.bpf.h"

#if defined(__TARGET_ARCH_x86)
#define UPROBE_ARG0(ctx) ((__u64)(ctx)->di)
#define UPROBE_ARG1(ctx) ((__u64)(ctx)->si)
#define UPROBE_ARG3(ctx) ((__u64)(ctx)->cx)
#define UPROBE_RESULT(ctx) ((__u64)(ctx)->ax)
/* The return popped its address. */
#define STACK_AT_ENTRY(ctx) ((__u64)(ctx)->sp)
#define STACK_AT_RETURN(ctx) ((__u64)(ctx)->sp - 8)
#elif defined(__TARGET_ARCH_arm64)
#define UPROBE_ARG0(ctx) ((__u64)(ctx)->regs[0])
#define UPROBE_ARG1(ctx) ((__u64)(ctx)->regs[1])
#define UPROBE_ARG3(ctx) ((__u64)(ctx)->regs[3])
#define UPROBE_RESULT(ctx) ((__u64)(ctx)->regs[0])
#define STACK_AT_ENTRY(ctx) ((__u64)(ctx)->sp)
#define STACK_AT_RETURN(ctx) ((__u64)(ctx)->sp)
#endif

struct call_key {
	__u64 thread;
	__u64 stack;
};

struct call {
	__u64 ssl;
	__u64 buffer;
	__u64 length_pointer;	/* 0: the count is the return value */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct call_key);
	__type(value, struct call);
} calls SEC(".maps");

static __always_inline long read_user(void *to, __u32 size, __u64 from)
{
	/* The sleepable form brings absent pages in; it may wait, so nothing shared is held while it runs. */
	if (config.sleepable)
		return bpf_copy_from_user(to, size, (void *)from);
	return bpf_probe_read_user(to, size, (void *)from);
}

static __always_inline void remember_call(struct pt_regs *ctx, __u64 ssl, __u64 buffer, __u64 length_pointer)
{
	struct call_key key = { .thread = bpf_get_current_pid_tgid(), .stack = STACK_AT_ENTRY(ctx) };
	struct call call = { .ssl = ssl, .buffer = buffer, .length_pointer = length_pointer };

	bpf_map_update_elem(&calls, &key, &call, BPF_ANY);
}

static __always_inline bool take_call(struct pt_regs *ctx, struct call *call)
{
	struct call_key key = { .thread = bpf_get_current_pid_tgid(), .stack = STACK_AT_RETURN(ctx) };
	struct call *found = bpf_map_lookup_elem(&calls, &key);

	if (!found)
		return false;
	*call = *found;
	bpf_map_delete_elem(&calls, &key);
	return true;
}

static __always_inline __u64 bytes_of_call(struct pt_regs *ctx, struct call *call)
{
	__s32 result = (__s32)UPROBE_RESULT(ctx);
	__u64 length = 0;

	if (result <= 0)
		return 0;
	if (!call->length_pointer)
		return result;
	if (read_user(&length, sizeof(length), call->length_pointer)) {
		count_loss(LOSS_TLS_CALL, 1);
		return 0;
	}
	return length;
}

#endif
