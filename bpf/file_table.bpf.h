/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* From a descriptor of the current process to the kernel's open file. */
#ifndef AGENTSIGHT_FILE_TABLE_BPF_H
#define AGENTSIGHT_FILE_TABLE_BPF_H

#include "shared.bpf.h"

static __always_inline struct file *file_of(struct task_struct *task, __s32 fd)
{
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file **slots, *file = NULL;

	if (fd < 0 || (__u32)fd >= BPF_CORE_READ(table, max_fds))
		return NULL;
	slots = BPF_CORE_READ(table, fd);
	bpf_probe_read_kernel(&file, sizeof(file), slots + fd);
	return file;
}

#define LONG_BITS 64

static __always_inline __u32 lowest_bit(__u64 word)
{
	__u32 at = 0;

	for (__u32 half = LONG_BITS / 2; half; half /= 2) {
		if (!(word & ((1ULL << half) - 1))) {
			word >>= half;
			at += half;
		}
	}
	return at;
}

/*
 * From `next` on, the next descriptor in use within its word of the table, or -1: mostly few are, in a table of hundreds.
 * `next` goes behind it, or to the next word. `closing`: of those only that close on exec.
 */
static __always_inline __s32 next_descriptor(struct fdtable *table, __u32 *next, bool closing)
{
	__u32 at = *next, fd;
	__u64 word = 0, other = 0;

	bpf_probe_read_kernel(&word, sizeof(word), BPF_CORE_READ(table, open_fds) + at / LONG_BITS);
	if (closing) {
		bpf_probe_read_kernel(&other, sizeof(other), BPF_CORE_READ(table, close_on_exec) + at / LONG_BITS);
		word &= other;
	}
	word >>= at % LONG_BITS;
	if (!word) {
		*next = (at | (LONG_BITS - 1)) + 1;
		return -1;
	}
	fd = at + lowest_bit(word);
	*next = fd + 1;
	return fd;
}

static __always_inline __u32 references_of(struct file *file)
{
	if (bpf_core_field_exists(file->f_ref))
		/* file_ref_t counts from zero: 0 is one reference. */
		return BPF_CORE_READ(file, f_ref.refcnt.counter) + 1;
	return BPF_CORE_READ((struct file___before_6_13 *)file, f_count.counter);
}

/* Whether dropping one descriptor closes the file: nothing else refers to it. */
static __always_inline bool is_last_reference(struct file *file)
{
	return references_of(file) == 1;
}

static __always_inline void file_key_of(struct file *file, struct file_key *key)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);

	key->dev = BPF_CORE_READ(inode, i_sb, s_dev);
	key->ino = BPF_CORE_READ(inode, i_ino);
}

/* Of the kernel's multigrain time stamps (6.13): somebody has asked for this one. */
#define CTIME_QUERIED 0x80000000

static __always_inline __u64 last_change(struct inode *inode)
{
	if (bpf_core_field_exists(inode->i_ctime_nsec))
		return BPF_CORE_READ(inode, i_ctime_sec) * 1000000000ULL + (BPF_CORE_READ(inode, i_ctime_nsec) & ~CTIME_QUERIED);
	if (bpf_core_field_exists(((struct inode___6_6 *)inode)->__i_ctime))
		return BPF_CORE_READ((struct inode___6_6 *)inode, __i_ctime.tv_sec) * 1000000000ULL +
		       BPF_CORE_READ((struct inode___6_6 *)inode, __i_ctime.tv_nsec);
	return BPF_CORE_READ((struct inode___before_6_6 *)inode, i_ctime.tv_sec) * 1000000000ULL +
	       BPF_CORE_READ((struct inode___before_6_6 *)inode, i_ctime.tv_nsec);
}

static __always_inline __u64 namespaces_of(struct file *file)
{
	/* An inode of nsfs holds its namespace. */
	struct ns_common *ns = file ? BPF_CORE_READ(file, f_inode, i_private) : NULL;

	if (!ns)
		return 0;
	if (bpf_core_field_exists(ns->ns_type))
		return BPF_CORE_READ(ns, ns_type);
	return BPF_CORE_READ(ns, ops, type);
}

#endif
