/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The socket calls' half of the bond between TLS objects and sockets: see tls_thread.bpf.h. */
#ifndef AGENTSIGHT_TLS_SOCKETS_BPF_H
#define AGENTSIGHT_TLS_SOCKETS_BPF_H

#include "datagrams.bpf.h"
#include "../tls_thread.bpf.h"

/* A handshake's last records may leave together with the first of the application. */
#define RECORDS_MAX 4
/* Or before it: rustls encrypts the first record of the application while that of the handshake waits to be sent. */
#define SENDS_BEFORE_MAX 4
#define IOVECS_MAX 8

#define TLS_CHANGE_CIPHER 0x14
#define TLS_APPLICATION_DATA 0x17

/* `file` is a socket. */
static __always_inline bool tcp_socket(struct file *file, struct tls_socket *to)
{
	struct socket *socket = BPF_CORE_READ(file, private_data);
	struct sock *sk = socket ? BPF_CORE_READ(socket, sk) : NULL;

	if (!sk || BPF_CORE_READ(sk, sk_protocol) != IPPROTO_TCP_VALUE)
		return false;
	to->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if (to->family == AF_INET_VALUE)
		BPF_CORE_READ_INTO((__u32 *)to->addr, sk, __sk_common.skc_daddr);
	else if (to->family == AF_INET6_VALUE)
		BPF_CORE_READ_INTO((struct in6_addr *)to->addr, sk, __sk_common.skc_v6_daddr);
	else
		return false;
	to->inode = BPF_CORE_READ(file, f_inode, i_ino);
	to->port = __builtin_bswap16(BPF_CORE_READ(sk, __sk_common.skc_dport));
	to->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	return true;
}

/* Whether a record of the expected length starts here or behind the few records before it. */
static __always_inline bool holds_record(struct tls_thread *thread, __u64 at, __u64 length)
{
	for (int i = 0; i < RECORDS_MAX; i++) {
		__u8 head[5];
		__u32 size;

		if (length < sizeof(head) || bpf_probe_read_user(head, sizeof(head), (void *)at))
			return false;
		if (head[0] < TLS_CHANGE_CIPHER || head[0] > TLS_APPLICATION_DATA || head[1] != 3)
			return false;
		size = (__u32)head[3] << 8 | head[4];
		if (head[0] == TLS_APPLICATION_DATA && size >= thread->least && size <= thread->most)
			return true;
		size += sizeof(head);
		if (size >= length)
			return false;
		at += size;
		length -= size;
	}
	return false;
}

static __always_inline bool iovecs_hold_record(struct tls_thread *thread, __u64 iovecs, __u64 count)
{
	for (__u32 i = 0; i < IOVECS_MAX; i++) {
		struct iovec_value v = {};

		if (i >= count || bpf_probe_read_user(&v, sizeof(v), (void *)(iovecs + i * sizeof(v))))
			return false;
		if (holds_record(thread, v.base, v.length))
			return true;
	}
	return false;
}

/* One each process: what it says of a process holds for all its connections. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, __u64);	/* start of the process */
} greeted SEC(".maps");

/* A connection may begin with a proxy's handshake. */
#define HELLO_LOOKS 8

/* Says once a process that it speaks TLS. */
static __noinline void greet(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u64 start = BPF_CORE_READ(task, group_leader, start_boottime), *before;
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	struct tls_hello_record r = {};

	before = bpf_map_lookup_elem(&greeted, &tgid);
	if (before && *before == start)
		return;
	bpf_map_update_elem(&greeted, &tgid, &start, BPF_ANY);
	fill_header(&r.h, RECORD_TLS_HELLO, task);
	emit(&control, &r, sizeof(r), LOSS_NET);
}

