/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Sockets and pipes of tracked processes that may carry plain text: what is known of each. */
#ifndef AGENTSIGHT_PLAIN_STREAM_BPF_H
#define AGENTSIGHT_PLAIN_STREAM_BPF_H

#include "../path.bpf.h"
#include "../file_table.bpf.h"

enum plain_verdict {
	VERDICT_UNDECIDED = 0,
	/* Nothing of it leaves the kernel, and it is not looked at again. */
	VERDICT_OTHER,
	VERDICT_HTTP,
	VERDICT_LINES,
};

/*
 * A socket's own end, or a pipe; and for JSON-RPC over a pair of sockets the way from one of them to the other, named
 * by the sender: a pipe in all but name. By address, because a socket's reader knows nothing else of its peer.
 */
struct plain_key {
	__u64 object;	/* struct sock or inode */
	__u64 is_lane;
};

struct plain_way {
	__u64 bytes;
	__u32 calls;
	__u32 held;	/* the last of `bytes`, that decided nothing yet */
};

struct plain_stream {
	__u64 conn;
	__u64 inode;		/* an address that was given again is another stream */
	struct plain_way way[2];
	__u32 verdict;
	__u32 from_start;	/* made by a tracked process */
	__u32 looking;		/* a lock, while undecided */
	__u32 looks;
	__u32 owner;		/* of a lane or pipe: 1 + the direction whose calls are told */
	__u32 partner;
	__u32 partners;
	__u32 tunnel;		/* CONNECT was asked for */
	__u32 ended;		/* the peer sends no more */
	__u32 closed;		/* told of as over */
	__u32 sent_known;
	__u32 sent_from;	/* TCP's sequence number of the first byte sent */
	__u32 sending;		/* calls whose bytes are on their way to the ring */
	__u32 reserved;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct plain_key);
	__type(value, struct plain_stream);
} plain_streams SEC(".maps");

static __always_inline void plain_stream_put(struct plain_key *key, struct plain_stream *stream)
{
	if (!bpf_map_update_elem(&plain_streams, key, stream, BPF_NOEXIST))
		count(TURNOVER_STREAMS_MADE, 1);
	else
		bpf_map_update_elem(&plain_streams, key, stream, BPF_ANY);
}

static __always_inline void plain_stream_delete(struct plain_key *key)
{
	if (!bpf_map_delete_elem(&plain_streams, key))
		count(TURNOVER_STREAMS_DELETED, 1);
}

/* A socket or a pipe, behind a descriptor. */
struct plain_object {
	struct file *file;
	struct inode *inode;
	struct sock *sk;	/* NULL: a pipe */
	__u32 transport;
	__u32 family;
};

/* False for what carries no stream of bytes that anybody writes text to. */
static __always_inline bool plain_object_of(struct file *file, __u32 mode, struct plain_object *o)
{
	struct socket *socket;
	struct sock *sk;

	o->file = file;
	o->inode = BPF_CORE_READ(file, f_inode);
	o->sk = NULL;
	o->family = 0;
	o->transport = PLAIN_PIPE;
	if (mode == MODE_FIFO)
		return true;
	socket = BPF_CORE_READ(file, private_data);
	if (mode != MODE_SOCKET || !socket || BPF_CORE_READ(socket, type) != SOCK_STREAM_VALUE)
		return false;
	sk = BPF_CORE_READ(socket, sk);
	if (!sk)
		return false;
	o->sk = sk;
	o->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	o->transport = o->family == AF_UNIX_VALUE ? PLAIN_UNIX : PLAIN_TCP;
	return o->family == AF_UNIX_VALUE || o->family == AF_INET_VALUE || o->family == AF_INET6_VALUE;
}

static __always_inline __u64 number_of(struct inode *inode)
{
	return BPF_CORE_READ(inode, i_ino);
}

static __always_inline struct sock *unix_peer_of(struct sock *sk)
{
	return BPF_CORE_READ((struct unix_sock *)sk, peer);
}

