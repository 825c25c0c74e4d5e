/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Files opened, written and closed, unlinked, renamed, directories made and removed. */
#ifndef AGENTSIGHT_FILES_BPF_H
#define AGENTSIGHT_FILES_BPF_H

#include "../path.bpf.h"
#include "../file_table.bpf.h"
#include "../plain/stream.bpf.h"

#define ABANDONED_MAX 4096

struct file_traffic {
	__u64 read_bytes;
	__u64 written_bytes;
};

/* Regular files that were opened for writing, by the kernel's open file: dup and fork share one entry, as they share it. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct file *);
	__type(value, struct file_traffic);
} open_files SEC(".maps");

static __always_inline __u32 append_base(struct scratch *s, struct task_struct *task, __s32 dirfd)
{
	struct fs_struct *fs = BPF_CORE_READ(task, fs);
	struct file *dir;

	if (dirfd == AT_FDCWD_VALUE)
		return append_path(s, &fs->pwd, fs);
	dir = file_of(task, dirfd);
	return dir ? append_path(s, &dir->f_path, fs) : 0;
}

/* A path argument and, when it is relative, the directory it starts from. */
static __always_inline void append_name(struct scratch *s, struct task_struct *task, __s32 dirfd, unsigned long pointer,
					__u32 *size, __u32 *base_size)
{
	__u32 at = s->tail;

	*size = append_argument(s, pointer);
	*base_size = 0;
	if (at > TAIL_MAX || (*size && s->data[at] == '/'))
		return;
	*base_size = append_base(s, task, dirfd);
}

static __always_inline void file_opened(struct task_struct *task, __s32 dirfd, unsigned long pointer, __u64 flags, long result)
{
	struct scratch *s = start_record(RECORD_FILE_OPEN, sizeof(struct file_open_record), task);
	struct file_open_record *r;
	struct file *file;

	if (!s)
		return;
	r = (struct file_open_record *)s->data;
	r->result = result < 0 ? result : 0;
	r->open_flags = flags;
	r->path_size = 0;
	r->base_size = 0;
	file = result < 0 ? NULL : file_of(task, (__s32)result);
	if (file) {
		struct file_traffic none = {};
		__u32 mode = BPF_CORE_READ(file, f_mode);

		/* The kernel's own file: symlinks followed, races over the argument impossible. */
		r->path_size = append_path(s, &file->f_path, BPF_CORE_READ(task, fs));
		if (mode & FMODE_CREATED_FLAG)
			r->h.flags |= FLAG_CREATED;
		if ((mode & FMODE_WRITE_FLAG) && (BPF_CORE_READ(file, f_inode, i_mode) & MODE_TYPE_MASK) == MODE_REGULAR)
			bpf_map_update_elem(&open_files, &file, &none, BPF_ANY);
	} else {
		append_name(s, task, dirfd, pointer, &r->path_size, &r->base_size);
	}
	finish_record(s, LOSS_FILE);
}

static __always_inline void file_moved(struct file *file, __u64 read_bytes, __u64 written_bytes)
{
	struct file_traffic *traffic = file ? bpf_map_lookup_elem(&open_files, &file) : NULL;

	if (!traffic)
		return;
	__sync_fetch_and_add(&traffic->read_bytes, read_bytes);
	__sync_fetch_and_add(&traffic->written_bytes, written_bytes);
}

static __always_inline void emit_close(struct task_struct *task, struct file *file, __u16 flags)
{
	struct file_traffic *traffic = bpf_map_lookup_elem(&open_files, &file);
	struct file_close_record *r;
	struct scratch *s;

	if (!traffic || !is_last_reference(file))
		return;
	s = start_record(RECORD_FILE_CLOSE, sizeof(*r), task);
	if (!s)
		return;
	r = (struct file_close_record *)s->data;
	r->h.flags |= flags;
	r->read_bytes = traffic->read_bytes;
	r->written_bytes = traffic->written_bytes;
	r->reserved = 0;
	r->path_size = append_path(s, &file->f_path, BPF_CORE_READ(task, fs));
	finish_record(s, LOSS_FILE);
	bpf_map_delete_elem(&open_files, &file);
}

/* `exits`: nobody calls close, the process ends. */
static __always_inline void descriptor_closing(struct task_struct *task, __s32 fd, bool exits)
{
	struct file *file = file_of(task, fd);
	__u32 type = file ? BPF_CORE_READ(file, f_inode, i_mode) & MODE_TYPE_MASK : 0;

	if (type == MODE_REGULAR)
		emit_close(task, file, exits ? FLAG_IMPLICIT : 0);
	else if (config.plain && (type == MODE_SOCKET || type == MODE_FIFO))
		plain_closing(file, type, exits);
}

static long abandon_step(__u32 fd, void *unused)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);

	if (fd >= BPF_CORE_READ(table, max_fds))
		return 1;
	descriptor_closing(task, fd, true);
	return 0;
}

/* The kernel closes what is left after the exit tracepoint, without a system call. */
static __always_inline void files_abandoned(struct task_struct *task)
{
	if (BPF_CORE_READ(task, files))
		bpf_loop(ABANDONED_MAX, abandon_step, NULL, 0);
}

static __always_inline void file_named(struct task_struct *task, __u32 operation, __s32 dirfd, unsigned long pointer,
				       __s32 to_dirfd, unsigned long to_pointer, long result)
{
	struct scratch *s = start_record(RECORD_FILE_NAME, sizeof(struct file_name_record), task);
	struct file_name_record *r;
	__u32 size, base_size;

	if (!s)
		return;
	r = (struct file_name_record *)s->data;
	r->result = result;
	r->operation = operation;
	r->to_size = 0;
	r->to_base_size = 0;
	append_name(s, task, dirfd, pointer, &size, &base_size);
	r->path_size = size;
	r->base_size = base_size;
	if (operation == FILE_RENAME) {
		append_name(s, task, to_dirfd, to_pointer, &size, &base_size);
		r->to_size = size;
		r->to_base_size = base_size;
	}
	finish_record(s, LOSS_FILE);
}

#endif
