/** decode: facts of the control ring → drafts of system events. */
import type { Draft, FileClosed, FileMade, FileOpened, FileUnlinked, Micros } from "../event.ts";
import { Actors } from "./actors.ts";
import { forEachRecord, viewOf } from "./batch.ts";
import { toMicros } from "./clock.ts";
import * as layout from "./layout.gen.ts";
import { FileOperation, RecordFlag, RecordType } from "./layout.gen.ts";
import { toAddress } from "./address.ts";
import { joinPath, type Name, toName } from "./names.ts";
import { RecordReader } from "./record_reader.ts";
import { WalkedPaths } from "./walked_paths.ts";

const O_ACCMODE = 3;
const AF_INET = 2;

const nameKinds: Readonly<Record<number, "file.unlink" | "file.rmdir" | "file.mkdir">> = {
  [FileOperation.UNLINK]: "file.unlink",
  [FileOperation.RMDIR]: "file.rmdir",
  [FileOperation.MKDIR]: "file.mkdir",
};

export class ControlDecoder {
  readonly #boot: number;
  readonly #actors: Actors;
  readonly #paths = new WalkedPaths();
  #malformed = 0;

  constructor(boot: number) {
    this.#boot = boot;
    this.#actors = new Actors(boot);
  }

  /** Records that were not what their header said, since the last call. */
  takeMalformed(): number {
    const count = this.#malformed;
    this.#malformed = 0;
    return count;
  }

  /** Appends the drafts of one batch to `out`. */
  decode(batch: Uint8Array, out: Draft[]): void {
    const view = viewOf(batch);
    const reader = new RecordReader(batch, { view, paths: this.#paths });
    const malformed = forEachRecord(view, (at, type, size) => {
      reader.go(at, size);
      const draft = this.#record(reader, type);
      if (draft) out.push(draft);
    });
    this.#malformed += malformed;
  }

  #record(r: RecordReader, type: number): Draft | null {
    // Spread first, here and below: the engine then copies it as a whole, ten times faster.
    const head = { ...this.#actors.of(r.view, r.at), ts: this.#time(r, layout.header.ts) };
    switch (type) {
      case RecordType.FORK:
        return {
          ...head,
          kind: "process.fork",
          ppid: head.pid,
          child: r.u32(layout.fork.child),
          child_start: this.#time(r, layout.fork.child_start),
        };
      case RecordType.EXEC:
        return this.#exec(r, head);
      case RecordType.EXIT: {
        const code = r.u32(layout.exit.exit_code);
        return {
          ...head,
          kind: "process.exit",
          ppid: r.u32(layout.exit.ppid),
          ...(code & 0x7f ? { signal: code & 0x7f } : { code: code >> 8 & 0xff }),
          duration_us: head.ts - head.start,
          rss_peak_kb: r.u64(layout.exit.rss_peak_kb),
        };
      }
      case RecordType.FILE_OPEN:
        return this.#open(r, head);
      case RecordType.FILE_CLOSE: {
        r.seek(layout.fileClose.size);
        const { text, b64 } = r.path(r.u32(layout.fileClose.path_size));
        const closed: Draft<FileClosed> = {
          ...head,
          kind: "file.close",
          path: text,
          read_bytes: r.u64(layout.fileClose.read_bytes),
          written_bytes: r.u64(layout.fileClose.written_bytes),
        };
        return withBytes(r.flag(RecordFlag.IMPLICIT) ? { ...closed, implicit: true } : closed, b64);
      }
      case RecordType.FILE_NAME:
        return this.#name(r, head);
      case RecordType.NET_CONNECT: {
        const inet = r.u16(layout.netConnect.family) === AF_INET;
        return {
          ...head,
          kind: "net.connect",
          family: inet ? "inet" : "inet6",
          addr: toAddress(r.bytes(layout.netConnect.addr, inet ? 4 : 16)),
          port: r.u16(layout.netConnect.port),
          result: r.i32(layout.netConnect.result),
        };
      }
      // Read by the capture worker itself.
      case RecordType.IMAGE:
      case RecordType.AGENT_FOUND:
      case RecordType.TLS_HELLO:
        return null;
      default:
        this.#malformed++;
        return null;
    }
  }

  #exec(r: RecordReader, head: Head): Draft {
    r.seek(layout.exec.size);
    const argv = r.take(r.u32(layout.exec.argv_size));
    const exe = r.path(r.u32(layout.exec.exe_size));
    const cwd = r.path(r.u32(layout.exec.cwd_size));
    return {
      ...head,
      kind: "process.exec",
      ppid: r.u32(layout.exec.ppid),
      ...named("exe", exe),
      argv: splitArgv(argv),
      ...(r.flag(RecordFlag.ARGV_TRUNCATED) ? { argv_truncated: true } : {}),
      ...named("cwd", cwd),
      uid: r.u32(layout.exec.uid),
    };
  }

  #open(r: RecordReader, head: Head): Draft {
    r.seek(layout.fileOpen.size);
    const result = r.i32(layout.fileOpen.result);
    const size = r.u32(layout.fileOpen.path_size);
    const baseSize = r.u32(layout.fileOpen.base_size);
    const mode = r.u32(layout.fileOpen.open_flags) & O_ACCMODE;
    const exact = result === 0;
    const path = exact ? r.path(size) : joined(r, size, baseSize);
    const opened: Draft<FileOpened> = {
      ...head,
      kind: "file.open",
      path: path.text,
      access: mode === 0 ? "read" : mode === 1 ? "write" : "rw",
      created: r.flag(RecordFlag.CREATED),
      result,
    };
    return withBytes(exact ? opened : { ...opened, path_exact: false }, path.b64);
  }

