/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What passes through sockets, as far as it tells where datagrams go and what addresses are called. */
#ifndef AGENTSIGHT_DATAGRAMS_BPF_H
#define AGENTSIGHT_DATAGRAMS_BPF_H

#include "network.bpf.h"

/* Of one call; resolvers use one or two (the length of a message over TCP is one of its own). */
#define PIECES_MAX 4
/* The header of a DNS message. */
#define DNS_LEAST 12
/* sendmmsg(2) takes as many (UIO_MAXIOV); a resolver sends two. */
#define MESSAGES_MAX 1024
#define MESSAGES_LEAST 16
/* struct mmsghdr: a struct user_msghdr, and behind it the length that passed. */
#define MESSAGE_SIZE 64
#define MESSAGE_LENGTH 56
#define COMPAT_MESSAGE_SIZE 32
#define COMPAT_MESSAGE_LENGTH 28

struct iovec_value {
	__u64 base;
	__u64 length;
};

/* One message, where the caller has it. */
struct message {
	__u64 file;
	__u64 name;		/* of the other end; 0: the socket is connected */
	__u64 memory;
	__u64 length;		/* bytes that passed */
	__u32 name_length;
	__u32 pieces;		/* `memory` are as many iovecs; 0: it is one buffer */
	__u32 direction;
	__u32 compat;
};

/* Not on the stack: functions that are verified by themselves take numbers only. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct message);
} current_message SEC(".maps");

static __always_inline struct message *message_of_cpu(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&current_message, &zero);
}

struct sent_key {
	__u64 socket;	/* inode: the address of a closed one is given again at once */
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

#define UNIX_WORDS ((UNIX_PATH_MAX + 7) / 8)
#define HASH_PRIME 0x9e3779b97f4a7c15ULL

/* Of a unix name in the tail of a record, whose rest is zero: 128 bits stand for all of it. */
static __always_inline void hash_path(struct scratch *s, struct sent_key *key)
{
	__u64 *words = (__u64 *)(s->data + sizeof(struct net_record)), a = 0, b = HASH_PRIME;

	for (int i = 0; i < UNIX_WORDS; i++) {
		a = (a ^ words[i]) * HASH_PRIME;
		a ^= a >> 29;
		b = (b + words[i]) * (HASH_PRIME + 2 * i);
		b ^= b >> 31;
	}
	((__u64 *)key->addr)[0] = a;
	((__u64 *)key->addr)[1] = b;
}

/* Tells of an address that the socket has never sent to before. It is in scratch. */
static __noinline void first_datagram(struct message *m, struct scratch *s)
{
	struct net_record *r = (struct net_record *)s->data;
	struct sent_key key = { .family = r->family, .port = r->port };
	struct file *file = (struct file *)m->file;
	__u32 seen = 1;

	key.socket = BPF_CORE_READ(file, f_inode, i_ino);
	if (r->family == AF_UNIX_VALUE)
		hash_path(s, &key);
	else
		__builtin_memcpy(key.addr, r->addr, sizeof(key.addr));
	if (!bpf_map_update_elem(&sent_to, &key, &seen, BPF_NOEXIST))
		finish_record_at(s, LEVEL_NET, LOSS_NET);
}

static __always_inline bool read_piece(struct message *m, __u32 index, struct iovec_value *piece)
{
	__u32 compat[2];

	if (!m->pieces) {
		piece->base = m->memory;
		piece->length = m->length;
		return !index;
	}
	if (index >= m->pieces)
		return false;
	if (!m->compat)
		return !bpf_probe_read_user(piece, sizeof(*piece), (void *)(m->memory + index * sizeof(*piece)));
	if (bpf_probe_read_user(compat, sizeof(compat), (void *)(m->memory + index * sizeof(compat))))
		return false;
	piece->base = compat[0];
	piece->length = compat[1];
	return true;
}

