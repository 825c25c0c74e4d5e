/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Files opened, what passes through them, and their close. */
#ifndef AGENTSIGHT_FILES_BPF_H
#define AGENTSIGHT_FILES_BPF_H

#include "names.bpf.h"

/* The open is told: its path need not be said again. */
#define OPEN_TOLD 1
/* Made in view, without a name: a pipe. */
#define OPEN_MADE 2
/* Its first write after a read is behind it. */
#define OPEN_WRITTEN 4
/* Mapped: the mapping keeps the file when its descriptors are closed. */
#define OPEN_MAPPED 8

struct open_file {
	__u64 read_bytes;
	__u64 written_bytes;
	__u32 flags;
	__u32 reserved;
};

/* By the kernel's open file: dup and fork share one entry, as they share it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, struct file *);
	__type(value, struct open_file);
} open_files SEC(".maps");

static __always_inline __u32 mode_of(struct file *file)
{
	return BPF_CORE_READ(file, f_inode, i_mode) & MODE_TYPE_MASK;
}

static __always_inline struct open_file *follow_file(struct file *file, __u32 flags)
{
	struct open_file fresh = { .flags = flags };

	if (bpf_map_update_elem(&open_files, &file, &fresh, BPF_ANY)) {
		count_loss(LOSS_FILES_FULL, 1);
		return NULL;
	}
	return bpf_map_lookup_elem(&open_files, &file);
}

/* Majors of consoles, serial lines and pseudo terminals (Documentation/admin-guide/devices.txt). */
static __always_inline __u16 tty_flag(struct file *file, __u32 mode)
{
	__u32 major = BPF_CORE_READ(file, f_inode, i_rdev) >> 20;

	return mode == MODE_CHARACTER && (major == 4 || major == 5 || (major >= 136 && major <= 143)) ? FLAG_TTY : 0;
}

static __always_inline void file_opened(struct call *c, __u64 flags)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct scratch *s = start_record(RECORD_FILE_OPEN, sizeof(struct file_open_record), task);
	struct file *file = c->result < 0 ? NULL : file_of(task, (__s32)c->result);
	__u32 size = 0, base_size = 0, mode = 0;
	struct file_open_record *r;
	bool told;

	if (!s)
		return;
	r = (struct file_open_record *)s->data;
	r->file = (__u64)file;
	r->result = c->result < 0 ? c->result : 0;
	r->open_flags = flags;
	r->ns = 0;
	r->ino = 0;
	if (file) {
		struct inode *inode = BPF_CORE_READ(file, f_inode);

		/* Only their numbers name them. */
		if (BPF_CORE_READ(inode, i_sb, s_magic) == NSFS_MAGIC) {
			r->ns = namespaces_of(file);
			r->ino = BPF_CORE_READ(inode, i_ino);
		}
		/* The kernel's own file: symlinks followed, races over the argument impossible. */
		r->h.flags |= FLAG_PATH_EXACT;
		size = append_path(s, &file->f_path, BPF_CORE_READ(task, fs));
		mode = mode_of(file);
		r->h.flags |= tty_flag(file, mode);
		if (BPF_CORE_READ(file, f_mode) & FMODE_CREATED_FLAG)
			r->h.flags |= FLAG_CREATED;
	} else if (c->shape.path) {
		/* It failed, or another thread has closed it already. */
		append_name(s, task, dirfd_of(c, c->shape.dirfd), argument(c, c->shape.path), &size, &base_size);
	}
	r->type = mode;
	r->path_size = size;
	r->base_size = base_size;
	told = finish_record_at(s, LEVEL_FILE, LOSS_FILE);
	if (file)
		follow_file(file, told ? OPEN_TOLD : 0);
}

__noinline int open_returned(void)
{
	struct call *c = call_of_cpu();
	__u64 flags;

	if (!c)
		return 0;
	flags = argument(c, c->shape.value[0]);
	if (c->shape.operation == CALL_CREAT)
		flags = 01101; /* O_CREAT | O_WRONLY | O_TRUNC */
	else if (c->shape.operation == CALL_OPENAT2) {
		/* struct open_how starts with the flags. */
		flags = 0;
		bpf_probe_read_user(&flags, sizeof(flags), (void *)argument(c, 3));
	}
	file_opened(c, flags);
	return 0;
}

/* The record of an open file's traffic so far, in scratch. */
static __always_inline struct scratch *describe_traffic(struct file *file, struct open_file *open, __u16 type)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct scratch *s = start_record(type, sizeof(struct file_close_record), task);
	struct file_close_record *r;
	__u32 mode = mode_of(file), size = 0;

	if (!s)
		return NULL;
	r = (struct file_close_record *)s->data;
	r->h.flags |= tty_flag(file, mode);
	r->file = (__u64)file;
	r->read_bytes = open->read_bytes;
	r->written_bytes = open->written_bytes;
	r->ino = BPF_CORE_READ(file, f_inode, i_ino);
	r->type = mode;
	if (!(open->flags & (OPEN_TOLD | OPEN_MADE)))
		size = append_path(s, &file->f_path, BPF_CORE_READ(task, fs));
	r->path_size = size;
	return s;
}

