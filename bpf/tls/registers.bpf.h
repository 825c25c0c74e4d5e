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
/* Rust passes like C; a result that does not fit registers is behind a first argument of its own. */
#define RUST_RESULT_AT(ctx) C_ARG0(ctx)
#define RUST_ARG0(ctx) C_ARG1(ctx)
#define RUST_ARG1(ctx) C_ARG2(ctx)
#define RUST_ARG2(ctx) C_ARG3(ctx)
#define RUST_ARG3(ctx) C_ARG4(ctx)
#define RUST_ARG4(ctx) C_ARG5(ctx)
#define RUST_ARG5(ctx) C_ARG6(ctx)
#define RUST_ARG6(ctx) C_ARG7(ctx)
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
/* Rust passes like C; a result that does not fit registers is behind x8. */
#define RUST_RESULT_AT(ctx) ((__u64)(ctx)->regs[8])
#define RUST_ARG0(ctx) C_ARG0(ctx)
#define RUST_ARG1(ctx) C_ARG1(ctx)
#define RUST_ARG2(ctx) C_ARG2(ctx)
#define RUST_ARG3(ctx) C_ARG3(ctx)
#define RUST_ARG4(ctx) C_ARG4(ctx)
#define RUST_ARG5(ctx) C_ARG5(ctx)
#define RUST_ARG6(ctx) C_ARG6(ctx)
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

struct wanted {
	__u64 end;
	__u32 comes;	/* the kernel can bring it in by itself */
	__u32 reserved;
};

/*
 * Memory that a process serves (userfaultfd, a file on FUSE) or a network may never come. Who sleeps for it in a probe
 * also blocks the probe's detaching, and so our exit, beyond SIGKILL: nobody waits for it.
 */
static long look_at_area(struct task_struct *task, struct vm_area_struct *area, struct wanted *wanted)
{
	struct super_block *sb;

	if (BPF_CORE_READ(area, vm_end) < wanted->end)
		return 0;
	if (bpf_core_field_exists(area->vm_userfaultfd_ctx.ctx) && BPF_CORE_READ(area, vm_userfaultfd_ctx.ctx))
		return 0;
	sb = BPF_CORE_READ(area, vm_file, f_inode, i_sb);
	wanted->comes = !BPF_CORE_READ(area, vm_file) || BPF_CORE_READ(sb, s_magic) == TMPFS_MAGIC ||
			(BPF_CORE_READ(sb, s_bdev) && BPF_CORE_READ(sb, s_magic) != FUSE_MAGIC);
	return 0;
}

/* What is there at once; what is absent is brought in by the sleepable form. Nothing shared is held meanwhile. */
static __always_inline long read_user(void *to, __u32 size, __u64 from)
{
	struct wanted wanted = { .end = from + size };

	if (!bpf_probe_read_user(to, size, (void *)from))
		return 0;
	if (!config.sleepable || bpf_find_vma(bpf_get_current_task_btf(), from, look_at_area, &wanted, 0) || !wanted.comes)
		return -1;
	return bpf_copy_from_user(to, size, (void *)from);
}

static __always_inline __u64 stack_slot(struct pt_regs *ctx, __u32 index)
{
	__u64 value = 0;

	read_user(&value, sizeof(value), STACK_AT_ENTRY(ctx) + index * 8);
	return value;
}

#endif
