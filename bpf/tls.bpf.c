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

/* Another thread may have the answer before this one returns, and before its bytes are in the ring. */
static __always_inline void write_begins(__u64 ssl, __u32 tgid)
{
	struct conn *conn = ssl && is_tracked(tgid) ? conn_of(ssl, tgid) : NULL;

	if (conn)
		conn->writing = conn->stream[TLS_SEND].bytes + 1;
}

/* `looks`: what is sent was not looked at before. */
static __always_inline void data_seen(struct pt_regs *ctx, __u32 tgid, __u32 direction, struct conn *conn, __u64 buffer, __u64 length,
				      bool looks)
{
	if (!is_tracked(tgid) && (direction != TLS_SEND || !looks || !discovered(ctx, conn, buffer, length, tgid))) {
		conn->stream[direction].bytes += length;
		conn->stream[direction].calls += 1;
		return;
	}
	announce(ctx, conn);
	if (direction == TLS_RECV)
		bind_received(conn);
	emit_payload(ctx, conn, direction, buffer, length);
	if (direction == TLS_SEND)
		bind_sent(conn, length);
}

static __always_inline void data_passed(struct pt_regs *ctx, __u32 tgid, __u32 direction, struct call *call, __s64 result, bool looks)
{
	__u64 length = bytes_of_call(result, call);
	struct conn *conn;

	if (!length && direction == TLS_RECV)
		return;
	conn = call->ssl ? conn_of(call->ssl, tgid) : NULL;
	if (!conn)
		return;
	/* Whoever is found by what it sends here has answers told before that is. */
	if (direction == TLS_SEND && !conn->writing)
		conn->writing = conn->stream[TLS_SEND].bytes + 1;
	if (length)
		data_seen(ctx, tgid, direction, conn, call->buffer, length, looks);
	if (direction == TLS_SEND)
		conn->writing = 0;
}

static __noinline void go_call_begins(struct pt_regs *ctx)
{
	struct call call = { .ssl = GO_ARG0(ctx), .buffer = GO_ARG1(ctx), .limit = GO_ARG2(ctx), .stack_top = go_stack_top(ctx) };
	struct call_key key = go_key(ctx, call.stack_top);

	/* When the stack has to grow, the function begins again: the same key. */
	remember_call(&key, &call);
}

static __noinline void go_write_begins(struct pt_regs *ctx, __u32 tgid)
{
	__u64 ssl = GO_ARG0(ctx), length = GO_ARG2(ctx);
	struct conn *conn = ssl && length ? conn_of(ssl, tgid) : NULL;

	if (!conn)
		return;
	if (!conn->writing) {
		conn->writing = conn->stream[TLS_SEND].bytes + 1;
		/* Before it leaves: another thread may have the answer before this one returns, and that belongs to an agent. */
		if (!is_tracked(tgid))
			discovered(ctx, conn, GO_ARG1(ctx), length, tgid);
	}
	/* The goroutine may be elsewhere when this returns, so what is about to leave is expected now. */
	if (is_tracked(tgid) && !conn->socket[TLS_SEND])
		expect_go_send(conn, length);
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

static __noinline void c_call_begins(struct pt_regs *ctx, __u32 tgid, __u32 function)
{
	struct call call = { .ssl = C_ARG0(ctx), .buffer = C_ARG1(ctx), .limit = (__u32)C_ARG2(ctx) };
	bool writes = function == TLS_FUNCTION_WRITE || function == TLS_FUNCTION_WRITE_EX || function == TLS_FUNCTION_NSPR_WRITE;

	switch (function) {
	case TLS_FUNCTION_WRITE_EX:
	case TLS_FUNCTION_READ_EX:
		call.limit = C_ARG2(ctx);
		call.length_pointer = C_ARG3(ctx);
		break;
	case TLS_FUNCTION_NSPR_RECV:
		if (C_ARG3(ctx) & PR_MSG_PEEK)
			call.ssl = 0;
		/* fallthrough */
	case TLS_FUNCTION_NSPR_WRITE:
	case TLS_FUNCTION_NSPR_READ:
		if (call.ssl && !is_layer(call.ssl))
			call.ssl = 0;
		break;
	}
	call_begins(ctx, tgid, &call);
	if (writes)
		write_begins(call.ssl, tgid);
}

/* One program for all entries and one for all returns: attaching a library is then two links, and detaching it too. */
SEC("uprobe")
int on_enter(struct pt_regs *ctx)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	__u32 function = bpf_get_attach_cookie(ctx) & 0xff;

	if (!is_watched(tgid))
		return 0;
	switch (function) {
	case TLS_FUNCTION_GO_WRITE:
	case TLS_FUNCTION_GO_READ:
		go_call_begins(ctx);
		if (function == TLS_FUNCTION_GO_WRITE)
			go_write_begins(ctx, tgid);
		break;
	case TLS_FUNCTION_FREE:
		conn_ended(C_ARG0(ctx), tgid);
		break;
	case TLS_FUNCTION_NEW:
		break;
	default:
		c_call_begins(ctx, tgid, function);
	}
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
		data_passed(ctx, tgid, direction, &call, result, !go_top);
	} else if (is_tracked(tgid) && result > 0) {
		/* Entered before we attached, or evicted: a loss only where somebody watches. */
		count_loss(LOSS_TLS_CALL, 1);
	}
	return 0;
}
