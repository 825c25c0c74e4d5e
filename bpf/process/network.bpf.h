/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Sockets made, bound, listened on, accepted and connected: a nonblocking connect is told when TCP knows how it ended. */
#ifndef AGENTSIGHT_NETWORK_BPF_H
#define AGENTSIGHT_NETWORK_BPF_H

#include "sockets.bpf.h"

/* Nonblocking connects on their way, by socket. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, struct sock *);
	__type(value, struct net_record);
} connecting SEC(".maps");

/* sockaddr_in and the head of sockaddr_in6; an address of IPv6 lies behind the flow label. */
struct sockaddr_head {
	__u16 family;
	__be16 port;
	__u8 v4[4];
};

/* Puts an address of the caller's into the record; false when it cannot be read. Families that are not told stay 0. */
static __noinline bool read_address(struct scratch *s, __u64 pointer, __u32 length)
{
	struct net_record *r = (struct net_record *)s->data;
	struct sockaddr_head head = {};
	__u32 tail = s->tail, size;

	/* Nothing is named. */
	if (length < sizeof(head.family))
		return true;
	if (bpf_probe_read_user(&head, length < sizeof(head) ? 2 : sizeof(head), (void *)pointer))
		return false;
	r->family = head.family;
	if (head.family == AF_INET_VALUE) {
		r->port = __builtin_bswap16(head.port);
		__builtin_memcpy(r->addr, head.v4, 4);
		return true;
	}
	if (head.family == AF_INET6_VALUE) {
		r->port = __builtin_bswap16(head.port);
		return !bpf_probe_read_user(r->addr, 16, (void *)(pointer + 8));
	}
	if (head.family != AF_UNIX_VALUE)
		return true;
	size = length - UNIX_FAMILY_SIZE;
	if (!size)
		return true;
	asm volatile("" : "+r"(size), "+r"(tail));
	if (size > UNIX_PATH_MAX || tail > TAIL_MAX)
		return true;
	if (bpf_probe_read_user(s->data + tail, size, (void *)(pointer + UNIX_FAMILY_SIZE)))
		return false;
	if (s->data[tail]) {
		/* A path ends at its NUL, whatever the length says. */
		long named = bpf_probe_read_user_str(s->data + tail, UNIX_PATH_MAX + 1, (void *)(pointer + UNIX_FAMILY_SIZE));

		if (named > 0 && (__u32)named - 1 < size)
			size = named - 1;
	} else {
		s->data[tail] = '@';
	}
	r->path_size = size;
	s->tail = tail + size;
	return true;
}

static __always_inline struct file *socket_argument(struct call *c)
{
	struct file *file = file_of((struct task_struct *)bpf_get_current_task(), (__s32)argument(c, 1));

	return file && mode_of(file) == MODE_SOCKET ? file : NULL;
}

static __always_inline __u16 type_of_socket(struct file *file)
{
	struct socket *socket = file ? BPF_CORE_READ(file, private_data) : NULL;

	return socket ? BPF_CORE_READ(socket, type) : 0;
}

/* Closed before there was an answer: it stays what the caller was told. */
static __always_inline __s32 outcome_of(struct sock *sk, int state)
{
	int error = BPF_CORE_READ(sk, sk_err);

	return state != TCP_CLOSE_VALUE ? 0 : error ? -error : -EINPROGRESS_VALUE;
}

/* Nothing is known yet of how it ends: true when somebody else will tell. */
static __always_inline bool connects_later(struct scratch *s, struct file *file)
{
	struct net_record *r = (struct net_record *)s->data;
	struct socket *socket = BPF_CORE_READ(file, private_data);
	struct sock *sk = socket ? BPF_CORE_READ(socket, sk) : NULL;

	if (!sk || r->family == AF_UNIX_VALUE)
		return false;
	r->h.size = sizeof(*r);
	/* Stored before the state is read, so that a change in between finds it. */
	if (bpf_map_update_elem(&connecting, &sk, r, BPF_ANY)) {
		count_loss(LOSS_CALLS_FULL, 1);
		return false;
	}
	if (BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_SYN_SENT_VALUE)
		return true;
	/* On loopback the answer is often there already. Whoever deletes the entry reports it. */
	if (bpf_map_delete_elem(&connecting, &sk))
		return true;
	r->result = outcome_of(sk, BPF_CORE_READ(sk, __sk_common.skc_state));
	return false;
}

