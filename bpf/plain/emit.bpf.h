/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Plain text of sockets and pipes into the payload ring, built in the CPU's scratch buffer: these programs cannot sleep,
 * and the kernel has just read or written the pages.
 */
#ifndef AGENTSIGHT_PLAIN_EMIT_BPF_H
#define AGENTSIGHT_PLAIN_EMIT_BPF_H

#include "classify.bpf.h"
#include "../process/sockets.bpf.h"

#define PLAIN_CHUNK 16384
/* Of one call: as much as the ring holds. More would only keep the CPU. */
#define PLAIN_CALL_MAX (32 << 20)
/* Full chunks, buffers as many as a call may have (UIO_MAXIOV), and as many chunks that a buffer's end cut. */
#define PLAIN_STEPS (PLAIN_CALL_MAX / PLAIN_CHUNK + 3 * 1024)
/* Without bpf_loop: 16 MiB in one buffer. */
#define PLAIN_STEPS_LEAST 1024
static __noinline void announce_plain(struct plain_stream *stream, struct plain_object *o, __u32 protocol, bool from_start)
{
	struct scratch *s = start_record(RECORD_PLAIN_OPEN, sizeof(struct plain_open_record), (void *)bpf_get_current_task());
	struct plain_open_record *r;
	struct sock *sk = o->sk;
	__u32 size;

	stream->conn = next_conn_id();
	if (!s)
		return;
	r = (struct plain_open_record *)s->data;
	if (from_start)
		r->h.flags |= FLAG_FROM_START;
	r->conn = stream->conn;
	r->socket = number_of(o->inode);
	r->transport = o->transport;
	r->protocol = protocol;
	r->family = r->port = r->local_port = r->path_size = 0;
	__builtin_memset(r->addr, 0, sizeof(r->addr));
	if (o->transport == PLAIN_TCP) {
		r->family = o->family;
		r->port = __builtin_bswap16(BPF_CORE_READ(sk, __sk_common.skc_dport));
		r->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
		if (o->family == AF_INET_VALUE)
			BPF_CORE_READ_INTO((__u32 *)r->addr, sk, __sk_common.skc_daddr);
		else
			BPF_CORE_READ_INTO((struct in6_addr *)r->addr, sk, __sk_common.skc_v6_daddr);
	} else if (o->transport == PLAIN_UNIX) {
		struct sock *peer = unix_peer_of(sk);

		r->path_size = peer ? append_socket_name(s, peer) : 0;
		if (!r->path_size)
			r->path_size = append_socket_name(s, sk);
	}
	size = s->tail;
	asm volatile("" : "+r"(size));
	if (size > TAIL_MAX)
		return;
	r->h.size = size;
	if (bpf_ringbuf_output(&payload, s->data, size, 0))
		count_loss(LOSS_PLAIN_CONTROL, 1);
}

static __always_inline void flush_plain(struct plain_call *c, struct scratch *s)
{
	struct tls_data_record *r;
	__u32 length = c->fill;

	if (!s || !length)
		return;
	/* Apart: of two comparisons in one, older verifiers learn nothing. */
	asm volatile("" : "+r"(length));
	if (length > PLAIN_CHUNK)
		return;
	r = (struct tls_data_record *)s->data;
	r->length = length;
	if (!(r->h.flags & FLAG_RECEIVED))
		r->order = c->left;
	r->h.size = sizeof(*r) + length;
	if (bpf_ringbuf_output(&payload, s->data, sizeof(*r) + length, 0))
		count_loss(LOSS_PLAIN_RING, length);
	r->pos += length;
	c->fill = 0;
}

__noinline int copy_piece(__u32 index)
{
	struct plain_call *c = plain_call_of_cpu();
	struct scratch *s = scratch_of_cpu();
	__u32 at, size;

	if (!c || !s || !c->left)
		return 1;
	if (!c->here_left)
		return next_buffer(c);
	at = c->fill;
	size = c->here_left < PLAIN_CHUNK - at ? c->here_left : PLAIN_CHUNK - at;
	asm volatile("" : "+r"(at), "+r"(size));
	if (at >= PLAIN_CHUNK || size > PLAIN_CHUNK)
		return 1;
	c->here += size;
	c->here_left -= size;
	c->left -= size;
	if (bpf_probe_read_user(s->data + sizeof(struct tls_data_record) + at, size, (void *)(c->here - size))) {
		flush_plain(c, s);
		((struct tls_data_record *)s->data)->pos += size;
		count_loss(LOSS_PLAIN_FAULT, size);
	} else {
		c->fill = at + size;
		if (c->fill == PLAIN_CHUNK)
			flush_plain(c, s);
	}
	return 0;
}

static long copy_step(__u32 index, void *unused)
{
	return copy_piece(index) != 0;
}

static __noinline struct tls_data_record *start_data(struct plain_stream *stream, __u32 direction)
{
	struct scratch *s = start_record(RECORD_TLS_DATA, sizeof(struct tls_data_record), (void *)bpf_get_current_task());
	struct tls_data_record *r;

	if (!s)
		return NULL;
	r = (struct tls_data_record *)s->data;
	r->conn = stream->conn;
	r->order = 0;
	if (direction == TLS_RECV)
		r->h.flags |= FLAG_RECEIVED;
	return r;
}

/* What short calls left before it was known what they began. */
static __noinline void emit_held(struct plain_stream *stream, struct plain_way *way, struct plain_key *key, __u32 direction)
{
	struct held_key held = { .stream = *key, .direction = direction };
	struct held_bytes *kept = bpf_map_lookup_elem(&plain_held, &held);
	struct tls_data_record *r = start_data(stream, direction);
	__u32 length = way->held;

	way->held = 0;
	if (!r || !length)
		return;
	asm volatile("" : "+r"(length));
	if (length > HELD_MAX)
		return;
	r->pos = way->bytes - length;
	r->call = way->calls;
	way->calls++;
	r->length = length;
	r->h.size = sizeof(*r) + length;
	if (!kept || bpf_probe_read_kernel((__u8 *)r + sizeof(*r), length, kept->bytes) ||
	    bpf_ringbuf_output(&payload, r, sizeof(*r) + length, 0))
		count_loss(LOSS_PLAIN_RING, length);
	bpf_map_delete_elem(&plain_held, &held);
}

/* `pos` and `call` are taken here, once a call, whatever becomes of its bytes: what is missing shows as a gap. */
static __noinline void emit_plain(struct plain_call *c, struct plain_stream *stream, __u64 after)
{
	__u32 direction = c->direction & 1;
	struct tls_data_record *r = start_data(stream, direction);
	__u64 length = c->left;
	__u64 pos = __sync_fetch_and_add(&stream->way[direction].bytes, length);
	__u32 call = __sync_fetch_and_add(&stream->way[direction].calls, 1);

	if (!r)
		return;
	r->pos = pos;
	r->call = call;
	r->order = after;
	if (length > PLAIN_CALL_MAX) {
		count_loss(LOSS_PLAIN_UNREAD, length - PLAIN_CALL_MAX);
		c->left = PLAIN_CALL_MAX;
		if (c->here_left > PLAIN_CALL_MAX)
			c->here_left = PLAIN_CALL_MAX;
	}
	c->fill = 0;
	LOOP(PLAIN_STEPS, copy_step, NULL, PLAIN_STEPS_LEAST);
	flush_plain(c, scratch_of_cpu());
	if (c->left)
		count_loss(LOSS_PLAIN_FAULT, c->left);
}

#endif
