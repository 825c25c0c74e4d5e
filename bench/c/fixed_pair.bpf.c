// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* What tracers of TLS commonly do: arguments remembered at the entry, one record of constant size at the return. */
#include "../../bpf/kernel.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct fixed_record {
	__u64 ts;
	__u64 thread;
	__u32 length;
	char comm[16];
	__u8 bytes[64];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, __u64);
} buffers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 32 * 1024 * 1024);
} fixed_records SEC(".maps");

SEC("uprobe")
int on_fixed_call(struct pt_regs *ctx)
{
	__u64 thread = bpf_get_current_pid_tgid(), buffer = ctx->si;

	bpf_map_update_elem(&buffers, &thread, &buffer, BPF_ANY);
	return 0;
}

SEC("uretprobe")
int on_fixed_return(struct pt_regs *ctx)
{
	__u64 thread = bpf_get_current_pid_tgid();
	__u64 *buffer = bpf_map_lookup_elem(&buffers, &thread);
	struct fixed_record *r;

	if (!buffer)
		return 0;
	r = bpf_ringbuf_reserve(&fixed_records, sizeof(*r), 0);
	if (r) {
		r->ts = bpf_ktime_get_boot_ns();
		r->thread = thread;
		r->length = ctx->ax;
		bpf_get_current_comm(r->comm, sizeof(r->comm));
		bpf_probe_read_user(r->bytes, sizeof(r->bytes), (void *)*buffer);
		bpf_ringbuf_submit(r, 0);
	}
	bpf_map_delete_elem(&buffers, &thread);
	return 0;
}