static __always_inline struct plain_key plain_key_of(struct plain_object *o)
{
	return (struct plain_key){ .object = o->sk ? (__u64)o->sk : (__u64)o->inode };
}

static __always_inline struct plain_key lane_key_of(struct sock *sender)
{
	return (struct plain_key){ .object = (__u64)sender, .is_lane = 1 };
}

static __noinline void plain_born(struct task_struct *task, __s32 fd)
{
	struct file *file = file_of(task, fd);
	struct plain_stream fresh = { .from_start = 1 };
	struct plain_object o = {};
	struct plain_key key;

	if (!file || !plain_object_of(file, BPF_CORE_READ(file, f_inode, i_mode) & MODE_TYPE_MASK, &o))
		return;
	fresh.inode = number_of(o.inode);
	key = plain_key_of(&o);
	plain_stream_put(&key, &fresh);
	if (o.transport == PLAIN_UNIX) {
		key = lane_key_of(o.sk);
		plain_stream_delete(&key);
	}
}

static __always_inline void plain_pair_born(struct task_struct *task, __u64 descriptors)
{
	__s32 fds[2];

	if (bpf_probe_read_user(fds, sizeof(fds), (void *)descriptors))
		return;
	plain_born(task, fds[0]);
	plain_born(task, fds[1]);
}

static __always_inline bool is_told(struct plain_stream *stream)
{
	return stream->verdict == VERDICT_HTTP || stream->verdict == VERDICT_LINES;
}

static __noinline void emit_plain_close(struct plain_stream *stream)
{
	struct tls_close_record r = {};

	fill_header(&r.h, RECORD_TLS_CLOSE, (struct task_struct *)bpf_get_current_task());
	r.conn = stream->conn;
	r.sent = stream->way[TLS_SEND].bytes;
	r.received = stream->way[TLS_RECV].bytes;
	emit(&payload, &r, sizeof(r), LOSS_PLAIN_CONTROL);
}

static __noinline void plain_stream_ends(struct plain_key *key, bool clean)
{
	struct plain_stream *stream = bpf_map_lookup_elem(&plain_streams, key);

	if (!stream)
		return;
	/* Who is ended with a connection open did not end it: the process's exit tells of it. */
	if (is_told(stream) && stream->conn && !stream->closed && (clean || stream->ended))
		emit_plain_close(stream);
	plain_stream_delete(key);
}

/* Nobody writes any more. What is left may still be read, and was told already: the reader ends it, if one is known. */
static __always_inline void lane_written(struct plain_key *key)
{
	struct plain_stream *lane = bpf_map_lookup_elem(&plain_streams, key);

	if (!lane || lane->verdict != VERDICT_LINES || lane->owner != 1 + TLS_SEND || lane->partner || lane->closed)
		return;
	lane->closed = 1;
	emit_plain_close(lane);
}

/* A descriptor is about to go. `exits`: because its process does. */
static __noinline void plain_closing(struct file *file, __u32 mode, bool exits)
{
	struct plain_object o = {};
	struct plain_stream *stream;
	struct plain_key key;

	if (!plain_object_of(file, mode, &o) || !is_last_reference(file))
		return;
	key = plain_key_of(&o);
	stream = bpf_map_lookup_elem(&plain_streams, &key);
	if (!stream)
		return;
	if (!o.sk) {
		if (BPF_CORE_READ(file, f_mode) & FMODE_READ_FLAG)
			plain_stream_ends(&key, true);
		else
			lane_written(&key);
		return;
	}
	if (stream->verdict == VERDICT_LINES) {
		struct plain_key sent = lane_key_of(o.sk), received = lane_key_of(unix_peer_of(o.sk));

		lane_written(&sent);
		plain_stream_ends(&received, true);
	}
	/* Its lanes are told of by themselves. */
	plain_stream_ends(&key, !exits);
}

#endif
