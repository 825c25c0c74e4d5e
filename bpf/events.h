/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Every record that crosses from the kernel, and the only hand-written layout: the TypeScript side is generated from
 * the BTF of the compiled objects (src/capture/layout.gen.ts) and a test compares the two.
 *
 * A record is a header, its fixed fields, then the variable parts in the order their sizes are named. Only the bytes
 * used are written. Reserved bytes are zero.
 *
 * A walked path is the names from the leaf up to the process's root, each followed by '/': "c/b/a/" is /a/b/c.
 */
#ifndef AGENTSIGHT_EVENTS_H
#define AGENTSIGHT_EVENTS_H

enum record_type {
	RECORD_FORK = 1,
	RECORD_THREAD,
	RECORD_EXEC,
	RECORD_EXIT,
	RECORD_FILE_OPEN,
	RECORD_FILE_IO,
	RECORD_FILE_CLOSE,
	RECORD_CALL,
	RECORD_RESULT,
	RECORD_CRED,
	RECORD_NET_SOCKET,
	RECORD_NET_CONNECT,
	RECORD_NET_BIND,
	RECORD_NET_LISTEN,
	RECORD_NET_ACCEPT,
	RECORD_NET_SEND,
	RECORD_NET_CLOSE,
	RECORD_NET_DATA,
	RECORD_IMAGE,
	RECORD_AGENT_FOUND,
	RECORD_TLS_OPEN,
	RECORD_TLS_HANDSHAKE,
	RECORD_TLS_DATA,
	RECORD_TLS_CLOSE,
	RECORD_TLS_BIND,
	RECORD_TLS_HELLO,
	RECORD_PLAIN_OPEN,
	RECORD_PLAIN_PARTNER,
};

/* What a failed reserve or a full map has cost; index into `counters`. Bytes for the payload classes. */
enum loss_class {
	LOSS_PROCESS = 0,
	LOSS_FILE,
	LOSS_NET,
	LOSS_IMAGE,
	LOSS_TLS_CONTROL,
	/* The payload ring was full. */
	LOSS_PAYLOAD_RING,
	/* Every scratch buffer was in use by a stalled copy. */
	LOSS_PAYLOAD_SCRATCH,
	/* The traced process's memory could not be read. */
	LOSS_PAYLOAD_FAULT,
	/* A return without the entry it belongs to: the call's bytes are unknown, the call is counted. */
	LOSS_TLS_CALL,
	/* A process of a traced tree that is not followed. */
	LOSS_TRACKED_FULL,
	/* argv that could not be read; the exec itself is reported. */
	LOSS_ARGV,
	/* The payload ring was full: opened, closed, who is at the other end. */
	LOSS_PLAIN_CONTROL,
	/* The same for what passed unencrypted, in bytes. */
	LOSS_PLAIN_RING,
	LOSS_PLAIN_FAULT,
	/* It never was in the process's memory (sendfile, splice), or was more than one call is copied of. */
	LOSS_PLAIN_UNREAD,
	/* Left out so that the ring has room for what must not be missed, or because one process does too much. */
	LOSS_PROCESS_THROTTLED,
	LOSS_FILE_THROTTLED,
	LOSS_NET_THROTTLED,
	/* More open files than are followed: their bytes and their close are not told. */
	LOSS_FILES_FULL,
	/* The same of sockets. */
	LOSS_SOCKETS_FULL,
	/* More calls in progress than are followed: told at their end, with what is then in memory. */
	LOSS_CALLS_FULL,
	/* Requests to io_uring, which make no system call of their own. */
	LOSS_IO_URING,
	/* More than this kernel's programs can copy of one call. */
	LOSS_PAYLOAD_STEPS,
	LOSS_CLASSES,
};

/*
 * Entries of the maps that throw out what was not used for long: made, and deleted by us. Counted behind the losses;
 * what is neither there nor deleted was thrown out.
 */
enum turnover {
	TURNOVER_CONNS_MADE = LOSS_CLASSES,
	TURNOVER_CONNS_DELETED,
	TURNOVER_STREAMS_MADE,
	TURNOVER_STREAMS_DELETED,
	TURNOVER_END,
};

struct counters {
	__u64 of[TURNOVER_END];
};

