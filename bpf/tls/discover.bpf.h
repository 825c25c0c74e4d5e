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

#define NEEDLES 24
#define RULES 4

struct needle {
	__u64 text[2];	/* 16 bytes, the newest in the low byte of text[1] */
	__u64 mask[2];
	__u64 means;	/* bits for `rule` */
};

/* What a request to a language model looks like; the table is src/targets/llm_shape.ts. */
struct llm_shape {
	/* A request is one when all bits of one of these were seen. */
	__u64 rule[RULES];
	struct needle needle[NEEDLES];
};

/* An array and not constants: the verifier would follow each comparison with a known value both ways. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct llm_shape);
} llm_shape SEC(".maps");

struct peek {
	__u64 text[2];	/* the last 16 bytes scanned */
	__u64 seen;
	__u32 scanned;
	__u32 length;
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

/* The state lies in the map: on the stack, the verifier would tell every byte's state from the last. */
__noinline int scan(__u64 conn)
{
	struct peek *peek = bpf_map_lookup_elem(&peeks, &conn);
	__u32 zero = 0, at;
	struct llm_shape *shape = bpf_map_lookup_elem(&llm_shape, &zero);

	if (!peek || !shape)
		return 1;
	at = peek->scanned;
	if (at >= peek->length || at >= PEEK_SIZE)
		return 1;
	peek->text[0] = peek->text[0] << 8 | peek->text[1] >> 56;
	peek->text[1] = peek->text[1] << 8 | peek->bytes[at];
	peek->scanned = at + 1;
	for (int i = 0; i < NEEDLES; i++) {
		struct needle *n = &shape->needle[i];

		if ((peek->text[0] & n->mask[0]) == n->text[0] && (peek->text[1] & n->mask[1]) == n->text[1])
			peek->seen |= n->means;
	}
	return 0;
}

static long scan_byte(__u32 index, __u64 *conn)
{
	return scan(*conn) != 0;
}

static __always_inline bool is_llm_shaped(struct peek *peek, __u64 conn, __u32 length)
{
	__u32 zero = 0;
	struct llm_shape *shape = bpf_map_lookup_elem(&llm_shape, &zero);

	if (!shape)
		return false;
	peek->length = length;
	LOOP(PEEK_SIZE, scan_byte, &conn, PEEK_SIZE);
	for (int i = 0; i < RULES; i++) {
		__u64 rule = shape->rule[i];

		if (rule && (peek->seen & rule) == rule)
			return true;
	}
	return false;
}

/* What was sent and held back before the verdict: from the first byte of the connection, and whole. */
static __always_inline void emit_peeked(struct pt_regs *ctx, struct conn *conn, struct peek *peek, __u32 length)
{
	struct payload_scratch *s;
	__u32 slot;

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
	s->record.order = 0;
	s->record.length = length;
	s->record.h.size = sizeof(s->record) + length;
	asm volatile("" : "+r"(length));
	if (length > PEEK_SIZE || bpf_probe_read_kernel(s->bytes, length, peek->bytes) ||
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
static __always_inline bool discovered(struct pt_regs *ctx, struct conn *conn, __u64 buffer, __u64 length, __u32 tgid)
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
	if (!look(peek, have, take, buffer))
		return false;
	have += take;
	conn->peeked = have;
	if (!is_llm_shaped(peek, id, have)) {
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
		if (held)
			emit_peeked(ctx, conn, peek, held);
	}
	bpf_map_delete_elem(&peeks, &id);
	return true;
}

#endif
