/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * One TLS record at the crypto library (EVP_AEAD of BoringSSL and aws-lc), below whatever TLS was written in.
 *
 * The additional data says what is encrypted: TLS 1.3 authenticates the record's header, TLS 1.2 its sequence number,
 * type, version and length (RFC 8446 5.2, RFC 5246 6.2.3.3). Everything else that uses this boundary (QUIC, files,
 * tokens) is left alone. A key carries one direction; a new key at the same address is told by its nonce.
 */
#ifndef AGENTSIGHT_AEAD_BPF_H
#define AGENTSIGHT_AEAD_BPF_H

#include "bond.bpf.h"
#include "discover.bpf.h"

#define TLS_ALERT 0x15
#define TLS_APPLICATION_DATA 0x17
#define TLS_RECORD_MAX (16384 + 256)
#define AD_TLS13 5
#define AD_TLS12 13
/* A key seals fewer records than this between two that we see. */
#define NONCE_WINDOW_BITS 24
#define PADDING_MAX 16384
#define PADDING_LEAST 8

struct aead_args {
	__u64 nonce;
	__u64 nonce_length;
	__u64 ad;
	__u64 ad_length;
};

/* True for a record of TLS. */
static __always_inline bool read_record(struct aead_args *args, struct tls_record *record)
{
	__u8 ad[AD_TLS12] = {};
	struct {
		__u32 head;
		__u32 high;
		__u32 low;
	} nonce;

	if (args->nonce_length != sizeof(nonce) && args->nonce_length != 8)
		return false;
	if (args->ad_length == AD_TLS13) {
		if (read_user(ad, AD_TLS13, args->ad) || args->nonce_length != sizeof(nonce))
			return false;
		if (ad[0] != TLS_APPLICATION_DATA || ad[1] != 3 || ad[2] != 3 || read_user(&nonce, sizeof(nonce), args->nonce))
			return false;
		record->size = (__u32)ad[3] << 8 | ad[4];
		record->content_type = 0;
		/* The sequence number is mixed into the last eight bytes. */
		record->nonce_head = nonce.head;
		record->nonce = (__u64)__builtin_bswap32(nonce.high) << 32 | __builtin_bswap32(nonce.low);
		return record->size <= TLS_RECORD_MAX;
	}
	if (args->ad_length != AD_TLS12 || read_user(ad, AD_TLS12, args->ad))
		return false;
	if (ad[8] < 0x14 || ad[8] > TLS_APPLICATION_DATA || ad[9] != 3 || ad[10] > 3)
		return false;
	record->size = (__u32)ad[11] << 8 | ad[12];
	record->content_type = ad[8];
	record->nonce_head = 0;
	record->nonce = 0;
	for (int i = 0; i < 8; i++)
		record->nonce = record->nonce << 8 | ad[i];
	return record->size <= TLS_RECORD_MAX;
}

/* The connection half this key belongs to; NULL when the record was seen already (one form of the call within another). */
static __always_inline struct conn *half_of(__u64 context, __u32 tgid, struct tls_record *record)
{
	struct conn_key key = { .ssl = context, .tgid = tgid };
	struct conn *conn = bpf_map_lookup_elem(&conns, &key);
	__u64 start = current_process_start();

	if (conn && conn->half && conn->process_start == start && conn->nonce_head == record->nonce_head) {
		__u64 apart = conn->nonce ^ record->nonce;
		bool counts = !record->content_type || record->nonce > conn->nonce;

		if (!apart)
			return NULL;
		if (counts && apart >> NONCE_WINDOW_BITS == 0) {
			conn->nonce = record->nonce;
			return conn;
		}
	}
	/* Not its end: the peers may have agreed on a new key for the same connection. */
	conn = conn_create(&key, start, 0, 1);
	if (conn) {
		conn->nonce_head = record->nonce_head;
		conn->nonce = record->nonce;
	}
	return conn;
}

struct unpadding {
	__u64 at;
	__u32 length;
	__u32 type;
};

static long drop_zero(__u32 index, struct unpadding *u)
{
	__u8 byte = 0;

	if (!u->length || read_user(&byte, 1, u->at + u->length - 1))
		return 1;
	u->length -= 1;
	u->type = byte;
	return byte != 0;
}

/* The plain text of a TLS 1.3 record ends with its content type and any number of zeros. */
static __always_inline void strip_type(__u64 at, __u64 *length, __u32 *type)
{
	struct unpadding u = { .at = at, .length = *length };

	LOOP(PADDING_MAX, drop_zero, &u, PADDING_LEAST);
	*length = u.length;
	*type = u.type;
}

/* A close_notify: this direction is over. */
static __always_inline void alert_passed(__u64 context, __u32 tgid, __u64 at, __u64 length)
{
	__u8 alert[2] = {};

	if (length == sizeof(alert) && !read_user(alert, sizeof(alert), at) && alert[1] == 0)
		conn_ended(context, tgid);
}