/* What a call record tells of: named after the system call where it says more than the family. */
enum call_operation {
	CALL_UNLINK = 1,
	CALL_RMDIR,
	CALL_MKDIR,
	CALL_MKNOD,
	CALL_RENAME,
	CALL_LINK,
	CALL_SYMLINK,
	CALL_TRUNCATE,
	CALL_CHMOD,
	CALL_CHOWN,
	CALL_SETXATTR,
	CALL_REMOVEXATTR,
	CALL_MMAP_SHARED,
	CALL_EXEC,
	CALL_SETSID,
	CALL_SETUID,
	CALL_SETGID,
	CALL_SETREUID,
	CALL_SETREGID,
	CALL_SETRESUID,
	CALL_SETRESGID,
	CALL_SETFSUID,
	CALL_SETFSGID,
	CALL_SETGROUPS,
	CALL_CAPSET,
	CALL_SETNS,
	CALL_UNSHARE,
	/* A fork into other namespaces: values are which, 0, the child. */
	CALL_CLONE,
	CALL_PTRACE,
	CALL_VM_READV,
	CALL_VM_WRITEV,
	CALL_KILL,
	CALL_TKILL,
	CALL_TGKILL,
	CALL_SIGQUEUE,
	CALL_TGSIGQUEUE,
	CALL_PIDFD_SIGNAL,
	CALL_MEMFD,
	CALL_MMAP_EXEC,
	CALL_MPROTECT_EXEC,
	CALL_INIT_MODULE,
	CALL_FINIT_MODULE,
	CALL_DELETE_MODULE,
	CALL_KEXEC,
	CALL_KEXEC_FILE,
	CALL_BPF,
	CALL_SET_NAME,
	CALL_IO_URING,
	/* Those above are told, those below are followed for what they do to descriptors. */
	CALL_TOLD,
};

enum tls_direction {
	TLS_SEND = 0,
	TLS_RECV = 1,
};

/* What carries text that is not encrypted. */
enum plain_transport {
	PLAIN_TCP = 1,
	PLAIN_UNIX,
	PLAIN_PIPE,
};

/* What its first bytes showed. */
enum plain_protocol {
	PLAIN_HTTP = 1,
	/* One JSON-RPC message a line, one way; the other way is a stream of its own. */
	PLAIN_JSON_RPC,
};

/* What ties a TLS object to a socket, the surest last. */
enum tls_bond {
	/* The last socket this thread received from before it decrypted. */
	TLS_BOND_THREAD = 1,
	/* The next record this thread sent has the length this plain text gives. */
	TLS_BOND_LENGTH,
	/* The socket was used within the call. */
	TLS_BOND_NESTED,
};

/* What a hooked function does; user space attaches with this as the low byte of the cookie, the library's id above it. */
enum tls_function {
	TLS_FUNCTION_WRITE = 1,
	TLS_FUNCTION_READ,
	/* Answers 1 and stores the count behind its fourth argument. */
	TLS_FUNCTION_WRITE_EX,
	TLS_FUNCTION_READ_EX,
	TLS_FUNCTION_HANDSHAKE,
	TLS_FUNCTION_NEW,
	TLS_FUNCTION_FREE,
	/* NSPR's I/O, where the descriptor is a layer over another (TLS), not a socket or file itself. */
	TLS_FUNCTION_NSPR_WRITE,
	TLS_FUNCTION_NSPR_READ,
	/* The same with flags, one of which only looks. */
	TLS_FUNCTION_NSPR_RECV,
	/* Go's register ABI; attached at return instructions, because a return probe breaks a stack that moves. */
	TLS_FUNCTION_GO_WRITE,
	TLS_FUNCTION_GO_READ,
	/* One TLS record in the crypto library below (BoringSSL, aws-lc): plain text in, or out. */
	TLS_FUNCTION_AEAD_SEAL,
	TLS_FUNCTION_AEAD_SEAL_SCATTER,
	TLS_FUNCTION_AEAD_OPEN,
	TLS_FUNCTION_AEAD_OPEN_GATHER,
	/* The same in ring, at the functions of its algorithm tables. */
	TLS_FUNCTION_RING_SEAL,
	TLS_FUNCTION_RING_OPEN,
};

/* Flags of a record's header. */
enum record_flag {
	/* exec: argv was longer than what was kept. */
	FLAG_ARGV_TRUNCATED = 1,
	/* file.open: O_CREAT made the file. */
	FLAG_CREATED = 4,
	/* file.close: the process ended with the file open. */
	FLAG_IMPLICIT = 8,
	/* image: the process was stopped until its verdict. */
	FLAG_HELD = 16,
	/* tls.open, plain.open, net.data: the connection was seen from its first byte; of a hello, it is the first that is said. */
	FLAG_FROM_START = 32,
	/* image: mapped by mmap, not started by exec. */
	FLAG_MAPPED = 64,
	/* tls.open: one direction only, seen at the crypto library; the socket says which two belong together. */
	FLAG_HALF = 128,
	/* image: on a file system in user space, which may never answer who looks into the file. */
	FLAG_FUSE = 256,
	/* tls.data: received, not sent. */
	FLAG_RECEIVED = 512,
	/* call: its result follows in a record of its own, from the same thread. */
	FLAG_BEGUN = 1024,
	/* call, file.open: the path is the file's own. */
	FLAG_PATH_EXACT = 2048,
	/* result: the thread died within the call. */
	FLAG_UNKNOWN = 4096,
	/* file: a terminal. */
	FLAG_TTY = 16384,
	/* call: made by 32-bit code. */
	FLAG_COMPAT = 8192,
};

