/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What tracked processes read and write through sockets and pipes. */
#ifndef AGENTSIGHT_PLAIN_PASSED_BPF_H
#define AGENTSIGHT_PLAIN_PASSED_BPF_H

#include "lanes.bpf.h"

/* Calls whose beginning may show what is spoken: proxies shake hands before HTTP. */
#define TCP_LOOKS 8
/* Each way of a pair may begin with a banner. */
#define UNIX_LOOKS 32
/* Joined in the middle of a body, a connection may be long in coming to its next request. */
#define LATE_LOOKS 1024

/* How a call's bytes lie. */
#define HOW_RECV 1
/* `memory` are `count` iovecs; else it is one buffer. */
#define HOW_IOVECS 2
/* The bytes are nowhere to be read. */
#define HOW_UNREAD 4

/* A function of its own, as lane_of: of 512 bytes of stack, a new stream's are not needed further down. */
static __noinline struct plain_stream *plain_stream_of(struct plain_key *key, __u64 inode)
{
	struct plain_stream *stream = bpf_map_lookup_elem(&plain_streams, key), late = { .inode = inode };

	if (stream && stream->inode == inode)
		return stream;
	plain_stream_put(key, &late);
	return bpf_map_lookup_elem(&plain_streams, key);
}

static __always_inline __u32 write_position(struct sock *sk)
{
	return BPF_CORE_READ((struct tcp_sock *)sk, write_seq);
}

/*
 * What was sent before that which is received now: 0, or a position up to which it may still follow. A call that has
 * returned is counted before it is told; one that has not has moved TCP's position.
 */
static __always_inline __u64 overtaken(struct plain_stream *stream, struct plain_object *o)
{
	__u64 counted = *(volatile __u64 *)&stream->way[TLS_SEND].bytes;

	/* A FIN counts as one. */
	if (o->transport == PLAIN_TCP && stream->sent_known &&
	    (__s32)(write_position(o->sk) - stream->sent_from - (__u32)counted) > 1)
		return counted + 1;
	return *(volatile __u32 *)&stream->sending ? counted : 0;
}

/* An end of a connection that speaks HTTP. */
static __noinline void http_passed(struct plain_call *c, struct plain_stream *stream, struct plain_object *o)
{
	bool sends = c->direction == TLS_SEND;
	__u64 head = 0, after = 0;

	if (!c->here_left)
		next_buffer(c);
	if (c->here_left >= sizeof(head))
		bpf_probe_read_user(&head, sizeof(head), (void *)c->here);
	if (head == CONNECT_HEAD)
		stream->tunnel = 1;
	if (stream->tunnel && (head & 0xffff) == 0x0316) {
		/* TLS from here on. */
		stream->verdict = VERDICT_OTHER;
		emit_plain_close(stream);
		return;
	}
	if (sends)
		__sync_fetch_and_add(&stream->sending, 1);
	else
		after = overtaken(stream, o);
	if (!sends && !after && o->transport == PLAIN_TCP && stream->from_start && !stream->way[TLS_SEND].bytes &&
	    (head & 0xffffffffff) == HTTP_HEAD)
		after = 1;
	emit_plain(c, stream, after);
	if (sends)
		__sync_fetch_and_add(&stream->sending, -1);
	if (o->transport == PLAIN_TCP && sends && !stream->sent_known) {
		stream->sent_from = write_position(o->sk) - (__u32)stream->way[TLS_SEND].bytes;
		stream->sent_known = 1;
	}
}

static __noinline void http_begins(struct plain_stream *stream, struct plain_key *key, struct plain_object *o)
{
	struct plain_way *sent = &stream->way[TLS_SEND], *received = &stream->way[TLS_RECV];

	announce_plain(stream, o, PLAIN_HTTP,
		       stream->from_start && sent->bytes == sent->held && received->bytes == received->held);
	if (sent->held)
		emit_held(stream, sent, key, TLS_SEND);
	if (received->held)
		emit_held(stream, received, key, TLS_RECV);
	stream->verdict = VERDICT_HTTP;
}

/* The way the call goes, named by its sender. */
static __always_inline bool lane_key_for(struct plain_call *c, struct plain_object *o, struct plain_key *key)
{
	struct sock *sender = c->direction == TLS_SEND ? o->sk : unix_peer_of(o->sk);

	*key = lane_key_of(sender);
	return sender != NULL;
}

/* The lane of a call through a pair of sockets, made when it is not there: as much of it is known as of the socket. */
static __noinline struct plain_stream *lane_of(struct plain_call *c, struct plain_stream *end, struct plain_key *key)
{
	struct plain_stream fresh = { .from_start = end->from_start };
	__u32 direction = c->direction & 1;

	fresh.way[direction] = end->way[direction];
	if (!bpf_map_update_elem(&plain_streams, key, &fresh, BPF_NOEXIST))
		count(TURNOVER_STREAMS_MADE, 1);
	return bpf_map_lookup_elem(&plain_streams, key);
}

