// Generated from the BTF of dist/bpf by `deno task layout`. Do not edit.

export const config = {
  size: 48,
  self: 0,
  discover: 4,
  track_all: 8,
  select_names: 12,
  select_files: 16,
  sleepable: 20,
  page_kb: 24,
  plain: 28,
  control_bytes: 32,
  rate: 36,
  env_names: 40,
  loops: 44,
} as const;

export const followed = {
  size: 40,
  second: 0,
  events: 8,
  read_bytes: 16,
  written_bytes: 24,
  shares_files: 32,
} as const;

export const counters = {
  size: 216,
  of: 0,
} as const;

export const llmShape = {
  size: 992,
  rule: 0,
  needle: 32,
} as const;

export const needle = {
  size: 40,
  text: 0,
  mask: 16,
  means: 32,
} as const;

export const header = {
  size: 48,
  ts: 0,
  start: 8,
  pid: 16,
  tid: 20,
  recordSize: 24,
  type: 28,
  flags: 30,
  comm: 32,
} as const;

export const fork = {
  size: 64,
  child_start: 48,
  child: 56,
} as const;

export const exec = {
  size: 96,
  ppid: 48,
  uid: 52,
  gid: 56,
  euid: 60,
  egid: 64,
  argv_size: 68,
  exe_size: 72,
  cwd_size: 76,
  script_size: 80,
  cgroup_size: 84,
  env_size: 88,
  env_truncated: 92,
} as const;

export const exit = {
  size: 88,
  rss_peak_kb: 48,
  cpu_ns: 56,
  read_bytes: 64,
  written_bytes: 72,
  ppid: 80,
  exit_code: 84,
} as const;

export const fileOpen = {
  size: 88,
  file: 48,
  result: 56,
  open_flags: 60,
  type: 64,
  path_size: 68,
  base_size: 72,
  ns: 76,
  ino: 80,
} as const;

export const fileClose = {
  size: 88,
  file: 48,
  read_bytes: 56,
  written_bytes: 64,
  ino: 72,
  type: 80,
  path_size: 84,
} as const;

export const call = {
  size: 112,
  result: 48,
  value: 56,
  operation: 88,
  path_size: 92,
  base_size: 96,
  to_size: 100,
  to_base_size: 104,
} as const;

export const result = {
  size: 56,
  result: 48,
} as const;

export const cred = {
  size: 112,
  result: 48,
  before: 56,
  after: 80,
  operation: 104,
} as const;

export const credentials = {
  size: 24,
  uid: 0,
  gid: 4,
  euid: 8,
  egid: 12,
  caps: 16,
} as const;

export const net = {
  size: 112,
  sent: 48,
  received: 56,
  since: 64,
  result: 72,
  family: 76,
  type: 78,
  port: 80,
  local_port: 82,
  protocol: 84,
  backlog: 88,
  path_size: 92,
  addr: 96,
} as const;

export const netData = {
  size: 88,
  family: 48,
  port: 50,
  content: 52,
  direction: 56,
  length: 60,
  whole: 64,
  addr: 72,
} as const;

export const image = {
  size: 80,
  dev: 48,
  ino: 56,
  changed: 64,
  addr: 72,
} as const;

export const agentFound = {
  size: 48,
} as const;

export const tlsHello = {
  size: 48,
} as const;

export const tlsOpen = {
  size: 64,
  conn: 48,
  library: 56,
} as const;

export const tlsHandshake = {
  size: 64,
  conn: 48,
  result: 56,
} as const;

export const tlsClose = {
  size: 72,
  conn: 48,
  sent: 56,
  received: 64,
} as const;

export const tlsData = {
  size: 80,
  conn: 48,
  pos: 56,
  call: 64,
  length: 68,
  order: 72,
} as const;

export const tlsBind = {
  size: 96,
  conn: 48,
  socket: 56,
  direction: 64,
  bond: 68,
  family: 72,
  port: 74,
  local_port: 76,
  addr: 80,
} as const;

export const plainOpen = {
  size: 96,
  conn: 48,
  socket: 56,
  transport: 64,
  protocol: 68,
  family: 72,
  port: 74,
  local_port: 76,
  path_size: 78,
  addr: 80,
} as const;

export const plainPartner = {
  size: 64,
  conn: 48,
  direction: 56,
} as const;

export const running = {
  size: 40,
  start: 0,
  pid: 8,
  ppid: 12,
  uid: 16,
  comm: 24,
} as const;

export const socketEntry = {
  size: 96,
  start: 0,
  socket: 8,
  peer: 16,
  pid: 24,
  netns: 28,
  family: 32,
  type: 34,
  local_port: 36,
  remote_port: 38,
  local: 40,
  remote: 56,
  state: 72,
  path_size: 76,
  comm: 80,
} as const;

