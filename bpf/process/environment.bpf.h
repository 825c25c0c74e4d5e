/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The names of a program's environment. Values stay where they are: they are where secrets live. */
#ifndef AGENTSIGHT_ENVIRONMENT_BPF_H
#define AGENTSIGHT_ENVIRONMENT_BPF_H

#include "../path.bpf.h"

#define ENV_PIECE 64
/* Pieces of the environment that are looked at: 128 KiB, and as many names as that has. */
#define ENV_STEPS 2048
#define ENV_NAMES_MAX 16384

struct env_walk {
	__u64 at;
	__u64 end;
	__u32 from;
	__u32 in_value;
	__u32 truncated;
	__u32 reserved;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct env_walk);
} env_walks SEC(".maps");

static __always_inline struct env_walk *env_walk_of_cpu(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&env_walks, &zero);
}

/* One piece of one string: up to its end, or ENV_PIECE bytes. */
__noinline int read_env_piece(__u32 index)
{
	struct env_walk *walk = env_walk_of_cpu();
	struct scratch *s = scratch_of_cpu();
	__u32 tail, name = 0;
	bool found = false;
	long length;

	if (!s || !walk || walk->at >= walk->end)
		return 1;
	tail = s->tail;
	if (tail > TAIL_MAX || tail - walk->from > ENV_NAMES_MAX) {
		walk->truncated = 1;
		return 1;
	}
	/* A piece that is cut off is NUL-terminated too, and its last byte is read again with the next. */
	length = bpf_probe_read_user_str(s->data + tail, ENV_PIECE, (void *)walk->at);
	if (length < 0) {
		walk->truncated = 1;
		return 1;
	}
	/* An empty string is 1 with its NUL; before 6.2 it is 0. */
	if (!length) {
		s->data[tail] = 0;
		length = 1;
	}
	if (!walk->in_value) {
		for (__u32 i = 0; i < ENV_PIECE; i++) {
			__u8 byte = s->data[tail + i];

			if (!byte || byte == '=') {
				found = byte == '=';
				name = i;
				break;
			}
		}
		s->tail = tail + name;
		if (found || length < ENV_PIECE) {
			s->data[tail + name] = 0;
			s->tail = tail + name + 1;
			walk->in_value = 1;
		}
	}
	walk->at += length < ENV_PIECE ? length : length - 1;
	if (length < ENV_PIECE)
		walk->in_value = 0;
	return 0;
}

static long env_step(__u32 index, void *unused)
{
	return read_env_piece(index) != 0;
}

static __always_inline __u32 append_env_names(struct scratch *s, struct exec_record *r, struct task_struct *task)
{
	struct env_walk *walk = env_walk_of_cpu();

	if (!walk)
		return 0;
	walk->at = BPF_CORE_READ(task, mm, env_start);
	walk->end = BPF_CORE_READ(task, mm, env_end);
	walk->from = s->tail;
	walk->in_value = walk->truncated = 0;
	LOOP(ENV_STEPS, env_step, NULL, ENV_STEPS);
	r->env_truncated = walk->truncated || walk->at < walk->end;
	return s->tail - walk->from;
}

#endif
