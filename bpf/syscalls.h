/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* System call numbers and arguments as the raw tracepoints see them. */
#ifndef AGENTSIGHT_SYSCALLS_H
#define AGENTSIGHT_SYSCALLS_H

#if defined(__TARGET_ARCH_x86)
#include "syscalls/x86_64.h"
#include "syscalls/i386.h"
#define HAS_LEGACY_CALLS 1
#define HAS_COMPAT_CALLS 1
#define ARG0(regs) ((regs)->di)
#define ARG1(regs) ((regs)->si)
#define ARG2(regs) ((regs)->dx)
#define ARG3(regs) ((regs)->r10)
#define ARG4(regs) ((regs)->r8)
#define ARG5(regs) ((regs)->r9)
/* 32-bit code: the registers of int 0x80. */
#define COMPAT_ARG0(regs) ((__u32)(regs)->bx)
#define COMPAT_ARG1(regs) ((__u32)(regs)->cx)
#define COMPAT_ARG2(regs) ((__u32)(regs)->dx)
#define COMPAT_ARG3(regs) ((__u32)(regs)->si)
#define COMPAT_ARG4(regs) ((__u32)(regs)->di)
#define COMPAT_ARG5(regs) ((__u32)(regs)->bp)
#define SYSCALL_NR(regs) ((long)(regs)->orig_ax)
/* TS_COMPAT: a 32-bit call, whose numbers mean something else. */
#define IS_COMPAT_CALL(task) (BPF_CORE_READ(task, thread_info.status) & 2)
#elif defined(__TARGET_ARCH_arm64)
#include "syscalls/arm64.h"
#define HAS_LEGACY_CALLS 0
#define HAS_COMPAT_CALLS 0
#define ARG0(regs) BPF_CORE_READ(regs, orig_x0)
#define ARG1(regs) BPF_CORE_READ(regs, regs[1])
#define ARG2(regs) BPF_CORE_READ(regs, regs[2])
#define ARG3(regs) BPF_CORE_READ(regs, regs[3])
#define ARG4(regs) BPF_CORE_READ(regs, regs[4])
#define ARG5(regs) BPF_CORE_READ(regs, regs[5])
#define SYSCALL_NR(regs) ((long)BPF_CORE_READ(regs, syscallno))
#define IS_COMPAT_CALL(task) 0
#endif

#define AT_FDCWD_VALUE -100
#define AT_REMOVEDIR_FLAG 0x200
#define AT_EMPTY_PATH_FLAG 0x1000
#define PROT_WRITE_FLAG 2
#define PROT_EXEC_FLAG 4
#define MAP_SHARED_FLAG 1
#define MAP_ANONYMOUS_FLAG 0x20
#define CLOSE_RANGE_UNSHARE_FLAG 2
#define CLOSE_RANGE_CLOEXEC_FLAG 4
#define O_CLOEXEC_FLAG 02000000
#define PR_SET_NAME_VALUE 15
#define CORE_DUMPED_FLAG 0x80
#define PIDFS_MAGIC 0x50494446
#define NSFS_MAGIC 0x6e736673
#define FMODE_READ_FLAG 1
#define FMODE_WRITE_FLAG 2
#define FMODE_CREATED_FLAG 0x100000
#define MODE_TYPE_MASK 0170000
#define MODE_REGULAR 0100000
#define MODE_SOCKET 0140000
#define MODE_FIFO 0010000
#define MODE_CHARACTER 0020000
/* Of one process, that are looked through at its exit or exec, or within one close_range: what is beyond is counted. */
#define DESCRIPTORS_MAX 65536
/* The same for each of them that others refer to as well: with that many of those it takes some 50 ms. */
#define SEARCH_MAX 512
/* Without bpf_loop. */
#define DESCRIPTORS_LEAST 1024
#define FUSE_MAGIC 0x65735546
#define TMPFS_MAGIC 0x01021994
#define IPPROTO_TCP_VALUE 6
#define SOCK_STREAM_VALUE 1
#define SOCK_DGRAM_VALUE 2
#define SOCK_RAW_VALUE 3
#define SOCKADDR_IN6_SIZE 28
#define SOCK_TYPE_MASK 0xf
#define DNS_PORT 53
/* Of one record about names. */
#define NET_DATA_MAX 2048
#define AF_UNIX_VALUE 1
#define AF_INET_VALUE 2
#define AF_INET6_VALUE 10
#define MSG_OOB_FLAG 1
#define MSG_PEEK_FLAG 2
#define MSG_TRUNC_FLAG 0x20
#define MSG_ERRQUEUE_FLAG 0x2000
#define MSG_FASTOPEN_FLAG 0x20000000
#define SIGCONT_VALUE 18
#define SIGSTOP_VALUE 19
#define EINTR_VALUE 4
#define EAGAIN_VALUE 11
#define EFAULT_VALUE 14
/* What the kernel starts again, or hands out as EINTR (linux/errno.h). */
#define ERESTART_FIRST 512
#define ERESTART_LAST 516
#define EINPROGRESS_VALUE 115
#define TCP_ESTABLISHED_VALUE 1
#define TCP_SYN_SENT_VALUE 2
#define TCP_CLOSE_VALUE 7
#define SIGNAL_GROUP_EXIT_FLAG 4

#endif