struct record_header {
	__u64 ts;	/* CLOCK_BOOTTIME, ns */
	__u64 start;	/* of the process, CLOCK_BOOTTIME, ns */
	__u32 pid;
	__u32 tid;
	__u32 size;	/* of the whole record */
	__u16 type;	/* enum record_type */
	__u16 flags;	/* enum record_flag */
	char comm[16];	/* of the process, not of the thread */
};

struct fork_record {
	struct record_header h;
	__u64 child_start;
	__u32 child;
	__u32 reserved;
};

struct exec_record {
	struct record_header h;
	__u32 ppid;
	__u32 uid;
	__u32 gid;
	__u32 euid;
	__u32 egid;
	__u32 argv_size;	/* NUL-separated */
	__u32 exe_size;		/* walked path */
	__u32 cwd_size;		/* walked path */
	__u32 script_size;	/* as named, when an interpreter runs it */
	__u32 cgroup_size;	/* walked path */
	__u32 env_size;		/* names, each ended by NUL */
	__u32 env_truncated;
};

struct exit_record {
	struct record_header h;
	__u64 rss_peak_kb;
	__u64 cpu_ns;
	__u64 read_bytes;
	__u64 written_bytes;
	__u32 ppid;
	__u32 exit_code;	/* as wait(2) reports it */
};

struct file_open_record {
	struct record_header h;
	__u64 file;		/* names the open file until its close */
	__s32 result;		/* 0 or -errno */
	__u32 open_flags;
	__u32 type;		/* S_IFMT of its mode; of a tty FLAG_TTY is set */
	__u32 path_size;	/* walked path when result is 0, else the argument */
	__u32 base_size;	/* walked path the argument is relative to, or 0 */
	__u32 ns;		/* of a namespace's file, which: CLONE_NEW... */
	__u64 ino;
};

/* Of an open file: what passed so far (io), or all of it (close). */
struct file_close_record {
	struct record_header h;
	__u64 file;
	__u64 read_bytes;
	__u64 written_bytes;
	__u64 ino;
	__u32 type;
	__u32 path_size;	/* walked path; 0 where the open told it */
};

/* A system call, by its arguments. */
struct call_record {
	struct record_header h;
	__s64 result;		/* unless FLAG_BEGUN */
	__u64 value[4];		/* arguments, see call_table.h */
	__u32 operation;	/* enum call_operation */
	__u32 path_size;
	__u32 base_size;	/* walked path the first name is relative to, or 0 */
	__u32 to_size;		/* a second name, or other text */
	__u32 to_base_size;
	__u32 reserved;
};

struct result_record {
	struct record_header h;
	__s64 result;
};

struct credentials {
	__u32 uid;
	__u32 gid;
	__u32 euid;
	__u32 egid;
	__u64 caps;		/* effective */
};

struct cred_record {
	struct record_header h;
	__s64 result;
	struct credentials before;
	struct credentials after;
	__u32 operation;	/* enum call_operation */
	__u32 reserved;
};

/* A socket, and what was done with it; whose address it is, the type says. */
struct net_record {
	struct record_header h;
	__u64 sent;
	__u64 received;
	__u64 since;		/* connect: when it was called, CLOCK_BOOTTIME, ns */
	__s32 result;
	__u16 family;		/* AF_... */
	__u16 type;		/* SOCK_..., 0 when it is no socket */
	__u16 port;
	__u16 local_port;
	__u32 protocol;
	__u32 backlog;
	__u32 path_size;	/* AF_UNIX: '@' first when it is abstract */
	__u8 addr[16];		/* network order; IPv4 in the first four */
};

enum net_content {
	NET_CONTENT_DNS = 1,
	NET_CONTENT_DNS_STREAM,	/* with its length before it */
	NET_CONTENT_HELLO,	/* the beginning of a TLS ClientHello */
};

