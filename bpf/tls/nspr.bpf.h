/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* NSPR's descriptors: files, sockets, and layers over them, of which TLS (libssl3) is the one in use. */
#ifndef AGENTSIGHT_NSPR_BPF_H
#define AGENTSIGHT_NSPR_BPF_H

#include "registers.bpf.h"

/* PRDescType of prio.h. */
#define PR_DESC_LAYERED 4
/* Leaves what it answers to be read again. */
#define PR_MSG_PEEK 2

/* PRFileDesc begins with a pointer to its methods, and those with their type. */
static __always_inline bool is_layer(__u64 descriptor)
{
	__u64 methods = 0;
	__u32 type = 0;

	if (read_user(&methods, sizeof(methods), descriptor) || read_user(&type, sizeof(type), methods))
		return false;
	return type == PR_DESC_LAYERED;
}

#endif
