// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * The TLS boundary: plain text on its way into and out of a library with OpenSSL's interface.
 *
 * Data is taken when the call returns: only then is it known how much of the buffer counted, and a write that was
 * retried is one write.
 */
#include "tls/call.bpf.h"
#include "tls/conn.bpf.h"
#include "tls/discover.bpf.h"
#include "tls/payload.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

static __always_inline bool is_watched(__u32 tgid)
{
	return tgid != config.self && (config.discover || is_tracked(tgid));
}

SEC("uprobe")
int on_call(struct pt_regs *ctx)
{
	if (is_watched(bpf_get_current_pid_tgid() >> 32))
		remember_call(ctx, UPROBE_ARG0(ctx), UPROBE_ARG1(ctx), 0);
	return 0;
}

/* SSL_read_ex and SSL_write_ex answer 1 and store the count behind their fourth argument. */
SEC("uprobe")
int on_call_ex(struct pt_regs *ctx)
{
	if (is_watched(bpf_get_current_pid_tgid() >> 32))
		remember_call(ctx, UPROBE_ARG0(ctx), UPROBE_ARG1(ctx), UPROBE_ARG3(ctx));
	return 0;
}

static __always_inline int data_returned(struct pt_regs *ctx, __u32 direction)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	struct call call;
	struct conn *conn;
	__u64 length;

	if (!is_watched(tgid))
		return 0;
	if (!take_call(ctx, &call)) {
		/* Entered before we attached, or evicted: a loss only where somebody watches. */
		if (is_tracked(tgid) && (__s32)UPROBE_RESULT(ctx) > 0)
			count_loss(LOSS_TLS_CALL, 1);
		return 0;
	}
	length = bytes_of_call(ctx, &call);
	if (!length)
		return 0;
	conn = conn_of(call.ssl, tgid);
	if (!conn)
		return 0;
	if (!is_tracked(tgid) && (direction != TLS_SEND || !discovered(ctx, conn, &call, length, tgid))) {
		conn->stream[direction].bytes += length;
		conn->stream[direction].calls += 1;
		return 0;
	}
	emit_payload(ctx, conn, direction, call.buffer, length);
	return 0;
}

SEC("uretprobe")
int on_write_return(struct pt_regs *ctx)
{
	return data_returned(ctx, TLS_SEND);
}

SEC("uretprobe")
int on_read_return(struct pt_regs *ctx)
{
	return data_returned(ctx, TLS_RECV);
}

SEC("uretprobe")
int on_new_return(struct pt_regs *ctx)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	__u64 ssl = UPROBE_RESULT(ctx);

	if (ssl && is_watched(tgid))
		conn_started(ssl, tgid);
	return 0;
}

SEC("uprobe")
int on_free(struct pt_regs *ctx)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;

	if (is_watched(tgid))
		conn_ended(UPROBE_ARG0(ctx), tgid);
	return 0;
}

SEC("uretprobe")
int on_handshake_return(struct pt_regs *ctx)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	struct tls_handshake_record r = {};
	struct conn *conn;
	struct call call;

	if (!is_tracked(tgid) || !take_call(ctx, &call))
		return 0;
	r.result = (__s32)UPROBE_RESULT(ctx);
	/* A nonblocking handshake returns many times before it is done. */
	if (r.result != 1)
		return 0;
	conn = conn_of(call.ssl, tgid);
	if (!conn)
		return 0;
	announce(ctx, conn);
	fill_header(&r.h, RECORD_TLS_HANDSHAKE, (struct task_struct *)bpf_get_current_task());
	r.conn = conn->id;
	emit(&payload, &r, sizeof(r), LOSS_TLS_CONTROL);
	return 0;
}
