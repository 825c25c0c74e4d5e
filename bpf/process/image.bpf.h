/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Executable code that user space has not judged yet: reported once a file, and in a tracked tree held until judged. */
#ifndef AGENTSIGHT_IMAGE_BPF_H
#define AGENTSIGHT_IMAGE_BPF_H

#include "../file_table.bpf.h"

enum image_state {
	IMAGE_PENDING = 1,
	IMAGE_JUDGED = 2,
};

/* By file, not by path: a replaced or bind-mounted library is its own. Written by user space after its verdict. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 32768);
	__type(key, struct image_key);
	__type(value, __u32);
} images SEC(".maps");

/*
 * A job of an interactive shell: on a terminal and in another process group than its parent. The shell would see it
 * stop, print "Stopped" and take the terminal back, so it is not held; its code is hooked while it starts.
 */
static __always_inline bool is_shell_job(struct task_struct *task)
{
	struct signal_struct *signal = BPF_CORE_READ(task, signal);

	return BPF_CORE_READ(signal, tty) && BPF_CORE_READ(signal, pids[2]) != BPF_CORE_READ(task, real_parent, signal, pids[2]);
}

static __always_inline void image_mapped(struct task_struct *task, struct file *file, __u64 addr, bool followed)
{
	struct image_record r = {};
	struct image_key key = {};
	__u32 pending = IMAGE_PENDING, *state;
	bool hold;

	if (!file || (__u32)BPF_CORE_READ(task, tgid) == config.self)
		return;
	file_key_of(file, &key.file);
	key.changed = last_change(BPF_CORE_READ(file, f_inode));
	state = bpf_map_lookup_elem(&images, &key);
	if (state && (*state == IMAGE_JUDGED || !followed))
		return;
	if (!state)
		bpf_map_update_elem(&images, &key, &pending, BPF_NOEXIST);
	fill_header(&r.h, RECORD_IMAGE, task);
	r.dev = key.file.dev;
	r.ino = key.file.ino;
	r.changed = key.changed;
	r.addr = addr;
	if (addr)
		r.h.flags |= FLAG_MAPPED;
	/*
	 * Stopped before its next instruction in user mode. The signal comes first: user space may answer the record with
	 * SIGCONT before this program goes on, and a stop after that would be for ever. Without the record nobody would
	 * continue the process, so then the stop is taken back.
	 */
	hold = followed && !is_shell_job(task);
	if (BPF_CORE_READ(file, f_inode, i_sb, s_magic) == FUSE_MAGIC)
		r.h.flags |= FLAG_FUSE;
	if (hold) {
		r.h.flags |= FLAG_HELD;
		bpf_send_signal(SIGSTOP_VALUE);
	}
	r.h.size = sizeof(r);
	if (bpf_ringbuf_output(&control, &r, sizeof(r), 0)) {
		count_loss(LOSS_IMAGE, 1);
		if (hold)
			bpf_send_signal(SIGCONT_VALUE);
	}
}

#endif