/* The socket is the running call's first argument. */
__noinline int connect_ended(__u64 name, __u32 length, __s32 result, __u64 since)
{
	struct call *c = call_of_cpu();
	struct scratch *s = start_net_record(RECORD_NET_CONNECT);
	struct net_record *r;
	struct file *file;

	if (!c || !s)
		return 0;
	r = (struct net_record *)s->data;
	file = socket_argument(c);
	if (!read_address(s, name, length)) {
		/* The kernel could read it: a connect that we cannot name. */
		if (result != -EFAULT_VALUE)
			count_loss(LOSS_NET, 1);
		return 0;
	}
	/* AF_UNSPEC takes a connection back. */
	if (!is_told_family(r->family))
		return 0;
	r->type = type_of_socket(file);
	r->since = since;
	r->result = result;
	if (result == -EINPROGRESS_VALUE && file && connects_later(s, file))
		return 0;
	finish_record_at(s, LEVEL_MUST, LOSS_NET);
	return 0;
}

__noinline int connect_returned(void)
{
	struct call *c = call_of_cpu();
	struct inside *entry = inside_of_current(CALL_CONNECT);
	__u64 since = entry ? entry->since : bpf_ktime_get_boot_ns();

	if (entry)
		leave_call();
	return c ? connect_ended(argument(c, 2), argument(c, 3), c->result, since) : 0;
}

/* Runs in whatever context the packet arrived in: everything about the caller is in the map. */
SEC("tp_btf/inet_sock_set_state")
int on_sock_state(__u64 *ctx)
{
	struct sock *sk = (struct sock *)ctx[0];
	int before = (int)ctx[1], after = (int)ctx[2];
	struct net_record *pending, r;

	if (before != TCP_SYN_SENT_VALUE)
		return 0;
	pending = bpf_map_lookup_elem(&connecting, &sk);
	if (!pending)
		return 0;
	r = *pending;
	if (bpf_map_delete_elem(&connecting, &sk))
		return 0;
	r.h.ts = bpf_ktime_get_boot_ns();
	r.result = outcome_of(sk, after);
	emit(&control, &r, sizeof(r), LOSS_NET);
	return 0;
}

static __always_inline void socket_made(struct call *c, struct net_record *r)
{
	struct file *file = c->result < 0 ? NULL : file_of((struct task_struct *)bpf_get_current_task(), (__s32)c->result);

	r->family = argument(c, 1);
	r->type = argument(c, 2) & SOCK_TYPE_MASK;
	r->protocol = argument(c, 3);
	if (file)
		follow_socket(file, SOCKET_MADE);
}

static __always_inline bool socket_accepted(struct call *c, struct scratch *s)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct file *file;

	/* Nobody was there: no attempt of anybody's. */
	if (c->result == -EAGAIN_VALUE)
		return false;
	if (c->result < 0) {
		describe_socket(s, socket_of(socket_argument(c)), true);
		return true;
	}
	file = file_of(task, (__s32)c->result);
	if (file)
		follow_socket(file, SOCKET_MADE);
	describe_socket(s, socket_of(file), false);
	return true;
}

static __always_inline void socket_bound(struct call *c, struct scratch *s)
{
	struct net_record *r = (struct net_record *)s->data;
	struct file *file = socket_argument(c);

	if (!read_address(s, argument(c, 2), argument(c, 3)) && c->result != -EFAULT_VALUE)
		count_loss(LOSS_NET, 1);
	r->type = type_of_socket(file);
	if (c->result || !file)
		return;
	/* Port 0 asks for any, and so does a unix address without a path. */
	s->tail = sizeof(*r);
	r->path_size = 0;
	describe_socket(s, socket_of(file), true);
}

/* socket, bind, listen and accept. */
__noinline int socket_call_returned(void)
{
	struct call *c = call_of_cpu();
	__u32 operation = c ? c->shape.operation : 0;
	struct scratch *s = start_net_record(operation == CALL_SOCKET ? RECORD_NET_SOCKET :
					     operation == CALL_BIND   ? RECORD_NET_BIND :
					     operation == CALL_LISTEN ? RECORD_NET_LISTEN :
									RECORD_NET_ACCEPT);
	struct net_record *r;

	if (!c || !s)
		return 0;
	r = (struct net_record *)s->data;
	r->result = c->result < 0 ? c->result : 0;
	if (operation == CALL_SOCKET) {
		socket_made(c, r);
	} else if (operation == CALL_BIND) {
		socket_bound(c, s);
	} else if (operation == CALL_LISTEN) {
		r->backlog = argument(c, 2);
		describe_socket(s, socket_of(socket_argument(c)), true);
	} else if (!socket_accepted(c, s)) {
		return 0;
	}
	if (operation == CALL_SOCKET || is_told_family(r->family))
		finish_record_at(s, LEVEL_NET, LOSS_NET);
	return 0;
}

__noinline int socket_pair_made(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct call *c = call_of_cpu();
	__s32 fds[2];

	if (!c || c->result || bpf_probe_read_user(fds, sizeof(fds), (void *)argument(c, 4)))
		return 0;
	for (int i = 0; i < 2; i++) {
		struct file *file = file_of(task, fds[i]);

		if (file)
			follow_socket(file, SOCKET_MADE | SOCKET_PAIR);
	}
	return 0;
}

#endif