export const RecordType = {
  FORK: 1,
  THREAD: 2,
  EXEC: 3,
  EXIT: 4,
  FILE_OPEN: 5,
  FILE_IO: 6,
  FILE_CLOSE: 7,
  CALL: 8,
  RESULT: 9,
  CRED: 10,
  NET_SOCKET: 11,
  NET_CONNECT: 12,
  NET_BIND: 13,
  NET_LISTEN: 14,
  NET_ACCEPT: 15,
  NET_SEND: 16,
  NET_CLOSE: 17,
  NET_DATA: 18,
  IMAGE: 19,
  AGENT_FOUND: 20,
  TLS_OPEN: 21,
  TLS_HANDSHAKE: 22,
  TLS_DATA: 23,
  TLS_CLOSE: 24,
  TLS_BIND: 25,
  TLS_HELLO: 26,
  PLAIN_OPEN: 27,
  PLAIN_PARTNER: 28,
} as const;

export const RecordFlag = {
  ARGV_TRUNCATED: 1,
  CREATED: 4,
  IMPLICIT: 8,
  HELD: 16,
  FROM_START: 32,
  MAPPED: 64,
  HALF: 128,
  FUSE: 256,
  RECEIVED: 512,
  BEGUN: 1024,
  PATH_EXACT: 2048,
  UNKNOWN: 4096,
  TTY: 16384,
  COMPAT: 8192,
} as const;

export const LossClass = {
  PROCESS: 0,
  FILE: 1,
  NET: 2,
  IMAGE: 3,
  TLS_CONTROL: 4,
  PAYLOAD_RING: 5,
  PAYLOAD_SCRATCH: 6,
  PAYLOAD_FAULT: 7,
  TLS_CALL: 8,
  TRACKED_FULL: 9,
  ARGV: 10,
  PLAIN_CONTROL: 11,
  PLAIN_RING: 12,
  PLAIN_FAULT: 13,
  PLAIN_UNREAD: 14,
  PROCESS_THROTTLED: 15,
  FILE_THROTTLED: 16,
  NET_THROTTLED: 17,
  FILES_FULL: 18,
  SOCKETS_FULL: 19,
  CALLS_FULL: 20,
  IO_URING: 21,
  PAYLOAD_STEPS: 22,
  CLASSES: 23,
} as const;

export const Turnover = {
  CONNS_MADE: 23,
  CONNS_DELETED: 24,
  STREAMS_MADE: 25,
  STREAMS_DELETED: 26,
  END: 27,
} as const;

export const CallOperation = {
  UNLINK: 1,
  RMDIR: 2,
  MKDIR: 3,
  MKNOD: 4,
  RENAME: 5,
  LINK: 6,
  SYMLINK: 7,
  TRUNCATE: 8,
  CHMOD: 9,
  CHOWN: 10,
  SETXATTR: 11,
  REMOVEXATTR: 12,
  MMAP_SHARED: 13,
  EXEC: 14,
  SETSID: 15,
  SETUID: 16,
  SETGID: 17,
  SETREUID: 18,
  SETREGID: 19,
  SETRESUID: 20,
  SETRESGID: 21,
  SETFSUID: 22,
  SETFSGID: 23,
  SETGROUPS: 24,
  CAPSET: 25,
  SETNS: 26,
  UNSHARE: 27,
  CLONE: 28,
  PTRACE: 29,
  VM_READV: 30,
  VM_WRITEV: 31,
  KILL: 32,
  TKILL: 33,
  TGKILL: 34,
  SIGQUEUE: 35,
  TGSIGQUEUE: 36,
  PIDFD_SIGNAL: 37,
  MEMFD: 38,
  MMAP_EXEC: 39,
  MPROTECT_EXEC: 40,
  INIT_MODULE: 41,
  FINIT_MODULE: 42,
  DELETE_MODULE: 43,
  KEXEC: 44,
  KEXEC_FILE: 45,
  BPF: 46,
  SET_NAME: 47,
  IO_URING: 48,
  TOLD: 49,
} as const;

export const NetContent = {
  DNS: 1,
  DNS_STREAM: 2,
  HELLO: 3,
} as const;

export const TlsDirection = {
  SEND: 0,
  RECV: 1,
} as const;

export const TlsBond = {
  THREAD: 1,
  LENGTH: 2,
  NESTED: 3,
} as const;

export const TlsFunction = {
  WRITE: 1,
  READ: 2,
  WRITE_EX: 3,
  READ_EX: 4,
  HANDSHAKE: 5,
  NEW: 6,
  FREE: 7,
  NSPR_WRITE: 8,
  NSPR_READ: 9,
  NSPR_RECV: 10,
  GO_WRITE: 11,
  GO_READ: 12,
  AEAD_SEAL: 13,
  AEAD_SEAL_SCATTER: 14,
  AEAD_OPEN: 15,
  AEAD_OPEN_GATHER: 16,
  RING_SEAL: 17,
  RING_OPEN: 18,
} as const;

export const PlainTransport = {
  TCP: 1,
  UNIX: 2,
  PIPE: 3,
} as const;

export const PlainProtocol = {
  HTTP: 1,
  JSON_RPC: 2,
} as const;
