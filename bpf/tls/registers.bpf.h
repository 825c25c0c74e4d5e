/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Arguments and results where each calling convention puts them: C's, and Go's since it passes them in registers. */
#ifndef AGENTSIGHT_REGISTERS_BPF_H
#define AGENTSIGHT_REGISTERS_BPF_H

#include "../shared.bpf.h"

#if defined(__TARGET_ARCH_x86)
#define C_ARG0(ctx) ((__u64)(ctx)->di)
#define C_ARG1(ctx) ((__u64)(ctx)->si)
#define C_ARG2(ctx) ((__u64)(ctx)->dx)
#define C_ARG3(ctx) ((__u64)(ctx)->cx)
#define C_ARG4(ctx) ((__u64)(ctx)->r8)
#define C_ARG5(ctx) ((__u64)(ctx)->r9)
/* Above the return address. */
#define C_ARG6(ctx) stack_slot(ctx, 1)
#define C_ARG7(ctx) stack_slot(ctx, 2)
#define C_ARG8(ctx) stack_slot(ctx, 3)
#define C_ARG9(ctx) stack_slot(ctx, 4)
#define C_ARG10(ctx) stack_slot(ctx, 5)
#define C_ARG11(ctx) stack_slot(ctx, 6)
#define C_ARG12(ctx) stack_slot(ctx, 7)
#define C_RESULT(ctx) ((__u64)(ctx)->ax)
/* The return popped its address. */
#define STACK_AT_ENTRY(ctx) ((__u64)(ctx)->sp)
#define STACK_AT_RETURN(ctx) ((__u64)(ctx)->sp - 8)
#define GO_ARG0(ctx) ((__u64)(ctx)->ax)
#define GO_ARG1(ctx) ((__u64)(ctx)->bx)
#define GO_ARG2(ctx) ((__u64)(ctx)->cx)
#define GO_RESULT(ctx) ((__u64)(ctx)->ax)
#define GO_ROUTINE(ctx) ((__u64)(ctx)->r14)
#elif defined(__TARGET_ARCH_arm64)
#define C_ARG0(ctx) ((__u64)(ctx)->regs[0])
#define C_ARG1(ctx) ((__u64)(ctx)->regs[1])
#define C_ARG2(ctx) ((__u64)(ctx)->regs[2])
#define C_ARG3(ctx) ((__u64)(ctx)->regs[3])
#define C_ARG4(ctx) ((__u64)(ctx)->regs[4])
#define C_ARG5(ctx) ((__u64)(ctx)->regs[5])
#define C_ARG6(ctx) ((__u64)(ctx)->regs[6])
#define C_ARG7(ctx) ((__u64)(ctx)->regs[7])
#define C_ARG8(ctx) stack_slot(ctx, 0)
#define C_ARG9(ctx) stack_slot(ctx, 1)
#define C_ARG10(ctx) stack_slot(ctx, 2)
#define C_ARG11(ctx) stack_slot(ctx, 3)
#define C_ARG12(ctx) stack_slot(ctx, 4)
#define C_RESULT(ctx) ((__u64)(ctx)->regs[0])
#define STACK_AT_ENTRY(ctx) ((__u64)(ctx)->sp)
#define STACK_AT_RETURN(ctx) ((__u64)(ctx)->sp)
#define GO_ARG0(ctx) ((__u64)(ctx)->regs[0])
#define GO_ARG1(ctx) ((__u64)(ctx)->regs[1])
#define GO_ARG2(ctx) ((__u64)(ctx)->regs[2])
#define GO_RESULT(ctx) ((__u64)(ctx)->regs[0])
#define GO_ROUTINE(ctx) ((__u64)(ctx)->regs[28])
#endif

static __always_inline bool is_watched(__u32 tgid)
{
	return tgid != config.self && (config.discover || is_tracked(tgid));
}

static __always_inline long read_user(void *to, __u32 size, __u64 from)
{
	/* The sleepable form brings absent pages in; it may wait, so nothing shared is held while it runs. */
	if (config.sleepable)
		return bpf_copy_from_user(to, size, (void *)from);
	return bpf_probe_read_user(to, size, (void *)from);
}

static __always_inline __u64 stack_slot(struct pt_regs *ctx, __u32 index)
{
	__u64 value = 0;

	read_user(&value, sizeof(value), STACK_AT_ENTRY(ctx) + index * 8);
	return value;
}

#endif
