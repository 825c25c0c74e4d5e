/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The look at a call of a stream that is undecided; what decides nothing because it is short is kept for the next. */
#ifndef AGENTSIGHT_PLAIN_LOOK_BPF_H
#define AGENTSIGHT_PLAIN_LOOK_BPF_H

#include "emit.bpf.h"

#define LOCK_SPINS 65536
#define LOCK_SPINS_LEAST 1024

static long spin_step(__u32 index, __u32 **looking)
{
	return __sync_val_compare_and_swap(*looking, 0, 1) == 0;
}

/* Whoever looks is not interrupted, so this takes some microseconds. */
static __always_inline bool lock_look(struct plain_stream *stream)
{
	__u32 *looking = &stream->looking;

	return LOOP(LOCK_SPINS, spin_step, &looking, LOCK_SPINS_LEAST) < (config.loops ? LOCK_SPINS : LOCK_SPINS_LEAST) ||
	       __sync_val_compare_and_swap(looking, 0, 1) == 0;
}

static __always_inline void unlock_look(struct plain_stream *stream)
{
	__sync_val_compare_and_swap(&stream->looking, 1, 0);
}

/* Gathers what was held and what the call begins and ends with. */
static __always_inline void gather(struct plain_call *c, struct plain_way *way, struct held_key *key)
{
	struct held_bytes *held = way->held ? bpf_map_lookup_elem(&plain_held, key) : NULL;
	__u64 memory = c->memory, iovecs = c->iovecs, here = c->here, here_left = c->here_left, end = here + c->left;
	__u32 have = way->held, left;

	asm volatile("" : "+r"(have));
	if (!held || have > HELD_MAX || bpf_probe_read_kernel(c->bytes, have, held->bytes))
		have = 0;
	way->held = have;
	c->length = have;
	c->take = c->left < LOOK_MAX ? c->left : LOOK_MAX;
	LOOP(LOOK_MAX, gather_step, NULL, BUFFERS_LEAST);
	left = c->length;
	asm volatile("" : "+r"(left));
	if (!iovecs && end - here > LOOK_MAX + LOOK_LAST && left <= HELD_MAX + LOOK_MAX &&
	    !bpf_probe_read_user(c->bytes + left, LOOK_LAST, (void *)(end - LOOK_LAST)))
		c->length = left + LOOK_LAST;
	/* The walk begins again when the call is told. */
	c->memory = memory;
	c->iovecs = iovecs;
	c->here = here;
	c->here_left = here_left;
}

/* A call that decided nothing. True when it is kept for the next. */
static __always_inline bool hold(struct plain_call *c, struct plain_way *way, struct held_key *key)
{
	__u64 length = way->held + c->left;

	if (length > HELD_MAX || c->length != length)
		return false;
	if (bpf_map_update_elem(&plain_held, key, c->bytes, BPF_ANY))
		return false;
	way->held = length;
	way->bytes += c->left;
	return true;
}

static __always_inline void passed_over(struct plain_call *c, struct plain_way *way)
{
	way->held = 0;
	way->bytes += c->left;
	way->calls++;
}

/* Looks at a call of an undecided stream; its guess, or GUESS_WAIT when there is nothing to tell yet. */
static __noinline enum guess look(struct plain_call *c, struct plain_stream *stream, struct plain_key *key, __u32 looks,
				  __u32 may_be)
{
	__u32 direction = c->direction & 1;
	struct held_key held = { .stream = *key, .direction = direction };
	struct plain_way *way = &stream->way[direction];
	enum guess guess;

	gather(c, way, &held);
	guess = guess_of(c, may_be);
	if (guess == GUESS_HTTP || guess == GUESS_LINES)
		return guess;
	if (guess == GUESS_WAIT && hold(c, way, &held))
		return GUESS_WAIT;
	passed_over(c, way);
	if (++stream->looks >= looks || guess == GUESS_NEVER)
		stream->verdict = VERDICT_OTHER;
	return GUESS_WAIT;
}

#endif
