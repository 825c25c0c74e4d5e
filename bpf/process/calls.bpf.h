/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The running system call, whatever numbering it was made in. */
#ifndef AGENTSIGHT_CALLS_BPF_H
#define AGENTSIGHT_CALLS_BPF_H

#include "../path.bpf.h"

/* Followed, but not told of as calls: they make, use and close descriptors. */
enum inner_operation {
	CALL_READ = CALL_TOLD + 1,
	CALL_READV,
	CALL_PREAD,
	CALL_WRITE,
	CALL_WRITEV,
	CALL_PWRITE,
	CALL_SENDFILE,
	CALL_SPLICE,
	CALL_COPY,
	CALL_OPEN,
	CALL_OPENAT2,
	CALL_CREAT,
	CALL_CLOSE,
	CALL_CLOSE_RANGE,
	CALL_DUP2,
	CALL_DUP3,
	CALL_PIPE,
	CALL_MMAP,
	CALL_SOCKET,
	CALL_SOCKETPAIR,
	CALL_CONNECT,
	CALL_BIND,
	CALL_LISTEN,
	CALL_ACCEPT,
	CALL_SENDTO,
	CALL_SENDMSG,
	CALL_SENDMMSG,
	CALL_RECVFROM,
	CALL_RECVMSG,
	CALL_RECVMMSG,
	CALL_SOCKETCALL,
};

#define AT_ENTRY 1
#define AT_EXIT 2
#define AT_BOTH (AT_ENTRY | AT_EXIT)

struct call_shape {
	__u8 operation;
	__u8 when;
	/* Arguments, from 1; 0 is none. A path without a dirfd is relative to the working directory. */
	__u8 dirfd;
	__u8 path;
	__u8 to_dirfd;
	__u8 to;
	__u8 fd;
	__u8 text;
	__u8 value[4];
};

#define CALL_NUMBERS 512

const struct call_shape native_calls[CALL_NUMBERS] SEC(".rodata.calls") = {
#define CALL(name) [NR_##name]
#define WITH_NATIVE_CALLS
#if HAS_LEGACY_CALLS
#define WITH_LEGACY_CALLS
#endif
#include "call_table.h"
#undef CALL
#undef WITH_NATIVE_CALLS
#undef WITH_LEGACY_CALLS
};

#if HAS_COMPAT_CALLS
const struct call_shape compat_calls[CALL_NUMBERS] SEC(".rodata.calls") = {
#define CALL(name) [I386_##name]
#define WITH_LEGACY_CALLS
#define WITH_COMPAT_CALLS
#include "call_table.h"
#undef CALL
#undef WITH_LEGACY_CALLS
#undef WITH_COMPAT_CALLS
};

/* socketcall(2): one call for all of sockets, by a number of its own and an array of the arguments. */
#define SOCKET_CALLS 32
const __u8 socket_calls[SOCKET_CALLS] SEC(".rodata.calls") = {
	[1] = CALL_SOCKET, [2] = CALL_BIND, [3] = CALL_CONNECT, [4] = CALL_LISTEN, [5] = CALL_ACCEPT,
	[8] = CALL_SOCKETPAIR, [9] = CALL_WRITE, [10] = CALL_READ, [11] = CALL_SENDTO, [12] = CALL_RECVFROM,
	[16] = CALL_SENDMSG, [17] = CALL_RECVMSG, [18] = CALL_ACCEPT, [19] = CALL_RECVMMSG, [20] = CALL_SENDMMSG,
};
#endif

struct call {
	/* [0] is nothing, so that "no argument" reads as 0. */
	__u64 arg[8];
	__s64 result;
	__u32 compat;
	__u32 reserved;
	struct call_shape shape;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct call);
} current_call SEC(".maps");

static __always_inline struct call *call_of_cpu(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&current_call, &zero);
}

static __always_inline __u64 argument(struct call *c, __u32 number)
{
	return c->arg[number & 7];
}

/* Before anything else is looked at: most calls of most processes end here. */
static __always_inline const struct call_shape *shape_of(long nr, bool compat)
{
	__u32 number = nr;

	if (number >= CALL_NUMBERS)
		return NULL;
#if HAS_COMPAT_CALLS
	if (compat)
		return &compat_calls[number];
#endif
	return &native_calls[number];
}

#if HAS_COMPAT_CALLS
static __always_inline void unpack_socketcall(struct call *c)
{
	__u32 packed[6] = {};
	__u32 which = c->arg[1];

	c->shape.operation = which < SOCKET_CALLS ? socket_calls[which] : 0;
	c->shape.when = c->shape.operation == CALL_CONNECT ? AT_BOTH : AT_EXIT;
	/* Fewer than six of them may be at the end of a page. */
	for (int i = 0; i < 6; i++) {
		if (bpf_probe_read_user(&packed[i], sizeof(packed[i]), (void *)(c->arg[2] + i * sizeof(packed[i]))))
			break;
	}
	for (int i = 0; i < 6; i++)
		c->arg[i + 1] = packed[i];
}
#endif

/* The running call and its arguments; NULL when it is not one that is followed. */
static __always_inline struct call *load_call(struct pt_regs *regs, const struct call_shape *shape, bool compat)
{
	struct call *c = call_of_cpu();

	if (!c)
		return NULL;
	c->compat = compat;
	c->shape = *shape;
#if HAS_COMPAT_CALLS
	if (compat) {
		c->arg[1] = COMPAT_ARG0(regs);
		c->arg[2] = COMPAT_ARG1(regs);
		c->arg[3] = COMPAT_ARG2(regs);
		c->arg[4] = COMPAT_ARG3(regs);
		c->arg[5] = COMPAT_ARG4(regs);
		c->arg[6] = COMPAT_ARG5(regs);
		if (c->shape.operation == CALL_SOCKETCALL)
			unpack_socketcall(c);
		return c;
	}
#endif
	c->arg[1] = ARG0(regs);
	c->arg[2] = ARG1(regs);
	c->arg[3] = ARG2(regs);
	c->arg[4] = ARG3(regs);
	c->arg[5] = ARG4(regs);
	c->arg[6] = ARG5(regs);
	return c;
}

#endif
