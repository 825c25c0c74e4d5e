/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * What a stream speaks, from the first bytes of a call. Decided here, so that nothing else leaves the kernel.
 *
 * HTTP: a method and the beginning of a target, the preface of HTTP/2, or an answer whose request was not seen.
 * JSON-RPC, a message a line (MCP): a call that begins with an object or an array and names the version. Messages
 * behind a Content-Length header (language servers) are another protocol.
 */
#ifndef AGENTSIGHT_PLAIN_CLASSIFY_BPF_H
#define AGENTSIGHT_PLAIN_CLASSIFY_BPF_H

#include "stream.bpf.h"

/* Of short calls, together. */
#define HELD_MAX 512
#define LOOK_MAX 4096
/* The official TypeScript SDK names the version last, behind parameters of any size. */
#define LOOK_LAST 256
/* Of a look without bpf_loop. */
#define BUFFERS_LEAST 64

#define MAY_BE_HTTP 1
#define MAY_BE_LINES 2

enum guess {
	GUESS_NO = 0,
	/* Short: what comes next decides. */
	GUESS_WAIT,
	GUESS_HTTP,
	GUESS_LINES,
	/* Whatever comes, it is neither. */
	GUESS_NEVER,
};

/* The call at hand, and where the walk over its buffers stands. In a map: too much for the stack. */
struct plain_call {
	__u64 memory;	/* of the next struct iovec */
	__u64 iovecs;	/* that are left */
	__u64 here;
	__u64 here_left;
	__u64 left;
	__u32 direction;
	__u32 fill;
	/* For the look. */
	__u64 text[2];	/* the last 16 bytes that were no blanks */
	__u32 scanned;
	__u32 length;
	__u32 take;
	__u32 names_version;
	__u32 has_newline;
	__u32 reserved;
	/* What was held, what came, and what came last; twice the room, so that the verifier sees the bounds. */
	__u8 bytes[2 * (HELD_MAX + LOOK_MAX + LOOK_LAST)];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct plain_call);
} plain_calls SEC(".maps");

struct held_key {
	struct plain_key stream;
	__u64 direction;
};

struct held_bytes {
	__u8 bytes[HELD_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct held_key);
	__type(value, struct held_bytes);
} plain_held SEC(".maps");

/* Processes that were seen to read JSON-RPC: what they write may begin with a result of any size. By start time. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u64);
} rpc_readers SEC(".maps");

static __always_inline struct plain_call *plain_call_of_cpu(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&plain_calls, &zero);
}

/* The next buffer of the call; nonzero when there is none. */
static __always_inline long next_buffer(struct plain_call *c)
{
	struct {
		__u64 base;
		__u64 length;
	} iov;

	if (!c->iovecs || bpf_probe_read_user(&iov, sizeof(iov), (void *)c->memory))
		return 1;
	c->iovecs--;
	c->memory += sizeof(iov);
	c->here = iov.base;
	c->here_left = iov.length < c->left ? iov.length : c->left;
	return 0;
}

__noinline int gather_buffer(__u32 index)
{
	struct plain_call *c = plain_call_of_cpu();
	__u32 at, size;

	if (!c || !c->take)
		return 1;
	if (!c->here_left)
		return next_buffer(c);
	at = c->length;
	size = c->here_left < c->take ? c->here_left : c->take;
	asm volatile("" : "+r"(at), "+r"(size));
	if (at > HELD_MAX + LOOK_MAX || size > LOOK_MAX || bpf_probe_read_user(c->bytes + at, size, (void *)c->here))
		return 1;
	c->length = at + size;
	c->take -= size;
	c->here += size;
	c->here_left -= size;
	return 0;
}

static long gather_step(__u32 index, void *unused)
{
	return gather_buffer(index) != 0;
}

/* `"jsonrpc":"2.0"` without its first byte, with and without which it says the same. */
#define VERSION_HEAD 0x006a736f6e727063ULL	/* jsonrpc */
#define VERSION_TAIL 0x223a22322e3022ULL	/* ":"2.0" */

__noinline int scan_version(__u32 index)
{
	struct plain_call *c = plain_call_of_cpu();
	__u32 at;
	__u8 byte;

	if (!c)
		return 1;
	at = c->scanned;
	if (at >= c->length || at >= sizeof(c->bytes))
		return 1;
	byte = c->bytes[at];
	c->scanned = at + 1;
	if (byte == ' ' || byte == '\t')
		return 0;
	if (byte == '\n')
		c->has_newline = 1;
	c->text[0] = c->text[0] << 8 | c->text[1] >> 56;
	c->text[1] = c->text[1] << 8 | byte;
	/* 14 bytes: seven and seven. */
	if ((c->text[1] & 0x00ffffffffffffffULL) != VERSION_TAIL)
		return 0;
	c->names_version = ((c->text[0] << 8 | c->text[1] >> 56) & 0x00ffffffffffffffULL) == VERSION_HEAD;
	return c->names_version;
}

static long version_step(__u32 index, void *unused)
{
	return scan_version(index) != 0;
}

/* The first eight bytes as a number, the rest zero. */
static __always_inline __u64 head_of(struct plain_call *c)
{
	__u64 head = *(__u64 *)c->bytes;

	return c->length < 8 ? head & ((1ULL << (8 * (c->length & 7))) - 1) : head;
}

#define WORD(a, b, c, d, e, f, g, h)                                                                           \
	((__u64)(a) | (__u64)(b) << 8 | (__u64)(c) << 16 | (__u64)(d) << 24 | (__u64)(e) << 32 | (__u64)(f) << 40 | \
	 (__u64)(g) << 48 | (__u64)(h) << 56)
