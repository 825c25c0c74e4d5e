/** Records of open files → drafts. An open file is named once, when it is opened, and by its number from then on. */
import type { Actor, Draft, FileClosed, FileOpened, FileType, FileWritten, Micros } from "../event.ts";
import { namespaceNames } from "./call_names.ts";
import * as layout from "./layout.gen.ts";
import { RecordFlag } from "./layout.gen.ts";
import { joinPath, type Name, tidied, toName } from "./names.ts";
import { openFlags } from "./open_flags.ts";
import type { RecordReader } from "./record_reader.ts";

export type RecordHead = Actor & { readonly ts: Micros };

/** As many as the kernel follows. */
const MAX_OPEN = 65_536;
const O_ACCMODE = 3;

const types: Readonly<Record<number, FileType>> = {
  0o010000: "pipe",
  0o020000: "character",
  0o040000: "directory",
  0o060000: "block",
  0o100000: "file",
  0o120000: "link",
  0o140000: "socket",
};

interface Known {
  readonly name: Name;
  readonly type: FileType;
}

export class OpenFiles {
  readonly #known = new Map<number, Known>();

  opened(r: RecordReader, head: RecordHead): Draft<FileOpened> {
    r.seek(layout.fileOpen.size);
    const result = r.i32(layout.fileOpen.result);
    const size = r.u32(layout.fileOpen.path_size);
    const baseSize = r.u32(layout.fileOpen.base_size);
    const flags = r.u32(layout.fileOpen.open_flags);
    const mode = flags & O_ACCMODE;
    const exact = r.flag(RecordFlag.PATH_EXACT);
    const path = exact ? namespaceFile(r) ?? r.path(size) : argumentPath(r, size, baseSize);
    const opened: Draft<FileOpened> = {
      ...head,
      kind: "file.open",
      path: path.text,
      access: mode === 0 ? "read" : mode === 1 ? "write" : "rw",
      created: r.flag(RecordFlag.CREATED),
      flags: openFlags(flags),
      result,
    };
    if (path.b64 !== undefined) {
      return exact
        ? this.#told(r, { ...opened, path_b64: path.b64 }, path)
        : { ...opened, path_b64: path.b64, path_exact: false };
    }
    return exact ? this.#told(r, opened, path) : { ...opened, path_exact: false };
  }

  /** The traffic of an open file so far. */
  used(r: RecordReader, head: RecordHead): Draft<FileWritten> {
    const { name, type } = this.#of(r);
    this.#remember(number(r, layout.fileClose.file), { name, type });
    return { ...head, kind: "file.io", ...pathOf(name), ...traffic(r) };
  }

  closed(r: RecordReader, head: RecordHead): Draft<FileClosed> {
    const { name, type } = this.#of(r);
    this.#known.delete(number(r, layout.fileClose.file));
    return {
      ...head,
      kind: "file.close",
      ...pathOf(name),
      ...traffic(r),
      ...(type === "file" ? {} : { type }),
      ...(r.flag(RecordFlag.IMPLICIT) ? { implicit: true } : {}),
    };
  }

  #told(r: RecordReader, opened: Draft<FileOpened>, name: Name): Draft<FileOpened> {
    const type = typeOf(r, r.u32(layout.fileOpen.type));
    this.#remember(number(r, layout.fileOpen.file), { name, type });
    return { ...opened, type };
  }

  #of(r: RecordReader): Known {
    r.seek(layout.fileClose.size);
    const size = r.u32(layout.fileClose.path_size);
    const mode = r.u32(layout.fileClose.type);
    const known = this.#known.get(number(r, layout.fileClose.file));
    if (known && size === 0) return known;
    const type = typeOf(r, mode);
    const walked = size > 0 ? r.path(size) : null;
    if (type === "pipe" && (walked === null || !walked.text.startsWith("/"))) {
      return { name: { text: `pipe:[${r.u64(layout.fileClose.ino)}]` }, type };
    }
    return { name: walked ?? { text: "" }, type };
  }

  #remember(file: number, known: Known): void {
    this.#known.delete(file);
    this.#known.set(file, known);
    if (this.#known.size <= MAX_OPEN) return;
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest);
      return;
    }
  }
}

/** An argument, made absolute by the directory it is relative to. */
export function argumentPath(r: RecordReader, size: number, baseSize: number): Name {
  const argument = toName(r.take(size));
  if (baseSize === 0) return tidied(argument);
  const base = r.path(baseSize);
  return argument.text === "" ? base : joinPath(base, argument);
}

export function pathOf(name: Name): { path: string; path_b64?: string } {
  return name.b64 === undefined ? { path: name.text } : { path: name.text, path_b64: name.b64 };
}

/** Files of namespaces have no name: `net:[4026531840]`, as the kernel writes them. */
function namespaceFile(r: RecordReader): Name | null {
  const [name] = namespaceNames(r.u32(layout.fileOpen.ns));
  return name === undefined ? null : { text: `${name}:[${r.u64(layout.fileOpen.ino)}]` };
}

function typeOf(r: RecordReader, mode: number): FileType {
  return r.flag(RecordFlag.TTY) ? "tty" : types[mode] ?? "other";
}

function traffic(r: RecordReader): { read_bytes: number; written_bytes: number } {
  return {
    read_bytes: r.u64(layout.fileClose.read_bytes),
    written_bytes: r.u64(layout.fileClose.written_bytes),
  };
}

/** Kernel addresses differ in their low 48 bits; all 64 do not fit a number. */
function number(r: RecordReader, field: number): number {
  return r.u32(field) + (r.u32(field + 4) & 0xffff) * 4294967296;
}
