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

static __always_inline void data_returned(struct pt_regs *ctx, __u32 tgid, __u32 direction)
{
	struct call call;
	struct conn *conn;
	__u64 length;

	if (!take_call(ctx, &call)) {
		/* Entered before we attached, or evicted: a loss only where somebody watches. */
		if (is_tracked(tgid) && (__s32)UPROBE_RESULT(ctx) > 0)
			count_loss(LOSS_TLS_CALL, 1);
		return;
	}
	length = bytes_of_call(ctx, &call);
	if (!length)
		return;
	conn = conn_of(call.ssl, tgid);
	if (!conn)
		return;
	if (!is_tracked(tgid) && (direction != TLS_SEND || !discovered(ctx, conn, &call, length, tgid))) {
		conn->stream[direction].bytes += length;
		conn->stream[direction].calls += 1;
		return;
	}
	emit_payload(ctx, conn, direction, call.buffer, length);
}

static __always_inline void handshake_returned(struct pt_regs *ctx, __u32 tgid)
{
	struct tls_handshake_record r = {};
	struct conn *conn;
	struct call call;

	if (!take_call(ctx, &call) || !is_tracked(tgid))
		return;
	r.result = (__s32)UPROBE_RESULT(ctx);
	/* A nonblocking handshake returns many times before it is done. */
	if (r.result != 1)
		return;
	conn = conn_of(call.ssl, tgid);
	if (!conn)
		return;
	announce(ctx, conn);
	fill_header(&r.h, RECORD_TLS_HANDSHAKE, (struct task_struct *)bpf_get_current_task());
	r.conn = conn->id;
	emit(&payload, &r, sizeof(r), LOSS_TLS_CONTROL);
}

/* One program for all entries and one for all returns: attaching a library is then two links, and detaching it too. */
SEC("uprobe")
int on_enter(struct pt_regs *ctx)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;

	if (!is_watched(tgid))
		return 0;
	switch (bpf_get_attach_cookie(ctx) & 0xff) {
	case TLS_FUNCTION_WRITE:
	case TLS_FUNCTION_READ:
	case TLS_FUNCTION_HANDSHAKE:
		remember_call(ctx, UPROBE_ARG0(ctx), UPROBE_ARG1(ctx), 0);
		break;
	case TLS_FUNCTION_WRITE_EX:
	case TLS_FUNCTION_READ_EX:
		remember_call(ctx, UPROBE_ARG0(ctx), UPROBE_ARG1(ctx), UPROBE_ARG3(ctx));
		break;
	case TLS_FUNCTION_FREE:
		conn_ended(UPROBE_ARG0(ctx), tgid);
		break;
	}
	return 0;
}

SEC("uretprobe")
int on_return(struct pt_regs *ctx)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;

	if (!is_watched(tgid))
		return 0;
	switch (bpf_get_attach_cookie(ctx) & 0xff) {
	case TLS_FUNCTION_WRITE:
	case TLS_FUNCTION_WRITE_EX:
		data_returned(ctx, tgid, TLS_SEND);
		break;
	case TLS_FUNCTION_READ:
	case TLS_FUNCTION_READ_EX:
		data_returned(ctx, tgid, TLS_RECV);
		break;
	case TLS_FUNCTION_HANDSHAKE:
		handshake_returned(ctx, tgid);
		break;
	case TLS_FUNCTION_NEW:
		if (UPROBE_RESULT(ctx))
			conn_started(UPROBE_RESULT(ctx), tgid);
		break;
	}
	return 0;
}