  #name(r: RecordReader, head: Head): Draft {
    r.seek(layout.fileName.size);
    const result = r.i32(layout.fileName.result);
    const path = joined(r, r.u32(layout.fileName.path_size), r.u32(layout.fileName.base_size));
    const kind = nameKinds[r.u32(layout.fileName.operation)];
    if (kind) return withBytes({ ...head, kind, path: path.text, path_exact: false, result }, path.b64);
    const to = joined(r, r.u32(layout.fileName.to_size), r.u32(layout.fileName.to_base_size));
    return {
      ...head,
      kind: "file.rename",
      ...named("from", path),
      ...named("to", to),
      path_exact: false,
      result,
    };
  }

  #time(r: RecordReader, field: number): Micros {
    return toMicros(this.#boot, r.u32(field), r.u32(field + 4));
  }
}

type Head = { readonly ts: Micros } & ReturnType<Actors["of"]>;

function joined(r: RecordReader, size: number, baseSize: number): Name {
  const argument = toName(r.take(size));
  return baseSize > 0 || !argument.text.startsWith("/") ? joinPath(r.path(baseSize), argument) : argument;
}

/** Names that are not UTF-8 are rare: the others keep one shape. */
function withBytes<D extends Draft<FileOpened | FileClosed | FileUnlinked | FileMade>>(
  draft: D,
  b64: string | undefined,
): D {
  return b64 === undefined ? draft : { ...draft, path_b64: b64 };
}

function named<K extends string>(key: K, name: Name): { [P in K]: string } & { [P in `${K}_b64`]?: string } {
  const fields = name.b64 === undefined
    ? { [key]: name.text }
    : { [key]: name.text, [`${key}_b64`]: name.b64 };
  return fields as { [P in K]: string } & { [P in `${K}_b64`]?: string };
}

function splitArgv(bytes: Uint8Array): string[] {
  const argv: string[] = [];
  let from = 0;
  while (from < bytes.length) {
    const end = bytes.indexOf(0, from);
    const to = end < 0 ? bytes.length : end;
    argv.push(toName(bytes.subarray(from, to)).text);
    from = to + 1;
  }
  return argv;
}
