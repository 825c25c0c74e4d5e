/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* System call numbers and arguments as the raw tracepoints see them. arm64 never had the calls without a dirfd. */
#ifndef AGENTSIGHT_SYSCALLS_H
#define AGENTSIGHT_SYSCALLS_H

#if defined(__TARGET_ARCH_x86)
#define HAS_LEGACY_CALLS 1
#define NR_READ 0
#define NR_WRITE 1
#define NR_OPEN 2
#define NR_CLOSE 3
#define NR_MMAP 9
#define NR_PREAD64 17
#define NR_PWRITE64 18
#define NR_READV 19
#define NR_WRITEV 20
#define NR_PIPE 22
#define NR_DUP2 33
#define NR_SENDFILE 40
#define NR_SOCKET 41
#define NR_CONNECT 42
#define NR_ACCEPT 43
#define NR_SENDTO 44
#define NR_RECVFROM 45
#define NR_SENDMSG 46
#define NR_RECVMSG 47
#define NR_SOCKETPAIR 53
#define NR_RENAME 82
#define NR_MKDIR 83
#define NR_RMDIR 84
#define NR_CREAT 85
#define NR_UNLINK 87
#define NR_OPENAT 257
#define NR_MKDIRAT 258
#define NR_UNLINKAT 263
#define NR_RENAMEAT 264
#define NR_SPLICE 275
#define NR_ACCEPT4 288
#define NR_DUP3 292
#define NR_PIPE2 293
#define NR_PREADV 295
#define NR_PWRITEV 296
#define NR_RENAMEAT2 316
#define NR_COPY_FILE_RANGE 326
#define NR_PREADV2 327
#define NR_PWRITEV2 328
#define NR_OPENAT2 437
#define ARG0(regs) BPF_CORE_READ(regs, di)
#define ARG1(regs) BPF_CORE_READ(regs, si)
#define ARG2(regs) BPF_CORE_READ(regs, dx)
#define ARG3(regs) BPF_CORE_READ(regs, r10)
#define ARG4(regs) BPF_CORE_READ(regs, r8)
#define SYSCALL_NR(regs) ((long)BPF_CORE_READ(regs, orig_ax))
/* TS_COMPAT: a 32-bit call, whose numbers mean something else. */
#define IS_COMPAT_CALL(task) (BPF_CORE_READ(task, thread_info.status) & 2)
#elif defined(__TARGET_ARCH_arm64)
#define HAS_LEGACY_CALLS 0
#define NR_DUP3 24
#define NR_MKDIRAT 34
#define NR_UNLINKAT 35
#define NR_RENAMEAT 38
#define NR_OPENAT 56
#define NR_CLOSE 57
#define NR_PIPE2 59
#define NR_READ 63
#define NR_WRITE 64
#define NR_READV 65
#define NR_WRITEV 66
#define NR_PREAD64 67
#define NR_PWRITE64 68
#define NR_PREADV 69
#define NR_PWRITEV 70
#define NR_SENDFILE 71
#define NR_SPLICE 76
#define NR_SOCKET 198
#define NR_SOCKETPAIR 199
#define NR_ACCEPT 202
#define NR_CONNECT 203
#define NR_SENDTO 206
#define NR_RECVFROM 207
#define NR_SENDMSG 211
#define NR_RECVMSG 212
#define NR_MMAP 222
#define NR_ACCEPT4 242
#define NR_RENAMEAT2 276
#define NR_COPY_FILE_RANGE 285
#define NR_PREADV2 286
#define NR_PWRITEV2 287
#define NR_OPENAT2 437
#define ARG0(regs) BPF_CORE_READ(regs, orig_x0)
#define ARG1(regs) BPF_CORE_READ(regs, regs[1])
#define ARG2(regs) BPF_CORE_READ(regs, regs[2])
#define ARG3(regs) BPF_CORE_READ(regs, regs[3])
#define ARG4(regs) BPF_CORE_READ(regs, regs[4])
#define SYSCALL_NR(regs) ((long)BPF_CORE_READ(regs, syscallno))
/* AArch32 processes are told apart in a later version; their calls use another table. */
#define IS_COMPAT_CALL(task) 0
#endif

#define AT_FDCWD_VALUE -100
#define AT_REMOVEDIR_FLAG 0x200
#define PROT_EXEC_FLAG 4
#define FMODE_READ_FLAG 1
#define FMODE_WRITE_FLAG 2
#define FMODE_CREATED_FLAG 0x100000
#define MODE_TYPE_MASK 0170000
#define MODE_REGULAR 0100000
#define MODE_SOCKET 0140000
#define MODE_FIFO 0010000
#define FUSE_MAGIC 0x65735546
#define TMPFS_MAGIC 0x01021994
#define IPPROTO_TCP_VALUE 6
#define SOCK_STREAM_VALUE 1
#define AF_UNIX_VALUE 1
#define AF_INET_VALUE 2
#define AF_INET6_VALUE 10
#define MSG_OOB_FLAG 1
#define MSG_PEEK_FLAG 2
#define MSG_TRUNC_FLAG 0x20
#define MSG_ERRQUEUE_FLAG 0x2000
#define SIGCONT_VALUE 18
#define SIGSTOP_VALUE 19
#define EFAULT_VALUE 14
#define EINPROGRESS_VALUE 115
#define TCP_ESTABLISHED_VALUE 1
#define TCP_SYN_SENT_VALUE 2
#define TCP_CLOSE_VALUE 7
#define SIGNAL_GROUP_EXIT_FLAG 4

#endif
