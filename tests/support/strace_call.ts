/** One call of a log with what it names: the view that the rules have. */
import type { Kind } from "../../src/event.ts";
import { Bytes, type Expected, type Fields, OneOf } from "./expected_event.ts";
import { type Descriptor, descriptorOf, WORKING_DIRECTORY } from "./strace_descriptor.ts";
import type { StraceCall } from "./strace_log.ts";
import type { OpenFile, TracedThread } from "./strace_processes.ts";
import { flagsOf, numberOf, textOf } from "./strace_text.ts";

export type Rule = (call: TracedCall) => void;
export type Rules = Readonly<Record<string, Rule>>;

const EBADF = -9;

export class TracedCall {
  constructor(readonly thread: TracedThread, readonly call: StraceCall) {}

  /** As `result` tells it: 0 for all that went well; null when strace saw no end: the thread died in or behind it. */
  get outcome(): number | null {
    const { result } = this.call;
    return result === null ? null : Math.min(result, 0);
  }

  get succeeded(): boolean {
    return this.call.result !== null && this.call.result >= 0;
  }

  /** Bytes that passed. */
  get count(): number {
    return Math.max(this.call.result ?? 0, 0);
  }

  get name(): string {
    return this.call.name;
  }

  arg(index: number): string {
    return this.call.args[index] ?? "";
  }

  number(index: number): number | null {
    return numberOf(this.arg(index));
  }

  flags(index: number): string[] {
    return flagsOf(this.arg(index));
  }

  has(index: number, flag: string): boolean {
    return this.flags(index).includes(flag);
  }

  /** Text as it was given. */
  text(index: number): Bytes | null {
    const text = textOf(this.arg(index));
    return text && new Bytes(text.bytes, text.cut);
  }

  descriptor(index: number): Descriptor | null {
    return descriptorOf(this.arg(index));
  }

  /** Null when there is none. */
  file(index: number): OpenFile | null {
    const descriptor = this.descriptor(index);
    if (!descriptor || descriptor.fd < 0 || this.call.result === EBADF && descriptor.path === null) {
      return null;
    }
    return this.thread.table.file(descriptor);
  }

  tell(kind: Kind, fields: Fields, { optional = false, ordered = true } = {}): Expected {
    const { tid, process } = this.thread;
    const comm = process.comm === null ? null : new Bytes(process.comm);
    const expected = {
      kind,
      tid,
      fields: withoutUnknown({ comm, ...fields }),
      ordered,
      optional,
      line: this.call.ends,
    };
    process.expected.push(expected);
    return expected;
  }

  /** Of what is done to a name, or to a file by its descriptor: a descriptor of nothing has no path, if it is told. */
  tellDone(kind: Kind, where: Fields | null, fields: Fields = {}): void {
    const path = where ?? { path: new OneOf([undefined, ""]) };
    this.tell(kind, { ...path, ...fields, result: this.outcome }, { optional: where === null });
  }

  /** `path` by an argument, as text: relative ones from the directory that `directory` names. */
  named(index: number, directory?: number): Fields {
    return { path: this.absolute(index, directory), path_exact: false };
  }

  /** `path` of an open file; null when there is none. */
  opened(index: number): Fields | null {
    const file = this.file(index);
    return file && { path: file.path === null ? null : new Bytes(file.path), path_exact: undefined };
  }

  /** Null when it cannot be told. */
  absolute(index: number, directory?: number): Bytes | null {
    const text = this.text(index);
    if (text === null) return null;
    if (text.bytes.startsWith("/")) return new Bytes(tidy(text.bytes), text.cut);
    const base = directory === undefined ? this.thread.directory.path : this.#base(directory);
    return base === null ? null : new Bytes(tidy(`${base}/${text.bytes}`), text.cut);
  }

  #base(index: number): string | null {
    const descriptor = this.descriptor(index);
    if (descriptor?.fd !== WORKING_DIRECTORY) return this.file(index)?.path ?? null;
    if (descriptor.path !== null) this.thread.directory.path = descriptor.path;
    return this.thread.directory.path;
  }
}

/** Without "." and doubled slashes; ".." stays, as a link may be before it. */
function tidy(path: string): string {
  const steps = path.split("/").filter((step) => step !== "" && step !== ".");
  return `/${steps.join("/")}`;
}

/** What strace did not show is not compared. */
function withoutUnknown(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null),
  );
}
