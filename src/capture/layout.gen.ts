// Generated from the BTF of dist/bpf by `deno task layout`. Do not edit.

export const config = {
  size: 32,
  self: 0,
  discover: 4,
  track_all: 8,
  select_names: 12,
  select_files: 16,
  sleepable: 20,
  page_kb: 24,
  plain: 28,
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
  size: 72,
  ppid: 48,
  uid: 52,
  argv_size: 56,
  exe_size: 60,
  cwd_size: 64,
} as const;

export const exit = {
  size: 64,
  rss_peak_kb: 48,
  ppid: 56,
  exit_code: 60,
} as const;

export const fileOpen = {
  size: 64,
  result: 48,
  open_flags: 52,
  path_size: 56,
  base_size: 60,
} as const;

export const fileClose = {
  size: 72,
  read_bytes: 48,
  written_bytes: 56,
  path_size: 64,
} as const;

export const fileName = {
  size: 72,
  result: 48,
  operation: 52,
  path_size: 56,
  base_size: 60,
  to_size: 64,
  to_base_size: 68,
} as const;

export const netConnect = {
  size: 72,
  result: 48,
  family: 52,
  port: 54,
  addr: 56,
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
  direction: 72,
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

export const RecordType = {
  FORK: 1,
  EXEC: 2,
  EXIT: 3,
  FILE_OPEN: 4,
  FILE_CLOSE: 5,
  FILE_NAME: 6,
  NET_CONNECT: 7,
  IMAGE: 8,
  AGENT_FOUND: 9,
  TLS_OPEN: 10,
  TLS_HANDSHAKE: 11,
  TLS_DATA: 12,
  TLS_CLOSE: 13,
  TLS_BIND: 14,
  TLS_HELLO: 15,
  PLAIN_OPEN: 16,
  PLAIN_PARTNER: 17,
} as const;

export const RecordFlag = {
  ARGV_TRUNCATED: 1,
  PATH_PARTIAL: 2,
  CREATED: 4,
  IMPLICIT: 8,
  HELD: 16,
  FROM_START: 32,
  MAPPED: 64,
  HALF: 128,
  FUSE: 256,
  OVERTAKES: 512,
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
  CLASSES: 15,
} as const;

export const FileOperation = {
  UNLINK: 1,
  RMDIR: 2,
  MKDIR: 3,
  RENAME: 4,
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
