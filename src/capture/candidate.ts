/** Files that may carry TLS, on their way to a verdict. */
import type { Depth } from "../targets/resolve.ts";
import type { FileKey, ImageKey } from "./probes.ts";
import { readLink } from "./processes.ts";
import type { ProcessSeen } from "./worker_records.ts";

export interface Candidate {
  readonly key: ImageKey;
  readonly open: string;
  readonly path: string;
}

/** A file that was found without the kernel telling of it. */
export interface Found extends Omit<Candidate, "key"> {
  readonly key: FileKey;
}

/** A file under examination. */
export interface Pending {
  readonly file: Candidate;
  /** Who uses it, first to last. */
  readonly users: ProcessSeen[];
  readonly held: Map<number, ProcessSeen>;
  depth: Depth;
  /** Since when, by performance.now(), a process is held for it. */
  since: number;
  told: boolean;
}

/** Of a file as it is now. */
export function nameOf({ dev, ino, changed }: ImageKey): string {
  return `${dev}:${ino}:${changed}`;
}

export function exeOf(pid: number): Omit<Candidate, "key"> {
  const open = `/proc/${pid}/exe`;
  return { open, path: readLink(open) };
}

export function sameKey(a: FileKey, b: FileKey): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

/** Of a file while it exists. */
export function numberOf({ dev, ino }: FileKey): string {
  return `${dev}:${ino}`;
}
