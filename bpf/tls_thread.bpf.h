/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Which socket a TLS object speaks through. TLS calls and socket calls meet on a thread: what it encrypts leaves with
 * its next send, what it decrypts came with its last receive. Written by the TLS probes and by the socket calls.
 */
#ifndef AGENTSIGHT_TLS_THREAD_BPF_H
#define AGENTSIGHT_TLS_THREAD_BPF_H

#include "shared.bpf.h"

struct tls_socket {
	__u64 inode;
	__u32 bond;
	__u16 family;
	__u16 port;
	__u16 local_port;
	__u16 reserved;
	__u8 addr[16];
};

struct tls_thread {
	/* The connection whose record should leave next, and the lengths that record may have. */
	__u64 conn;
	__u32 least;
	__u32 most;
	/* A TLS call is running: what is sent and received belongs to it. */
	__u32 inside;
	/* Sends that held no such record, and the one socket they went through. */
	__u32 before;
	__u64 before_through;
	/* The connection whose record was last seen to leave, and through which socket. */
	__u64 left;
	__u64 left_through;
	/* Used within the running call. */
	struct tls_socket sent;
	struct tls_socket received;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct tls_thread);
} tls_threads SEC(".maps");

static __always_inline struct tls_thread *tls_thread_of_current(void)
{
	__u64 id = bpf_get_current_pid_tgid();

	return bpf_map_lookup_elem(&tls_threads, &id);
}

/* Not on the stack: 512 bytes are for all functions of a chain of calls. */
static const struct tls_thread fresh_tls_thread;

static __always_inline struct tls_thread *tls_thread_create(void)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct tls_thread *found = bpf_map_lookup_elem(&tls_threads, &id);

	if (found)
		return found;
	bpf_map_update_elem(&tls_threads, &id, &fresh_tls_thread, BPF_NOEXIST);
	return bpf_map_lookup_elem(&tls_threads, &id);
}

static __always_inline void emit_bind(__u64 conn, __u32 direction, struct tls_socket *socket)
{
	struct tls_bind_record r = {};

	fill_header(&r.h, RECORD_TLS_BIND, (struct task_struct *)bpf_get_current_task());
	r.conn = conn;
	r.socket = socket->inode;
	r.direction = direction;
	r.bond = socket->bond;
	r.family = socket->family;
	r.port = socket->port;
	r.local_port = socket->local_port;
	__builtin_memcpy(r.addr, socket->addr, sizeof(r.addr));
	emit(&payload, &r, sizeof(r), LOSS_TLS_CONTROL);
}

#endif