/* What tells names of addresses: DNS messages, and the first record of a TLS client. */
struct net_data_record {
	struct record_header h;
	__u16 family;
	__u16 port;		/* of the peer */
	__u32 content;		/* enum net_content */
	__u32 direction;	/* enum tls_direction */
	__u32 length;		/* bytes that follow */
	__u32 whole;		/* of the message or call they are of */
	__u32 reserved;
	__u8 addr[16];		/* of the peer */
};

/* Executable code that has no verdict yet. */
struct image_record {
	struct record_header h;
	__u64 dev;		/* as the kernel numbers it */
	__u64 ino;
	__u64 changed;		/* when the inode last did, ns */
	__u64 addr;		/* where it was mapped; 0 for exec */
};

struct agent_found_record {
	struct record_header h;
};

/* A TLS connection begins, whatever library speaks it. */
struct tls_hello_record {
	struct record_header h;
};

struct tls_open_record {
	struct record_header h;
	__u64 conn;
	__u64 library;		/* the id user space attached with */
};

struct tls_handshake_record {
	struct record_header h;
	__u64 conn;
	__s32 result;
	__u32 reserved;
};

struct tls_close_record {
	struct record_header h;
	__u64 conn;
	__u64 sent;
	__u64 received;
};

struct tls_bind_record {
	struct record_header h;
	__u64 conn;
	__u64 socket;		/* its inode */
	__u32 direction;	/* enum tls_direction */
	__u32 bond;		/* enum tls_bond */
	__u16 family;		/* AF_INET or AF_INET6 */
	__u16 port;		/* of the peer */
	__u16 local_port;
	__u16 reserved;
	__u8 addr[16];		/* of the peer, network order; IPv4 in the first four */
};

/* Of TLS and of plain text alike, as is the close above. */
struct tls_data_record {
	struct record_header h;
	__u64 conn;
	__u64 pos;		/* of the first byte in its direction's stream */
	__u32 call;		/* library calls of this direction so far */
	__u32 length;		/* bytes that follow */
	/*
	 * Sent: bytes of the same call that follow in records of their own. Received: what was sent came first up to this
	 * position, and the whole of the call that reaches it, and may still follow in the ring; 0: all is there.
	 */
	__u64 order;
};

/* A stream begins that is not encrypted; its bytes and its end are told as those of TLS are. */
struct plain_open_record {
	struct record_header h;
	__u64 conn;
	__u64 socket;		/* inode, of a pipe too */
	__u32 transport;	/* enum plain_transport */
	__u32 protocol;		/* enum plain_protocol */
	__u16 family;		/* AF_INET, AF_INET6, or 0 */
	__u16 port;		/* of the peer */
	__u16 local_port;
	__u16 path_size;	/* PLAIN_UNIX: of the name either end is bound to, '@' first when it is abstract */
	__u8 addr[16];		/* of the peer, network order; IPv4 in the first four */
};

/* The process at the other end of a JSON-RPC stream, whose calls are not told: the bytes are the same. */
struct plain_partner_record {
	struct record_header h;
	__u64 conn;
	__u32 direction;	/* enum tls_direction: what it does */
	__u32 reserved;
};

/* Not a record: what the task iterator writes for each process. */
struct running_process {
	__u64 start;
	__u32 pid;
	__u32 ppid;
	__u32 uid;
	__u32 reserved;
	char comm[16];
};

/* Every type above, held by value so that the compiler keeps its BTF: user space's layout is generated from it. */
union any_record {
	struct record_header header;
	struct fork_record fork;
	struct exec_record exec;
	struct exit_record exit;
	struct file_open_record file_open;
	struct file_close_record file_close;
	struct call_record call;
	struct result_record call_result;
	struct cred_record cred;
	struct net_record net;
	struct net_data_record net_data;
	enum net_content net_content;
	struct image_record image;
	struct agent_found_record agent_found;
	struct tls_hello_record tls_hello;
	struct tls_open_record tls_open;
	struct tls_handshake_record tls_handshake;
	struct tls_close_record tls_close;
	struct tls_data_record tls_data;
	struct tls_bind_record tls_bind;
	struct plain_open_record plain_open;
	struct plain_partner_record plain_partner;
	struct running_process running;
	enum record_type record_type;
	enum record_flag record_flag;
	enum loss_class loss_class;
	enum turnover turnover;
	struct counters counters;
	enum call_operation call_operation;
	enum tls_direction tls_direction;
	enum tls_bond tls_bond;
	enum tls_function tls_function;
	enum plain_transport plain_transport;
	enum plain_protocol plain_protocol;
};

#endif
