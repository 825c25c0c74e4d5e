/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* From a call's entry to its return: arguments remembered by thread and stack pointer, so that nested calls (TLS in TLS) stay apart. */
#ifndef AGENTSIGHT_CALL_BPF_H
#define AGENTSIGHT_CALL_BPF_H

#include "registers.bpf.h"

struct call_key {
	__u64 thread;	/* or goroutine */
	__u64 stack;	/* a goroutine's stack moves: its depth */
	__u32 tgid;
	__u32 reserved;
};

/* A TLS record at the crypto library, as its nonce and additional data tell. */
struct tls_record {
	__u64 nonce;	/* the part that counts */
	__u32 nonce_head;
	__u32 content_type;	/* 0: TLS 1.3, where it follows the plain text */
	__u32 size;	/* the record's own length field */
	__u32 reserved;
};

struct call {
	__u64 ssl;		/* 0: nothing to see here */
	__u64 buffer;
	__u64 limit;		/* more than was asked for cannot be the answer */
	__u64 length_pointer;	/* 0: the count is the return value */
	struct tls_record record;
	__u64 stack_top;	/* Go: of the goroutine's stack */
	/* ring: the tag that came and, after the call, the one that was computed; else 0 */
	__u64 tag;
	__u64 computed;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct call_key);
	__type(value, struct call);
} calls SEC(".maps");

static __always_inline struct call_key key_at(__u64 stack)
{
	__u64 thread = bpf_get_current_pid_tgid();

	return (struct call_key){ .thread = thread, .stack = stack, .tgid = thread >> 32 };
}

/*
 * The goroutine may go on on another thread, and on a larger copy of its stack. Its first two words are the stack's
 * bounds: the distance to the upper one stays.
 */
static __always_inline __u64 go_stack_top(struct pt_regs *ctx)
{
	__u64 top = 0;

	read_user(&top, sizeof(top), GO_ROUTINE(ctx) + 8);
	return top;
}

static __always_inline struct call_key go_key(struct pt_regs *ctx, __u64 top)
{
	__u64 routine = GO_ROUTINE(ctx);

	return (struct call_key){ .thread = routine, .stack = top - STACK_AT_ENTRY(ctx), .tgid = bpf_get_current_pid_tgid() >> 32 };
}

static __always_inline void remember_call(struct call_key *key, struct call *call)
{
	bpf_map_update_elem(&calls, key, call, BPF_ANY);
}

static __always_inline bool take_call(struct call_key *key, struct call *call)
{
	struct call *found = bpf_map_lookup_elem(&calls, key);

	if (!found)
		return false;
	*call = *found;
	bpf_map_delete_elem(&calls, key);
	return true;
}

static __always_inline __u64 bytes_of_call(__s64 result, struct call *call)
{
	__u64 length = result;

	if (result <= 0 || !call->ssl)
		return 0;
	if (call->length_pointer && read_user(&length, sizeof(length), call->length_pointer)) {
		count_loss(LOSS_TLS_CALL, 1);
		return 0;
	}
	if (length > call->limit) {
		count_loss(LOSS_TLS_CALL, 1);
		return 0;
	}
	return length;
}

#endif
