/** What each call is as an event. */
import type { Draft, FileFact } from "../event.ts";
import { bpfCommand, namespaceNames, ptraceRequest } from "./call_names.ts";
import { pathOf, type RecordHead } from "./decode_file.ts";
import { CallOperation as Op } from "./layout.gen.ts";
import type { Name } from "./names.ts";

/** A call's arguments, out of its record. */
export interface CallFields {
  readonly operation: number;
  readonly path: Name;
  /** The path is the file's own. */
  readonly exact: boolean;
  /** No name was given, only a descriptor to start from. */
  readonly bare: boolean;
  /** A second path, or other text. */
  readonly to: Name;
  /** The arguments that are kept: as signed 32-bit values, and as unsigned 64-bit ones. */
  readonly ints: readonly number[];
  readonly longs: readonly number[];
  /** As the call returned it; 0 while that is not known. */
  readonly returned: number;
}

type Head = RecordHead & { readonly result: number | null };
type ToDraft = (call: CallFields, head: Head) => Draft;

const RENAME_EXCHANGE = 2;
const AT_REMOVEDIR = 0x200;
const AT_EMPTY_PATH = 0x1000;
const PROT_WRITE = 2;
const PERMISSIONS = 0o7777;

export const callKinds: Readonly<Record<number, ToDraft>> = {
  [Op.UNLINK]: (call, head) => ({
    ...head,
    kind: int(call, 0) & AT_REMOVEDIR ? "file.rmdir" : "file.unlink",
    ...fileOf(call),
  }),
  [Op.RMDIR]: (call, head) => ({ ...head, kind: "file.rmdir", ...fileOf(call) }),
  [Op.MKDIR]: (call, head) => ({ ...head, kind: "file.mkdir", ...fileOf(call), mode: mode(call) }),
  [Op.MKNOD]: (call, head) => ({ ...head, kind: "file.mknod", ...fileOf(call), mode: mode(call) }),
  [Op.RENAME]: (call, head) => {
    const exchange = (int(call, 0) & RENAME_EXCHANGE) !== 0;
    return { ...head, kind: "file.rename", ...pathsOf(call), ...(exchange ? { exchange } : {}) };
  },
  [Op.LINK]: (call, head) => ({ ...head, kind: "file.link", ...pathsOf(call) }),
  [Op.SYMLINK]: (call, head) => ({
    ...head,
    kind: "file.symlink",
    ...fileOf(call),
    ...named("target", call.to),
  }),
  [Op.TRUNCATE]: (call, head) => ({
    ...head,
    kind: "file.truncate",
    ...fileOf(call),
    bytes: long(call, 0) + long(call, 1) * 2 ** 32,
  }),
  [Op.CHMOD]: (call, head) => ({
    ...head,
    kind: "file.chmod",
    ...fileOf(call, int(call, 1)),
    mode: mode(call),
  }),
  [Op.CHOWN]: (call, head) => ({
    ...head,
    kind: "file.chown",
    ...fileOf(call, int(call, 2)),
    uid: int(call, 0),
    gid: int(call, 1),
  }),
  [Op.SETXATTR]: (call, head) => ({
    ...head,
    kind: "file.xattr",
    ...fileOf(call),
    operation: "set",
    name: call.to.text,
  }),
  [Op.REMOVEXATTR]: (call, head) => ({
    ...head,
    kind: "file.xattr",
    ...fileOf(call),
    operation: "remove",
    name: call.to.text,
  }),
  [Op.MMAP_SHARED]: (call, head) => ({ ...head, kind: "file.mmap", ...fileOf(call), bytes: long(call, 1) }),
  [Op.EXEC]: (call, head) => ({ ...head, kind: "process.exec_failed", ...fileOf(call) }),
  [Op.SETSID]: (call, head) => ({ ...head, kind: "process.setsid", sid: Math.max(0, call.returned) }),
  [Op.SETNS]: (call, head) => namespaces("setns", head, { flags: int(call, 1), types: int(call, 0) }),
  [Op.UNSHARE]: (call, head) => namespaces("unshare", head, { flags: int(call, 0), types: int(call, 0) }),
  [Op.CLONE]: (call, head) => ({
    ...head,
    kind: "process.ns",
    call: "clone",
    namespaces: namespaceNames(int(call, 0)),
    flags: 0,
    child: int(call, 2),
  }),
  [Op.PTRACE]: (call, head) => ({
    ...head,
    kind: "process.ptrace",
    request: ptraceRequest(int(call, 0)),
    target: int(call, 1),
  }),
  [Op.VM_READV]: (call, head) => ({
    ...head,
    kind: "process.ptrace",
    request: "process_vm_readv",
    target: int(call, 1),
  }),
  [Op.VM_WRITEV]: (call, head) => ({
    ...head,
    kind: "process.ptrace",
    request: "process_vm_writev",
    target: int(call, 1),
  }),
  [Op.KILL]: toProcess,
  [Op.SIGQUEUE]: toProcess,
  [Op.PIDFD_SIGNAL]: toProcess,
  [Op.TKILL]: (call, head) => ({
    ...head,
    kind: "process.signal",
    signal: int(call, 1),
    target: int(call, 0),
    target_tid: int(call, 0),
  }),
  [Op.TGKILL]: toThread,
  [Op.TGSIGQUEUE]: toThread,
  [Op.MEMFD]: (call, head) => ({
    ...head,
    kind: "process.memfd",
    ...named("name", call.to),
    flags: int(call, 0),
  }),
  [Op.MMAP_EXEC]: (call, head) => executable("mmap", call, head),
  [Op.MPROTECT_EXEC]: (call, head) => executable("mprotect", call, head),
  [Op.INIT_MODULE]: (_, head) => ({ ...head, kind: "process.kernel", call: "init_module" }),
  [Op.FINIT_MODULE]: (call, head) => ({
    ...head,
    kind: "process.kernel",
    call: "finit_module",
    ...pathOf(call.path),
  }),
  [Op.DELETE_MODULE]: (call, head) => ({
    ...head,
    kind: "process.kernel",
    call: "delete_module",
    ...pathOf(call.to),
  }),
  [Op.KEXEC]: (_, head) => ({ ...head, kind: "process.kernel", call: "kexec_load" }),
  [Op.KEXEC_FILE]: (call, head) => ({
    ...head,
    kind: "process.kernel",
    call: "kexec_file_load",
    ...pathOf(call.path),
  }),
  [Op.BPF]: (call, head) => ({
    ...head,
    kind: "process.kernel",
    call: "bpf",
    command: bpfCommand(int(call, 0)),
  }),
  [Op.SET_NAME]: (call, head) => ({ ...head, kind: "process.name", ...named("name", call.to) }),
  [Op.IO_URING]: (_, { result: _result, ...head }) => ({
    ...head,
    kind: "coverage",
    exe: "",
    library: null,
    stack: null,
    method: null,
    status: "unseen",
    since: head.ts,
    reason: "it uses io_uring: what it does through it is counted as lost, not seen",
  }),
};

