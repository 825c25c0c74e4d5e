// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * The crypto library below a TLS library that has no plain text interface to hook (rustls), or none that can be found.
 * An object of its own, loaded when the first such program appears.
 */
#include "tls/aead.bpf.h"

#define RING_NONCE_BYTES 12
#define RING_TAG_BYTES 16

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Below this a number is an offset into a record, above it an address. */
#define OFFSET_MAX 65536

/*
 * What the probes read at ring's seal and open (`fn` pointers of `aead::Algorithm`, Rust's calling convention). Measured
 * with ring 0.16.20 and 0.17.14, rustc 1.63 to 1.95, opt-level 3 and "z", with and without link-time optimisation.
 *
 * The result (16 or 17 bytes) goes where the caller says: that takes the first register on x86-64, none on arm64.
 *
 *                result   key   nonce   aad   aad_len   then, at entry
 *     x86-64     rdi      rsi   rdx     rcx   r8        r9, [rsp+8], [rsp+16]
 *     arm64      x8       x0    x1      x2    x3        x4, x5, x6
 *
 *     seal                      then: in_out, in_out_len
 *     open, ring 0.17           then: in_out, in_out_len, start
 *     open, ring 0.16           then: start, in_out, in_out_len
 *
 * `nonce` points to 12 bytes. `in_out_len` is without the tag.
 * seal, at entry: the plain text is `in_out_len` bytes at `in_out`; nothing is needed at its return.
 * open, at entry: note all; at its return the plain text is `in_out_len - start` bytes at `in_out` (the cipher text was
 * at `in_out + start`). The two forms of open are told apart by r9 (x4): rustls passes a start of 0, or of 8 (TLS 1.2
 * with AES), and no buffer lies that low.
 *
 * With `text` for the plain text's length, a TLS record is what has
 *     aad_len 5:  17 03 03 HH LL, HHLL = text + 16 (TLS 1.3; the text ends with its type and zeros), or
 *     aad_len 13: sequence number (8), type, 03 03, HH LL, HHLL = text (TLS 1.2).
 * QUIC, tickets and everything else differ.
 *
 * open does not judge the tag, its caller does, and wipes the text of a forged record. The record is authentic when the
 * 16 bytes at `in_out + in_out_len` equal the result: from its first byte (0.16), or from its second when a Result is
 * returned (0.17; first byte 0). On arm64 x8 must be noted at entry; on x86-64 rax is the result's address again.
 *
 * `key` is an object of one direction that lives as long as its key. Its address is used again, even for the other
 * direction of the same connection once the handshake is over: a key is (address, direction, nonce[0..4]), whose nonces
 * differ in the last 8 bytes only (TLS 1.3 and ChaCha20: sequence number xor IV; AES in TLS 1.2: a counter).
 */
static __always_inline void ring_opens(struct pt_regs *ctx)
{
	struct aead_args args = { RUST_ARG1(ctx), RING_NONCE_BYTES, RUST_ARG2(ctx), RUST_ARG3(ctx) };
	volatile __u64 first = RUST_ARG4(ctx), second = RUST_ARG5(ctx), third = RUST_ARG6(ctx);
	struct opening o = { .context = RUST_ARG0(ctx), .tag_length = RING_TAG_BYTES, .computed = RUST_RESULT_AT(ctx) };
	bool text_first = first >= OFFSET_MAX;
	__u64 length = text_first ? second : third, start = text_first ? third : first;

	if (start > length)
		start = length;
	o.out = text_first ? first : second;
	o.length = length - start + RING_TAG_BYTES;
	o.tag = o.out + length;
	record_opens(ctx, &args, &o);
}

/* EVP_AEAD_CTX_seal, _seal_scatter, _open, _open_gather of BoringSSL and aws-lc; seal and open of ring. */
SEC("uprobe")
int on_aead_enter(struct pt_regs *ctx)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	struct aead_args args = {};
	struct opening o = {};

	if (!is_watched(tgid))
		return 0;
	switch (bpf_get_attach_cookie(ctx) & 0xff) {
	case TLS_FUNCTION_AEAD_SEAL:
		args = (struct aead_args){ C_ARG4(ctx), C_ARG5(ctx), C_ARG8(ctx), C_ARG9(ctx) };
		record_sealed(ctx, tgid, C_ARG0(ctx), &args, C_ARG6(ctx), C_ARG7(ctx), 0, 0);
		break;
	case TLS_FUNCTION_AEAD_SEAL_SCATTER:
		args = (struct aead_args){ C_ARG5(ctx), C_ARG6(ctx), C_ARG11(ctx), C_ARG12(ctx) };
		record_sealed(ctx, tgid, C_ARG0(ctx), &args, C_ARG7(ctx), C_ARG8(ctx), C_ARG9(ctx), C_ARG10(ctx));
		break;
	case TLS_FUNCTION_RING_SEAL:
		args = (struct aead_args){ RUST_ARG1(ctx), RING_NONCE_BYTES, RUST_ARG2(ctx), RUST_ARG3(ctx) };
		record_sealed(ctx, tgid, RUST_ARG0(ctx), &args, RUST_ARG4(ctx), RUST_ARG5(ctx), 0, 0);
		break;
	case TLS_FUNCTION_AEAD_OPEN:
		args = (struct aead_args){ C_ARG4(ctx), C_ARG5(ctx), C_ARG8(ctx), C_ARG9(ctx) };
		o = (struct opening){ .context = C_ARG0(ctx), .out = C_ARG1(ctx), .length = C_ARG7(ctx), .length_pointer = C_ARG2(ctx) };
		record_opens(ctx, &args, &o);
		break;
	case TLS_FUNCTION_AEAD_OPEN_GATHER:
		args = (struct aead_args){ C_ARG2(ctx), C_ARG3(ctx), C_ARG8(ctx), C_ARG9(ctx) };
		o = (struct opening){ .context = C_ARG0(ctx), .out = C_ARG1(ctx), .length = C_ARG5(ctx) + C_ARG7(ctx), .tag_length = C_ARG7(ctx) };
		record_opens(ctx, &args, &o);
		break;
	case TLS_FUNCTION_RING_OPEN:
		ring_opens(ctx);
		break;
	}
	return 0;
}

SEC("uretprobe")
int on_aead_return(struct pt_regs *ctx)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;

	if (is_watched(tgid))
		record_opened(ctx, tgid);
	return 0;
}