/* The message's bytes, with the address that is in scratch. */
__noinline int emit_message(__u32 content, __u32 flags)
{
	struct message *m = message_of_cpu();
	struct scratch *s = scratch_of_cpu();
	struct net_record *r;
	struct net_data_record *data;
	__u16 family, port;
	__u64 left;
	__u8 addr[16];
	__u32 at = 0;

	if (!m || !s)
		return 0;
	r = (struct net_record *)s->data;
	family = r->family;
	port = r->port;
	__builtin_memcpy(addr, r->addr, sizeof(addr));
	data = (struct net_data_record *)s->data;
	fill_header(&data->h, RECORD_NET_DATA, (struct task_struct *)bpf_get_current_task());
	data->h.flags = flags;
	data->family = family;
	data->port = port;
	data->content = content;
	data->direction = m->direction;
	data->whole = m->length;
	data->reserved = 0;
	__builtin_memcpy(data->addr, addr, sizeof(addr));
	left = m->length < NET_DATA_MAX ? m->length : NET_DATA_MAX;
	for (int i = 0; i < PIECES_MAX; i++) {
		struct iovec_value piece = {};
		__u64 size;

		if (!left || !read_piece(m, i, &piece))
			break;
		size = piece.length < left ? piece.length : left;
		asm volatile("" : "+r"(size), "+r"(at));
		if (size > NET_DATA_MAX)
			break;
		if (at > NET_DATA_MAX)
			break;
		if (bpf_probe_read_user(s->data + sizeof(*data) + at, size, (void *)piece.base)) {
			count_loss(LOSS_NET, 1);
			return 0;
		}
		at += size;
		left -= size;
	}
	data->length = at;
	s->tail = sizeof(*data) + at;
	finish_record_at(s, LEVEL_NET, LOSS_NET);
	return 0;
}

/* Whom the socket is connected to, in scratch. */
__noinline int describe_message(__u64 address)
{
	struct scratch *s = start_net_record(RECORD_NET_DATA);

	if (s)
		describe_socket(s, socket_of((struct file *)address), false);
	return 0;
}

static __always_inline bool is_internet(__u32 family)
{
	return family == AF_INET_VALUE || family == AF_INET6_VALUE;
}

/* To a name: told when it is the first. True when its bytes are to be looked at. */
static __always_inline bool datagram_addressed(struct message *m, struct scratch *s, struct socket *socket, __u32 type)
{
	struct net_record *r = (struct net_record *)s->data;

	__builtin_memset(s->data + sizeof(*r), 0, 8 * UNIX_WORDS);
	if (!read_address(s, m->name, m->name_length)) {
		count_loss(LOSS_NET, 1);
		return false;
	}
	/* As UDP takes it (RFC 768 knows no families). */
	if (!r->family && m->name_length >= sizeof(struct sockaddr_head) && BPF_CORE_READ(socket, sk, __sk_common.skc_family) == AF_INET_VALUE) {
		struct sockaddr_head head = {};

		bpf_probe_read_user(&head, sizeof(head), (void *)m->name);
		r->family = AF_INET_VALUE;
		r->port = __builtin_bswap16(head.port);
		__builtin_memcpy(r->addr, head.v4, 4);
	}
	if (!is_told_family(r->family))
		return false;
	/* Below UDP there are no ports. */
	if (type == SOCK_RAW_VALUE)
		r->port = 0;
	r->type = type;
	first_datagram(m, s);
	return is_internet(r->family) && r->port == DNS_PORT;
}

/* The message that is in `current_message`. */
__noinline int message_passed(void)
{
	struct message *m = message_of_cpu();
	struct scratch *s;
	struct sockaddr_head head = {};
	struct socket *socket;
	struct sock *sk;
	struct file *file = m ? (struct file *)m->file : NULL;
	__u32 type, family;
	bool connected;

	socket = file ? BPF_CORE_READ(file, private_data) : NULL;
	sk = socket ? BPF_CORE_READ(socket, sk) : NULL;
	if (!sk)
		return 0;
	type = BPF_CORE_READ(socket, type);
	family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if (type != SOCK_DGRAM_VALUE && type != SOCK_RAW_VALUE && (type != SOCK_STREAM_VALUE || !is_internet(family)))
		return 0;
	/* A stream goes where it is connected to, whatever name is given with it. */
	connected = type == SOCK_STREAM_VALUE || !m->name;
	if (connected) {
		if (!is_internet(family) || type == SOCK_RAW_VALUE ||
		    BPF_CORE_READ(sk, __sk_common.skc_dport) != __builtin_bswap16(DNS_PORT))
			return 0;
	} else if (m->direction == TLS_RECV) {
		if (!is_internet(family) || type == SOCK_RAW_VALUE ||
		    bpf_probe_read_user(&head, sizeof(head), (void *)m->name) || head.port != __builtin_bswap16(DNS_PORT))
			return 0;
	}
	s = start_net_record(RECORD_NET_SEND);
	if (!s)
		return 0;
	if (connected)
		describe_socket(s, socket, false);
	else if (m->direction == TLS_SEND) {
		if (!datagram_addressed(m, s, socket, type))
			return 0;
	} else if (!read_address(s, m->name, m->name_length)) {
		return 0;
	}
	if (m->length >= DNS_LEAST)
		emit_message(type == SOCK_STREAM_VALUE ? NET_CONTENT_DNS_STREAM : NET_CONTENT_DNS, 0);
	return 0;
}

