/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* One way of JSON-RPC: a pipe, or from one socket of a pair to the other. Both ends may be tracked; one is told. */
#ifndef AGENTSIGHT_PLAIN_LANES_BPF_H
#define AGENTSIGHT_PLAIN_LANES_BPF_H

#include "look.bpf.h"

/* Servers print banners before they speak. */
#define LANE_LOOKS 16
/* Processes told of as the other end of a stream. */
#define PARTNERS_MAX 8

static __always_inline void remember_rpc_reader(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	__u64 start = BPF_CORE_READ(task, group_leader, start_boottime);

	bpf_map_update_elem(&rpc_readers, &tgid, &start, BPF_ANY);
}

static __noinline void tell_partner(struct plain_call *c, struct plain_stream *lane)
{
	struct plain_partner_record r = {};
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;

	if (lane->verdict != VERDICT_LINES || lane->partner == tgid || lane->partners >= PARTNERS_MAX)
		return;
	lane->partner = tgid;
	lane->partners++;
	if (c->direction == TLS_RECV)
		remember_rpc_reader();
	fill_header(&r.h, RECORD_PLAIN_PARTNER, (struct task_struct *)bpf_get_current_task());
	r.conn = lane->conn;
	r.direction = c->direction;
	emit(&payload, &r, sizeof(r), LOSS_PLAIN_CONTROL);
}

/* True when it is this side whose calls are told: the first one that was seen, and the only one. */
static __always_inline bool owns(struct plain_call *c, struct plain_stream *lane)
{
	__u32 side = 1 + c->direction, owner = __sync_val_compare_and_swap(&lane->owner, 0, side);

	return !owner || owner == side;
}

static __noinline void lane_begins(struct plain_call *c, struct plain_stream *lane, struct plain_key *held_by, struct plain_object *o)
{
	struct plain_way *way = &lane->way[c->direction & 1];

	announce_plain(lane, o, PLAIN_JSON_RPC, lane->from_start && way->bytes == way->held);
	if (way->held)
		emit_held(lane, way, held_by, c->direction & 1);
	if (c->direction == TLS_RECV)
		remember_rpc_reader();
	lane->verdict = VERDICT_LINES;
}

static __noinline void lane_passed(struct plain_call *c, struct plain_stream *lane, struct plain_key *key, struct plain_object *o)
{
	if (!owns(c, lane))
		return tell_partner(c, lane);
	if (lane->verdict == VERDICT_UNDECIDED) {
		if (!lock_look(lane))
			return passed_over(c, &lane->way[c->direction & 1]);
		if (lane->verdict == VERDICT_UNDECIDED && look(c, lane, key, LANE_LOOKS, MAY_BE_LINES) == GUESS_LINES)
			lane_begins(c, lane, key, o);
		unlock_look(lane);
	}
	if (lane->verdict == VERDICT_LINES)
		emit_plain(c, lane, false);
}

#endif
