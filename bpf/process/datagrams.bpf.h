/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Datagrams: to whom the first one goes, and those of DNS, which tell the names of addresses. */
#ifndef AGENTSIGHT_DATAGRAMS_BPF_H
#define AGENTSIGHT_DATAGRAMS_BPF_H

#include "network.bpf.h"

/* A message of DNS over UDP is rarely longer (EDNS, RFC 6891). */
#define DNS_MAX 1500
/* sendmmsg(2) takes as many (UIO_MAXIOV); a resolver sends two. */
#define MESSAGES_MAX 1024
#define MESSAGES_LEAST 16
#define MESSAGE_SIZE 64
#define COMPAT_MESSAGE_SIZE 32

struct sent_key {
	__u64 file;
	__u8 addr[16];
	__u32 family;
	__u32 port;
};

/* Whom a socket has sent to already. Who falls out of it is told once more. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct sent_key);
	__type(value, __u32);
} sent_to SEC(".maps");

/* Not connected, and never sent there before. The address is in scratch. */
static __always_inline void first_datagram(struct file *file, struct scratch *s)
{
	struct net_record *r = (struct net_record *)s->data;
	struct sent_key key = { .file = (__u64)file, .family = r->family, .port = r->port };
	__u32 seen = 1;

	if (r->family == AF_UNIX_VALUE) {
		/* As good as the whole name to tell them apart, for one socket. */
		key.port = r->path_size;
		bpf_probe_read_kernel(key.addr, sizeof(key.addr), s->data + sizeof(*r));
	} else {
		__builtin_memcpy(key.addr, r->addr, sizeof(key.addr));
	}
	if (bpf_map_update_elem(&sent_to, &key, &seen, BPF_NOEXIST))
		return;
	r->type = SOCK_DGRAM_VALUE;
	finish_record_at(s, LEVEL_NET, LOSS_NET);
}

static __always_inline void emit_net_data(struct scratch *s, struct net_data_record *from, __u64 buffer, __u32 length)
{
	struct net_data_record *r = (struct net_data_record *)s->data;

	fill_header(&r->h, RECORD_NET_DATA, (struct task_struct *)bpf_get_current_task());
	r->family = from->family;
	r->port = from->port;
	r->content = from->content;
	r->direction = from->direction;
	r->length = length;
	__builtin_memcpy(r->addr, from->addr, sizeof(r->addr));
	asm volatile("" : "+r"(length));
	if (length > NET_DATA_MAX)
		return;
	if (bpf_probe_read_user(s->data + sizeof(*r), length, (void *)buffer)) {
		count_loss(LOSS_NET, 1);
		return;
	}
	s->tail = sizeof(*r) + length;
	finish_record_at(s, LEVEL_NET, LOSS_NET);
}

/* `name`: where to, or where from; 0 when the socket is connected. */
__noinline int datagram_passed(__u64 address, __u64 name, __u64 buffer, __u32 length, __u32 direction)
{
	struct file *file = (struct file *)address;
	struct socket *socket = BPF_CORE_READ(file, private_data);
	struct net_data_record data = { .content = NET_CONTENT_DNS, .direction = direction };
	struct scratch *s;
	struct net_record *r;

	if (!socket || BPF_CORE_READ(socket, type) != SOCK_DGRAM_VALUE)
		return 0;
	s = start_net_record(RECORD_NET_SEND);
	if (!s)
		return 0;
	r = (struct net_record *)s->data;
	if (name) {
		if (!read_address(s, name, UNIX_FAMILY_SIZE + UNIX_PATH_MAX) || !is_told_family(r->family))
			return 0;
	} else {
		describe_socket(s, socket, false);
	}
	data.family = r->family;
	data.port = r->port;
	__builtin_memcpy(data.addr, r->addr, sizeof(data.addr));
	if (name && direction == TLS_SEND)
		first_datagram(file, s);
	if (data.port == DNS_PORT && data.family != AF_UNIX_VALUE && length)
		emit_net_data(s, &data, buffer, length < DNS_MAX ? length : DNS_MAX);
	return 0;
}

struct message_head {
	__u64 name;
	__u64 name_length;
	__u64 iov;
	__u64 iov_length;
};

/* `message`: a struct user_msghdr, whose first buffer is as much as is looked at. */
__noinline int datagram_message_passed(__u64 address, __u64 message, __u32 length, __u32 direction)
{
	struct message_head head = {};
	__u64 iov[2] = {};

	if (bpf_probe_read_user(&head, sizeof(head), (void *)message) || !head.iov ||
	    bpf_probe_read_user(iov, sizeof(iov), (void *)head.iov))
		return 0;
	return datagram_passed(address, (__u32)head.name_length ? head.name : 0, iov[0], iov[1] < length ? iov[1] : length, direction);
}

struct messages_walk {
	__u64 file;
	__u64 at;
	__u64 bytes;
	__u32 count;
	__u32 direction;
	__u32 compat;
	__u32 reserved;
};

static long message_step(__u32 index, void *context)
{
	struct messages_walk *walk = context;
	__u32 length = 0, size = walk->compat ? COMPAT_MESSAGE_SIZE : MESSAGE_SIZE;

	if (index >= walk->count)
		return 1;
	/* Its length stands behind its header. */
	if (bpf_probe_read_user(&length, sizeof(length), (void *)(walk->at + (walk->compat ? 28 : 56))))
		return 1;
	walk->bytes += length;
	if (!walk->compat)
		datagram_message_passed(walk->file, walk->at, length, walk->direction);
	walk->at += size;
	return 0;
}

/* sendmmsg and recvmmsg: the result is a number of messages. */
__noinline int messages_passed(__u32 direction)
{
	struct call *c = call_of_cpu();
	struct file *file = c ? socket_argument(c) : NULL;
	struct messages_walk walk = { .file = (__u64)file, .direction = direction };

	if (!file || c->result <= 0)
		return 0;
	walk.at = argument(c, 2);
	walk.count = c->result;
	walk.compat = c->compat;
	LOOP(MESSAGES_MAX, message_step, &walk, MESSAGES_LEAST);
	socket_moved(file, direction == TLS_SEND ? walk.bytes : 0, direction == TLS_RECV ? walk.bytes : 0);
	return 0;
}

#endif