static __noinline void pair_passed(struct plain_call *c, struct plain_stream *end, struct plain_object *o, bool begins)
{
	struct plain_key key, own = plain_key_of(o);
	struct plain_stream *lane;

	if (!lane_key_for(c, o, &key))
		return;
	lane = lane_of(c, end, &key);
	if (!lane)
		return;
	if (begins && owns(c, lane) && lane->verdict == VERDICT_UNDECIDED)
		lane_begins(c, lane, &own, o);
	lane_passed(c, lane, &key, o);
}

static __always_inline bool lane_speaks(struct plain_call *c, struct plain_object *o)
{
	struct plain_stream *lane;
	struct plain_key key;

	if (o->transport != PLAIN_UNIX || !lane_key_for(c, o, &key))
		return false;
	lane = bpf_map_lookup_elem(&plain_streams, &key);
	return lane && lane->verdict == VERDICT_LINES;
}

/* What became of a call of an undecided socket. */
enum undecided {
	CALL_PASSED_OVER,
	/* As the stream's verdict says. */
	CALL_TO_TELL,
	CALL_BEGINS,
};

/* Whether a socket speaks JSON-RPC, one way or the other: each way is then judged for itself. */
static __noinline enum undecided socket_undecided(struct plain_call *c, struct plain_stream *stream, struct plain_object *o)
{
	struct plain_key key = plain_key_of(o);
	enum undecided now = CALL_TO_TELL;
	bool pair = o->transport == PLAIN_UNIX;
	__u32 looks = !stream->from_start ? LATE_LOOKS : pair ? UNIX_LOOKS : TCP_LOOKS;

	if (!lock_look(stream)) {
		passed_over(c, &stream->way[c->direction & 1]);
		return CALL_PASSED_OVER;
	}
	if (stream->verdict == VERDICT_UNDECIDED && lane_speaks(c, o))
		stream->verdict = VERDICT_LINES;
	if (stream->verdict == VERDICT_UNDECIDED) {
		switch (look(c, stream, &key, looks, MAY_BE_HTTP | (pair ? MAY_BE_LINES : 0))) {
		case GUESS_HTTP:
			http_begins(stream, &key, o);
			break;
		case GUESS_LINES:
			stream->verdict = VERDICT_LINES;
			now = CALL_BEGINS;
			break;
		default:
			break;
		}
	}
	unlock_look(stream);
	return now;
}

static __always_inline void socket_passed(struct plain_call *c, struct plain_stream *stream, struct plain_object *o)
{
	enum undecided now = CALL_TO_TELL;

	if (stream->verdict == VERDICT_UNDECIDED)
		now = socket_undecided(c, stream, o);
	if (now == CALL_PASSED_OVER)
		return;
	if (stream->verdict == VERDICT_HTTP)
		http_passed(c, stream, o);
	else if (stream->verdict == VERDICT_LINES)
		pair_passed(c, stream, o, now == CALL_BEGINS);
}

/* Bytes that no buffer held. */
static __always_inline void unread_passed(struct plain_call *c, struct plain_stream *stream)
{
	bool told = stream->verdict == VERDICT_HTTP || (stream->verdict == VERDICT_LINES && stream->owner == 1 + c->direction);

	passed_over(c, &stream->way[c->direction & 1]);
	if (told)
		count_loss(LOSS_PLAIN_UNREAD, c->left);
}

/* A function of its own to the verifier: the system calls' programs would grow with it. */
__noinline int plain_passed(__u64 address, __u64 memory, __u64 count, __u64 length, __u32 how)
{
	struct file *file = (struct file *)address;
	struct plain_call *c = plain_call_of_cpu();
	struct plain_object o = {};
	struct plain_stream *stream;
	struct plain_key key;

	if (!c || !plain_object_of(file, BPF_CORE_READ(file, f_inode, i_mode) & MODE_TYPE_MASK, &o))
		return 0;
	key = plain_key_of(&o);
	stream = plain_stream_of(&key, number_of(o.inode));
	if (!stream || stream->verdict == VERDICT_OTHER)
		return 0;
	c->direction = how & HOW_RECV ? TLS_RECV : TLS_SEND;
	c->left = length;
	c->memory = c->iovecs = c->here = c->here_left = 0;
	if (how & HOW_IOVECS) {
		c->memory = memory;
		c->iovecs = count;
		if (count == 1)
			next_buffer(c);
	} else {
		c->here = memory;
		c->here_left = length;
	}
	if (!length) {
		if (c->direction == TLS_RECV)
			stream->ended = 1;
	} else if (how & HOW_UNREAD)
		unread_passed(c, stream);
	else if (!o.sk)
		lane_passed(c, stream, &key, &o);
	else
		socket_passed(c, stream, &o);
	return 0;
}

static __always_inline void plain_message_passed(struct file *file, __u64 message, __u64 length, __u32 how)
{
	/* struct user_msghdr: the array and its length follow the name. */
	__u64 iov[2];

	if (!bpf_probe_read_user(iov, sizeof(iov), (void *)(message + 16)))
		plain_passed((__u64)file, iov[0], iov[1], length, how | HOW_IOVECS);
}

#endif
