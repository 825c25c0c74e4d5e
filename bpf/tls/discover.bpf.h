/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Which process is an agent: one that sends a request shaped like a language model's, whatever its name and host.
 *
 * Decided here, so that nothing of any other program leaves the kernel, and before the call's bytes are copied, so
 * that the first request is whole. At most PEEK_SIZE bytes of a connection are looked at.
 */
#ifndef AGENTSIGHT_DISCOVER_BPF_H
#define AGENTSIGHT_DISCOVER_BPF_H

#include "payload.bpf.h"

#define PEEK_SIZE 512

struct peek {
	/* Twice the size: the verifier sees an offset and a length, each below PEEK_SIZE. */
	__u8 bytes[2 * PEEK_SIZE];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct peek);
} peeks SEC(".maps");

/* Copied into a new entry: half a kilobyte is too much for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct peek);
} empty_peek SEC(".maps");

struct scan {
	__u64 conn;
	__u64 text[2];
	__u64 seen;
	__u32 length;
	__u32 reserved;
};

static long scan_byte(__u32 index, struct scan *scan)
{
	struct peek *peek = bpf_map_lookup_elem(&peeks, &scan->conn);

	if (!peek || index >= scan->length || index >= PEEK_SIZE)
		return 1;
	scan->text[0] = scan->text[0] << 8 | scan->text[1] >> 56;
	scan->text[1] = scan->text[1] << 8 | peek->bytes[index];
	for (int i = 0; i < NEEDLES; i++) {
		const volatile struct needle *n = &config.needle[i];

		if ((scan->text[0] & n->mask[0]) == n->text[0] && (scan->text[1] & n->mask[1]) == n->text[1])
			scan->seen |= n->means;
	}
	return 0;
}

static __always_inline bool is_llm_shaped(__u64 conn, __u32 length)
{
	struct scan scan = { .conn = conn, .length = length };

	bpf_loop(PEEK_SIZE, scan_byte, &scan, 0);
	for (int i = 0; i < 4; i++) {
		__u64 rule = config.shape_rules[i];

		if (rule && (scan.seen & rule) == rule)
			return true;
	}
	return false;
}

/* What was sent and held back before the verdict: from the first byte of the connection, and whole. */
static __always_inline void emit_peeked(struct pt_regs *ctx, struct conn *conn, struct peek *peek, __u32 length)
{
	struct payload_scratch *s;
	__u32 slot;

	if (!length || length > PEEK_SIZE)
		return;
	if (!claim_slot(&slot)) {
		count_loss(LOSS_PAYLOAD_SCRATCH, length);
		return;
	}
	s = bpf_map_lookup_elem(&payload_scratch, &slot);
	if (!s)
		return;
	fill_header(&s->record.h, RECORD_TLS_DATA, (struct task_struct *)bpf_get_current_task());
	s->record.conn = conn->id;
	s->record.pos = 0;
	s->record.call = 0;
	s->record.direction = TLS_SEND;
	s->record.reserved = 0;
	s->record.length = length;
	s->record.h.size = sizeof(s->record) + length;
	if (bpf_probe_read_kernel(s->bytes, length, peek->bytes) ||
	    bpf_ringbuf_output(&payload, &s->record, sizeof(s->record) + length, 0))
		count_loss(LOSS_PAYLOAD_RING, length);
	__sync_val_compare_and_swap(&s->busy, 1, 0);
}

/* Through a claimed buffer: while the copy sleeps, the map may give the entry to another connection. */
static __always_inline bool look(struct peek *peek, __u32 have, __u32 take, __u64 from)
{
	struct payload_scratch *s;
	bool done = false;
	__u32 slot;

	if (!claim_slot(&slot))
		return false;
	s = bpf_map_lookup_elem(&payload_scratch, &slot);
	if (!s)
		return false;
	/* The verifier has to see these bounds; the compiler knows them and would drop them. */
	asm volatile("" : "+r"(have), "+r"(take));
	if (have < PEEK_SIZE && take <= PEEK_SIZE)
		done = !read_user(s->bytes, take, from) && !bpf_probe_read_kernel(peek->bytes + have, take, s->bytes);
	__sync_val_compare_and_swap(&s->busy, 1, 0);
	return done;
}

/*
 * Looks at the next bytes an untracked process sends. True when they show an agent: it is tracked from here on, and
 * what the connection sent before is emitted.
 */
static __always_inline bool discovered(struct pt_regs *ctx, struct conn *conn, struct call *call, __u64 length, __u32 tgid)
{
	__u64 id = conn->id, held = conn->stream[TLS_SEND].bytes;
	__u32 have = conn->peeked, take, zero = 0;
	struct agent_found_record r = {};
	struct peek *peek;

	if (conn->verdict != CONN_UNDECIDED || have >= PEEK_SIZE)
		return false;
	peek = bpf_map_lookup_elem(&peeks, &id);
	if (!peek) {
		struct peek *empty = bpf_map_lookup_elem(&empty_peek, &zero);

		if (!empty)
			return false;
		bpf_map_update_elem(&peeks, &id, empty, BPF_ANY);
		peek = bpf_map_lookup_elem(&peeks, &id);
		if (!peek)
			return false;
	}
	take = PEEK_SIZE - have;
	if (take > length)
		take = length;
	if (!look(peek, have, take, call->buffer))
		return false;
	have += take;
	conn->peeked = have;
	if (!is_llm_shaped(id, have)) {
		if (have >= PEEK_SIZE) {
			conn->verdict = CONN_OTHER;
			bpf_map_delete_elem(&peeks, &id);
		}
		return false;
	}
	if (!track(tgid))
		return false;
	fill_header(&r.h, RECORD_AGENT_FOUND, (struct task_struct *)bpf_get_current_task());
	emit(&control, &r, sizeof(r), LOSS_PROCESS);
	/* Whole only if every earlier byte fitted the look. */
	if (held + take == have) {
		conn->stream[TLS_SEND].bytes = 0;
		announce(ctx, conn);
		conn->stream[TLS_SEND].bytes = held;
		emit_peeked(ctx, conn, peek, held);
	}
	bpf_map_delete_elem(&peeks, &id);
	return true;
}

#endif