#define WORD_BITS(size) ((size) >= 8 ? ~0ULL : (1ULL << (8 * (size))) - 1)
#define CONNECT_HEAD WORD('C', 'O', 'N', 'N', 'E', 'C', 'T', ' ')
/* HTTP/, of an answer. */
#define HTTP_HEAD WORD('H', 'T', 'T', 'P', '/', 0, 0, 0)
#define CONTENT_HEAD WORD('C', 'o', 'n', 't', 'e', 'n', 't', '-')

/* 2: begins with the word, 1: may yet, 0: does not. */
static __always_inline int begins_with(__u64 head, __u32 length, __u64 word, __u32 size)
{
	__u64 bits = WORD_BITS(size);

	if (length >= size)
		return (head & bits) == word ? 2 : 0;
	return (word & WORD_BITS(length)) == head ? 1 : 0;
}

static __always_inline bool is_target(__u8 byte)
{
	return byte == '/' || byte == '*' || byte == 'h' || byte == 'H';
}

static __always_inline bool is_authority(__u8 byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '[';
}

#define TRY_WORD(word, size, decides)                                   \
	switch (begins_with(head, c->length, word, size)) {             \
	case 2:                                                         \
		if (c->length == (size))                                \
			return GUESS_WAIT;                              \
		return (decides) ? GUESS_HTTP : GUESS_NO;               \
	case 1:                                                         \
		return GUESS_WAIT;                                      \
	}

static __always_inline enum guess guess_http(struct plain_call *c, __u64 head)
{
	TRY_WORD(WORD('G', 'E', 'T', ' ', 0, 0, 0, 0), 4, is_target(c->bytes[4]));
	TRY_WORD(WORD('P', 'O', 'S', 'T', ' ', 0, 0, 0), 5, is_target(c->bytes[5]));
	TRY_WORD(WORD('P', 'U', 'T', ' ', 0, 0, 0, 0), 4, is_target(c->bytes[4]));
	TRY_WORD(WORD('H', 'E', 'A', 'D', ' ', 0, 0, 0), 5, is_target(c->bytes[5]));
	TRY_WORD(WORD('P', 'A', 'T', 'C', 'H', ' ', 0, 0), 6, is_target(c->bytes[6]));
	TRY_WORD(WORD('D', 'E', 'L', 'E', 'T', 'E', ' ', 0), 7, is_target(c->bytes[7]));
	TRY_WORD(WORD('T', 'R', 'A', 'C', 'E', ' ', 0, 0), 6, is_target(c->bytes[6]));
	TRY_WORD(WORD('O', 'P', 'T', 'I', 'O', 'N', 'S', ' '), 8, is_target(c->bytes[8]));
	TRY_WORD(CONNECT_HEAD, 8, is_authority(c->bytes[8]));
	TRY_WORD(WORD('H', 'T', 'T', 'P', '/', '1', '.', 0), 7, true);
	TRY_WORD(WORD('P', 'R', 'I', ' ', '*', ' ', 'H', 'T'), 8, c->bytes[8] == 'T');
	return GUESS_NO;
}

static __always_inline bool begins_message(__u64 head)
{
	return head == WORD('{', '"', 'r', 'e', 's', 'u', 'l', 't') || head == WORD('{', '"', 'm', 'e', 't', 'h', 'o', 'd') ||
	       head == WORD('{', '"', 'j', 's', 'o', 'n', 'r', 'p') || head == WORD('{', '"', 'e', 'r', 'r', 'o', 'r', '"') ||
	       (head & WORD_BITS(6)) == WORD('{', '"', 'i', 'd', '"', ':', 0, 0);
}

static __always_inline bool has_read_rpc(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	__u64 *start = bpf_map_lookup_elem(&rpc_readers, &tgid);

	return start && *start == BPF_CORE_READ(task, group_leader, start_boottime);
}

static __always_inline enum guess guess_lines(struct plain_call *c, __u64 head)
{
	__u8 first = head & 0xff;

	if (head == CONTENT_HEAD)
		return GUESS_NEVER;
	if (first != '{' && first != '[')
		return GUESS_NO;
	c->scanned = c->text[0] = c->text[1] = c->names_version = c->has_newline = 0;
	LOOP(HELD_MAX + LOOK_MAX + LOOK_LAST, version_step, NULL, HELD_MAX + LOOK_MAX + LOOK_LAST);
	if (c->names_version)
		return GUESS_LINES;
	if (c->direction == TLS_SEND && begins_message(head) && has_read_rpc())
		return GUESS_LINES;
	return c->has_newline ? GUESS_NO : GUESS_WAIT;
}

/* `c->bytes` holds the beginning of a call, and what short calls before it left. */
static __always_inline enum guess guess_of(struct plain_call *c, __u32 may_be)
{
	__u64 head = head_of(c);
	enum guess guess = GUESS_NO;

	if (!c->length)
		return GUESS_NO;
	if (may_be & MAY_BE_HTTP) {
		/* A TLS record. */
		if ((head & 0xff) >= 0x14 && (head & 0xff) <= 0x17 && (c->length == 1 || (head >> 8 & 0xff) == 3))
			return c->length == 1 ? GUESS_WAIT : GUESS_NEVER;
		guess = guess_http(c, head);
	}
	return guess == GUESS_NO && (may_be & MAY_BE_LINES) ? guess_lines(c, head) : guess;
}

#endif