/* struct user_msghdr, as far as it is looked at. */
struct message_head {
	__u64 name;
	__u64 name_length;
	__u64 iov;
	__u64 iov_length;
};

struct compat_message_head {
	__u32 name;
	__u32 name_length;
	__u32 iov;
	__u32 iov_length;
};

static __always_inline bool read_message_head(struct message *m, __u64 address)
{
	struct compat_message_head compat;
	struct message_head head;

	if (m->compat) {
		if (bpf_probe_read_user(&compat, sizeof(compat), (void *)address))
			return false;
		head = (struct message_head){ compat.name, compat.name_length, compat.iov, compat.iov_length };
	} else if (bpf_probe_read_user(&head, sizeof(head), (void *)address)) {
		return false;
	}
	m->name = (__u32)head.name_length ? head.name : 0;
	m->name_length = head.name_length;
	m->memory = head.iov;
	m->pieces = head.iov_length;
	return head.iov_length;
}

/* A connect within a send: TCP Fast Open (RFC 7413). */
__noinline int fast_opened(void)
{
	struct call *c = call_of_cpu();
	struct message *m = message_of_cpu();
	struct socket *socket = c ? socket_of(socket_argument(c)) : NULL;

	if (!m || !socket || BPF_CORE_READ(socket, type) != SOCK_STREAM_VALUE ||
	    !is_internet(BPF_CORE_READ(socket, sk, __sk_common.skc_family)))
		return 0;
	m->compat = c->compat;
	m->name = argument(c, 5);
	m->name_length = argument(c, 6);
	if (c->shape.operation == CALL_SENDMSG && !read_message_head(m, argument(c, 2)))
		return 0;
	/* What was sent may be on its way with the first packet. */
	return m->name ? connect_ended(m->name, m->name_length, c->result < 0 ? c->result : -EINPROGRESS_VALUE,
				       bpf_ktime_get_boot_ns()) : 0;
}

/* What the running call passed through a socket. */
__noinline int call_passed(__u64 file, __u32 direction)
{
	struct call *c = call_of_cpu();
	struct message *m = message_of_cpu();

	if (!c || !m)
		return 0;
	m->file = file;
	m->direction = direction;
	m->compat = c->compat;
	m->name = 0;
	m->name_length = 0;
	m->memory = argument(c, 2);
	m->pieces = 0;
	m->length = c->result;
	switch (c->shape.operation) {
	case CALL_READV:
	case CALL_WRITEV:
		m->pieces = argument(c, 3);
		break;
	case CALL_SENDTO:
		m->name = argument(c, 5);
		m->name_length = argument(c, 6);
		break;
	case CALL_RECVFROM:
		m->name = argument(c, 5);
		m->name_length = SOCKADDR_IN6_SIZE;
		/* With MSG_TRUNC the result is what there was. */
		if (m->length > argument(c, 3))
			m->length = argument(c, 3);
		break;
	case CALL_SENDMSG:
	case CALL_RECVMSG:
		if (!read_message_head(m, argument(c, 2)))
			return 0;
		break;
	}
	return message_passed();
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

/* Of an array of them; gives how many bytes passed. */
__noinline int array_message_passed(__u64 file, __u64 at, __u32 direction, __u32 compat)
{
	struct message *m = message_of_cpu();
	__u32 length = 0;

	if (!m || bpf_probe_read_user(&length, sizeof(length), (void *)(at + (compat ? COMPAT_MESSAGE_LENGTH : MESSAGE_LENGTH))))
		return 0;
	m->file = file;
	m->direction = direction;
	m->compat = compat;
	m->length = length;
	if (read_message_head(m, at))
		message_passed();
	return length;
}

static long message_step(__u32 index, void *context)
{
	struct messages_walk *walk = context;

	if (index >= walk->count)
		return 1;
	walk->bytes += (__u32)array_message_passed(walk->file, walk->at, walk->direction, walk->compat);
	walk->at += walk->compat ? COMPAT_MESSAGE_SIZE : MESSAGE_SIZE;
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
	/* They are there for the next call as well. */
	if (direction == TLS_RECV && argument(c, 4) & (MSG_PEEK_FLAG | MSG_ERRQUEUE_FLAG))
		return 0;
	walk.at = argument(c, 2);
	walk.count = c->result;
	walk.compat = c->compat;
	LOOP(MESSAGES_MAX, message_step, &walk, MESSAGES_LEAST);
	if (!config.loops && walk.count > MESSAGES_LEAST)
		count_loss(LOSS_NET, walk.count - MESSAGES_LEAST);
	socket_moved(file, direction == TLS_SEND ? walk.bytes : 0, direction == TLS_RECV ? walk.bytes : 0);
	return 0;
}

#endif
