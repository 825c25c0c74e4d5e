/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Mappings that matter: code from files, code from nowhere, files that are written through memory. */
#ifndef AGENTSIGHT_MEMORY_BPF_H
#define AGENTSIGHT_MEMORY_BPF_H

#include "files.bpf.h"
#include "image.bpf.h"

static __always_inline void told_as(struct call *c, __u32 operation)
{
	c->shape.operation = operation;
	call_returned();
}

struct mapping_look {
	__u32 pristine;
};

static long look_at_mapping(struct task_struct *task, struct vm_area_struct *vma, void *context)
{
	struct mapping_look *look = context;

	/* Pages of its own come with the first write. */
	look->pristine = vma->vm_file && !vma->anon_vma;
	return 0;
}

/* Whether it is a file's code as the file has it: that was looked at when it was mapped. */
__noinline int mprotect_returned(void)
{
	struct call *c = call_of_cpu();
	struct mapping_look look = {};

	if (!c || !(argument(c, 3) & PROT_EXEC_FLAG))
		return 0;
	/* 5.17, as bpf_loop; where the mapping is busy, it is told. */
	if (config.loops && !(argument(c, 3) & PROT_WRITE_FLAG))
		bpf_find_vma(bpf_get_current_task_btf(), argument(c, 1), look_at_mapping, &look, 0);
	if (!look.pristine)
		call_returned();
	return 0;
}

/* values: protection, bytes, flags */
__noinline int mmap_returned(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct call *c = call_of_cpu();
	struct open_file *open;
	__u64 protection, flags;
	struct file *file;

	if (!c)
		return 0;
	protection = argument(c, 3);
	flags = argument(c, 4);
	file = flags & MAP_ANONYMOUS_FLAG ? NULL : file_of(task, (__s32)argument(c, 5));
	open = file && c->result > 0 ? bpf_map_lookup_elem(&open_files, &file) : NULL;
	if (open)
		open->flags |= OPEN_MAPPED;
	if ((protection & PROT_WRITE_FLAG) && (flags & MAP_SHARED_FLAG) && file) {
		c->shape.fd = 5;
		told_as(c, CALL_MMAP_SHARED);
	}
	c->shape.fd = 0;
	/* A file that has no name (memfd, or deleted) nobody can look up; of a copy that can be written nobody knows what it is. */
	if ((protection & PROT_EXEC_FLAG) &&
	    (!file || (protection & PROT_WRITE_FLAG) || !BPF_CORE_READ(file, f_inode, i_nlink)))
		told_as(c, CALL_MMAP_EXEC);
	return 0;
}

#endif