function int(call: CallFields, n: number): number {
  return call.ints[n] ?? 0;
}

function long(call: CallFields, n: number): number {
  return call.longs[n] ?? 0;
}

function mode(call: CallFields): string {
  return (int(call, 0) & PERMISSIONS).toString(8).padStart(4, "0");
}

/** `flags`: of the calls that have AT_EMPTY_PATH. */
function fileOf({ path, exact, bare }: CallFields, flags = 0): FileFact {
  return exact || (bare && (flags & AT_EMPTY_PATH) !== 0)
    ? pathOf(path)
    : { ...pathOf(path), path_exact: false };
}

function pathsOf({ path, to }: CallFields) {
  return { ...named("from", path), ...named("to", to), path_exact: false };
}

function toProcess(call: CallFields, head: Head): Draft {
  return { ...head, kind: "process.signal", signal: int(call, 1), target: int(call, 0) };
}

function toThread(call: CallFields, head: Head): Draft {
  const [target = 0, signal = 0, target_tid = 0] = call.ints;
  return { ...head, kind: "process.signal", signal, target, target_tid };
}

function namespaces(
  call: "setns" | "unshare",
  head: Head,
  { flags, types }: { readonly flags: number; readonly types: number },
): Draft {
  return { ...head, kind: "process.ns", call, namespaces: namespaceNames(flags || types), flags };
}

function executable(how: "mmap" | "mprotect", call: CallFields, head: Head): Draft {
  const writable = (int(call, 0) & PROT_WRITE) !== 0;
  return { ...head, kind: "process.exec_memory", call: how, bytes: long(call, 1), writable };
}

export function named<K extends string>(
  key: K,
  name: Name,
): { [P in K]: string } & { [P in `${K}_b64`]?: string } {
  const fields = name.b64 === undefined
    ? { [key]: name.text }
    : { [key]: name.text, [`${key}_b64`]: name.b64 };
  return fields as { [P in K]: string } & { [P in `${K}_b64`]?: string };
}