/* The content type is known for every record that could be read. */
static __always_inline void count_unread(__u32 tgid, __u64 length)
{
	if (length && is_tracked(tgid))
		count_loss(LOSS_PAYLOAD_FAULT, length);
}

/* Before the call: the text is encrypted where it lies. */
static __always_inline void record_sealed(struct pt_regs *ctx, __u32 tgid, __u64 context, struct aead_args *args,
					  __u64 in, __u64 length, __u64 extra, __u64 extra_length)
{
	struct tls_record record = {};
	__u32 type, overhead;
	struct conn *conn;

	if (length > TLS_RECORD_MAX || extra_length > 1 || !read_record(args, &record))
		return;
	overhead = record.size - length - extra_length;
	type = record.content_type;
	if (type) {
		if (overhead)
			return;
	} else {
		__u8 last = 0;

		/* The tag: 16 bytes, 8 in the CCM_8 suites. */
		if (overhead != 16 && overhead != 8)
			return;
		if (!extra_length)
			strip_type(in, &length, &type);
		else if (!read_user(&last, 1, extra))
			type = last;
	}
	conn = half_of(context, tgid, &record);
	if (!conn)
		return;
	if (!type)
		return count_unread(tgid, length);
	if (type == TLS_ALERT)
		return alert_passed(context, tgid, in, length);
	if (type != TLS_APPLICATION_DATA || !length)
		return;
	if (!is_tracked(tgid) && !discovered(ctx, conn, in, length, tgid)) {
		conn->stream[TLS_SEND].bytes += length;
		conn->stream[TLS_SEND].calls += 1;
		return;
	}
	emit_payload(ctx, conn, TLS_SEND, in, length);
	if (conn->socket[TLS_SEND])
		return;
	if (record.content_type)
		expect_send(conn, record.size + RECORD_OVERHEAD_MIN, record.size + RECORD_OVERHEAD_MAX);
	else
		expect_send(conn, record.size, record.size);
}

/* `length`: of the ciphertext, its tag included; the plain text has `tag_length` less, or what `length_pointer` says. */
struct opening {
	__u64 context;
	__u64 out;
	__u64 length;
	__u64 length_pointer;
	__u64 tag_length;
	__u64 tag;
	__u64 computed;
};

static __always_inline void record_opens(struct pt_regs *ctx, struct aead_args *args, struct opening *o)
{
	struct call call = {
		.buffer = o->out,
		.limit = o->length - o->tag_length,
		.length_pointer = o->length_pointer,
		.tag = o->tag,
		.computed = o->computed,
	};
	struct call_key key = key_at(STACK_AT_ENTRY(ctx));

	if (o->length <= TLS_RECORD_MAX && o->tag_length <= o->length && read_record(args, &call.record) &&
	    (call.record.content_type || call.record.size == o->length))
		call.ssl = o->context;
	remember_call(&key, &call);
}

static __always_inline bool tags_agree(struct call *call)
{
	/* Behind the byte that tells success from failure, where there is one (0.17). */
	__u64 came[2] = {}, plain[2] = {}, behind[2] = {};

	if (read_user(came, sizeof(came), call->tag) || read_user(plain, sizeof(plain), call->computed) ||
	    read_user(behind, sizeof(behind), call->computed + 1))
		return false;
	return (came[0] == plain[0] && came[1] == plain[1]) || (came[0] == behind[0] && came[1] == behind[1]);
}

static __always_inline void record_opened(struct pt_regs *ctx, __u32 tgid)
{
	struct call_key key = key_at(STACK_AT_RETURN(ctx));
	struct conn *conn;
	struct call call;
	__u64 length;
	__u32 type;

	if (!take_call(&key, &call)) {
		if (is_tracked(tgid))
			count_loss(LOSS_TLS_CALL, 1);
		return;
	}
	/* Unauthentic records never reach the application. */
	if (!call.ssl || !(call.tag ? tags_agree(&call) : (__s32)C_RESULT(ctx) == 1))
		return;
	length = call.limit;
	if (call.length_pointer && read_user(&length, sizeof(length), call.length_pointer))
		return count_loss(LOSS_TLS_CALL, 1);
	type = call.record.content_type;
	if (length > call.limit || (type && length != call.record.size))
		return;
	if (!type)
		strip_type(call.buffer, &length, &type);
	conn = half_of(call.ssl, tgid, &call.record);
	if (!conn)
		return;
	if (!type)
		return count_unread(tgid, length);
	if (type == TLS_ALERT)
		return alert_passed(call.ssl, tgid, call.buffer, length);
	if (type != TLS_APPLICATION_DATA || !length)
		return;
	if (!is_tracked(tgid)) {
		conn->stream[TLS_RECV].bytes += length;
		conn->stream[TLS_RECV].calls += 1;
		return;
	}
	announce(ctx, conn);
	bind_received(conn);
	emit_payload(ctx, conn, TLS_RECV, call.buffer, length);
}

#endif
