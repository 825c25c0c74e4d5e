/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Connections made, with their final result: a nonblocking connect is reported when TCP knows how it ended. */
#ifndef AGENTSIGHT_NETWORK_BPF_H
#define AGENTSIGHT_NETWORK_BPF_H

#include "sockets.bpf.h"

/* Nonblocking connects on their way, by socket. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct sock *);
	__type(value, struct net_connect_record);
} connecting SEC(".maps");

struct sockaddr_any {
	__u16 family;
	__u16 port;
	__u8 v4[4];
	__u8 v6[16];
};

__noinline int net_connected(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct call *c = call_of_cpu();
	unsigned long pointer = c ? argument(c, 2) : 0;
	__s32 fd = c ? (__s32)argument(c, 1) : -1;
	long result = c ? c->result : 0;
	struct net_connect_record r = {};
	struct sockaddr_any to = {};

	if (bpf_probe_read_user(&to, 8, (void *)pointer)) {
		/* The kernel could read it: a connect that we cannot name. */
		if (result != -EFAULT_VALUE)
			count_loss(LOSS_NET, 1);
		return 0;
	}
	if (to.family == AF_INET6_VALUE) {
		/* sockaddr_in6: family, port, flow label, address. */
		if (bpf_probe_read_user(&to.v6, 16, (void *)(pointer + 8))) {
			if (result != -EFAULT_VALUE)
				count_loss(LOSS_NET, 1);
			return 0;
		}
		__builtin_memcpy(r.addr, to.v6, 16);
	} else if (to.family == AF_INET_VALUE) {
		__builtin_memcpy(r.addr, to.v4, 4);
	} else {
		return 0;
	}
	fill_header(&r.h, RECORD_NET_CONNECT, task);
	r.h.size = sizeof(r);
	r.family = to.family;
	r.port = __builtin_bswap16(to.port);
	r.result = result;
	if (result == -EINPROGRESS_VALUE) {
		struct file *file = file_of(task, fd);
		struct socket *socket = file ? BPF_CORE_READ(file, private_data) : NULL;
		struct sock *sk = socket ? BPF_CORE_READ(socket, sk) : NULL;

		if (sk) {
			/* Stored before the state is read, so that a change in between finds it. */
			bpf_map_update_elem(&connecting, &sk, &r, BPF_ANY);
			if (BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_SYN_SENT_VALUE)
				return 0;
			/* On loopback the answer is often there already. Whoever deletes the entry reports it. */
			if (bpf_map_delete_elem(&connecting, &sk))
				return 0;
			r.result = BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_CLOSE_VALUE ? -BPF_CORE_READ(sk, sk_err) : 0;
		}
	}
	emit(&control, &r, sizeof(r), LOSS_NET);
	return 0;
}

/* Runs in whatever context the packet arrived in: everything about the caller is in the map. */
SEC("tp_btf/inet_sock_set_state")
int on_sock_state(__u64 *ctx)
{
	struct sock *sk = (struct sock *)ctx[0];
	int before = (int)ctx[1], after = (int)ctx[2];
	struct net_connect_record *pending, r;

	if (before != TCP_SYN_SENT_VALUE)
		return 0;
	pending = bpf_map_lookup_elem(&connecting, &sk);
	if (!pending)
		return 0;
	r = *pending;
	if (bpf_map_delete_elem(&connecting, &sk))
		return 0;
	r.h.ts = bpf_ktime_get_boot_ns();
	r.result = after == TCP_CLOSE_VALUE ? -BPF_CORE_READ(sk, sk_err) : 0;
	emit(&control, &r, sizeof(r), LOSS_NET);
	return 0;
}

#endif
