// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * The crypto library below a TLS library that has no plain text interface to hook (rustls), or none that can be found.
 * An object of its own, loaded when the first such program appears.
 */
#include "tls/aead.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* EVP_AEAD_CTX_seal, _seal_scatter, _open, _open_gather. */
SEC("uprobe")
int on_aead_enter(struct pt_regs *ctx)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	struct aead_args args = {};

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
	case TLS_FUNCTION_AEAD_OPEN:
		args = (struct aead_args){ C_ARG4(ctx), C_ARG5(ctx), C_ARG8(ctx), C_ARG9(ctx) };
		record_opens(ctx, C_ARG0(ctx), &args, C_ARG1(ctx), C_ARG7(ctx), C_ARG2(ctx), 0);
		break;
	case TLS_FUNCTION_AEAD_OPEN_GATHER:
		args = (struct aead_args){ C_ARG2(ctx), C_ARG3(ctx), C_ARG8(ctx), C_ARG9(ctx) };
		record_opens(ctx, C_ARG0(ctx), &args, C_ARG1(ctx), C_ARG5(ctx) + C_ARG7(ctx), 0, C_ARG7(ctx));
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
