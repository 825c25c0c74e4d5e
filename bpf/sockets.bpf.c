// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* Who holds which socket: loaded when somebody asks, runs when it is read. */
#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "socket_entry.h"

#define FORMAT_MASK 0170000
#define FORMAT_SOCKET 0140000
#define FAMILY_UNIX 1
#define FAMILY_INET 2
#define FAMILY_INET6 10
#define UNIX_FAMILY_SIZE 2
#define UNIX_PATH_MAX 108

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

struct ns_common___listed {
	__u32 inum;
};

struct net {
	struct ns_common___listed ns;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct sock_common___listed {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};

struct sock___listed {
	struct sock_common___listed __sk_common;
};

#pragma clang attribute pop

/* A function of its own, so that the BTF has the layout of what it fills. */
static __noinline void fill_inet(struct socket_entry *e, struct sock___listed *sk)
{
	e->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	e->remote_port = __builtin_bswap16(BPF_CORE_READ(sk, __sk_common.skc_dport));
	if (e->family == FAMILY_INET) {
		BPF_CORE_READ_INTO((__be32 *)e->local, sk, __sk_common.skc_rcv_saddr);
		BPF_CORE_READ_INTO((__be32 *)e->remote, sk, __sk_common.skc_daddr);
	} else {
		BPF_CORE_READ_INTO((struct in6_addr *)e->local, sk, __sk_common.skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO((struct in6_addr *)e->remote, sk, __sk_common.skc_v6_daddr);
	}
}

SEC("iter/task_file")
int list_sockets(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct socket_entry e = {};
	char path[UNIX_PATH_MAX] = {};
	struct sock___listed *sk;
	struct socket *socket;

	if (!task || !file || (BPF_CORE_READ(file, f_inode, i_mode) & FORMAT_MASK) != FORMAT_SOCKET)
		return 0;
	socket = BPF_CORE_READ(file, private_data);
	sk = (struct sock___listed *)BPF_CORE_READ(socket, sk);
	if (!sk)
		return 0;
	e.family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if (e.family != FAMILY_UNIX && e.family != FAMILY_INET && e.family != FAMILY_INET6)
		return 0;
	e.start = BPF_CORE_READ(task, group_leader, start_boottime);
	e.pid = BPF_CORE_READ(task, tgid);
	BPF_CORE_READ_INTO(&e.comm, task, group_leader, comm);
	e.socket = (__u64)sk;
	e.type = BPF_CORE_READ(socket, type);
	e.state = BPF_CORE_READ(sk, __sk_common.skc_state);
	e.netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	if (e.family == FAMILY_UNIX) {
		struct unix_address *name = BPF_CORE_READ((struct unix_sock *)sk, addr);
		int size = name ? BPF_CORE_READ(name, len) - UNIX_FAMILY_SIZE : 0;

		e.peer = (__u64)BPF_CORE_READ((struct unix_sock *)sk, peer);
		if (size > 0 && size <= UNIX_PATH_MAX) {
			const void *at = (void *)name + bpf_core_field_offset(struct unix_address, name) + UNIX_FAMILY_SIZE;

			if (!bpf_probe_read_kernel(path, size, at))
				e.path_size = size;
		}
	} else {
		fill_inet(&e, sk);
	}
	/* A second write that does not fit makes the kernel take back the first. */
	bpf_seq_write(ctx->meta->seq, &e, sizeof(e));
	if (e.path_size && e.path_size <= UNIX_PATH_MAX)
		bpf_seq_write(ctx->meta->seq, path, e.path_size);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
