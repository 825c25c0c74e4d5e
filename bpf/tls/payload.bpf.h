/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Plain text into the payload ring, in chunks that say where in the stream they belong. */
#ifndef AGENTSIGHT_PAYLOAD_BPF_H
#define AGENTSIGHT_PAYLOAD_BPF_H

#include "../loop.bpf.h"
#include "conn.bpf.h"

#define CHUNK_SIZE 16384
#define SCRATCH_SLOTS 64
/* Of one call without bpf_loop: 1 MiB. */
#define CHUNKS_LEAST 64

/*
 * A buffer is claimed, not borrowed from the CPU: these programs sleep while a page is brought in, and a process may
 * make that take for ever (userfaultfd). It then keeps its buffer; the others have theirs.
 */
struct payload_scratch {
	__u64 busy;
	/* What is still to be copied. */
	__u64 from;
	__u64 left;
	struct tls_data_record record;
	__u8 bytes[CHUNK_SIZE];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SCRATCH_SLOTS);
	__type(key, __u32);
	__type(value, struct payload_scratch);
} payload_scratch SEC(".maps");

static __always_inline bool claim_slot(__u32 *slot)
{
	__u32 first = (__u32)bpf_get_current_pid_tgid();

	for (__u32 i = 0; i < SCRATCH_SLOTS; i++) {
		__u32 at = (first + i) % SCRATCH_SLOTS;
		struct payload_scratch *s = bpf_map_lookup_elem(&payload_scratch, &at);

		if (s && __sync_val_compare_and_swap(&s->busy, 0, 1) == 0) {
			*slot = at;
			return true;
		}
	}
	return false;
}

/*
 * Of the buffer claimed; not 0 when all is sent. Static, although every turn is verified: newer kernels keep what is not
 * static and might sleep out of every program that may not.
 */
static __noinline long send_chunk(__u32 slot)
{
	struct payload_scratch *s = bpf_map_lookup_elem(&payload_scratch, &slot);
	__u32 length;

	if (!s || !s->left)
		return 1;
	length = s->left > CHUNK_SIZE ? CHUNK_SIZE : s->left;
	asm volatile("" : "+r"(length));
	if (length > CHUNK_SIZE)
		return 1;
	if (read_user(s->bytes, length, s->from)) {
		count_loss(LOSS_PAYLOAD_FAULT, length);
	} else {
		s->record.length = length;
		if (!(s->record.h.flags & FLAG_RECEIVED))
			s->record.order = s->left - length;
		s->record.h.size = sizeof(s->record) + length;
		if (bpf_ringbuf_output(&payload, &s->record, sizeof(s->record) + length, 0))
			count_loss(LOSS_PAYLOAD_RING, length);
	}
	s->record.pos += length;
	s->from += length;
	s->left -= length;
	return 0;
}

static long send_step(__u32 index, __u32 *slot)
{
	return send_chunk(*slot) != 0;
}

/* `pos` and `call` are taken here, once a call, whatever becomes of its bytes: what is missing shows as a gap. */
static __always_inline void emit_payload(struct pt_regs *ctx, struct conn *conn, __u32 direction, __u64 buffer, __u64 length)
{
	struct payload_scratch *s;
	__u32 slot;

	announce(ctx, conn);
	if (!claim_slot(&slot)) {
		__sync_fetch_and_add(&conn->stream[direction].bytes, length);
		count_loss(LOSS_PAYLOAD_SCRATCH, length);
		return;
	}
	s = bpf_map_lookup_elem(&payload_scratch, &slot);
	if (!s)
		return;
	fill_header(&s->record.h, RECORD_TLS_DATA, (struct task_struct *)bpf_get_current_task());
	if (direction == TLS_RECV) {
		s->record.h.flags |= FLAG_RECEIVED;
		s->record.order = conn->writing;
	}
	s->from = buffer;
	s->left = length;
	s->record.conn = conn->id;
	s->record.pos = __sync_fetch_and_add(&conn->stream[direction].bytes, length);
	s->record.call = __sync_fetch_and_add(&conn->stream[direction].calls, 1);
	LOOP((length + CHUNK_SIZE - 1) / CHUNK_SIZE, send_step, &slot, CHUNKS_LEAST);
	if (s->left)
		count_loss(LOSS_PAYLOAD_STEPS, s->left);
	__sync_val_compare_and_swap(&s->busy, 1, 0);
}

#endif
