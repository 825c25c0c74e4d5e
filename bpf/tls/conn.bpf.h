/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Connections: one per TLS object and life, with the position of each direction. */
#ifndef AGENTSIGHT_CONN_BPF_H
#define AGENTSIGHT_CONN_BPF_H

#include "../tls_thread.bpf.h"
#include "call.bpf.h"

enum conn_verdict {
	CONN_UNDECIDED = 0,
	CONN_OTHER = 1,
};

struct conn_key {
	__u64 ssl;
	__u32 tgid;
	__u32 reserved;
};

struct stream {
	__u64 bytes;
	__u32 calls;
	__u32 reserved;
};

struct conn {
	__u64 id;
	__u64 process_start;	/* a reused pid must not inherit a connection */
	struct stream stream[2];
	__u32 from_start;
	__u32 announced;
	__u32 verdict;		/* enum conn_verdict, while its process is not tracked */
	__u32 peeked;		/* bytes looked at for that verdict */
	__u64 writing;		/* a write has begun and is not told: its bytes reach this position at least */
	__u32 half;		/* one direction, by the key of a crypto library */
	__u32 nonce_head;
	__u64 nonce;		/* of the last record of that key */
	__u64 socket[2];	/* inode each direction was last bound to */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct conn_key);
	__type(value, struct conn);
} conns SEC(".maps");

/* A function of its own, for its stack. */
static __noinline struct conn *conn_create(struct conn_key *key, __u64 process_start, __u32 from_start, __u32 half)
{
	struct conn conn = { .id = next_conn_id(), .process_start = process_start, .from_start = from_start, .half = half };

	if (!bpf_map_update_elem(&conns, key, &conn, BPF_NOEXIST))
		count(TURNOVER_CONNS_MADE, 1);
	else
		bpf_map_update_elem(&conns, key, &conn, BPF_ANY);
	return bpf_map_lookup_elem(&conns, key);
}

static __always_inline __u64 current_process_start(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	return BPF_CORE_READ(task, group_leader, start_boottime);
}

static __always_inline struct conn *conn_of(__u64 ssl, __u32 tgid)
{
	struct conn_key key = { .ssl = ssl, .tgid = tgid };
	struct conn *conn = bpf_map_lookup_elem(&conns, &key);
	__u64 start = current_process_start();

	if (conn && conn->process_start == start)
		return conn;
	return conn_create(&key, start, 0, 0);
}

/* Said once, before the first fact about the connection. */
static __always_inline void announce(struct pt_regs *ctx, struct conn *conn)
{
	struct tls_open_record r = {};

	if (conn->announced)
		return;
	conn->announced = 1;
	fill_header(&r.h, RECORD_TLS_OPEN, (struct task_struct *)bpf_get_current_task());
	if (conn->from_start && conn->stream[TLS_SEND].bytes == 0 && conn->stream[TLS_RECV].bytes == 0)
		r.h.flags |= FLAG_FROM_START;
	if (conn->half)
		r.h.flags |= FLAG_HALF;
	r.conn = conn->id;
	r.library = bpf_get_attach_cookie(ctx) >> 8;
	emit(&payload, &r, sizeof(r), LOSS_TLS_CONTROL);
}

static __always_inline void conn_ended(__u64 ssl, __u32 tgid)
{
	struct conn_key key = { .ssl = ssl, .tgid = tgid };
	struct conn *conn = bpf_map_lookup_elem(&conns, &key);
	struct tls_close_record r = {};

	if (!conn)
		return;
	if (conn->announced) {
		fill_header(&r.h, RECORD_TLS_CLOSE, (struct task_struct *)bpf_get_current_task());
		r.conn = conn->id;
		r.sent = conn->stream[TLS_SEND].bytes;
		r.received = conn->stream[TLS_RECV].bytes;
		emit(&payload, &r, sizeof(r), LOSS_TLS_CONTROL);
	}
	if (!bpf_map_delete_elem(&conns, &key))
		count(TURNOVER_CONNS_DELETED, 1);
}

/* An object at the address of one that was never freed: the old connection is over. */
static __always_inline void conn_started(__u64 ssl, __u32 tgid)
{
	struct conn_key key = { .ssl = ssl, .tgid = tgid };

	conn_ended(ssl, tgid);
	conn_create(&key, current_process_start(), 1, 0);
}

#endif