/* A function of its own to the verifier. */
__noinline int first_write(__u64 address)
{
	struct file *file = (struct file *)address;
	struct open_file *open = bpf_map_lookup_elem(&open_files, &file);
	struct scratch *s = open ? describe_traffic(file, open, RECORD_FILE_IO) : NULL;

	if (s)
		finish_record_at(s, LEVEL_FILE, LOSS_FILE);
	return 0;
}

/* Of a file that was opened out of view as well: it is followed from its first use. */
static __always_inline void file_moved(struct file *file, __u32 mode, __u64 read_bytes, __u64 written_bytes)
{
	struct open_file *open;

	/* Sockets have their own account; what has no type (epoll, eventfd) carries nothing. */
	if (!file || !mode || mode == MODE_SOCKET)
		return;
	open = bpf_map_lookup_elem(&open_files, &file);
	if (!open)
		open = follow_file(file, 0);
	if (!open)
		return;
	if (read_bytes)
		__sync_fetch_and_add(&open->read_bytes, read_bytes);
	if (!written_bytes)
		return;
	__sync_fetch_and_add(&open->written_bytes, written_bytes);
	if ((open->flags & OPEN_WRITTEN) || !open->read_bytes || mode != MODE_REGULAR)
		return;
	/* Who read a file and then writes to it says so at once, not at the end. */
	open->flags |= OPEN_WRITTEN;
	first_write((__u64)file);
}

/* Descriptors that go together. */
struct descriptor_span {
	__u32 first;
	__u32 last;
	__u32 cloexec;	/* only those that close on exec */
};

struct descriptor_search {
	struct file *file;
	struct descriptor_span span;
	__u32 inside;
	__u32 outside;
	__u32 next;
};

/* Not on the stack: there the verifier would follow every count there can be. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct descriptor_search);
} current_search SEC(".maps");

static __always_inline bool closes_on_exec(struct fdtable *table, __u32 fd)
{
	unsigned long word = 0, *bits = BPF_CORE_READ(table, close_on_exec);

	bpf_probe_read_kernel(&word, sizeof(word), bits + fd / 64);
	return word >> (fd & 63) & 1;
}

/* Not 0 behind the last descriptor. */
__noinline int search_descriptor(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	__u32 zero = 0;
	struct descriptor_search *search = bpf_map_lookup_elem(&current_search, &zero);
	struct descriptor_span *span;
	__s32 next;
	__u32 fd;

	if (!search || search->next >= BPF_CORE_READ(table, max_fds))
		return 1;
	next = next_descriptor(table, &search->next, false);
	fd = next;
	if (next < 0 || file_of(task, fd) != search->file)
		return 0;
	span = &search->span;
	if (fd >= span->first && fd <= span->last && (!span->cloexec || closes_on_exec(table, fd)))
		search->inside++;
	else
		search->outside++;
	return 0;
}

static long search_step(__u32 index, void *unused)
{
	return search_descriptor() != 0;
}

/*
 * Whether nobody can use the file any more once these descriptors are gone. Several of them may be its own; a mapping
 * refers to it as well, often in parts, and then this process's other descriptors decide.
 */
__noinline int drops_last(__u64 address, __u32 mapped, __u32 first, __u32 last, __u32 cloexec)
{
	struct file *file = (struct file *)address;
	__u32 references = references_of(file), zero = 0;
	struct descriptor_search *search;

	if (references == 1)
		return 1;
	if (first == last && !mapped)
		return 0;
	search = bpf_map_lookup_elem(&current_search, &zero);
	if (!search)
		return 0;
	search->file = file;
	search->span = (struct descriptor_span){ .first = first, .last = last, .cloexec = cloexec };
	search->inside = search->outside = search->next = 0;
	LOOP(SEARCH_MAX, search_step, NULL, DESCRIPTORS_LEAST);
	return mapped ? !search->outside : search->inside >= references;
}

/* `exits`: because the process does. What it inherited, others go on with: then its share is told. */
__noinline int file_closing(__u64 address, __u32 first, __u32 last, __u32 exits)
{
	struct file *file = (struct file *)address;
	struct open_file *open = bpf_map_lookup_elem(&open_files, &file);
	struct scratch *s;
	bool inherited;

	if (!open)
		return 0;
	inherited = exits && !(open->flags & (OPEN_TOLD | OPEN_MADE));
	if (!inherited && !drops_last(address, open->flags & OPEN_MAPPED, first, last, 0))
		return 0;
	/* A pipe that nothing passed through is no file anybody asks for. */
	if ((open->flags & OPEN_MADE) && !open->read_bytes && !open->written_bytes)
		goto forget;
	s = describe_traffic(file, open, RECORD_FILE_CLOSE);
	if (s) {
		if (exits)
			((struct record_header *)s->data)->flags |= FLAG_IMPLICIT;
		finish_record_at(s, LEVEL_FILE, LOSS_FILE);
	}
forget:
	bpf_map_delete_elem(&open_files, &file);
	return 0;
}

static __always_inline void pipe_made(struct call *c)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__s32 fds[2];

	if (c->result || bpf_probe_read_user(fds, sizeof(fds), (void *)argument(c, 1)))
		return;
	for (int i = 0; i < 2; i++) {
		struct file *file = file_of(task, fds[i]);

		if (file)
			follow_file(file, OPEN_MADE);
	}
}

#endif
