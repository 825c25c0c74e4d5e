/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The TLS calls' half of the bond between TLS objects and sockets: see tls_thread.bpf.h. */
#ifndef AGENTSIGHT_BOND_BPF_H
#define AGENTSIGHT_BOND_BPF_H

#include "conn.bpf.h"

#define RECORD_PLAIN_MAX 16384
/* What a cipher adds to a record: at least a tag, at most what CBC with SHA-384 and padding needs. */
#define RECORD_OVERHEAD_MIN 16
#define RECORD_OVERHEAD_MAX 96

static __always_inline void tls_call_begins(void)
{
	struct tls_thread *thread = tls_thread_create();

	if (!thread)
		return;
	thread->inside = 1;
	thread->sent.inode = 0;
	if (thread->received.bond == TLS_BOND_NESTED)
		thread->received.bond = TLS_BOND_THREAD;
}

static __always_inline void tls_call_ends(void)
{
	struct tls_thread *thread = tls_thread_of_current();

	if (thread)
		thread->inside = 0;
}

static __always_inline void bind(struct conn *conn, __u32 direction, struct tls_socket *socket)
{
	struct tls_socket copy = *socket;

	if (!copy.inode || conn->socket[direction] == copy.inode)
		return;
	conn->socket[direction] = copy.inode;
	emit_bind(conn->id, direction, &copy);
}

/* Before its bytes are told: whoever joins two halves then knows where they belong. */
static __always_inline void bind_received(struct conn *conn)
{
	struct tls_thread *thread = tls_thread_of_current();

	if (thread)
		bind(conn, TLS_RECV, &thread->received);
}

/* Of the records that wait to leave, the first is the one a send begins with; unless other sends came and went. */
static __always_inline void expect_send(struct conn *conn, __u32 least, __u32 most)
{
	struct tls_thread *thread = tls_thread_create();

	if (!thread)
		return;
	if (thread->left == conn->id)
		conn->socket[TLS_SEND] = thread->left_through;
	if (conn->socket[TLS_SEND] || (thread->conn && (thread->conn == conn->id || !thread->before)))
		return;
	thread->least = least;
	thread->most = most;
	thread->before = 0;
	thread->conn = conn->id;
}

/* A library call wrote `length` bytes: through its own socket, or into memory that leaves with the thread's next send. */
static __always_inline void bind_sent(struct conn *conn, __u64 length)
{
	struct tls_thread *thread = tls_thread_of_current();

	if (!thread)
		return;
	if (thread->sent.inode)
		return bind(conn, TLS_SEND, &thread->sent);
	if (conn->socket[TLS_SEND])
		return;
	if (length > RECORD_PLAIN_MAX)
		length = RECORD_PLAIN_MAX;
	expect_send(conn, length + RECORD_OVERHEAD_MIN, length + RECORD_OVERHEAD_MAX);
}

/* Go's first records are small, to fit packets (crypto/tls: maxPayloadSizeForWrite). */
static __always_inline void expect_go_send(struct conn *conn, __u64 length)
{
	__u64 most = length > RECORD_PLAIN_MAX ? RECORD_PLAIN_MAX : length;

	expect_send(conn, (length > 1000 ? 1000 : length) + RECORD_OVERHEAD_MIN, most + RECORD_OVERHEAD_MAX);
}

#endif
