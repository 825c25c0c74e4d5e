// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * The TLS boundary: plain text on its way into and out of a TLS library.
 *
 * Data is taken when the call returns: only then is it known how much of the buffer counted, and a write that was
 * retried is one write.
 */
#include "tls/bond.bpf.h"
#include "tls/discover.bpf.h"
#include "tls/nspr.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

static __always_inline void call_begins(struct pt_regs *ctx, __u32 tgid, struct call *call)
{
	struct call_key key = key_at(STACK_AT_ENTRY(ctx));

	remember_call(&key, call);
	if (is_tracked(tgid))
		tls_call_begins();
}

/* Another thread may have the answer before this one returns. */
static __always_inline struct conn *write_begins(__u64 ssl, __u32 tgid)
{
	struct conn *conn = ssl && is_tracked(tgid) ? conn_of(ssl, tgid) : NULL;

	if (conn)
		conn->writing = 1;
	return conn;
}

static __always_inline void data_passed(struct pt_regs *ctx, __u32 tgid, __u32 direction, struct call *call, __s64 result)
{
	__u64 length = bytes_of_call(result, call);
	struct conn *conn;

	if (!length && direction == TLS_RECV)
		return;
	conn = call->ssl ? conn_of(call->ssl, tgid) : NULL;
	if (!conn)
		return;
	if (direction == TLS_SEND)
		conn->writing = 0;
	if (!length)
		return;
	if (!is_tracked(tgid) && (direction != TLS_SEND || !discovered(ctx, conn, call->buffer, length, tgid))) {
		conn->stream[direction].bytes += length;
		conn->stream[direction].calls += 1;
		return;
	}
	announce(ctx, conn);
	if (direction == TLS_RECV)
		bind_received(conn);
	emit_payload(ctx, conn, direction, call->buffer, length);
	if (direction == TLS_SEND)
		bind_sent(conn, length);
}

static __always_inline void go_begins(struct pt_regs *ctx, __u32 tgid, __u32 direction)
{
	struct call call = { .ssl = GO_ARG0(ctx), .buffer = GO_ARG1(ctx), .limit = GO_ARG2(ctx), .stack_top = go_stack_top(ctx) };
	struct call_key key = go_key(ctx, call.stack_top);
	struct conn *conn;

	/* When the stack has to grow, the function begins again: the same key. */
	remember_call(&key, &call);
	if (direction != TLS_SEND)
		return;
	/* The goroutine may be elsewhere when this returns, so what is about to leave is expected now. */
	conn = write_begins(call.ssl, tgid);
	if (conn && !conn->socket[TLS_SEND] && call.limit)
		expect_go_send(conn, call.limit);
}

static __always_inline void handshake_returned(struct pt_regs *ctx, __u32 tgid)
{
	struct call_key key = key_at(STACK_AT_RETURN(ctx));
	struct tls_handshake_record r = {};
	struct conn *conn;
	struct call call;

	if (!take_call(&key, &call) || !is_tracked(tgid))
		return;
	r.result = (__s32)C_RESULT(ctx);
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
	__u32 function = bpf_get_attach_cookie(ctx) & 0xff;
	struct call call = {};
	bool peeks;

	if (!is_watched(tgid))
		return 0;
	switch (function) {
	case TLS_FUNCTION_WRITE:
	case TLS_FUNCTION_READ:
	case TLS_FUNCTION_HANDSHAKE:
		call = (struct call){ .ssl = C_ARG0(ctx), .buffer = C_ARG1(ctx), .limit = (__u32)C_ARG2(ctx) };
		call_begins(ctx, tgid, &call);
		break;
	case TLS_FUNCTION_WRITE_EX:
	case TLS_FUNCTION_READ_EX:
		call = (struct call){ .ssl = C_ARG0(ctx), .buffer = C_ARG1(ctx), .limit = C_ARG2(ctx), .length_pointer = C_ARG3(ctx) };
		call_begins(ctx, tgid, &call);
		break;
	case TLS_FUNCTION_NSPR_WRITE:
	case TLS_FUNCTION_NSPR_READ:
	case TLS_FUNCTION_NSPR_RECV:
		call = (struct call){ .buffer = C_ARG1(ctx), .limit = (__u32)C_ARG2(ctx) };
		peeks = function == TLS_FUNCTION_NSPR_RECV && (C_ARG3(ctx) & PR_MSG_PEEK);
		if (!peeks && is_layer(C_ARG0(ctx)))
			call.ssl = C_ARG0(ctx);
		call_begins(ctx, tgid, &call);
		break;
	case TLS_FUNCTION_GO_WRITE:
		go_begins(ctx, tgid, TLS_SEND);
		break;
	case TLS_FUNCTION_GO_READ:
		go_begins(ctx, tgid, TLS_RECV);
		break;
	case TLS_FUNCTION_FREE:
		conn_ended(C_ARG0(ctx), tgid);
		break;
	}
	if (function == TLS_FUNCTION_WRITE || function == TLS_FUNCTION_WRITE_EX || function == TLS_FUNCTION_NSPR_WRITE)
		write_begins(call.ssl, tgid);
	return 0;
}

SEC("uretprobe")
int on_return(struct pt_regs *ctx)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32, direction = TLS_SEND;
	struct call_key key = key_at(STACK_AT_RETURN(ctx));
	__s64 result = (__s32)C_RESULT(ctx);
	__u64 go_top = 0;
	struct call call;

	if (!is_watched(tgid))
		return 0;
	switch (bpf_get_attach_cookie(ctx) & 0xff) {
	case TLS_FUNCTION_HANDSHAKE:
		handshake_returned(ctx, tgid);
		return 0;
	case TLS_FUNCTION_NEW:
		if (C_RESULT(ctx))
			conn_started(C_RESULT(ctx), tgid);
		return 0;
	case TLS_FUNCTION_WRITE:
	case TLS_FUNCTION_WRITE_EX:
	case TLS_FUNCTION_NSPR_WRITE:
		break;
	case TLS_FUNCTION_READ:
	case TLS_FUNCTION_READ_EX:
	case TLS_FUNCTION_NSPR_READ:
	case TLS_FUNCTION_NSPR_RECV:
		direction = TLS_RECV;
		break;
	case TLS_FUNCTION_GO_READ:
		direction = TLS_RECV;
		/* fallthrough */
	case TLS_FUNCTION_GO_WRITE:
		go_top = go_stack_top(ctx);
		key = go_key(ctx, go_top);
		result = GO_RESULT(ctx);
		break;
	}
	if (is_tracked(tgid))
		tls_call_ends();
	if (take_call(&key, &call)) {
		/* A buffer on the goroutine's own stack moved with it. */
		if (go_top && call.buffer < call.stack_top && call.stack_top - call.buffer <= key.stack)
			call.buffer += go_top - call.stack_top;
		data_passed(ctx, tgid, direction, &call, result);
	} else if (is_tracked(tgid) && result > 0) {
		/* Entered before we attached, or evicted: a loss only where somebody watches. */
		count_loss(LOSS_TLS_CALL, 1);
	}
	return 0;
}
