/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Sockets of followed processes: where they lead, what passed through them, and their end. */
#ifndef AGENTSIGHT_SOCKETS_BPF_H
#define AGENTSIGHT_SOCKETS_BPF_H

#include "files.bpf.h"

/* sun_path, and what stands before it. */
#define UNIX_PATH_MAX 108
#define UNIX_FAMILY_SIZE 2

/* Made in view. */
#define SOCKET_MADE 1
/* Of a pair: told of when something passed. */
#define SOCKET_PAIR 2
/* Its first bytes were looked at for a ClientHello. */
#define SOCKET_GREETED 4

struct open_socket {
	__u64 sent;
	__u64 received;
	__u32 flags;
	__u32 looks;	/* writes looked at for a ClientHello */
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, struct file *);
	__type(value, struct open_socket);
} open_sockets SEC(".maps");

static __always_inline struct open_socket *follow_socket(struct file *file, __u32 flags)
{
	struct open_socket fresh = { .flags = flags };

	if (bpf_map_update_elem(&open_sockets, &file, &fresh, BPF_ANY)) {
		count_loss(LOSS_SOCKETS_FULL, 1);
		return NULL;
	}
	return bpf_map_lookup_elem(&open_sockets, &file);
}

static __always_inline struct open_socket *socket_followed(struct file *file)
{
	struct open_socket *open = bpf_map_lookup_elem(&open_sockets, &file);

	return open ? open : follow_socket(file, 0);
}

static __always_inline void socket_moved(struct file *file, __u64 sent, __u64 received)
{
	struct open_socket *open = socket_followed(file);

	if (!open)
		return;
	if (sent)
		__sync_fetch_and_add(&open->sent, sent);
	if (received)
		__sync_fetch_and_add(&open->received, received);
}

static __always_inline struct socket *socket_of(struct file *file)
{
	return file && mode_of(file) == MODE_SOCKET ? BPF_CORE_READ(file, private_data) : NULL;
}

static __always_inline __u32 append_socket_name(struct scratch *s, struct sock *sk)
{
	struct unix_address *name = sk ? BPF_CORE_READ((struct unix_sock *)sk, addr) : NULL;
	__u32 tail = s->tail, size;
	__u8 *path;

	if (!name)
		return 0;
	size = BPF_CORE_READ(name, len) - UNIX_FAMILY_SIZE;
	path = (__u8 *)name + bpf_core_field_offset(struct unix_address, name) + UNIX_FAMILY_SIZE;
	if (!size)
		return 0;
	asm volatile("" : "+r"(size), "+r"(tail));
	if (size > UNIX_PATH_MAX || tail > TAIL_MAX || bpf_probe_read_kernel(s->data + tail, size, path))
		return 0;
	if (!s->data[tail])
		s->data[tail] = '@';
	else if (!s->data[(tail + size - 1) & 0xffff])
		size--;
	s->tail = tail + size;
	return size;
}

/* The kernel's own view of a socket, in scratch. `own`: its own address, else the peer's. */
static __noinline void describe_socket(struct scratch *s, struct socket *socket, bool own)
{
	struct net_record *r = (struct net_record *)s->data;
	struct sock *sk = socket ? BPF_CORE_READ(socket, sk) : NULL;
	struct sock *peer;

	if (!sk)
		return;
	r->type = BPF_CORE_READ(socket, type);
	r->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	r->protocol = BPF_CORE_READ(sk, sk_protocol);
	if (r->family == AF_UNIX_VALUE) {
		peer = own ? sk : BPF_CORE_READ((struct unix_sock *)sk, peer);
		r->path_size = append_socket_name(s, peer);
		if (!r->path_size && !own)
			r->path_size = append_socket_name(s, sk);
		return;
	}
	if (r->family != AF_INET_VALUE && r->family != AF_INET6_VALUE)
		return;
	r->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	/* When both ends have closed, TCP gives the port back; where it was stays. */
	if (!r->local_port)
		r->local_port = __builtin_bswap16(BPF_CORE_READ((struct inet_sock *)sk, inet_sport));
	r->port = own ? r->local_port : __builtin_bswap16(BPF_CORE_READ(sk, __sk_common.skc_dport));
	if (r->family == AF_INET_VALUE) {
		__u32 addr = own ? BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr) : BPF_CORE_READ(sk, __sk_common.skc_daddr);

		__builtin_memcpy(r->addr, &addr, sizeof(addr));
	} else if (own) {
		BPF_CORE_READ_INTO((struct in6_addr *)r->addr, sk, __sk_common.skc_v6_rcv_saddr);
	} else {
		BPF_CORE_READ_INTO((struct in6_addr *)r->addr, sk, __sk_common.skc_v6_daddr);
	}
}

static __always_inline struct scratch *start_net_record(__u16 type)
{
	struct scratch *s = start_record(type, sizeof(struct net_record), (struct task_struct *)bpf_get_current_task());

	if (s)
		__builtin_memset(s->data + sizeof(struct record_header), 0, sizeof(struct net_record) - sizeof(struct record_header));
	return s;
}

static __always_inline bool is_told_family(__u32 family)
{
	return family == AF_INET_VALUE || family == AF_INET6_VALUE || family == AF_UNIX_VALUE;
}

static __noinline void emit_socket_close(struct file *file, struct open_socket *open, __u16 flags)
{
	struct scratch *s = start_net_record(RECORD_NET_CLOSE);
	struct net_record *r;

	if (!s)
		return;
	r = (struct net_record *)s->data;
	r->h.flags |= flags;
	r->sent = open->sent;
	r->received = open->received;
	describe_socket(s, socket_of(file), false);
	if (is_told_family(r->family))
		finish_record_at(s, LEVEL_NET, LOSS_NET);
}

/* `exits`: because the process does. What it inherited, others go on with: then its share is told. */
__noinline int socket_closing(__u64 address, __u32 first, __u32 last, __u32 exits)
{
	struct file *file = (struct file *)address;
	struct open_socket *open = bpf_map_lookup_elem(&open_sockets, &file);
	bool inherited;

	if (!open)
		return 0;
	inherited = exits && !(open->flags & SOCKET_MADE);
	if (!inherited && !drops_last(address, 0, first, last, 0))
		return 0;
	if (!(open->flags & SOCKET_PAIR) || open->sent || open->received)
		emit_socket_close(file, open, exits ? FLAG_IMPLICIT : 0);
	bpf_map_delete_elem(&open_sockets, &file);
	return 0;
}

#endif
