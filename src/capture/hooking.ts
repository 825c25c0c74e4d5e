/** A verdict put into effect: hooks on the file for as long as it stays as it is. */
import { Inotify } from "../../ffi/inotify.ts";
import type { Libc } from "../../ffi/libc.ts";
import type { Verdict } from "../targets/resolve.ts";
import type { Stack } from "../targets/target.ts";
import { type Candidate, numberOf } from "./candidate.ts";
import type { FileCoverage } from "./file_coverage.ts";
import type { HookedLibrary } from "./messages.ts";
import type { FileKey, Probes } from "./probes.ts";
import type { ProcessSeen } from "./worker_records.ts";

/** Who makes programs without end must not fill the kernel with hooks, nor push out those that are there. */
const MAX_FILES = 1024;

interface HookedFile {
  readonly libraries: readonly number[];
  /** Null when the kernel watches no more files. */
  readonly watch: number | null;
}

interface Judged {
  readonly file: Candidate;
  readonly users: readonly ProcessSeen[];
  readonly verdict: Verdict;
  /** The file, open; closed here. */
  readonly fd: number | null;
}

interface Attaching extends Pick<Judged, "file" | "users"> {
  readonly stack: Stack;
  readonly path: string;
}

export class Hooking implements Disposable {
  readonly #probes: Probes;
  readonly #libc: Libc;
  readonly #coverage: FileCoverage;
  readonly #libraries: HookedLibrary[] = [];
  #nextLibrary = 1;
  /** Hooked files by number, oldest first. */
  readonly #files = new Map<string, HookedFile>();
  /** Files whose hooks are on their way out. */
  readonly #leaving = new Map<string, Promise<void>>();
  readonly #written: Inotify;

  constructor(
    { probes, libc }: { readonly probes: Probes; readonly libc: Libc },
    coverage: FileCoverage,
  ) {
    this.#probes = probes;
    this.#libc = libc;
    this.#coverage = coverage;
    this.#written = new Inotify(libc);
  }

  /** Readable when a hooked file was written to. */
  get writtenFd(): number {
    return this.#written.fd;
  }

  /**
   * Takes the hooks off files that were written to: the kernel would still put them where the old code was, and
   * whoever runs the new code would crash.
   */
  dropWritten(): void {
    const written = this.#written.changed();
    if (written.size === 0) return;
    for (const [name, { watch }] of this.#files) {
      if (watch !== null && written.has(watch)) void this.#drop(name);
    }
  }

  get count(): number {
    return this.#nextLibrary - 1;
  }

  /** What was hooked since the last call. */
  takeLibraries(): readonly HookedLibrary[] {
    return this.#libraries.splice(0);
  }

  /** False when nothing is certain about the file: it is to be judged again. */
  apply({ file, users, verdict, fd }: Judged): boolean {
    try {
      if (verdict.kind === "gone") return false;
      if (verdict.kind === "unreadable") {
        this.#coverage.unreadable(users, file, verdict.reason);
        return true;
      }
      for (const refusal of verdict.refusals) this.#coverage.refused(users, file, refusal);
      const { stacks } = verdict;
      if (stacks.length === 0) return true;
      const path = `/proc/self/fd/${fd}`;
      const libraries = stacks.flatMap((stack) => this.#attach({ file, users, stack, path }) ?? []);
      if (libraries.length > 0) {
        this.#files.set(numberOf(file.key), { libraries, watch: this.#written.watch(path) });
      }
      return true;
    } finally {
      if (fd !== null) this.#libc.symbols.close(fd);
    }
  }

  /** Whether some library of the file is hooked. */
  has(key: FileKey): boolean {
    return this.#files.has(numberOf(key));
  }

  /** Resolves when nothing is left of the hooks that were put on an earlier state of the file; null when there are none. */
  dropBefore(key: FileKey): Promise<void> | null {
    const name = numberOf(key);
    return this.#files.has(name) ? this.#drop(name) : this.#leaving.get(name) ?? null;
  }

  #drop(name: string): Promise<void> {
    const { watch, libraries } = this.#files.get(name)!;
    this.#files.delete(name);
    if (watch !== null) this.#written.forget(watch);
    const gone = Promise.all(libraries.map((library) => this.#probes.tls.detach(library))).then(() => {
      this.#leaving.delete(name);
    });
    this.#leaving.set(name, gone);
    return gone;
  }

  /** The library's id; null when the kernel refuses. */
  #attach({ file, users, stack, path }: Attaching): number | null {
    const id = this.#nextLibrary;
    try {
      if (this.#files.size >= MAX_FILES) throw new Error(`${MAX_FILES} files are hooked already`);
      this.#probes.tls.attach(path, { id, hooks: stack.hooks });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#coverage.failed(users, file, { stack, reason });
      return null;
    }
    this.#nextLibrary++;
    this.#libraries.push({ id, path: file.path, library: stack.library, method: stack.method });
    return id;
  }

  [Symbol.dispose](): void {
    this.#written[Symbol.dispose]();
  }
}
