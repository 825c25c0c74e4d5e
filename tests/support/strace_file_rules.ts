/** Which events a system call on files must leave: opened, used, closed. */
import { Bytes, SetOf } from "./expected_event.ts";
import type { Rule, Rules, TracedCall } from "./strace_call.ts";
import { newFile, type OpenFile } from "./strace_processes.ts";
import { fieldsOf, flagsOf } from "./strace_text.ts";

function open(call: TracedCall, flags: readonly string[], path: number, directory?: number): void {
  const accesses = { O_RDONLY: "read", O_WRONLY: "write", O_RDWR: "rw" } as const;
  const access = Object.entries(accesses).find(([flag]) => flags.includes(flag))?.[1] ?? "read";
  const file = call.succeeded ? call.thread.table.slots.get(call.call.result!)?.file : undefined;
  const asked = {
    access,
    flags: new SetOf(flags),
    result: call.outcome,
    created: isCreated(call, flags, path),
  };
  if (!file) {
    return void call.tell("file.open", { ...asked, ...call.named(path, directory), type: undefined });
  }
  const where = { path: file.path === null ? null : new Bytes(file.path), path_exact: undefined };
  file.opened = call.tell("file.open", { ...asked, ...where, type: file.type });
}

/** Null when strace does not show it: it has to be asked before, by access(2). */
function isCreated(call: TracedCall, flags: readonly string[], path: number): boolean | null {
  if (!flags.includes("O_CREAT") || !call.succeeded) return flags.includes("O_TMPFILE") ? null : false;
  if (flags.includes("O_EXCL")) return true;
  const { looked } = call.thread;
  return looked !== null && looked.name === call.arg(path) ? !looked.there : null;
}

const look = (path: number): Rule => (call) => {
  call.thread.looked = { name: call.arg(path), there: call.succeeded };
};

/** What a file is, for the event of its opening before. */
const stat = (fd: number, buffer: number): Rule => (call) => {
  const mode = /^S_IF(\w+)/.exec(fieldsOf(call.arg(buffer)).get("st_mode") ?? "")?.[1] ?? "";
  const types = { REG: "file", DIR: "directory", LNK: "link", IFO: "pipe", SOCK: "socket" } as const;
  const type = Object.entries(types).find(([name]) => name === mode)?.[1];
  const file = call.file(fd);
  if (!file || !type) return;
  file.type = type;
  if (!file.opened) return;
  file.opened.fields["type"] = type;
  if (file.path !== null) file.opened.fields["path"] ??= new Bytes(file.path);
};

/** @param from Descriptors that bytes came out of, and `to` went into. */
const moves = (from: number | null, to: number | null): Rule => (call) => {
  if (from !== null) passed(call, call.file(from), { read: call.count });
  if (to !== null) passed(call, call.file(to), { written: call.count });
};

export function passed(
  call: TracedCall,
  file: OpenFile | null,
  { read = 0, written = 0 }: { readonly read?: number; readonly written?: number },
): void {
  if (!file) return;
  file.read += read;
  file.written += written;
  if (written === 0 || file.read === 0 || file.changed || file.type !== "file") return;
  file.changed = true;
  const { name, read: read_bytes, written: written_bytes } = file;
  call.tell("file.io", {
    path: name === null ? null : new Bytes(name),
    path_exact: undefined,
    read_bytes,
    written_bytes,
  });
}

export const fileRules: Rules = {
  open: (call) => open(call, call.flags(1), 0),
  creat: (call) => open(call, ["O_WRONLY", "O_CREAT", "O_TRUNC"], 0),
  openat: (call) => open(call, call.flags(2), 1, 0),
  openat2: (call) => open(call, flagsOf(fieldsOf(call.arg(2)).get("flags")), 1, 0),
  open_by_handle_at: (call) => {
    if (!call.succeeded) return;
    // strace does not say what it is; fstat(2) will.
    call.thread.table.put(call.call.result!, newFile({ path: null }), call.has(2, "O_CLOEXEC"));
    open(call, call.flags(2), 1);
  },
  access: look(0),
  faccessat: look(1),
  fstat: stat(0, 1),
  newfstatat: stat(0, 2),
  read: moves(0, null),
  pread64: moves(0, null),
  readv: moves(0, null),
  preadv: moves(0, null),
  preadv2: moves(0, null),
  write: moves(null, 0),
  pwrite64: moves(null, 0),
  writev: moves(null, 0),
  pwritev: moves(null, 0),
  pwritev2: moves(null, 0),
  sendfile: moves(1, 0),
  splice: moves(0, 2),
  copy_file_range: moves(0, 2),
};
