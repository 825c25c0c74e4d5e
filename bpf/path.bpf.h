/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Building a variable-size control record: a scratch buffer a CPU, appended to piece by piece, written once. */
#ifndef AGENTSIGHT_PATH_BPF_H
#define AGENTSIGHT_PATH_BPF_H

#include "loop.bpf.h"

#define ARGV_MAX 65536
#define PATH_MAX_BYTES 4096
#define PATH_STEPS 512
/* A piece may start no later than this; what lies behind is room for the largest piece. */
#define TAIL_MAX 0x13000

struct scratch {
	struct dentry *dentry;
	struct vfsmount *mnt;
	struct dentry *mnt_root;
	struct dentry *root_dentry;
	struct vfsmount *root_mnt;
	__u32 tail;
	__u32 path_start;
	__u32 done;
	__u32 reserved;
	union {
		union any_record record;
		__u8 data[TAIL_MAX + ARGV_MAX];
	};
};

/*
 * One a CPU, sized by user space. The programs that use it run from tracepoints, which keep preemption off, so no
 * two of them share a buffer. An array and not a per-CPU array: those stop at 32 KiB a value.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} control_scratch SEC(".maps");

static __always_inline struct scratch *scratch_of_cpu(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&control_scratch, &cpu);
}

static __always_inline struct scratch *start_record(__u16 type, __u32 size, struct task_struct *task)
{
	struct scratch *s = scratch_of_cpu();

	if (!s)
		return NULL;
	fill_header((struct record_header *)s->data, type, task);
	s->tail = size;
	return s;
}

/* False, and counted, when it could not be told. */
static __always_inline bool finish_record_at(struct scratch *s, __u32 level, __u32 loss)
{
	__u32 size = s->tail;

	if (!may_tell(level))
		return false;
	if (size > TAIL_MAX) {
		count_loss(loss, 1);
		return false;
	}
	return emit(&control, s->data, size, loss);
}

/* Where a dentry hangs, and its name. */
struct dentry_place {
	struct dentry *parent;
	__u32 hash;
	__u32 length;
	const unsigned char *name;
};

/* They lie side by side in every kernel so far: one read of two instead of three is most of what a step costs. */
static __always_inline void read_place(struct dentry *dentry, struct dentry_place *place)
{
	if (bpf_core_field_offset(dentry->d_name) == bpf_core_field_offset(dentry->d_parent) + sizeof(place->parent) &&
	    bpf_core_field_offset(dentry->d_name.name) == bpf_core_field_offset(dentry->d_name) + 8 &&
	    bpf_core_field_offset(dentry->d_name.len) == bpf_core_field_offset(dentry->d_name) + 4) {
		bpf_core_read(place, sizeof(*place), &dentry->d_parent);
		return;
	}
	place->parent = BPF_CORE_READ(dentry, d_parent);
	place->length = BPF_CORE_READ(dentry, d_name.len);
	place->name = BPF_CORE_READ(dentry, d_name.name);
}

/* One step towards the root. */
__noinline int walk_up(__u32 index)
{
	struct scratch *s = scratch_of_cpu();
	struct dentry_place place = {};
	struct dentry *dentry;
	struct vfsmount *mnt;
	__u32 tail, length;

	if (!s)
		return 1;
	dentry = s->dentry;
	mnt = s->mnt;
	if (dentry == s->root_dentry && mnt == s->root_mnt) {
		s->done = 1;
		return 1;
	}
	if (dentry == s->mnt_root) {
		struct mount *m = (void *)mnt - bpf_core_field_offset(struct mount, mnt);
		struct mount *up = BPF_CORE_READ(m, mnt_parent);

		if (up == m) {
			s->done = 1;
			return 1;
		}
		s->dentry = BPF_CORE_READ(m, mnt_mountpoint);
		mnt = (void *)up + bpf_core_field_offset(struct mount, mnt);
		s->mnt = mnt;
		s->mnt_root = BPF_CORE_READ(mnt, mnt_root);
		return 0;
	}
	read_place(dentry, &place);
	tail = s->tail;
	if (tail > TAIL_MAX || tail - s->path_start > PATH_MAX_BYTES)
		return 1;
	length = place.length & 0xff;
	if (bpf_probe_read_kernel(s->data + tail, length, place.name))
		return 1;
	s->data[tail + length] = '/';
	s->tail = tail + length + 1;
	s->dentry = place.parent;
	/* A file system without a place in the tree: a pipe, a socket, a memfd. */
	return place.parent == dentry;
}

static long walk_step(__u32 index, void *unused)
{
	return walk_up(index) != 0;
}

/*
 * Appends a walked path, from the leaf up and a "/" behind each name; returns its size. One more "/" says that the walk
 * did not reach the root.
 */
static __always_inline __u32 append_path(struct scratch *s, struct path *path, struct fs_struct *fs)
{
	struct vfsmount *mnt = BPF_CORE_READ(path, mnt);

	s->dentry = BPF_CORE_READ(path, dentry);
	s->mnt = mnt;
	s->mnt_root = BPF_CORE_READ(mnt, mnt_root);
	s->root_dentry = BPF_CORE_READ(fs, root.dentry);
	s->root_mnt = BPF_CORE_READ(fs, root.mnt);
	s->path_start = s->tail;
	s->done = 0;
	LOOP(PATH_STEPS, walk_step, NULL, PATH_STEPS);
	if (!s->done && s->tail <= TAIL_MAX)
		s->data[s->tail++] = '/';
	return s->tail - s->path_start;
}

/* Appends a path argument of the current process without its NUL; returns its size. */
static __always_inline __u32 append_argument(struct scratch *s, unsigned long pointer)
{
	__u32 tail = s->tail;
	long length;

	if (tail > TAIL_MAX)
		return 0;
	length = bpf_probe_read_user_str(s->data + tail, PATH_MAX_BYTES, (void *)pointer);
	if (length <= 1)
		return 0;
	s->tail = tail + length - 1;
	return length - 1;
}

#endif
