/** What a kernel would keep of the processes in a log of strace: descriptors, working directories, credentials. */
import type { Endpoint, FileType, Transport } from "../../src/event.ts";
import type { Credentials } from "./strace_credentials.ts";
import type { Descriptor } from "./strace_descriptor.ts";
import type { Expected } from "./expected_event.ts";

/** An open file description, behind any number of descriptors in any number of processes. */
export interface OpenFile {
  path: string | null;
  /** What it was called when it was opened: by that name it is closed. */
  name: string | null;
  type: FileType | null;
  socket: OpenSocket | null;
  /** How many descriptors lead here; endless when the outside has some as well. */
  descriptors: number;
  read: number;
  written: number;
  /** The first write after a read was told. */
  changed: boolean;
  /** Its `file.open`, for what becomes known later. */
  opened: Expected | null;
}

export interface OpenSocket {
  readonly family: string;
  readonly transport: Transport;
  local: Endpoint | null;
  peer: Endpoint | null;
  /** Where datagrams went without a connect. */
  readonly sentTo: Set<string>;
  /** Its last connect that is not through yet. */
  connecting: Expected | null;
}

export interface Slot {
  readonly file: OpenFile;
  closesAtExec: boolean;
}

export class DescriptorTable {
  readonly slots = new Map<number, Slot>();
  users = 1;

  /** As fork(2) copies it. */
  copy(): DescriptorTable {
    const copy = new DescriptorTable();
    for (const [fd, { file, closesAtExec }] of this.slots) copy.put(fd, file, closesAtExec);
    return copy;
  }

  put(fd: number, file: OpenFile, closesAtExec: boolean): void {
    file.descriptors++;
    this.slots.set(fd, { file, closesAtExec });
  }

  /** The file that is closed by it: no other descriptor leads there. */
  drop(fd: number): OpenFile | null {
    const file = this.slots.get(fd)?.file;
    if (!file) return null;
    this.slots.delete(fd);
    return --file.descriptors === 0 ? file : null;
  }

  /** What a call names by descriptor, with what strace says of it now. One that was there before is nobody's to close. */
  file(descriptor: Descriptor): OpenFile {
    const { fd, path, type, socket } = descriptor;
    let file = this.slots.get(fd)?.file;
    if (!file) {
      file = newFile(descriptor);
      file.descriptors = Infinity;
      this.slots.set(fd, { file, closesAtExec: false });
    }
    file.path = path ?? file.path;
    file.name ??= path;
    file.type = type ?? file.type;
    if (file.socket) {
      file.socket.local = socket?.local ?? file.socket.local;
      file.socket.peer = socket?.peer ?? file.socket.peer;
    }
    return file;
  }
}

export function newFile({ path, type }: Pick<Descriptor, "path" | "type">): OpenFile {
  const fresh = { descriptors: 0, read: 0, written: 0, changed: false, opened: null };
  return { path, name: path, type: type ?? null, socket: null, ...fresh };
}

/** Shared by threads, and by what clone(2) makes with CLONE_FS. */
export interface WorkingDirectory {
  path: string | null;
}

export interface Mapping {
  readonly from: number;
  readonly to: number;
  /** Of a file, never written to. */
  readonly pristine: boolean;
}

export class TracedProcess {
  readonly threads = new Set<TracedThread>();
  readonly expected: Expected[] = [];
  mappings: Mapping[] = [];
  /** Of its first thread, in bytes; null when it is not known. */
  comm: string | null = null;
  readBytes = 0;
  writtenBytes = 0;

  constructor(
    readonly pid: number,
    /** Null when it is not in the log. */
    readonly parent: TracedProcess | null,
  ) {}
}

export class TracedThread {
  comm: string | null = null;
  /** The last name that was looked up with access(2), and whether it was there. */
  looked: { readonly name: string; readonly there: boolean } | null = null;

  constructor(
    readonly tid: number,
    readonly process: TracedProcess,
    public table: DescriptorTable,
    public directory: WorkingDirectory,
    public credentials: Credentials,
  ) {
    process.threads.add(this);
  }
}
