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
	/* Nobody can look a file up that has no name: memfd, or deleted. */
	if ((protection & PROT_EXEC_FLAG) && (!file || !BPF_CORE_READ(file, f_inode, i_nlink)))
		told_as(c, CALL_MMAP_EXEC);
	return 0;
}

#endif