/* Names the host that is asked for, once a connection. */
__noinline int hello_seen(__u64 address, __u64 memory, __u32 pieces)
{
	struct file *file = (struct file *)address;
	struct open_socket *open = bpf_map_lookup_elem(&open_sockets, &file);
	struct socket *socket = socket_of(file);
	struct sock *sk = socket ? BPF_CORE_READ(socket, sk) : NULL;
	struct message *m = message_of_cpu();
	struct call *c = call_of_cpu();
	bool first;

	if (!open || !m || !c || !sk || BPF_CORE_READ(sk, sk_protocol) != IPPROTO_TCP_VALUE)
		return 0;
	greet();
	/* Behind a proxy's handshake, it is another that the name belongs to. */
	first = open->flags & SOCKET_MADE && open->sent == (__u64)c->result && !open->received;
	m->file = address;
	m->memory = memory;
	m->pieces = pieces;
	m->length = c->result;
	m->direction = TLS_SEND;
	m->compat = 0;
	describe_message(address);
	emit_message(NET_CONTENT_HELLO, first ? FLAG_FROM_START : 0);
	return 0;
}

static __noinline void hello_sent(struct file *file, __u64 buffer, __u64 length, bool iovecs)
{
	struct open_socket *open = bpf_map_lookup_elem(&open_sockets, &file);
	struct iovec_value first = { .base = buffer, .length = length };
	__u8 head[6] = {};

	if (!open || open->flags & SOCKET_GREETED)
		return;
	if (++open->looks >= HELLO_LOOKS)
		open->flags |= SOCKET_GREETED;
	if (iovecs && bpf_probe_read_user(&first, sizeof(first), (void *)buffer))
		return;
	/* A handshake record with a ClientHello. */
	if (first.length < sizeof(head) || bpf_probe_read_user(head, sizeof(head), (void *)first.base) || head[0] != 0x16 ||
	    head[1] != 3 || head[5] != 1)
		return;
	open->flags |= SOCKET_GREETED;
	hello_seen((__u64)file, buffer, iovecs ? length : 0);
}

static __noinline void bind_sent(struct file *file, __u64 buffer, __u64 length, bool iovecs)
{
	struct tls_thread *thread = tls_thread_of_current();
	struct tls_socket socket = {};
	bool holds;

	if (!thread || (!thread->conn && !thread->inside) || !tcp_socket(file, &socket))
		return;
	if (thread->inside) {
		socket.bond = TLS_BOND_NESTED;
		thread->sent = socket;
		return;
	}
	holds = iovecs ? iovecs_hold_record(thread, buffer, length) : holds_record(thread, buffer, length);
	if (!thread->before)
		thread->before_through = socket.inode;
	if (thread->before_through == socket.inode) {
		if (!holds && ++thread->before < SENDS_BEFORE_MAX)
			return;
		if (holds) {
			socket.bond = TLS_BOND_LENGTH;
			emit_bind(thread->conn, TLS_SEND, &socket);
			thread->left = thread->conn;
			thread->left_through = socket.inode;
		}
	}
	/* Too much else left first: what is pending can no longer be told. */
	thread->conn = 0;
}

/* `iovecs`: `buffer` and `length` are an array of them and their number. */
static __always_inline void tls_sent(struct file *file, __u64 buffer, __u64 length, bool iovecs)
{
	hello_sent(file, buffer, length, iovecs);
	bind_sent(file, buffer, length, iovecs);
}

static __noinline void tls_message_sent(struct file *file, __u64 message)
{
	/* struct user_msghdr: the array and its length follow the name. */
	struct iovec_value iov = {};

	if (bpf_probe_read_user(&iov, sizeof(iov), (void *)(message + 16)))
		return;
	tls_sent(file, iov.base, iov.length, true);
}

static __noinline void tls_received(struct file *file)
{
	struct tls_socket socket = {};
	struct tls_thread *thread;

	if (!tcp_socket(file, &socket))
		return;
	thread = tls_thread_create();
	if (!thread)
		return;
	socket.bond = thread->inside ? TLS_BOND_NESTED : TLS_BOND_THREAD;
	thread->received = socket;
}

#endif
