/** Which events a system call on descriptors must leave, and what it does to them. */
import { Bytes } from "./expected_event.ts";
import type { Rule, Rules, TracedCall } from "./strace_call.ts";
import type { OpenFile } from "./strace_processes.ts";

export function closed(call: TracedCall, file: OpenFile | null, { implicit = false } = {}): void {
  if (!file) return;
  // Closed while its process becomes another, or after.
  const end = { implicit: implicit || undefined, ...(implicit ? { comm: null } : {}) };
  // Nobody says in which order the kernel goes through a table.
  // What is neither opened by a name nor made to carry bytes (pidfd, eventfd, …) may be told or not, nor need a pipe be
  // that nothing went through.
  const made = file.opened === null;
  const unused = file.type === "pipe" && file.read === 0 && file.written === 0;
  const options = { ordered: !implicit, optional: made && (unused || file.type === "other") };
  if (file.socket) {
    const { family, transport, local, peer } = file.socket;
    if (!["inet", "inet6", "unix"].includes(family)) return;
    const bytes = { sent_bytes: file.written, received_bytes: file.read };
    const ends = { addr: peer?.addr ?? null, port: peer?.port ?? null, local_port: local?.port || null };
    call.tell("net.close", { family, transport, ...ends, ...bytes, ...end }, options);
    return;
  }
  const type = file.type === "file" ? undefined : file.type;
  const path = file.name === null ? null : new Bytes(file.name);
  const bytes = { read_bytes: file.read, written_bytes: file.written };
  call.tell("file.close", { path, path_exact: undefined, type, ...bytes, ...end }, options);
}

const replace: Rule = (call) => {
  const from = call.file(0), to = call.descriptor(1)?.fd ?? -1;
  if (!call.succeeded || !from || call.descriptor(0)?.fd === to) return;
  closed(call, call.thread.table.drop(to));
  call.thread.table.put(to, from, call.arg(2).includes("O_CLOEXEC"));
};

const duplicate: Rule = (call) => {
  const file = call.file(0);
  if (call.succeeded && file) call.thread.table.put(call.call.result!, file, call.arg(1).includes("CLOEXEC"));
};

const closeRange: Rule = (call) => {
  if (!call.succeeded) return;
  if (call.has(2, "CLOSE_RANGE_UNSHARE")) unshareTable(call);
  const { table } = call.thread;
  for (const [fd, slot] of [...table.slots].sort(([a], [b]) => a - b)) {
    if (fd < call.number(0)! || fd > call.number(1)!) continue;
    if (call.has(2, "CLOSE_RANGE_CLOEXEC")) slot.closesAtExec = true;
    else closed(call, table.drop(fd));
  }
};

export function unshareTable({ thread }: TracedCall): void {
  if (thread.table.users === 1) return;
  thread.table.users--;
  thread.table = thread.table.copy();
}

const control: Rule = (call) => {
  const command = call.arg(1);
  if (command.startsWith("F_DUPFD")) return duplicate(call);
  const slot = call.thread.table.slots.get(call.descriptor(0)?.fd ?? -1);
  if (slot && command === "F_SETFD") slot.closesAtExec = call.has(2, "FD_CLOEXEC");
};

export const descriptorRules: Rules = {
  close: (call) => closed(call, call.thread.table.drop(call.descriptor(0)?.fd ?? -1)),
  close_range: closeRange,
  dup: duplicate,
  dup2: replace,
  dup3: replace,
  fcntl: control,
  fcntl64: control,
};
